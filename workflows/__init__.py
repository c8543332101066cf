"""Design time: all that can be said of an approval process without running it.

One direction only: `language` loads a definition, `compiler` makes it a `flow`, `analysis` measures and
judges it, `comparison` sets variants side by side, `figures` draws, `guides` writes service guides and checks
published ones. `texts` lies below all of them. Beside them, `lots` makes draws that anybody can repeat.
Nothing here imports `jianban.engine`. A newcomer starts at `flow`, which every other part reads.
"""

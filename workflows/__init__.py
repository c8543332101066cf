"""Design time: all that can be said of an approval process without running it.

One direction only: `language` loads a definition, `flow` compiles it, `analysis` and `soundness` measure and judge it,
`comparison` sets variants side by side, `figures` draws. `calendar` and `texts` lie below all of them. Nothing here imports
`jianban.engine`. A newcomer starts at `flow`, which every other part reads.
"""

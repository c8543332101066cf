"""The language: from a YAML file to a `Process`.

`loader.load_file` and `load_text` are the way in. A definition goes through `reader` (YAML nodes with positions),
`extends` (edits of a base, on the nodes), `schema` (the shape of the file), and `desugar` (what the shorthand means);
`catalogue` finds the files and what they share. `codes` lists every finding of this folder (`J1xx`), and
`docs/findings/` has a page on each. This folder imports nothing of the project but `jianban.workflows.texts`.
"""

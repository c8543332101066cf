"""The language: from a YAML file to a `Process`.

`loader.load_file` and `load_text` are the way in. A definition goes through `reader` (YAML nodes with
positions), `extends` (edits of a base, on the nodes), `schema` with `parts`, and `validation` (the shape of
the file), and `desugar` with `items`, `steps`, `exits`, `data` (what the shorthand means; the names are
resolved by `names`, the conditions checked by `expressions`). `terms` holds what a process is made of,
`model` the process. `catalogue` finds the files and what they share, `dump` writes a process back,
`jsonschema` describes the format to editors. `codes` lists every finding of this folder (`J1xx`), and
`docs/findings/` has a page on each. This folder imports nothing of the project but
`jianban.workflows.texts`.
"""

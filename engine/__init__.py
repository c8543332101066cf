"""Run time: cases of a compiled process, and the command line around everything.

Each region of a flow becomes one shared state machine; a case is a small set of tokens moved over them. May import
`jianban.workflows`, which never imports it back. A newcomer starts at `case`; `commands` is the outermost shell.
"""

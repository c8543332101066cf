"""Run time: cases of a compiled process.

Each region of a flow becomes one shared state machine; a case is a small set of tokens moved over them. May import
`jianban.workflows`, never `jianban.commands`. A newcomer starts at `case`.
"""

"""The command line, one command a file. May import `jianban.workflows` and `jianban.engine`; nothing imports it.

A newcomer starts at `main`. The heavy parts are imported inside the commands, so that each starts quickly.
"""

"""The command line, one command a file: the outermost shell, which nothing imports.

A newcomer starts at `main`. Heavy parts are imported inside the commands, so that each starts quickly.
"""

"""The `jianban` command."""


def run() -> None:
    """Run the command line."""
    raise SystemExit(0)

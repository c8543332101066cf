"""How files are named to the reader."""

from __future__ import annotations

from pathlib import Path


def shown(path: Path) -> str:
    """The path as messages show it: relative to where the user stands, when it lies below."""
    try:
        name = path.resolve().relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        name = path.as_posix()
    # the name of a file need not be Unicode, but messages are
    return name.encode(errors="replace").decode()

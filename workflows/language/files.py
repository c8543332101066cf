"""How files are named to the reader."""

from __future__ import annotations

from pathlib import Path


def shown(path: Path) -> str:
    """The path as messages show it: relative to where the user stands, when it lies below."""
    try:
        return path.resolve().relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        return path.as_posix()

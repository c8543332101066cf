"""The way in: a file or a text → a `Process`."""

from __future__ import annotations

from pathlib import Path

from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.model import Process
from jianban.workflows.language.reader import read_text


def load_file(path: Path | str, catalogue: Catalogue | None = None) -> Process:
    """The process of a file; what it refers to is looked up beside it, then in the (default) catalogue.

    Raises:
        DefinitionError: with everything that is wrong with it.
    """
    return (catalogue or Catalogue.default()).file(Path(path))


def load_text(text: str, catalogue: Catalogue | None = None, name: str = "-") -> Process:
    """The process of a text; `name` is what positions call it.

    Raises:
        DefinitionError: with everything that is wrong with it.
    """
    return (catalogue or Catalogue.default()).make(read_text(text, name))

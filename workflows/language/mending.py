"""Reading on where a file's shape is wrong, so that names and conditions that are wrong are told at once too.

A misspelt key or value is read as the nearest known one, and a detail on which nothing else depends is left
out. Where more is wrong, reading on would only invent errors, and is not tried.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from typing import Any

from pydantic import ValidationError

from jianban.workflows.language.extends import copied
from jianban.workflows.language.reader import Mapping, Node, Scalar, Sequence
from jianban.workflows.language.schema import ProcessShape
from jianban.workflows.language.shape import Findings, plain
from jianban.workflows.language.spelling import nearest
from jianban.workflows.language.validation import options

TELLING = {"J120", "J121", "J122", "J123", "J124", "J125", "J126", "J127", "J130", "J201", "J202"}
"""What stays true of the file when a detail was left out: names that do not exist, faulty conditions."""

_DETAILS = {
    *("summary", "note", "source", "assumed", "promised_source", "promised_assumed", "in_force", "within"),
    *("guide", "lasts", "channel", "visits", "fee", "effort", "materials", "likelihood"),
}
"""Keys that may be absent and that nothing else depends on."""
_TEXTS = {"title", "else", "short"}

_ROUNDS = 4
"""Keys first, then values; what was hidden in a faulty part may need a second go."""


def mended(node: Node) -> ProcessShape | None:
    """The shape of a file read with goodwill; None when it is not clear what was meant."""
    tree = copied(node)
    for _ in range(_ROUNDS):
        findings = Findings()
        errors: list[Any] = []
        made: ProcessShape | None = None
        try:
            made = ProcessShape.model_validate(plain(tree), context=findings)
        except ValidationError as error:
            errors = error.errors(include_url=False)
        for mapping, name, known in findings.unknown:
            _rename(mapping, name, nearest(name, known - mapping.entries.keys()))
        if findings.unknown:
            continue
        if made is not None:
            return made
        mends = [_mend(tree, error) for error in errors]
        if not all(mends):
            return None
    return None


def _rename(mapping: Mapping, name: str, meant: str | None) -> None:
    value, at = mapping.entries.pop(name), mapping.keys.pop(name)
    if meant is not None:
        mapping.entries[meant], mapping.keys[meant] = value, at


def _mend(root: Node, error: MappingOf[str, Any]) -> bool:
    """Mend the tree where the error is; False when it cannot be."""
    node = root
    for part in error["loc"]:
        if isinstance(part, str) and part.startswith("<"):
            continue
        if isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
        elif not isinstance(node, Mapping):
            return False
        elif part in _DETAILS:
            return node.entries.pop(part, None) is not None
        elif part in _TEXTS:
            words = Scalar("…", node.file, node.line, node.column)
            both = {"zh": words, "en": words}
            node.entries[part] = Mapping(node.file, node.line, node.column, {**both}, both)
            return True
        elif part not in node.entries:
            return False
        elif error["type"] == "literal_error" and part == error["loc"][-1]:
            return _respell(node, part, options(error["ctx"]))
        else:
            node = node.entries[part]
    return False


def _respell(mapping: Mapping, key: str, known: list[str]) -> bool:
    at = mapping.entries[key]
    meant = nearest(at.value, known) if isinstance(at, Scalar) and isinstance(at.value, str) else None
    if meant is not None:
        mapping.entries[key] = Scalar(meant, at.file, at.line, at.column)
    return meant is not None

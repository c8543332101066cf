"""Plain data → the YAML text of a definition, one key a line where a value is long."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any


def write_yaml(data: Mapping[str, Any]) -> str:
    return "".join(_lines(data, 0))


_PLAIN = re.compile(r"[a-z][a-z0-9_/@-]*\Z")
_WORDS = ("null", "true", "false")
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def _scalar(value: str | int | float | bool | None) -> str:
    """Text in double quotes as JSON writes it, which YAML reads alike; ids as they are."""
    if isinstance(value, str) and _PLAIN.match(value) and value not in _WORDS:
        return value
    written = json.dumps(value, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda m: f"\\u{ord(m.group()):04x}", written)


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(v) for v in value) + "]"
    return _scalar(value)


def _short(value: Any) -> bool:
    """Whether a value fits on the line of its key."""
    return not isinstance(value, Mapping | list) or not value or len(_flow(value)) <= 90


def _lines(data: Mapping[str, Any], indent: int, lead: str = "") -> list[str]:
    lines: list[str] = []
    for name, value in data.items():
        start = lead or " " * indent
        lead = ""
        if _short(value):
            lines.append(f"{start}{name}: {_flow(value)}\n")
            continue
        lines.append(f"{start}{name}:\n")
        if isinstance(value, Mapping):
            lines += _lines(dict(value), indent + 2)
            continue
        for item in value:
            if isinstance(item, Mapping):
                lines += _lines(dict(item), indent + 4, lead=" " * (indent + 2) + "- ")
            else:
                lines.append(f"{' ' * (indent + 2)}- {_flow(item)}\n")
    return lines

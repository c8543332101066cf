"""The part of JSON Schema that our schema uses, written out so that the tests need no validator."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "null": type(None),
}
_KNOWN = {
    "$schema", "$defs", "$ref", "type", "properties", "patternProperties", "additionalProperties", "required",
    "items",
    "anyOf", "oneOf", "enum", "pattern", "format", "minimum", "maximum", "minItems", "minLength",
    "minProperties", "if", "then", "else", "description", "default",
}  # fmt: skip


def faults(value: Any, schema: dict[str, Any], root: dict[str, Any], path: str = "$") -> Iterator[str]:
    """Where a value does not fit a schema."""
    assert schema.keys() <= _KNOWN, schema.keys() - _KNOWN
    if "$ref" in schema:
        yield from faults(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root, path)
    if "type" in schema:
        types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        right = any(isinstance(value, _TYPES[t]) for t in types)
        if not right or (isinstance(value, bool) and "boolean" not in types):
            yield f"{path}: {value!r} is no {types}"
            return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path}: {value!r} is not allowed"
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{path}: {value!r} does not match"
    if isinstance(value, int | float) and not schema.get("minimum", value) <= value <= schema.get(
        "maximum", value
    ):
        yield f"{path}: {value!r} is out of range"
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            yield f"{path}: too few"
        for at, item in enumerate(value):
            yield from faults(item, schema.get("items", {}), root, f"{path}[{at}]")
    if isinstance(value, dict):
        yield from _of_mapping(value, schema, root, path)
    yield from _of_parts(value, schema, root, path)


def _of_mapping(
    value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any], path: str
) -> Iterator[str]:
    if len(value) < schema.get("minProperties", 0):
        yield f"{path}: too few"
    yield from (f"{path}: {name} is missing" for name in schema.get("required", ()) if name not in value)
    for name, item in value.items():
        patterns = [s for p, s in schema.get("patternProperties", {}).items() if re.search(p, name)]
        own = [schema["properties"][name]] if name in schema.get("properties", {}) else []
        for part in own + patterns:
            yield from faults(item, part, root, f"{path}.{name}")
        rest = schema.get("additionalProperties", True)
        if not own and not patterns and rest is False:
            yield f"{path}: {name} is unknown"
        elif not own and not patterns and isinstance(rest, dict):
            yield from faults(item, rest, root, f"{path}.{name}")


def _of_parts(value: Any, schema: dict[str, Any], root: dict[str, Any], path: str) -> Iterator[str]:
    for key in ("anyOf", "oneOf"):
        if key in schema:
            found = [list(faults(value, s, root, path)) for s in schema[key]]
            fitting = sum(not f for f in found)
            if fitting == 0 or (key == "oneOf" and fitting > 1):
                yield f"{path}: {key}: {fitting} fit; {min(found, key=len)}"
    if "if" in schema:
        holds = not list(faults(value, schema["if"], root, path))
        yield from faults(value, schema.get("then" if holds else "else", {}), root, path)

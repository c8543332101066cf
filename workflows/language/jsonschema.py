"""The JSON Schema (draft 2020-12) of the format, from the models that check it, for editors.

What a schema cannot say (that names exist, that conditions are well typed) is checked by loading.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from jianban.workflows.language.edits import PlacedEdit, VariantShape
from jianban.workflows.language.extends import BY_KEY
from jianban.workflows.language.kinds import kinds
from jianban.workflows.language.schema import ProcessShape
from jianban.workflows.language.shape import Shape
from jianban.workflows.language.shared import AgenciesShape, MaterialsShape, RolesShape, SourcesShape

DIALECT = "https://json-schema.org/draft/2020-12/schema"

File: TypeAlias = Literal["process", "sources", "agencies", "roles", "materials"]
Schema: TypeAlias = dict[str, Any]

_SHARED: dict[File, type[Shape]] = {
    "sources": SourcesShape,
    "agencies": AgenciesShape,
    "roles": RolesShape,
    "materials": MaterialsShape,
}


def json_schema(file: File = "process") -> Schema:
    """The schema of a definition, or of one of the files that definitions share.

    Every property has a description in Chinese and English. A definition with `extends` needs only
    `process` and `version`; any other needs all that makes a process.
    """
    if file == "process":
        return {"$schema": DIALECT, **_clean(_process())}
    schema = _SHARED[file].model_json_schema()
    # the file as a whole is what the model keeps under its one key
    return {"$schema": DIALECT, **_clean({**schema["properties"]["entries"], "$defs": schema["$defs"]})}


def shape_schema(shape: type[Shape]) -> Schema:
    """The schema of any other file that a model checks as a whole."""
    return {"$schema": DIALECT, **_clean(shape.model_json_schema())}


def _process() -> Schema:
    whole = ProcessShape.model_json_schema()
    edited = VariantShape.model_json_schema()
    del whole["properties"]["extends"]
    definitions: Schema = {**whole.pop("$defs"), **edited.pop("$defs")}
    definitions["StepShape"]["properties"]["kind"]["enum"] = sorted(kinds().kinds)
    item = definitions["StageShape"]["properties"]["steps"]["items"]
    placed = [
        {"$ref": f"#/$defs/{name}"}
        for name in ("StageShape", "ChoiceBranchShape", "BranchShape", "EligibleShape")
    ]
    holders = ("StageShape", "StepShape", "ChoiceShape", "ParallelShape", "EachShape", "CallShape")
    changes: Schema = {}
    for name in (*holders, "ChoiceBranchShape", "BranchShape", "EligibleShape"):
        changes |= _described(definitions[name])
    for name in ("InsertEdit", "MoveEdit"):
        definitions[name]["anyOf"] = [{"required": [place]} for place in PlacedEdit.model_fields]
    definitions["InsertEdit"]["properties"]["insert"]["items"] = {"anyOf": [item, *placed]}
    definitions["MergeEdit"]["properties"]["as"] |= {"anyOf": [item, placed[0]]}
    definitions["UpdateEdit"]["properties"]["set"] |= {"properties": changes, "additionalProperties": False}
    return {
        "type": "object",
        "if": {"required": ["extends"]},
        "then": {"$ref": "#/$defs/Variant"},
        "else": {"$ref": "#/$defs/Process"},
        "$defs": {**definitions, "Process": whole, "Variant": _variant(whole, edited, definitions)},
    }


def _variant(whole: Schema, edited: Schema, definitions: Schema) -> Schema:
    """The keys of a process, none needed but its id and version; null drops what the base says."""
    properties: Schema = {}
    for name, part in whole["properties"].items():
        if name in BY_KEY:
            # entries merge deeply with those of the base, so that they may be partial
            (pattern, reference), *_ = part["patternProperties"].items()
            shape = definitions[reference["$ref"].rpartition("/")[2]]
            entry = {"type": "object", "properties": _described(shape), "additionalProperties": False}
            part = {
                **part,
                "minProperties": 0,
                "patternProperties": {pattern: {"anyOf": [entry, {"type": "null"}]}},
            }
        if name not in ("process", "version"):
            part = {"anyOf": [part, {"type": "null"}], "description": part["description"]}
        properties[name] = part
    return {
        "type": "object",
        "properties": {**properties, **edited["properties"]},
        "required": ["process", "version", "extends"],
        "additionalProperties": False,
    }


def _described(shape: Schema) -> Schema:
    """The keys of a shape, of which any part may be given."""
    return {name: {"description": part["description"]} for name, part in shape["properties"].items()}


def _clean(node: Any, *, names: bool = False) -> Any:
    """Without the titles, null defaults and docstrings that pydantic adds; `names`: keys are no keywords."""
    if isinstance(node, list):
        return [_clean(n) for n in node]
    if not isinstance(node, dict):
        return node
    drop = set() if names else {"title"}
    if not names and " / " not in node.get("description", " / "):
        drop.add("description")
    if not names and node.get("default", 0) is None:
        drop.add("default")
    cleaned = {
        key: _clean(value, names=not names and key in ("properties", "patternProperties", "$defs"))
        for key, value in node.items()
        if key not in drop
    }
    if not names and "patternProperties" in node:
        cleaned["additionalProperties"] = False
    return cleaned

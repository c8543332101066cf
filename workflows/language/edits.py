"""The edits of a variant, as the file writes them."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from pydantic import Discriminator, Field, Tag

from jianban.workflows.language.parts import Sourced, Words
from jianban.workflows.language.schema import JoinForm
from jianban.workflows.language.shape import LIST, TEXT, Id, ProcessRef, Shape, either, key

Anything: TypeAlias = dict[str, Any]


class RemoveEdit(Shape):
    remove: Id = key(
        "删去的环节、步骤、块、分支或适用条件", "The stage, step, block, branch or condition to remove"
    )


class UpdateEdit(Shape):
    update: Id = key(
        "修改的环节、步骤、块、分支或适用条件", "The stage, step, block, branch or condition to change"
    )
    set: Anything = key("逐层合并的键；null 删去", "Keys, merged deeply; null removes one")


class PlacedEdit(Shape):
    after: Id | None = key("放在其后", "Put it after this", None)
    before: Id | None = key("放在其前", "Put it before this", None)
    into: Id | None = key("放在其中最后", "Put it last in this stage, branch or block", None)


class InsertEdit(PlacedEdit):
    insert: Annotated[list[Anything], Field(min_length=1)] = key("加入的内容", "What to put in")


class MoveEdit(PlacedEdit):
    move: Id = key(
        "移动的环节、步骤、块、分支或适用条件", "The stage, step, block, branch or condition to move"
    )


class ParallelEdit(PlacedEdit, Sourced):
    """Without a place, the block stands where its first item stood."""

    parallel: Id = key("新并联块的编号", "Id of the new parallel block")
    title: Words | None = key("名称", "Title", None)
    of: Annotated[
        list[
            Annotated[
                Annotated[Id, TEXT] | Annotated[Annotated[list[Id], Field(min_length=1)], LIST], either("of")
            ]
        ],
        Field(min_length=1),
    ] = key("改为并联的步骤，每项一个分支", "The steps to run side by side, one branch each")
    join: JoinForm = key("汇合：全部、任一，或几个", "Join on all, any, or a number of branches", "all")


class MergeEdit(PlacedEdit):
    """Without a place, the item stands where the first of the merged stood."""

    merge: Annotated[list[Id], Field(min_length=1)] = key("合并的步骤或环节", "The steps or stages to merge")
    as_: Anything = key("合并为", "What they become", alias="as")


EDITS = ("remove", "update", "insert", "move", "parallel", "merge")


def _edit(value: Any) -> str | None:
    if isinstance(value, dict):
        return next((f"<{k}>" for k in EDITS if k in value), None)
    return None


Edit: TypeAlias = Annotated[
    Annotated[RemoveEdit, Tag("<remove>")]
    | Annotated[UpdateEdit, Tag("<update>")]
    | Annotated[InsertEdit, Tag("<insert>")]
    | Annotated[MoveEdit, Tag("<move>")]
    | Annotated[ParallelEdit, Tag("<parallel>")]
    | Annotated[MergeEdit, Tag("<merge>")],
    Discriminator(_edit, custom_error_type="edit", custom_error_message="edit"),
]


class VariantShape(Shape):
    """What a definition that extends another says beside the keys of a process."""

    extends: ProcessRef = key("作为起点的流程", "The process to start from")
    changes: list[Edit] = key("依次进行的修改", "Edits, carried out in order", [])

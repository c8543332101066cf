"""Kinds of steps (步骤类型): read once from `kinds.yaml`, declared data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jianban.workflows.language.errors import DefinitionError
from jianban.workflows.language.model import Kind, Outcome
from jianban.workflows.language.parts import ExpiryShape, SendShape, Words
from jianban.workflows.language.reader import read_text
from jianban.workflows.language.schema import ExitShape, StepShape
from jianban.workflows.language.shape import Id, Shape
from jianban.workflows.language.validation import validate
from jianban.workflows.texts import Text


class KindExitShape(ExitShape):
    via: StepShape | None = None
    outcome: str | None = None
    needed: bool = False
    elapsed: bool = False


class KindShape(Shape):
    title: Words
    interaction: bool = False
    waiting: bool = False
    stops_clock: bool = False
    by: Id | None = None
    channel: str | None = None
    sends: list[SendShape] | None = None
    exits: dict[Id, KindExitShape]
    expiry: ExpiryShape | None = None


class KindsShape(Shape):
    kinds: dict[Id, KindShape]
    events: dict[Id, Words]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    kinds: Mapping[str, Kind]
    shapes: Mapping[str, KindShape]
    """What a step of the kind need not say."""
    events: Mapping[str, Text]
    """What common events are called."""


@cache
def kinds() -> Kinds:
    """The kinds that Jianban knows."""
    text = files("jianban.workflows.language").joinpath("kinds.yaml").read_text(encoding="utf-8")
    shape, problems = validate(read_text(text, "kinds.yaml"), KindsShape)
    if shape is None:
        raise DefinitionError(problems)
    return Kinds(
        kinds={
            id_: Kind(
                id=id_,
                title=kind.title.text,
                interaction=kind.interaction,
                stops_clock=kind.stops_clock,
                waiting=kind.waiting,
            )
            for id_, kind in shape.kinds.items()
        },
        shapes=shape.kinds,
        events={id_: words.text for id_, words in shape.events.items()},
    )


OUTCOMES: Mapping[Outcome, Text] = {
    Outcome.GRANTED: Text("准予", "Granted"),
    Outcome.REFUSED: Text("不予许可", "Refused"),
    Outcome.NOT_ACCEPTED: Text("不予受理", "Not accepted"),
    Outcome.WITHDRAWN: Text("已撤回", "Withdrawn"),
    Outcome.LAPSED: Text("已失效", "Lapsed"),
    Outcome.SWITCHED: Text("转入其他程序", "Switched to another route"),
}
"""What an end is called where a definition does not say."""

"""What a person or a script answers during a walk, and the facts they state, as values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from jianban.engine.commands.session import UsageFailure
from jianban.workflows.language.terms import DataField, DataKind
from jianban.workflows.texts import Text

FACT = re.compile(r"([a-z][a-z0-9_]*)=(.*)", re.DOTALL)
EVENT = re.compile(r"([^\s@:=]+)(?:@([^\s:]+))?(?::\s*(.*))?", re.DOTALL)
NEXT_DATE = "+"

NO_ANSWER = Text(
    "看不懂“{answer}”。请写序号、事项[@步骤][:理由]、数据=值、+ 或日期",
    "“{answer}” is no answer. Give a number, EVENT[@STEP][:REASON], NAME=VALUE, + or a date",
)
NOT_A_FACT = Text(
    "“{answer}”不是数据。请写作 数据=值，如 debts=settled",
    "“{answer}” is no fact. Write NAME=VALUE, e.g. debts=settled",
)


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait until a day; None: until something happens by itself."""

    until: date | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """Comes with the next event."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Choose:
    """The offer of that number."""

    number: int


@dataclass(frozen=True, slots=True)
class Do:
    event: str
    place: str | None = None
    reason: str = ""


Answer = Wait | Fact | Choose | Do


def read_answer(text: str) -> Answer:
    """Read an answer.

    Raises:
        UsageFailure: it is none.
    """
    text = text.strip()
    if text == NEXT_DATE:
        return Wait()
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        try:
            return Wait(date.fromisoformat(text))
        except ValueError:
            raise UsageFailure(NO_ANSWER.format(answer=text)) from None
    if re.fullmatch(r"\d{1,6}", text, re.ASCII):
        return Choose(int(text))
    if match := FACT.fullmatch(text):
        return Fact(match[1], match[2])
    if match := EVENT.fullmatch(text):
        return Do(match[1], match[2], match[3] or "")
    raise UsageFailure(NO_ANSWER.format(answer=text))


def read_facts(texts: list[str]) -> dict[str, str]:
    """Read facts written as NAME=VALUE.

    Raises:
        UsageFailure: one is not.
    """
    facts: dict[str, str] = {}
    for text in texts:
        match = FACT.fullmatch(text)
        if match is None:
            raise UsageFailure(NOT_A_FACT.format(answer=text))
        facts[match[1]] = match[2]
    return facts


def typed(facts: Mapping[str, str], fields: Mapping[str, DataField]) -> dict[str, Any]:
    """Facts as the engine takes them. What fits no type stays text, for the engine to refuse in its words."""
    return {name: _typed(value, fields.get(name)) for name, value in facts.items()}


def _typed(text: str, field: DataField | None) -> Any:
    match field.kind if field else DataKind.TEXT:
        case DataKind.BOOL:
            return {"true": True, "false": False, "是": True, "否": False}.get(text, text)
        case DataKind.INT if re.fullmatch(r"-?\d{1,18}", text, re.ASCII):
            return int(text)
        case DataKind.MONEY if match := re.fullmatch(r"(\d{1,15})(?:\.(\d{1,2}))?", text, re.ASCII):
            return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))
        case DataKind.NUMBER if re.fullmatch(r"-?\d{1,18}(\.\d{1,18})?", text, re.ASCII):
            return float(text)
        case DataKind.LIST:
            return [item for item in re.split(r"[,，、]", text) if item]
        case _:
            return text

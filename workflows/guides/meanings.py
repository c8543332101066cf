"""What a drift means for those who rely on the guide."""

from __future__ import annotations

from collections.abc import Mapping

from jianban.workflows.guides import fields
from jianban.workflows.guides.model import Field, Guide, Kind, Lines
from jianban.workflows.guides.normal import lines, longest, number
from jianban.workflows.texts import Text

LONGER_THAN_LAW = Text("承诺的时限长于法定时限，法律不允许", "the promise is longer than the law allows")
LONGER = Text("时限长于定义，申请人会被多等", "longer than defined: applicants would wait longer")
SHORTER = Text("时限短于定义，机关可能做不到", "shorter than defined: the authority may not keep it")
OTHER_UNIT = Text("日和工作日混用，实际长短不同", "days and working days are mixed: the real length differs")
OTHER_TIME = Text("时限与定义不同", "the time is not the one defined")
MORE = Text("多于定义，加重申请人负担", "more than defined: a burden on applicants")
LESS = Text(
    "少于定义，申请人可能白跑或者补正", "less than defined: applicants may come in vain or have to mend"
)
OTHER_BASIS = Text("依据与定义不同，应当核对条文", "another basis than defined: check the articles")
OTHER_NAMES = Text("与定义所列不同", "not those that are defined")
OTHER = Text("内容与定义不同", "says something else than the definition")
NOT_SAID = Text("定义有而指南没有", "the definition says it, the guide does not")
NOT_DEFINED = Text(
    "指南有而定义没有，没有来源", "the guide says it, the definition does not: it has no source"
)
MISSING: Mapping[str, Text] = {
    fields.MATERIALS.id: Text(
        "指南少列了材料，申请人会被要求补正", "a material is not listed: applicants will have to mend"
    ),
    fields.CONDITIONS.id: Text("指南少列了条件", "a condition is not listed"),
    fields.STEPS.id: Text("指南少列了步骤", "a step is not listed"),
    fields.REFUSALS.id: Text("指南少列了不予办理的情形", "a way not to be granted is not listed"),
}
EXTRA: Mapping[str, Text] = {
    fields.MATERIALS.id: Text(
        "指南要求的材料定义中没有，属于多要材料",
        "the guide asks for a material that the definition does not: it must not be asked",
    ),
    fields.CONDITIONS.id: Text("指南多设了条件", "the guide sets a condition that is not defined"),
    fields.STEPS.id: Text("指南多了步骤", "the guide has a step that is not defined"),
    fields.FEES.id: Text("指南收取定义中没有的费用", "the guide charges what is not defined"),
    fields.CHARGED.id: Text(
        "定义未载收费，指南所说的收费没有来源", "the definition has no fee: what the guide says has no source"
    ),
    fields.PROMISED.id: Text(
        "定义中没有承诺时限，指南的承诺没有来源", "the definition promises nothing: the promise has no source"
    ),
}


def meaning(field: Field, given: str, defined: Lines, guide: Guide) -> Text:
    """What it means that a guide gives a field another value than the one defined."""
    told, meant = " ".join(lines([given])), " ".join(lines(t.zh for t in defined))
    match field.kind:
        case Kind.TIME:
            return _time(field, told, meant, guide)
        case Kind.COUNT | Kind.MONEY:
            one, other = number(told), number(meant)
            if one is None or other is None or one == other:
                return OTHER
            return MORE if one > other else LESS
        case Kind.BASIS:
            return OTHER_BASIS
        case Kind.NAMES:
            return OTHER_NAMES
    return OTHER


def _time(field: Field, told: str, meant: str, guide: Guide) -> Text:
    one, other = longest(told), longest(meant)
    if field is fields.PROMISED and one is not None and (law := guide.facts.get(fields.STATUTORY.id)):
        legal = longest(" ".join(lines(t.zh for t in law.lines)))
        if legal is not None and legal.unit is one.unit and one.amount > legal.amount:
            return LONGER_THAN_LAW
    if one is None or other is None or one == other:
        return OTHER_TIME
    if one.unit is not other.unit:
        return OTHER_UNIT
    return LONGER if one.amount > other.amount else SHORTER


def missing_meaning(name: str, *, whole: bool = False) -> Text:
    """What it means that a guide lacks an entry of a table, or (`whole`) a field, table or column."""
    return NOT_SAID if whole else MISSING.get(name, NOT_SAID)


def extra_meaning(name: str) -> Text:
    return EXTRA.get(name, NOT_DEFINED)

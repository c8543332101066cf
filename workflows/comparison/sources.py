"""Where the figures of a variant come from: each limit, wait, material, fee and effort with its basis."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from jianban.workflows.comparison.aspects import material_item
from jianban.workflows.comparison.elements import Level
from jianban.workflows.flow import Flow
from jianban.workflows.language.model import Step
from jianban.workflows.language.terms import NO_BASIS, Basis, Citation, Document, Duration, Limit
from jianban.workflows.texts import Lang, Text
from jianban.workflows.wording import format_duration, format_yuan

STATUTORY = Text("法定时限", "statutory limit")
PROMISED = Text("承诺时限", "promised limit")
WAIT = Text("等待期", "waiting period")
MATERIAL = Text("材料", "material")
FEE = Text("收费", "fee")
EFFORT = Text("申请人用时", "applicant's effort")
MINUTES = Text("{minutes} 分钟", "{minutes} min")
AND_MONEY = Text("{minutes} 分钟，另付 {money}", "{minutes} min and {money}")
ASSUMED = Text("假设：{what}", "assumed: {what}")
NONE = Text("没有依据", "no source")
UNVERIFIED = Text("（未核实）", " (unverified)")
ARTICLE = Text("第{article}条", "{article}")
PARAGRAPH = Text("第{article}条第{paragraph}款", "{article}({paragraph})")
PLACE = Text("{places}", ", art. {places}")
TITLED = Text("《{title}》", "{title}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourced:
    """One figure of a variant, and its basis."""

    level: Level
    """`STAGE` or `STEP`."""
    place: str
    """The stage or step, or the whole process."""
    place_title: Text
    figure: Text
    value: Text
    basis: Basis

    @property
    def settled(self) -> bool:
        """True when it rests on texts that were at hand, and on nothing assumed."""
        return bool(self.basis.citations) and self.basis.assumed is None and not self.unverified

    @property
    def unverified(self) -> bool:
        return any(c.document.unverified for c in self.basis.citations)


def sourced(flow: Flow) -> tuple[Sourced, ...]:
    """Every figure of a variant, in order of declaration."""
    found: list[Sourced] = []
    process = flow.process
    for level, whole in ((Level.LIMIT, process), *((Level.STAGE, s) for s in process.stages)):
        for figure, value, basis in _limit(whole.limit):
            found.append(
                Sourced(
                    level=level,
                    place=whole.id,
                    place_title=whole.title,
                    figure=figure,
                    value=value,
                    basis=basis,
                )
            )
    for node in flow.steps:
        if node.step is not None:
            found += [
                Sourced(
                    level=Level.STEP,
                    place=node.id,
                    place_title=node.title,
                    figure=figure,
                    value=value,
                    basis=basis,
                )
                for figure, value, basis in _step(node.step)
            ]
    return tuple(found)


def _step(step: Step) -> Iterator[tuple[Text, Text, Basis]]:
    yield from _limit(step.limit)
    if step.wait:
        yield WAIT, _duration(step.wait.duration), step.wait.basis
    for use in step.materials:
        yield MATERIAL, material_item(use).text, use.basis
    if step.fee:
        yield FEE, _money(step.fee.fen), step.fee.basis
    if step.effort:
        words = AND_MONEY if step.effort.external_fen else MINUTES
        value = words.format(minutes=step.effort.minutes, money=_money(step.effort.external_fen))
        yield EFFORT, value, step.effort.basis


def _limit(limit: Limit | None) -> Iterator[tuple[Text, Text, Basis]]:
    if limit and limit.statutory:
        yield STATUTORY, _duration(limit.statutory), limit.basis
    if limit and limit.promised:
        yield PROMISED, _duration(limit.promised), limit.promised_basis


def _duration(duration: Duration) -> Text:
    return Text(format_duration(duration, "zh"), format_duration(duration, "en"))


def _money(fen: int) -> Text:
    return Text(format_yuan(fen, "zh"), format_yuan(fen, "en"))


def cite(citations: Iterable[Citation], lang: Lang) -> list[str]:
    """Citations as people write them, by document: 《公司法》第183条、第185条; Company Law, art. 183, 185."""
    places: dict[Document, dict[str, None]] = {}
    for citation in citations:
        places.setdefault(citation.document, {}).update(dict.fromkeys(_place(citation.article, lang)))
    return [
        TITLED.format(title=document.title).get(lang)
        + (
            PLACE.format(places=("、" if lang == "zh" else ", ").join(sorted(at, key=_order))).get(lang)
            if at
            else ""
        )
        + (UNVERIFIED.get(lang) if document.unverified else "")
        for document, at in places.items()
    ]


def _place(article: str, lang: Lang) -> Iterator[str]:
    if match := re.fullmatch(r"([0-9]+)(?:\(([0-9]+)\))?", article):
        yield (PARAGRAPH if match[2] else ARTICLE).format(article=match[1], paragraph=match[2]).get(lang)
    elif article:
        yield article


def _order(place: str) -> list[int]:
    return [int(number) for number in re.findall(r"[0-9]+", place)]


def tell(basis: Basis, lang: Lang) -> str:
    """A basis in words: its citations, or what is assumed, or that there is none."""
    told = cite(basis.citations, lang)
    if basis.assumed is not None:
        told.append(ASSUMED.format(what=basis.assumed).get(lang))
    return ("；" if lang == "zh" else "; ").join(told) if basis != NO_BASIS else NONE.get(lang)


def citations(figures: Iterable[Sourced]) -> tuple[Citation, ...]:
    """Every citation once, in order of first use."""
    return tuple(dict.fromkeys(c for f in figures for c in f.basis.citations))

"""The figure of a comparison: variants as columns, stages as cards in the rows of the base, differences
marked on both sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from jianban.workflows.comparison.findings import Findings
from jianban.workflows.comparison.stages import step_nodes
from jianban.workflows.figures.comparison_model import LETTERS, Column, ComparisonFigure, StageCard, Tag
from jianban.workflows.figures.indicators import comparison_indicators, periods
from jianban.workflows.figures.model import FigureLang, IndicatorsFigure, Leg, Timeline
from jianban.workflows.figures.process import bases
from jianban.workflows.figures.stage_fates import Fate, Fates, fates_of
from jianban.workflows.figures.stage_parts import Side, parts_of
from jianban.workflows.figures.stage_rows import Span, rows
from jianban.workflows.figures.words import (
    ON_CRITICAL_PATH,
    START,
    burdens,
    duration,
    joined,
    of_stage,
    sources,
)
from jianban.workflows.flow import Flow
from jianban.workflows.language.model import Process
from jianban.workflows.texts import Text
from jianban.workflows.wording import counted

if TYPE_CHECKING:
    from jianban.workflows.analysis.measures import Part as Reckoned
    from jianban.workflows.analysis.measures import Reading

TITLE = Text("{titles}对比", "{titles}")
SAME_TITLE = Text("{title}：{versions}对比", "{title}: {versions}")
WITH_VERSION = Text("{title}（{version}）", "{title} ({version})")
VERSION = Text("{version}版", "version {version}")
MERGES = Text("由环节 {stages}合并而成", "merges {stages}")
PART_OF = Text("承接环节 {stages}的部分步骤", "takes over some steps of {stages}")
NEEDLESS = Text("不再办理环节 {stages}", "no longer needed: {stages}")
BASE = Text("对照基准", "the base")
MOST_TIMES = 2
"""Of the steps of a stage: more are told by what they come to."""
FROM = Text("{begin}起施行", "in force from {begin}")
FROM_TO = Text("{begin}至{end}施行", "in force {begin} to {end}")
CONDITIONS = Text("适用条件 {count} 项", "{count} condition{s} to meet")
BY_PROMISE = Text("{title} · 承诺时限", "{title} · as promised")
ON_PATH = Text(
    "时间取典型办理关键路径上的法定期限；同时进行而不更长的，不另列。",
    "Times are the legal limits on the critical path of a typical case; what runs beside it is left out.",
)
AVERAGED = Text(
    "日历天数为以 {year} 年各日为起始日的平均值。", "Calendar days are means over all start dates of {year}."
)
PROMISES = Text("空心条形为承诺时限。", "Hollow bars show what is promised.")


def compared(comparison: Findings, lang: FigureLang) -> ComparisonFigure:
    """The figure of a comparison; see `comparison_figure`."""
    flows, pairs = comparison.flows, comparison.pairs
    base_flow, *_ = flows
    processes = [f.process for f in flows]
    fates = [fates_of(pair, i) for i, pair in enumerate(pairs, 1)]
    sides = [Side(base_flow, pairs, True), *(Side(p.other, (p,), False) for p in pairs)]
    letters = LETTERS[: len(flows)] if len(flows) > 2 else ""
    order = {s.id: i for i, s in enumerate(base_flow.process.stages)}
    beside = [_beside(f, order, p.other.process) for f, p in zip(fates, pairs, strict=True)]
    spans, count = rows(len(order), beside)
    columns: list[Column] = []
    for i, (side, span) in enumerate(zip(sides, spans, strict=True)):
        tags = _base_tags(fates, letters) if side.is_base else _tags(fates[i - 1])
        column = _column(side, letters[i : i + 1], tags, span)
        columns.append(column if side.is_base else _noted(column, columns[0], fates[i - 1]))
    return ComparisonFigure(
        title=title_of(processes),
        lang=lang,
        indicators=comparison_indicators(comparison.measures),
        rows=count,
        columns=tuple(columns),
        relations=tuple(r for f in fates for r in f.relations),
        notes=_notes(flows),
    )


def compared_in_brief(comparison: Findings, lang: FigureLang) -> ComparisonFigure:
    """The same by stages only; one that stands beside several of the base has room for its steps."""
    figure = compared(comparison, lang)
    time = next(row for row in comparison.measures if row.id == "days_statutory")
    columns: list[Column] = []
    for flow, reading, column in zip(comparison.flows, time.readings, figure.columns, strict=True):
        cards = [
            replace(card, parts=tuple(replace(p, origin=()) for p in card.parts))
            if columns and card.last > card.first
            else _brief(card, flow, reading.detail)
            for card in column.cards
        ]
        columns.append(replace(column, cards=tuple(cards)))
    return replace(figure, columns=tuple(columns))


def _brief(card: StageCard, flow: Flow, path: Sequence[Reckoned]) -> StageCard:
    """A card without its steps, but with their times."""
    told = [t for part in card.parts for t in part.times]
    times = tuple(dict.fromkeys(told))
    if len(told) > min(len(times), MOST_TIMES):
        own = [p for p in path if (flow.nodes[p.id].stage if p.id in flow.nodes else p.id) == card.id]
        if own:
            lengths = [duration(length) for length in periods(own)]
            time = Text(*(" + ".join(t.get(lang) for t in lengths) for lang in ("zh", "en")))
            times = (ON_CRITICAL_PATH.format(time=time),)
        elif len(times) > MOST_TIMES:
            times = ()
    return replace(card, parts=(), chips=(*times, *card.chips))


def charted(comparison: Findings, lang: FigureLang) -> IndicatorsFigure:
    """The charts of a comparison; see `indicators_figure`."""
    flows = comparison.flows
    legal, promised = (comparison.row(f"days_{kind}").readings for kind in ("statutory", "promised"))
    names = names_of([f.process for f in flows])
    timelines: list[Timeline] = []
    for order, (name, *readings) in enumerate(zip(names, legal, promised, strict=True), 1):
        if readings[0].value == readings[1].value:
            readings.pop()
        timelines += [_timeline(order, name, r, promised=bool(i)) for i, r in enumerate(readings)]
    year = next((r.year for r in legal if r.detail), None)
    return IndicatorsFigure(
        title=title_of([f.process for f in flows]),
        lang=lang,
        names=tuple(names),
        indicators=(indicators := comparison_indicators(comparison.measures, most=8)),
        timelines=tuple(timelines),
        most=max((t.total for t in timelines), default=0),
        highest=max([100.0, *(s for i in indicators for s in i.shares or () if s is not None)]),
        notes=(
            *([ON_PATH, AVERAGED.format(year=year)] if year else []),
            *([PROMISES] if any(t.promised for t in timelines) else []),
            *_notes(flows),
        ),
    )


def _timeline(order: int, name: Text, reading: Reading, *, promised: bool) -> Timeline:
    legs: list[Leg] = []
    total = reading.value or 0
    known = sum(part.value or 0 for part in reading.detail)
    for part in reading.detail:
        start = legs[-1].start + legs[-1].length if legs else 0.0
        length = (part.value or 0) * total / known if known else 0.0
        legs.append(Leg(title=part.title, said=part.note or part.title, start=start, length=length))
    return Timeline(
        order=order,
        title=BY_PROMISE.format(title=name) if promised else name,
        legs=tuple(legs),
        total=total,
        promised=promised,
        no_limit=reading.no_limit,
    )


def _beside(fates: Fates, order: Mapping[str, int], process: Process) -> list[list[int]]:
    """For each stage of a variant the places of those of the base it stands for.

    Steps that come from elsewhere do not widen a stage that is matched.
    """
    found: list[list[int]] = []
    for stage in process.stages:
        relations = [r for r in fates.relations if r.target == stage.id]
        whole = {s for r in relations for s in r.sources if s not in r.partial}
        found.append(sorted(order[s] for s in whole or {s for r in relations for s in r.sources}))
    return found


def _tags(fates: Fates) -> dict[str, tuple[Tag, ...]]:
    return {name: (Tag(mark=f.mark, word=f.word),) for name, f in fates.other.items()}


def _base_tags(fates: Sequence[Fates], letters: str) -> dict[str, tuple[Tag, ...]]:
    """One tag for all variants that do the same with a stage, or one for each thing done with it."""
    found: dict[str, tuple[Tag, ...]] = {}
    for name in fates[0].base:
        who: dict[Fate, str] = {}
        for i, each in enumerate(fates, 1):
            who[each.base[name]] = who.get(each.base[name], "") + letters[i : i + 1]
        found[name] = tuple(
            Tag(mark=f.mark, word=f.word, letters=where if len(who) > 1 else "") for f, where in who.items()
        )
    return found


def _noted(column: Column, base: Column, fates: Fates) -> Column:
    """With notes on the cards that stand for several stages: which, and what beside them is dropped."""
    dropped = {s for r in fates.relations if r.target is None for s in r.sources}
    cards: list[StageCard] = []
    for card in column.cards:
        relations = [r for r in fates.relations if r.target == card.id]
        partial = {s for r in relations for s in r.partial}
        whole = {s for r in relations for s in r.sources} - partial
        beside = {c.id for c in base.cards if card.first <= c.first <= card.last} & dropped
        notes: list[Text] = []
        for words, which in (
            (MERGES, whole if len(whole) > 1 else set[str]()),
            (PART_OF, partial),
            (NEEDLESS, beside if card.last > card.first and whole | partial else set[str]()),
        ):
            if which:
                notes.append(words.format(stages=_listed([c for c in base.cards if c.id in which])))
        cards.append(replace(card, notes=tuple(notes)))
    return replace(column, cards=tuple(cards))


def _listed(cards: Sequence[StageCard]) -> Text:
    return joined([Text(f"{c.number} {c.title.zh}", f"{c.number} {c.title.en}") for c in cards])


def title_of(processes: Sequence[Process]) -> Text:
    """The variants' titles; versions stand beside titles that would not tell them apart."""
    if len(processes) == 1:
        return processes[0].title
    if len({p.title for p in processes}) == 1:
        versions = [VERSION.format(version=p.version) for p in processes]
        return SAME_TITLE.format(title=processes[0].title, versions=_with_and(versions))
    return TITLE.format(titles=_with_and(names_of(processes)))


def names_of(processes: Sequence[Process]) -> list[Text]:
    """A name for each variant: its title, with the version where others have the same."""
    seen = [p.title for p in processes]
    return [
        WITH_VERSION.format(title=p.title, version=VERSION.format(version=p.version))
        if seen.count(p.title) > 1
        else p.title
        for p in processes
    ]


def _with_and(texts: Sequence[Text]) -> Text:
    return Text(f"{joined(texts[:-1]).zh}与{texts[-1].zh}", " vs. ".join(t.en for t in texts))


def _column(side: Side, letter: str, tags: Mapping[str, tuple[Tag, ...]], spans: Sequence[Span]) -> Column:
    process = side.flow.process
    parts = parts_of(side)
    cards: list[StageCard] = []
    for number, (stage, (first, last)) in enumerate(zip(process.stages, spans, strict=True), 1):
        steps = [n.step for n in step_nodes(side.flow) if n.stage == stage.id and n.step]
        cards.append(
            StageCard(
                id=stage.id,
                number=number,
                title=stage.title,
                first=first,
                last=last,
                tags=tags[stage.id],
                chips=of_stage(stage) + burdens(steps),
                parts=parts[stage.id],
            )
        )
    return Column(
        title=process.title,
        letter=letter,
        facts=_facts(process, base=bool(letter) and side.is_base),
        summary=process.summary,
        start=START,
        end=next((e.title for e in process.ends if e.success), START),
        cards=tuple(cards),
    )


def _facts(process: Process, *, base: bool) -> tuple[Text, ...]:
    facts = [BASE] if base else []
    facts.append(VERSION.format(version=process.version))
    if process.in_force_from:
        words = FROM_TO if process.in_force_to else FROM
        facts.append(words.format(begin=process.in_force_from, end=process.in_force_to))
    if process.eligible:
        facts.append(counted(CONDITIONS, len(process.eligible)))
    return tuple(facts)


def _notes(flows: Sequence[Flow]) -> tuple[Text, ...]:
    documents = dict.fromkeys(d for f in flows for d in f.process.documents)
    return sources(documents, [b for f in flows for b in bases(f)])

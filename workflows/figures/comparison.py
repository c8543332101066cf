"""The figure of a comparison: variants as columns, stages as cards in the rows of the base, differences
marked on both sides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from jianban.workflows.comparison.differences import KINDS, Difference, Kind
from jianban.workflows.comparison.elements import Level
from jianban.workflows.comparison.findings import Findings, Pair
from jianban.workflows.figures.indicators import comparison_indicators
from jianban.workflows.figures.model import (
    Column,
    ComparisonFigure,
    FigureLang,
    IndicatorsFigure,
    Leg,
    Mark,
    Part,
    Relation,
    StageCard,
    Timeline,
)
from jianban.workflows.figures.process import bases, shown
from jianban.workflows.figures.words import START, burdens, joined, limits, sources, times
from jianban.workflows.flow import Flow, Node, NodeKind
from jianban.workflows.language.model import Process
from jianban.workflows.texts import Text

TITLE = Text("{titles}对比", "{titles}")
SAME_TITLE = Text("{title}：{versions}对比", "{title}: {versions}")
WITH_VERSION = Text("{title}（{version}）", "{title} ({version})")
VERSION = Text("{version}版", "version {version}")
BESIDE = Text("与 {steps} 并联", "alongside {steps}")
CHANGE = Text("{what}：{how}", "{what}: {how}")
MERGES = Text("由 {stages} 合并而成", "merges {stages}")
NEEDLESS = Text("不再办理 {stages}", "no longer needed: {stages}")
NAMED = Text("调整{what}", "changed: {what}")
ON_PATH = Text(
    "时间取典型办理关键路径上的法定期限；同时进行而不更长的，不另列。",
    "Times are the legal limits on the critical path of a typical case; what runs beside it is left out.",
)

MARKS: Mapping[Kind, Mark] = {
    "kept": Mark.KEPT,
    "changed": Mark.CHANGED,
    "moved": Mark.CHANGED,
    "made_parallel": Mark.PARALLEL,
    "made_sequential": Mark.CHANGED,
    "merged": Mark.MERGED,
    "split": Mark.CHANGED,
    "regrouped": Mark.CHANGED,
    "removed": Mark.REMOVED,
    "added": Mark.ADDED,
}
TOLD = ("wait", "statutory", "promised", "visits")
"""The aspects whose change is told in full."""
UNTOLD = frozenset({"title", "stage", "exits", "collects", "condition"})
"""Aspects the figure shows otherwise, or not at all."""


def compared(comparison: Findings, lang: FigureLang) -> ComparisonFigure:
    """The figure of a comparison; see `comparison_figure`."""
    flows = comparison.flows
    processes = [f.process for f in flows]
    columns = [_column(flow, pairs) for flow, pairs in _sides(comparison)]
    spans, rows = _rows(columns[0], [(c, p) for c, p in zip(columns[1:], comparison.pairs, strict=True)])
    placed = [
        replace(
            column,
            cards=tuple(replace(c, first=s[0], last=s[1]) for c, s in zip(column.cards, span, strict=True)),
        )
        for column, span in zip(columns, spans, strict=True)
    ]
    placed[1:] = [_noted(c, placed[0], p) for c, p in zip(placed[1:], comparison.pairs, strict=True)]
    return ComparisonFigure(
        title=title_of(processes),
        lang=lang,
        indicators=comparison_indicators(flows, comparison.measures),
        rows=rows,
        columns=tuple(placed),
        relations=tuple(_relations(comparison.pairs[0])),
        notes=_notes(flows),
    )


def charted(comparison: Findings, lang: FigureLang) -> IndicatorsFigure:
    """The charts of a comparison; see `indicators_figure`."""
    flows = comparison.flows
    time = next(row for row in comparison.measures if row.id == "days_statutory")
    names = names_of([f.process for f in flows])
    timelines: list[Timeline] = []
    for order, (name, reading) in enumerate(zip(names, time.readings, strict=True), 1):
        legs: list[Leg] = []
        for part in reading.detail:
            start = legs[-1].start + legs[-1].length if legs else 0.0
            said = part.note or part.title
            legs.append(Leg(title=part.title, said=said, start=start, length=part.value or 0))
        timelines.append(Timeline(order=order, title=name, legs=tuple(legs), total=reading.value or 0))
    return IndicatorsFigure(
        title=title_of([f.process for f in flows]),
        lang=lang,
        names=tuple(names),
        indicators=(indicators := comparison_indicators(flows, comparison.measures, most=8)),
        timelines=tuple(timelines),
        most=max((t.total for t in timelines), default=0),
        highest=max([100.0, *(s for i in indicators for s in i.shares or ())]),
        notes=(ON_PATH, *_notes(flows)),
    )


def _noted(column: Column, base: Column, pair: Pair) -> Column:
    """With notes on the cards that span rows: what they merge, and what beside them is dropped."""
    own = _own(pair.at(Level.STAGE), is_base=False)
    theirs = _own(pair.at(Level.STAGE), is_base=True)
    cards: list[StageCard] = []
    for card in column.cards:
        merged = own[card.id].base if card.id in own else ()
        beside = [c for c in base.cards if card.first <= c.first <= card.last]
        notes: list[Text] = []
        if len(merged) > 1:
            notes.append(MERGES.format(stages=_listed([c for c in base.cards if c.id in merged])))
        dropped = [c for c in beside if theirs[c.id].kind == "removed"]
        if dropped:
            notes.append(NEEDLESS.format(stages=_listed(dropped)))
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


def _sides(comparison: Findings) -> Iterable[tuple[Flow, list[tuple[Pair, bool]]]]:
    """Each flow with the pairs it is in, and whether it is their base."""
    yield comparison.flows[0], [(p, True) for p in comparison.pairs]
    for flow, pair in zip(comparison.flows[1:], comparison.pairs, strict=True):
        yield flow, [(pair, False)]


def _column(flow: Flow, pairs: Sequence[tuple[Pair, bool]]) -> Column:
    process = flow.process
    base = pairs[0][1]
    stages = [_own(p.at(Level.STAGE), is_base) for p, is_base in pairs]
    steps = [_own(p.at(Level.STEP), is_base) for p, is_base in pairs]
    numbers = numbered(flow)
    cards: list[StageCard] = []
    for number, stage in enumerate(process.stages, 1):
        nodes = [n for n in _step_nodes(flow) if n.stage == stage.id]
        kind = _agreed(stages, stage.id)
        cards.append(
            StageCard(
                id=stage.id,
                number=number,
                title=stage.title,
                first=0,
                last=0,
                mark=MARKS[kind] if kind else None,
                word=KINDS[kind][0] if kind else None,
                chips=limits(stage.limit) + burdens(n.step for n in nodes if n.step),
                parts=tuple(_part(n, numbers, steps, pairs, base) for n in nodes),
            )
        )
    done = next((e.title for e in process.ends if e.success), START)
    return Column(
        title=process.title,
        subtitle=VERSION.format(version=process.version),
        start=START,
        end=done,
        cards=tuple(cards),
    )


def _own(differences: Iterable[Difference], is_base: bool) -> dict[str, Difference]:
    """By the id of one side."""
    return {i: d for d in differences for i in (d.base if is_base else d.other)}


def _agreed(found: Sequence[Mapping[str, Difference]], name: str) -> Kind | None:
    """What all variants compared with do with it, when they do the same."""
    kinds: set[Kind | None] = {d.kind if (d := by_id.get(name)) else None for by_id in found}
    return kinds.pop() if len(kinds) == 1 else None


def _step_nodes(flow: Flow) -> list[Node]:
    """Steps and calls, without the steps inside a call."""
    return [n for n in flow.nodes.values() if n.kind in {NodeKind.STEP, NodeKind.CALL} and shown(flow, n)]


def numbered(flow: Flow) -> dict[str, str]:
    """`2.1` for the first step of the second stage."""
    numbers: dict[str, str] = {}
    for s, stage in enumerate(flow.process.stages, 1):
        nodes = [n for n in _step_nodes(flow) if n.stage == stage.id]
        numbers |= {n.id: f"{s}.{i}" for i, n in enumerate(nodes, 1)}
    return numbers


def _part(
    node: Node,
    numbers: Mapping[str, str],
    steps: Sequence[Mapping[str, Difference]],
    pairs: Sequence[tuple[Pair, bool]],
    base: bool,
) -> Part:
    kind = _agreed(steps, node.id)
    difference = None if base else steps[0].get(node.id)
    base_flow = pairs[0][0].base
    before = numbered(base_flow)
    return Part(
        id=node.id,
        number=numbers[node.id],
        title=node.title,
        mark=MARKS[kind] if kind else None,
        times=times(node.step) if node.step else (),
        chips=burdens([node.step]) if node.step else (),
        origin=tuple((before[b], base_flow.nodes[b].title) for b in difference.base if b in before)
        if difference
        else (),
        notes=_notes_of(difference, numbers) if difference else (),
    )


def _notes_of(difference: Difference, own: Mapping[str, str]) -> tuple[Text, ...]:
    """What changed in a step: times and visits in full, the rest by name when there is nothing else."""
    notes: list[Text] = []
    partners = [own[p] for p in difference.partners if p in own]
    if partners:
        notes.append(BESIDE.format(steps=joined([Text(n, n) for n in partners])))
    if len(difference.base) == 1:
        told = [c for c in difference.changes if c.aspect in TOLD]
        notes += [CHANGE.format(what=c.title, how=Text(c.tell("zh"), c.tell("en"))) for c in told]
        named = [c.title for c in difference.changes if c.aspect not in UNTOLD]
        if named and not notes:
            notes.append(NAMED.format(what=joined(named)))
    return tuple(notes)


@dataclass(slots=True)
class _Slots:
    """Rows: those of the base, each followed by the extra ones that other columns need after it."""

    base: int
    extra: dict[int, int]

    def index(self, row: int, extra: int = 0) -> int:
        """Of a base row (−1: before the first), or of the `extra`-th row after it."""
        return row + sum(n for at, n in self.extra.items() if at < row) + extra

    @property
    def count(self) -> int:
        return self.base + sum(self.extra.values())


Place = tuple[int, int, int]
"""First and last base row; or the base row it stands after, twice, and which extra row there (from 1)."""


def _rows(base: Column, others: Sequence[tuple[Column, Pair]]) -> tuple[list[list[tuple[int, int]]], int]:
    """Rows for the cards of each column, in order, and how many rows there are.

    A card stands beside the base stages it stands for; what stands for none takes a free row, or a new one.
    """
    rows = {card.id: i for i, card in enumerate(base.cards)}
    slots = _Slots(len(rows), {})
    columns: list[list[Place]] = []
    for column, pair in others:
        matched = _own(pair.at(Level.STAGE), is_base=False)
        wanted = [
            sorted(rows[b] for b in matched[c.id].base) if c.id in matched else [] for c in column.cards
        ]
        columns.append(_places(wanted, slots))
    spans = [[(slots.index(i), slots.index(i)) for i in range(len(rows))]]
    spans += [
        [
            (slots.index(a, extra), slots.index(b, extra)) if extra else (slots.index(a), slots.index(b))
            for a, b, extra in places
        ]
        for places in columns
    ]
    return spans, slots.count


def _places(wanted: Sequence[Sequence[int]], slots: _Slots) -> list[Place]:
    places: list[Place] = []
    free = 0
    for i, rows in enumerate(wanted):
        later = min((r[0] for r in wanted[i + 1 :] if r and r[0] >= free), default=slots.base)
        first, last = (max(free, rows[0]), min(rows[-1], max(later - 1, rows[0]))) if rows else (free, free)
        if first > last or first >= slots.base or (not rows and free >= later):
            after = free - 1
            extra = 1 + sum(1 for p in places if p[2] and p[0] == after)
            slots.extra[after] = max(slots.extra.get(after, 0), extra)
            places.append((after, after, extra))
        else:
            places.append((first, last, 0))
            free = last + 1
    return places


def _relations(pair: Pair) -> Iterable[Relation]:
    for difference in pair.at(Level.STAGE):
        mark = MARKS[difference.kind]
        if difference.kind == "removed":
            yield from (Relation(sources=(b,), target=None, mark=mark) for b in difference.base)
        elif difference.base:
            yield from (Relation(sources=difference.base, target=o, mark=mark) for o in difference.other)


def _notes(flows: Sequence[Flow]) -> tuple[Text, ...]:
    documents = dict.fromkeys(d for f in flows for d in f.process.documents)
    return sources(documents, [b for f in flows for b in bases(f)])

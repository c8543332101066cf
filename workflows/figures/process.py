"""The figure of one process, from its flow and its readings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from jianban.workflows.figures.indicators import process_indicators
from jianban.workflows.figures.model import (
    Band,
    Block,
    Card,
    Decision,
    FigureLang,
    Fork,
    Indicator,
    Lane,
    Link,
    LinkKind,
    Pill,
    ProcessFigure,
    Shape,
)
from jianban.workflows.figures.words import (
    ANYWHERE,
    INCLUDES,
    START,
    burdens,
    joined,
    lane_title,
    of_stage,
    sources,
    times,
)
from jianban.workflows.flow import Arc, Flow, Node, NodeKind
from jianban.workflows.language.model import Call, Choice, Item, JoinKind, Parallel, Process, Step
from jianban.workflows.language.tables import cell_text, table_rows
from jianban.workflows.language.terms import Agency, Basis, Cause, DataField, Guard, PartyKind
from jianban.workflows.texts import Text
from jianban.workflows.wording import written_day

if TYPE_CHECKING:
    from jianban.workflows.analysis.measures import Reading

START_ID = "start"
JOIN = "{fork}:join"
JOIN_ANY = Text("任一分支完成即可", "any branch is enough")
JOIN_COUNT = Text("完成 {count} 个分支即可", "{count} branches are enough")
NOBODY = Text("流程", "Process")
DEEMED = Text("{title}（逾期视同）", "{title} (or by expiry)")
LATE = "逾期"
COUNTED = Text("{title}（最多 {count} 次）", "{title} (up to {count}×)")
TABLE = Text("“{choice}”依次对照：{rows}。", "{choice}, the first that fits: {rows}.")
SINGLE = re.compile(r'(?P<no>!)?(?P<name>\w+)(?: == "(?P<value>[^"]*)")?')
"""A condition on one field: it is true, it is not, or it has a value."""
VALUE = Text("{field}：{value}", "{field}: {value}")
DEPENDS = Text("视情况：{fields}", "depending on: {fields}")
EACH = Text("逐个办理：{title}", "for each: {title}")
SINCE = Text("自{start}起施行", "in force from {start}")
UNTIL = Text("施行至{end}", "in force until {end}")
BETWEEN = Text("{start}至{end}施行", "in force from {start} to {end}")


def process_figure(
    flow: Flow,
    readings: Mapping[str, Reading] | None = None,
    lang: FigureLang = "both",
) -> ProcessFigure:
    """The figure of a process: stages as bands, agencies as lanes, called processes as one card each.

    `readings` are those of its measures; some of them stand on top.
    """
    return _Builder(flow).figure(process_indicators(flow, readings or {}), lang)


class _Builder:
    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.order = {n: i for i, n in enumerate(flow.nodes)}
        self.lanes: dict[str, Agency] = {}
        self.last_lane = ""

    def figure(self, indicators: tuple[Indicator, ...], lang: FigureLang) -> ProcessFigure:
        process = self.flow.process
        first = self._next(i for s in process.stages for i in s.items)
        self.last_lane = self._lane(first) if first else ""
        bands = tuple(
            Band(id=s.id, number=i, title=s.title, blocks=self._afresh(s.items), chips=of_stage(s))
            for i, s in enumerate(process.stages, 1)
            if s.items
        )
        return ProcessFigure(
            title=process.title,
            summary=process.summary,
            lang=lang,
            indicators=indicators,
            lanes=self._lanes(),
            bands=bands,
            start=Pill(id=START_ID, title=START),
            ends=tuple(
                Pill(id=n.id, title=n.title, success=n.end is not None and n.end.success)
                for n in self.flow.ends
                if self.flow.incoming[n.id]
            ),
            links=self._links(),
            notes=self._notes(),
            in_force=in_force(process),
        )

    def _lane(self, agency: Agency) -> str:
        self.lanes.setdefault(agency.id, agency)
        return agency.id

    def _lanes(self) -> tuple[Lane, ...]:
        """The applicant first, bystanders last, the others in order of appearance."""
        rank = {PartyKind.APPLICANT: 0, PartyKind.PUBLIC: 2}
        ordered = sorted(self.lanes.values(), key=lambda a: rank.get(a.kind, 1))
        return tuple(Lane(id=a.id, title=lane_title(a)) for a in ordered) or (Lane(id="", title=NOBODY),)

    def _blocks(self, items: Iterable[Item]) -> tuple[Block, ...]:
        return tuple(self._block(i) for i in items)

    def _afresh(self, items: Sequence[Item]) -> tuple[Block, ...]:
        """Of a stage, or of a branch that stands beside others: none inherits the lane of the one before it,
        whose agency may have no part in it."""
        first = self._next(items)
        self.last_lane = self._lane(first) if first else self.last_lane
        return self._blocks(items)

    def _next(self, items: Iterable[Item]) -> Agency | None:
        """Who acts first in a typical case; where nobody does, in any other."""
        items = tuple(items)
        for item in items:
            if isinstance(item, Choice):
                arcs = self.flow.outgoing[item.id]
                branch = item.branches[arcs.index(typical(arcs))].items if arcs else ()
                found = self._next(branch) if branch else None
            else:
                found = next(iter(_agencies([item])), None)
            if found:
                return found
        return next(iter(_agencies(items)), None)

    def _block(self, item: Item) -> Block:
        match item:
            case Step():
                lane = self._lane(item.role.agency)
                if not item.aside:
                    self.last_lane = lane
                return Card(
                    id=item.id,
                    title=item.title,
                    lane=lane,
                    chips=times(item) + burdens([item]),
                    aside=item.aside,
                )
            case Call():
                agencies = _agencies(i for s in item.process.stages for i in s.items)
                lead = next(
                    (a for a in agencies if a.kind is PartyKind.GOVERNMENT), agencies[0] if agencies else None
                )
                self.last_lane = self._lane(lead) if lead else self.last_lane
                return Card(
                    id=item.id,
                    title=item.title,
                    lane=self.last_lane,
                    shape=Shape.CALL,
                    chips=(INCLUDES.format(process=item.process.title),),
                )
            case Choice():
                # Whoever acted last decides; at the beginning of a stage, who acts next.
                lane = self.last_lane
                arcs = self.flow.outgoing[item.id]
                return Decision(
                    id=item.id,
                    title=item.title,
                    lane=lane,
                    main=arcs.index(typical(arcs)) if arcs else 0,
                    branches=tuple(self._blocks(b.items) for b in item.branches),
                )
            case Parallel():
                note = {JoinKind.ANY: JOIN_ANY, JoinKind.COUNT: JOIN_COUNT.format(count=item.join.count)}
                return Fork(
                    id=item.id,
                    join=JOIN.format(fork=item.id),
                    title=item.title,
                    note=note.get(item.join.kind),
                    branches=tuple(self._afresh(b.items) for b in item.branches),
                )
            case _:
                return Fork(
                    id=item.id,
                    join=JOIN.format(fork=item.id),
                    title=EACH.format(title=item.title),
                    branches=(self._afresh(item.items),),
                )

    def _links(self) -> tuple[Link, ...]:
        links = [Link(source=START_ID, target=self.flow.root.initial, kind=LinkKind.ON, main=True)]
        grouped: dict[tuple[str, str], list[Arc]] = {}
        for arc in self.flow.arcs:
            source, target = self.flow.nodes[arc.source], self.flow.nodes[arc.target]
            if shown(self.flow, source):
                grouped.setdefault((self._out_of(source, arc), self._into(target)), []).append(arc)
        ways: dict[str, int] = {}
        for source, _ in grouped:
            ways[source] = ways.get(source, 0) + 1
        for (source, target), arcs in grouped.items():
            kind = self._kind(arcs[0])
            aside = self._aside(self.flow.nodes[arcs[0].source])
            titled = source == target or (ways[source] > 1 and not source.endswith(":join"))
            links.append(
                Link(
                    source=source,
                    target=target,
                    kind=kind,
                    main=kind is LinkKind.ON
                    and not aside
                    and typical(self.flow.outgoing[arcs[0].source]) in arcs,
                    title=_either(arcs) if titled else None,
                )
            )
        for node in self.flow.nodes.values():
            if node.kind in {NodeKind.FORK, NodeKind.EACH} and shown(self.flow, node):
                links += self._openings(node)
        return tuple(links)

    def _openings(self, node: Node) -> Iterable[Link]:
        for child in node.children:
            region = self.flow.regions[child]
            first = self.flow.nodes[region.initial]
            title = region.title if region.guard else None
            if region.guard and title == first.title:
                # A branch called as its step is: what is not said yet is when it opens.
                title = _when(region.guard, self.flow.process.fields)
            yield Link(source=node.id, target=self._into(first), kind=LinkKind.ON, main=True, title=title)

    def _out_of(self, node: Node, arc: Arc) -> str:
        return JOIN.format(fork=node.id) if node.kind in {NodeKind.FORK, NodeKind.EACH} else arc.source

    def _into(self, node: Node) -> str:
        if node.kind is not NodeKind.DONE:
            return node.id
        return JOIN.format(fork=self.flow.regions[node.region].owner)

    def _kind(self, arc: Arc) -> LinkKind:
        target = self.flow.nodes[arc.target]
        if target.end is not None and target.kind is NodeKind.END:
            return LinkKind.ON if target.end.success else LinkKind.OUT
        # A correction is a loop both ways; what goes on from beside the main line is none.
        returns = self._aside(target) and any(self._backward(a) for a in self.flow.outgoing[target.id])
        loop = self._backward(arc) or arc.max is not None or returns
        return LinkKind.BACK if loop else LinkKind.ON

    def _backward(self, arc: Arc) -> bool:
        return self.order[arc.target] <= self.order[arc.source]

    def _aside(self, node: Node) -> bool:
        return node.step is not None and node.step.aside

    def _notes(self) -> tuple[Text, ...]:
        process = self.flow.process
        notes = list(sources(process.documents, bases(self.flow)))
        if process.anywhere:
            notes.insert(
                0, ANYWHERE.format(events=joined(list(dict.fromkeys(a.title for a in process.anywhere))))
            )
        return (*_tables(self.flow), *notes)


def _tables(flow: Flow) -> Iterable[Text]:
    """Each decision table, row by row."""
    for node in flow.nodes.values():
        if isinstance(node.block, Choice) and node.block.table and shown(flow, node):
            rows = table_rows(node.block, flow.process.fields)
            zh = _once([when.zh for when, _ in rows], "：")
            en = _once([when.en for when, _ in rows], ": ")
            yield TABLE.format(
                choice=node.title,
                rows=Text(
                    "；".join(f"{when}→{then.zh}" for when, (_, then) in zip(zh, rows, strict=True)),
                    "; ".join(f"{when} → {then.en}" for when, (_, then) in zip(en, rows, strict=True)),
                ),
            )


def _once(rows: Sequence[str], mark: str) -> list[str]:
    """Conditions of which those that begin with the field of the one before don't name it again."""
    fields = ["", *(row.partition(mark)[0] + mark for row in rows)]
    return [row.removeprefix(before) for row, before in zip(rows, fields, strict=False)]


def in_force(process: Process) -> Text | None:
    """Since when a version is in force, until when, or both; versions of one procedure have one title."""
    start, end = process.in_force_from, process.in_force_to
    if start is None:
        return UNTIL.format(end=written_day(end)) if end else None
    if end is None:
        return SINCE.format(start=written_day(start))
    return BETWEEN.format(start=written_day(start), end=written_day(end))


def typical(arcs: Sequence[Arc]) -> Arc:
    """The arc a typical case takes: the main one, else the likeliest, else the first."""
    return max(arcs, key=lambda a: (a.main, a.likelihood or 0))


def typical_steps(flow: Flow) -> Sequence[Node]:
    """The steps of the typical run, in order; all where no run is granted."""
    # imported late: the measures bring all of the analysis
    from jianban.workflows.analysis.measures import Options
    from jianban.workflows.analysis.measures.context import Context

    run = Context(flow, Options()).run
    return run.steps if run else flow.steps


def shown(flow: Flow, node: Node) -> bool:
    """False inside a called process, which is drawn as one card."""
    owners = (flow.regions[r].owner for r in flow.ancestors(node.region))
    return all(flow.nodes[owner].kind is not NodeKind.CALL for owner in owners if owner is not None)


def _when(guard: Guard, fields: Mapping[str, DataField]) -> Text | None:
    """A condition as people say it: by the field it asks for, with its value unless that is yes; one of
    several parts by what it depends on."""
    asked = [fields[name].title for name in guard.names if name in fields]
    single = SINGLE.fullmatch(guard.expression)
    if single is None or single["name"] not in fields:
        return DEPENDS.format(fields=joined(asked)) if asked else None
    field = fields[single["name"]]
    if not (single["no"] or single["value"]):
        return field.title
    return VALUE.format(
        field=field.title, value=cell_text(field, ["false" if single["no"] else single["value"]])
    )


def _counted(arc: Arc) -> Text:
    """What a line says; beside a loop, how often it may be taken."""
    often = arc.max if arc.source == arc.target and not arc.basis.assumed else None
    return COUNTED.format(title=arc.title, count=often) if often else arc.title


def _either(arcs: Sequence[Arc]) -> Text:
    """Several ways of one line: “收回授权／授权到期”; one that expiry takes as well, where its title does not
    say so: “受理（逾期视同）”."""
    by_hand = {a.event for a in arcs if a.cause is not Cause.TIMER}
    deemed = {a.event for a in arcs if a.cause is Cause.TIMER} & by_hand
    titles = [
        DEEMED.format(title=_counted(a)) if a.event in deemed and LATE not in a.title.zh else _counted(a)
        for a in arcs
        if a.cause is not Cause.TIMER or a.event not in deemed
    ]
    told = dict.fromkeys(titles)
    return Text("／".join(t.zh for t in told), " / ".join(t.en for t in told))


def _agencies(items: Iterable[Item]) -> list[Agency]:
    """The agencies of the items, in order."""
    found: dict[str, Agency] = {}
    for item in items:
        match item:
            case Step():
                found.setdefault(item.role.agency.id, item.role.agency)
            case Call():
                nested: Iterable[Item] = (i for s in item.process.stages for i in s.items)
                found |= {a.id: a for a in _agencies(nested) if a.id not in found}
            case Choice() | Parallel():
                found |= {a.id: a for b in item.branches for a in _agencies(b.items) if a.id not in found}
            case _:
                found |= {a.id: a for a in _agencies(item.items) if a.id not in found}
    return list(found.values())


def bases(flow: Flow) -> Iterable[Basis]:
    """What the figures of a flow rest on."""
    for node in flow.steps:
        step = node.step
        assert step is not None
        yield step.basis
        for figure in (step.limit, step.wait, step.fee, step.effort, *step.materials):
            if figure is not None:
                yield figure.basis

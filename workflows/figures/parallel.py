"""The figure of what takes time: stages as columns, one panel per variant, the longest branch marked, and
time bars on one scale. Steps of variants that stand for each other share a row, so that only the wiring
between them changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from jianban.workflows.comparison.measures import Row
from jianban.workflows.figures.comparison import names_of, title_of
from jianban.workflows.figures.indicators import MEAN, periods, quantity, written
from jianban.workflows.figures.model import (
    FigureLang,
    Gone,
    Group,
    Panel,
    ParallelFigure,
    Phase,
    Quantity,
    Task,
    TimeBar,
    Work,
)
from jianban.workflows.figures.process import bases, typical_steps
from jianban.workflows.figures.tasks import gate_of, task_of, tasks_in, works_of
from jianban.workflows.figures.words import joined, sources
from jianban.workflows.flow import Flow, Node
from jianban.workflows.texts import Text
from jianban.workflows.wording import counted, format_number

if TYPE_CHECKING:
    from jianban.workflows.analysis.measures import Part, Reading

LONGEST = Text("并联取最长：{time}", "side by side, the longest: {time}")
IN_TURN = Text("依次办理：{time}", "one after the other: {time}")
WHOLE = Text("{summary}；全流程时限 {time}", "{summary}; limit of the whole: {time}")
WITHIN = Text("计入全流程时限", "within the limit of the whole")
NO_TIME = Text("无限时事项", "nothing has a limit")
OPTIONAL = Text("视情况办理，不计入时间", "in some cases only")
BESIDE = Text("不增加总时间", "adds nothing to the total")
AFTERWARDS = Text("事后，不计入办结时限", "after the decision, no part of the time")
FEW = {
    0: Text("无限时事项", "Nothing has a time limit"),
    1: Text("1 项限时事项", "One step with a time limit"),
}
SOMETIMES = Text("限时事项均视情况办理", "Steps with a time limit are taken in some cases only")
SERIAL = Text("{count} 项限时事项，依次办理", "{count} steps with a time limit, one after the other")
SOME = Text(
    "{steps} 项限时事项，{count} 处并联", "{steps} steps with a time limit; {count} block{s} side by side"
)
GONE = Text("不再单独办理", "no longer done")
INTO = Text("并入“{title}”", "now in: {title}")
LATER = Text("此后视情况：{tasks}", "then, in some cases: {tasks}")
MERGES = Text("由原环节 {stages} 合并", "merges stages {stages}")
LATER_TASK = Text("{title}（{time}）", "{title} ({time})")
ONLY_TIMED = Text(
    "仅列机关有期限的事项和等待期，申请、报送等由申请人决定的时间不计。",
    "Only offices' limits and waiting periods are shown, not the time an applicant takes to apply.",
)
ON_PATH = Text(
    "{note}时间取典型办理关键路径上的法定期限；条形为以 {year} 年各日为起始日的平均日历天数。",
    "{note} Times are the legal limits on the critical path of a typical case; bars are their mean calendar "
    "days over all start dates of {year}.",
)
MEASURE = "days_statutory"
Matched: TypeAlias = Mapping[str, tuple[str, ...]]
"""Ids of one variant, each with those of another that it stands for."""


def timed_figure(
    flows: Sequence[Flow], readings: Sequence[Mapping[str, Reading]], lang: FigureLang
) -> ParallelFigure:
    """One panel per flow; `readings` are those of its measures, all over the same year."""
    names = names_of([f.process for f in flows])
    legal = [read.get(MEASURE) for read in readings]
    panels = _aligned(
        flows,
        [_panel(i, *each) for i, each in enumerate(zip(names, flows, legal, strict=True), 1)],
    )
    bars = [
        _bar(panel, reading, read.get("days_promised"), legal[0])
        for panel, reading, read in zip(panels, legal, readings, strict=True)
    ]
    year = next((r.year for r in legal if r and r.value), None)
    documents = dict.fromkeys(d for f in flows for d in f.process.documents)
    return ParallelFigure(
        title=title_of([f.process for f in flows]),
        lang=lang,
        panels=tuple(panels),
        shared=len({tuple((p.first, p.title) for p in panel.phases) for panel in panels}) == 1,
        bars=tuple(bars),
        notes=(
            ON_PATH.format(note=ONLY_TIMED, year=year) if year else ONLY_TIMED,
            *sources(documents, [b for f in flows for b in bases(f)]),
        ),
    )


def _bar(panel: Panel, reading: Reading | None, promised: Reading | None, base: Reading | None) -> TimeBar:
    total = (reading.value if reading else None) or 0
    stages = reading.by_stage if reading else ()
    parts = [p.value or 0 for p in stages]
    sooner = promised.value if promised else None
    known = sum(parts)
    columns = {p.id: p.first for p in panel.phases}
    return TimeBar(
        title=panel.title,
        columns=tuple(columns[p.id] for p in stages) if known else (panel.phases[0].first,),
        parts=tuple(p * total / known for p in parts) if known else (total,),
        total=total,
        promised=sooner if sooner != total else None,
        no_limit=reading is not None and reading.no_limit,
        percent=Row(readings=(base, reading)).percent(1) if base and reading else None,
    )


def _panel(order: int, name: Text, flow: Flow, reading: Reading | None) -> Panel:
    steps = typical_steps(flow)
    parts = reading.detail if reading else ()
    value = reading.value if reading else None
    phases = tuple(_phases(flow, steps, parts))
    tasks = [t for p in phases for t in tasks_in((*p.works, *([p.gate] if p.gate else ())))]
    blocks = sum(1 for p in phases for w in p.works if isinstance(w, Group))
    count = sum(1 for t in tasks if t.times and not t.optional)
    summary = FEW.get(count) or (counted(SOME, blocks, steps=count) if blocks else SERIAL.format(count=count))
    if not count and any(t.times for t in tasks):
        summary = SOMETIMES
    if whole := quantity(periods(p for p in parts if p.id == flow.process.id)):
        summary = WHOLE.format(summary=summary, time=written(whole))
    return Panel(
        order=order,
        title=name,
        summary=summary,
        phases=phases,
        total=quantity(periods(parts)),
        mean=MEAN.format(numbers=format_number(value)) if value else None,
    )


def _phases(flow: Flow, steps: Sequence[Node], parts: Sequence[Part]) -> Iterable[Phase]:
    critical = {p.id for p in parts}
    typical = {n.id for n in steps}
    for column, stage in enumerate(flow.process.stages):
        works: list[Work] = list(works_of(stage.items, typical, critical))
        own = [p for p in parts if _stage_of(flow, p) == stage.id]
        whole = any(p.id == flow.process.id for p in parts)
        total = AFTERWARDS if stage.after_decision else _total(own, works, WITHIN if whole else BESIDE)
        node = gate_of(flow, stage.id, steps)
        gate = later = None
        if node is not None and node.step is not None:
            gate = task_of(node.id, node.step, critical)
            at = next((i for i, w in enumerate(works) if w.id == gate.id), None)
            if at is not None:
                works, after = works[:at], list(tasks_in(works[at + 1 :]))
                later = LATER.format(tasks=joined([_told(t) for t in after])) if after else None
        yield Phase(
            id=stage.id,
            number=column + 1,
            title=stage.title,
            first=column,
            last=column,
            works=tuple(works),
            total=total,
            gate=gate,
            later=later,
        )


def _told(task: Task) -> Text:
    return LATER_TASK.format(title=task.title, time=joined(task.times))


def _stage_of(flow: Flow, part: Part) -> str | None:
    node = flow.nodes.get(part.id)
    return node.stage if node else part.id


def _total(parts: Sequence[Part], works: Sequence[Work], none: Text) -> Text:
    """What the stage takes as a sum (“5 + 20 = 25 个工作日”, “30 日 + 20 个工作日”), or `none` where its
    limits add nothing."""
    whole: Quantity = quantity(periods(parts))
    if not whole:
        tasks = list(tasks_in(works))
        return none if any(not t.optional for t in tasks) else OPTIONAL if tasks else NO_TIME
    each = [d for p in parts for d in periods([p])]
    amounts = [d.amount for d in each]
    time = written(whole)
    if len({d.unit for d in each}) == 1 and len(amounts) > 1:
        sum_ = " + ".join(map(str, amounts))
        time = Text(f"{sum_} = {time.zh}", f"{sum_} = {time.en}")
    if any(map(_beside, works)):
        return LONGEST.format(time=time)
    return IN_TURN.format(time=time) if len(each) > 1 else time


def _beside(work: Work) -> bool:
    """Whether a typical case has steps side by side there."""
    if isinstance(work, Task):
        return False
    return sum(any(not t.optional for t in tasks_in(b)) for b in work.branches) > 1


def _aligned(flows: Sequence[Flow], panels: Sequence[Panel]) -> list[Panel]:
    """Stages in the columns, and tasks in the rows, of those of the first panel that they stand for."""
    from jianban.workflows.comparison.elements import Level
    from jianban.workflows.comparison.pairs import match_variants

    base = panels[0]
    matches = [match_variants(flows[0], f, chain=flows) for f in flows[1:]]
    stages, steps = (
        [{o: g.base for g in m.groups[level] if g.how for o in g.other} for m in matches]
        for level in (Level.STAGE, Level.STEP)
    )
    placed = [base, *(_placed(base, p, own) for p, own in zip(panels[1:], stages, strict=True))]
    rows: list[dict[str, int]] = [{} for _ in placed]
    for column in range(max((p.last + 1 for panel in placed for p in panel.phases), default=0)):
        for found, more in zip(rows, _rows(column, placed, steps), strict=True):
            found.update(more)
    done = [
        replace(panel, phases=tuple(replace(p, works=_rowed(p.works, own)) for p in panel.phases))
        for panel, own in zip(placed, rows, strict=True)
    ]
    return [done[0], *(_marked(done[0], p, own) for p, own in zip(done[1:], steps, strict=True))]


def _placed(base: Panel, panel: Panel, matched: Matched) -> Panel:
    """The stages in the columns of the base's, each before those of the stages that follow it; in columns of
    their own where they do not all follow one another there."""
    columns = {p.id: p.first for p in base.phases}
    wanted = [sorted(columns[b] for b in matched.get(p.id, ()) if b in columns) for p in panel.phases]
    phases: list[Phase] = []
    free = 0
    for i, (phase, own) in enumerate(zip(panel.phases, wanted, strict=True)):
        if not own or own[0] < free:
            return panel
        later = min((after[0] for after in wanted[i + 1 :] if after), default=len(columns))
        last = min(own[-1], max(own[0], later - 1))
        merged = None
        if len(own) > 1:
            numbers = [str(base.phases[c].number) for c in own]
            merged = MERGES.format(stages=joined([Text(n, n) for n in numbers]))
        phases.append(replace(phase, first=own[0], last=last, merged=merged))
        free = last + 1
    return replace(panel, phases=tuple(phases))


def _at(panel: Panel, column: int) -> Phase | None:
    return next((p for p in panel.phases if p.first == column), None)


def _rows(column: int, panels: Sequence[Panel], steps: Sequence[Matched]) -> list[dict[str, int]]:
    """For each panel the rows of its tasks of one column: those of the base in order, and between them those
    that stand for none."""
    phases = [_at(p, column) for p in panels]
    tasks = [[t.id for t in tasks_in(p.works)] if p else [] for p in phases]
    order = list(tasks[0])
    keys: list[dict[str, str]] = [{name: name for name in tasks[0]}]
    for place, (names, matched) in enumerate(zip(tasks[1:], steps, strict=True), 1):
        stands = _in_line(names, order, matched)
        # Where none stands for any, the base keeps its rows.
        at, own = 0 if stands else len(order), {}
        for name in names:
            key = stands.get(name, f"{place}:{name}")
            if name not in stands:
                order.insert(at, key)
            own[name] = key
            at = order.index(key) + 1
        keys.append(own)
    return [{name: order.index(key) for name, key in own.items()} for own in keys]


def _in_line(names: Sequence[str], order: Sequence[str], matched: Matched) -> dict[str, str]:
    """For as many as can be without changing either order, which of the base they stand in a row with."""
    best: list[tuple[int, dict[str, str]]] = [(0, {})] * (len(order) + 1)
    for name in names:
        line = [best[0]]
        for i, key in enumerate(order):
            longest = max(best[i + 1], line[i], key=lambda found: found[0])
            count, found = best[i]
            if key in matched.get(name, ()) and count + 1 > longest[0]:
                longest = (count + 1, found | {name: key})
            line.append(longest)
        best = line
    return best[-1][1]


def _rowed(works: Iterable[Work], rows: Mapping[str, int]) -> tuple[Work, ...]:
    return tuple(
        replace(w, row=rows[w.id])
        if isinstance(w, Task)
        else replace(w, branches=tuple(_rowed(b, rows) for b in w.branches))
        for w in works
    )


def _marked(base: Panel, panel: Panel, matched: Matched) -> Panel:
    """With what the base does and this variant does not, in the rows that it leaves free."""
    shown = {t.id: t for p in panel.phases for t in tasks_in((*p.works, *([p.gate] if p.gate else ())))}
    stands = {b: o for o, own in matched.items() for b in own}
    phases: list[Phase] = []
    for phase in panel.phases:
        before = _at(base, phase.first)
        taken = {t.row for t in tasks_in(phase.works)}
        gone: list[Gone] = []
        for task in tasks_in(before.works) if before and phase.works else ():
            other = stands.get(task.id)
            moved = other is not None and (other not in shown or len(matched[other]) == 1)
            if task.row in taken or moved:
                continue
            words = GONE if other is None else INTO.format(title=shown[other].title)
            gone.append(Gone(row=task.row, said=words, merged=other is not None))
        phases.append(replace(phase, gone=tuple(gone)))
    return replace(panel, phases=tuple(phases))

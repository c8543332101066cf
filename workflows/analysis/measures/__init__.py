"""The measures of a process: one per file, each with its page under `docs/measures/`.

`measure(flow)` reads them all; `MEASURES` is the registry, in the order in which they are shown. A new
measure is a module with a `MEASURE`, listed here, and a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from jianban.workflows.analysis.decided import until_decided
from jianban.workflows.analysis.measures import (
    agencies,
    calendar_days_minimum,
    calendar_days_promised,
    calendar_days_statutory,
    complexity_cfc,
    compression,
    correction_loops,
    cost_scm,
    days_applicant,
    days_minimum,
    days_promised,
    days_statutory,
    days_waiting,
    days_work,
    effort,
    fee,
    handoffs,
    interactions_unctad,
    materials,
    materials_repeated,
    materials_shareable,
    online_share,
    parallelism,
    procedures_world_bank,
    refusal_points,
    roles,
    stages,
    steps,
    steps_longest,
    steps_shortest,
    steps_typical,
    unavoidable_steps,
    visits,
    wb_days,
)
from jianban.workflows.analysis.measures.context import Context, NoRun
from jianban.workflows.analysis.measures.reading import (
    UNITS,
    Figures,
    Measure,
    Number,
    Options,
    Part,
    Reading,
)
from jianban.workflows.calendar import CalendarError
from jianban.workflows.flow import Flow

__all__ = ["MEASURES", "UNITS", "Measure", "Options", "Part", "Reading", "measure"]

MEASURES: Mapping[str, Measure] = {
    m.id: m
    for m in (
        stages.MEASURE,
        steps.MEASURE,
        steps_shortest.MEASURE,
        steps_typical.MEASURE,
        steps_longest.MEASURE,
        interactions_unctad.MEASURE,
        procedures_world_bank.MEASURE,
        visits.MEASURE,
        online_share.MEASURE,
        materials.MEASURE,
        materials_repeated.MEASURE,
        materials_shareable.MEASURE,
        agencies.MEASURE,
        roles.MEASURE,
        handoffs.MEASURE,
        days_minimum.MEASURE,
        days_statutory.MEASURE,
        days_promised.MEASURE,
        days_waiting.MEASURE,
        days_work.MEASURE,
        days_applicant.MEASURE,
        calendar_days_minimum.MEASURE,
        calendar_days_statutory.MEASURE,
        calendar_days_promised.MEASURE,
        wb_days.MEASURE,
        compression.MEASURE,
        parallelism.MEASURE,
        unavoidable_steps.MEASURE,
        refusal_points.MEASURE,
        correction_loops.MEASURE,
        fee.MEASURE,
        effort.MEASURE,
        cost_scm.MEASURE,
        complexity_cfc.MEASURE,
    )
}


def measure(flow: Flow, options: Options | None = None) -> dict[str, Reading]:
    """Read every measure from a flow, in the order of `MEASURES`.

    A measure that the flow has no figure for, because no run ends granted or because its dates leave the
    years of the calendar, has the value None, and its note says why. A process is measured up to its result;
    what the stages after the decision add, where a measure can be told stage by stage, stands beside it.
    """
    options = options or Options()
    decided = until_decided(flow)
    context = Context(decided, options)
    found = {m.id: _figures(m, context) for m in MEASURES.values()}
    if decided is not flow:
        # the limit of the process is that of its decision
        whole = Context(replace(flow, process=replace(flow.process, limit=None)), options)
        found = {name: replace(f, after=_after(MEASURES[name], whole)) for name, f in found.items()}
    return {m.id: Reading.of(m, found[m.id]) for m in MEASURES.values()}


def _after(of: Measure, whole: Context) -> Number | None:
    """What the stages after the decision add to a measure; None for nothing."""
    later = {s.id for s in whole.flow.process.stages if s.after_decision}
    added = sum(p.value or 0 for p in _figures(of, whole).by_stage if p.id in later)
    return round(added, 2) or None


def _figures(of: Measure, context: Context) -> Figures:
    try:
        return of.compute(context)
    except (NoRun, CalendarError) as error:
        return Figures(value=None, note=error.text)

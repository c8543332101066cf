"""Every figure of the catalogue: of each process, and of each two that belong together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from jianban.workflows.analysis.measures import measure
from jianban.workflows.comparison import compare
from jianban.workflows.figures import (
    Figure,
    FigureLang,
    comparison_figure,
    guide_figure,
    indicators_figure,
    overview_figure,
    parallel_figure,
    process_figure,
)
from jianban.workflows.flow import Flow
from jianban.workflows.language.model import Process


def subject(process: Process) -> str:
    return process.key.split("/")[0]


def pairs(processes: Sequence[Process]) -> Iterator[tuple[Process, Process]]:
    """Each process after the version before it, and after what it is a variant of: of that the version of
    its time."""
    ordered = sorted(processes, key=lambda p: p.version)
    for process in processes:
        earlier = [p for p in ordered if p.id == process.id and p.version < process.version]
        bases = [p for p in ordered if process.variant_of in {p.id, p.key}]
        yield from ((p, process) for p in earlier[-1:])
        yield from ((p, process) for p in ([b for b in bases if b.version <= process.version] or bases)[-1:])


def figures_of(flow: Flow, lang: FigureLang) -> dict[str, Figure]:
    readings = measure(flow)
    return {
        "process": process_figure(flow, readings, lang),
        "overview": overview_figure(flow, readings, lang),
        "guide": guide_figure(flow, readings, lang),
        "parallel": parallel_figure([flow], [readings], lang),
    }


def comparisons_of(base: Flow, other: Flow, lang: FigureLang) -> dict[str, Figure]:
    comparison = compare([base, other])
    readings = [{row.id: row.readings[i] for row in comparison.measures} for i in (0, 1)]
    return {
        "comparison": comparison_figure(comparison, lang),
        "overview": comparison_figure(comparison, lang, brief=True),
        "parallel": parallel_figure([base, other], readings, lang),
        "indicators": indicators_figure(comparison, lang),
    }

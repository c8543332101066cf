"""Every figure of the catalogue: of each process, and of every two variants of a subject."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

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
    """Every two processes of a subject: what others are variants of, and older versions, first."""
    for a, b in combinations(processes, 2):
        if subject(a) == subject(b):
            later = a.variant_of in {b.id, b.key} or (a.id == b.id and a.version > b.version)
            yield (b, a) if later else (a, b)


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
        "parallel": parallel_figure([base, other], readings, lang),
        "indicators": indicators_figure(comparison, lang),
    }

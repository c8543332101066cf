"""The figures of a guide, on pages of A4."""

from __future__ import annotations

from collections.abc import Mapping

from jianban.workflows.analysis.measures import measure
from jianban.workflows.figures import guide_figure, pages, process_figure
from jianban.workflows.figures.scene import Scene
from jianban.workflows.flow import Flow
from jianban.workflows.guides.wording import GuideLang

PAPER = "A4"
"""The paper that offices print guides on."""


def drawings(flow: Flow, lang: GuideLang) -> Mapping[str, tuple[Scene, ...]]:
    """The pages of each figure, by kind.

    Raises:
        FigureError: a step has more words than a page holds.
    """
    readings = measure(flow)
    figures = {"guide": guide_figure(flow, readings, lang), "process": process_figure(flow, readings, lang)}
    return {kind: pages(figure, PAPER) for kind, figure in figures.items()}

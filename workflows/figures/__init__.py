"""Figures of processes: what is shown (`model`), where (`layout_*`), how it looks (`theme`), drawn by
Graphviz (`drawing`).

Start at `render`: figure → scene of plain shapes → Graphviz → SVG, PDF, PNG. Nothing here reads a
definition file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jianban.workflows.figures.errors import FigureError
from jianban.workflows.figures.export import FORMATS, Format, export
from jianban.workflows.figures.layout_comparison import lay_comparison
from jianban.workflows.figures.layout_process import lay_process
from jianban.workflows.figures.model import ComparisonFigure, Figure, FigureLang, ProcessFigure
from jianban.workflows.figures.process import process_figure
from jianban.workflows.figures.scene import Scene
from jianban.workflows.figures.theme import PRINT, THEMES, Theme

if TYPE_CHECKING:
    from jianban.workflows.comparison.findings import Findings

__all__ = [
    "FORMATS",
    "THEMES",
    "ComparisonFigure",
    "Figure",
    "FigureError",
    "FigureLang",
    "Format",
    "ProcessFigure",
    "Theme",
    "comparison_figure",
    "process_figure",
    "render",
    "scene",
]


def comparison_figure(comparison: Findings, lang: FigureLang = "both") -> ComparisonFigure:
    """The figure of two or more variants; links are drawn between the first two."""
    # imported late: the comparison brings all of the analysis, and a process is drawn without it
    from jianban.workflows.figures.comparison import compared

    return compared(comparison, lang)


def scene(figure: Figure, theme: Theme = PRINT) -> Scene:
    """The figure as shapes at their places."""
    match figure:
        case ProcessFigure():
            return lay_process(figure, theme)
        case ComparisonFigure():
            return lay_comparison(figure, theme)


def render(figure: Figure, form: Format = "svg", *, dpi: int = 200, theme: Theme = PRINT) -> bytes:
    """The figure as a file; the same figure gives the same bytes.

    Raises:
        FigureError: the format is unknown, the PNG would be too large, or a part is not installed.
    """
    return export(scene(figure, theme), form, dpi)

"""Figures of processes: what is shown (`model`, `comparison_model`), where (`layout_*`), how it looks
(`theme`), drawn by Graphviz (`drawing`).

Start at `render`: figure → scene of plain shapes → Graphviz → SVG, PDF, PNG. Nothing here reads a
definition file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from jianban.workflows.figures.comparison_model import ComparisonFigure
from jianban.workflows.figures.documents import fits_word
from jianban.workflows.figures.errors import FigureError, Unavailable
from jianban.workflows.figures.export import FORMATS, Format, export_pages
from jianban.workflows.figures.guide import GuideFigure, guide_figure
from jianban.workflows.figures.layout_comparison import lay_comparison
from jianban.workflows.figures.layout_guide import lay_guide
from jianban.workflows.figures.layout_indicators import lay_indicators
from jianban.workflows.figures.layout_panels import lay_panels
from jianban.workflows.figures.layout_parallel import lay_parallel
from jianban.workflows.figures.layout_process import lay_process, least_size
from jianban.workflows.figures.layout_services import lay_services
from jianban.workflows.figures.layout_strips import lay_overview
from jianban.workflows.figures.model import FigureLang, IndicatorsFigure, ParallelFigure, ProcessFigure
from jianban.workflows.figures.paper import PAPERS, pages_of
from jianban.workflows.figures.process import process_figure
from jianban.workflows.figures.scene import Scene
from jianban.workflows.figures.services import ServicesFigure
from jianban.workflows.figures.sheets import PanelsFigure
from jianban.workflows.figures.strips import OverviewFigure, overview_figure
from jianban.workflows.figures.theme import PRINT, THEMES, Theme
from jianban.workflows.figures.typeset import spoken
from jianban.workflows.flow import Flow

if TYPE_CHECKING:
    from jianban.workflows.analysis.measures import Reading
    from jianban.workflows.comparison.findings import Findings
    from jianban.workflows.comparison.services import Report

__all__ = [
    "FORMATS",
    "PAPERS",
    "THEMES",
    "ComparisonFigure",
    "Figure",
    "FigureError",
    "FigureLang",
    "Format",
    "GuideFigure",
    "IndicatorsFigure",
    "OverviewFigure",
    "ParallelFigure",
    "ProcessFigure",
    "ServicesFigure",
    "Theme",
    "Unavailable",
    "comparison_figure",
    "guide_figure",
    "indicators_figure",
    "overview_figure",
    "pages",
    "parallel_figure",
    "process_figure",
    "render",
    "render_pages",
    "scene",
    "services_figure",
]


def comparison_figure(
    comparison: Findings, lang: FigureLang = "both", *, brief: bool = False
) -> ComparisonFigure:
    """The figure of two or more variants, or in brief of their stages; links are drawn between the first
    two."""
    # imported late: the comparison brings all of the analysis, and a process is drawn without it
    from jianban.workflows.figures.comparison import compared, compared_in_brief

    return (compared_in_brief if brief else compared)(comparison, lang)


def parallel_figure(
    flows: Sequence[Flow], readings: Sequence[Mapping[str, Reading]], lang: FigureLang = "both"
) -> ParallelFigure:
    """What takes time in each flow, one after the other or side by side, with time bars on one scale.

    `readings` are those of the measures of each flow, all over the same year.
    """
    from jianban.workflows.figures.parallel import timed_figure

    return timed_figure(flows, readings, lang)


def indicators_figure(comparison: Findings, lang: FigureLang = "both") -> IndicatorsFigure:
    """How much each indicator changes from the base to the others, and where the time goes."""
    from jianban.workflows.figures.comparison import charted

    return charted(comparison, lang)


def services_figure(report: Report, lang: FigureLang = "both") -> ServicesFigure:
    """The service items of a catalogue by subject, and those beyond the thresholds of a policy."""
    from jianban.workflows.figures.services import surveyed

    return surveyed(report, lang)


Figure: TypeAlias = (
    ProcessFigure
    | ComparisonFigure
    | ParallelFigure
    | IndicatorsFigure
    | OverviewFigure
    | GuideFigure
    | ServicesFigure
)
_LAYOUTS: Mapping[type[Any], Callable[[Any, Theme], Scene]] = {
    ProcessFigure: lay_process,
    PanelsFigure: lay_panels,
    ComparisonFigure: lay_comparison,
    ParallelFigure: lay_parallel,
    IndicatorsFigure: lay_indicators,
    OverviewFigure: lay_overview,
    GuideFigure: lay_guide,
    ServicesFigure: lay_services,
}


def scene(figure: Figure | PanelsFigure, theme: Theme = PRINT) -> Scene:
    """The figure as shapes at their places."""
    return _LAYOUTS[type(figure)](figure, theme)


def pages(figure: Figure, paper: str, theme: Theme = PRINT) -> tuple[Scene, ...]:
    """The figure on sheets of a paper of `PAPERS`; long figures flow over several.

    Raises:
        FigureError: the figure can't be parted and its type would fall below the minimum.
    """
    found = pages_of(figure, paper, lambda part: scene(part, theme), lambda part: least_size(part, theme))
    return tuple(replace(page, of=spoken(figure.title, figure.lang)) for page in found)


def render(figure: Figure, form: Format = "svg", *, dpi: int = 200, theme: Theme = PRINT) -> bytes:
    """The figure as a file; the same figure gives the same bytes.

    Raises:
        FigureError: the format is unknown, or the picture or page would be too large.
        Unavailable: a part is not installed.
    """
    return render_pages(figure, form, dpi=dpi, theme=theme)[0]


def render_pages(
    figure: Figure,
    form: Format = "svg",
    *,
    paper: str | None = None,
    dpi: int = 200,
    theme: Theme = PRINT,
    embed_fonts: bool = False,
) -> tuple[bytes, ...]:
    """The figure on sheets of paper, or at its own size: a file for each page, or one of all where the format
    knows pages. A Word file takes several where the figure is larger than any page of Word.

    Raises:
        FigureError, Unavailable: as `pages` and `render`.
    """
    if paper is not None:
        scenes = pages(figure, paper, theme)
    else:
        scenes = (scene(figure, theme),)
        if form == "docx" and not fits_word(scenes[0]):
            scenes = tuple(replace(page, sheet=None) for page in pages(figure, "Word", theme))
    return export_pages(scenes, form, dpi, embed_fonts=embed_fonts)

"""Draws the catalogue's figures on one page to look at: `.venv/bin/python docs/pictures/gallery.py FOLDER`.

Every process as a process, an overview, a guide and what takes time; pairs compared, in every theme.
"""

import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path

from jianban.workflows.analysis.measures import measure
from jianban.workflows.comparison import compare
from jianban.workflows.compiler import compile_process
from jianban.workflows.figures import (
    THEMES,
    Figure,
    FigureLang,
    comparison_figure,
    guide_figure,
    indicators_figure,
    overview_figure,
    parallel_figure,
    process_figure,
    render,
)
from jianban.workflows.flow import Flow
from jianban.workflows.language.catalogue import Catalogue

LANGS: tuple[FigureLang, ...] = ("zh", "en", "both")
PAIRS = (
    ("deregistration/general", "deregistration/simple"),
    ("construction/project-serial", "construction/project-parallel"),
)


def figures(catalogue: Catalogue) -> Iterator[tuple[str, Figure, str]]:
    """Name, figure and theme of each picture."""
    flows = {p.key: compile_process(p) for p in catalogue.processes()}
    for key, flow in flows.items():
        readings = measure(flow)
        for lang in LANGS:
            yield f"{key} process {lang}", process_figure(flow, readings, lang), "print"
            yield f"{key} overview {lang}", overview_figure(flow, readings, lang), "print"
            yield f"{key} guide {lang}", guide_figure(flow, readings, lang), "print"
            yield f"{key} parallel {lang}", parallel_figure([flow], [readings], lang), "print"
    for pair in PAIRS:
        base, other = (compile_process(catalogue.process(k)) for k in pair)
        for lang in LANGS:
            yield from _compared(base, other, lang, "print")
        for theme in THEMES:
            yield from _compared(base, other, "both", theme)


def _compared(base: Flow, other: Flow, lang: FigureLang, theme: str) -> Iterator[tuple[str, Figure, str]]:
    comparison = compare([base, other])
    name = f"{base.process.id} {other.process.id} {lang} {theme}"
    yield f"{name} comparison", comparison_figure(comparison, lang), theme
    yield f"{name} indicators", indicators_figure(comparison, lang), theme
    yield f"{name} parallel", parallel_figure([base, other], [measure(base), measure(other)], lang), theme


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    cells: list[str] = []
    for number, (name, figure, theme) in enumerate(figures(Catalogue.default()), 1):
        file = f"{number:03}.svg"
        (folder / file).write_bytes(render(figure, theme=THEMES[theme]))
        said = escape(name)
        cells.append(
            f'<figure><a href="{file}"><img src="{file}" alt="{said}" loading="lazy"></a>'
            f"<figcaption>{said}</figcaption></figure>"
        )
    style = (
        "main{display:grid;grid-template-columns:repeat(auto-fill,minmax(22rem,1fr));gap:1.5rem}"
        "img{width:100%;border:1px solid #ccc}body{font-family:sans-serif}figure{margin:0}"
    )
    head = f'<html lang="zh-CN"><meta charset="utf-8"><title>Jianban</title><style>{style}</style>'
    page = f"<!DOCTYPE html>{head}<main>{''.join(cells)}</main></html>\n"
    (folder / "index.html").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

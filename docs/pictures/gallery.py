"""Draws the catalogue's figures on one page to look at: `.venv/bin/python -m docs.pictures.gallery FOLDER`.

Every process in every kind of figure, free and on paper, and in one more language and theme, which take
turns; and each two that belong together compared.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from html import escape
from pathlib import Path

from jianban.workflows.compiler import compile_process
from jianban.workflows.figures import THEMES, Figure, FigureError, FigureLang, render_pages
from jianban.workflows.figures.fonts import face_rules
from jianban.workflows.figures.metrics import BOLD, REGULAR
from jianban.workflows.language.catalogue import Catalogue
from tests.figures.catalogue import comparisons_of, figures_of, pairs, subject

LOOKS: tuple[tuple[FigureLang, str], ...] = (
    ("both", "print"),
    ("en", "grey"),
    ("both", "dark"),
    ("zh", "contrast"),
)
"""Languages and themes that take turns."""
SHEETS = {"process": "A3", "overview": "16:9", "guide": "A4", "parallel": "A4"}
COMPARED: tuple[tuple[FigureLang, str, str | None], ...] = (("both", "print", None), ("zh", "grey", "A3"))
STYLE = (
    "body{font-family:Noto Sans SC;margin:1.5rem;color:#1a1a1a}h2{border-top:2px solid;padding-top:.5rem}"
    "nav ul{columns:24rem}section div{display:grid;gap:1.25rem;"
    "grid-template-columns:repeat(auto-fill,minmax(20rem,1fr))}"
    "figure{margin:0}img{width:100%;border:1px solid #ccc}.refused{color:#a84300}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture of the page, or why there is none."""

    name: str
    file: str = ""
    refused: str = ""


def _process(folder: Path, key: str, turn: int) -> list[Picture]:
    flow = compile_process(Catalogue.default().process(key))
    found: list[Picture] = []
    for kind, figure in figures_of(flow, "zh").items():
        for paper in (None, SHEETS[kind]):
            found += _drawn(folder, key, kind, figure, "zh", "print", paper)
    lang, theme = LOOKS[turn % len(LOOKS)]
    for kind, figure in figures_of(flow, lang).items():
        found += _drawn(folder, key, kind, figure, lang, theme, None)
    return found


def _pair(folder: Path, keys: tuple[str, str]) -> list[Picture]:
    base, other = (compile_process(Catalogue.default().process(key)) for key in keys)
    found: list[Picture] = []
    for lang, theme, paper in COMPARED:
        for kind, figure in comparisons_of(base, other, lang).items():
            found += _drawn(folder, " ".join(keys), kind, figure, lang, theme, paper)
    return found


def _drawn(
    folder: Path, name: str, kind: str, figure: Figure, lang: str, theme: str, paper: str | None
) -> Iterator[Picture]:
    told = " · ".join((kind, lang, theme, *([paper] if paper else [])))
    try:
        contents = render_pages(figure, paper=paper, theme=THEMES[theme], embed_fonts=True)
    except FigureError as error:
        yield Picture(name=told, refused=f"{error.text.zh} {error.text.en}")
        return
    for page, content in enumerate(contents, 1):
        file = f"{name}-{told}-{page}.svg".translate(str.maketrans("/ ·:@", "-----"))
        (folder / file).write_bytes(content)
        yield Picture(name=f"{told} ({page}/{len(contents)})" if len(contents) > 1 else told, file=file)


def _section(anchor: str, heading: str, pictures: Sequence[Picture]) -> str:
    cells: list[str] = []
    for picture in pictures:
        said = escape(picture.name)
        image = f'<a href="{picture.file}"><img src="{picture.file}" alt="{said}" loading="lazy"></a>'
        body = image if picture.file else f'<p class="refused">{escape(picture.refused)}</p>'
        cells.append(f"<figure>{body}<figcaption>{said}</figcaption></figure>")
    return f'<section id="{anchor}"><h3>{heading}</h3><div>{"".join(cells)}</div></section>'


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.svg"):
        old.unlink()
    processes = list(Catalogue.default().processes())
    subjects = dict.fromkeys(map(subject, processes))
    # imported by its name, so that the workers find what they run
    from docs.pictures import gallery

    with ProcessPoolExecutor(os.cpu_count()) as pool:
        singles = {
            p.key: (p, pool.submit(gallery._process, folder, p.key, turn)) for turn, p in enumerate(processes)
        }
        doubles = {
            (a.key, b.key): (a, b, pool.submit(gallery._pair, folder, (a.key, b.key)))
            for a, b in pairs(processes)
        }
        index: list[str] = []
        sections: list[str] = []
        for name in subjects:
            sections.append(f'<h2 id="{name}">{name}</h2>')
            index.append(f'<li><a href="#{name}"><b>{name}</b></a></li>')
            told = [
                (key, f"{p.title.zh} {p.title.en} · {key}", done)
                for key, (p, done) in singles.items()
                if subject(p) == name
            ] + [
                (f"{keys[0]}-{keys[1]}", f"{a.title.zh} → {b.title.zh} · {keys[0]} → {keys[1]}", done)
                for keys, (a, b, done) in doubles.items()
                if subject(a) == name
            ]
            for anchor, heading, done in told:
                anchor, heading = anchor.replace("/", "-"), escape(heading)
                sections.append(_section(anchor, heading, done.result()))
                index.append(f'<li><a href="#{anchor}">{heading}</a></li>')
    body = f"<h1>图集 Gallery</h1><nav><ul>{''.join(index)}</ul></nav>{''.join(sections)}"
    style = face_rules({key: set(body) for key in (REGULAR, BOLD)}) + STYLE
    head = f'<html lang="zh-CN"><meta charset="utf-8"><title>Jianban</title><style>{style}</style>'
    page = f"<!DOCTYPE html>{head}{body}</html>\n"
    (folder / "index.html").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

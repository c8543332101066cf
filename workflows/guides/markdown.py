"""A guide as Markdown, with tables as GitHub writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from jianban.workflows.guides.model import Facts, Guide, Lines, Note, Part, Picture, Records
from jianban.workflows.guides.wording import CONTENT, ITEM, GuideLang, heading, in_line, lines_of

SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")


def to_markdown(guide: Guide, lang: GuideLang, pictures: Mapping[str, Sequence[str]] | None = None) -> str:
    """The guide as one text.

    Args:
        pictures: the files of each figure, by its kind; a figure without any is left out.
    """
    return "\n\n".join(_blocks(guide, lang, pictures or {})) + "\n"


def _blocks(guide: Guide, lang: GuideLang, pictures: Mapping[str, Sequence[str]]) -> Iterator[str]:
    yield f"# {escaped(in_line(guide.title, lang))}"
    number = 0
    for section in guide.sections:
        told = [block for part in section.parts for block in part_of(part, lang, pictures)]
        if told:
            number += 1
            yield f"## {escaped(heading(number, section.title, lang))}"
            yield from told


def part_of(part: Part, lang: GuideLang, pictures: Mapping[str, Sequence[str]]) -> Iterator[str]:
    match part:
        case Facts(facts=facts):
            rows = [(in_line(f.field.title, lang), cell(f.lines, lang)) for f in facts]
            yield table([in_line(t, lang) for t in (ITEM, CONTENT)], rows)
        case Records(sheet=sheet, rows=rows):
            head = [in_line(c.title, lang) for c in sheet.columns]
            yield table(head, [[cell(c, lang) for c in row] for row in rows])
        case Note(text=text):
            yield escaped(in_line(text, lang))
        case Picture(id=kind, title=title):
            for file in pictures.get(kind, ()):
                yield f"![{escaped(in_line(title, lang))}](<{file}>)"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose cells are Markdown already."""
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))


def cell(lines: Lines, lang: GuideLang) -> str:
    return "<br>".join(escaped(line.text) for line in lines_of(lines, lang))


def escaped(text: str) -> str:
    return SPECIAL.sub(r"\\\1", text).replace("\n", " ")

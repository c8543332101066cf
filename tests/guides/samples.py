"""Guides to test with, and ways to write and change them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

from jianban.workflows.compiler import compile_process
from jianban.workflows.guides import Guide, GuideLang, guide, to_docx, to_html, to_markdown
from jianban.workflows.guides.model import Fact, Facts, Lines, Part, Records
from jianban.workflows.language.catalogue import Catalogue

LANGS: tuple[GuideLang, ...] = ("zh", "en", "both")
FORMS = ("md", "html", "docx")


@cache
def guide_of(key: str) -> Guide:
    return guide(compile_process(Catalogue.default().process(key)))


def written(of: Guide, form: str, lang: GuideLang) -> bytes:
    match form:
        case "md":
            return to_markdown(of, lang).encode()
        case "html":
            return to_html(of, lang, embed_fonts=False).encode()
        case _:
            return to_docx(of, lang)


def places(of: Guide) -> Iterator[tuple[str, int, int]]:
    """Every value of a guide: its fact or table, row and column; rows of facts are -1."""
    for name in of.facts:
        yield name, -1, 0
    for name, records in of.records.items():
        for row in range(len(records.rows)):
            for column in range(len(records.sheet.columns)):
                yield name, row, column


def value_at(of: Guide, place: tuple[str, int, int]) -> Lines:
    name, row, column = place
    return of.facts[name].lines if row < 0 else of.records[name].rows[row][column]


def changed(of: Guide, place: tuple[str, int, int], value: Lines) -> Guide:
    """The guide with one value changed."""
    name, row, column = place

    def fact(old: Fact) -> Fact:
        return replace(old, lines=value) if row < 0 and old.field.id == name else old

    def cells(old: Records) -> Records:
        if row < 0 or old.sheet.id != name:
            return old
        rows = [list(r) for r in old.rows]
        rows[row][column] = value
        return replace(old, rows=tuple(map(tuple, rows)))

    return _mapped(of, fact, cells)


def without_row(of: Guide, name: str, row: int) -> Guide:
    def fewer(old: Records) -> Records:
        rows = (*old.rows[:row], *old.rows[row + 1 :])
        return replace(old, rows=rows) if old.sheet.id == name else old

    return _mapped(of, lambda fact: fact, fewer)


def _mapped(of: Guide, fact: Callable[[Fact], Fact], records: Callable[[Records], Records]) -> Guide:
    def part(old: Part) -> Part:
        match old:
            case Facts(facts=facts):
                return replace(old, facts=tuple(map(fact, facts)))
            case Records():
                return records(old)
            case _:
                return old

    return replace(of, sections=tuple(replace(s, parts=tuple(map(part, s.parts))) for s in of.sections))

"""Whether a published guide says exactly what the definition says (线上线下同源)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from jianban.workflows.guides.fields import GIVEN, LOCAL, SHEETS
from jianban.workflows.guides.meanings import extra_meaning, meaning, missing_meaning
from jianban.workflows.guides.model import Field, Guide, Kind, Lines, Records
from jianban.workflows.guides.normal import lines, unnumbered
from jianban.workflows.guides.published import GivenTable, Published
from jianban.workflows.guides.wording import GuideLang, lines_of
from jianban.workflows.guides.words import both
from jianban.workflows.texts import Text

LANGS: tuple[GuideLang, ...] = ("zh", "en", "both")
IN_ROW = Text("{sheet}“{row}”的{column}", "{column} of “{row}” ({sheet})")
COLUMN = Text("{sheet}的“{column}”一栏", "column “{column}” ({sheet})")
ENTRY = Text("{sheet}“{row}”", "“{row}” ({sheet})")
NO_PLACE = Text(
    "定义中没有这一字段的位置，请另行核对", "a definition has no place for it: check it otherwise"
)
NOT_SAID = Text("定义没有写这一字段，请另行核对", "the definition does not say it: check it otherwise")
NOT_KNOWN = Text("不认得这一字段，未核对", "this field is not known and was not checked")
NAME_PARTS = "、,"
COUNTED = re.compile(r"(?<=\d)[次份项个]$")
FREE = re.compile(r"否|不收费|免费|不收取费用|否\(不收费\)|no|free|freeofcharge")
"""Ways to say that nothing is charged, in the plain form."""


class DriftKind(StrEnum):
    DIFFERENT = "different"
    MISSING = "missing"
    """The definition says it, and the guide does not."""
    EXTRA = "extra"
    """The guide says it, and the definition does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    kind: DriftKind
    field: str
    """The id of the field, or of the table and its column: `visits`, `materials.copies`, `materials`."""
    what: Text
    """The field in words, with the row it stands in."""
    given: str
    """What the guide says; empty when it says nothing."""
    defined: Text | None
    place: Text | None
    """Where the guide says it; None when it does not."""
    meaning: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """What the guide says besides, and could not be compared."""

    name: Text
    value: str
    place: Text
    why: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    drifts: tuple[Drift, ...]
    asides: tuple[Aside, ...]


def drift(guide: Guide, given: Published, *, partial: bool = False) -> Findings:
    """What a published guide says otherwise than the definition.

    Args:
        partial: what the guide leaves out altogether, fields, tables and columns, is no drift.
    """
    found = [*_facts(guide, given), *_tables(guide, given, partial=partial)]
    if not partial:
        found += _left_out(guide, given)
    return Findings(drifts=tuple(found), asides=tuple(_asides(guide, given)))


def same(field: Field, given: str, defined: Lines) -> bool:
    """Whether a value says the same as the lines defined, in one language or both."""
    return any(_equal(field, given, told) for told in _candidates(defined))


def _equal(field: Field, given: str, defined: Sequence[str]) -> bool:
    left, right = lines([given]), lines(defined)
    if sorted(left) == sorted(right) or "".join(left) == "".join(right):
        return True
    match field.kind:
        case Kind.NAMES:
            return Counter(_names(left)) == Counter(_names(right))
        case Kind.COUNT:
            return [COUNTED.sub("", t) for t in left] == [COUNTED.sub("", t) for t in right]
        case Kind.CHARGED:
            return len(left) == 1 and all(FREE.fullmatch(t) for t in (*left, *right))
    return field.numbered and sorted(left) == sorted(map(unnumbered, right))


def _names(told: Sequence[str]) -> Iterator[str]:
    for line in told:
        for mark in NAME_PARTS:
            line = line.replace(mark, "\n")
        yield from filter(None, line.split("\n"))


def _candidates(defined: Lines) -> Iterator[list[str]]:
    for lang in LANGS:
        yield [line.text for line in lines_of(defined, lang)]


def _facts(guide: Guide, given: Published) -> Iterator[Drift]:
    for told in given.facts:
        fact = guide.facts.get(told.field.id)
        if told.field in LOCAL or (fact is None and told.field in GIVEN):
            continue
        if fact is None:
            if lines([told.value]):
                yield Drift(
                    kind=DriftKind.EXTRA,
                    field=told.field.id,
                    what=told.field.title,
                    given=told.value,
                    defined=None,
                    place=told.place,
                    meaning=extra_meaning(told.field.id),
                )
        elif not same(told.field, told.value, fact.lines):
            yield Drift(
                kind=DriftKind.DIFFERENT,
                field=told.field.id,
                what=told.field.title,
                given=told.value,
                defined=_text(fact.lines),
                place=told.place,
                meaning=meaning(told.field, told.value, fact.lines, guide),
            )


def _tables(guide: Guide, given: Published, *, partial: bool) -> Iterator[Drift]:
    for sheet in SHEETS:
        tables = [t for t in given.tables if t.sheet.id == sheet.id]
        if not tables:
            continue
        records = guide.records.get(sheet.id) or Records(sheet=sheet, rows=())
        columns = tuple(dict.fromkeys(c for t in tables for c in t.columns))
        yield from _rows(guide, records, tables, columns)
        for column in () if partial or not records.rows else sheet.columns:
            if column not in columns:
                yield Drift(
                    kind=DriftKind.MISSING,
                    field=f"{sheet.id}.{column.id}",
                    what=COLUMN.format(sheet=sheet.title, column=column.title),
                    given="",
                    defined=None,
                    place=tables[0].place,
                    meaning=missing_meaning(sheet.id, whole=True),
                )


def _rows(
    guide: Guide, records: Records, tables: Sequence[GivenTable], columns: Sequence[Field]
) -> Iterator[Drift]:
    sheet = records.sheet
    at = sheet.at(sheet.key)
    key = sheet.columns[at]
    left = [(values, place) for t in tables for values, place in t.rows if lines(values.values())]
    missing: list[tuple[Lines, ...]] = []
    # a bare list of names names each once
    rows = records.rows if len(columns) > 1 else tuple({row[at]: row for row in records.rows}.values())

    def alike(row: tuple[Lines, ...], values: dict[str, str]) -> int:
        cells = zip(sheet.columns, row, strict=True)
        return sum(same(c, values.get(c.id, ""), cell) for c, cell in cells if c in columns)

    # rows of one name are paired by what they say, the most alike first
    pairs = [
        (-alike(row, values), at_row, at_left)
        for at_row, row in enumerate(rows)
        for at_left, (values, _place) in enumerate(left)
        if same(key, values.get(key.id, ""), row[at])
    ]
    paired: dict[int, int] = {}
    for _alike, at_row, at_left in sorted(pairs):
        if at_row not in paired and at_left not in paired.values():
            paired[at_row] = at_left
    for at_row, row in enumerate(rows):
        if at_row not in paired:
            missing.append(row)
            continue
        best = left[paired[at_row]]
        values, place = best
        for column, cell in zip(sheet.columns, row, strict=True):
            told = values.get(column.id, "")
            if column in columns and column is not key and not same(column, told, cell):
                yield Drift(
                    kind=DriftKind.DIFFERENT,
                    field=f"{sheet.id}.{column.id}",
                    what=IN_ROW.format(sheet=sheet.title, row=_text(row[at]), column=column.title),
                    given=told,
                    defined=_text(cell),
                    place=place,
                    meaning=meaning(column, told, cell, guide),
                )
    for row in missing:
        yield Drift(
            kind=DriftKind.MISSING,
            field=sheet.id,
            what=ENTRY.format(sheet=sheet.title, row=_text(row[at])),
            given="",
            defined=_text(row[at]),
            place=tables[0].place,
            meaning=missing_meaning(sheet.id),
        )
    taken = set(paired.values())
    for values, place in (row for at_left, row in enumerate(left) if at_left not in taken):
        told = values.get(key.id, "")
        yield Drift(
            kind=DriftKind.EXTRA,
            field=sheet.id,
            what=ENTRY.format(sheet=sheet.title, row=told.replace("\n", " ")),
            given=told,
            defined=None,
            place=place,
            meaning=extra_meaning(sheet.id),
        )


def _left_out(guide: Guide, given: Published) -> Iterator[Drift]:
    facts = {told.field.id for told in given.facts}
    tables = {table.sheet.id for table in given.tables}
    for fact in guide.facts.values():
        if fact.field.id not in facts:
            yield Drift(
                kind=DriftKind.MISSING,
                field=fact.field.id,
                what=fact.field.title,
                given="",
                defined=_text(fact.lines),
                place=None,
                meaning=missing_meaning(fact.field.id, whole=True),
            )
    for records in guide.records.values():
        if records.sheet.id not in tables:
            yield Drift(
                kind=DriftKind.MISSING,
                field=records.sheet.id,
                what=records.sheet.title,
                given="",
                defined=None,
                place=None,
                meaning=missing_meaning(records.sheet.id, whole=True),
            )


def _asides(guide: Guide, given: Published) -> Iterator[Aside]:
    for told in given.facts:
        if not lines([told.value]) or told.field.id in guide.facts:
            continue
        if told.field in (*LOCAL, *GIVEN):
            why = NO_PLACE if told.field in LOCAL else NOT_SAID
            yield Aside(name=told.field.title, value=told.value, place=told.place, why=why)
    for unknown in given.unknown:
        yield Aside(name=both(unknown.name), value=unknown.value, place=unknown.place, why=NOT_KNOWN)


def _text(cell: Lines) -> Text:
    return Text("；".join(t.zh for t in cell), "; ".join(t.en for t in cell))

"""A published guide as fields: which facts and tables it gives, with which values, and where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile
from pathlib import PurePath

from jianban.workflows.guides.fields import NAME, SHEETS
from jianban.workflows.guides.model import Field, Sheet
from jianban.workflows.guides.names import COLUMNS, HEADS, KNOWN, TABLES, name_of
from jianban.workflows.guides.normal import plain
from jianban.workflows.guides.reading.blocks import Block, Grid, GuideError, Heading, Line, Row
from jianban.workflows.guides.reading.csv import read_csv
from jianban.workflows.guides.reading.docx import read_docx
from jianban.workflows.guides.reading.html import read_html
from jianban.workflows.guides.reading.markdown import read_markdown
from jianban.workflows.language.files import decoded
from jianban.workflows.texts import Text

READERS = {
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".txt": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".csv": read_csv,
    ".tsv": read_csv,
}
NO_FORMAT = Text(
    "“{name}”不是可以核对的格式。请提供 .md、.html、.csv 或 .docx 文件",
    "“{name}” is of no format that can be checked. Give a .md, .html, .csv or .docx file",
)
NOT_TEXT = Text(
    "“{name}”既不是 UTF-8 也不是 GB18030 文本。请转换编码",
    "“{name}” is text of neither UTF-8 nor GB18030. Convert it",
)
NOTHING = Text(
    "“{name}”中没有认得的字段。字段名称见 docs/reference/guides.md",
    "“{name}” has no field that is known. docs/reference/guides.md lists their names",
)
SEVERAL = Text(
    "“{name}”{place}的表头下有 {count} 行，其中“事项名称”为“{item}”的有 {found} 行。请只留要核对的一行",
    "“{name}” has {count} rows below the names on {place}; rows whose Item is “{item}”: {found}. Leave only "
    "the one to check",
)
HEAD_ROWS = 3
"""Rows from the top in which the head of a table may stand, below a title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A value that a guide gives a field."""

    field: Field
    value: str
    place: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenTable:
    sheet: Sheet
    columns: tuple[Field, ...]
    """Those of the sheet that the guide has."""
    rows: tuple[tuple[dict[str, str], Text], ...]
    """The value of each column, by id, and the place of the row."""
    place: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A field of a table that is not known."""

    name: str
    value: str
    place: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    facts: tuple[Given, ...]
    tables: tuple[GivenTable, ...]
    unknown: tuple[Unknown, ...]


def published(content: bytes, name: str, item: Text | None = None) -> Published:
    """Read a guide from a file, whose name tells its format.

    Args:
        item: the name of the item to read where rows of several stand below the names of the fields; None
            reads the first.

    Raises:
        GuideError: the format is unknown, the file is damaged, no field in it is known, or it has several
            items and not one of this name.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix == ".docx":
        blocks = read_docx(content)
    elif suffix in READERS:
        blocks = READERS[suffix](_decoded(content, name))
    else:
        raise GuideError(NO_FORMAT.format(name=name))
    if item is not None:
        blocks = [_of_item(b, item, name) if isinstance(b, Grid) else b for b in blocks]
    found = _read(blocks)
    if not found.facts and not found.tables:
        raise GuideError(NOTHING.format(name=name))
    return found


def _decoded(content: bytes, name: str) -> str:
    try:
        return decoded(content)
    except UnicodeDecodeError:
        raise GuideError(NOT_TEXT.format(name=name)) from None


def _of_item(grid: Grid, item: Text, name: str) -> Grid:
    """The grid without the values of other items.

    Raises:
        GuideError: several rows of values stand below one row of names, and not one is the item's.
    """
    if any(_head(row) for row in grid.rows[:HEAD_ROWS]):
        return grid
    called = {plain(item.zh), plain(item.en), plain(item.zh + item.en)}
    others: list[Row] = []
    for at, head in enumerate(grid.rows):
        if not _names_fields(head):
            continue
        below = takewhile(lambda row: not _known(row), grid.rows[at + 1 :])
        items = [row for row in below if sum(map(bool, row.cells)) > len(head.cells) / 2]
        if len(items) < 2:
            continue
        columns = [i for i, c in enumerate(head.cells) if KNOWN.get(name_of(c)) is NAME]
        own = [r for r in items if any(i < len(r.cells) and plain(r.cells[i]) in called for i in columns)]
        if len(own) != 1:
            raise GuideError(
                SEVERAL.format(name=name, place=head.place, count=len(items), item=item, found=len(own))
            )
        others += (row for row in items if row is not own[0])
    return Grid(rows=tuple(row for row in grid.rows if not any(row is other for other in others)))


def _known(row: Row) -> int:
    """How many cells name a field or table."""
    return sum(name_of(c) in KNOWN or name_of(c) in TABLES for c in row.cells)


def _names_fields(row: Row) -> bool:
    """Whether values may stand below the cells of a row, rather than beside them."""
    return all(row.cells) and _known(row) > max(1, len(row.cells) / 2)


def _read(blocks: Sequence[Block]) -> Published:
    facts: list[Given] = []
    tables: list[GivenTable] = []
    unknown: list[Unknown] = []
    for heading, lines, grids in _sections(blocks):
        told = [_grid(grid) for grid in grids]
        for found in told:
            facts += found.facts
            tables += found.tables
            unknown += found.unknown
        sheets = {t.sheet.id for found in told for t in found.tables}
        if heading and lines:
            name = name_of(heading.text)
            value = "\n".join(line.text for line in lines)
            if field := KNOWN.get(name):
                facts.append(Given(field=field, value=value, place=lines[0].place))
            elif (sheet := TABLES.get(name)) and sheet.id not in sheets:
                tables.append(_listed(sheet, [(line.text, line.place) for line in lines], heading.place))
    return Published(facts=tuple(facts), tables=tuple(tables), unknown=tuple(unknown))


def _sections(blocks: Sequence[Block]) -> Iterator[tuple[Heading | None, list[Line], list[Grid]]]:
    """Each heading with the lines and grids below it; a line like “咨询电话：12345” stands for itself."""
    heading: Heading | None = None
    lines: list[Line] = []
    grids: list[Grid] = []
    for block in blocks:
        if isinstance(block, Grid):
            grids.append(block)
            continue
        name, _, value = block.text.replace("：", ":").partition(":")
        known = name_of(name) in KNOWN or name_of(name) in TABLES
        if isinstance(block, Line) and value.strip() and known:
            own = Heading(text=name, place=block.place)
            yield own, [Line(text=value.strip(), place=block.place)], []
        elif isinstance(block, Heading) or (known and not value.strip()):
            yield heading, lines, grids
            heading, lines, grids = Heading(text=block.text, place=block.place), [], []
        else:
            lines.append(block)
    yield heading, lines, grids


def _listed(sheet: Sheet, lines: Sequence[tuple[str, Text]], place: Text) -> GivenTable:
    """A table of which a guide gives only a list."""
    key = sheet.columns[sheet.at(sheet.key)]
    rows = tuple(({key.id: text}, at) for text, at in lines if plain(text))
    return GivenTable(sheet=sheet, columns=(key,), rows=rows, place=place)


def _grid(grid: Grid) -> Published:
    for at, row in enumerate(grid.rows[:HEAD_ROWS]):
        if (head := _head(row)) is not None:
            sheet, columns = head
            body = grid.rows[at + 1 :]
            rows = tuple(
                (
                    {
                        c.id: row.cells[i]
                        for i, c in enumerate(columns)
                        if isinstance(c, Field) and i < len(row.cells)
                    },
                    row.place,
                )
                for row in body
            )
            known = tuple(c for c in columns if isinstance(c, Field))
            strange = tuple(
                Unknown(
                    name=c,
                    value="、".join(k for k, _ in groupby(r.cells[i] for r in body if i < len(r.cells))),
                    place=row.place,
                )
                for i, c in enumerate(columns)
                if isinstance(c, str) and c
            )
            table = GivenTable(sheet=sheet, columns=known, rows=rows, place=row.place)
            return Published(facts=(), tables=(table,), unknown=strange)
    return _pairs(grid)


def _head(row: Row) -> tuple[Sheet, list[Field | str]] | None:
    """The table whose columns a row names, each cell as its column, or as text where that is not known."""
    best: tuple[Sheet, list[Field | str]] | None = None
    most = 0
    cells = [c for c in row.cells if c]
    for sheet in SHEETS:
        names = COLUMNS[sheet.id]
        columns: list[Field | str] = [names.get(name_of(c), c) if c else "" for c in row.cells]
        known = [c for c in columns if isinstance(c, Field)]
        keyed = any(c.id == sheet.key for c in known)
        if keyed and (len(known) > 1 or len(cells) == 1) and len(known) > most:
            best, most = (sheet, columns), len(known)
    return best


def _beside(rows: Sequence[Row]) -> Iterator[Row]:
    """The rows, with values that stand below a row of names, as spreadsheets have them, beside these."""
    names: Row | None = None
    for row in rows:
        if names is not None and not _known(row):
            for name, value in zip(names.cells, row.cells, strict=False):
                yield Row(cells=(name, value), place=row.place)
            names = None
            continue
        if names is not None:
            yield names
        heads = _names_fields(row)
        names = row if heads else None
        if not heads:
            yield row
    if names is not None:
        yield names


def _pairs(grid: Grid) -> Published:
    """A table of names and values, one pair or several in a row, or the values below their names."""
    facts: list[Given] = []
    tables: list[GivenTable] = []
    unknown: list[Unknown] = []
    for row in _beside(grid.rows):
        cells = list(row.cells)
        if all(name_of(c) in HEADS for c in cells if c):
            continue
        # a name or value may span several columns
        filled = [c for c in cells if c]
        told = False
        while filled:
            name = name_of(filled.pop(0))
            if name not in KNOWN and name not in TABLES:
                continue
            told = True
            value = filled.pop(0) if filled and name_of(filled[0]) not in KNOWN else ""
            if field := KNOWN.get(name):
                facts.append(Given(field=field, value=value, place=row.place))
            else:
                tables.append(_listed(TABLES[name], [(v, row.place) for v in value.splitlines()], row.place))
        if not told and cells[0]:
            rest = "、".join(c for c in cells[1:] if c)
            unknown.append(Unknown(name=cells[0], value=rest, place=row.place))
    return Published(facts=tuple(facts), tables=tuple(tables), unknown=tuple(unknown))

"""A CSV or TSV file as blocks: empty lines part its tables, a line of one cell is a heading."""

from __future__ import annotations

import csv
from io import StringIO

from jianban.workflows.guides.reading.blocks import (
    Block,
    Grid,
    GuideError,
    Heading,
    Row,
    at_line,
    filled,
    tidy,
)
from jianban.workflows.texts import Text

BROKEN = Text(
    "第 {line} 行不是有效的 CSV（{reason}）。请用表格软件另存为 CSV（UTF-8）",
    "line {line} is no CSV ({reason}). Save it as CSV (UTF-8) from a spreadsheet",
)
DELIMITERS = ",\t;，"


def read_csv(text: str) -> list[Block]:
    """
    Raises:
        GuideError: it is no CSV.
    """
    first = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    found: list[Block] = []
    rows: list[Row] = []

    def end_grid() -> None:
        if rows:
            found.append(Grid(rows=tuple(rows)))
            rows.clear()

    line = 1
    try:
        for cells in reader:
            told = tuple(tidy(c) for c in cells)
            place, line = at_line(line), reader.line_num + 1
            if sum(map(bool, told)) == 1 and told[0] and len(told) == 1:
                end_grid()
                found.append(Heading(text=told[0], place=place))
            elif filled(told):
                rows.append(Row(cells=told, place=place))
            else:
                end_grid()
    except csv.Error as error:
        raise GuideError(BROKEN.format(line=reader.line_num, reason=error)) from error
    end_grid()
    return found

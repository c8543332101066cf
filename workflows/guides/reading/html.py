"""An HTML page as blocks; what is not text for readers (scripts, drawings, navigation) is passed over."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from jianban.workflows.guides.reading.blocks import Block, Grid, Heading, Line, Row, at_line, filled, tidy
from jianban.workflows.guides.reading.spans import Spanned, laid

PASSED_OVER = frozenset({"script", "style", "svg", "nav", "title", "template", "figcaption"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "dt", "caption"})
BLOCKS = frozenset(
    {"p", "div", "li", "dd", "section", "article", "main", "header", "footer", "ul", "ol", "dl"}
)
MOST_SPAN = 1000


@dataclass(slots=True)
class _Table:
    rows: list[tuple[list[Spanned], int]] = field(default_factory=list)
    """The cells of each row, and its line in the file."""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self.table: _Table | None = None
        self.nested = 0
        """Tables within the cell of a table: their text belongs to the cell."""
        self.hidden: list[str] = []
        self.text: list[str] = []
        self.line = 1
        """That where the text begins."""
        self.begun = False
        self.heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in PASSED_OVER or self.hidden:
            if tag in PASSED_OVER:
                self.hidden.append(tag)
            return
        if tag == "br":
            self.text.append("\n")
        elif tag == "table":
            if self.table:
                self.nested += 1
            else:
                self._end_line()
                self.table = _Table()
        elif self.table and not self.nested:
            if tag == "tr":
                self._end_cell()
                self.table.rows.append(([], self.getpos()[0]))
            elif tag in {"td", "th"}:
                self._end_cell()
                told = dict(attrs)
                if not self.table.rows:
                    self.table.rows.append(([], self.getpos()[0]))
                span = Spanned(down=_span(told.get("rowspan")), right=_span(told.get("colspan")))
                self.table.rows[-1][0].append(span)
            elif tag in BLOCKS:
                self.text.append("\n")
        elif self.table:
            self.text.append("\n" if tag in BLOCKS | {"tr"} else " ")
        elif tag in BLOCKS | HEADINGS:
            self._end_line()
            self.heading = tag in HEADINGS

    def handle_endtag(self, tag: str) -> None:
        if self.hidden:
            if tag == self.hidden[-1]:
                self.hidden.pop()
            return
        if tag == "table" and self.table:
            if self.nested:
                self.nested -= 1
            else:
                self._end_cell()
                rows = laid([cells for cells, _ in self.table.rows])
                lines = [line for _, line in self.table.rows]
                told = [Row(cells=r, place=at_line(n)) for r, n in zip(rows, lines, strict=True) if filled(r)]
                if told:
                    self.blocks.append(Grid(rows=tuple(told)))
                self.table = None
        elif self.table:
            if tag in BLOCKS:
                self.text.append("\n")
        elif tag in BLOCKS | HEADINGS:
            self._end_line()

    def handle_data(self, data: str) -> None:
        if self.hidden:
            return
        if not self.begun and data.strip():
            self.line, self.begun = self.getpos()[0], True
        # a line break in the source is a space to the reader
        self.text.append(" ".join(data.split("\n")))

    def close(self) -> None:
        super().close()
        self._end_line()

    def _end_cell(self) -> None:
        told, self.text = tidy("".join(self.text)), []
        if self.table and self.table.rows and self.table.rows[-1][0]:
            self.table.rows[-1][0][-1].text += told

    def _end_line(self) -> None:
        told, self.text = tidy("".join(self.text)), []
        if told:
            kind = Heading if self.heading else Line
            self.blocks.append(kind(text=told, place=at_line(self.line)))
        self.begun = self.heading = False


def _span(value: str | None) -> int:
    return min(int(value), MOST_SPAN) if value and value.isdecimal() and int(value) > 0 else 1


def read_html(text: str) -> list[Block]:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.blocks

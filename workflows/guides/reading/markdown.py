"""Markdown as blocks: headings, pipe tables, list items and other lines."""

from __future__ import annotations

import html
import re

from jianban.workflows.guides.reading.blocks import Block, Grid, Heading, Line, Row, at_line, filled, tidy

HEADING = re.compile(r"#{1,6}\s+(.*?)\s*#*\s*$")
ITEM = re.compile(r"(?:[-*+]|>)\s+")
RULE = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?$")
PICTURE = re.compile(r"!\[(?:\\.|[^\]\\])*\]\([^)]*\)")
LINK = re.compile(r"(?<!\\)\[((?:\\.|[^\]\\])*)\]\([^)]*\)")
CELLS = re.compile(r"(?<!\\)\|")
BREAK = re.compile(r"(?<!\\)<br\s*/?>", re.IGNORECASE)
TAG = re.compile(r"(?<!\\)</?[a-zA-Z][^<>]*>")
STRONG = re.compile(r"(?<!\\)(\*\*|__|`)")
ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def read_markdown(text: str) -> list[Block]:
    found: list[Block] = []
    rows: list[Row] = []

    def end_grid() -> None:
        if rows:
            found.append(Grid(rows=tuple(rows)))
            rows.clear()

    for number, raw in enumerate(text.splitlines(), 1):
        line, place = raw.strip(), at_line(number)
        if CELLS.search(line) and not HEADING.match(line):
            cells = tuple(_plain(c) for c in CELLS.split(line.strip("|") if line.startswith("|") else line))
            if not RULE.match(line) and filled(cells):
                rows.append(Row(cells=cells, place=place))
            continue
        end_grid()
        if match := HEADING.match(line):
            found.append(Heading(text=_plain(match[1]), place=place))
        elif told := _plain(ITEM.sub("", line, count=1)):
            found.append(Line(text=told, place=place))
    end_grid()
    return found


def _plain(text: str) -> str:
    text = PICTURE.sub("", text)
    text = LINK.sub(r"\1", BREAK.sub("\n", text))
    text = STRONG.sub("", TAG.sub("", text))
    return tidy(html.unescape(ESCAPED.sub(r"\1", text)))

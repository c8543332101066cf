"""A guide in one language or both: the lines of a cell, and the numbers of the sections."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from jianban.workflows.figures import FigureLang
from jianban.workflows.guides.model import Lines
from jianban.workflows.guides.numerals import written
from jianban.workflows.texts import Lang, Text

GuideLang = FigureLang
"""`zh`, `en`, or `both`: the Chinese first, and below it the English."""

ITEM = Text("项目", "Field")
CONTENT = Text("内容", "Content")
_BROKEN = re.compile(
    r"(?<=[\u3000-\u303f\uff00-\uffef\u4e00-\u9fff]) +(?=[\u3000-\u303f\uff00-\uffef\u4e00-\u9fff])"
)
"""The space that a line broken in a definition leaves between Chinese characters."""


@dataclass(frozen=True, slots=True)
class Said:
    """One line in one language."""

    lang: Lang
    text: str


def said(text: Text, lang: GuideLang) -> Iterator[Said]:
    """A text line by line; what is the same in both languages is said once."""
    zh = _BROKEN.sub("", text.zh)
    if lang != "en":
        yield Said("zh", zh)
    if lang == "en" or (lang == "both" and text.en != zh):
        yield Said("en", text.en)


def lines_of(lines: Lines, lang: GuideLang) -> tuple[Said, ...]:
    return tuple(line for text in lines for line in said(text, lang))


def in_line(text: Text, lang: GuideLang, gap: str = " ") -> str:
    return gap.join(line.text for line in said(text, lang))


def heading(number: int, title: Text, lang: GuideLang) -> str:
    """“一、基本信息”, “1. Basic information”."""
    if lang == "en":
        return f"{number}. {title.en}"
    return f"{written(number)}、{in_line(title, lang)}"


def document_lang(lang: GuideLang) -> str:
    """The main language of a document, as HTML and Word name it."""
    return "en" if lang == "en" else "zh-CN"

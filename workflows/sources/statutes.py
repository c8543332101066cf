"""The text of a statute in Markdown → its articles, and the statute that a cited document is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from jianban.workflows.language.terms import Document
from jianban.workflows.sources.numerals import HAN, number

_ARTICLE = re.compile(rf"[#>*_\s]*第([0-9{HAN}]+)条(?:之([{HAN}]+))?[*_]*(?:[\s　]+|$)")
_HEADING = re.compile(r"\s*#")
_ITEM = re.compile(rf"\s*[（(]?[0-9{HAN}]+[）).、．]")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_FILE = re.compile(r"(.+?)\s*[(（]([0-9]{4}-[0-9]{2}-[0-9]{2})[)）]")
_STATE = "中华人民共和国"
_REVISION = re.compile(r"（[^（）]*年[^（）]*）$")
_PARTS = re.compile("总则|分则|.{0,4}编")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statute:
    """One text of the law, in the version adopted on a day."""

    title: str
    """Without 中华人民共和国."""
    adopted: date
    articles: Mapping[str, tuple[str, ...]]
    """Number (`33`, `120之1`) → paragraphs (款), each with its items (项)."""

    def article(self, cited: str) -> str | None:
        """The text of an article, or with `33(2)` of its second paragraph; without a number, all of it."""
        if not cited:
            return "\n".join(p for paragraphs in self.articles.values() for p in paragraphs)
        match = re.fullmatch(r"(.+?)(?:\(([0-9]+)\))?", cited)
        paragraphs = self.articles.get(match[1]) if match else None
        if match is None or paragraphs is None:
            return None
        if match[2] is None:
            return "\n".join(paragraphs)
        at = int(match[2])
        return paragraphs[at - 1] if 0 < at <= len(paragraphs) else None


def named(stem: str) -> tuple[str, date] | None:
    """`公司法(2023-12-29)` → title and day of adoption; None when a name is not of that form."""
    match = _FILE.fullmatch(stem)
    try:
        return (match[1].removeprefix(_STATE), date.fromisoformat(match[2])) if match else None
    except ValueError:
        return None


def articles(text: str) -> dict[str, tuple[str, ...]]:
    """The articles of a text: paragraphs that begin with 第…条 and a space, up to the next or to a heading.

    Numbers rise; what begins with a lower one quotes an article and begins none.
    """
    found: dict[str, list[str]] = {}
    current: list[str] | None = None
    last = (0, 0)
    for line in _COMMENT.sub("", text).splitlines():
        match = _ARTICLE.match(line)
        place = (int(number(match[1]) or 0), int(number(match[2]) or 0) if match[2] else 0) if match else last
        if match and place > last:
            last = place
            current = found.setdefault(f"{place[0]}之{place[1]}" if place[1] else str(place[0]), [])
            line = line[match.end() :]
        elif _HEADING.match(line):
            current = None
        words = line.strip()
        if current is None or not words:
            continue
        if current and _ITEM.match(words):
            current[-1] += "\n" + words
        else:
            current.append(words)
    return {name: tuple(paragraphs) for name, paragraphs in found.items()}


def bare(document: Document) -> str:
    """The title of a document as its text is filed: without 中华人民共和国 and the note of its revision."""
    return _REVISION.sub("", document.title.zh).removeprefix(_STATE)


def text_of(document: Document, statutes: Iterable[Statute]) -> Statute | None:
    """The text of a document: of the same title and day of adoption, or a part of it, as 民法典总则 is."""
    title = bare(document)
    same = [s for s in statutes if s.adopted == document.adopted and s.title.startswith(title)]
    fits = (s for s in same if s.title == title or _PARTS.fullmatch(s.title.removeprefix(title)))
    return min(fits, key=lambda s: len(s.title), default=None)

"""Small pieces of text that several parts of a guide share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from jianban.workflows.comparison.sources import ASSUMED, cite
from jianban.workflows.guides.model import Lines
from jianban.workflows.language.terms import Basis, Document, Duration
from jianban.workflows.texts import Text, running
from jianban.workflows.wording import format_duration, format_yuan

NOTHING: Lines = (Text("—", "—"),)
"""What an empty cell shows."""
STATE = "中华人民共和国"


def both(word: object) -> Text:
    """What is the same in both languages: an id, a number, a date."""
    return Text(str(word), str(word))


def joined(texts: Iterable[Text]) -> Text:
    texts = tuple(texts)
    begun, *others = texts or (Text("", ""),)
    return Text("、".join(t.zh for t in texts), ", ".join((begun.en, *(running(t.en) for t in others))))


def lasting(duration: Duration) -> Text:
    return Text(format_duration(duration, "zh"), format_duration(duration, "en"))


def money(fen: int) -> Text:
    return Text(format_yuan(fen, "zh"), format_yuan(fen, "en"))


def citing(basis: Basis, *assumed: Text) -> Lines:
    """A basis as a cell: the articles, a line for each document, and what is assumed.

    The name of the state before that of a law is left to the table of documents.
    """
    short = [replace(c, document=_short(c.document)) for c in basis.citations]
    cited = (Text(zh, en) for zh, en in zip(cite(short, "zh"), cite(short, "en"), strict=True))
    told = dict.fromkeys([*([basis.assumed] if basis.assumed else []), *assumed])
    return (*cited, *(ASSUMED.format(what=what) for what in told)) or NOTHING


def _short(document: Document) -> Document:
    return replace(document, title=Text(document.title.zh.removeprefix(STATE), document.title.en))

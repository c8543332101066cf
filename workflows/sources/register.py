"""The citations of a catalogue, by process and by document, and what is wrong with them.

Codes: J401 a citation without its phrase, J402 an article that is not there, J403 a phrase that the article
does not say, J404 a figure that the phrases do not state.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jianban.workflows.language.errors import Problem
from jianban.workflows.language.model import Process
from jianban.workflows.language.terms import Basis, Citation, Document, Duration, Position, Unit
from jianban.workflows.language.validation import in_order
from jianban.workflows.sources.figures import Figure, bases, figures
from jianban.workflows.sources.numerals import Stated, stated
from jianban.workflows.sources.phrases import clauses, nearest, says, shortened
from jianban.workflows.sources.statutes import Statute, text_of
from jianban.workflows.texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """What one process cites, each citation once for each place where it is written."""

    process: Process
    citations: tuple[Citation, ...]
    assumed: tuple[Text, ...]
    """The assumptions, each once."""

    @property
    def lacking(self) -> tuple[Citation, ...]:
        return _lacking(self.citations)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentUse:
    """What the processes cite of one document."""

    document: Document
    citations: tuple[Citation, ...]
    text: Statute | None
    """None when no text of it is at hand."""

    @property
    def articles(self) -> tuple[str, ...]:
        """Those cited, in order."""
        found = {c.article for c in self.citations if c.article}
        return tuple(sorted(found, key=lambda a: ([int(n) for n in re.findall("[0-9]+", a)], a)))

    @property
    def lacking(self) -> tuple[Citation, ...]:
        return _lacking(self.citations)


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    processes: tuple[Cited, ...]
    documents: tuple[DocumentUse, ...]
    """In order of id."""
    problems: tuple[Problem, ...]
    """What the texts at hand do not say, and figures that their own phrases do not state."""


def register(
    processes: Sequence[Process], statutes: Sequence[Statute] = (), others: Iterable[Basis] = ()
) -> Register:
    """What the processes cite, checked against those texts.

    Args:
        others: what else rests on citations: they count with their documents, and are looked up.
    """
    cited = tuple(_cited(process) for process in processes)
    written = {_key(c): c for one in cited for c in one.citations}
    written |= {_key(c): c for basis in others for c in basis.citations}
    by_document: dict[str, list[Citation]] = {}
    for citation in written.values():
        by_document.setdefault(citation.document.id, []).append(citation)
    documents = tuple(
        DocumentUse(
            document=found[0].document,
            citations=tuple(found),
            text=text_of(found[0].document, statutes),
        )
        for _, found in sorted(by_document.items())
    )
    texts = {d.document.id: d.text for d in documents if d.text is not None}
    problems = _Checks(texts).problems(processes, written.values())
    return Register(processes=cited, documents=documents, problems=tuple(in_order(problems)))


def _cited(process: Process) -> Cited:
    found = list(bases(process))
    citations = {_key(c): c for basis in found for c in basis.citations}
    assumed = dict.fromkeys(basis.assumed for basis in found if basis.assumed is not None)
    return Cited(process=process, citations=tuple(citations.values()), assumed=tuple(assumed))


def _lacking(citations: tuple[Citation, ...]) -> tuple[Citation, ...]:
    """The citations without a phrase."""
    return tuple(c for c in citations if c.phrase is None)


def _key(citation: Citation) -> tuple[Position, Citation]:
    """Equal for what is written once, however often it is inherited."""
    return citation.position, citation


class _Checks:
    def __init__(self, texts: dict[str, Statute]) -> None:
        self.texts = texts
        self.wanted: dict[tuple[Position, Citation], dict[Text, Figure]] = {}
        """Figures that no phrase states, under the citations without one."""

    def problems(self, processes: Iterable[Process], written: Iterable[Citation]) -> list[Problem]:
        found: list[Problem] = []
        for process in processes:
            for figure in figures(process):
                found += self._figure(figure)
        documents: dict[str, Document] = {}
        for citation in written:
            documents.setdefault(citation.document.id, citation.document)
            found += self._citation(citation)
        for document in documents.values():
            found += self._days(document)
        return found

    def _figure(self, figure: Figure) -> list[Problem]:
        """J404; or a note for J401 of the citations whose phrase should state the figure."""
        citations = figure.basis.citations
        if not citations or figure.basis.assumed is not None:
            return []
        if any(figure.among(_stated(c.document, c.phrase)) for c in citations if c.phrase is not None):
            return []
        silent = [c for c in citations if c.phrase is None]
        for citation in silent:
            self.wanted.setdefault(_key(citation), {})[figure.words] = figure
        if silent:
            return []
        first = citations[0]
        message = _NO_FIGURE.format(phrases=_joined(_quoted(c) for c in citations), figure=figure.words)
        hint = next((h for c in citations if (h := self._hint(c, figure)) is not None), None)
        remedy = _NO_FIGURE_REMEDY if hint is None else _FIGURE_ELSEWHERE.format(clause=hint)
        return [Problem(code="J404", message=message, remedy=remedy, position=first.position)]

    def _hint(self, citation: Citation, figure: Figure) -> str | None:
        """The clause of the cited article that states a figure."""
        statute = self.texts.get(citation.document.id)
        article = statute.article(citation.article) if statute else None
        return next(
            (shortened(c) for c in clauses(article or "") if figure.among(_stated(citation.document, c))),
            None,
        )

    def _citation(self, citation: Citation) -> list[Problem]:
        statute = self.texts.get(citation.document.id)
        if statute is None:
            return []
        article = statute.article(citation.article)
        if article is None:
            return [self._no_article(citation, statute)]
        if citation.phrase is None:
            return [self._no_phrase(citation, article)]
        if not says(article, citation.phrase):
            return [self._not_said(citation, citation.phrase, article, statute)]
        return []

    def _no_phrase(self, citation: Citation, article: str) -> Problem:
        wanted = list(self.wanted.get(_key(citation), {}).values())
        message = _NO_PHRASE.format(place=citation.place)
        if not wanted:
            remedy = _NO_PHRASE_REMEDY.format(place=citation.place, clause=shortened(article))
            return Problem(code="J401", message=message, remedy=remedy, position=citation.position)
        words = _joined(f.words for f in wanted)
        hints = dict.fromkeys(h for f in wanted if (h := self._hint(citation, f)) is not None)
        remedy = (
            _WANTED_REMEDY.format(clause=" / ".join(hints))
            if hints
            else _WANTED_NOWHERE.format(clause=shortened(article))
        )
        message = _WANTED.format(place=citation.place, figures=words)
        return Problem(code="J401", message=message, remedy=remedy, position=citation.position)

    def _no_article(self, citation: Citation, statute: Statute) -> Problem:
        message = _NO_ARTICLE.format(title=statute.title, adopted=statute.adopted, article=citation.article)
        remedy = _elsewhere(citation.phrase, statute) or _NO_ARTICLE_REMEDY
        return Problem(code="J402", message=message, remedy=remedy, position=citation.position)

    def _not_said(self, citation: Citation, phrase: str, article: str, statute: Statute) -> Problem:
        message = _NOT_SAID.format(title=statute.title, article=citation.article, phrase=phrase)
        remedy = _elsewhere(phrase, statute) or _NOT_SAID_REMEDY.format(clause=nearest(article, phrase))
        return Problem(code="J403", message=message, remedy=remedy, position=citation.position)

    def _days(self, document: Document) -> list[Problem]:
        """Whether the article that makes a document's days working days says so."""
        if document.working_days is None:
            return []
        one = document.working_days
        return self._citation(
            Citation(document=document, article=one.article, phrase=one.phrase, position=one.position)
        )


def _stated(document: Document, text: str) -> Stated:
    """What a text of a document states; where its days are working days, those too."""
    found = stated(text)
    if document.working_days is None:
        return found
    read = {Duration(d.amount, Unit.WORKING_DAY) for d in found.durations if d.unit is Unit.DAY}
    return Stated(durations=found.durations | read, fen=found.fen, counts=found.counts)


def _elsewhere(phrase: str | None, statute: Statute) -> Text | None:
    """The other article of a statute that says a phrase."""
    for name in statute.articles if phrase else ():
        if phrase and says(statute.article(name) or "", phrase):
            return _ELSEWHERE.format(article=name)
    return None


def _quoted(citation: Citation) -> str:
    return f"{citation.place} “{citation.phrase}”"


def _joined(words: Iterable[Text | str]) -> Text:
    both = [(w, w) if isinstance(w, str) else (w.zh, w.en) for w in words]
    return Text("、".join(zh for zh, _ in both), ", ".join(en for _, en in both))


_NO_PHRASE = Text("引用 {place} 没有引文", "the citation {place} has no phrase")
_NO_PHRASE_REMEDY = Text(
    "请写上所依据的原文，如 {place} “…”；该条是：{clause}",
    "Add the words it rests on, as {place} “…”; the article says: {clause}",
)
_WANTED = Text(
    "引用 {place} 没有引文，依据它的有{figures}",
    "the citation {place} has no phrase, but there rests on it {figures}",
)
_WANTED_REMEDY = Text("请写上引文；该条有：{clause}", "Add the phrase; the article says: {clause}")
_WANTED_NOWHERE = Text(
    "该条没有这个数字，请改正引用，或写 assumed；该条是：{clause}",
    "The article states no such figure: correct the citation or write `assumed`; it says: {clause}",
)
_NO_ARTICLE = Text(
    "《{title}》（{adopted}）没有第 {article} 条", "{title} ({adopted}) has no article {article}"
)
_NO_ARTICLE_REMEDY = Text("请核对条文编号", "Check the number of the article")
_NOT_SAID = Text(
    "《{title}》第 {article} 条没有引文“{phrase}”", "{title}, article {article}, does not say “{phrase}”"
)
_NOT_SAID_REMEDY = Text(
    "请照原文改正；最接近的是：{clause}", "Quote it as it stands; nearest comes: {clause}"
)
_ELSEWHERE = Text("该引文在第 {article} 条，请改正引用", "Article {article} says it: correct the citation")
_NO_FIGURE = Text("{phrases} 没有写明{figure}", "{phrases} does not state {figure}")
_NO_FIGURE_REMEDY = Text(
    "请引用写明该数字的原文，或改正数字，或写 assumed",
    "Quote the words that state it, correct the figure, or write `assumed`",
)
_FIGURE_ELSEWHERE = Text("请引用写明该数字的原文：{clause}", "Quote the words that state it: {clause}")

"""What a rule is: a code, what it is called, how grave it is, and a function that finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.language.errors import Severity
from jianban.workflows.language.terms import NOWHERE, Position
from jianban.workflows.texts import Text


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a rule is broken."""

    message: Text
    remedy: Text
    position: Position = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    code: str
    """The name of its page in `docs/findings/`."""
    title: Text
    severity: Severity
    find: Callable[[Facts], Iterator[Finding]]


def listed(titles: Iterable[Text]) -> Text:
    """Titles in quotation marks, in a row."""
    known = list(titles)
    return Text("、".join(f"“{t.zh}”" for t in known), ", ".join(f"“{t.en}”" for t in known))

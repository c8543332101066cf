"""What a lint of reform is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.flow import Node
from jianban.workflows.language.errors import Severity
from jianban.workflows.language.terms import Material
from jianban.workflows.texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Relief:
    """What would be asked of the applicant no more: a material at a step."""

    node: str
    material: str
    shared: bool
    """True when the authority obtains it itself instead; False when nobody needs it there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One thing that a process could do without, and why."""

    message: Text
    remedy: Text
    node: Node
    material: Material | None = None
    path: tuple[Text, ...] = ()
    """For a disguised approval that can refuse: what happens one after the other, up to the refusal."""
    shared: bool = False
    """As in `Relief`."""

    @property
    def relief(self) -> Relief | None:
        if self.material is None:
            return None
        return Relief(node=self.node.id, material=self.material.id, shared=self.shared)


def within_one_call(facts: Facts, *nodes: Node) -> bool:
    """True when all of them lie in one called process, whose own advice they are."""
    calls = {_outermost_call(facts, node) for node in nodes}
    return len(calls) == 1 and None not in calls


def _outermost_call(facts: Facts, node: Node) -> str | None:
    inside = [region for region in facts.flow.ancestors(node.region) if region in facts.called]
    return inside[-1] if inside else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lint:
    code: str
    """The name of its page in `docs/findings/`."""
    title: Text
    severity: Severity
    find: Callable[[Facts], Iterator[Advice]]

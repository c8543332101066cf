"""The names that definitions know, to tell a misspelt one from one that nothing has at the moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from jianban.engine.plan import Plan
from jianban.engine.planning import plan_of
from jianban.workflows.flow import Flow
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.spelling import nearest
from jianban.workflows.language.validation import suggestion
from jianban.workflows.texts import Text


class Named(StrEnum):
    ROLE = "role"
    AGENCY = "agency"
    PROCESS = "process"
    STEP = "step"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    names: Mapping[Named, frozenset[str]]

    def complaint(self, of: Named, name: str) -> Text | None:
        """That nothing of this name is known, and what is meant perhaps; None when it is known."""
        known = self.names[of]
        if name in known:
            return None
        return UNKNOWN.format(kind=KINDS[of], name=name, remedy=suggestion(nearest(name, known), known))


def vocabulary(catalogue: Catalogue, plans: Iterable[Plan], flow: Flow | None = None) -> Vocabulary:
    """What a catalogue and these plans know.

    Args:
        flow: one more, from elsewhere.
    """
    found = {
        Named.ROLE: set(catalogue.shared.roles),
        Named.AGENCY: set(catalogue.shared.agencies),
        Named.PROCESS: set(catalogue.references()),
        Named.STEP: set[str](),
    }
    for plan in (*plans, *((plan_of(flow),) if flow is not None else ())):
        process = plan.flow.process
        found[Named.ROLE] |= plan.roles.keys()
        found[Named.AGENCY] |= {role.agency.id for role in plan.roles.values()}
        found[Named.PROCESS] |= {process.id, process.key}
        found[Named.STEP] |= {node.id for node in plan.flow.steps}
    return Vocabulary({of: frozenset(names) for of, names in found.items()})


KINDS = {
    Named.ROLE: Text("角色", "role"),
    Named.AGENCY: Text("部门", "agency"),
    Named.PROCESS: Text("流程", "process"),
    Named.STEP: Text("步骤", "step"),
}
UNKNOWN = Text("没有{kind}“{name}”。{remedy}", "there is no {kind} “{name}”. {remedy}")

"""What a process could do without: advice with codes J5xx, one lint per module, one page per lint in
`docs/findings/`.

`advise` applies all lints and tells what dropping each thing would save, and dropping all of them. The rules
(`analysis.rules`) say what is wrong with a definition; these, what is wrong with the procedure that it truly
describes. To add one, write its module, name it here, and write its page with an example that breaks it and
one that keeps it: the tests run both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jianban.workflows.analysis.reform import (
    disguised_approval,
    material_produced,
    material_repeated,
    material_shared,
    material_without_basis,
)
from jianban.workflows.analysis.reform.advice import Advice, Lint, Relief
from jianban.workflows.analysis.reform.savings import NO_BURDEN, Burden, burden, relieved
from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.flow import Flow

__all__ = ["LINTS", "NO_BURDEN", "Advice", "Burden", "Item", "Lint", "Reform", "Relief", "advise"]

LINTS: Mapping[str, Lint] = {
    module.LINT.code: module.LINT
    for module in (
        disguised_approval,
        material_without_basis,
        material_shared,
        material_repeated,
        material_produced,
    )
}
"""Code → lint."""


@dataclass(frozen=True, kw_only=True)
class Item:
    lint: Lint
    advice: Advice
    saving: Burden
    """What the applicant is spared when this alone is followed; nothing where only a refusal is dropped."""


@dataclass(frozen=True, kw_only=True)
class Reform:
    """The advice on one process."""

    flow: Flow
    items: tuple[Item, ...]
    """By code, then in the order of the flow."""
    before: Burden
    after: Burden
    """With all of it followed; a material that several lints name is dropped once."""


def advise(flow: Flow) -> Reform:
    facts = Facts(flow)
    before = burden(flow)
    items: list[Item] = []
    reliefs: list[Relief] = []
    for lint in LINTS.values():
        for advice in lint.find(facts):
            own = [advice.relief] if advice.relief else []
            items.append(Item(lint=lint, advice=advice, saving=before - burden(relieved(facts, own))))
            reliefs += own
    return Reform(flow=flow, items=tuple(items), before=before, after=burden(relieved(facts, reliefs)))

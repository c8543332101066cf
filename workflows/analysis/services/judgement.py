"""Which thresholds of a policy are broken, and by what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jianban.workflows.analysis.measures.reading import Part
from jianban.workflows.analysis.services.policy import Policy, Threshold
from jianban.workflows.analysis.services.quantities import INDICATORS, Indicator
from jianban.workflows.analysis.services.survey import Item, Survey


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A threshold that is not met."""

    indicator: Indicator
    threshold: Threshold
    value: float
    """In the unit of the indicator."""
    item: Item | None = None
    """None for an average or a rate of all items."""
    causes: tuple[Part, ...] = ()
    """Of an item: the steps or materials that its value comes from. Of all items: those that stand beyond the
    threshold, the furthest first, by the id of their process."""


def breaches(survey: Survey, policy: Policy) -> tuple[Breach, ...]:
    """All of them: of averages and rates first, then item by item. What has no figure breaks nothing."""
    return (*_overall(survey, policy), *_each(survey, policy))


def _overall(survey: Survey, policy: Policy) -> Iterator[Breach]:
    for name, threshold in policy.overall.items():
        value = survey.total.overall[name].value
        if value is None or threshold.met(value):
            continue
        indicator = INDICATORS[name]
        yield Breach(
            indicator=indicator,
            threshold=threshold,
            value=value,
            causes=tuple(
                Part(id=item.process.id, title=item.process.title, value=None if indicator.rate else v)
                for item, v in _beyond(survey, indicator, threshold)
            ),
        )


def _beyond(survey: Survey, indicator: Indicator, threshold: Threshold) -> list[tuple[Item, float]]:
    found: list[tuple[Item, float]] = []
    for item in survey.total.items:
        value = item.value(indicator.id)
        if value is not None and (not value if indicator.rate else not threshold.met(value)):
            found.append((item, value))
    return sorted(found, key=lambda pair: -pair[1] if threshold.less else pair[1])


def _each(survey: Survey, policy: Policy) -> Iterator[Breach]:
    for item in survey.total.items:
        for name, threshold in policy.of(item.process.id).items():
            quantity = item.quantities[name]
            if quantity.value is not None and not threshold.met(quantity.value):
                yield Breach(
                    indicator=INDICATORS[name],
                    threshold=threshold,
                    value=quantity.value,
                    item=item,
                    causes=quantity.parts,
                )

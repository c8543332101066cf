"""The limits of steps, stages and processes, and the timers of steps, resolved once for each flow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from jianban.engine.state import Mark, RecordKind
from jianban.workflows.flow import ROOT, Flow, Node
from jianban.workflows.language.model import Call, Choice, Each, Item, Parallel, Process, Stage
from jianban.workflows.language.terms import Agency, Basis, Duration, ExpiryKind, Limit, Origin, Role
from jianban.workflows.texts import Text


class TimerKind(StrEnum):
    WAIT = "wait"
    EXPIRY = "expiry"
    AFTER = "after"
    WARN = "warn"
    """Some days before the end of a limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WholePlan:
    """A stage or process that has a limit."""

    key: str
    """`@` for the process, `@stage` for its stage; `@call.` and `@call.stage` where it is called."""
    title: Text
    limit: Limit
    of_process: bool
    lead: Agency | None
    counted_from: str | None
    """The node of the step that starts the clock."""
    depth: int
    """How many list blocks are around it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodPlan:
    """A period that runs at a step."""

    duration: Duration
    step: str | None
    """The node of the step whose completion it runs from."""
    day: int | None
    """The place in the data of the date it runs from."""
    exact: bool
    """True when it ends with that very day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerPlan:
    """Something that happens at a step by itself."""

    kind: TimerKind
    event: str | None
    """The exit that fires; None when somebody is only told."""
    duration: Duration
    """Of the wait or limit."""
    period: PeriodPlan | None = None
    """For WAIT and AFTER."""
    told: Role | None = None
    warn: Duration | None = None
    """For WARN: how long before; None: as the calendar says."""
    whole: WholePlan | None = None
    """Whose limit it is; None for the step's own."""
    basis: Basis

    @property
    def mark(self) -> Mark | None:
        """What remembers that it was told; None when an exit fires."""
        if self.event is not None:
            return None
        return Mark.WARNED if self.kind is TimerKind.WARN else Mark.TOLD

    @property
    def record(self) -> RecordKind:
        """How it is told."""
        if self.kind is TimerKind.WARN:
            return RecordKind.WARNED
        return RecordKind.OVERDUE if self.told is None else RecordKind.ESCALATED


class Wholes:
    """The stages and processes of a flow that have a limit, those of the processes it calls too."""

    def __init__(self, flow: Flow, depths: Mapping[str, int]) -> None:
        """Find them. `depths`: for each region, how many list blocks are around it."""
        self._flow = flow
        self._depths = depths
        self.found: dict[str, WholePlan] = {}
        """By key."""
        self.around: dict[str, tuple[str, ...]] = {}
        """For each node, the keys of those around it, innermost first."""
        self._add(flow.process, "", ROOT, ())

    def _add(self, process: Process, prefix: str, region: str, outer: tuple[str, ...]) -> None:
        """Find the limits of a process and its stages, and of the processes it calls."""
        around = (*self._whole(process, prefix, region), *outer)
        for stage in process.stages:
            # the limit of a process is kept once it has decided
            keys = (*self._whole(stage, prefix, region), *(outer if stage.after_decision else around))
            for item in _inside(stage.items):
                id_ = prefix + item.id
                self.around[id_] = keys
                if isinstance(item, Call):
                    (inner,) = self._flow.nodes[id_].children
                    self._add(item.process, f"{id_}.", inner, keys)

    def _whole(self, whole: Stage | Process, prefix: str, region: str) -> tuple[str, ...]:
        limit = whole.limit
        if limit is None or (limit.legal or limit.promised) is None:
            return ()
        stage = whole if isinstance(whole, Stage) else None
        key = f"@{prefix}{stage.id if stage is not None else ''}"
        self.found[key] = WholePlan(
            key=key,
            title=whole.title,
            limit=limit,
            of_process=stage is None,
            lead=stage.lead if stage is not None else None,
            counted_from=prefix + limit.counted_from if limit.counted_from is not None else None,
            depth=self._depths[region],
        )
        return (key,)


def period_plan(
    node: Node, duration: Duration, origin: Origin | None, places: Mapping[str, int]
) -> PeriodPlan:
    """A period at a step. `places`: of the fields in the data."""
    if origin is None:
        return PeriodPlan(duration=duration, step=None, day=None, exact=False)
    assert node.step is not None, "only steps have periods"
    step = node.id.removesuffix(node.step.id) + origin.step if origin.step is not None else None
    day = places[origin.day] if origin.day is not None else None
    return PeriodPlan(duration=duration, step=step, day=day, exact=origin.exact)


def timer_plans(
    node: Node, timed: Mapping[str, Any], wholes: Iterable[WholePlan], places: Mapping[str, int]
) -> Iterator[TimerPlan]:
    """What happens by itself at a step: its waits, what it ends with, and the ends of the limits around it.

    Args:
        timed: its arcs that time fires, by event.
        wholes: the stages and processes around it whose limits bind it.
        places: of the fields in the data.
    """
    step = node.step
    assert step is not None
    expiry = step.limit.expiry if step.limit else None
    expired = (step.limit.legal or step.limit.promised) if step.limit else None
    for event, arcs in timed.items():
        after = arcs[0].arc.after
        if expiry is not None and expiry.event == event:
            continue
        if after is not None:
            period = period_plan(node, after, arcs[0].arc.origin, places)
            yield TimerPlan(
                kind=TimerKind.AFTER, event=event, duration=after, period=period, basis=arcs[0].arc.basis
            )
        elif step.wait is not None:
            period = period_plan(node, step.wait.effective, step.wait.origin, places)
            yield TimerPlan(
                kind=TimerKind.WAIT,
                event=event,
                duration=period.duration,
                period=period,
                basis=step.wait.basis,
            )
        elif expired is not None and step.limit is not None:
            yield TimerPlan(kind=TimerKind.EXPIRY, event=event, duration=expired, basis=step.limit.basis)
    if step.limit is not None:
        yield from _told(step.limit, None)
    for whole in wholes:
        yield from _told(whole.limit, whole)


def _told(limit: Limit, whole: WholePlan | None) -> Iterator[TimerPlan]:
    """What the end of a limit does, and the warning before it."""
    length = limit.legal or limit.promised
    if length is None:
        return
    expiry = limit.expiry
    fires = expiry is not None and expiry.kind in (ExpiryKind.DEEM, ExpiryKind.END)
    yield TimerPlan(
        kind=TimerKind.WARN, event=None, duration=length, warn=limit.warn, whole=whole, basis=limit.basis
    )
    yield TimerPlan(
        kind=TimerKind.EXPIRY,
        event=expiry.event if expiry is not None and fires else None,
        duration=length,
        told=expiry.role if expiry is not None else None,
        whole=whole,
        basis=expiry.basis if expiry is not None else limit.basis,
    )


def _inside(items: Iterable[Item]) -> Iterator[Item]:
    """The items and those inside them; a call's process is not entered."""
    for item in items:
        yield item
        if isinstance(item, Choice | Parallel):
            for branch in item.branches:
                yield from _inside(branch.items)
        elif isinstance(item, Each):
            yield from _inside(item.items)

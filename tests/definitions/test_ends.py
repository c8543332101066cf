"""Every end of every definition is reached by running a case on the engine, along a path found here."""

import heapq
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from itertools import islice, product
from typing import Any, NamedTuple

import pytest

from jianban.engine.case import Actor, CaseState, Decision, Fire, Open, Tick, decide
from jianban.engine.plan import plan_of
from jianban.engine.timers import timers_of
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.flow import Flow, NodeKind, compile_process
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.model import Cause, DataField, DataKind, Guard

CALENDAR = WorkCalendar.china()
CATALOGUE = Catalogue.default()
ENDS = [(key, end.id) for key in CATALOGUE.index for end in CATALOGUE.process(key).ends]
STATES = 5_000
"""More than any end needs."""
TRIES = 64
"""Combinations of data tried for one event."""


def values(field: DataField) -> list[Any]:
    """A few values that conditions tell apart."""
    match field.kind:
        case DataKind.BOOL:
            return [True, False]
        case DataKind.ENUM:
            return [id_ for id_, _title in field.options]
        case DataKind.LIST:
            return [[], *([id_] for id_, _title in field.options)]
        case DataKind.INT | DataKind.MONEY | DataKind.NUMBER:
            return [1, 0, 2]
        case DataKind.DATE:
            return ["2024-03-01"]
        case DataKind.TEXT:
            return ["x"]


def choices(flow: Flow, names: Iterable[str]) -> Iterator[dict[str, Any]]:
    fields = plan_of(flow).fields
    chosen = [n for n in dict.fromkeys(names) if n in fields]
    for combination in islice(product(*(values(fields[n]) for n in chosen)), TRIES):
        yield dict(zip(chosen, combination, strict=True))


def distances(flow: Flow, end: str) -> dict[str, int]:
    """From each node to the end, in moves, as if no token had to wait for another."""
    before: dict[str, list[str]] = {n: [] for n in flow.nodes}
    for arc in flow.arcs:
        before[arc.target].append(arc.source)
    for node in flow.nodes.values():
        for child in node.children:
            before[flow.regions[child].initial].append(node.id)
        owner = flow.regions[node.region].owner
        if node.kind is NodeKind.DONE and owner is not None:
            for arc in flow.outgoing[owner]:
                if flow.nodes[owner].kind is not NodeKind.CALL or arc.event == node.id.rpartition(".")[2]:
                    before[arc.target].append(node.id)
    found = {end: 0}
    for anywhere in flow.anywhere:
        if anywhere.to == end:
            found |= {n.id: 1 for n in flow.steps}
    wave = deque(found)
    while wave:
        node_id = wave.popleft()
        for earlier in before[node_id]:
            if earlier not in found:
                found[earlier] = found[node_id] + 1
                wave.append(earlier)
    return found


class Move(NamedTuple):
    state: CaseState
    now: datetime


def moves(flow: Flow, state: CaseState, now: datetime) -> Iterator[Move]:
    """What people may do now, with any data, and what time does next."""
    plan = plan_of(flow)
    everyone = {r.id for a in plan.arcs.values() for r in a.arc.by} | {
        r.id for a in flow.anywhere for r in a.by
    }
    for token in state.tokens:
        node = plan.nodes[token.node]
        # a different person at each step, so that duties that must be separate are
        person = Actor(token.place, everyone)
        for event, arcs in node.exits.items():
            after = [a for arc in arcs for a in flow.outgoing[arc.arc.target] if a.cause is Cause.AUTO]
            own = [n for a in arcs for n in guarded(a.arc.guard)] + [name for name, _at in node.collects]
            for ahead in choices(flow, [n for a in after for n in guarded(a.guard)]):
                for data in choices(flow, [n for n in own if n not in ahead]):
                    fire = Fire(event=event, actor=person, now=now, data=data | ahead, at=token.place)
                    done = decide(flow, state, fire, CALENDAR)
                    if isinstance(done, Decision):
                        yield Move(done.state, now)
                        break
    for anywhere in flow.anywhere:
        for data in choices(flow, guarded(anywhere.guard) if anywhere.to is not None else []):
            fire = Fire(event=anywhere.event, actor=Actor("anyone", everyone), now=now, data=data, reason="x")
            done = decide(flow, state, fire, CALENDAR)
            if isinstance(done, Decision):
                yield Move(done.state, now)
                break
    due = [d for t in state.tokens for d, _timer in timers_of(plan, CALENDAR, t, state.memory)]
    if due:
        later = max(now, min(due)) + timedelta(hours=9)
        done = decide(flow, state, Tick(now=later), CALENDAR)
        if isinstance(done, Decision) and done.records:
            yield Move(done.state, later)


def guarded(guard: Guard | None) -> tuple[str, ...]:
    return guard.names if guard is not None else ()


def opened(flow: Flow, now: datetime) -> Iterator[CaseState]:
    """Open cases: with the data that is necessary, and then with one fact at a time different."""
    process = flow.process
    missing = tuple(f.id for f in process.data if f.default is None)
    varied = tuple(n for g in process.eligible for n in g.names)
    for extra in (missing, *((*missing, n) for n in dict.fromkeys(varied) if n not in missing)):
        for data in choices(flow, extra):
            case = decide(flow, None, Open(actor=Actor("a"), now=now, data=data), CALENDAR)
            if isinstance(case, Decision):
                yield case.state


@pytest.mark.parametrize(("key", "end"), ENDS)
def test_the_end_is_reached(key: str, end: str) -> None:
    flow = compile_process(CATALOGUE.process(key))
    assert flow.process.in_force_from is not None
    now = datetime.combine(flow.process.in_force_from + timedelta(days=7), time(9))
    far = distances(flow, end)

    def rank(state: CaseState) -> int:
        return sum(far.get(t.node, len(flow.nodes)) for t in state.tokens)

    queue: list[tuple[int, int, CaseState, datetime]] = []
    seen: set[tuple[object, ...]] = set()
    for state in islice(opened(flow, now), TRIES):
        heapq.heappush(queue, (rank(state), len(queue), state, now))
    assert queue, "no case can be opened"
    made = len(queue)
    while queue and made < STATES:
        _rank, _order, state, at = heapq.heappop(queue)
        if state.tokens[0].node == end:
            return
        for move in moves(flow, state, at):
            mark = (frozenset(t.place for t in move.state.tokens), move.state.data, move.state.memory.counts)
            if mark not in seen:
                seen.add(mark)
                made += 1
                heapq.heappush(queue, (rank(move.state), made, move.state, move.now))
    pytest.fail(f"{end} was not reached in {made} states")

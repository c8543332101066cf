"""Whatever is asked of an engine, in whatever order: it does what cases in memory do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.engine import URL

from jianban.engine.case import Case, OfferKind
from jianban.engine.engine import Answer, Engine, Event, KeyReused, Refusal, Refused
from jianban.engine.fitting import Fit
from jianban.engine.messages import Message
from jianban.engine.planning import plan_of
from jianban.engine.shell import Done
from jianban.engine.state import RecordKind
from jianban.engine.store.store import Work
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.flow import Flow
from tests.effort import examples
from tests.engine.proofs.databases import databases
from tests.engine.proofs.inputs import (
    ALONE,
    APPLYING,
    FACTS,
    FLOWS,
    HOLIDAYS,
    LEAPS,
    MESSAGES,
    MONDAY,
    SKEW,
    STEPS,
    WRONG,
    Crash,
    Known,
    renewed,
)
from tests.engine.proofs.whole import whole
from tests.engine.test_properties import PEOPLE, VALUES


class EngineModel(RuleBasedStateMachine):
    """Two engines on one database, and beside them a case in memory for each of theirs."""

    database: Callable[[], URL]
    calendars: Sequence[WorkCalendar]

    def __init__(self) -> None:
        super().__init__()
        self.calendar = self.calendars[0]
        self.url = self.database()
        self.now = MONDAY
        self.ids = count(1)
        self.keys = count(1)
        self.flows: list[Flow] = []
        self.known: dict[str, Known] = {}
        self.started: dict[str, tuple[str, Flow, Mapping[str, Any]]] = {}
        self.left: list[Engine] = []
        self.engines = [self.opened(), self.opened()]

    def opened(self) -> Engine:
        return Engine.open(
            self.url,
            clock=lambda: self.now,
            ids=lambda now: f"case-{next(self.ids):03}",
            calendar=self.calendar,
            durability="normal",
        )

    @initialize(flow=FLOWS)
    def define(self, flow: Flow) -> None:
        self.flows.append(flow)
        self.started_with(flow, APPLYING, "start-0", 0)

    @precondition(lambda self: len(self.flows) < 3)
    @rule(flow=FLOWS)
    def define_another(self, flow: Flow) -> None:
        self.flows.append(flow)

    @precondition(lambda self: sum(k.case.end is None for k in self.known.values()) < 3)
    @rule(data=st.data(), at=st.integers(0, 1))
    def start(self, data: st.DataObject, at: int) -> None:
        flow = data.draw(st.sampled_from(self.flows), "flow")
        facts = data.draw(WRONG if self.seldom(data) else FACTS, "data")
        keyed = data.draw(st.booleans(), "keyed")
        self.started_with(flow, APPLYING | facts, f"start-{next(self.keys)}" if keyed else None, at)

    @precondition(lambda self: self.started)
    @rule(data=st.data(), at=st.integers(0, 1))
    def start_again(self, data: st.DataObject, at: int) -> None:
        key = data.draw(st.sampled_from(sorted(self.started)), "key")
        id, flow, facts = self.started[key]
        assert self.engines[at].start(flow, actor=PEOPLE[0], data=facts, key=key).id == id
        with pytest.raises(KeyReused):
            self.engines[at].start(flow, actor=PEOPLE[1], data=facts, key=key)

    @precondition(lambda self: self.known)
    @rule(data=st.data(), at=st.integers(0, 1))
    def fire(self, data: st.DataObject, at: int) -> None:
        event, expected = self.drawn(data, self.known)
        self.answered(event, expected, self.asked(at, event))
        self.same(event.case)

    @precondition(lambda self: self.known)
    @rule(data=st.data(), at=st.integers(0, 1))
    def do_what_is_possible(self, data: st.DataObject, at: int) -> None:
        """So that cases get on."""
        id = self.one(data, self.known)
        case = self.known[id].case
        possible = case.offers(now=self.moment(case), actor=PEOPLE[1])
        offers = [o for o in possible if o.refusal is None and o.kind is not OfferKind.HANDOVER]
        if not offers:
            return
        offer = data.draw(st.sampled_from(offers), "offer")
        brought = {n: VALUES[n][0] for n in offer.collects}
        event, expected = self.thought(
            Event(id, offer.event, PEOPLE[1], brought, offer.place, "r"), offer.event
        )
        self.answered(event, expected, self.asked(at, event))
        self.same(id)

    @precondition(lambda self: any(k.case.next_due for k in self.known.values()))
    @rule(data=st.data(), later=st.sampled_from(STEPS))
    def pass_time_until_something_is_due(self, data: st.DataObject, later: timedelta) -> None:
        due = sorted({k.case.next_due for k in self.known.values() if k.case.next_due is not None})
        self.now = max(self.now, data.draw(st.sampled_from(due), "due") + later)

    @precondition(lambda self: self.known)
    @rule(data=st.data(), at=st.integers(0, 1))
    def fire_many(self, data: st.DataObject, at: int) -> None:
        """Each on what those before it did."""
        events: list[Event] = []
        expected: list[Case | Refusal] = []
        trial = {id: copy(known) for id, known in self.known.items()}
        for _ in range(3):
            event, outcome = self.drawn(data, trial)
            if isinstance(outcome, Case):
                trial[event.case].case = outcome
            events.append(event)
            expected.append(outcome)
        answers = self.engines[at].fire_many(events)
        for event, outcome, answer in zip(events, expected, answers, strict=True):
            self.answered(event, outcome, answer)
        for event in events:
            self.same(event.case)

    @precondition(lambda self: any(k.answers for k in self.known.values()))
    @rule(data=st.data(), at=st.integers(0, 1))
    def fire_again(self, data: st.DataObject, at: int) -> None:
        id = data.draw(st.sampled_from(sorted(i for i, k in self.known.items() if k.answers)), "case")
        key = data.draw(st.sampled_from(sorted(self.known[id].answers)), "key")
        event, answer = self.known[id].answers[key]
        assert self.asked(at, event) == answer._replace(repeated=True)
        other = event._replace(reason=event.reason + "!")
        with pytest.raises(KeyReused):
            self.asked(at, other)
        self.same(id)

    @rule(step=st.sampled_from(STEPS + LEAPS))
    def pass_time(self, step: timedelta) -> None:
        self.now = max(MONDAY, self.now + step)

    @precondition(lambda self: self.known)
    @rule(data=st.data(), message=MESSAGES, at=st.integers(0, 1))
    def deliver(self, data: st.DataObject, message: Message, at: int) -> None:
        id = self.one(data, self.known)
        waits = self.known[id].case.waits()
        if waits and not self.seldom(data):
            message = message._replace(name=data.draw(st.sampled_from(waits), "wait").message)
        after, now = self.before(self.known[id].case)
        answer = after.deliver(message, now=now)
        event = Event(id, message.name, PEOPLE[0])
        expected = answer if isinstance(answer, Refusal) else after
        self.answered(event, expected, self.engines[at].deliver(id, message))
        self.same(id)

    @precondition(lambda self: self.known)
    @rule(data=st.data(), at=st.integers(0, 1))
    def hand_over(self, data: st.DataObject, at: int) -> None:
        received = {id: k for id, k in self.known.items() if k.case.responsible is not None}
        id = self.one(data, received or self.known)
        to, actor = (data.draw(st.one_of(st.sampled_from(PEOPLE), ALONE), who) for who in ("to", "by"))
        after, now = self.before(self.known[id].case)
        answer = after.hand_over(to, actor=actor, now=now, reason="r")
        expected = answer if isinstance(answer, Refusal) else after
        found = self.engines[at].hand_over(id, to=to, actor=actor, reason="r")
        self.answered(Event(id, "", actor), expected, found)
        self.same(id)

    @precondition(lambda self: self.known)
    @rule(data=st.data(), at=st.integers(0, 1), undone=st.booleans())
    def migrate(self, data: st.DataObject, at: int, undone: bool) -> None:
        """What became of the case is believed here; what happens to it afterwards is not."""
        id, engine = self.one(data, self.known), self.engines[at]
        known = self.known[id]
        to = data.draw(st.sampled_from([renewed(known.case.flow), *self.flows]), "to")
        (preview,) = engine.preview([id], to=to)
        (migrated,) = engine.migrate([id], to=to, actor=PEOPLE[1], reason="r")
        if self.moment(known.case) >= known.case.state.at:  # a preview minds no clock that is behind
            assert isinstance(migrated.answer, Answer) is (preview.fit is Fit.MAPS)
        if isinstance(migrated.answer, Answer):
            before, _now = self.before(known.case)
            self.believe(id, engine, before)
            assert self.known[id].case.flow.hash == to.hash
            if undone:
                self.undo(id, engine, before)
        self.same(id)

    def undo(self, id: str, engine: Engine, former: Case) -> None:
        """The way back leads to where the case was, unless time alone leads on from where it is now."""
        moved = self.known[id].case
        ticked, _now = self.before(moved)
        (back,) = engine.undo_migration([id], actor=PEOPLE[1], reason="r")
        if ticked.history == moved.history:
            assert isinstance(back.answer, Answer)
        if isinstance(back.answer, Answer):
            self.believe(id, engine, ticked)
            state = self.known[id].case.state
            assert ticked.history != moved.history or state == former.state._replace(at=state.at)

    def believe(self, id: str, engine: Engine, before: Case) -> None:
        """Take a case as it is; what happened before stays what it was."""
        found, known = engine.case(id), self.known[id]
        assert found.history[: len(before.history)] == before.history
        ticked = len(before.history) > len(known.case.history)
        assert found.seq == known.seq + 1 + ticked
        known.case = Case(plan_of(found.flow), self.calendar, found.state, found.history)
        known.seq = found.seq

    @rule(data=st.data())
    def announce_holidays(self, data: st.DataObject) -> None:
        """Every machine gets the new calendar; one counts all cases anew."""
        self.calendar = data.draw(st.sampled_from(self.calendars), "calendar")
        found = [engine.recalendar(self.calendar) for engine in self.engines]
        failed = {id for id, _why in found[0].failed}
        open = {id: k for id, k in self.known.items() if k.case.end is None}
        assert failed == {id for id, k in open.items() if self.moment(k.case) < k.case.state.at}
        counted = 0
        for id, known in open.items():
            if id in failed:
                continue
            after, _now = self.before(known.case)
            new = after.history[len(known.case.history) :]
            counted += sum(r.kind is RecordKind.RECALENDARED for r in new)
            known.case = after
            known.seq += bool(new)
            self.same(id)
        assert found[0].cases == counted
        assert found[1].cases == 0

    @precondition(lambda self: self.known)
    @rule(at=st.integers(0, 1), limit=st.integers(1, 3))
    def wake(self, at: int, limit: int) -> None:
        """After it, nothing is left that time alone would do."""
        answers = self.engines[at].wake(limit)
        rounds = 0
        while answers:
            for answer in answers:
                if isinstance(answer, Answer):
                    self.woken(answer)
                else:
                    assert isinstance(answer, Refusal)
                    assert answer.code.value == "time"
            assert len(answers) <= limit
            rounds += 1
            assert rounds <= len(self.known)
            answers = self.engines[at].wake(limit)
        for id, known in self.known.items():
            if self.moment(known.case) < known.case.state.at:
                continue
            case = copy(known.case)
            case.tick(self.moment(case))
            assert case.history == known.case.history, f"{id} was not woken"
            self.same(id)

    @rule(at=st.integers(0, 1))
    def crash(self, at: int) -> None:
        """An engine is never closed; another is opened on what it has left."""
        self.left.append(self.engines[at])
        self.engines[at] = self.opened()

    @precondition(lambda self: self.known)
    @rule(data=st.data(), at=st.integers(0, 1))
    def crash_within(self, data: st.DataObject, at: int) -> None:
        """What breaks off before the commit has not happened."""
        event, expected = self.drawn(data, self.known)

        def break_off(work: Work, done: Sequence[Done]) -> NoReturn:
            raise Crash

        followers = self.engines[at].shell.followers
        followers.append(break_off)
        if isinstance(expected, Refusal):
            assert self.asked(at, event) == expected
        else:
            with pytest.raises(Crash):
                self.asked(at, event)
        followers.remove(break_off)
        self.same(event.case)

    def teardown(self) -> None:
        try:
            assert whole(self.engines[0]) == []
            for id, known in self.known.items():
                assert self.engines[1].case(id).history == known.case.history
                assert [e.seq for e in self.engines[0].entries(id)] == list(range(1, known.seq + 1))
        finally:
            for engine in (*self.engines, *self.left):
                engine.close()

    def started_with(self, flow: Flow, facts: Mapping[str, Any], key: str | None, at: int) -> None:
        engine, actor = self.engines[at], PEOPLE[0]
        case: Case | None = None
        refusal: Refusal | None = None
        try:
            case = Case.open(flow, facts, actor=actor, now=self.now, calendar=self.calendar)
        except Refused as refused:
            refusal = refused.refusal
        if case is None:
            with pytest.raises(Refused) as error:
                engine.start(flow, actor=actor, data=facts, key=key)
            assert error.value.refusal == refusal
            return
        id = engine.start(flow, actor=actor, data=facts, key=key).id
        self.known[id] = Known(case)
        if key is not None:
            self.started[key] = id, flow, facts
        self.same(id)

    def drawn(self, data: st.DataObject, known: Mapping[str, Known]) -> tuple[Event, Case | Refusal]:
        """A random event, and what it leads to."""
        draw = data.draw
        id = self.one(data, known)
        case = known[id].case
        offers = case.offers(now=self.moment(case))
        place = None
        if offers and draw(st.integers(0, 4), "as offered"):
            offer = draw(st.sampled_from(offers), "offer")
            event, place = offer.event, draw(st.sampled_from([None, offer.place]), "place")
            must = {n: VALUES[n][0] for n in offer.collects}
        else:
            names = {a.event for a in case.flow.arcs} | {a.event for a in case.flow.anywhere}
            event, must = draw(st.sampled_from(sorted({*names, "extend", "resume", "none"})), "event"), {}
        written, at = event, place
        if place is not None and draw(st.booleans(), "dotted"):
            written, at = f"{place}.{event}", None
        asked = Event(
            id,
            written,
            draw(ALONE if self.seldom(data) else st.sampled_from(PEOPLE), "actor"),
            must | draw(WRONG if self.seldom(data) else FACTS, "data"),
            at,
            draw(st.sampled_from(["r", ""]), "reason"),
            f"key-{next(self.keys)}" if draw(st.booleans(), "keyed") else None,
        )
        return self.thought(asked, event, place, known)

    def thought(
        self, asked: Event, event: str, at: str | None = None, known: Mapping[str, Known] | None = None
    ) -> tuple[Event, Case | Refusal]:
        """What an event leads to: the case after it, or what refuses it."""
        after, now = self.before((known or self.known)[asked.case].case)
        answer = after.fire(
            event, actor=asked.actor, now=now, data=asked.data, at=at or asked.at, reason=asked.reason
        )
        return asked, answer if isinstance(answer, Refusal) else after

    def one(self, data: st.DataObject, known: Mapping[str, Known]) -> str:
        """A case, seldom one that has ended."""
        running = [id for id, k in known.items() if k.case.end is None]
        among = list(known) if not running or self.seldom(data) else running
        return data.draw(st.sampled_from(among), "case")

    @staticmethod
    def seldom(data: st.DataObject) -> bool:
        return data.draw(st.integers(0, 7), "seldom") == 7

    def before(self, case: Case) -> tuple[Case, datetime]:
        """A case as it is when something is about to happen, and when that is."""
        after, now = copy(case), self.moment(case)
        if case.end is None and case.state.memory.calendar != self.calendar.revision:
            after.recalendar(self.calendar, now=now)
        after.tick(now)
        return after, now

    def moment(self, case: Case) -> datetime:
        """When it happens, as far as the case is concerned."""
        return case.state.at if self.now < case.state.at <= self.now + SKEW else self.now

    def asked(self, at: int, event: Event) -> Answer | Refusal:
        return self.engines[at].fire(
            event.case,
            event.event,
            actor=event.actor,
            data=event.data,
            at=event.at,
            reason=event.reason,
            key=event.key,
        )

    def answered(self, event: Event, expected: Case | Refusal, answer: object) -> None:
        if isinstance(expected, Refusal):
            assert answer == expected
            return
        known = self.known[event.case]
        assert isinstance(answer, Answer), answer
        assert answer.records == expected.history[len(known.case.history) :]
        known.case = expected
        known.seq += 1
        assert (answer.case, answer.seq, answer.repeated) == (event.case, known.seq, False)
        if event.key is not None:
            known.answers[event.key] = event, answer

    def woken(self, answer: Answer) -> None:
        known = self.known[answer.case]
        before = len(known.case.history)
        known.case, _now = self.before(known.case)
        assert answer.records == known.case.history[before:]
        known.seq += bool(answer.records)
        assert answer.seq == known.seq

    def same(self, id: str) -> None:
        case, known = self.engines[0].case(id), self.known[id]
        assert case.state == known.case.state
        assert (case.seq, case.end, case.suspended) == (known.seq, known.case.end, known.case.suspended)
        if case.state.memory.calendar == self.calendar.revision:
            now = self.moment(known.case)
            assert case.offers(now=now) == known.case.offers(now=now)
        assert self.engines[1].case(id).state == known.case.state


@pytest.mark.slow
def test_an_engine_does_what_cases_in_memory_do(url: URL, tmp_path: Path) -> None:
    files = [tmp_path / f"{n}.yaml" for n in range(3)]
    for file, days in zip(files, HOLIDAYS, strict=True):
        file.write_text(days, "utf-8")

    class Model(EngineModel):
        database = staticmethod(databases(url))
        calendars = (
            WorkCalendar.china(),
            WorkCalendar.china(files[0]),
            WorkCalendar.china(files[1], offices={"permit_office": files[2]}),
        )

    run_state_machine_as_test(
        Model,
        settings=settings(
            examples(40 if url.get_backend_name() == "sqlite" else 8),
            stateful_step_count=40,
            suppress_health_check=[
                HealthCheck.too_slow,
                HealthCheck.data_too_large,
                HealthCheck.large_base_example,
                HealthCheck.filter_too_much,
            ],
        ),
    )

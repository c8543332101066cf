"""Effects are kept with their event, tried, retried and given up."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import Connection
from sqlalchemy.engine import URL

from jianban.engine.effects.outbox import LEASE, WAITING, UnknownEffect
from jianban.engine.effects.port import Call, Retries, TryLater, Undeliverable
from jianban.engine.effects.rows import EffectStatus, Outgoing
from jianban.engine.engine import Engine, Event
from jianban.engine.worker import DEAD
from jianban.workflows.language.errors import JianbanError
from tests.engine.effects.cases import FLOW, Clock, sending
from tests.engine.flows import agent, officer

SECOND = timedelta(seconds=1)


class Told:
    """A handler that remembers, and raises what it is told to."""

    def __init__(self, *raises: Exception) -> None:
        self.got: list[Outgoing] = []
        self.raises: list[Exception] = list(raises)

    def __call__(self, outgoing: Outgoing) -> None:
        self.got.append(outgoing)
        if self.raises:
            raise self.raises.pop(0)

    @property
    def keys(self) -> list[str]:
        return [outgoing.key for outgoing in self.got]


class HostQueue:
    def __init__(self, fails: bool = False) -> None:
        self.calls: list[Call] = []
        self.fails = fails

    def put(self, connection: Connection, calls: Sequence[Call]) -> None:
        self.calls += calls
        if self.fails:
            raise OSError("the queue is full")


def statuses(engine: Engine, kind: str | None = None) -> list[str]:
    return [o.status.value for o in engine.effects() if kind in (None, o.effect.kind)]


def test_an_event_writes_its_effects(engine: Engine, clock: Clock) -> None:
    case = sending(engine)
    notify, ask, webhook = engine.effects(case=case)
    assert [notify.key, ask.key, webhook.key] == [f"{case}:2:1", f"{case}:2:2", f"{case}:2:3"]
    assert (notify.effect.to, notify.effect.text.zh) == ("officer", "请审查甲的申请")
    assert (ask.effect.to, ask.effect.payload) == ("fire_office", {"data": {"company": "甲"}})
    assert (webhook.status, webhook.attempts, webhook.at) == (EffectStatus.PENDING, 0, clock.now)
    assert engine.effects(after=ask.key) == [webhook]
    assert engine.effects(case="case-9") == []


def test_what_is_rolled_back_or_refused_sends_nothing(engine: Engine) -> None:
    case = engine.start(FLOW, actor=agent).id
    with suppress(ZeroDivisionError), engine.store.transaction() as connection:
        assert engine.fire(case, "complete", actor=agent, data={"name": "甲"}, connection=connection)
        raise ZeroDivisionError
    assert not engine.fire(case, "complete", actor=officer, data={"name": "甲"})
    assert engine.effects() == []


def test_a_repeated_key_sends_once(engine: Engine) -> None:
    case = engine.start(FLOW, actor=agent).id
    for _ in range(2):
        engine.fire(case, "complete", actor=agent, data={"name": "甲"}, key="k")
    assert len(engine.effects()) == 3


def test_events_in_one_commit_send_each_its_own(engine: Engine) -> None:
    cases = [engine.start(FLOW, actor=agent).id for _ in range(3)]
    engine.fire_many(Event(case, "complete", agent, {"name": case}) for case in cases)
    assert [o.effect.text.zh for o in engine.effects() if o.effect.kind == "notify"] == [
        f"请审查{case}的申请" for case in cases
    ]


def test_handlers_go_by_kind_and_before_that_by_name(engine: Engine) -> None:
    case = sending(engine)
    notify, ask, planning = Told(), Told(), Told()
    worker = engine.worker({"notify": notify, "ask": ask, "ask:fire_office": planning})
    assert worker.once() == 2
    assert (notify.keys, ask.keys, planning.keys) == ([f"{case}:2:1"], [], [f"{case}:2:2"])
    assert [o.attempts for o in planning.got] == [1]
    assert statuses(engine) == ["done", "done", "pending"]  # what has no handler waits for one
    assert worker.once() == 0
    engine.worker({"webhook:other": notify}).once()
    assert statuses(engine, "webhook") == ["pending"]
    with pytest.raises(JianbanError, match="Did you mean “notify”"):
        engine.worker({"notfy": notify})


def test_what_fails_is_tried_again_and_waits_longer_each_time(engine: Engine, clock: Clock) -> None:
    case = sending(engine)
    notify = Told(ValueError("no"), ValueError("no"), ValueError("never"))
    worker = engine.worker({"notify": notify}, retries=Retries(attempts=3, first=10 * SECOND))
    worker.once()
    assert engine.outbox.effect(f"{case}:2:1").error == "ValueError: no"
    clock.forward(9 * SECOND)
    assert worker.once() == 0
    clock.forward(SECOND)
    assert worker.once() == 1
    clock.forward(19 * SECOND)
    assert worker.once() == 0
    clock.forward(SECOND)
    assert worker.once() == 1
    (given_up,) = engine.effects(status="failed")
    assert (given_up.key, given_up.attempts, given_up.error) == (f"{case}:2:1", 3, "ValueError: never")
    assert given_up.done_at == clock.now
    clock.forward(timedelta(days=1))
    worker.once()
    assert len(notify.got) == 3

    assert engine.retry(given_up.key)
    notify.raises.append(ValueError("again"))
    worker.once()
    clock.forward(10 * SECOND)  # it waits as if for the first time
    worker.once()
    assert set(notify.keys) == {given_up.key}
    assert engine.outbox.effect(given_up.key).status is EffectStatus.DONE
    assert not engine.retry(given_up.key)


def test_a_handler_says_that_it_is_of_no_use_or_too_early(engine: Engine, clock: Clock) -> None:
    sending(engine)
    ask = Told(TryLater("closed", timedelta(hours=2)))
    worker = engine.worker({"notify": Told(Undeliverable("unknown person")), "ask": ask})
    worker.once()
    assert [o.error for o in engine.effects(status="failed")] == ["Undeliverable: unknown person"]
    clock.forward(timedelta(hours=2) - SECOND)
    worker.once()
    assert len(ask.got) == 1
    clock.forward(SECOND)
    worker.once()
    assert statuses(engine, "ask") == ["done"]


@pytest.mark.parametrize("key", ["case-0001:2:4", "case-0001:9:1", "case-0002:2:1", "nothing", "a:b:c", ""])
def test_unknown_effects(engine: Engine, key: str) -> None:
    sending(engine)
    for ask in (engine.retry, engine.outbox.effect):
        with pytest.raises(UnknownEffect, match="there is no effect"):
            ask(key)


def test_a_worker_wakes_cases_and_sends_what_follows(engine: Engine, clock: Clock) -> None:
    case = sending(engine)
    notify = Told()
    worker = engine.worker({"notify": notify})
    worker.once()
    clock.forward(timedelta(days=10))
    assert worker.once() > 1
    texts = [o.effect.text.zh for o in notify.got]
    assert texts[1:]  # of the limit that ended
    assert all(o.case == case for o in notify.got)


def test_a_hosts_queue_gets_effects_in_the_transaction_of_their_event(url: URL, clock: Clock) -> None:
    queue = HostQueue()
    with Engine.open(url, clock=clock, ids=lambda now: "c", queue=queue) as engine:
        sending(engine)
        assert queue.calls == [Call(f"c:2:{n}", 1) for n in (1, 2, 3)]
        assert statuses(engine) == ["queued"] * 3
        notify, ask = Told(), Told()
        worker = engine.worker({"notify": notify, "ask": ask})
        for call in queue.calls[:1] * 2:
            worker.perform(call)
        assert notify.keys == ["c:2:1"]

        # a call that its queue has lost is made again, and the old one is void
        clock.forward(LEASE + SECOND)
        queue.calls.clear()
        worker._turn(queue)
        assert queue.calls == [Call("c:2:2", 2)]
        worker.perform(Call("c:2:2", 1))
        assert ask.keys == []
        worker.perform(Call("c:2:2", 2))
        assert ask.keys == ["c:2:2"]


def test_an_event_whose_queue_fails_did_not_happen(url: URL, clock: Clock) -> None:
    with Engine.open(url, clock=clock, queue=HostQueue(fails=True)) as engine:
        case = engine.start(FLOW, actor=agent).id
        with pytest.raises(OSError, match="the queue is full"):
            engine.fire(case, "complete", actor=agent, data={"name": "甲"})
        assert engine.effects() == []
        assert engine.case(case).seq == 1


class Killed(BaseException):
    """What a test does in place of ending its process."""


def kill(outgoing: Outgoing) -> None:
    raise Killed


def test_a_call_that_kills_its_process_is_counted_and_given_up(engine: Engine, clock: Clock) -> None:
    case = sending(engine)
    worker = engine.worker({"notify": kill}, retries=Retries(attempts=2))
    for _ in range(2):
        with pytest.raises(Killed):
            worker.once()
        clock.forward(LEASE)
    worker.once()
    (given_up,) = engine.effects(status="failed")
    assert given_up.key == f"{case}:2:1"
    assert "The process ended in the middle" in (given_up.error or "")


def test_a_call_whose_process_died_waits_like_one_that_failed(engine: Engine, clock: Clock) -> None:
    sending(engine)
    queue, notify = HostQueue(), Told()
    dying, living = (
        engine.worker({"notify": h}, queue=queue, retries=Retries(attempts=3)) for h in (kill, notify)
    )
    for wait in (10, 20):
        dying._turn(queue)
        call = queue.calls.pop()
        with pytest.raises(Killed):
            dying.perform(call)
        living.perform(call)  # a survivor takes it up
        living.perform(call)
        assert notify.got == []
        assert statuses(engine, "notify") == ["pending"]
        clock.forward((wait - 1) * SECOND)
        assert living._turn(queue) == 0
        clock.forward(SECOND)
    dying._turn(queue)
    call = queue.calls.pop()
    with pytest.raises(Killed):
        dying.perform(call)
    living.perform(call)
    (given_up,) = engine.effects(status="failed")
    assert given_up.attempts == 3


def test_who_was_taken_for_dead_and_ends_its_call_has_done_it(engine: Engine) -> None:
    sending(engine)
    queue, notify = HostQueue(), Told()
    survivor = engine.worker({"notify": notify}, queue=queue)
    slow = engine.worker({"notify": lambda outgoing: survivor.perform(queue.calls[0])}, queue=queue)
    slow._turn(queue)
    slow.perform(queue.calls[0])
    assert notify.got == []
    assert statuses(engine, "notify") == ["done"]


def test_no_more_is_handed_over_than_can_be_begun(engine: Engine, clock: Clock) -> None:
    for _ in range(WAITING // 3 + 10):
        sending(engine)
    queue = HostQueue()
    wanted = {"notify", "ask", "webhook"}
    while engine.outbox.hand_over(queue, wanted, clock.now, 25):
        pass
    assert len(queue.calls) == len(set(queue.calls)) == WAITING


def test_a_queue_gets_as_much_for_each_worker_that_is_alive(engine: Engine, clock: Clock) -> None:
    for _ in range(WAITING + 10):
        sending(engine)
    queue = HostQueue()
    told = Told()
    workers = [engine.worker({"notify": told, "ask": told, "webhook": told}, queue=queue) for _ in range(3)]
    workers[0]._beat()
    clock.forward(DEAD + SECOND)
    for worker in workers[1:]:
        worker._beat()
    while workers[2]._turn(queue):
        pass
    assert len(queue.calls) == len(set(queue.calls)) == 2 * WAITING


def test_what_a_queue_lost_is_handed_over_again_however_much_it_was(engine: Engine, clock: Clock) -> None:
    for _ in range(WAITING // 3 + 10):
        sending(engine)
    wanted = {"notify", "ask", "webhook"}
    lost, queue = HostQueue(), HostQueue()
    while engine.outbox.hand_over(lost, wanted, clock.now, 25):
        pass
    clock.forward(LEASE)
    while engine.outbox.hand_over(queue, wanted, clock.now, 25):
        pass
    assert len(queue.calls) == WAITING
    assert {call.key for call in queue.calls} & {call.key for call in lost.calls}


@pytest.mark.parametrize(
    ("failed", "seconds"), [(1, 10), (2, 20), (3, 40), (9, 2560), (13, 21600), (10_000, 21600)]
)
def test_waits_double_up_to_a_limit(failed: int, seconds: int) -> None:
    assert Retries().wait(failed) == timedelta(seconds=seconds)

"""Processes that are killed. Each does things one after another and tells its parent what was acknowledged.

What it does follows from the seed alone: its parent knows what a process had begun when it died.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Sequence
from ctypes import c_longlong
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from random import Random
from threading import Lock, Thread

from jianban.engine.clock import BEIJING
from jianban.engine.effects.port import Handlers, Retries
from jianban.engine.effects.rows import Outgoing
from jianban.engine.engine import Answer, Engine, Event
from jianban.engine.planning import plan_of
from jianban.engine.worker import Worker
from jianban.workflows.language.terms import SendKind
from tests.engine.flows import agent, steps

NOW = datetime(2024, 3, 4, 9, tzinfo=BEIJING)
THREADS = 3
TOGETHER = 4
"""Events of one commit."""
STEPS = 33
FLOW = steps(
    "\n".join(
        f"- {{step: s{n}, title: {{zh: 步骤, en: Step}}, kind: task, by: [agent, officer], within: 5 days,"
        " collects: [area], sends: [{notify: officer}, {webhook: archive, data: [area]}]}"
        for n in range(STEPS)
    ),
    "data: {area: {type: int, title: {zh: 面积, en: Area}}, name: {type: text, personal: true,"
    " title: {zh: 姓名, en: Name}}}",
)
"""Every event takes away two tasks, adds two, and sends twice."""
WAITING = steps(
    """
    - {step: apply, title: {zh: 申请, en: Apply}, kind: task, by: agent, within: 5 days,
       sends: [{notify: agent}, {ask: fire_office}]}
    - {step: notice, title: {zh: 公告, en: Notice}, kind: publicity, by: officer, lasts: 20 days}
    - {step: check, title: {zh: 审查, en: Check}, kind: task, by: officer, within: 3 working days,
       sends: [{webhook: archive}]}
    """
)
"""Whose effects and wake-ups keep workers busy."""
for _flow in (FLOW, WAITING):
    plan_of(_flow)  # which takes some time, and so is done before they start


@dataclass(frozen=True, slots=True)
class Opening:
    """A case to open; its idempotency key is its id."""

    case: str

    @property
    def keys(self) -> list[tuple[str, str]]:
        return [(self.case, self.case)]

    def do(self, engine: Engine) -> list[Answer]:
        engine.start(FLOW, actor=agent, id=self.case, key=self.case, data={"area": 1, "name": "甲"})
        entry = next(engine.entries(self.case))
        return [Answer(self.case, 1, entry.at, entry.records)]


@dataclass(frozen=True, slots=True)
class Firing:
    """One event of a case, or several in one commit."""

    events: tuple[Event, ...]

    @property
    def keys(self) -> list[tuple[str, str]]:
        return [(e.case, e.key or "") for e in self.events]

    def do(self, engine: Engine) -> list[Answer]:
        if len(self.events) == 1:
            e = self.events[0]
            answers: Sequence[object] = [
                engine.fire(e.case, e.event, actor=e.actor, data=e.data, reason=e.reason, key=e.key)
            ]
        else:
            answers = engine.fire_many(self.events)
        good = [a for a in answers if isinstance(a, Answer)]
        assert len(good) == len(answers), answers
        return good


def commands(seed: str) -> Iterator[Opening | Firing]:
    """What a thread does, without end."""
    random = Random(seed)
    number = 0
    while True:
        case = f"{seed}-{number}"
        yield Opening(case)
        at = 0
        for _ in range(random.randint(1, 8)):
            count = random.choice((1, 1, TOGETHER))
            yield Firing(
                tuple(
                    Event(
                        case,
                        f"s{at + n}.complete",
                        agent,
                        {"area": random.randint(1, 99), "name": random.choice("甲乙丙")},
                        reason=random.choice(("", "r")),
                        key=f"k{at + n}",
                    )
                    for n in range(count)
                )
            )
            at += count
        number += 1


def told(answer: Answer) -> list[object]:
    """What an answer says, as it goes through a pipe and is kept by the parent."""
    return [answer.case, answer.seq, repr(answer.records)]


def victim(url: str, seed: str, pipe: Connection) -> None:
    """Work until killed; tell what was done once it has been acknowledged."""
    telling = Lock()
    with Engine.open(url, clock=lambda: NOW) as engine:
        pipe.send_bytes(b"ready")

        def work(thread: int) -> None:
            for number, command in enumerate(commands(f"{seed}-{thread}")):
                answers = [told(a) for a in command.do(engine)]
                with telling:
                    pipe.send_bytes(json.dumps([thread, number, answers]).encode())

        threads = [Thread(target=work, args=(n,)) for n in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def worker_on(engine: Engine, log: int) -> Worker:
    """A worker that writes a line for each effect it carries out."""

    def carry_out(outgoing: Outgoing) -> None:
        time.sleep(0.005)  # as an answer from elsewhere takes its time
        effect = outgoing.effect
        line = (outgoing.key, effect.kind, effect.to, effect.place, effect.text.en)
        os.write(log, (json.dumps(line) + "\n").encode())

    handlers: Handlers = dict.fromkeys(map(str, SendKind), carry_out)
    return Worker(engine, handlers, queue=None, retries=Retries(), pause=0.02)


def worker(url: str, hours: c_longlong, log: str, pipe: Connection) -> None:
    """Work until killed, at a time that the parent sets."""
    file = os.open(log, os.O_WRONLY | os.O_APPEND)
    with Engine.open(url, clock=lambda: NOW + timedelta(hours=hours.value)) as engine:
        pipe.send_bytes(b"ready")
        worker_on(engine, file).run()

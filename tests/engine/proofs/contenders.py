"""Processes that want the same cases at the same time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from random import Random

from sqlalchemy import text

from jianban.engine.clock import BEIJING
from jianban.engine.engine import Actor, Answer, Engine, Event, Refusal
from jianban.engine.planning import plan_of
from jianban.engine.refusals import Rule
from tests.engine.flows import agent, officer, steps
from tests.engine.proofs.soak import times

NOW = datetime(2024, 3, 4, 9, tzinfo=BEIJING)
LATER = NOW + timedelta(days=60)
PATIENCE = times(120, 3600)
"""Seconds until processes that wait for each other count as stuck."""
AROUND = 25
CIRCLE = steps(
    "\n".join(
        f"- {{step: s{n}, title: {{zh: 步骤, en: Step}}, kind: task, by: officer,"
        f" on: {{on: {{to: s{(n + 1) % AROUND}, max: 1000, title: {{zh: 继续, en: On}}}}}}}}"
        for n in range(AROUND)
    )
)
"""Goes round and round by `on`."""
NOTICE = steps(
    """
    - {step: apply, title: {zh: 申请, en: Apply}, kind: task, by: agent, within: 5 days,
       sends: [{notify: officer}]}
    - {step: notice, title: {zh: 公告, en: Notice}, kind: publicity, by: officer, lasts: 20 days}
    - {step: check, title: {zh: 审查, en: Check}, kind: task, by: officer}
    """
)
for _flow in (CIRCLE, NOTICE):
    plan_of(_flow)


def on_one_case(url: str, case: str, number: int, times: int, start: Barrier, pipe: Connection) -> None:
    """Fire what is possible in a case as often as asked; tell the versions won, and how many were lost.

    Process 0 does it on a host's connection, with a row of the host's; odd ones with the same keys.
    """
    won: list[int] = []
    repeated: list[int] = []
    lost = 0
    actor = Actor(f"p{number}", ["officer"]) if number % 2 == 0 else officer
    with Engine.open(url, clock=lambda: NOW) as engine:
        start.wait(PATIENCE)
        for _ in range(times):
            seen = engine.case(case)
            event = f"{seen.steps[0].node}.on"
            key = f"v{seen.seq}" if number % 2 else None
            if number == 0:
                with engine.store.transaction() as connection:
                    answer = engine.fire(case, event, actor=actor, connection=connection)
                    if answer:
                        connection.execute(text("INSERT INTO host VALUES (:seq)"), {"seq": answer.seq})
            else:
                answer = engine.fire(case, event, actor=actor, key=key)
            if isinstance(answer, Refusal):
                assert answer.code is Rule.PLACE, answer
                lost += 1
            else:
                (repeated if answer.repeated else won).append(answer.seq)
    pipe.send((won, repeated, lost))


def on_many_cases(
    url: str, cases: Sequence[str], number: int, seed: int, start: Barrier, pipe: Connection
) -> None:
    """In an order of its own: apply in every case, let the time for notices pass, check every case.

    Tells the entries it made.
    """
    random = Random(f"{seed}-{number}")
    made: list[tuple[str, int]] = []

    def all_over(engine: Engine, event: str, actor: Actor, now: datetime, wakes: bool) -> None:
        order = random.sample(cases, len(cases))
        while order:
            count = random.choice((1, 1, 2, 9))
            some, order = order[:count], order[count:]
            if wakes:
                answers = engine.wake(random.randint(1, 9), now=now)
                made.extend((a.case, a.seq) for a in answers if isinstance(a, Answer) and a.records)
            answers = engine.fire_many([Event(case, event, actor, now=now) for case in some])
            for case, answer in zip(some, answers, strict=True):
                if isinstance(answer, Answer):
                    made.append((case, answer.seq))
                else:
                    assert isinstance(answer, Refusal), answer
                    assert answer.code in (Rule.PLACE, Rule.ENDED), answer

    with Engine.open(url, clock=lambda: NOW) as engine:
        start.wait(PATIENCE)
        all_over(engine, "apply.complete", agent, NOW, wakes=False)
        start.wait(PATIENCE)
        if number % 2:
            while answers := engine.wake(5, now=LATER):
                made.extend((a.case, a.seq) for a in answers if isinstance(a, Answer) and a.records)
        else:
            all_over(engine, "check.complete", officer, LATER, wakes=number % 4 == 0)
    pipe.send(made)

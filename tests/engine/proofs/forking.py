"""A process that forks while it has an engine open."""

from __future__ import annotations

import os
from datetime import datetime
from multiprocessing.connection import Connection

from jianban.engine.clock import BEIJING
from jianban.engine.engine import Engine
from jianban.workflows.language.errors import JianbanError
from tests.engine.flows import agent, officer
from tests.engine.proofs.contenders import CIRCLE, NOTICE

NOW = datetime(2024, 3, 4, 9, tzinfo=BEIJING)


def forks(url: str, pipe: Connection) -> None:
    """Tell what becomes of each thing that a child asks of its parent's engine; then go on with it."""
    engine = Engine.open(url, clock=lambda: NOW)
    case = engine.start(CIRCLE, actor=agent).id
    child = os.fork()
    if child == 0:
        pipe.send(errors(engine, case, url))
        os._exit(0)
    os.waitpid(child, 0)
    for _ in range(3):
        assert engine.fire(case, engine.case(case).steps[0].node + ".on", actor=officer)
    pipe.send((engine.case(case).seq, list(engine.verify())))
    engine.close()


def errors(engine: Engine, case: str, url: str) -> list[str]:
    """The names of the errors, and how a new engine in the same process fares."""
    told: list[str] = []
    for ask in (
        lambda: engine.fire(case, "on", actor=officer),
        lambda: engine.start(NOTICE, actor=agent),
        lambda: engine.case(case),
        lambda: engine.wake(),
        lambda: list(engine.verify()),
        lambda: list(engine.entries(case)),
        lambda: engine.effects(),
    ):
        try:
            ask()
        except JianbanError as error:
            told.append(error.text.en)
        else:
            told.append("no error")
    engine.close()
    with Engine.open(url, clock=lambda: NOW) as own:
        told.append(f"seq {own.case(case).seq}")
        told.append(str(bool(own.fire(case, "s0.on", actor=officer))))
    return told

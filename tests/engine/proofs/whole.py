"""Whether what stands beside the record of a case is what follows from it."""

from __future__ import annotations

from sqlalchemy import select

from jianban.engine.effects.values import effects_of
from jianban.engine.engine import Engine
from jianban.engine.planning import plan_of
from jianban.engine.standing import rows_of
from jianban.engine.state import Decision
from jianban.engine.store.tables import cases, effects, tasks
from jianban.engine.tasks import standing


def whole(engine: Engine, prefix: str = "") -> list[str]:
    """What is wrong with the cases whose ids begin so: their record, their tasks, what they send.

    Every case must have been decided by this engine's calendar.
    """
    wrong: list[str] = []
    with engine.store.reading() as connection:
        ids = connection.scalars(select(cases.c.id).where(cases.c.id.startswith(prefix))).all()
    for id in ids:
        wrong += [f"{b.case}, {b.seq}: {b.text}" for b in engine.verify(id)]
        case = engine.case(id)
        plan = plan_of(case.flow)
        with engine.store.reading() as connection:
            found = connection.execute(
                select(tasks.c.role, tasks.c.person, tasks.c.due).where(tasks.c.case_id == id)
            ).fetchall()
            kept = connection.scalars(select(cases.c.waiting).where(cases.c.id == id)).one()
            sent = connection.execute(
                select(effects.c.seq, effects.c.n, effects.c.kind, effects.c.to).where(
                    effects.c.case_id == id
                )
            ).fetchall()
        if {(role, person, due.isoformat()) for role, person, due in found} != set(rows_of(kept)):
            wrong.append(f"{id}: its rows are {found}, not {kept}")
        stands = standing(plan, engine.calendar, case.state).tasks
        if {row[:2] for row in rows_of(kept)} != {(t.role, t.person) for t in stands}:
            wrong.append(f"{id}: it waits for {kept}, not for {stands}")
        follow = [
            (entry.seq, n, effect.kind.value, effect.to)
            for entry in engine.entries(id)
            for plan in [plan_of(engine.library.by_hash(entry.definition))]
            for n, effect in enumerate(effects_of(plan, Decision(entry.records, case.state)), 1)
        ]
        if sorted(tuple(row) for row in sent) != follow:
            wrong.append(f"{id}: it has sent {sent}, not {follow}")
    return wrong

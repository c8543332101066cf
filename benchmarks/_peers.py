"""Other libraries, each as its own documentation stores a case: a line of steps, one event at a time.

Each reads its case, lets one event happen, writes the case and a row about the event, and commits; on SQLite
with WAL and synchronous = NORMAL. They keep no chain, no tasks and no deadlines.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Sequence
from importlib import import_module
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import statemachine
from sqlalchemy import ForeignKey, String, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


def django_fsm(ids: Sequence[str], steps: int, folder: Path) -> float:
    """Seconds of one event."""
    import django
    from django.conf import settings

    if not settings.configured:
        settings.configure(
            DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
            INSTALLED_APPS=[],
            USE_TZ=True,
        )
        django.setup()
    from django.db import connection, models

    transaction: Any = import_module("django.db.transaction")

    connection.close()
    options = {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        "transaction_mode": "IMMEDIATE",
    }
    connection.settings_dict.update(NAME=str(folder / "django.db"), OPTIONS=options)
    case, row = _django_models(models, steps)
    with connection.schema_editor() as editor:
        editor.create_model(case)
        editor.create_model(row)
    with transaction.atomic():
        for id in ids:
            case.objects.create(id=id)
    start = time.perf_counter()
    for n in range(steps):
        for id in ids:
            with transaction.atomic():
                found = case.objects.get(pk=id)
                found.go()
                found.seq += 1
                found.save()
                row.objects.create(case=found, seq=found.seq, body=f"s{n}")
    taken = time.perf_counter() - start
    connection.close()
    return taken / (len(ids) * steps)


_MODELS: list[Any] = []


def _django_models(models: Any, steps: int) -> list[Any]:
    from django_fsm import FSMField, transition

    if not _MODELS:

        def next_of(instance: Any) -> str:
            return f"s{int(instance.state[1:]) + 1}"

        from django_fsm import GET_STATE

        target = GET_STATE(next_of, states=[f"s{n}" for n in range(steps + 1)])

        class Case(models.Model):
            id = models.CharField(max_length=36, primary_key=True)
            state = FSMField(default="s0", protected=True)
            seq = models.IntegerField(default=0)

            class Meta:
                app_label = "bench"

            @transition(field=state, source=[f"s{n}" for n in range(steps)], target=target)
            def go(self) -> None:
                pass

        class Row(models.Model):
            case = models.ForeignKey(Case, on_delete=models.CASCADE)
            seq = models.IntegerField()
            body = models.TextField()

            class Meta:
                app_label = "bench"

        _MODELS.extend((Case, Row))
    return _MODELS


BPMN = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="b">
<process id="line" isExecutable="true"><startEvent id="start"/><endEvent id="end"/>{items}</process>
</definitions>"""


def spiff_workflow(ids: Sequence[str], steps: int, folder: Path) -> float:
    """Seconds of one event."""
    from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
    from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
    from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
    from SpiffWorkflow.util.task import TaskState

    nodes = ["start", *(f"t{n}" for n in range(steps)), "end"]
    items = "".join(f'<manualTask id="{n}" name="{n}"/>' for n in nodes[1:-1])
    items += "".join(
        f'<sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}"/>'
        for n, (a, b) in enumerate(pairwise(nodes))
    )
    parser = BpmnParser()
    parser.add_bpmn_xml(
        import_module("lxml.etree").parse(BytesIO(BPMN.format(items=items).encode())).getroot()
    )
    spec = parser.get_spec("line")
    serializer = BpmnWorkflowSerializer()
    database = sqlite3.connect(folder / "spiff.db", isolation_level=None)
    database.executescript(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
        "CREATE TABLE cases (id text PRIMARY KEY, seq int, state text);"
        "CREATE TABLE events (case_id text, seq int, body text, PRIMARY KEY (case_id, seq))"
    )
    for id in ids:
        opened = BpmnWorkflow(spec)
        opened.do_engine_steps()
        database.execute("INSERT INTO cases VALUES (?, 0, ?)", (id, serializer.serialize_json(opened)))
    start = time.perf_counter()
    for _ in range(steps):
        for id in ids:
            database.execute("BEGIN IMMEDIATE")
            seq, text = database.execute("SELECT seq, state FROM cases WHERE id = ?", (id,)).fetchone()
            workflow: Any = serializer.deserialize_json(text)
            task = workflow.get_next_task(state=TaskState.READY, manual=True)
            task.run()
            workflow.do_engine_steps()
            body = json.dumps({"task": task.task_spec.name})
            database.execute("INSERT INTO events VALUES (?, ?, ?)", (id, seq + 1, body))
            state = serializer.serialize_json(workflow)
            database.execute("UPDATE cases SET seq = ?, state = ? WHERE id = ?", (seq + 1, state, id))
            database.execute("COMMIT")
    taken = time.perf_counter() - start
    database.close()
    return taken / (len(ids) * steps)


class Base(DeclarativeBase):
    pass


class Case(Base):
    __tablename__ = "cases"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    state: Mapped[str] = mapped_column(default="s0")
    seq: Mapped[int] = mapped_column(default=0)


class Row(Base):
    __tablename__ = "events"
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str]


def python_statemachine(ids: Sequence[str], steps: int, folder: Path) -> float:
    """Seconds of one event."""
    states = [
        statemachine.State(name=f"s{n}", initial=n == 0, final=n == steps, value=f"s{n}")
        for n in range(steps + 1)
    ]
    go = states[0].to(states[1])
    for source, target in pairwise(states[1:]):
        go |= source.to(target)
    body = {f"s{n}": state for n, state in enumerate(states)}
    kind = type("Line", (statemachine.StateMachine,), {**body, "go": go})
    engine = create_engine(f"sqlite:///{folder / 'statemachine.db'}")

    @event.listens_for(engine, "connect")
    def connected(driver: sqlite3.Connection, _record: object) -> None:
        driver.execute("PRAGMA journal_mode = WAL")
        driver.execute("PRAGMA synchronous = NORMAL")

    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(Case(id=id) for id in ids)
        session.commit()
    start = time.perf_counter()
    for n in range(steps):
        for id in ids:
            with Session(engine) as session:
                case = session.get_one(Case, id)
                kind(model=case).send("go")
                case.seq += 1
                session.add(Row(case_id=id, seq=case.seq, body=f"s{n}"))
                session.commit()
    taken = time.perf_counter() - start
    engine.dispose()
    return taken / (len(ids) * steps)

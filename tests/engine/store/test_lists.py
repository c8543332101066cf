"""Work lists, due dates, cases and counts, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import count, pairwise
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import URL

from jianban.engine.clock import BEIJING
from jianban.engine.deadlines import Light, deadlines, light
from jianban.engine.engine import Actor, Engine, Event
from jianban.engine.pages import Page
from jianban.engine.planning import plan_of
from jianban.workflows.language.errors import JianbanError
from tests.engine.flows import agent, clerk, flow, officer, other_officer, steps

NOW = datetime(2024, 3, 4, 9, tzinfo=BEIJING)
FLOW = steps(
    """
    - {step: apply, title: {zh: 申请, en: Apply}, kind: task, by: agent,
       within: {statutory: 5 days, promised: 3 working days}}
    - {step: check, title: {zh: 审查, en: Check}, kind: task, by: [officer, clerk],
       within: {statutory: 10 working days}}
    - {step: notice, title: {zh: 公告, en: Notice}, kind: publicity, by: officer, lasts: 20 days}
    """,
    """
    anywhere:
      suspend: {title: {zh: 中止, en: Suspend}, by: officer, reason: required,
                resume: {event: resume, by: officer}}
    """,
)
KEPT = flow(
    """
    stages:
      - stage: only
        title: {zh: 环节, en: Stage}
        within: {statutory: 30 working days}
        steps:
          - {step: apply, title: {zh: 申请, en: Apply}, kind: task, by: agent}
          - {step: receive, title: {zh: 受理, en: Receive}, kind: task, by: officer, first_receiver: true}
          - {step: decide, title: {zh: 决定, en: Decide}, kind: decide, by: officer}
    """,
    "test/kept",
)

HEARD = flow(
    """
    stages:
      - stage: only
        title: {zh: 环节, en: Stage}
        within: {statutory: 20 working days}
        steps:
          - {step: apply, title: {zh: 申请, en: Apply}, kind: task, by: agent}
          - parallel: both
            title: {zh: 并联, en: Both}
            join: all
            branches:
              - branch: first
                title: {zh: 甲, en: First}
                steps: [{step: hear, title: {zh: 听证, en: Hear}, kind: hearing, by: officer}]
              - branch: second
                title: {zh: 乙, en: Second}
                steps: [{step: survey, title: {zh: 勘察, en: Survey}, kind: task, by: officer}]
    """,
    "test/heard",
)

APART = flow(
    """
    stages:
      - stage: only
        title: {zh: 环节, en: Stage}
        within: {statutory: 20 working days}
        steps:
          - {step: apply, title: {zh: 申请, en: Apply}, kind: task, by: agent}
          - parallel: both
            title: {zh: 并联, en: Both}
            join: all
            branches:
              - branch: first
                title: {zh: 甲, en: First}
                steps: [{step: hear, title: {zh: 听证, en: Hear}, kind: hearing, by: fire_officer}]
              - branch: second
                title: {zh: 乙, en: Second}
                steps:
                  - {step: survey, title: {zh: 勘察, en: Survey}, kind: task, by: officer}
                  - {step: measure, title: {zh: 测量, en: Measure}, kind: task, by: officer}
    """,
    "test/apart",
)


@pytest.fixture
def engine(url: URL) -> Iterator[Engine]:
    numbers = count(1)
    with Engine.open(url, clock=lambda: NOW, ids=lambda now: f"case-{next(numbers):04}") as engine:
        yield engine


def pages(ask: Any, **wanted: Any) -> list[Any]:
    """All items of a list, three at a time."""
    found: list[Any] = []
    after: str | None = None
    while True:
        page: Page[Any] = ask(limit=3, after=after, **wanted)
        found += page
        if page.after is None:
            return found
        assert len(page) == 3
        after = page.after


def fill(engine: Engine, cases: int) -> None:
    """Cases opened on different days, a third of them a step further, a third two."""
    for n in range(cases):
        opened = NOW - timedelta(days=n * 7 % 11)
        case = engine.start(FLOW, actor=agent, subject=f"co-{n % 4}", business_key=f"p-{n % 5}", now=opened)
        if n % 3:
            engine.fire(case.id, "complete", actor=agent, now=opened + timedelta(hours=1))
        if n % 3 == 2:
            engine.fire(case.id, "complete", actor=officer, now=opened + timedelta(hours=2))


def test_a_role_sees_the_nearest_first(engine: Engine) -> None:
    fill(engine, 20)
    found = pages(engine.tasks, role="clerk")
    assert [t.step for t in found] == ["check"] * 7
    assert all(a.due <= b.due for a, b in pairwise(found))
    assert {(t.title.en, tuple(r.id for r in t.roles)) for t in found} == {("Check", ("officer", "clerk"))}
    assert pages(engine.tasks, role="nobody") == []


def test_a_task_says_all_it_stands_under(engine: Engine) -> None:
    engine.start(KEPT, actor=agent)
    engine.start(FLOW, actor=agent, now=NOW - timedelta(days=6))
    late, soon = engine.tasks(role="agent")
    assert [(d.kind.value, d.last, d.light) for d in late.deadlines] == [
        ("promised", date(2024, 3, 1), Light.YELLOW),
        ("statutory", date(2024, 3, 4), Light.YELLOW),
    ]
    assert (late.light, late.due) == (Light.YELLOW, date(2024, 3, 1))
    assert soon.deadlines == ()


def test_what_lies_with_one_person_is_on_no_other_list(engine: Engine) -> None:
    case = engine.start(KEPT, actor=agent).id
    assert [t.place for t in engine.tasks(actor=agent)] == ["apply"]
    assert list(engine.tasks(actor=Actor("other", ["agent"]))) == []
    engine.fire(case, "complete", actor=agent)
    assert [t.persons for t in engine.tasks(actor=officer)] == [()]
    assert [t.place for t in engine.tasks(actor=other_officer)] == ["receive"]
    engine.fire(case, "complete", actor=officer)
    assert [(t.place, t.persons) for t in engine.tasks(actor=officer)] == [("decide", ("wang",))]
    assert list(engine.tasks(actor=other_officer)) == []
    assert [t.persons for t in engine.tasks(role="officer")] == [("wang",)]


def test_a_person_with_several_roles_sees_a_step_once(engine: Engine) -> None:
    fill(engine, 8)
    both = Actor("both", ["officer", "clerk"])
    found = pages(engine.tasks, actor=both)
    assert len(found) == len({(t.case, t.place) for t in found}) == 3


def test_pages_stay_right_while_rows_change(engine: Engine) -> None:
    fill(engine, 20)
    everything = [t.case for t in pages(engine.tasks, role="clerk")]
    first = engine.tasks(role="clerk", limit=3)
    engine.fire(everything[0], "complete", actor=officer)
    engine.fire(everything[4], "complete", actor=officer)
    engine.start(FLOW, actor=agent)
    second = engine.tasks(role="clerk", limit=10, after=first.after)
    assert [t.case for t in second] == [everything[3], *everything[5:]]


def test_due_is_what_the_states_say(engine: Engine) -> None:
    fill(engine, 20)
    until = date(2024, 3, 20)
    found = [(d.case, d.dates[0].deadline.last, len(d.dates)) for d in pages(engine.due, until=until)]
    expected = []
    for case in pages(engine.cases):
        kept = engine.case(case.id)
        ends = [d.last for d in deadlines(plan_of(FLOW), engine.calendar, kept.state, NOW) if d.last <= until]
        if ends:
            expected.append((case.id, min(ends), len(ends)))
    assert found == sorted(expected, key=lambda each: (each[1], each[0]))
    assert 0 < len(found) < 20


@pytest.mark.parametrize("wanted", [{"role": "officer"}, {"agency": "office"}, {"process": "test/small"}])
def test_due_for_some_is_a_part_of_it(engine: Engine, wanted: dict[str, str]) -> None:
    fill(engine, 12)
    engine.start(KEPT, actor=agent)
    role = plan_of(FLOW).roles["officer"]
    if "agency" in wanted:
        wanted = {"agency": role.agency.id}

    def concerns(case: Any, each: Any) -> bool:
        d = each.deadline
        if "role" in wanted:
            return role in d.roles
        if "agency" in wanted:
            return wanted["agency"] in {d.agency and d.agency.id, *(r.agency.id for r in d.roles)}
        return case.process == "test/small@1"

    expected = [(c.case, e.deadline) for c in pages(engine.due) for e in c.dates if concerns(c, e)]
    found = [(c.case, e.deadline) for c in pages(engine.due, **wanted) for e in c.dates]
    assert sorted(found, key=repr) == sorted(expected, key=repr)
    assert expected


def test_the_period_that_runs_is_due_for_those_whose_step_it_is(engine: Engine) -> None:
    fill(engine, 3)
    found = [(c.case, c.dates[0].deadline.kind.value) for c in engine.due(role="officer")]
    assert found == [("case-0002", "statutory"), ("case-0003", "after")]
    assert [t.case for t in engine.tasks(role="officer")] == ["case-0002"]


@pytest.mark.parametrize(
    "wanted",
    [
        {"status": "open"},
        {"status": "suspended"},
        {"process": "test/small"},
        {"process": "test/small@1", "status": "ended"},
        {"process": "unknown"},
        {"subject": "co-1"},
        {"business_key": "p-1", "subject": "co-1"},
        {"step": "check"},
        {"role": "clerk"},
        {"role": "officer", "step": "notice"},
        {"light": "red"},
        {"light": "yellow"},
        {"light": "green", "status": "open"},
    ],
)
def test_cases_are_those_of_which_all_holds(engine: Engine, wanted: dict[str, str]) -> None:
    fill(engine, 14)
    engine.fire("case-0002", "suspend", actor=officer, reason="awaits a ruling")
    engine.wake(now=NOW + timedelta(days=16))
    now = NOW + timedelta(days=16)

    def holds(case: Any) -> bool:
        kept = engine.case(case.id)
        known = engine.shell.known(engine.store.case(case.id) or pytest.fail("no case"))
        its = light(deadlines(plan_of(FLOW), engine.calendar, kept.state, now))
        roles = [(t.step, t.role.removeprefix("~")) for t in known.standing.tasks]
        process = wanted.get("process")
        return (
            wanted.get("status") in (None, kept.status)
            and process in (None, kept.process, kept.process.partition("@")[0])
            and wanted.get("subject") in (None, kept.subject)
            and wanted.get("business_key") in (None, kept.business_key)
            and wanted.get("light") in (None, its)
            and ("step" not in wanted or wanted["step"] in [step for step, _role in roles])
            and ("role" not in wanted or wanted["role"] in [role for _step, role in roles])
        )

    everything = pages(engine.cases, now=now)
    assert [c.id for c in everything] == sorted(c.id for c in everything)
    assert len(everything) == 14
    assert pages(engine.cases, now=now, **wanted) == [c for c in everything if holds(c)]
    assert sum(c.count for c in engine.count(now=now, **wanted)) == sum(map(holds, everything))


def test_a_case_says_where_it_stands(engine: Engine) -> None:
    case = engine.start(FLOW, actor=agent, subject="co")
    engine.fire_many([Event(case.id, "complete", agent), Event(case.id, "complete", clerk)])
    (found,) = engine.cases()
    assert (found.places, found.deadline, found.end) == (("notice",), date(2024, 3, 25), None)
    engine.wake(now=NOW + timedelta(days=60))
    (found,) = engine.cases()
    assert (found.places, found.deadline, found.light) == ((), None, Light.GREEN)
    assert (found.status, found.end) == ("ended", "done")


def test_cases_are_counted_by_anything(engine: Engine) -> None:
    fill(engine, 9)
    assert [(c.by, c.count) for c in engine.count()] == [({}, 9)]
    assert [(c.by, c.count) for c in engine.count("step")] == [
        ({"step": "apply"}, 3),
        ({"step": "check"}, 3),
        ({"step": "notice"}, 3),
    ]
    assert [(c.by["role"], c.count) for c in engine.count("role")] == [
        ("agent", 3),
        ("clerk", 3),
        ("officer", 6),
    ]
    agencies = {r.agency.id for r in plan_of(FLOW).roles.values()}
    assert {c.by["agency"] for c in engine.count("agency")} <= agencies
    assert sum(c.count for c in engine.count("subject", "status", status="open")) == 9
    late = engine.count("light", now=NOW + timedelta(days=9))
    assert {c.by["light"]: c.count for c in late}.keys() == {"green", "red", "yellow"}
    with pytest.raises(JianbanError, match="colour"):
        engine.count("colour")


def test_a_clock_that_stands_still_keeps_its_light(engine: Engine) -> None:
    case = engine.start(FLOW, actor=agent).id
    engine.fire(case, "complete", actor=agent)
    engine.fire(case, "suspend", actor=officer, reason="awaits a ruling")
    later = NOW + timedelta(days=90)
    assert [c.light for c in engine.cases(now=later)] == [Light.GREEN]
    assert [t.light for t in engine.tasks(role="clerk", now=later)] == [Light.GREEN]


def test_a_case_that_is_suspended_has_the_same_date_in_every_list(engine: Engine) -> None:
    case = engine.start(FLOW, actor=agent).id
    engine.fire(case, "complete", actor=agent)
    engine.fire(case, "suspend", actor=officer, reason="awaits a ruling")
    dates: list[date | None] = []
    for later in (NOW, NOW + timedelta(days=30)):
        (kept,) = engine.cases(now=later)
        (due,) = engine.due(now=later)
        (task,) = engine.tasks(role="clerk", now=later)
        assert kept.deadline == task.due == min(d.deadline.last for d in due.dates)
        dates += [task.due]
    assert dates == [date(2024, 3, 18), date(2024, 4, 18)]


def test_rows_move_with_a_clock_that_stands_still(engine: Engine, url: URL) -> None:
    """Though the event happens elsewhere: else a case read anew would stand at other days than its rows."""
    case = engine.start(HEARD, actor=agent).id
    engine.fire(case, "apply.complete", actor=agent)
    engine.fire(case, "survey.complete", actor=officer, now=NOW + timedelta(days=2))
    stored = engine.store.case(case) or pytest.fail("no case")
    with Engine.open(url) as other:
        assert other.shell.known(stored).standing.waiting == stored.waiting
    assert [found.deadline for found in engine.cases(now=NOW + timedelta(days=2))] == [date(2024, 4, 3)]


@pytest.mark.parametrize("asked", [{"role": "fire_officer"}, {"agency": "fire_office"}])
def test_a_branch_that_stands_still_is_asked_for_the_date_of_the_whole(
    engine: Engine, url: URL, asked: dict[str, Any]
) -> None:
    case = engine.start(APART, actor=agent).id
    other = engine.start(FLOW, actor=agent).id
    engine.fire(other, "complete", actor=agent)
    engine.fire(case, "apply.complete", actor=agent)
    last = engine.due(process="test/apart").items[0].dates[0].deadline.last
    engine.fire(case, "survey.complete", actor=officer, now=NOW + timedelta(days=14))
    found = engine.due(until=last, now=NOW + timedelta(days=14), **asked)
    dates = [(c.case, [d.deadline.last for d in c.dates]) for c in found if c.case == case]
    assert dates == [(case, [last])]
    stored = engine.store.case(case) or pytest.fail("no case")
    with Engine.open(url) as anew:
        assert anew.shell.known(stored).standing.waiting == stored.waiting
    engine.fire(case, "measure.complete", actor=officer, now=NOW + timedelta(days=16))
    assert [c.case for c in engine.due(until=last, now=NOW + timedelta(days=16), **asked)] != [case]


@pytest.mark.parametrize("after", ["", "x", "W10", "eyJhIjoxfQ", "甲", "WyJ0YXNrcyIsIDFd"])
def test_what_is_no_cursor_is_an_error(engine: Engine, after: str) -> None:
    fill(engine, 5)
    for ask in (lambda: engine.tasks(role="clerk", after=after), lambda: engine.cases(after=after)):
        with pytest.raises(JianbanError):
            ask()
    other = engine.cases(limit=1).after
    with pytest.raises(JianbanError):
        engine.due(after=other)


@pytest.mark.parametrize("name", ["a\x00b", "\ud800", "x" * 201, 5])
def test_a_name_that_nothing_can_have_is_an_error(engine: Engine, name: Any) -> None:
    fill(engine, 1)
    names = ("process", "subject", "business_key", "step", "role", "agency")
    asks: list[tuple[Any, Sequence[str]]] = [
        (engine.tasks, ["role"]),
        (engine.due, ["role", "agency", "process"]),
        (engine.cases, names),
        (engine.count, names),
    ]
    for ask, several in asks:
        for each in several:
            with pytest.raises(JianbanError, match=each):
                ask(**{each: name})


def test_the_case_of_a_step_matters_in_every_database(engine: Engine) -> None:
    engine.start(FLOW, actor=agent)
    assert [len(engine.cases(step=step)) for step in ("apply", "Apply", "appl_", "app%")] == [1, 0, 0, 0]


@pytest.mark.parametrize("limit", [0, -1, 1001])
def test_a_page_has_a_size(engine: Engine, limit: int) -> None:
    with pytest.raises(JianbanError):
        engine.cases(limit=limit)


def test_every_list_is_read_by_an_index(engine: Engine) -> None:
    fill(engine, 6)
    asked: list[tuple[str, Any]] = []

    @event.listens_for(engine.store.engine, "before_cursor_execute")  # pyright: ignore[reportAttributeAccessIssue]
    def keep(_c: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT") and "definitions" not in statement:
            asked.append((statement, parameters))

    for ask in (
        lambda after: engine.tasks(role="clerk", after=after, limit=1),
        lambda after: engine.tasks(actor=officer, after=after, limit=1),
        lambda after: engine.due(after=after, limit=1),
        lambda after: engine.due(until=NOW.date(), role="officer", after=after, limit=1),
        lambda after: engine.due(agency="samr", after=after, limit=1),
        lambda after: engine.cases(after=after, limit=1),
        lambda after: engine.cases(status="open", after=after, limit=1),
        lambda after: engine.cases(process="test/small", after=after, limit=1),
        lambda after: engine.cases(subject="co-1", after=after, limit=1),
        lambda after: engine.cases(business_key="p-1", after=after, limit=1),
        lambda after: engine.cases(role="clerk", step="check", after=after, limit=1),
        lambda after: engine.cases(light="red", after=after, limit=1),
    ):
        page: Page[Any] = ask(None)
        if page.after is not None:
            ask(page.after)
    assert len(asked) > 20
    with engine.store.transaction() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if not sqlite:
            connection.exec_driver_sql("SET enable_seqscan = off")
        for statement, parameters in asked:
            explain = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
            plan = [
                " ".join(map(str, row)) for row in connection.exec_driver_sql(explain + statement, parameters)
            ]
            for line in plan:
                scans = " SCAN " in line and "USING" not in line if sqlite else "Seq Scan on " in line
                own = any(f"{verb} {name}" in line for verb in ("SCAN", "on") for name in ("cases", "tasks"))
                assert not (scans and own), (statement, plan)

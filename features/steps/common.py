"""The sentences that scenarios are written in; they run real definitions on the real engine.

Everything is named as people name it: processes, steps, exits, roles, data and ends by their Chinese
titles. A refusal that no sentence has asked for fails the scenario, so that nothing passes because it did not
happen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from pytest_bdd import given, parsers, then, when

from features.steps.world import MORNING, World, a_date, data_fields, reasons, roles, value
from jianban.engine.anywhere import EXTEND
from jianban.engine.case import Actor, DeadlineKind, OfferKind, RecordKind
from jianban.workflows.analysis.measures import measure
from jianban.workflows.comparison import compare
from jianban.workflows.comparison.elements import Level
from jianban.workflows.compiler import compile_process
from jianban.workflows.language.catalogue import Catalogue

MOVES = 200
"""More than any definition needs to reach a step."""


@pytest.fixture
def catalogue() -> Catalogue:
    """Where processes are looked up; scenarios of a folder of one's own give that folder."""
    return Catalogue.default()


@pytest.fixture
def world(catalogue: Catalogue) -> Iterator[World]:
    world = World(catalogue)
    yield world
    world.expect_no_refusal()


def quoted(text: str) -> list[str]:
    return re.findall(r"“([^”]+)”", text)


# 假如：办理哪一事项，情况如何


@given(parsers.re(r"“(?P<title>.+)”按(?P<year>\d{4})年(?P<month>\d{1,2})月版办理"))
def choose(world: World, title: str, year: str, month: str) -> None:
    world.process = world.find(title, f"{year}-{int(month):02}")


@given(parsers.re(r"今天是(?P<day>\d{4}年\d{1,2}月\d{1,2}日)"))
def today(world: World, day: str) -> None:
    world.now = datetime.combine(a_date(day), MORNING)


@given(parsers.re(r"“(?P<name>[^”]+)”为“(?P<text>[^”]+)”"))
@when(parsers.re(r"“(?P<name>[^”]+)”为“(?P<text>[^”]+)”"))
def fact(world: World, name: str, text: str) -> None:
    fields = data_fields(world.flow.process)
    assert name in fields, f"没有数据项“{name}”；有：{'、'.join(fields)}"
    world.facts[fields[name].id] = value(fields[name], text)


@given("已经开始办理")
@when("开始办理")
def begin(world: World) -> None:
    world.begin()


# 当：谁做什么，时间过去


@when(parsers.re(r"(?P<role>[^“”，]+)办理“(?P<step>[^”]+)”"))
@given(parsers.re(r"(?P<role>[^“”，]+)已经办理“(?P<step>[^”]+)”"))
def do(world: World, role: str, step: str) -> None:
    node = world.step(step)
    assert node.step is not None
    main = next(e for e in node.step.exits if e.main)
    world.fire(main.event, world.actor(role), node.id)


@when(parsers.re(r"“(?P<item>[^”]+)”的(?P<role>[^“”，]+)办理“(?P<step>[^”]+)”"))
def do_for(world: World, item: str, role: str, step: str) -> None:
    """Where there is one branch for each item of a list."""
    node = world.step(step)
    assert node.step is not None
    main = next(e for e in node.step.exits if e.main)
    places = [t.place for t in world.case.steps if t.node == node.id and t.instances[-1].item == item]
    assert len(places) == 1, world.standing
    world.fire(main.event, world.actor(role), places[0])


@when(parsers.re(r"(?P<role>[^“”，]+)在“(?P<step>[^”]+)”中“(?P<exit>[^”]+)”"))
def do_otherwise(world: World, role: str, step: str, exit: str) -> None:
    node = world.step(step)
    world.fire(world.exit(node, exit).event, world.actor(role), node.id)


@when(parsers.re(r"依次办完(?P<steps>(“[^”]+”、?)+)"))
@given(parsers.re(r"已经依次办完(?P<steps>(“[^”]+”、?)+)"))
def do_all(world: World, steps: str) -> None:
    """Each by the role that is responsible for it."""
    for title in quoted(steps):
        node = world.step(title)
        assert node.step is not None
        do(world, node.step.role.title.zh, title)
        world.expect_no_refusal()


@when(parsers.re(r"办到“(?P<step>[^”]+)”"))
@given(parsers.re(r"已经办到“(?P<step>[^”]+)”"))
def reach(world: World, step: str) -> None:
    """Along the main exits, each taken by the role that is responsible, on the first day it may be."""
    facts, world.facts, used = world.facts, {}, set[str]()
    for _ in range(MOVES):
        if world.stands_at(step):
            break
        offered = [o for o in world.case.offers(now=world.now) if o.main and o.refusal is None]
        if not offered:
            world.advance(min(t.due for t in world.case.timers()))
            continue
        first = offered[0]
        world.facts = {name: facts[name] for name in first.collects if name in facts}
        used |= world.facts.keys()
        world.fire(first.event, world.actor(first.roles[0].title.zh), first.place)
    assert world.stands_at(step), world.standing
    world.facts = {name: facts[name] for name in facts if name not in used}


@when(parsers.re(r"(?P<role>[^“”，]+)提出“(?P<title>[^”]+)”(，理由是“(?P<reason>[^”]+)”)?"))
def anywhere(world: World, role: str, title: str, reason: str | None) -> None:
    """What may be asked for at any time: withdrawal, suspension, resumption, more time."""
    world.reason = reason or ""
    offered = [
        o for o in world.case.offers(now=world.now) if o.kind is not OfferKind.EXIT and o.title.zh == title
    ]
    events = [o.event for o in offered] or [a.event for a in world.flow.anywhere if a.title.zh == title]
    assert events, f"本流程没有“{title}”"
    world.fire(events[0], world.actor(role), offered[0].place if offered else None)


@when(parsers.re(r"(?P<role>[^“”，]+)延长“(?P<title>[^”]+)”的期限，理由是“(?P<reason>[^”]+)”"))
def extend(world: World, role: str, title: str, reason: str) -> None:
    """The limit of a step, or of a stage."""
    world.reason = reason
    offered = [o for o in world.case.offers(now=world.now) if o.kind is OfferKind.EXTEND]
    named = [o.place for o in offered if o.deadline_of is not None and o.deadline_of.zh == title]
    world.fire(EXTEND, world.actor(role), named[0] if named else world.step(title).id)


@when(parsers.re(r"“(?P<step>[^”]+)”收到“(?P<exit>[^”]+)”的消息"))
def receive(world: World, step: str, exit: str) -> None:
    """What the message brings are the facts said before; its key is the value that the case waits for."""
    world.receive(world.step(step), exit)


@when(parsers.re(r"时间到了(?P<day>\d{4}年\d{1,2}月\d{1,2}日)"))
def wait_until(world: World, day: str) -> None:
    world.advance(datetime.combine(a_date(day), MORNING))


@when(parsers.re(r"过了(?P<days>\d+)天"))
def wait_days(world: World, days: str) -> None:
    world.advance(world.now + timedelta(days=int(days)))


@when(parsers.re(r"“(?P<step>[^”]+)”期满"))
def wait_out(world: World, step: str) -> None:
    node = world.step(step)
    due = world.periods(node)
    assert due, f"“{step}”没有正在计算的期间"
    world.advance(min(due))


# 那么：结果如何


@then("可以开始办理")
def begun(world: World) -> None:
    assert world.case.steps


@then(parsers.re(r"(不能开始办理|被拒绝)，因为“(?P<reason>[^”]+)”(，也因为“(?P<another>[^”]+)”)?"))
def refused(world: World, reason: str, another: str | None) -> None:
    assert world.refusal is not None, "没有被拒绝"
    said = reasons(world.refusal)
    for each in filter(None, (reason, another)):
        assert each in said, f"理由是：{said}"
    world.refusal = None


@then("被拒绝")
def refused_anyhow(world: World) -> None:
    assert world.refusal is not None, "没有被拒绝"
    world.refusal = None


@then(parsers.re(r"可以办理“(?P<step>[^”]+)”"))
def possible(world: World, step: str) -> None:
    assert any(o.main and o.refusal is None for o in world.offers(step)) or (
        world.stands_at(step) and not world.offers(step)
    ), world.standing


@then(parsers.re(r"(还)?不能办理“(?P<step>[^”]+)”"))
def impossible(world: World, step: str) -> None:
    world.step(step)
    assert not any(o.main and o.refusal is None for o in world.offers(step)), world.standing


@then(parsers.re(r"正在“(?P<step>[^”]+)”"))
def at(world: World, step: str) -> None:
    assert world.stands_at(step), world.standing


@then(parsers.re(r"“(?P<step>[^”]+)”的(期限|期满日)是(?P<day>\d{4}年\d{1,2}月\d{1,2}日)"))
def last_day(world: World, step: str, day: str) -> None:
    """The last day of the limit by which a step must be done, or of the wait that must run."""
    node = world.step(step)
    days = {o.deadline for o in world.offers(step) if o.kind is OfferKind.EXIT and o.deadline}
    days |= {(due - timedelta(seconds=1)).date() for due in world.periods(node)}
    assert days == {a_date(day)}, f"是{'、'.join(sorted(map(str, days)))}"


@then(parsers.re(r"办结，结果是“(?P<title>[^”]+)”"))
def ended(world: World, title: str) -> None:
    assert world.case.end is not None, world.standing
    assert world.case.end.title.zh == title, f"结果是“{world.case.end.title.zh}”"


@then("尚未办结")
def not_ended(world: World) -> None:
    assert world.case.end is None, f"已办结：{world.case.end.title.zh}"


@then(parsers.re(r"此后可以申请“(?P<title>[^”]+)”"))
def offered(world: World, title: str) -> None:
    end = world.case.end
    assert end is not None
    assert end.offers is not None, "没有别的途径"
    assert world.catalogue.process(end.offers).title.zh == title


@when("转入后续程序")
def switch(world: World) -> None:
    old = world.case
    assert old.end is not None
    assert old.end.switch_to is not None, f"“{old.end.title.zh}”不转入其他程序"
    world.process = world.catalogue.process(old.end.switch_to)
    world.current = old.switch(
        lambda reference: compile_process(world.catalogue.process(reference)),
        actor=Actor("申请人", {r.id for r in roles(world.flow)}),
        now=world.now,
    )


@then(parsers.re(r"办理的事项是“(?P<title>[^”]+)”"))
def is_process(world: World, title: str) -> None:
    assert world.case.flow.process.title.zh == title


@then(parsers.re(r"办件数据中“(?P<name>[^”]+)”为“(?P<text>[^”]+)”"))
def has_fact(world: World, name: str, text: str) -> None:
    field = next(f for f in world.flow.process.data if f.title.zh == name)
    held = world.case.data.get(field.id)
    expected = value(field, text)
    assert held == (tuple(expected) if isinstance(expected, list) else expected), f"是{held}"


@then(parsers.re(r"“(?P<step>[^”]+)”没有人办理而自动“(?P<exit>[^”]+)”"))
def by_itself(world: World, step: str, exit: str) -> None:
    node = world.step(step)
    events = {e.event for e in (node.step.exits if node.step else ()) if e.title.zh == exit}
    assert events, f"“{step}”没有“{exit}”"
    assert any(
        r.kind is RecordKind.TIMED and r.node == node.id and r.event in events for r in world.case.history
    ), "没有自动发生"


@then(parsers.re(r"共有(?P<count>\d+)个环节：(?P<titles>.+)"))
def stages(world: World, count: str, titles: str) -> None:
    found = [s.title.zh for s in world.flow.process.stages]
    assert found == titles.split("、")
    assert len(found) == int(count)


@then(
    parsers.re(
        r"与“(?P<title>[^”]+)”(?P<year>\d{4})年(?P<month>\d{1,2})月版相比，环节由(?P<before>\d+)个变为(?P<after>\d+)个"
    )
)
def fewer_stages(world: World, title: str, year: str, month: str, before: str, after: str) -> None:
    base = compile_process(world.find(title, f"{year}-{int(month):02}"))
    found = [measure(flow)["stages"].value for flow in (base, world.flow)]
    assert found == [int(before), int(after)]


@then(parsers.re(r"与“(?P<title>[^”]+)”(?P<year>\d{4})年(?P<month>\d{1,2})月版相比，没有免办的步骤"))
def none_dropped(world: World, title: str, year: str, month: str) -> None:
    base = compile_process(world.find(title, f"{year}-{int(month):02}"))
    dropped = [d for d in compare([base, world.flow]).pairs[0].at(Level.STEP) if d.kind == "removed"]
    assert dropped == []


@then(parsers.re(r"全流程的(?P<kind>法定|承诺)期限是(?P<day>\d{4}年\d{1,2}月\d{1,2}日)"))
def whole_limit(world: World, kind: str, day: str) -> None:
    wanted = {"法定": DeadlineKind.STATUTORY, "承诺": DeadlineKind.PROMISED}[kind]
    found = world.case.deadlines(now=world.now)
    assert {d.last for d in found if d.of_process and d.kind is wanted} == {a_date(day)}

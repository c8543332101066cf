"""Runs the scenarios of this folder; the sentences on one code need cases in one database."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from pytest_bdd import given, parsers, scenarios, then, when

from features.steps.world import World, roles
from jianban.engine import Actor, Engine

scenarios("investment")


@dataclass(kw_only=True, slots=True)
class Platform:
    """The online platform: the cases of one database, and those opened for a code."""

    engine: Engine
    now: datetime
    code: str = ""
    project: str = ""
    opened: list[str] = field(default_factory=list)

    def do(self, case: str, event: str, actor: Actor, **data: Any) -> None:
        answer = self.engine.fire(case, event, actor=actor, data=data, now=self.now)
        assert answer, answer


@pytest.fixture
def platform(world: World) -> Iterator[Platform]:
    with Engine.open("sqlite://") as engine:
        yield Platform(engine=engine, now=world.now)


@given(parsers.re(r"“(?P<title>[^”]+)”按(?P<version>[\d-]+)版取得了项目代码“(?P<code>[^”]+)”"))
def coded(world: World, platform: Platform, title: str, version: str, code: str) -> None:
    process = world.process = world.find(title, version)
    actor = Actor("申请人", {role.id for role in roles(world.flow)})
    platform.project = platform.engine.start(
        f"{process.id}@{version}", actor=actor, business_key=code, now=world.now
    ).id
    platform.do(platform.project, "obtain_code.submit", actor)
    platform.code = code


@when(parsers.re(r"凭该代码开办(?P<titles>(“[^”]+”、?)+)"))
def open_for_code(world: World, platform: Platform, titles: str) -> None:
    actor = Actor("申请人", {"developer"})
    for title in re.findall(r"“([^”]+)”", titles):
        process = world.find(title, "2019-04")
        started = platform.engine.start(
            f"{process.id}@{process.version}", actor=actor, business_key=platform.code, now=world.now
        )
        platform.opened.append(started.id)


@then("这些事项的项目代码都是该代码")
def carry(platform: Platform) -> None:
    carried = [platform.engine.case(case).data["project_code"] for case in platform.opened]
    assert carried == [platform.code] * len(platform.opened)


@then("凭该代码查到的正是该项目和这些事项")
def found(platform: Platform) -> None:
    cases = {c.id for c in platform.engine.cases(business_key=platform.code).items}
    assert cases == {platform.project, *platform.opened}


@given("凭该代码先后办结了质量监督手续和安全施工措施备案")
def done_before(platform: Platform) -> None:
    steps = {
        "construction/quality-supervision@2019-04": ("apply.submit", "receive.accept", "notice.file"),
        "construction/safety-supervision@2019-04": ("apply.submit", "receive.pass", "receipt.file"),
    }
    actor = Actor("申请人", {"developer", "quality_supervisor", "safety_supervisor"})
    for process, events in steps.items():
        case = platform.engine.start(process, actor=actor, business_key=platform.code, now=platform.now).id
        for event in events:
            platform.do(case, event, actor)
        assert platform.engine.case(case).end is not None


@when("该项目备案")
def filed(platform: Platform) -> None:
    actor = Actor("申请人", {"developer", "investment_officer"})
    platform.do(platform.project, "apply.submit", actor, complete=True)
    platform.do(platform.project, "receive.file", actor)


@then(parsers.re(r"项目实施监测收到了(?P<count>\d+)件事项的办理情况"))
def followed(platform: Platform, count: str) -> None:
    (link,) = platform.engine.links(platform.project)
    history = platform.engine.case(link.case).history
    assert [record.event for record in history].count("item") == int(count)

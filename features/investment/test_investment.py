"""Runs the scenarios of this folder; the sentences on one code need cases in one database."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from pytest_bdd import given, parsers, scenarios, then, when

from features.steps.world import World, roles
from jianban.engine import Actor, Engine

scenarios("investment")


@dataclass(kw_only=True, slots=True)
class Platform:
    """The online platform: the cases of one database, and those opened for a code."""

    engine: Engine
    code: str = ""
    opened: list[str] = field(default_factory=list)


@pytest.fixture
def platform() -> Iterator[Platform]:
    with Engine.open("sqlite://") as engine:
        yield Platform(engine=engine)


@given(parsers.re(r"“(?P<title>[^”]+)”按(?P<version>[\d-]+)版取得了项目代码“(?P<code>[^”]+)”"))
def coded(world: World, platform: Platform, title: str, version: str, code: str) -> None:
    process = world.process = world.find(title, version)
    actor = Actor("申请人", {role.id for role in roles(world.flow)})
    case = platform.engine.start(f"{process.id}@{version}", actor=actor, now=world.now).id
    answer = platform.engine.fire(
        case, "obtain_code.submit", actor=actor, data={"project_code": code}, now=world.now
    )
    assert answer, answer
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


@then("凭该代码查到的正是这些事项")
def found(platform: Platform) -> None:
    assert {c.id for c in platform.engine.cases(business_key=platform.code).items} == set(platform.opened)

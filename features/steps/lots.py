"""The sentences of the verifiable draw; what is committed and drawn becomes facts of the case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
from pytest_bdd import given, parsers, then, when

from features.steps.common import quoted
from features.steps.world import World
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.lots.commitment import Commitment, Secret, commit
from jianban.workflows.lots.plan import Plan, read_take
from jianban.workflows.lots.protocol import Protocol, record_draw, verify
from jianban.workflows.lots.registers import Late, Registers

SALT = "安徽省某区2023年盐值-0123456789"


@dataclass
class Office:
    """Who organises a draw, and what they have published."""

    registers: Registers = field(
        default_factory=lambda: Registers(objects={}, inspectors={}, recusals=frozenset())
    )
    plan: Plan | None = None
    commitment: Commitment | None = None
    secret: Secret | None = None
    late: list[Late] = field(default_factory=list)
    protocol: Protocol | None = None
    failure: str = ""

    @property
    def record(self) -> Protocol:
        assert self.protocol is not None, self.failure or "尚未抽取"
        return self.protocol


@pytest.fixture
def office() -> Office:
    return Office()


@given("检查对象名录库为：")
def objects(office: Office, datatable: Sequence[Sequence[str]]) -> None:
    office.registers = replace(office.registers, objects={str(row[0]): str(row[1]) for row in datatable[1:]})


@given("执法检查人员名录库为：")
def inspectors(office: Office, datatable: Sequence[Sequence[str]]) -> None:
    limits = {id_: int(most) if most else None for id_, most in datatable[1:]}
    office.registers = replace(office.registers, inspectors=limits)


@given(parsers.re(r"(?P<people>(“[^”]+”、?)+)检查“(?P<object>[^”]+)”应当回避"))
def recusal(office: Office, people: str, object: str) -> None:
    found = office.registers.recusals | {(person, object) for person in quoted(people)}
    office.registers = replace(office.registers, recusals=found)


@given(parsers.re(r"计划抽取(?P<amounts>(“[^”]+”[0-9.]+[个%]、?)+)"))
def plan(office: Office, amounts: str) -> None:
    said = [part.removeprefix("“").replace("”", "=").removesuffix("个") for part in amounts.split("、")]
    office.plan = Plan(take=read_take(said))


@when(parsers.re(r"以种子“(?P<seed>[^”]+)”公布承诺"))
@given(parsers.re(r"已经以种子“(?P<seed>[^”]+)”公布承诺"))
def committed(office: Office, world: World, seed: str) -> None:
    assert office.plan is not None
    office.secret = Secret(seed=seed, salt=SALT)
    office.commitment = commit("2023年第一批", office.plan, office.registers, office.secret)
    if world.process is not None:
        world.facts["seed_committed"] = office.commitment.digest


@when("按承诺抽取")
@given("已经按承诺抽取")
def drawn(office: Office, world: World) -> None:
    assert office.commitment is not None
    assert office.secret is not None
    try:
        office.protocol = record_draw(office.commitment, office.registers, office.secret, late=office.late)
    except JianbanError as error:
        office.failure = error.text.zh
        return
    if world.process is not None:
        world.facts["draw_record"] = office.protocol.digest


@when(parsers.re(r"改用种子“(?P<seed>[^”]+)”抽取"))
def otherwise(office: Office, world: World, seed: str) -> None:
    office.secret = Secret(seed=seed, salt=SALT)
    drawn(office, world)


@when(parsers.re(r"选派的第一名检查人员以“(?P<reason>[^”]+)”申请回避后补抽"))
def anew(office: Office, world: World, reason: str) -> None:
    object_, team = next(iter(office.record.drawn.teams.items()))
    office.late.append(Late(inspector=team[0], object=object_, reason=reason))
    drawn(office, world)


@when(parsers.re(r"抽取后名录库中增加“(?P<object>[^”]+)”，类别为“(?P<name>[^”]+)”"))
def added(office: Office, object: str, name: str) -> None:
    office.registers = replace(office.registers, objects={**office.registers.objects, object: name})


@then(parsers.re(r"抽取“(?P<name>[^”]+)”(?P<count>\d+)个"))
def counted(office: Office, name: str, count: str) -> None:
    assert list(office.record.drawn.objects.values()).count(name) == int(count)


@then("每个对象选派两名以上检查人员")
def teams(office: Office) -> None:
    assert all(len(set(team)) >= 2 for team in office.record.drawn.teams.values())


@then(parsers.re(r"“(?P<person>[^”]+)”不检查“(?P<object>[^”]+)”"))
def apart(office: Office, person: str, object: str) -> None:
    assert person not in office.record.drawn.teams[object]


@then("申请回避的检查人员不再检查该对象，理由记入抽取记录")
def replaced(office: Office) -> None:
    (late,) = office.record.late
    assert late.inspector not in office.record.drawn.teams[late.object]


@then("按公布的种子复核，抽取记录与承诺一致")
def verified(office: Office) -> None:
    assert office.commitment is not None
    assert verify(office.record, office.registers, office.commitment.digest) == []


@then(parsers.re(r"复核时指明“(?P<place>[^”]+)”不符"))
def told(office: Office, place: str) -> None:
    assert place in [t.place for t in verify(office.record, office.registers)]


@then(parsers.re(r"不能抽取，因为“(?P<why>[^”]+(“[^”]+”[^”]*)?)”"))
def refused(office: Office, why: str) -> None:
    assert why in office.failure, office.failure


@then("办件记载的承诺和抽取记录摘要与公布的相同")
def carried(office: Office, world: World) -> None:
    assert office.commitment is not None
    assert world.case.data["seed_committed"] == office.commitment.digest
    assert world.case.data["draw_record"] == office.record.digest

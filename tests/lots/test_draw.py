"""The laws of the draw."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jianban.workflows.lots.drawing import DrawError, Drawn, draw, rank
from jianban.workflows.lots.plan import Plan, PlanError, Take, read_take
from jianban.workflows.lots.registers import Registers
from tests.effort import examples
from tests.lots.registers import CLASSES, registers

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "lots.md"
KEYS = st.binary(min_size=1, max_size=20)
HALF = Plan(take=read_take(f"{name}=50%" for name in CLASSES))


def drawn_or_none(key: bytes, plan: Plan, of: Registers) -> Drawn | None:
    try:
        return draw(key, plan, of)
    except DrawError:
        return None


@examples(150)
@given(KEYS, registers())
def test_quotas_recusals_limits_and_team_size_hold(key: bytes, of: Registers) -> None:
    drawn = drawn_or_none(key, HALF, of)
    assume(drawn is not None)
    assert drawn is not None
    sizes = Counter(of.objects.values())
    assert Counter(drawn.objects.values()) == Counter({n: -(-k // 2) for n, k in sizes.items()})
    assert all(of.objects[o] == name for o, name in drawn.objects.items())
    assert drawn.teams.keys() == drawn.objects.keys()
    for object_, team in drawn.teams.items():
        assert len(team) == len(set(team)) == 2
        assert not any((i, object_) in of.recusals for i in team)
    loads = Counter(i for team in drawn.teams.values() for i in team)
    assert all((most := of.inspectors[i]) is None or n <= most for i, n in loads.items())


@examples(100)
@given(KEYS, registers(), st.randoms(use_true_random=False))
def test_the_order_of_the_registers_does_not_matter(key: bytes, of: Registers, chance: Any) -> None:
    objects, inspectors = list(of.objects.items()), list(of.inspectors.items())
    chance.shuffle(objects)
    chance.shuffle(inspectors)
    other = Registers(objects=dict(objects), inspectors=dict(inspectors), recusals=of.recusals)
    assert of.digests() == other.digests()
    assert drawn_or_none(key, HALF, of) == drawn_or_none(key, HALF, other)


def feasible(of: Registers, objects: list[str], left: dict[str, int]) -> bool:
    """Whether there is any assignment at all, by trying every one."""
    if not objects:
        return True
    able = [i for i in sorted(left) if (i, objects[0]) not in of.recusals and left[i]]
    return any(
        feasible(of, objects[1:], left | {a: left[a] - 1, b: left[b] - 1}) for a, b in combinations(able, 2)
    )


@examples(200)
@given(KEYS, registers(crowded=True))
def test_a_draw_is_refused_only_when_no_assignment_exists(key: bytes, of: Registers) -> None:
    plan = Plan(take=read_take(f"{name}=100%" for name in CLASSES))
    limits = {i: 99 if most is None else most for i, most in of.inspectors.items()}
    assert (drawn_or_none(key, plan, of) is not None) is feasible(of, sorted(of.objects), limits)


def told_on_the_page() -> Callable[..., dict[str, list[str]]]:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    return names["draw"]


@examples(150)
@given(KEYS, st.one_of(registers(), registers(crowded=True)))
def test_the_page_s_own_program_draws_the_same(key: bytes, of: Registers) -> None:
    sizes = Counter(of.objects.values())
    take = {name: -(-sizes[name] // 2) for name in CLASSES}
    try:
        page = told_on_the_page()(key, of.objects, of.inspectors, of.recusals, take, 2)
    except ValueError:
        page = None
    drawn = drawn_or_none(key, HALF, of)
    assert (list(drawn.teams.items()) if drawn else None) == (
        [(o, tuple(team)) for o, team in page.items()] if page else None
    )


def test_a_rank_is_what_the_page_says() -> None:
    # computed with openssl: printf 'object\n甲' | openssl dgst -sha256 -hmac seed
    assert rank(b"seed", "object", "甲") == "779af3e509a12947d2f39f200416ce61eb0ee4ea115399ef2ba50cfcd643f9c0"


def test_every_object_and_every_team_is_as_likely_as_any_other() -> None:
    """Chi-square over 4000 fixed seeds; 27.9 and 20.5 are its 99.9 % quantiles at 9 and 5 degrees."""
    of = Registers(
        objects={f"o{i}": "A" for i in range(10)},
        inspectors={f"p{i}": None for i in range(4)},
        recusals=frozenset(),
    )
    plan = Plan(take={"A": Take("1")})
    seeds = 4000
    drawn = [draw(f"seed {n}".encode(), plan, of) for n in range(seeds)]
    objects = Counter(o for d in drawn for o in d.objects)
    teams = Counter(frozenset(t) for d in drawn for t in d.teams.values())
    for counts, cells, quantile in ((objects, 10, 27.9), (teams, 6, 20.5)):
        expected = seeds / cells
        assert len(counts) == cells
        assert sum((n - expected) ** 2 / expected for n in counts.values()) < quantile


def test_an_object_that_nobody_may_inspect_is_named() -> None:
    of = Registers(
        objects={"甲": "A", "乙": "A"},
        inspectors={"p1": None, "p2": None, "p3": None},
        recusals=frozenset({("p1", "乙"), ("p2", "乙")}),
    )
    with pytest.raises(DrawError) as refused:
        draw(b"k", Plan(take=read_take(["A=2"])), of)
    assert refused.value.text.zh.startswith("对象“乙”须 2 名检查人员，除去回避的只有 1 名（p3）")


def test_when_all_are_loaded_the_object_is_named() -> None:
    of = Registers(objects={"甲": "A", "乙": "A"}, inspectors={"p1": 1, "p2": 1}, recusals=frozenset())
    with pytest.raises(DrawError, match="can take"):
        draw(b"k", Plan(take=read_take(["A=2"])), of)


def test_teams_change_along_a_chain_before_a_draw_is_refused() -> None:
    """Each object has one pair only that leaves the other a pair."""
    of = Registers(
        objects={"甲": "A", "乙": "A"},
        inspectors=dict.fromkeys(("p1", "p2", "p3", "p4"), 1),
        recusals=frozenset({("p3", "乙"), ("p4", "乙")}),
    )
    for n in range(40):
        drawn = draw(f"{n}".encode(), Plan(take=read_take(["A=2"])), of)
        assert {o: set(t) for o, t in drawn.teams.items()} == {"甲": {"p3", "p4"}, "乙": {"p1", "p2"}}


@pytest.mark.parametrize(
    ("said", "size", "number"),
    [
        ("3%", 34, 2),
        ("3%", 33, 1),
        ("0%", 9, 0),
        ("100%", 9, 9),
        ("0.5%", 200, 1),
        ("0.5%", 201, 2),
        ("7", 9, 7),
    ],
)
def test_amounts(said: str, size: int, number: int) -> None:
    assert Take(said).of(size) == number


@pytest.mark.parametrize("word", ["A", "A=", "=3", "A=-1", "A=1.5", "A=101%", "A=１", "A=3 %", "A\tB=3"])
def test_what_says_no_amount_is_refused(word: str) -> None:
    with pytest.raises(PlanError):
        read_take([word])


def test_a_plan_fits_the_register() -> None:
    objects = {"o1": "A", "o2": "B"}
    with pytest.raises(PlanError, match="nothing is said of class “B”"):
        Plan(take=read_take(["A=1"])).classes(objects)
    with pytest.raises(PlanError, match="class “A” has 1 objects"):
        Plan(take=read_take(["A=2", "B=0"])).classes(objects)
    with pytest.raises(PlanError, match="2 inspectors at least"):
        Plan(take={}, team=1)
    with pytest.raises(PlanError, match="given twice"):
        read_take(["A=1", "A=2"])

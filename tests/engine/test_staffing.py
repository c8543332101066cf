"""Whether a list of people can work a process."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from jianban.engine.staffing import StaffingKind, staffing, unassignable
from tests.effort import examples
from tests.engine.flows import steps

DESK = steps(
    """
    - {step: apply, kind: submit, by: agent}
    - {step: receive, kind: task, by: clerk}
    - {step: check, kind: task, by: [clerk, officer], different_person_from: [receive]}
    - {step: decide, kind: decide, by: officer, different_person_from: [receive, check]}
    """,
    "anywhere: {withdraw: {by: agent, to: withdrawn}, "
    "suspend: {by: head, resume: {event: resume, by: head}}}",
)
ENOUGH = {
    "a": ["clerk"], "b": ["clerk", "head"], "c": ["officer"], "d": ["officer", "head"],
}  # fmt: skip


def kinds(staff: dict[str, list[str]]) -> list[tuple[StaffingKind, tuple[str, ...], tuple[str, ...]]]:
    return [(f.kind, f.steps, f.roles or f.people) for f in staffing(DESK, staff)]


def test_enough_people_find_nothing() -> None:
    assert kinds(ENOUGH) == []


def test_a_role_that_nobody_has_is_found_with_what_needs_it() -> None:
    found = staffing(DESK, {"a": ["clerk"], "b": ["clerk"]})
    assert [(f.roles, f.steps) for f in found if f.kind is StaffingKind.NOBODY] == [
        (("officer",), ("decide",)),
        (("head",), ()),
    ]
    assert "“中止”" in found[1].message.zh


def test_duties_that_cannot_be_kept_apart_are_found_with_the_steps_and_people() -> None:
    assert kinds({"a": ["clerk", "officer"], "b": ["officer", "head"]}) == [
        (StaffingKind.SEPARATION, ("receive", "check", "decide"), ("a", "b"))
    ]
    assert kinds({"a": ["clerk", "officer", "head"]})[0][:2] == (
        StaffingKind.SEPARATION, ("check", "decide"),
    )  # fmt: skip


def test_people_without_whom_work_stops_are_hinted_at() -> None:
    found = kinds({"a": ["clerk"], "b": ["officer", "head"], "c": ["officer"]})
    assert (StaffingKind.SINGLE, ("receive",), ("a",)) in found
    assert all(kind is StaffingKind.SINGLE for kind, _steps, _people in found)


NAMES = ["s0", "s1", "s2", "s3", "s4"]


@examples(200)
@given(
    st.lists(st.frozensets(st.sampled_from("abcd"), min_size=1), min_size=5, max_size=5),
    st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4)).filter(lambda p: p[0] != p[1])),
)
def test_the_search_agrees_with_trying_everything(
    able: list[frozenset[str]], pairs: set[tuple[int, int]]
) -> None:
    people = dict(zip(NAMES, able, strict=True))
    edges = {(NAMES[a], NAMES[b]) for a, b in pairs} | {(NAMES[b], NAMES[a]) for a, b in pairs}
    apart = {n: frozenset(b for a, b in edges if a == n) for n in NAMES}

    def possible(steps: tuple[str, ...]) -> bool:
        every = product(*(sorted(people[s]) for s in steps))
        given_ = (dict(zip(steps, one, strict=True)) for one in every)
        return any(all(g[a] != g[b] for a, b in edges if a in g and b in g) for g in given_)

    core = unassignable(people, apart)
    assert possible(tuple(NAMES)) == (core == ())
    if core:
        assert not possible(core)
        assert all(possible(tuple(s for s in core if s != step)) for step in core)

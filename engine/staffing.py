"""Whether a list of people can work a process: roles that nobody has, duties that cannot be kept apart, and
people without whom work stops.

Separation of duties is decided exactly: each step is given one of the people who may do it, so that no two
steps to be kept apart get the same. That is list colouring; steps with more people than neighbours are set
aside (one is always left for them), and the rest is searched, the step with the fewest people first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from jianban.engine.access import MISSPELT
from jianban.engine.plan import Plan
from jianban.engine.planning import plan_of
from jianban.engine.refusals import listed
from jianban.workflows.flow import Flow
from jianban.workflows.language.errors import Severity
from jianban.workflows.language.spelling import nearest
from jianban.workflows.language.terms import Cause, PartyKind, Role
from jianban.workflows.texts import Text

People: TypeAlias = dict[str, frozenset[str]]
"""Node id of a step → who may do it."""


class StaffingKind(StrEnum):
    NOBODY = "nobody"
    SEPARATION = "separation"
    SINGLE = "single"
    """Work stops without one person."""
    MISSPELT = "misspelt"
    """A role that the process does not have, and that looks like one of its."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffingFinding:
    kind: StaffingKind
    severity: Severity
    message: Text
    remedy: Text
    steps: tuple[str, ...] = ()
    """Node ids, in order of declaration."""
    roles: tuple[str, ...] = ()
    """The roles of which somebody is needed."""
    people: tuple[str, ...] = ()


def staffing(flow: Flow, staff: Mapping[str, Iterable[str]]) -> tuple[StaffingFinding, ...]:
    """What a list of people (person → role ids) lacks for the process.

    The applicant's side and the public are no staff and are left out.

    Raises:
        JianbanError: a condition of the flow cannot be understood.
    """
    plan = plan_of(flow)
    people = {person: frozenset((r,) if isinstance(r, str) else r) for person, r in staff.items()}
    found = [*_misspelt(plan, people), *_nobody(plan, people)]
    may = _may_do(plan, people)
    conflict = unassignable(may, _apart(plan, may))
    if conflict:
        found.append(_separated(plan, conflict, may))
    if not any(f.severity is Severity.ERROR for f in found):
        found += _single(plan, people, may)
    return tuple(found)


def unassignable(
    people: Mapping[str, frozenset[str]], apart: Mapping[str, frozenset[str]]
) -> tuple[str, ...]:
    """A smallest set of steps, in order, whose people cannot be kept apart: without any of them the rest can
    be. Empty when every step can be given one of its people.

    Args:
        apart: for each step, those that other people must do; it goes both ways.
    """
    core = tuple(people)
    if _assignment(core, people, apart) is not None:
        return ()
    for step in people:
        rest = tuple(s for s in core if s != step)
        if _assignment(rest, people, apart) is None:
            core = rest
    return core


def _assignment(
    steps: Iterable[str], people: Mapping[str, frozenset[str]], apart: Mapping[str, frozenset[str]]
) -> dict[str, str] | None:
    """Somebody for each of the hard steps; None when there is no way."""
    left = dict.fromkeys(steps, True)
    while easy := [s for s in left if len(people[s]) > sum(n in left for n in apart[s])]:
        del left[easy[0]]
    given: dict[str, str] = {}

    def free(step: str) -> frozenset[str]:
        return people[step] - {given[n] for n in apart[step] if n in given}

    def search() -> bool:
        waiting = [s for s in left if s not in given]
        if not waiting:
            return True
        step = min(waiting, key=lambda s: len(free(s)))
        for person in sorted(free(step)):
            given[step] = person
            if search():
                return True
            del given[step]
        return False

    return given if search() else None


def _staffed(roles: Iterable[Role]) -> bool:
    return all(r.agency.kind not in (PartyKind.APPLICANT, PartyKind.PUBLIC) for r in roles)


def _needs(plan: Plan) -> Iterator[tuple[str, Text, tuple[Role, ...]]]:
    """The groups of roles of which somebody must be there, with where and for what."""
    for node in plan.flow.steps:
        step = node.step
        groups = [a.by for a in plan.flow.outgoing[node.id] if a.cause is Cause.ACTOR]
        expiry = step.limit.expiry if step is not None and step.limit is not None else None
        if expiry is not None and expiry.role is not None:
            groups.append((expiry.role,))
        for by in dict.fromkeys((step.by if step is not None else (), *groups)):
            yield node.id, node.title, by
    for anywhere in plan.flow.anywhere:
        for by in dict.fromkeys((anywhere.by, anywhere.resume_by)):
            yield "", anywhere.title, by
    yield "", _HANDOVER, plan.handover_by


def _misspelt(plan: Plan, people: Mapping[str, frozenset[str]]) -> Iterator[StaffingFinding]:
    for person, roles in people.items():
        for role in sorted(roles - plan.roles.keys()):
            near = nearest(role, plan.roles, MISSPELT)
            if near is not None:
                yield StaffingFinding(
                    kind=StaffingKind.MISSPELT,
                    severity=Severity.WARNING,
                    message=_MISSPELT.format(person=person, role=role),
                    remedy=_MISSPELT_REMEDY.format(near=near),
                    roles=(role,),
                    people=(person,),
                )


def _nobody(plan: Plan, people: Mapping[str, frozenset[str]]) -> Iterator[StaffingFinding]:
    lacking: dict[tuple[Role, ...], dict[str, Text]] = {}
    for node, title, by in _needs(plan):
        if by and _staffed(by) and not any(r.id in roles for roles in people.values() for r in by):
            lacking.setdefault(by, {}).setdefault(node, title)
    for by, where in lacking.items():
        yield StaffingFinding(
            kind=StaffingKind.NOBODY,
            severity=Severity.ERROR,
            message=_NOBODY.format(roles=listed(map(_named, by)), steps=_titles(where.values())),
            remedy=_NOBODY_REMEDY,
            steps=tuple(n for n in where if n),
            roles=tuple(r.id for r in by),
        )


def _may_do(plan: Plan, people: Mapping[str, frozenset[str]]) -> People:
    """The steps of the staff that somebody may do."""
    found: People = {}
    for node in plan.flow.steps:
        by = node.step.by if node.step is not None else ()
        able = frozenset(p for p, roles in people.items() if any(r.id in roles for r in by))
        if able and _staffed(by):
            found[node.id] = able
    return found


def _apart(plan: Plan, steps: Iterable[str]) -> dict[str, frozenset[str]]:
    pairs = {(a, b) for a in steps for b in plan.nodes[a].apart}
    pairs |= {(b, a) for a, b in pairs}
    return {s: frozenset(b for a, b in pairs if a == s and b in set(steps)) for s in steps}


def _separated(plan: Plan, steps: tuple[str, ...], may: People) -> StaffingFinding:
    able = sorted(frozenset().union(*(may[s] for s in steps)))
    titles = _titles(plan.nodes[s].node.title for s in steps)
    return StaffingFinding(
        kind=StaffingKind.SEPARATION,
        severity=Severity.ERROR,
        message=_SEPARATION.format(steps=titles, people=listed(Text(p, p) for p in able)),
        remedy=_SEPARATION_REMEDY,
        steps=steps,
        people=tuple(able),
    )


def _single(plan: Plan, people: Mapping[str, frozenset[str]], may: People) -> Iterator[StaffingFinding]:
    apart = _apart(plan, may)
    for person in people:
        left = {s: able - {person} for s, able in may.items()}
        stopped = tuple(s for s, able in left.items() if not able)
        steps = stopped or unassignable(left, apart)
        if steps:
            titles = _titles(plan.nodes[s].node.title for s in steps)
            yield StaffingFinding(
                kind=StaffingKind.SINGLE,
                severity=Severity.NOTE,
                message=_SINGLE.format(person=person, steps=titles),
                remedy=_SINGLE_REMEDY,
                steps=steps,
                people=(person,),
            )


def _named(role: Role) -> Text:
    return Text(f"“{role.title.zh}”（{role.id}）", f"“{role.title.en}” ({role.id})")


def _titles(titles: Iterable[Text]) -> Text:
    known = list(dict.fromkeys(titles))
    return Text("、".join(f"“{t.zh}”" for t in known), ", ".join(f"“{t.en}”" for t in known))


_HANDOVER = Text("移交办件", "Hand the case over")
_MISSPELT = Text("{person}的角色“{role}”本流程没有", "The process has no role “{role}”, which {person} has")
_MISSPELT_REMEDY = Text("是否应为“{near}”？", "Did you mean “{near}”?")
_NOBODY = Text("无人担任{roles}，不能办理{steps}", "Nobody has the role {roles}, needed for {steps}")
_NOBODY_REMEDY = Text("请指定人员担任", "Give somebody the role")
_SEPARATION = Text(
    "{steps}须由不同人员办理，而可办理的只有{people}",
    "{steps} must be done by different people, but only {people} may do them",
)
_SEPARATION_REMEDY = Text("请增加可办理其中步骤的人员", "Let more people do one of these steps")
_SINGLE = Text("{person}不在时，{steps}无法办理", "Without {person}, {steps} cannot be done")
_SINGLE_REMEDY = Text("请安排替班人员", "Have somebody stand in")

"""Which processes are service items: those that are applied for, and that an office answers.

The definition itself decides. A process is a service item when it can be granted, when the first step of its
typical run is the applicant's (依申请办理, not 依职权), and when an office acts after the applicant has dealt
with it. So inspections, inventories and what an office starts of itself are none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from jianban.workflows.analysis.measures.context import NO_RUN, Context, step_of
from jianban.workflows.language.model import Process
from jianban.workflows.language.terms import PartyKind
from jianban.workflows.texts import Text

OFFICES = frozenset({PartyKind.GOVERNMENT, PartyKind.COURT})
NOT_IN_FORCE = Text("{on} 不在施行期间", "not in force on {on}")
OLDER = Text("另有更新的版本 {version}", "there is a newer version, {version}")
OFFICE_STARTS = Text(
    "不是依申请办理：第一步“{step}”由{role}办理",
    "not on application: its first step, {step}, is done by: {role}",
)
NOT_ANSWERED = Text("申请人办理后没有行政机关办理的步骤", "no office acts on what the applicant has brought")


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A process that is not counted."""

    process: Process
    reason: Text


def newest_day(processes: Iterable[Process]) -> date | None:
    """The last day on which one of the processes came into force; None when none says when it did."""
    return max((p.in_force_from for p in processes if p.in_force_from is not None), default=None)


def in_force(
    processes: Iterable[Process], on: date | None, asked: Collection[str] = ()
) -> tuple[list[Process], list[Left]]:
    """The newest version of each process of those in force on a day, and what is left out.

    Args:
        processes: in order of id and version, which is kept.
        on: the day; None where no process says when it is in force.
        asked: keys (`id@version`) that count whatever the day.
    """
    left: list[Left] = []
    chosen: dict[str, Process] = {}
    for process in processes:
        if process.key in asked:
            chosen[process.key] = process
        elif on is not None and not _covers(process, on):
            left.append(Left(process=process, reason=NOT_IN_FORCE.format(on=on)))
        else:
            older = chosen.get(process.id)
            if older is not None:
                left.append(Left(process=older, reason=OLDER.format(version=process.version)))
            chosen[process.id] = process
    return list(chosen.values()), left


def _covers(process: Process, on: date) -> bool:
    start, end = process.in_force_from, process.in_force_to
    return (start is None or start <= on) and (end is None or on <= end)


def why_not(context: Context) -> Text | None:
    """Why the process is no service item; None when it is one."""
    if context.run is None:
        return NO_RUN
    steps = [step_of(node) for node in context.run.steps]
    if steps and steps[0].role.agency.kind is not PartyKind.APPLICANT:
        return OFFICE_STARTS.format(step=steps[0].title, role=steps[0].role.title)
    asked = next(
        (i for i, s in enumerate(steps) if s.kind.interaction and s.role.agency.kind is PartyKind.APPLICANT),
        len(steps),
    )
    if not any(s.role.agency.kind in OFFICES for s in steps[asked:]):
        return NOT_ANSWERED
    return None


def family(process: Process, known: Sequence[Process]) -> str:
    """The id of the process that this one is at last a variant of; its own when of none."""
    bases = {p.id: p.variant_of.partition("@")[0] for p in known if p.variant_of}
    id_, passed = process.id, {process.id}
    while (base := bases.get(id_)) is not None and base not in passed:
        passed.add(base)
        id_ = base
    return id_

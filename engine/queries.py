"""What can be asked of all cases: the part of `Engine` that reads lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from jianban.engine.access import Actor
from jianban.engine.assessment import Assessing, Assessment
from jianban.engine.cases import CaseItem, Cases, Filter
from jianban.engine.counts import Count, Counts
from jianban.engine.deadlines import Light
from jianban.engine.due import Due, DueCase
from jianban.engine.holidays import Calendars
from jianban.engine.library import Library
from jianban.engine.naming import check_day, check_names, one_of
from jianban.engine.pages import Page, plans
from jianban.engine.scoring import own_scoring, read_scoring
from jianban.engine.screening import check_actor
from jianban.engine.shell import Shell
from jianban.engine.store.store import Status, Store
from jianban.engine.vocabulary import Vocabulary, vocabulary
from jianban.engine.worklist import TaskItem, Worklist
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.flow import Flow


class Queries:
    """Every list is read by an index, a page at a time. `after` is the cursor that the page before gave."""

    store: Store
    library: Library
    shell: Shell
    calendar: WorkCalendar
    calendars: Calendars

    def now(self, given: datetime | None = None) -> datetime:
        raise NotImplementedError

    def vocabulary(self, flow: Flow | None = None) -> Vocabulary:
        """The names of roles, agencies, processes and steps that the catalogue and all cases know: to check
        with what a host has of them, its directory above all.

        Args:
            flow: one more, from elsewhere.
        """
        with self.store.reading() as connection:
            return vocabulary(self.library.catalogue, plans(connection, self.library), flow)

    def tasks(
        self,
        *,
        actor: Actor | None = None,
        role: str | None = None,
        limit: int = 50,
        after: str | None = None,
        now: datetime | None = None,
    ) -> Page[TaskItem]:
        """The work list of somebody, or of a role: nearest day first, each step once.

        Args:
            actor: steps of their roles that are not another's alone, and those that are theirs alone.
            role: all steps at which somebody of the role may act.

        Raises:
            JianbanError: not exactly one of actor and role is given, or the page is not one of this list.
        """
        check_names(role=role or None)  # without a name it is what anybody may do
        if actor is not None:
            check_actor(actor)
        worklist = Worklist(self.store, self.shell, self.calendar)
        return worklist.tasks(self.now(now), actor=actor, role=role, limit=limit, after=after)

    def due(
        self,
        *,
        until: date | None = None,
        role: str | None = None,
        agency: str | None = None,
        process: str | None = None,
        limit: int = 50,
        after: str | None = None,
        now: datetime | None = None,
    ) -> Page[DueCase]:
        """What is due when, and for whom: open cases in the order of the nearest date asked for.

        The dates are those of steps, stages and the whole process, by law and by promise, and the ends of
        waiting periods; each with its light, the days used and left, and whether a notice still to come may
        move it.

        Args:
            until: up to this day; None for all.
            role: only what those of a role must keep.
            agency: only what concerns an agency: its people, or a stage that it leads.
            process: `id`, or `id@version`.

        Raises:
            JianbanError: both a role and an agency are given, or the page is not one of this list.
        """
        check_names(role=role, agency=agency, process=process)
        check_day("until", until)
        return Due(self.store, self.shell, self.calendar).due(
            self.now(now), until=until, role=role, agency=agency, process=process, limit=limit, after=after
        )

    def cases(
        self,
        *,
        status: Status | str | None = None,
        process: str | None = None,
        subject: str | None = None,
        business_key: str | None = None,
        step: str | None = None,
        role: str | None = None,
        agency: str | None = None,
        light: Light | str | None = None,
        limit: int = 50,
        after: str | None = None,
        now: datetime | None = None,
    ) -> Page[CaseItem]:
        """Cases of which all that is given holds, by their ids; see `Filter`.

        Raises:
            JianbanError: there is no such status or light, or the page is not one of this list.
        """
        wanted = _filter(status, process, subject, business_key, step, role, agency, light)
        return Cases(self.store, self.shell).cases(self.now(now), wanted, limit=limit, after=after)

    def count(
        self,
        *by: str,
        status: Status | str | None = None,
        process: str | None = None,
        subject: str | None = None,
        business_key: str | None = None,
        step: str | None = None,
        role: str | None = None,
        agency: str | None = None,
        light: Light | str | None = None,
        now: datetime | None = None,
    ) -> Sequence[Count]:
        """How many cases there are, for each value of what is counted by: `engine.count("status", "light")`.

        Args:
            by: any of `status`, `process`, `end`, `subject`, `business_key`, `light`, `step`, `role`,
                `agency`, `state`. A case that stands at several steps counts at each. A `state` is `ended:`
                and the end, `suspended:` and the event that suspended it, or `open:` and the stage.

        Raises:
            JianbanError: there is nothing of that name to count by, or no such status or light.
        """
        wanted = _filter(status, process, subject, business_key, step, role, agency, light)
        return Counts(Cases(self.store, self.shell)).count(self.now(now), wanted, by)

    def assessment(
        self,
        since: date,
        until: date,
        *,
        by: str = "agency",
        policy: Path | None = None,
        now: datetime | None = None,
    ) -> Assessment:
        """How offices kept their limits (督查考核): what they did from one day to another, and their score.

        Args:
            since, until: the first and the last day, of Beijing.
            by: `agency`, `role` or `process`.
            policy: a file of weights; None for that of the catalogue, `policies/assessment.yaml`.
            now: when the lights are looked at.

        Raises:
            JianbanError: the period ends before it begins, there is no assessing by that, or no policy.
            DefinitionError: the policy has errors.
        """
        for what, day in (("since", since), ("until", until)):
            check_day(what, day)
        catalogue = self.library.catalogue
        scoring = read_scoring(policy, catalogue) if policy is not None else own_scoring(catalogue)
        assessing = Assessing(self.store, self.shell, self.calendar, self.calendars)
        return assessing.assessment(self.now(now), since, until, by, scoring)


def _filter(
    status: Status | str | None,
    process: str | None,
    subject: str | None,
    business_key: str | None,
    step: str | None,
    role: str | None,
    agency: str | None,
    light: Light | str | None,
) -> Filter:
    check_names(
        process=process, subject=subject, business_key=business_key, step=step, role=role, agency=agency
    )
    return Filter(
        status=one_of(Status, "status", status),
        process=process,
        subject=subject,
        business_key=business_key,
        step=step,
        role=role,
        agency=agency,
        light=one_of(Light, "light", light),
    )

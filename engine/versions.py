"""The part of `Engine` for other versions: migration with a preview and a way back, and other variants."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, select

from jianban.engine import facts
from jianban.engine.access import Actor
from jianban.engine.crossing import crossing
from jianban.engine.decision import Tick, decide
from jianban.engine.entries import entry_of
from jianban.engine.fitting import Fit, Problem, Unfit
from jianban.engine.front import Front
from jianban.engine.planning import plan_of
from jianban.engine.post import Link, LinkKind, linked
from jianban.engine.refusals import Refusal, Refused
from jianban.engine.seals import values_of
from jianban.engine.shell import Answer, Crossing, Start
from jianban.engine.state import RecordKind
from jianban.engine.store.store import Status
from jianban.engine.store.tables import cases
from jianban.engine.tracing import definition_of
from jianban.engine.view import StoredCase
from jianban.workflows.flow import Flow
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.model import Process
from jianban.workflows.texts import Text

TOGETHER = 50
"""Cases migrated in one commit, each wholly or not at all."""
PAGE = 500
_HASH = re.compile(r"[0-9a-f]{64}")
_PREVIEW = "preview"


class Preview(NamedTuple):
    """How a case fits another definition."""

    case: str
    fit: Fit
    moved: tuple[tuple[str, str], ...] = ()
    """Places that would be called otherwise: before and after; empty where a strand would be given up."""
    skipped: tuple[str, ...] = ()
    """Branches that are new in open blocks, and that this case would do without."""
    dropped: tuple[str, ...] = ()
    """Data fields whose values would not be carried over."""
    problems: tuple[Problem, ...] = ()
    """What must be decided, or stands in the way."""
    refusal: Refusal | JianbanError | None = None


class Migrated(NamedTuple):
    case: str
    answer: Answer | Refusal | JianbanError
    """A refusal (`Unfit`, with its problems) where the case stays as it is."""


class Material(NamedTuple):
    """A material that was handed in with a case, or with the one that it goes on from."""

    id: str
    case: str
    seq: int
    """The entry."""
    at: datetime


class Versions(Front):
    def preview(
        self,
        selection: str | Iterable[str],
        *,
        to: str | Process | Flow | None,
        mapping: Mapping[str, str | None] | None = None,
        now: datetime | None = None,
    ) -> Iterator[Preview]:
        """What a migration would do, case by case; nothing is changed. See `migrate`.

        Args:
            to: None for the way back, `undo_migration`.
        """
        moment = self.now(now)
        flow = self.library.flow(to) if to is not None else None
        asked = Crossing("", flow, Actor(_PREVIEW), _PREVIEW, mapping or {}, now=moment)
        for id in self._selected(selection):
            yield self._preview(id, asked, moment)

    def migrate(
        self,
        selection: str | Iterable[str],
        *,
        to: str | Process | Flow,
        actor: Actor,
        reason: str,
        mapping: Mapping[str, str | None] | None = None,
        key: str | None = None,
        now: datetime | None = None,
    ) -> list[Migrated]:
        """Let cases go on under another definition. Each does so wholly or stays as it is.

        Args:
            selection: the ids of cases; or `id`, `id@version` or a content hash: all that are open under it.
            to: the definition they go on under.
            reason: recorded with each.
            mapping: steps and blocks of the former definition and what stands for them in the new one; None
                for a branch that is given up.
            key: of idempotency, in each case.

        Raises:
            UnknownProcess: there is no such process.
        """
        return self._cross(selection, self.library.flow(to), actor, reason, mapping or {}, key, now)

    def undo_migration(
        self,
        selection: str | Iterable[str],
        *,
        actor: Actor,
        reason: str,
        key: str | None = None,
        now: datetime | None = None,
    ) -> list[Migrated]:
        """Let cases go on under the definition before their last migration.

        One in which nothing has happened since is as it was; another is carried over backwards, or stays as
        it is where that is not possible. See `migrate`.
        """
        return self._cross(selection, None, actor, reason, {}, key, now)

    def switch(
        self,
        case: str,
        *,
        actor: Actor | str,
        to: str | Process | Flow | None = None,
        data: Mapping[str, Any] | None = None,
        reason: str = "",
        id: str | None = None,
        now: datetime | None = None,
        connection: Connection | None = None,
    ) -> StoredCase:
        """Go on with what an ended case was about under another process (general after simplified).

        The new case has the data that its process knows, the business key, the subject and the bound roles;
        both cases are linked, so that the record and the materials of the first count for the second. A case
        is switched once: again, it gives the same case.

        Args:
            to: None for the process that the end of the case switches to or offers.
            data: what is known besides.
            id: of the new case; None for a new one.

        Raises:
            JianbanError: the case has not ended, or nothing says how to go on.
            Refused: that process does not take the case.
        """
        stored = self._stored(case)
        flow, state = self.shell.state(stored)
        plan, moment = plan_of(flow), self.now(now)
        end = plan.nodes[state.tokens[0].node].node.end
        if end is None:
            raise JianbanError(NOT_ENDED.format(case=case))
        process = to if to is not None else end.switch_to or end.offers
        if process is None:
            raise JianbanError(NO_SWITCH.format(case=case, end=end.title))
        new = self.library.flow(process)
        known = plan_of(new)
        has = {n: v for n, v in zip(plan.fields, state.data, strict=True) if v is not None}
        kept = {n: v for n, v in has.items() if not isinstance(facts.read({n: v}, known.fields), Refusal)}
        roles: dict[str, list[str]] = {}
        for role, person in state.memory.assignments:
            if role in known.roles:
                roles.setdefault(role, []).append(person)
        new_id = id if id is not None else self._ids(moment)
        start = Start(
            flow=new,
            id=new_id,
            actor=self.acting(actor, case, moment),
            now=moment,
            data={**kept, **(data or {})},
            reason=reason or case,
            assignments=roles or None,
            key=f"switch:{case}",
            business_key=stored.business_key,
            subject=stored.subject,
            own_id=id is not None,
            link=Link(new_id, case, LinkKind.SWITCHED, moment),
        )
        answer = self._ask(start, connection)
        if isinstance(answer, Refusal):
            raise Refused(answer)
        return self.case(answer.case)

    def materials(self, case: str) -> tuple[Material, ...]:
        """What was handed in with a case, and with those that it goes on from, the oldest first.

        Raises:
            UnknownCase: there is no such case.
        """
        found: list[Material] = []
        seen = [self._stored(case).id]
        while True:
            with self.store.reading() as connection:
                links = linked(connection, seen[-1])
            up = next((x for x in links if x.case == seen[-1] and x.kind is LinkKind.SWITCHED), None)
            if up is None or up.parent in seen:
                break
            seen.append(up.parent)
        for id in reversed(seen):
            for row in self.store.entries(id):
                plan = plan_of(self.library.by_hash(definition_of(row)))
                for record in entry_of(plan, row).records:
                    node = plan.nodes.get(record.node) if record.kind is RecordKind.FIRED else None
                    uses = node.node.step.materials if node is not None and node.node.step is not None else ()
                    found += (Material(use.material.id, id, row.seq, record.at) for use in uses)
        return tuple(found)

    def _cross(
        self,
        selection: str | Iterable[str],
        to: Flow | None,
        actor: Actor,
        reason: str,
        mapping: Mapping[str, str | None],
        key: str | None,
        now: datetime | None,
    ) -> list[Migrated]:
        moment = self.now(now)
        done: list[Migrated] = []
        batch: list[Crossing] = []

        def carry_out() -> None:
            for asked, answer in zip(batch, self._do(batch), strict=True):
                done.append(Migrated(asked.case, answer))
            batch.clear()

        for id in self._selected(selection):
            batch.append(Crossing(id, to, actor, reason, mapping, key, moment))
            if len(batch) == TOGETHER:
                carry_out()
        if batch:
            carry_out()
        return done

    def _preview(self, id: str, asked: Crossing, now: datetime) -> Preview:
        try:
            stored = self._stored(id)
            old, state = self.shell.state(stored)
            ticked = decide(old, state, Tick(max(now, state.at)), self.shell.calendar)
            if isinstance(ticked, Refusal):
                return Preview(id, Fit.CANNOT, refusal=ticked)
            personal = values_of(self.store.personal(id))
            entries = [
                entry_of(plan_of(self.library.by_hash(definition_of(row))), row, personal)
                for row in self.store.entries(id)
            ]
            shell = self.shell
            carried = crossing(
                self.library, shell.calendars, plan_of(old), shell.calendar, ticked, entries, asked, now
            )
        except JianbanError as error:
            return Preview(id, Fit.CANNOT, refusal=error)
        if isinstance(carried, Unfit):
            return Preview(id, carried.fit, problems=carried.problems, refusal=carried)
        if isinstance(carried, Refusal):
            return Preview(id, Fit.CANNOT, refusal=carried)
        _decision, moved, skipped, dropped = carried[1]
        return Preview(id, Fit.MAPS, moved, skipped, dropped)

    def _selected(self, selection: str | Iterable[str]) -> Iterator[str]:
        """The ids given, or those of all open cases under a definition, read a page at a time."""
        if not isinstance(selection, str):
            yield from selection
            return
        under: ColumnElement[bool]
        if _HASH.fullmatch(selection):
            under = cases.c.definition == selection
        elif "@" in selection:
            under = cases.c.process == selection
        else:
            under = cases.c.process.startswith(f"{selection}@", autoescape=True)
        open_ = cases.c.status != Status.ENDED.value
        after = ""
        while True:
            query = (
                select(cases.c.id).where(under, open_, cases.c.id > after).order_by(cases.c.id).limit(PAGE)
            )
            with self.store.reading() as connection:
                page = list(connection.scalars(query))
            yield from page
            if len(page) < PAGE:
                return
            after = page[-1]


NOT_ENDED = Text(
    "办件 {case} 尚未办结，不能转入其他流程。请先办结，或用 migrate 迁移",
    "case {case} has not ended, so that nothing can go on from it. Let it end, or use `migrate`",
)
NO_SWITCH = Text(
    "办件 {case} 的结果“{end}”没有写明转入哪个流程。请用 to 指明",
    "the end “{end}” of case {case} names no process to go on under. Name it in `to`",
)

"""What cases tell each other: sent, received and answered in the transaction of the event it follows from.

A message goes at once to the cases that wait for it. What has too many receivers, or cannot be done at once,
stays an effect that a worker carries out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from jianban.engine.access import Actor
from jianban.engine.asked import Answer, Delivery, Start
from jianban.engine.clock import local, over
from jianban.engine.codec import microseconds
from jianban.engine.effects.rows import EffectStatus, effect_key
from jianban.engine.effects.values import Effect, answers_of, told_of
from jianban.engine.library import Library
from jianban.engine.messages import Message
from jianban.engine.plan import Plan
from jianban.engine.planning import plan_of
from jianban.engine.post import Link, LinkKind, Move, Post, awaited
from jianban.engine.refusals import Refusal, Rule
from jianban.engine.state import CaseState, Memory, RecordKind, Value
from jianban.engine.store.store import Status, Stored, Work
from jianban.workflows.calendar import CalendarError
from jianban.workflows.language.durations import parse_duration
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.terms import Duration, SendKind
from jianban.workflows.texts import Text

if TYPE_CHECKING:
    from jianban.engine.running import Running
    from jianban.engine.shell import Shell

RECEIVERS = 64
"""Of one message, at once: with more, a worker brings it."""
LETTERS = 256
"""Messages and openings that one transaction may lead to: a worker goes on where cases answer each other."""
CALLER_LEFT = "caller.left"
"""The message to a case that was called, when the case that called it waits for its end no more."""
OPENED_BY = "open:"
"""What the start keys of cases begin with that were opened by others; an effect's key follows."""


class _Letter(NamedTuple):
    asked: Delivery | Start
    running: Running | None = None
    effect: int = 0
    """For an opening: whose effect it is, and which of them."""
    held: bool = False
    """For a message: whether it was held for the case."""


class Within(Protocol):
    """The transaction that cases tell each other something in."""

    @property
    def shell(self) -> Shell: ...
    @property
    def work(self) -> Work: ...
    def perform(self, asked: Start | Delivery) -> Answer | Refusal | JianbanError: ...
    def note(self, asked: Delivery, kind: RecordKind) -> Answer: ...


class Correspondence:
    def __init__(self, transaction: Within) -> None:
        self._transaction = transaction
        self.post = Post(transaction.work)
        self.letters: deque[_Letter] = deque()
        self._count = 0

    def taken(
        self, running: Running, before: CaseState | None, now: datetime, effects: Sequence[Effect]
    ) -> None:
        """See what follows from an entry of a case that the others must know.

        Args:
            effects: of the entry, whose rows are the last of the case's.
        """
        state, plan, case = running.state, running.known.plan, running.case
        assert state is not None
        are = awaited(plan, state, case.business_key) if plan.talks else frozenset()
        begun, gone = are - running.waits, running.waits - are
        running.waits = are
        # before those that are waited for: a lock that is shared cannot become one's own
        self.post.lock([effect.to for effect in effects if "keep" in effect.payload], shared=False)
        self.post.wait(case.id, gone, begun)
        if begun:
            for message in self.post.kept(begun, microseconds(now)):
                self._write(case.id, message, None, now)
        if before is not None and before.memory.suspension is not None and case.status != Status.SUSPENDED:
            for message, place in self.post.held(case.id):
                self._write(case.id, message, place, now, held=True)
        first = len(running.effects) - len(effects)
        for n, effect in enumerate(effects):
            if effect.kind is SendKind.MESSAGE:
                self._send(running, first + n, n, effect, now)
            elif effect.kind is SendKind.OPEN:
                self._open(running, first + n, n, effect, now)
        if before is not None and plan.opening:
            self._leave(running, before, now)
        if case.status == Status.ENDED and (case.start_key or "").startswith(OPENED_BY):
            self._report(running, state, now)

    def carry(self) -> None:
        """Bring what was written, and what is written in answer to it."""
        while self.letters:
            letter = self.letters.popleft()
            answer = self._transaction.perform(letter.asked)
            if letter.running is not None:
                if not isinstance(answer, Refusal | JianbanError):
                    self._done(letter.running, letter.effect)
            else:
                self.settle(letter.asked, answer, letter.held)

    def settle(self, asked: Any, answer: Answer | Refusal | JianbanError, held: bool = False) -> bool:
        """Hold a message for a case that is suspended, until it is resumed; the record of the case says so.

        Args:
            held: whether it was held, so that what becomes of it must be told.

        Returns:
            Whether it is held.
        """
        if isinstance(answer, Refusal) and answer.code is Rule.SUSPENDED:
            name = self.post.holding(asked.case, asked.message.id)
            if name is None:
                self.post.hold(asked.case, asked.message, asked.at, microseconds(asked.now))
                self._transaction.note(asked, RecordKind.HELD)
            return name in (None, asked.message.name)  # else it is of another message, and the id used twice
        if held and isinstance(answer, Refusal | JianbanError):
            self._transaction.note(asked, RecordKind.DROPPED)
        return False

    def moved(self, running: Running, before: Plan, pairs: Sequence[tuple[str, str]]) -> None:
        """Places of a case are called otherwise since it was migrated from another plan."""
        after = running.known.plan
        moves: dict[str, Move] = {}
        for place, to in pairs:
            told = answers_of(before.nodes.get(place.partition("[")[0]))
            ends = {message: end for end, message in told.items()}
            moves[place] = Move(to, ends, answers_of(after.nodes.get(to.partition("[")[0])))
        if moves:
            self.post.move(running.case.id, moves)

    def _write(
        self, case: str, message: Message, place: str | None, now: datetime, held: bool = False
    ) -> None:
        self._count += 1
        self.letters.append(_Letter(Delivery(case, message, place, message.id, now), held=held))

    def _send(self, running: Running, at: int, n: int, effect: Effect, now: datetime) -> None:
        case = running.case
        key = effect.payload["key"]
        if key is None:
            key = case.business_key
        if (keep := effect.payload.get("keep")) is not None:
            self._keep(effect, effect_key(case.id, case.seq, n + 1), case, parse_duration(keep), now)
        if not key and (effect.payload["key"] is not None or "lacks" in effect.payload):
            self._done(running, at)  # for a subject that there is none of: not for all that wait
            return
        receivers = self.post.receivers(effect.to, key, "", RECEIVERS + 1)
        if len(receivers) > RECEIVERS or self._count + len(receivers) > LETTERS:
            return
        message = Message(effect_key(case.id, case.seq, n + 1), effect.to, key, effect.payload["data"])
        for receiver in receivers:
            self._write(receiver, message, None, now)
        self._done(running, at)

    def _keep(self, effect: Effect, id: str, case: Stored, keep: Duration, now: datetime) -> None:
        """Keep a message for later cases, as what is known of a subject; of nobody nothing is known."""
        subject = told_of(effect.payload, case.subject, case.business_key)
        if subject:
            try:
                last = self._transaction.shell.calendar.end(local(now).date(), keep)
            except CalendarError:  # it goes on when the calendar does not
                last = date.max
            until = over(last, local(now))
            message = Message(id, effect.to, subject, effect.payload["data"])
            keep_it = self.post.keep if effect.payload.get("each") else self.post.know
            keep_it(message, microseconds(now), microseconds(until))

    def _open(self, running: Running, at: int, n: int, effect: Effect, now: datetime) -> None:
        if self._count >= LETTERS:
            return
        state, shell, case = running.state, self._transaction.shell, running.case
        assert state is not None
        try:
            start = opening(
                shell.library,
                effect,
                parent=case.id,
                key=effect_key(case.id, case.seq, n + 1),
                business_key=case.business_key,
                subject=case.subject,
                applicants=applicants(running.known.plan, state.memory),
                id=shell.ids(now),
                now=now,
            )
        except JianbanError:
            return
        self._count += 1
        self.letters.append(_Letter(start, running, at))

    def _leave(self, running: Running, before: CaseState, now: datetime) -> None:
        """Tell the cases that were called from places that are left."""
        state, plan = running.state, running.known.plan
        assert state is not None
        stand = {t.place for t in state.tokens}
        places = {t.place for t in before.tokens if t.node in plan.opening} - stand
        if not places:
            return
        case = running.case
        for child in self.post.left(case.id, places):
            self._write(child, Message(f"{case.id}:{case.seq}", CALLER_LEFT), None, now)

    def _report(self, running: Running, state: CaseState, now: datetime) -> None:
        """Tell the case that called this one of its end."""
        case, plan = running.case, running.known.plan
        link = self.post.parent(case.id)
        name = link.answers.get(case.end or "") if link is not None and link.awaited else None
        if link is None or name is None:
            return
        self.post.part(case.id)
        data = {n: _plain(v) for n, v in zip(plan.fields, state.data, strict=True) if v is not None}
        self._write(link.parent, Message(f"{case.id}:{case.seq}", name, None, data), link.place, now)

    @staticmethod
    def _done(running: Running, at: int) -> None:
        """The effect needs no worker."""
        row = running.effects[at]
        running.effects[at] = row._replace(status=EffectStatus.DONE.value, due=None, runs=0)


def addressed(plan: Plan, effects: Sequence[Effect]) -> None:
    """
    Raises:
        JianbanError: a message is for those who wait under the value of a field that the case does not have.
    """
    for effect in effects:
        if (name := effect.payload.get("lacks")) is not None:
            field = plan.fields.get(name)
            title = field.title if field is not None else Text(name, name)
            raise JianbanError(UNADDRESSED.format(message=effect.to, title=title, id=name))


def opening(
    library: Library,
    effect: Effect,
    *,
    parent: str,
    key: str,
    business_key: str | None,
    subject: str | None,
    applicants: Sequence[str],
    id: str,
    now: datetime,
) -> Start:
    """The start of a case that an effect of another asks for. It is opened in the name of that case, and who
    applied for that is the applicant of this.

    Args:
        key: of the effect.

    Raises:
        JianbanError: there is no such process.
    """
    flow = library.flow(effect.to)
    applicant = plan_of(flow).applicant
    assignments = {applicant.id: tuple(applicants)} if applicant is not None and applicants else None
    answers = effect.payload["answers"]
    return Start(
        flow=flow,
        id=id,
        actor=Actor(f"case:{parent}", ["case"]),
        now=now,
        data=effect.payload["data"],
        assignments=assignments,
        key=OPENED_BY + key,
        business_key=effect.payload["key"] or business_key,
        subject=subject,
        link=Link(
            case=id,
            parent=parent,
            kind=LinkKind.CALLED if answers else LinkKind.OPENED,
            at=now,
            place=effect.place,
            answers=answers,
            awaited=bool(answers),
        ),
    )


def applicants(plan: Plan, memory: Memory) -> tuple[str, ...]:
    """The persons to whom the applicant's role is bound in a case."""
    role = plan.applicant
    return tuple(person for id_, person in memory.assignments if role is not None and id_ == role.id)


def _plain(value: Value) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


UNADDRESSED = Text(
    "由此发出的消息“{message}”凭“{title}”送达，而办件没有这项数据。请随本次办理一并提交 {id}",
    "this sends the message {message} to those who wait under “{title}”, which the case does not have. "
    "Give {id} along with it",
)

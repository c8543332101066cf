"""A case in play: takes answers, lets time pass, and keeps what was refused."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from jianban.engine.case import Actor, Case, Decision, Offer, Refusal, Refused, Rule
from jianban.engine.commands.answers import Answer, Choose, Do, Fact, Wait, typed
from jianban.engine.commands.session import UsageFailure
from jianban.engine.decision import Command, Deliver, Tick
from jianban.workflows.flow import Flow
from jianban.workflows.language.terms import Role
from jianban.workflows.texts import Text

NO_NUMBER = Text("没有序号 {number}", "there is no number {number}")
NOTHING_DUE = Text(
    "没有会自动发生的事项，不必等待", "nothing will happen by itself, there is nothing to wait for"
)
EARLIER = Text("{day} 已经过去，现在是 {now}", "{day} is past: it is {now}")


class Play:
    """One case, and the cases it goes on as under other processes.

    Whoever a step is for does it, each step by a different person, so that separation of duties never
    stands in the way of a walk.
    """

    def __init__(self, now: datetime, given: Mapping[str, str], resolve: Callable[[str], Flow]) -> None:
        self.now = now
        self.resolve = resolve
        """Gives the flow of a process by its reference, when a case goes on under another one."""
        self.given = given
        """Facts stated at the start, as text."""
        self.pending: dict[str, str] = {}
        """Facts that come with the next event."""
        self.cases: list[Case] = []
        self.refusals: list[tuple[str, Refusal]] = []
        """The event, and what refused it."""
        self.actors: dict[str, Role] = {}
        """The role of everyone who has acted, by actor id."""

    @property
    def case(self) -> Case:
        return self.cases[-1]

    @property
    def over(self) -> bool:
        """Whether nothing can follow: no case could be opened, or the last one has ended."""
        return not self.cases or self.case.end is not None

    def open(self, flow: Flow) -> Refusal | None:
        """Open the case, or say why it can't be opened.

        Raises:
            Refused: the facts given are not such as the process declares.
        """
        facts = typed(self.given, flow.process.fields)
        try:
            self.cases.append(Case.open(flow, facts, actor=self._opener(flow), now=self.now))
        except Refused as error:
            if error.refusal.code is Rule.DATA:
                raise
            return self._refused("", error.refusal)
        return None

    def adopt(self, case: Case, commands: Sequence[Command]) -> None:
        """Take over a case that these commands have led to."""
        self.cases.append(case)
        self.now = commands[-1].now
        roles = {role.id: role for arc in (*case.flow.arcs, *case.flow.anywhere) for role in arc.by}
        for command in commands:
            if not isinstance(command, Tick | Deliver):
                self.actors.update((command.actor.id, roles[role]) for role in command.actor.roles)

    def offers(self) -> tuple[Offer, ...]:
        return self.case.offers(now=self.now)

    def wanted(self, answer: Choose | Do) -> Offer | None:
        """The offer an answer means; None when it means none that is there.

        Raises:
            UsageFailure: there is no such number.
        """
        offers = self.offers()
        if isinstance(answer, Choose):
            if not 1 <= answer.number <= len(offers):
                raise UsageFailure(NO_NUMBER.format(number=answer.number))
            return offers[answer.number - 1]
        meant = [o for o in offers if o.event == answer.event and answer.place in (None, o.place, o.step)]
        return next((o for o in meant if o.refusal is None), meant[0] if meant else None)

    def take(self, answer: Answer) -> Refusal | None:
        """Carry out an answer; a refusal is kept and returned.

        Raises:
            UsageFailure: the answer names nothing that could be done.
        """
        match answer:
            case Fact(name, value):
                self.pending[name] = value
                return None
            case Wait(until):
                return self._wait(until)
            case Choose() | Do():
                offer = self.wanted(answer)
                event = offer.event if offer else getattr(answer, "event", "")
                return self._fire(event, answer, offer)

    def _fire(self, event: str, answer: Choose | Do, offer: Offer | None) -> Refusal | None:
        place = answer.place if isinstance(answer, Do) else offer.place if offer else None
        roles = offer.roles if offer else ()
        fields = self.case.flow.process.fields
        collected = {
            name: self.given[name] for name in (offer.collects if offer else ()) if name in self.given
        }
        result = self.case.fire(
            event,
            actor=self._actor(roles, (offer.step if offer else None) or event),
            now=self.now,
            data=typed(collected | self.pending, fields),
            at=place,
            reason=answer.reason if isinstance(answer, Do) else "",
        )
        self.pending = {}
        return self._settle(event, result)

    def _wait(self, until: date | None) -> Refusal | None:
        if until is None:
            timers = self.case.timers()
            due = next((t.due for t in timers if t.event), None) or next((t.due for t in timers), None)
            if due is None:
                raise UsageFailure(NOTHING_DUE)
            self.now = max(due, self.now)
        else:
            then = self.now.replace(year=until.year, month=until.month, day=until.day)
            if then < self.now:
                raise UsageFailure(EARLIER.format(day=until, now=self.now.date()))
            self.now = then
        return self._settle("", self.case.tick(self.now))

    def _settle(self, event: str, result: Decision | Refusal) -> Refusal | None:
        if isinstance(result, Refusal):
            return self._refused(event, result)
        end = self.case.end
        if end is None or end.switch_to is None:
            return None
        flow = self.resolve(end.switch_to)
        try:
            self.cases.append(self.case.switch(lambda _: flow, actor=self._opener(flow), now=self.now))
        except Refused as error:
            return self._refused("", error.refusal)
        return None

    def _refused(self, event: str, refusal: Refusal) -> Refusal:
        self.refusals.append((event, refusal))
        return refusal

    def _opener(self, flow: Flow) -> Actor:
        first = flow.nodes[flow.root.initial]
        return self._actor(first.step.by if first.step else (), first.id)

    def _actor(self, roles: tuple[Role, ...], step: str) -> Actor:
        if not roles:
            return Actor(f"someone@{step}")
        actor = Actor(f"{roles[0].id}@{step}", [roles[0].id])
        self.actors[actor.id] = roles[0]
        return actor

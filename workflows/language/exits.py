"""The exits of one step: those of its kind, as the step overrides them and adds to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Protocol

from jianban.workflows.language.kinds import KindExitShape, kinds
from jianban.workflows.language.model import NEXT, Exit, Step
from jianban.workflows.language.names import EVENT, Names
from jianban.workflows.language.parts import TimerShape
from jianban.workflows.language.periods import period
from jianban.workflows.language.schema import ExitShape, StepShape
from jianban.workflows.language.scope import Scope, detour_id, redirected
from jianban.workflows.language.sends import awaited, sends_of
from jianban.workflows.language.terms import (
    Basis,
    Cause,
    Duration,
    ExpiryKind,
    Limit,
    Origin,
    Position,
    Role,
    Wait,
)
from jianban.workflows.texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """The step whose exits are made."""

    id: str
    shape: StepShape
    scope: Scope
    basis: Basis
    by: tuple[Role, ...]
    limit: Limit | None
    wait: Wait | None
    back: str | None
    """For a detour: where its main exit leads by default."""
    place: Position


class Detours(Protocol):
    """What makes the step in between, when an exit has one."""

    @property
    def names(self) -> Names: ...
    @property
    def outcomes(self) -> Mapping[str, str]: ...
    @property
    def steps(self) -> Mapping[str, bool]: ...

    def step(
        self,
        shape: StepShape,
        scope: Scope,
        inherited: Basis,
        *,
        id_: str = "",
        back: str | None = None,
        place: Position | None = None,
    ) -> list[Step]: ...


class Exits:
    def __init__(self, host: Host, detours: Detours) -> None:
        self.host = host
        self.maker = detours
        self.names = detours.names
        self.defaults = kinds().shapes[host.shape.kind].exits
        self.chosen = any(
            isinstance(e, ExitShape) and e.main
            for form in host.shape.on.values()
            for e in (form if isinstance(form, list) else [form])
        )
        """Whether the step itself names its main exit."""
        self.detours: list[Step] = []

    def all(self) -> tuple[tuple[Exit, ...], list[Step]]:
        """The exits, the kind's first, and the detours they lead through."""
        written = self.host.shape.on
        # a definition that speaks of every exit of the kind also sets their order
        order = (
            list(written) if self.defaults.keys() <= written.keys() else list({**self.defaults, **written})
        )
        exits: list[Exit] = []
        for event in order:
            form = written.get(event, _UNSAID)
            for at, one in enumerate(form if isinstance(form, list) else [form]):
                shape = leading_to(one) if isinstance(one, str) else one
                made = self._exit(event, shape, first=at == 0) if shape is not None else None
                if made is not None:
                    exits.append(made)
        return tuple(self._with_main(self._with_expiry(exits))), self.detours

    def _exit(self, event: str, shape: ExitShape, *, first: bool) -> Exit | None:
        host, default = self.host, self.defaults.get(event)
        position = (
            shape.at()
            if shape._node
            else host.shape.at("on", event)
            if event in host.shape.on
            else host.place
        )
        main = (
            shape.main
            if shape.main is not None
            else bool(default and default.main and first and not self.chosen)
        )
        to = self._target(event, shape, default, main, position)
        if to is None:
            return None
        basis = self.names.basis(shape, host.basis)
        message = awaited(shape, host.scope)
        after, origin = (None, None) if message else self._after(shape, default, position)
        if message and (shape.after or shape.by):
            self.names.report("J139", _MESSAGE_ALONE, _MESSAGE_ALONE_REMEDY, shape.at("message"))
        by = self.names.roles(shape, "by", shape.by) if shape.by else host.by
        return Exit(
            event=event,
            title=self._title(event, shape, default, position),
            to=to,
            guard=host.scope.guard(shape, shape.when, shape.else_, basis) if shape._node else None,
            by=() if after or message else by,
            cause=Cause.MESSAGE if message else Cause.TIMER if after else Cause.ACTOR,
            message=message,
            sends=sends_of(shape, host.scope, default.sends or () if default else ()),
            max=shape.max or (default.max if default else None),
            main=main,
            after=after,
            origin=origin,
            likelihood=shape.likelihood,
            basis=basis,
            position=position,
        )

    def _title(self, event: str, shape: ExitShape, default: KindExitShape | None, position: Position) -> Text:
        if shape.title:
            return shape.title.text
        if default is not None and default.title:
            return default.title.text
        known = kinds().events.get(event)
        if known is None:
            self.names.report(
                "J111", _NO_TITLE.format(event=event), _NO_TITLE_REMEDY.format(event=event), position
            )
        return known or Text(event, event)

    def _target(
        self, event: str, shape: ExitShape, default: KindExitShape | None, main: bool, position: Position
    ) -> str | None:
        """Where the exit leads; None when it is left out for want of an end."""
        host = self.host
        to = shape.to
        if to is not None:
            host.scope.target(to, shape.at("to") if shape._node else host.shape.at("on", event))
        if shape.via is not None:
            return self._detour(shape.via, shape.via.step, to, None)
        if default is not None and default.via is not None and not redirected(host.shape, event):
            return self._detour(default.via, detour_id(host.id, default.via), to, host.place)
        if to is not None:
            return to
        if default is not None and default.outcome is not None:
            end = self.maker.outcomes.get(default.outcome)
            if end is None and (default.needed or event in host.shape.on):
                self.names.report(
                    "J131",
                    _NO_END.format(event=event, outcome=default.outcome),
                    _NO_END_REMEDY.format(event=event),
                    position,
                )
            return end
        return host.back if main and host.back is not None else NEXT

    def _detour(self, shape: StepShape, id_: str, to: str | None, place: Position | None) -> str:
        host = self.host
        self.detours += self.maker.step(
            shape, host.scope, host.basis, id_=id_, back=to or host.id, place=place
        )
        return id_

    def _after(
        self, shape: ExitShape, default: KindExitShape | None, position: Position
    ) -> tuple[Duration | None, Origin | None]:
        """After what time the exit happens by itself, and what that runs from."""
        if shape.after is not None:
            if shape.by is not None:
                self.names.report("J139", _TIMER_BY, _TIMER_BY_REMEDY, shape.at("by"))
            if isinstance(shape.after, TimerShape):
                found = period(self.names, shape.after, self.maker.steps, self.host.scope.fields)
                return found or (None, None)
            return shape.after, None
        if default is None or not default.elapsed or shape.by is not None:
            return None, None
        if self.host.wait is None:
            if self.host.shape.lasts is None:
                self.names.report("J139", _NO_WAIT.format(step=self.host.id), _NO_WAIT_REMEDY, position)
            return None, None
        return self.host.wait.effective, self.host.wait.origin

    def _with_expiry(self, exits: list[Exit]) -> list[Exit]:
        """Add what happens by itself when the limit expires: the law answers, or the right lapses.

        The exit the expiry names keeps its actor where the kind or `by` gives it one, and the timer stands
        beside it; an exit that only the expiry explains belongs to the timer alone.
        """
        host = self.host
        expiry = host.limit.expiry if host.limit else None
        if host.limit is None or expiry is None or expiry.kind not in (ExpiryKind.DEEM, ExpiryKind.END):
            return exits
        event = expiry.event or ""
        named = [e for e in exits if e.event == event]
        place = host.shape.at("within", "expiry", "event")
        if not named:
            if event:
                self.names.find({e.event: True for e in exits}, event, EVENT, place)
            return exits
        after = host.limit.legal
        if after is None:
            self.names.report("J137", _EXPIRY_PROMISED, _EXPIRY_PROMISED_REMEDY, place)
            return exits
        if any(e.cause is Cause.TIMER for e in named):
            return exits
        last = named[-1]
        timer = replace(
            last, cause=Cause.TIMER, by=(), message=None, after=after, origin=None, basis=expiry.basis
        )
        form = host.shape.on.get(event)
        caused = isinstance(form, ExitShape) and (form.by or form.message)
        if event not in self.defaults and not caused:
            return [timer if e is last else e for e in exits]
        told = last.title.zh.startswith(_LATE)
        title = last.title if told else _DEEMED.format(title=last.title)
        timer = replace(timer, main=False, likelihood=None, title=title)
        at = exits.index(last) + 1
        return [*exits[:at], timer, *exits[at:]]

    def _with_main(self, exits: list[Exit]) -> list[Exit]:
        mains = [e for e in exits if e.main]
        if len(mains) == 1:
            return exits
        if mains:
            self.names.report("J139", _MAINS.format(step=self.host.id), _MAINS_REMEDY, mains[1].position)
            return exits
        if not exits:
            self.names.report("J139", _NO_EXIT.format(step=self.host.id), _NO_EXIT_REMEDY, self.host.place)
            return exits
        main = next((e for e in exits if e.to == NEXT), exits[0])
        return [replace(e, main=True) if e is main else e for e in exits]


@cache
def leading_to(target: str) -> ExitShape:
    """The exit that the shorthand `event: target` stands for."""
    return ExitShape.model_construct(to=target)


_UNSAID = ExitShape.model_construct()
"""An exit of the kind of which the step says nothing."""

_LATE = "逾期"
"""A title that begins so names the expiry itself."""
_DEEMED = Text("逾期视为{title}", "{title} (deemed, by expiry)")
_NO_TITLE = Text("事件“{event}”没有名称", "event “{event}” has no title")
_NO_TITLE_REMEDY = Text(
    "请写 {event}: {{to: …, title: {{zh: …, en: …}}}}", "Write {event}: {{to: …, title: {{zh: …, en: …}}}}"
)
_NO_END = Text(
    "出口“{event}”须通往类型为 {outcome} 的结果，而 ends 中没有",
    "exit “{event}” needs an end whose outcome is {outcome}",
)
_NO_END_REMEDY = Text(
    "请在 ends 中补上，或写 on: {{{event}: 去向}}，或写 on: {{{event}: null}} 删去",
    "Add one to `ends`, or write on: {{{event}: target}}, or on: {{{event}: null}} to remove it",
)
_TIMER_BY = Text("到期自动发生的出口不由人发起", "an exit that happens by itself is fired by nobody")
_TIMER_BY_REMEDY = Text("after 和 by 只写一个", "Give `after` or `by`, not both")
_MESSAGE_ALONE = Text(
    "由消息引起的出口不由人发起，也不到期发生", "an exit caused by a message is neither fired nor timed"
)
_MESSAGE_ALONE_REMEDY = Text("message、by、after 只写一个", "Give only one of `message`, `by` and `after`")
_NO_WAIT = Text("“{step}”没有写须届满的期间（lasts）", "“{step}” does not say how long it lasts (`lasts`)")
_NO_WAIT_REMEDY = Text("请补上 lasts，如 lasts: 20 days", "Add it, e.g. lasts: 20 days")
_EXPIRY_PROMISED = Text("只有承诺时限，期满没有法律后果", "a promised limit alone has no legal consequence")
_EXPIRY_PROMISED_REMEDY = Text(
    "请写法定时限 statutory，或改用 warn、escalate", "Give `statutory`, or use warn or escalate"
)
_MAINS = Text("“{step}”有不止一个主出口", "“{step}” has more than one main exit")
_MAINS_REMEDY = Text("只在一个出口写 main: true", "Mark only one exit with main: true")
_NO_EXIT = Text("“{step}”没有出口", "“{step}” has no exit")
_NO_EXIT_REMEDY = Text("至少保留一个出口", "Leave it at least one")

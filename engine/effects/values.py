"""Which effects follow from a decision: pure values, for the shell to keep with the records and carry out.

What they say is filled in from the data of the case after the decision. Values stand as they are: a brace
in one is no placeholder, and control characters become spaces, so that none can end a line or a header.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from jianban.engine.messages import key_of
from jianban.engine.plan import NodePlan, Plan
from jianban.engine.recollection import arc_of
from jianban.engine.state import CaseState, Decision, Instance, Memory, Record, RecordKind, Value, placed
from jianban.workflows.flow import NodeKind
from jianban.workflows.language.durations import write_duration
from jianban.workflows.language.other_cases import answer
from jianban.workflows.language.sends import PLACEHOLDER
from jianban.workflows.language.terms import DataField, DataKind, Role, Send, SendKind
from jianban.workflows.texts import Lang, Text
from jianban.workflows.wording import format_yuan


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One thing that goes out. Its key is formed by whoever keeps it."""

    kind: SendKind
    to: str
    """The id of the role or agency; the name of the place, system, message or process."""
    persons: tuple[str, ...] = ()
    """For NOTIFY: the people of the role in this case, where it is theirs alone; none: all of the role."""
    title: Text
    """The process."""
    text: Text
    node: str
    """Where in the case; empty for what concerns the whole case."""
    place: str
    """The node with its items, as `fire(at=…)` takes it."""
    payload: Mapping[str, Any]
    """Plain JSON: `data`; for MESSAGE and OPEN also `key` (None: the case's business key); for a MESSAGE
    `lacks`, the field of its key where that has no value, and when it is kept `keep`, as definitions have it,
    and `each` when it does not take the place of the last; and for OPEN `answers`, by end of the other case
    the message that tells of it at `place`."""


def effects_of(plan: Plan, decision: Decision) -> tuple[Effect, ...]:
    """What follows from a decision, in the order of its records."""
    sending = plan.sending
    for record in decision.records:
        if record.kind in _LOUD or record.node in sending or record.target in sending:
            break
    else:
        return ()
    telling = _Telling(plan, decision.state)
    return tuple(effect for record in decision.records for effect in telling.of(record))


_TOLD = {
    RecordKind.WARNED: Text("“{title}”的办理期限即将届满", "The limit of “{title}” will end soon"),
    RecordKind.OVERDUE: Text("“{title}”的办理期限已经届满", "The limit of “{title}” has ended"),
    RecordKind.ESCALATED: Text("“{title}”逾期未办结，请督办", "“{title}” is overdue: please see to it"),
}
_LOUD = frozenset((*_TOLD, RecordKind.SUSPENDED, RecordKind.WITHDRAWN))
"""What may be told wherever it happens."""
_REACHED = Text("办件已到“{title}”", "The case has reached “{title}”")
_TAKEN = Text("“{step}”：{title}", "“{step}”: {title}")
_ENDED = Text("办件已办结：{title}", "The case has ended: {title}")
_HAPPENED = Text("办件：{title}", "The case: {title}")
_MOVED = (RecordKind.FIRED, RecordKind.TIMED, RecordKind.RECEIVED)


class _Telling:
    def __init__(self, plan: Plan, state: CaseState) -> None:
        self.plan = plan
        self.memory: Memory = state.memory
        self.data = state.data

    def of(self, record: Record) -> Iterator[Effect]:
        plan, kind = self.plan, record.kind
        if kind in _TOLD:
            yield self._told(record)
            return
        if kind in (RecordKind.SUSPENDED, RecordKind.WITHDRAWN):
            anywhere = plan.anywhere[record.event].anywhere
            said = _HAPPENED.format(title=anywhere.title)
            yield from self._sent(anywhere.sends, plan.nodes.get(record.node), (), said)
            return
        source, target = plan.nodes.get(record.node), plan.nodes.get(record.target)
        arc = None
        if kind in _MOVED:
            arc = arc_of(plan, record).arc
        elif kind is RecordKind.RETURNED and source is not None:
            arc = next(
                a.arc for a in source.routes if (a.arc.event, a.arc.target) == (record.event, record.target)
            )
        if arc is not None and source is not None:
            said = _TAKEN.format(step=source.node.title, title=arc.title)
            yield from self._sent(arc.sends, source, record.instances, said)
        if target is None:
            return
        instances = record.instances[: target.depth]
        step, end = target.node.step, target.node.end
        if step is not None:
            said = _REACHED.format(title=target.node.title)
            yield from self._sent(step.sends, target, instances, said)
        elif end is not None and (target.kind is NodeKind.DONE or kind is RecordKind.ENDED):
            yield from self._sent(end.sends, target, instances, _ENDED.format(title=end.title))

    def _told(self, record: Record) -> Effect:
        """That a limit will end or has ended, for those whose step it is or to whom it is escalated."""
        node = self.plan.nodes[record.node]
        step = node.node.step
        assert step is not None, "limits are told of at steps"
        to = record.target or step.role.id
        title = self.plan.wholes[record.event].title if record.event else node.node.title
        send = Send(kind=SendKind.NOTIFY, role=self.plan.roles.get(to))
        return self._effect(send, node, record.instances, _TOLD[record.kind].format(title=title), to)

    def _sent(
        self, sends: Sequence[Send], node: NodePlan | None, instances: tuple[Instance, ...], said: Text
    ) -> Iterator[Effect]:
        for send in sends:
            to = send.role.id if send.role else send.agency.id if send.agency else send.name
            yield self._effect(send, node, instances, said, to)

    def _effect(
        self, send: Send, node: NodePlan | None, instances: tuple[Instance, ...], said: Text, to: str
    ) -> Effect:
        names = self._names(node, instances)
        payload: dict[str, Any] = {"data": {name: _plain(names[field][1]) for name, field in send.data}}
        if send.keep is not None:
            payload["keep"] = write_duration(send.keep)
        if send.each:
            payload["each"] = True
        if send.kind in (SendKind.MESSAGE, SendKind.OPEN):
            payload["key"] = key = None if send.key is None else key_of(names[send.key][1])
            if send.kind is SendKind.MESSAGE and send.key is not None and key is None:
                payload["lacks"] = send.key
        if send.kind is SendKind.OPEN:
            payload["answers"] = answers_of(node)
        id_ = node.node.id if node is not None else ""
        return Effect(
            kind=send.kind,
            to=to,
            persons=self._persons(send.role),
            title=self.plan.flow.process.title,
            text=said if send.text is None else filled(send.text, names),
            node=id_,
            place=placed(id_, instances),
            payload=payload,
        )

    def _names(
        self, node: NodePlan | None, instances: tuple[Instance, ...]
    ) -> dict[str, tuple[DataField, Value]]:
        """The fields, and the items of the list blocks around a node, with their values."""
        fields = self.plan.fields
        names = {id_: (fields[id_], value) for id_, value in zip(fields, self.data, strict=True)}
        if node is not None:
            scope = self.plan.scopes[node.node.region]
            names |= {f.id: (f, i.item) for f, i in zip(scope, instances, strict=False)}
        return names

    def _persons(self, role: Role | None) -> tuple[str, ...]:
        if role is None:
            return ()
        bound = tuple(person for id_, person in self.memory.assignments if id_ == role.id)
        if bound or role.id not in self.plan.kept or self.memory.responsible is None:
            return bound
        return (self.memory.responsible,)


def filled(text: Text, names: Mapping[str, tuple[DataField, Value]]) -> Text:
    """The text with values in the place of `{field}`; what names no field stays as it is."""

    def fill(lang: Lang) -> str:
        return PLACEHOLDER.sub(
            lambda m: _shown(*names[m[1]], lang) if m[1] in names else m[0], text.get(lang)
        )

    return Text(fill("zh"), fill("en"))


def _shown(field: DataField, value: Value, lang: Lang) -> str:
    """A value as people read it."""
    options = dict(field.options)
    if value is None:
        return _NONE.get(lang)
    if isinstance(value, bool):
        return (_YES if value else _NO).get(lang)
    if isinstance(value, date):
        return value.isoformat()
    if field.kind is DataKind.MONEY and isinstance(value, int):
        return format_yuan(value, lang)
    items = value if isinstance(value, tuple) else (str(value),)
    named = (options[i].get(lang) if i in options else i for i in items)
    joined = ("、" if lang == "zh" else ", ").join(named)
    return "".join(c if c.isprintable() else " " for c in joined)


def _plain(value: Value) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def told_of(payload: Mapping[str, Any], subject: str | None, business_key: str | None) -> str | None:
    """Of whom a message that is kept tells: its key, else whom the case is about. None or empty: nobody."""
    key: str | None = payload["key"]
    return key if key is not None else subject or business_key


def answers_of(node: NodePlan | None) -> dict[str, str]:
    """By end of the other case, the message that the step waits for."""
    step = node.node.step if node is not None else None
    exits = step.exits if step is not None else ()
    return {
        e.event: e.message.name
        for e in exits
        if e.message is not None and step is not None and e.message.name == answer(step.id, e.event)
    }


_NONE = Text("（未填）", "(not given)")
_YES = Text("是", "yes")
_NO = Text("否", "no")

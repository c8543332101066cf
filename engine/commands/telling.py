"""A case in play in words: what happened, where it stands, and what may happen next; or as JSON."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from jianban.engine.case import Case, Offer, Record, RecordKind, Refusal
from jianban.engine.commands.play import Play
from jianban.engine.commands.session import Session, both
from jianban.engine.decision import china
from jianban.engine.state import Value
from jianban.workflows.calendar import provisional_text
from jianban.workflows.flow import Flow
from jianban.workflows.language.terms import DataField, DataKind
from jianban.workflows.texts import Text
from jianban.workflows.wording import OUTCOMES, format_yuan

SAID = {
    RecordKind.OPENED: Text("{who}发起“{process}”", "{who} opens “{process}”"),
    RecordKind.FIRED: Text("{who}：{event}（{step}）", "{who}: {event} ({step})"),
    RecordKind.TIMED: Text("期限届满：{event}（{step}）", "the time is up: {event} ({step})"),
    RecordKind.RECEIVED: Text("收到消息：{event}（{step}）", "a message arrives: {event} ({step})"),
    RecordKind.HANDED_OVER: Text("{who}：办件移交{target}", "{who}: the case is handed over to {target}"),
    RecordKind.CANCELLED: Text("终止：{step}", "broken off: {step}"),
    RecordKind.SUSPENDED: Text("{who}：{event}", "{who}: {event}"),
    RecordKind.RESUMED: Text("{who}：恢复办理", "{who}: resumed"),
    RecordKind.WITHDRAWN: Text("{who}：{event}", "{who}: {event}"),
    RecordKind.EXTENDED: Text("{who}：延长期限（{step}）", "{who}: the limit is extended ({step})"),
    RecordKind.WARNED: Text("时限将届满，预警：{step}", "the limit will end soon, a warning: {step}"),
    RecordKind.OVERDUE: Text("超过时限：{step}", "the limit has passed: {step}"),
    RecordKind.ESCALATED: Text(
        "超过时限，上报{target}：{step}", "the limit has passed, {target} is told: {step}"
    ),
    RecordKind.ENDED: Text("办结：{step}（{outcome}）", "ended: {step} ({outcome})"),
}
"""The records worth a line; the others follow from them."""

NOBODY = Text("系统", "the system")
ANYONE = Text("任何人", "anyone")
LAST_DAY = Text("，截止 {day}", ", by {day}")
LAST_DAY_OF = Text("，截止 {day}（“{whole}”的时限）", ", by {day} (limit of “{whole}”)")
BY_ITSELF = Text("{day} 自动发生：{event}（{step}）", "{day} by itself: {event} ({step})")
LIMIT_PASSES = Text("时限届满", "the limit passes")
REFUSED = Text("不能办理：{text}。{remedy}", "refused: {text}. {remedy}")
COMMA = Text("、", ", ")
FACT = Text("{title}：{value}", "{title}: {value}")
YES, NO, NONE = Text("是", "yes"), Text("否", "no"), Text("无", "none")


class Telling:
    def __init__(self, session: Session, play: Play, *, facts: bool = False) -> None:
        self.say = session.say
        self.play = play
        self.facts = facts
        """Whether to tell the data that came with each event."""
        self.told: list[int] = []
        """How many records of each case have been told."""

    def news(self) -> Iterator[str]:
        """What happened since it was last asked for."""
        for at, case in enumerate(self.play.cases):
            if at == len(self.told):
                self.told.append(0)
            for record in case.history[self.told[at] :]:
                if record.kind in SAID:
                    yield f"{record.at:%Y-%m-%d} {self.say(self.record(case.flow, record))}"
                    if self.facts:
                        yield from self.brought(case, record)
            self.told[at] = len(case.history)

    def record(self, flow: Flow, record: Record) -> Text:
        node, target = flow.nodes.get(record.node), flow.nodes.get(record.target)
        role = self.play.actors.get(record.actor or "")
        roles = {role.id: role.title for step in flow.steps if step.step for role in step.step.by}
        return SAID[record.kind].format(
            who=role.title if role else NOBODY,
            process=flow.process.title,
            event=event_title(flow, record.node, record.event),
            step=node.title if node else "",
            target=target.title if target else roles.get(record.target, record.target),
            outcome=OUTCOMES[node.end.outcome] if node and node.end else "",
        )

    def brought(self, case: Case, record: Record) -> Iterator[str]:
        """The data that came with a record; what a case starts with by default is left out."""
        for name, value in case.brought(record).items():
            field = case.fields[name]
            if record.kind is not RecordKind.OPENED or value != field.default:
                yield f"           {self.say(FACT.format(title=field.title, value=worded(field, value)))}"

    def situation(self) -> Iterator[str]:
        """Who may do what now, each with its number, and what will happen by itself."""
        for number, offer in enumerate(self.play.offers(), 1):
            mark = f"{number:>3}" if offer.refusal is None else "  ×"
            yield f"{mark}  {self.offer(offer)}"
        case = self.play.case
        timers = case.timers()
        days = [o.deadline for o in self.play.offers() if o.deadline] + [t.due.date() for t in timers]
        for timer in timers:
            if timer.event is None and timer.tells is not RecordKind.ESCALATED:
                continue  # the offers say by when
            event = event_title(case.flow, timer.step, timer.event) if timer.event else LIMIT_PASSES
            step = case.flow.nodes[timer.step].title
            yield f"  +  {self.say(BY_ITSELF.format(day=timer.due.date(), event=event, step=step))}"
        yield from self.provisional(days)

    def provisional(self, days: Iterable[date]) -> Iterator[str]:
        """A warning where days lie in years whose adjusted days are not announced yet."""
        text = provisional_text(year for year in {day.year for day in days} if china().provisional(year))
        if text is not None:
            yield self.say(text)

    def offer(self, offer: Offer) -> str:
        who = self.say(COMMA).join(self.say(role.title) for role in offer.roles) or self.say(ANYONE)
        where = f" ({self.say(offer.step_title)})" if offer.step_title else ""
        items = "".join(f" [{instance.item}]" for instance in offer.instances)
        last = ""
        if offer.deadline is not None:
            text = LAST_DAY if offer.deadline_of == offer.step_title else LAST_DAY_OF
            last = self.say(text.format(day=offer.deadline, whole=offer.deadline_of))
        why = f": {self.say(offer.refusal.text)}" if offer.refusal else ""
        return f"{offer.event:<12} {self.say(offer.title)}{where}{items} — {who}{last}{why}"

    def refusal(self, refusal: Refusal) -> str:
        return self.say(REFUSED.format(text=refusal.text, remedy=refusal.remedy))


def worded(field: DataField, value: Value) -> Text:
    """The value of a field as people write it."""
    titles = dict(field.options)
    match value:
        case bool():
            return YES if value else NO
        case tuple():
            items = [titles.get(item, Text(item, item)) for item in value]
            return Text("、".join(i.zh for i in items), ", ".join(i.en for i in items)) if items else NONE
        case int() if field.kind is DataKind.MONEY:
            return Text(format_yuan(value, "zh"), format_yuan(value, "en"))
        case _:
            return titles.get(str(value), Text(str(value), str(value)))


def event_title(flow: Flow, node: str, event: str) -> Text:
    """What an event is called at a node, or anywhere; its id when it has no title."""
    for arc in flow.outgoing.get(node, ()):
        if arc.event == event:
            return arc.title
    titles = {rule.event: rule.title for rule in flow.anywhere}
    return titles.get(event, Text(event, event))


def plain(play: Play) -> dict[str, Any]:
    """The JSON document of `walk`."""
    return {
        "cases": [_case(case) for case in play.cases],
        "now": play.now.isoformat(),
        "offers": [] if play.over else [_offer(offer) for offer in play.offers()],
        "refusals": [{"event": event or None, **_refusal(refusal)} for event, refusal in play.refusals],
    }


def _case(case: Case) -> dict[str, Any]:
    return {
        "process": case.flow.process.key,
        "steps": [token.place for token in case.steps],
        "end": case.end.id if case.end else None,
        "outcome": case.end.outcome.value if case.end else None,
        "history": [
            {
                "kind": record.kind.value,
                "at": record.at.isoformat(),
                "actor": record.actor,
                "node": record.node,
                "event": record.event,
                "target": record.target,
                "items": [instance.item for instance in record.instances],
                "data": {
                    name: value.isoformat() if isinstance(value, date) else value
                    for name, value in case.brought(record).items()
                },
                "reason": record.reason,
            }
            for record in case.history
        ],
    }


def _offer(offer: Offer) -> dict[str, Any]:
    return {
        "event": offer.event,
        "kind": offer.kind.value,
        "title": both(offer.title),
        "by": [role.id for role in offer.roles],
        "step": offer.step,
        "place": offer.place,
        "deadline": offer.deadline.isoformat() if offer.deadline else None,
        "deadline_of": both(offer.deadline_of) if offer.deadline_of else None,
        "refusal": _refusal(offer.refusal) if offer.refusal else None,
    }


def _refusal(refusal: Refusal) -> dict[str, Any]:
    return {
        "code": refusal.code.value,
        "rule": refusal.rule,
        "text": both(refusal.text),
        "remedy": both(refusal.remedy),
    }

"""Stored cases in words and in tables, and as JSON."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from jianban.engine.commands.session import Session, both
from jianban.workflows.language.terms import Unit
from jianban.workflows.texts import Text
from jianban.workflows.wording import counted

if TYPE_CHECKING:
    from jianban.engine.deadlines import Deadline
    from jianban.engine.entries import Entry
    from jianban.engine.offers import Offer
    from jianban.engine.plan import Plan
    from jianban.engine.refusals import Refusal
    from jianban.engine.view import StoredCase

LIGHTS: Mapping[str, Text] = {
    "green": Text("绿", "green"),
    "yellow": Text("黄", "yellow"),
    "red": Text("红", "red"),
}
COLOURS: Mapping[str, str] = {"green": "green", "yellow": "yellow", "red": "red"}
STATUSES: Mapping[str, Text] = {
    "open": Text("在办", "open"),
    "suspended": Text("中止", "suspended"),
    "ended": Text("办结", "ended"),
}
KINDS: Mapping[str, Text] = {
    "statutory": Text("法定时限", "statutory limit"),
    "promised": Text("承诺时限", "promised limit"),
    "wait": Text("期间届满", "period ends"),
    "after": Text("自动办理", "happens by itself"),
}
LEFT = {
    True: Text("剩 {count} 个工作日", "{count} working day{s} left"),
    False: Text("剩 {count} 日", "{count} day{s} left"),
}
OVER = {
    True: Text("超 {count} 个工作日", "{count} working day{s} over"),
    False: Text("超 {count} 日", "{count} day{s} over"),
}
STOPPED = Text("（停算）", " (clock stopped)")
PROVISIONAL = Text("（暂定）", " (provisional)")
CASE = Text("办件", "Case")
KEY = Text("编号", "Key")
UNTIL = Text("截止", "Until")
LAMP = Text("灯", "Light")
WHOLE = (CASE, KEY, UNTIL, LAMP)
"""Headings of columns that are never broken, so that they can be copied."""
COMMA = Text("、", ", ")
ANYONE = Text("任何人", "anyone")
MORE = Text("还有更多，接着列出请加 --after {after}", "There is more: go on with --after {after}")
REFUSED = Text("不能办理：{text}。{remedy}", "refused: {text}. {remedy}")
NAMED = Text("{title}（{id}）", "{title} ({id})")
ROLES = Text("（--as 人:{roles}）", " (--as PERSON:{roles})")
FIELD = Text("--data {field}=值", "--data {field}=VALUE")
FIELDS = Text("（{fields}）", " ({fields})")
OR = Text(" 或 ", " or ")


def tabulate(session: Session, headings: Iterable[Text], rows: Sequence[Sequence[object]]) -> None:
    """Print a table without its empty columns; a cell is a text, a light or anything that can be written."""
    from rich.table import Table
    from rich.text import Text as Words

    from jianban.engine.deadlines import Light

    def cell(value: object) -> Words:
        match value:
            case Light():
                return Words(session.say(LIGHTS[value]), style=COLOURS[value])
            case Text():
                return Words(session.say(value))
            case None:
                return Words("")
            case _:
                return Words(str(value))

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    columns = zip(headings, zip(*rows, strict=True), strict=True) if rows else ()
    filled = [(h, cells) for h, cells in columns if any(c is not None and c != "" for c in cells)]
    for heading, _cells in filled:
        table.add_column(session.say(heading), overflow="fold", no_wrap=heading in WHOLE)
    for row in zip(*(cells for _h, cells in filled), strict=True):
        table.add_row(*map(cell, row))
    session.console.print(table)


def tell_more(session: Session, after: str | None) -> None:
    if after is not None:
        session.write(session.say(MORE.format(after=after)))


def listed(texts: Iterable[Text]) -> Text:
    found = list(texts)
    return Text(*(COMMA.get(lang).join(t.get(lang) for t in found) for lang in ("zh", "en")))


def named(title: Text, id: str) -> Text:
    """A title with the id that commands take for it."""
    return NAMED.format(title=title, id=id)


def names(found: Iterable[str]) -> Text:
    return listed(Text(name, name) for name in found)


def stands(case: "StoredCase") -> Text:
    """Where a case stands, with what `--at` takes to mean it."""
    return listed(named(case.flow.nodes[token.node].title, token.place) for token in case.steps)


def left(deadline: "Deadline") -> Text:
    """How many days are left, or how many it is over."""
    working = deadline.unit is Unit.WORKING_DAY
    words = counted((LEFT if deadline.left >= 0 else OVER)[working], abs(deadline.left))
    if deadline.stopped:
        words = Text(words.zh + STOPPED.zh, words.en + STOPPED.en)
    return words


def day(deadline: "Deadline") -> Text:
    """Its last day, marked while a notice of holidays may move it."""
    last = deadline.last.isoformat()
    return Text(last + PROVISIONAL.zh, last + PROVISIONAL.en) if deadline.provisional else Text(last, last)


def refused(session: Session, refusal: "Refusal") -> str:
    return "\n".join(_refused(session, r) for r in (refusal, *refusal.others))


def _refused(session: Session, refusal: "Refusal") -> str:
    words = session.say(REFUSED.format(text=refusal.text, remedy=refusal.remedy))
    if refusal.by:
        words += session.say(ROLES.format(roles=session.say(OR).join(refusal.by)))
    if refusal.missing:
        fields = " ".join(session.say(FIELD.format(field=name)) for name in refusal.missing)
        words += session.say(FIELDS.format(fields=fields))
    return words


def plain_deadline(deadline: "Deadline") -> dict[str, Any]:
    d = deadline
    return {
        "kind": d.kind.value,
        "place": d.place,
        "title": both(d.title),
        "of_process": d.of_process,
        "by": [r.id for r in d.roles],
        "agency": d.agency.id if d.agency is not None else None,
        "start": d.start.isoformat(),
        "last": d.last.isoformat(),
        "unit": "working_days" if d.unit is Unit.WORKING_DAY else "days",
        "used": d.used,
        "left": d.left,
        "stopped": d.stopped,
        "light": d.light.value,
        "provisional": d.provisional,
        "event": d.event,
    }


def plain_refusal(refusal: "Refusal") -> dict[str, Any]:
    return {
        "code": refusal.code.value,
        "rule": refusal.rule,
        "text": both(refusal.text),
        "remedy": both(refusal.remedy),
        "by": list(refusal.by),
        "missing": list(refusal.missing),
    }


def plain_offer(offer: "Offer") -> dict[str, Any]:
    return {
        "event": offer.event,
        "kind": offer.kind.value,
        "title": both(offer.title),
        "by": [role.id for role in offer.roles],
        "step": offer.step,
        "place": offer.place,
        "collects": list(offer.collects),
        "deadline": iso(offer.deadline),
        "responsible": offer.responsible,
        "refusal": plain_refusal(offer.refusal) if offer.refusal is not None else None,
    }


def plain_case(case: "StoredCase") -> dict[str, Any]:
    end = case.end
    return {
        "case": case.id,
        "process": case.process,
        "title": both(case.flow.process.title),
        "status": case.status.value,
        "end": end.id if end is not None else None,
        "business_key": case.business_key,
        "subject": case.subject,
        "seq": case.seq,
        "places": [token.place for token in case.steps],
        "opened_at": iso(case.opened_at),
        "at": iso(case.at),
        "next_due": iso(case.next_due),
    }


def plain_entry(plan: "Plan", entry: "Entry") -> dict[str, Any]:
    """An entry with its records as the record keeps them, its times in ISO form."""
    from jianban.engine.codec import record_plain

    records = [record_plain(plan, r, r.at) | {"at": iso(r.at)} for r in entry.records]
    return {
        "seq": entry.seq,
        "kind": entry.kind.value,
        "at": iso(entry.at),
        "actor": entry.actor,
        "event": entry.event or None,
        "key": entry.key,
        "hash": entry.hash,
        "records": records,
    }


def iso(value: date | datetime | None) -> str | None:
    return value.isoformat() if value is not None else None

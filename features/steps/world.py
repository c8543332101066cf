"""What a scenario has said so far, and how people's words name what definitions hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from jianban.engine.case import Actor, Case, Decision, Message, Offer, Refusal, Refused
from jianban.workflows.compiler import compile_process
from jianban.workflows.flow import Flow, Node
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.model import Call, Exit, Process
from jianban.workflows.language.terms import DataField, DataKind, Role

DATE = r"(\d{4})年(\d{1,2})月(\d{1,2})日"
MORNING = time(9)


class World:
    """What a scenario has said so far."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.process: Process | None = None
        self.now = datetime(2022, 3, 8, 9)
        self.facts: dict[str, Any] = {}
        """Facts said and not yet handed in: the next event brings those that concern it."""
        self.current: Case | None = None
        self.refusal: Refusal | None = None
        """The last refusal, until a sentence asks for it."""
        self.reason = ""

    def find(self, title: str, version: str) -> Process:
        found = [p for p in self.catalogue.processes() if p.title.zh == title and p.version == version]
        assert found, f"目录中没有“{title}”{version}版"
        return found[0]

    @property
    def flow(self) -> Flow:
        assert self.process is not None, "还没有说明办理哪一事项"
        return compile_process(self.process)

    @property
    def case(self) -> Case:
        self.expect_no_refusal()
        assert self.current is not None, "办件还没有开始"
        return self.current

    def expect_no_refusal(self) -> None:
        assert self.refusal is None, f"办理被拒绝：{reasons(self.refusal)}"

    def begin(self) -> None:
        self.expect_no_refusal()
        opener = Actor("申请人", {r.id for r in roles(self.flow)})
        try:
            self.current = Case.open(self.flow, self.facts, actor=opener, now=self.now)
        except Refused as refused:
            self.refusal = refused.refusal
        self.facts = {}

    def fire(self, event: str, actor: Actor, at: str | None) -> None:
        answer = self.case.fire(event, actor=actor, now=self.now, at=at, data=self.facts, reason=self.reason)
        if isinstance(answer, Refusal):
            self.refusal = answer
        self.facts, self.reason = {}, ""

    def receive(self, step: Node, exit: str) -> None:
        awaited = self.exit(step, exit).message
        assert awaited is not None, f"“{exit}”不等候消息"
        key = None if awaited.key is None else self.case.data[awaited.key]
        data = {theirs: self.facts[ours] for ours, theirs in awaited.brings if ours in self.facts}
        message = Message(awaited.name, awaited.name, None if key is None else str(key), data)
        answer = self.case.deliver(message, now=self.now)
        if isinstance(answer, Refusal):
            self.refusal = answer
        self.facts = {}

    def advance(self, to: datetime) -> None:
        assert to >= self.now, f"时间不能倒退：{self.now:%Y-%m-%d} → {to:%Y-%m-%d}"
        self.now = to
        if self.current is not None:
            assert isinstance(self.case.tick(to), Decision)

    def step(self, title: str) -> Node:
        """The step of that title: the one where the case stands, when several have it."""
        named = [n for n in self.flow.steps if n.title.zh == title]
        assert named, f"没有步骤“{title}”；本流程的步骤有：{'、'.join(n.title.zh for n in self.flow.steps)}"
        standing = {t.node for t in self.current.steps} if self.current is not None else set()
        return next((n for n in named if n.id in standing), named[0])

    def stands_at(self, title: str) -> bool:
        return title in [self.case.flow.nodes[t.node].title.zh for t in self.case.steps]

    @property
    def standing(self) -> str:
        """Where the case stands, to tell when it stands elsewhere than a sentence says."""
        end = self.case.end
        titles = [self.case.flow.nodes[t.node].title.zh for t in self.case.steps]
        return f"办件处于：{end.title.zh if end else '、'.join(titles)}"

    def offers(self, title: str) -> list[Offer]:
        """What may be done at the step of that title, refused or not."""
        return [
            o for o in self.case.offers(now=self.now) if o.step_title is not None and o.step_title.zh == title
        ]

    def periods(self, step: Node) -> list[datetime]:
        """When the step's own waits and limits end that have a consequence."""
        return [t.due for t in self.case.timers() if t.step == step.id and t.event and t.whole is None]

    def exit(self, step: Node, title: str) -> Exit:
        assert step.step is not None
        found = [e for e in step.step.exits if e.title.zh == title]
        assert found, f"“{step.title.zh}”没有“{title}”；有：{'、'.join(e.title.zh for e in step.step.exits)}"
        return found[0]

    def actor(self, title: str) -> Actor:
        found = {r.id for r in roles(self.flow) if r.title.zh == title}
        assert found, (
            f"本流程没有角色“{title}”；有：{'、'.join(sorted({r.title.zh for r in roles(self.flow)}))}"
        )
        bound = dict(self.current.state.memory.assignments) if self.current is not None else {}
        return Actor(next((bound[r] for r in found if r in bound), title), found)


def data_fields(process: Process) -> dict[str, DataField]:
    """The data of a case by their Chinese titles, with those of the processes it calls."""
    called = [n.block.process for n in compile_process(process).nodes.values() if isinstance(n.block, Call)]
    return {f.title.zh: f for p in (*called, process) for f in p.data}


def roles(flow: Flow) -> Iterator[Role]:
    for node in flow.steps:
        assert node.step is not None
        yield from node.step.by
        for exit_ in node.step.exits:
            yield from exit_.by
    whole = (flow.process, *flow.process.stages)
    for limit in (*(s.step.limit for s in flow.steps if s.step is not None), *(x.limit for x in whole)):
        if limit is not None:
            yield from limit.extension_by
    for anywhere in flow.anywhere:
        yield from (*anywhere.by, *anywhere.resume_by)


def reasons(refusal: Refusal) -> str:
    return "；".join(r.text.zh for r in (refusal, *refusal.others))


def a_date(text: str) -> date:
    match = re.fullmatch(DATE, text)
    assert match is not None, f"看不懂日期“{text}”"
    return date(*(int(part) for part in match.groups()))


def value(field: DataField, text: str) -> Any:
    """A value as people write it: 是/否, an option's title, titles joined by 、, 80万元, a date."""
    options = {title.zh: id_ for id_, title in field.options}
    match field.kind:
        case DataKind.BOOL:
            return {"是": True, "否": False}[text]
        case DataKind.ENUM:
            return options[text]
        case DataKind.LIST:
            return several(text, options)
        case DataKind.MONEY:
            match = re.fullmatch(r"(\d+(?:\.\d{1,2})?)(万)?元", text)
            assert match is not None, f"看不懂金额“{text}”"
            return round(float(match[1]) * 100) * (10_000 if match[2] else 1)
        case DataKind.DATE:
            return a_date(text)
        case DataKind.INT:
            return int(text)
        case DataKind.NUMBER:
            return float(text)
        case DataKind.TEXT:
            return text


def several(text: str, options: dict[str, str]) -> list[str]:
    """Titles joined by 、, which may itself stand in a title."""
    if text == "无":
        return []
    if not options:
        return text.split("、")
    chosen = [id_ for title, id_ in options.items() if title in text]
    assert sorted("、".join(t for t, i in options.items() if i in chosen)) == sorted(text), (
        f"看不懂“{text}”；可选：{'、'.join(options)}"
    )
    return chosen

"""A process as a page for the terminal: a tree of stages, blocks, steps and what each asks."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from jianban.engine.commands.listing import in_force
from jianban.engine.commands.session import Session
from jianban.workflows.language.model import (
    NEXT,
    Basis,
    Call,
    Choice,
    Document,
    Each,
    Guard,
    Item,
    JoinKind,
    Limit,
    Parallel,
    Process,
    Step,
)
from jianban.workflows.texts import Text
from jianban.workflows.wording import OUTCOMES, format_duration, format_yuan

if TYPE_CHECKING:
    from rich.tree import Tree

IN_FORCE = Text("施行时间", "In force")
VARIANT_OF = Text("比较基准", "Variant of")
ELIGIBLE = Text("适用条件", "Eligible")
OTHERWISE = Text("否则：{refusal}", "otherwise: {refusal}")
ENDS = Text("结果", "Ends")
ANYWHERE = Text("随时可以", "At any time")
SOURCES = Text("依据", "Sources")
STAGE_LEAD = Text("牵头部门", "Lead")
BY = Text("办理", "By")
MATERIALS = Text("材料", "Materials")
VISITS = Text("到场次数", "Visits")
STATUTORY = Text("法定时限", "Statutory limit")
PROMISED = Text("承诺时限", "Promised limit")
WAIT = Text("须满期限", "Waiting period")
FEE = Text("收费", "Fee")
LEADS = Text("{title}时转“{target}”", "{title}: to “{target}”")
COLON = Text("：", ": ")
UNVERIFIED = Text("（未核对原文）", " (not verified)")
ASSUMED = Text("假设：{text}", "assumed: {text}")
CHOICE = Text("判断：{title}", "Choice: {title}")
PARALLEL = Text("并联：{title}（{join}）", "In parallel: {title} ({join})")
EACH = Text("逐项并联：{title}（{join}）", "For each item: {title} ({join})")
CALL = Text("转办流程：{title}（{key}）", "Calls: {title} ({key})")
JOINS = {
    JoinKind.ALL: Text("全部完成", "all of them"),
    JoinKind.ANY: Text("任一完成", "any of them"),
    JoinKind.COUNT: Text("完成 {count} 项", "{count} of them"),
}


class Page:
    """A process as a tree on the terminal."""

    def __init__(self, session: Session, process: Process) -> None:
        self.session = session
        self.say = session.say
        self.process = process
        self.titles = {end.id: end.title for end in process.ends}
        for stage in process.stages:
            self.titles |= {
                stage.id: stage.title,
                **{item.id: item.title for item in every_item(stage.items)},
            }

    def print(self) -> None:
        from rich.tree import Tree

        process = self.process
        page = Tree(f"{self.say(process.title)}  {process.key}", style="bold")
        for fact in self.facts():
            page.add(fact, style="none")
        self.section(page, ELIGIBLE, [self.guard(guard) for guard in process.eligible])
        for number, stage in enumerate(process.stages, 1):
            node = page.add(f"{number} {self.say(stage.title)}", style="cyan")
            if stage.lead:
                node.add(self.fact(STAGE_LEAD, self.say(stage.lead.title)), style="none")
            for fact in self.limits(stage.limit):
                node.add(fact, style="none")
            self.items(node, stage.items)
        ends = [
            f"{self.say(e.title)} [{self.say(OUTCOMES[e.outcome])}]{self.basis(e.basis)}"
            for e in process.ends
        ]
        self.section(page, ENDS, ends)
        self.section(page, ANYWHERE, [f"{self.say(r.title)}{self.basis(r.basis)}" for r in process.anywhere])
        self.section(page, SOURCES, [self.document(document) for document in process.documents])
        self.session.console.print(page)

    def facts(self) -> Iterator[str]:
        process = self.process
        if process.summary:
            yield self.say(process.summary)
        if when := in_force(process, self.session.lang):
            yield self.fact(IN_FORCE, when)
        if process.variant_of:
            yield self.fact(VARIANT_OF, process.variant_of)

    def section(self, page: "Tree", title: Text, lines: Sequence[str]) -> None:
        if lines:
            node = page.add(self.say(title), style="bold")
            for line in lines:
                node.add(line, style="none")

    def items(self, node: "Tree", items: Sequence[Item]) -> None:
        for item in items:
            child = node.add(self.label(item), style="none")
            match item:
                case Step():
                    for fact in self.step(item):
                        child.add(fact, style="dim")
                case Choice() | Parallel():
                    for branch in item.branches:
                        when = f" — {branch.guard.expression}" if branch.guard else ""
                        self.items(child.add(f"{self.say(branch.title)}{when}", style="none"), branch.items)
                case Each():
                    self.items(child, item.items)
                case Call():
                    pass

    def label(self, item: Item) -> str:
        title = self.say(item.title)
        match item:
            case Step():
                return f"{title} [{self.say(item.kind.title)}]"
            case Choice():
                return CHOICE.format(title=title).get(self.session.lang)
            case Parallel() | Each():
                join = JOINS[item.join.kind].format(count=item.join.count)
                return (
                    (EACH if isinstance(item, Each) else PARALLEL)
                    .format(title=title, join=join)
                    .get(self.session.lang)
                )
            case Call():
                return CALL.format(title=title, key=item.process.key).get(self.session.lang)

    def step(self, step: Step) -> Iterator[str]:
        lang = self.session.lang
        yield self.fact(BY, "、".join(self.say(r.title) for r in step.by) + self.basis(step.basis))
        if step.materials:
            yield self.fact(MATERIALS, "、".join(self.say(use.material.title) for use in step.materials))
        if step.visits:
            yield self.fact(VISITS, str(step.visits))
        if step.wait:
            yield self.fact(WAIT, format_duration(step.wait.effective, lang) + self.basis(step.wait.basis))
        yield from self.limits(step.limit)
        if step.fee:
            yield self.fact(FEE, format_yuan(step.fee.fen, lang) + self.basis(step.fee.basis))
        for leave in step.exits:
            if leave.to != NEXT and leave.to in self.titles:
                yield LEADS.format(title=leave.title, target=self.titles[leave.to]).get(lang)

    def limits(self, limit: Limit | None) -> Iterator[str]:
        if limit and limit.legal:
            yield self.fact(
                STATUTORY, format_duration(limit.legal, self.session.lang) + self.basis(limit.basis)
            )
        if limit and limit.promised:
            length = format_duration(limit.promised, self.session.lang)
            yield self.fact(PROMISED, length + self.basis(limit.promised_basis))

    def guard(self, guard: Guard) -> str:
        refusal = f" ({self.say(OTHERWISE.format(refusal=guard.refusal))})" if guard.refusal else ""
        return f"{guard.expression}{refusal}{self.basis(guard.basis)}"

    def fact(self, name: Text, value: str) -> str:
        return f"{self.say(name)}{self.say(COLON)}{value}"

    def basis(self, basis: Basis) -> str:
        """The sources of a figure in brackets; empty when they are the process's own."""
        if basis == self.process.basis or not basis.known:
            return ""
        cited = [f"{self.say(c.document.title)} {c.article}".strip() for c in basis.citations]
        assumed = [self.say(ASSUMED.format(text=basis.assumed))] if basis.assumed else []
        return f" [{'; '.join([*cited, *assumed])}]"

    def document(self, document: Document) -> str:
        number = f" ({document.number})" if document.number else ""
        return f"{self.say(document.title)}{number}{self.say(UNVERIFIED) if document.unverified else ''}"


def every_item(items: Sequence[Item]) -> Iterator[Item]:
    """The items and all those inside them, in order; a call's process is not entered."""
    for item in items:
        yield item
        match item:
            case Choice() | Parallel():
                for branch in item.branches:
                    yield from every_item(branch.items)
            case Each():
                yield from every_item(item.items)

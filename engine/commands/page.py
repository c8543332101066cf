"""A process as a page for the terminal: a tree of stages, blocks, steps and what each asks."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from jianban.engine.commands.engine_telling import NAMED
from jianban.engine.commands.listing import in_force
from jianban.engine.commands.session import Session
from jianban.workflows.comparison.aspects import material_item
from jianban.workflows.comparison.sources import tell
from jianban.workflows.language.model import NEXT, Call, Choice, Each, Item, JoinKind, Parallel, Process, Step
from jianban.workflows.language.tables import cell_text, columns_of
from jianban.workflows.language.terms import Basis, Cause, Document, Guard, Limit
from jianban.workflows.texts import Text
from jianban.workflows.wording import OUTCOMES, format_duration, format_yuan

if TYPE_CHECKING:
    from rich.table import Table
    from rich.tree import Tree

IN_FORCE = Text("施行时间", "In force")
VARIANT_OF = Text("比较基准", "Variant of")
ELIGIBLE = Text("适用条件", "Eligible")
OTHERWISE = Text("否则：{refusal}", "otherwise: {refusal}")
ENDS = Text("结果", "Ends")
ANYWHERE = Text("随时可以", "At any time")
SOURCES = Text("依据", "Sources")
STAGE_LEAD = Text("牵头部门", "Lead")
AFTER = Text("{stage}（事后）", "{stage} (after the decision)")
BY = Text("办理", "By")
MATERIALS = Text("材料", "Materials")
PRODUCES = Text("产生", "Issues")
VISITS = Text("到场次数", "Visits")
STATUTORY = Text("法定时限", "Statutory limit")
PROMISED = Text("承诺时限", "Promised limit")
EXTENSION = Text("可延长", "Extendable by")
APPROVED = Text("{length}（经{who}批准）", "{length} (granted by: {who})")
WAIT = Text("须满期限", "Waiting period")
FEE = Text("收费", "Fee")
COMMA = Text("、", ", ")
COLON = Text("：", ": ")
UNVERIFIED = Text("（未核对原文）", " (not verified)")
CHOICE = Text("判断：{title}", "Choice: {title}")
PARALLEL = Text("并联：{title}（{join}）", "In parallel: {title} ({join})")
THEN = Text("结论", "Result")
NOTED = Text("{title}（{note}）", "{title} ({note})")
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

        process, say = self.process, self.say
        page = Tree(f"{say(process.title)}  {process.key}", style="bold")
        facts(page, self.head())
        self.section(page, ELIGIBLE, [self.guard(guard) for guard in process.eligible])
        for number, stage in enumerate(process.stages, 1):
            title = AFTER.format(stage=stage.title) if stage.after_decision else stage.title
            node = page.add(f"{number} {say(title)}", style="cyan")
            lead = [self.fact(STAGE_LEAD, say(stage.lead.title))] if stage.lead else []
            facts(node, [*lead, *self.limits(stage.limit, stage.basis)])
            self.items(node, stage.items)
        outcomes = [f"{say(end.title)} ({say(OUTCOMES[end.outcome])})" for end in process.ends]
        bases = [self.basis(end.basis, process.basis) for end in process.ends]
        self.section(page, ENDS, [f"{end}{basis}" for end, basis in zip(outcomes, bases, strict=True)])
        rules = [f"{say(rule.title)}{self.basis(rule.basis, process.basis)}" for rule in process.anywhere]
        self.section(page, ANYWHERE, rules)
        self.section(page, SOURCES, [self.document(document) for document in process.documents])
        self.session.console.print(page)

    def head(self) -> Iterator[str]:
        process = self.process
        if process.summary:
            yield self.say(process.summary)
        if when := in_force(process, self.session.lang):
            yield self.fact(IN_FORCE, when)
        if process.variant_of:
            yield self.fact(VARIANT_OF, process.variant_of)
        yield from self.limits(process.limit, process.basis)

    def section(self, page: "Tree", title: Text, lines: Sequence[str]) -> None:
        if lines:
            facts(page.add(self.say(title), style="bold"), lines)

    def items(self, node: "Tree", items: Sequence[Item]) -> None:
        for item in items:
            child = node.add(self.label(item), style="none")
            match item:
                case Step():
                    facts(child, self.step(item), style="dim")
                case Choice() | Parallel():
                    if isinstance(item, Choice) and item.table:
                        child.add(self.table(item))
                    for branch in item.branches:
                        told = branch.guard and not (isinstance(item, Choice) and item.table)
                        when = f" — {branch.guard.expression}" if branch.guard and told else ""
                        self.items(child.add(f"{self.say(branch.title)}{when}", style="none"), branch.items)
                case Each():
                    self.items(child, item.items)
                case Call():
                    pass

    def table(self, choice: Choice) -> "Table":
        from rich.table import Table

        columns = columns_of(choice.table, self.process.fields)
        titles = {b.id: b.title for b in choice.branches}
        shown = Table(*(self.say(t) for t in (*(c.title for c in columns), THEN)), header_style="bold")
        for row in choice.table:
            cells = dict(row.cells)
            basis = self.basis(row.basis, choice.basis)
            then = self.say(
                NOTED.format(title=titles[row.branch], note=row.note) if row.note else titles[row.branch]
            )
            said = (self.say(cell_text(c, cells.get(c.id, ()))) for c in columns)
            shown.add_row(*said, then + basis)
        return shown

    def label(self, item: Item) -> str:
        match item:
            case Step():
                return f"{self.say(item.title)} ({self.say(item.kind.title)})"
            case Choice():
                words = CHOICE.format(title=item.title)
            case Parallel():
                words = PARALLEL.format(
                    title=item.title, join=JOINS[item.join.kind].format(count=item.join.count)
                )
            case Each():
                words = EACH.format(
                    title=item.title, join=JOINS[item.join.kind].format(count=item.join.count)
                )
            case Call():
                words = CALL.format(title=item.title, key=item.process.key)
        return self.say(words)

    def step(self, step: Step) -> Iterator[str]:
        lang, say = self.session.lang, self.say
        yield self.fact(
            BY,
            say(COMMA).join(say(NAMED.format(title=r.title, id=r.id)) for r in step.by)
            + self.basis(step.basis, self.process.basis),
        )
        if step.materials:
            yield self.fact(
                MATERIALS, say(COMMA).join(say(material_item(use).text) for use in step.materials)
            )
        if step.produces:
            yield self.fact(PRODUCES, say(COMMA).join(say(m.title) for m in step.produces))
        if step.visits:
            yield self.fact(VISITS, str(step.visits))
        if step.wait:
            length = format_duration(step.wait.effective, lang)
            yield self.fact(WAIT, length + self.basis(step.wait.basis, step.basis))
        yield from self.limits(step.limit, step.basis)
        if step.fee:
            yield self.fact(FEE, format_yuan(step.fee.fen, lang) + self.basis(step.fee.basis, step.basis))
        for leave in step.exits:
            if leave.to != NEXT and leave.to in self.titles:
                yield f"{say(leave.title)} → {say(self.titles[leave.to])}"
            elif leave.cause is Cause.TIMER and not leave.main:
                yield say(leave.title)

    def limits(self, limit: Limit | None, around: Basis) -> Iterator[str]:
        lang = self.session.lang
        if limit and limit.legal:
            yield self.fact(STATUTORY, format_duration(limit.legal, lang) + self.basis(limit.basis, around))
        if limit and limit.promised:
            basis = self.basis(limit.promised_basis, around)
            yield self.fact(PROMISED, format_duration(limit.promised, lang) + basis)
        if limit and limit.extension:
            length = format_duration(limit.extension, lang)
            who = self.say(COMMA).join(self.say(r.title) for r in limit.extension_by)
            yield self.fact(EXTENSION, self.say(APPROVED.format(length=length, who=who)) if who else length)

    def guard(self, guard: Guard) -> str:
        refusal = f" ({self.say(OTHERWISE.format(refusal=guard.refusal))})" if guard.refusal else ""
        return f"{guard.expression}{refusal}{self.basis(guard.basis, self.process.basis)}"

    def fact(self, name: Text, value: str) -> str:
        return f"{self.say(name)}{self.say(COLON)}{value}"

    def basis(self, basis: Basis, around: Basis) -> str:
        """The sources of a figure in brackets; empty when they are those of what it stands in."""
        return f" [{tell(basis, self.session.lang)}]" if basis.known and basis != around else ""

    def document(self, document: Document) -> str:
        number = f" ({document.number})" if document.number else ""
        return f"{self.say(document.title)}{number}{self.say(UNVERIFIED) if document.unverified else ''}"


def facts(node: "Tree", lines: Iterable[str], style: str = "none") -> None:
    for line in lines:
        node.add(line, style=style)


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

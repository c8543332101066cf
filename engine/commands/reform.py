"""`jianban reform`: what processes could do without, and what that would save."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import as_json, choose, load_flow
from jianban.engine.commands.reports import FORMS, report_form, write_report
from jianban.engine.commands.session import FINE, FOUND, Session, both, finding
from jianban.workflows.language.errors import Problem
from jianban.workflows.texts import Lang, Text

if TYPE_CHECKING:
    from jianban.workflows.analysis.reform import Burden, Item, Reform
    from jianban.workflows.comparison.blocks import Block, Table

SUMMARY = Text(
    "查找变相审批和可以不交的材料（无依据、可共享、重复、本流程产生），并算出能省下多少",
    "Find disguised approvals and materials that need not be asked (without basis, shared, repeated, issued "
    "by the process itself), with what that would save",
)
PROCESSES = Text(
    "流程编号、定义文件、-，或主题（如 deregistration）；不写的，为目录中各流程的最新版本",
    "Process ids, files, -, or subjects (deregistration); by default the newest version of every process",
)
STRICT = Text("有发现即算不通过", "Fail when anything is found")
LOOKING = Text("正在检查 {name}", "Looking at {name}")

CODES = Text("{code} {title}（{count} 处）", "{code} {title} ({count})")
SAVES = Text("；可省：{saving}", "; saves {saving}")
FIGURES: Mapping[str, tuple[Text, Text]] = {
    "papers": (Text("提交份数", "Papers handed in"), Text("{n} 份", "papers: {n}")),
    "materials": (Text("材料种数", "Distinct materials"), Text("{n} 种材料", "distinct materials: {n}")),
    "visits": (Text("到现场次数", "Visits"), Text("到现场 {n} 次", "visits: {n}")),
    "minutes": (Text("申请人用时（分钟）", "Effort (minutes)"), Text("{n} 分钟", "minutes: {n}")),
}
"""Of each figure of a burden, its heading and how a saving is told."""
COMMA = Text("、", ", ")
TOTAL = Text("合计", "Total")
CAPTION = Text("全部采纳的前后对照", "Before and after, with all of it followed")
PROCESS = Text("流程", "Process")
COUNT = Text("发现", "Findings")
COUNTED = Text(
    "提交份数按全部步骤合计，其余按典型路径；同一材料被几项发现指出的，只算一次。",
    "Papers are counted over all steps, the rest on the typical run; a material that several findings name "
    "is dropped once.",
)
NOTHING = Text("没有发现（检查了 {count} 个流程）", "Nothing found (processes: {count})")
CLEAN = Text("另有 {count} 个流程没有发现。", "Nothing was found in the other {count}.")


def register(app: typer.Typer, lang: Lang) -> None:
    @app.command("reform", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        processes: Annotated[
            list[str] | None,
            typer.Argument(help=PROCESSES.get(lang), metavar="PROCESS", show_default=False),
        ] = None,
        format: Annotated[str, report_form(lang)] = "terminal",
        strict: Annotated[bool, typer.Option("--strict", help=STRICT.get(lang))] = False,
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        session: Session = ctx.obj
        form = "json" if json else choose(format, FORMS, "--format")

        from jianban.workflows.analysis.reform import advise

        reforms: list[Reform] = []
        for name in _chosen(session, processes or ()):
            with session.busy(LOOKING.format(name=name)):
                reforms.append(advise(load_flow(session, name)))
        if form == "json":
            session.write_json(_document(reforms, lang))
        elif not any(reform.items for reform in reforms):
            session.write(session.say(NOTHING.format(count=len(reforms))))
        else:
            write_report(session, _blocks(reforms, lang), form)
        return FOUND if strict and any(r.items for r in reforms) else FINE


def _chosen(session: Session, words: Sequence[str]) -> tuple[str, ...]:
    """The references meant: of a subject, or of the whole catalogue, the newest version of each process."""
    ids = tuple(dict.fromkeys(key.split("@")[0] for key in session.catalogue.index))
    if not words:
        return ids
    found: list[str] = []
    for word in words:
        found += [id_ for id_ in ids if id_.startswith(f"{word}/")] or [word]
    return tuple(dict.fromkeys(found))


def _problem(item: "Item") -> Problem:
    return Problem(
        code=item.lint.code,
        message=item.advice.message,
        remedy=item.advice.remedy,
        position=item.advice.node.position,
        severity=item.lint.severity,
    )


def _document(reforms: "Sequence[Reform]", lang: Lang) -> dict[str, object]:
    return {
        "processes": [
            {
                "process": reform.flow.process.key,
                "title": both(reform.flow.process.title),
                "findings": [
                    {
                        **finding(_problem(item), lang),
                        "step": item.advice.node.id,
                        "material": item.advice.material.id if item.advice.material else None,
                        "path": [both(title) for title in item.advice.path],
                        "saving": asdict(item.saving),
                    }
                    for item in reform.items
                ],
                "before": asdict(reform.before),
                "after": asdict(reform.after),
            }
            for reform in reforms
        ],
        "total": {
            "findings": sum(len(reform.items) for reform in reforms),
            "before": asdict(_sum(r.before for r in reforms)),
            "after": asdict(_sum(r.after for r in reforms)),
        },
    }


def _sum(burdens: "Iterable[Burden]") -> "Burden":
    from jianban.workflows.analysis.reform import NO_BURDEN

    return sum(burdens, start=NO_BURDEN)


def _blocks(reforms: "Sequence[Reform]", lang: Lang) -> "Iterator[Block]":
    from jianban.workflows.comparison.blocks import Heading, Paragraph, Point, Points

    found = [reform for reform in reforms if reform.items]
    for reform in found:
        process = reform.flow.process
        yield Heading(text=f"{process.title.get(lang)} {process.key}")
        for _, group in groupby(reform.items, key=lambda item: item.lint.code):
            items = list(group)
            lint = items[0].lint
            title = CODES.format(code=lint.code, title=lint.title, count=len(items)).get(lang)
            yield Heading(text=title, level=3)
            for remedy in dict.fromkeys(item.advice.remedy for item in items):
                yield Paragraph(text=remedy.get(lang), tone="quiet")
                yield Points(
                    points=tuple(
                        Point(text=item.advice.message.get(lang) + _saves(item.saving, lang))
                        for item in items
                        if item.advice.remedy == remedy
                    )
                )
    yield _table(found, lang)
    yield Paragraph(text=COUNTED.get(lang), tone="quiet")
    if len(found) < len(reforms):
        yield Paragraph(text=CLEAN.format(count=len(reforms) - len(found)).get(lang), tone="quiet")


def _saves(saving: "Burden", lang: Lang) -> str:
    told = [
        words.format(n=n).get(lang) for name, (_, words) in FIGURES.items() if (n := getattr(saving, name))
    ]
    return SAVES.format(saving=COMMA.get(lang).join(told)).get(lang) if told else ""


def _table(reforms: "Sequence[Reform]", lang: Lang) -> "Table":
    from jianban.workflows.comparison.blocks import Cell, Column, Table

    rows = [(r.flow.process.key, len(r.items), r.before, r.after) for r in reforms]
    if len(rows) > 1:
        count = sum(len(r.items) for r in reforms)
        rows.append((TOTAL.get(lang), count, _sum(r.before for r in reforms), _sum(r.after for r in reforms)))
    return Table(
        caption=CAPTION.get(lang),
        columns=(
            Column(title=PROCESS.get(lang)),
            Column(title=COUNT.get(lang), numeric=True),
            *(Column(title=heading.get(lang), numeric=True) for heading, _ in FIGURES.values()),
        ),
        rows=tuple(
            (
                Cell((name,)),
                Cell((str(count),)),
                *(Cell((_change(getattr(before, f), getattr(after, f)),)) for f in FIGURES),
            )
            for name, count, before, after in rows
        ),
    )


def _change(before: int, after: int) -> str:
    return str(before) if before == after else f"{before} → {after}"

"""`jianban lots commit`: what is published before a draw."""

from pathlib import Path
from typing import Annotated

import typer

from jianban.engine.commands.help import Command
from jianban.engine.commands.lots_files import deliver_json, inspectors, objects, recusals, salt, seed
from jianban.engine.commands.parameters import output
from jianban.engine.commands.session import FINE, Session
from jianban.workflows.texts import Lang, Text

SUMMARY = Text(
    "抽取前：写出种子、名录库和计划的摘要，供公布",
    "Before the draw: the digest of seed, registers and plan, to be published",
)
PURPOSE = Text("抽查的名称，如“2023年第一批”", "What the draw is for")
TAKE = Text(
    "每类对象抽取多少：类别=件数 或 类别=比例%，可写多次",
    "How many objects of each class: class=number or class=share%; may be given several times",
)
TEAM = Text("每个对象的检查人员数，不少于 2", "Inspectors for each object, 2 at least")
BEACON = Text(
    "约定加入的公开数值，承诺时尚无人知道，如某日某期彩票号码；加入后组织者也不能预先试算",
    "A public value to be mixed in that nobody knows yet, e.g. a later lottery's numbers: "
    "then not even the organiser can try seeds beforehand",
)


def register(app: typer.Typer, lang: Lang) -> None:
    @app.command("commit", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        objects: Annotated[Path, objects(lang)],
        inspectors: Annotated[Path, inspectors(lang)],
        take: Annotated[
            list[str],
            typer.Option("--take", help=TAKE.get(lang), metavar="CLASS=N|N%", show_default=False),
        ],
        seed: Annotated[str, seed(lang)],
        salt: Annotated[str, salt(lang)],
        recusals: Annotated[Path | None, recusals(lang)] = None,
        team: Annotated[int, typer.Option("--team", help=TEAM.get(lang), metavar="N")] = 2,
        purpose: Annotated[str, typer.Option("--purpose", help=PURPOSE.get(lang), metavar="TEXT")] = "",
        beacon: Annotated[str, typer.Option("--beacon", help=BEACON.get(lang), metavar="TEXT")] = "",
        output: Annotated[str | None, output(lang)] = None,
    ) -> int:
        from jianban.workflows.lots.commitment import Secret, commit
        from jianban.workflows.lots.plan import Plan, read_take
        from jianban.workflows.lots.protocol import commitment_plain
        from jianban.workflows.lots.registers import read_registers

        session: Session = ctx.obj
        plan = Plan(take=read_take(take), team=team)
        registers = read_registers(objects, inspectors, recusals)
        plan.classes(registers.objects)  # what can't be drawn is told before it is published
        made = commit(purpose, plan, registers, Secret(seed=seed, salt=salt), beacon)
        deliver_json(session, commitment_plain(made), output)
        return FINE

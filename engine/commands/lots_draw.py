"""`jianban lots draw`: the draw, as committed, and its record."""

from pathlib import Path
from typing import Annotated

import typer

from jianban.engine.commands.help import Command
from jianban.engine.commands.lots_files import (
    deliver_json,
    inspectors,
    objects,
    placed,
    read_bytes,
    recusals,
    salt,
    seed,
)
from jianban.engine.commands.parameters import output
from jianban.engine.commands.session import FINE, Session
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.texts import Lang, Text

SUMMARY = Text(
    "按承诺抽取检查对象和检查人员，写出抽取记录，供公布和复核",
    "Draw objects and inspectors as committed, and write the record that is published",
)
COMMITMENT = Text("commit 写出的承诺", "The commitment that `commit` wrote")
VALUE = Text("约定加入的公开数值", "The public value that was agreed on")
LATE = Text(
    "抽取后提出的回避（CSV：inspector,object,reason），用于补抽",
    "Recusals after the draw, for drawing anew: a CSV file, inspector,object,reason",
)
DONE = Text(
    "抽取对象 {objects} 个、检查人员 {people} 名。抽取记录摘要：{digest}",
    "Drawn: {objects} objects, {people} inspectors. Digest of the record: {digest}",
)


def register(app: typer.Typer, lang: Lang) -> None:
    @app.command("draw", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        commitment: Annotated[Path, typer.Argument(help=COMMITMENT.get(lang), metavar="COMMITMENT")],
        objects: Annotated[Path, objects(lang)],
        inspectors: Annotated[Path, inspectors(lang)],
        seed: Annotated[str, seed(lang)],
        salt: Annotated[str, salt(lang)],
        recusals: Annotated[Path | None, recusals(lang)] = None,
        late: Annotated[
            Path | None, typer.Option("--late", help=LATE.get(lang), metavar="FILE", show_default=False)
        ] = None,
        beacon_value: Annotated[
            str, typer.Option("--beacon-value", help=VALUE.get(lang), metavar="TEXT")
        ] = "",
        output: Annotated[str | None, output(lang)] = None,
    ) -> int:
        from jianban.workflows.lots.commitment import Secret
        from jianban.workflows.lots.protocol import read_commitment, record_draw, to_plain
        from jianban.workflows.lots.registers import read_late, read_registers

        session: Session = ctx.obj
        try:
            committed = read_commitment(read_bytes(commitment))
        except JianbanError as error:
            raise placed(commitment, error) from None
        registers = read_registers(objects, inspectors, recusals)
        found = record_draw(
            committed,
            registers,
            Secret(seed=seed, salt=salt),
            beacon_value=beacon_value,
            late=read_late(late, registers) if late else (),
        )
        deliver_json(session, to_plain(found), output)
        if output not in {None, "-"}:
            people = {person for team in found.drawn.teams.values() for person in team}
            said = DONE.format(objects=len(found.drawn.objects), people=len(people), digest=found.digest)
            session.write(session.say(said))
        return FINE

"""`jianban lots verify`: whether a draw was made as committed."""

from pathlib import Path
from typing import Annotated

import typer

from jianban.engine.commands.help import Command
from jianban.engine.commands.lots_files import inspectors, objects, placed, read_bytes, recusals
from jianban.engine.commands.parameters import as_json
from jianban.engine.commands.session import FINE, FOUND, Session, both
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.texts import Lang, Text

SUMMARY = Text(
    "复核抽取记录：名录库、种子、承诺和结果是否一致，指明不符之处",
    "Check the record of a draw: registers, seed, commitment and result, and where they don't agree",
)
RECORD = Text("draw 写出的抽取记录", "The record that `draw` wrote")
PUBLISHED = Text(
    "抽取前公布的承诺：承诺文件，或其 64 位摘要",
    "What was published before the draw: the commitment, a file, or its digest of 64 digits",
)
GOOD = Text("抽取记录与承诺、名录库一致。抽取记录摘要：{digest}", "The record is true. Its digest: {digest}")
NOT_BOUND = Text(
    "未核对抽取前公布的承诺：请用 --published 给出，否则不能证明种子未被更换",
    "not held against what was published before the draw: without --published nothing shows that the seed "
    "was not exchanged",
)
NO_BEACON = Text(
    "承诺未约定加入公开数值：组织者可以在承诺前试算种子",
    "no public value was mixed in: the organiser could try seeds before committing",
)
LATER = Text("有 {count} 项回避在抽取后提出：{pairs}", "{count} recusals came after the draw: {pairs}")


def register(app: typer.Typer, lang: Lang) -> None:
    @app.command("verify", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        record: Annotated[Path, typer.Argument(help=RECORD.get(lang), metavar="RECORD")],
        objects: Annotated[Path, objects(lang)],
        inspectors: Annotated[Path, inspectors(lang)],
        recusals: Annotated[Path | None, recusals(lang)] = None,
        published: Annotated[
            str | None,
            typer.Option("--published", help=PUBLISHED.get(lang), metavar="FILE|DIGEST", show_default=False),
        ] = None,
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        from jianban.workflows.lots.protocol import DIGEST, read_commitment, read_protocol, verify
        from jianban.workflows.lots.registers import read_registers

        session: Session = ctx.obj
        try:
            protocol = read_protocol(read_bytes(record))
        except JianbanError as error:
            raise placed(record, error) from None
        digest = published
        if published is not None and not DIGEST.fullmatch(published):
            try:
                digest = read_commitment(read_bytes(Path(published))).digest
            except JianbanError as error:
                raise placed(Path(published), error) from None
        found = verify(protocol, read_registers(objects, inspectors, recusals), digest)
        notes: list[Text] = []
        if published is None:
            notes.append(NOT_BOUND)
        if not protocol.commitment.beacon:
            notes.append(NO_BEACON)
        if protocol.late:
            pairs = ", ".join(f"{e.inspector}–{e.object}" for e in protocol.late)
            notes.append(LATER.format(count=len(protocol.late), pairs=pairs))
        if session.json:
            session.write_json(
                {
                    "true": not found,
                    "digest": protocol.digest,
                    "findings": [{"place": t.place, "message": both(t.message)} for t in found],
                    "notes": [both(note) for note in notes],
                }
            )
            return FOUND if found else FINE
        for tampering in found:
            session.write(f"{tampering.place}: {session.say(tampering.message)}")
        if not found:
            session.write(session.say(GOOD.format(digest=protocol.digest)))
        for note in notes:
            session.write(f"· {session.say(note)}")
        return FOUND if found else FINE

"""`jianban engine verify`: whether the record is what it was."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from jianban.engine.commands.engine_database import calendar, db, opened
from jianban.engine.commands.engine_fire import CASE
from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import as_json
from jianban.engine.commands.session import FINE, FOUND, Session, UsageFailure, both
from jianban.workflows.language.files import reason
from jianban.workflows.texts import Lang, Text

SUMMARY = Text(
    "核验办理记录：有无改动、缺失或调换次序，并指明位置",
    "Check the record: tell where it was changed, shortened or reordered",
)
ANCHOR = Text(
    "锚定清单文件（engine anchor 所写）：另核验其后有无重写的记录",
    "The list that engine anchor wrote: also tell which records were written anew since",
)
DIGEST = Text("当时公布的锚定值，证明清单未被改动", "The digest of that time, which proves the list itself")
NO_LIST = Text("--digest 须与 --anchor 同用", "--digest goes with --anchor")
UNREADABLE = Text("无法读取“{file}”（{why}）", "can't read “{file}” ({why})")
BROKEN = Text("办件 {case} 第 {seq} 条：{text}", "case {case}, entry {seq}: {text}")
BROKEN_CASE = Text("办件 {case}：{text}", "case {case}: {text}")
INTACT = Text("记录完整", "the record is intact")
CHECKING = Text("正在核验", "Checking the record")


def register(app: typer.Typer, lang: Lang) -> None:
    @app.command("verify", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        case: Annotated[
            str | None, typer.Argument(help=CASE.get(lang), metavar="CASE", show_default=False)
        ] = None,
        anchor: Annotated[
            Path | None, typer.Option(help=ANCHOR.get(lang), metavar="FILE", show_default=False)
        ] = None,
        digest: Annotated[
            str | None, typer.Option(help=DIGEST.get(lang), metavar="HEX", show_default=False)
        ] = None,
        database: Annotated[str | None, db(lang)] = None,
        days: Annotated[str | None, calendar(lang)] = None,
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        session: Session = ctx.obj
        if digest is not None and anchor is None:
            raise UsageFailure(NO_LIST)
        own = digest
        if anchor is not None and digest is None:
            from jianban.engine.anchors import anchor_of

            with _lines(anchor) as lines:
                own = anchor_of(lines)
        with (
            opened(session, database, days) as engine,
            session.busy(CHECKING),
            _lines(anchor) as lines,
        ):
            broken = list(engine.verify(case, anchor=own, list=lines))
        if json:
            found = [{"case": b.case or None, "entry": b.seq or None, "text": both(b.text)} for b in broken]
            session.write_json({"intact": not broken, "broken": found})
        else:
            for b in broken:
                line = b.text
                if b.case:
                    form = BROKEN if b.seq else BROKEN_CASE
                    line = form.format(case=b.case, seq=b.seq, text=b.text)
                session.write(session.say(line))
            if not broken:
                session.write(session.say(INTACT))
        return FOUND if broken else FINE


@contextmanager
def _lines(file: Path | None) -> Iterator[Iterator[str]]:
    """The lines of a file, each with its end; none without a file.

    Raises:
        UsageFailure: it cannot be read.
    """
    if file is None:
        yield iter(())
        return
    try:
        with file.open(encoding="utf-8", newline="\n") as lines:
            yield lines
    except (OSError, UnicodeDecodeError) as error:
        raise UsageFailure(UNREADABLE.format(file=file, why=reason(error))) from None

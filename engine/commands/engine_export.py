"""`jianban engine export`: the record as a file that other programs read."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from jianban.engine.commands.engine_database import calendar, db, opened
from jianban.engine.commands.files import deliver
from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import choose, optional, output
from jianban.engine.commands.session import FINE, Session, UsageFailure
from jianban.workflows.language.files import reason
from jianban.workflows.texts import Lang, Text

SUMMARY = Text(
    "导出办理记录：JSON Lines、CSV，或流程挖掘软件读取的 XES、OCEL 2.0",
    "Write the record as JSON Lines or CSV, or as XES or OCEL 2.0 for process mining",
)
CASES = Text("办件编号，可多个；默认全部", "The ids of cases; by default all")
FORMAT = Text(
    "文件格式：jsonl、csv、xes 或 ocel；默认按文件名，否则为 jsonl",
    "The format: jsonl, csv, xes or ocel; by default as the file's name ends, else jsonl",
)
PERSONAL = Text(
    "包括个人信息；导出后不能再从文件中删除", "With personal data, which can't be erased from the file later"
)
PSEUDONYMS = Text(
    "办理人和当事人写作假名，按此文件中的密钥（至少 16 字节）生成；同一密钥，假名不变",
    "Give people and subjects pseudonyms under the key in this file (16 bytes or more), always the same ones",
)
IDENTIFIERS = Text(
    "办件编号、业务主键、消息编号等也写作假名，与 --pseudonyms 同用",
    "With --pseudonyms: give them to ids of cases, business keys, messages and the like too",
)
NOT_READ = Text("不能读取密钥文件“{file}”（{why}）", "the file of the key, “{file}”, cannot be read ({why})")


def register(app: typer.Typer, lang: Lang) -> None:
    @app.command("export", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        cases: Annotated[
            list[str] | None, typer.Argument(help=CASES.get(lang), metavar="CASE", show_default=False)
        ] = None,
        format: Annotated[
            str | None, typer.Option("--format", help=FORMAT.get(lang), metavar="NAME", show_default=False)
        ] = None,
        file: Annotated[str | None, output(lang)] = None,
        personal: Annotated[bool, typer.Option("--personal", help=PERSONAL.get(lang))] = False,
        pseudonyms: Annotated[str | None, optional(lang)(PSEUDONYMS, "KEYFILE", "--pseudonyms")] = None,
        identifiers: Annotated[bool, typer.Option("--identifiers", help=IDENTIFIERS.get(lang))] = False,
        database: Annotated[str | None, db(lang)] = None,
        days: Annotated[str | None, calendar(lang)] = None,
    ) -> int:
        session: Session = ctx.obj
        from jianban.engine.exports import FORMATS

        if format is None:
            ending = Path(file or "").suffix.removeprefix(".")
            format = ending if ending in FORMATS else "jsonl"
        write = FORMATS[choose(format, list(FORMATS), "--format")]
        key = _key(pseudonyms) if pseudonyms is not None else None
        with opened(session, database, days) as engine:
            for case in cases or ():
                engine.case(case)  # one that is not there is an error, not an empty file

            traces = engine.traces(cases or None, personal=personal, pseudonym=key, identifiers=identifiers)

            def pieces() -> Iterator[bytes]:
                for piece in write(traces, session.lang):
                    yield piece.encode("utf-8", "backslashreplace")

            deliver(session, pieces(), file)
        return FINE


def _key(file: str) -> bytes:
    """The key in a file; a line end after it does not count.

    Raises:
        UsageFailure: it cannot be read.
    """
    try:
        return Path(file).read_bytes().rstrip(b"\r\n")
    except (OSError, ValueError) as error:
        raise UsageFailure(NOT_READ.format(file=file, why=reason(error))) from None

"""`jianban engine migrate`: stored cases under another definition, and back; by default a preview."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jianban.engine.commands.engine_database import (
    actor,
    ahead,
    calendar,
    db,
    now,
    opened,
    read_actor,
    read_now,
)
from jianban.engine.commands.engine_fire import REASON
from jianban.engine.commands.engine_telling import CASE, COMMA, tabulate
from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import as_json, load_flow, optional
from jianban.engine.commands.session import FINE, FOUND, Session, UsageFailure, both
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.files import reason as why_not
from jianban.workflows.texts import Lang, Text

if TYPE_CHECKING:
    from jianban.engine.refusals import Refusal
    from jianban.engine.versions import Migrated, Preview

SUMMARY = Text(
    "把在办办件迁移到另一版本，或撤回上次迁移；默认只预演，加 --apply 才写入",
    "Let cases go on under another version, or back; only a preview, unless --apply is given",
)
CASES = Text("办件编号，可多个", "The ids of cases")
FROM = Text(
    "迁移该流程的全部在办办件：编号、编号@版本 或内容校验值",
    "All open cases of a process: its id, id@version or content hash",
)
TO = Text("迁移到的流程：编号、编号@版本 或定义文件", "The process to go on under: id, id@version or a file")
UNDO = Text("撤回各件的上次迁移", "Lead each case back from its last migration")
APPLY = Text("写入；否则只预演", "Do it; otherwise it is only a preview")
MAP = Text(
    "原步骤由哪一步接续，可多次给出，如 report=check；“report=”表示放弃该分支",
    "What stands for a former step, as often as needed: report=check; “report=” gives a branch up",
)
FILE = Text("对应关系文件，每行一条 原步骤=新步骤，# 后为注释", "A file of such lines; # begins a comment")
KEY = Text(
    "幂等键：重试时给同一个键，不会重复迁移", "A key of idempotency: the same key again does nothing twice"
)
ONE_CHOICE = Text(
    "请写明办件编号，或用 --from 指明流程，二者取一",
    "name the cases, or their process with --from: one of the two",
)
ONE_WAY = Text(
    "请用 --to 指明流程，或用 --undo 撤回，二者取一", "give --to PROCESS or --undo: one of the two"
)
NO_MAP = Text("撤回时不使用对应关系", "--undo takes no mapping")
WHO = Text("写入须用 --as 写明办理人、用 --reason 写明理由", "--apply needs --as and --reason")
NOT_A_MAP = Text(
    "“{value}”应写作 原步骤=新步骤，如 report=check",
    "“{value}” must be FORMER=NEW, e.g. report=check",
)
UNREADABLE = Text("无法读取“{file}”（{why}）", "can't read “{file}” ({why})")
FITS = {
    "maps": Text("可以迁移", "maps"),
    "decide": Text("须决定", "decide"),
    "cannot": Text("不能迁移", "cannot"),
}
FIT = Text("能否迁移", "Fit")
GIVEN_UP = Text("（放弃）", "(given up)")
HEADINGS = (
    CASE,
    FIT,
    Text("位置改动", "Places"),
    Text("不再开启的分支", "Branches it does without"),
    Text("不带入的数据", "Data left behind"),
    Text("原因", "Because"),
)
DONE_HEADINGS = (CASE, Text("结果", "Result"), Text("原因", "Because"))
ENTRY = Text("已迁移（第 {seq} 条记录）", "migrated (entry {seq})")
STAYS = Text("保持原样", "stays as it is")
PREVIEWED = Text(
    "以上为预演，未写入任何内容；写入请加 --apply", "A preview: nothing was written. Do it with --apply"
)
NONE = Text("没有在办的办件", "There is no open case")
WORKING = Text("正在逐件核对", "Going through the cases")
SENTENCE = Text("{text}。{remedy}", "{text}. {remedy}")


def register(app: typer.Typer, lang: Lang) -> None:
    option = optional(lang)

    @app.command("migrate", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        cases: Annotated[
            list[str] | None, typer.Argument(help=CASES.get(lang), metavar="CASE", show_default=False)
        ] = None,
        origin: Annotated[str | None, option(FROM, "PROCESS", "--from")] = None,
        to: Annotated[str | None, option(TO, "PROCESS", "--to")] = None,
        undo: Annotated[bool, typer.Option("--undo", help=UNDO.get(lang))] = False,
        pairs: Annotated[list[str] | None, option(MAP, "FORMER=NEW", "--map")] = None,
        file: Annotated[Path | None, option(FILE, "FILE", "--mapping")] = None,
        apply: Annotated[bool, typer.Option("--apply", help=APPLY.get(lang))] = False,
        who: Annotated[str | None, actor(lang)] = None,
        reason: Annotated[str, option(REASON, "TEXT", "--reason")] = "",
        key: Annotated[str | None, option(KEY, "KEY", "--key")] = None,
        at: Annotated[str | None, now(lang)] = None,
        yes_ahead: Annotated[bool, ahead(lang)] = False,
        database: Annotated[str | None, db(lang)] = None,
        days: Annotated[str | None, calendar(lang)] = None,
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        session: Session = ctx.obj
        if bool(cases) == (origin is not None):
            raise UsageFailure(ONE_CHOICE)
        if undo == (to is not None):
            raise UsageFailure(ONE_WAY)
        if undo and (pairs or file):
            raise UsageFailure(NO_MAP)
        if apply and (who is None or not reason.strip()):
            raise UsageFailure(WHO)
        mapping = read_mapping([*_lines(file), *(pairs or ())])
        moment = read_now(at, yes_ahead or not apply)
        person = read_actor(who) if who is not None else None
        flow = load_flow(session, to) if to is not None else None
        with opened(session, database, days) as engine, session.busy(WORKING):
            selection = origin if origin is not None else list(dict.fromkeys(cases or ()))
            if not apply or person is None:
                previews = list(engine.preview(selection, to=flow, mapping=mapping, now=moment))
            elif flow is None:
                done = engine.undo_migration(selection, actor=person, reason=reason, key=key, now=moment)
                return _tell_done(session, done, json)
            else:
                done = engine.migrate(
                    selection, to=flow, actor=person, reason=reason, mapping=mapping, key=key, now=moment
                )
                return _tell_done(session, done, json)
        return _tell_previews(session, previews, json)


def read_mapping(lines: Iterable[str]) -> dict[str, str | None]:
    """Former steps and what stands for them; None for a branch that is given up.

    Raises:
        UsageFailure: a line is no pair.
    """
    mapping: dict[str, str | None] = {}
    for line in lines:
        former, equals, new = (part.strip() for part in line.partition("="))
        if not former or not equals:
            raise UsageFailure(NOT_A_MAP.format(value=line))
        mapping[former] = new or None
    return mapping


def _lines(file: Path | None) -> list[str]:
    if file is None:
        return []
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageFailure(UNREADABLE.format(file=file, why=why_not(error))) from None
    return [line for raw in text.splitlines() if (line := raw.partition("#")[0].strip())]


def _tell_previews(session: Session, previews: "list[Preview]", json: bool) -> int:
    if json:
        session.write_json({"applied": False, "cases": [_plain(p) for p in previews]})
    elif not previews:
        session.write(session.say(NONE))
    else:
        comma = session.say(COMMA)
        rows = [
            (
                p.case,
                FITS[p.fit.value],
                comma.join(f"{a} → {b or session.say(GIVEN_UP)}" for a, b in p.moved),
                comma.join(p.skipped),
                comma.join(p.dropped),
                _why(session, p.refusal),
            )
            for p in previews
        ]
        tabulate(session, HEADINGS, rows)
        session.write(session.say(PREVIEWED))
    return FINE if all(p.refusal is None for p in previews) else FOUND


def _tell_done(session: Session, done: "list[Migrated]", json: bool) -> int:
    from jianban.engine.shell import Answer

    if json:
        cases = [
            {
                "case": m.case,
                "entry": m.answer.seq if isinstance(m.answer, Answer) else None,
                "repeated": isinstance(m.answer, Answer) and m.answer.repeated,
                "refusal": None if isinstance(m.answer, Answer) else plain_reason(m.answer),
            }
            for m in done
        ]
        session.write_json({"applied": True, "cases": cases})
    elif not done:
        session.write(session.say(NONE))
    else:
        rows = [
            (m.case, ENTRY.format(seq=m.answer.seq), "")
            if isinstance(m.answer, Answer)
            else (m.case, STAYS, _why(session, m.answer))
            for m in done
        ]
        tabulate(session, DONE_HEADINGS, rows)
    return FINE if all(isinstance(m.answer, Answer) for m in done) else FOUND


def _why(session: Session, refusal: "Refusal | JianbanError | None") -> str:
    if refusal is None:
        return ""
    if isinstance(refusal, JianbanError):
        return session.say(refusal.text)
    every = (refusal, *refusal.others)
    return "\n".join(session.say(SENTENCE.format(text=r.text, remedy=r.remedy)) for r in every)


def plain_reason(refusal: "Refusal | JianbanError") -> dict[str, Any]:
    """Why a case stays as it is, in JSON."""
    remedy = None if isinstance(refusal, JianbanError) else both(refusal.remedy)
    return {"text": both(refusal.text), "remedy": remedy}


def _plain(preview: "Preview") -> dict[str, Any]:
    p = preview
    return {
        "case": p.case,
        "fit": p.fit.value,
        "moved": [{"from": a, "to": b or None} for a, b in p.moved],
        "skipped": list(p.skipped),
        "dropped": list(p.dropped),
        "problems": [
            {
                "fit": x.fit.value,
                "what": x.what,
                "text": both(x.text),
                "remedy": both(x.remedy),
                "suggested": x.suggested,
            }
            for x in p.problems
        ],
        "refusal": plain_reason(p.refusal) if p.refusal is not None else None,
    }

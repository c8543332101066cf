"""Options and files that the commands of `jianban lots` share."""

import json
from pathlib import Path
from typing import Any

import typer

from jianban.engine.commands.files import deliver
from jianban.engine.commands.session import Session, UsageFailure
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.files import reason
from jianban.workflows.texts import Lang, Text

OBJECTS = Text("检查对象名录库（CSV：id,class）", "The register of objects, a CSV file: id,class")
INSPECTORS = Text(
    "执法检查人员名录库（CSV：id,limit；limit 为最多承担的对象数，可不写）",
    "The register of inspectors, a CSV file: id,limit (the most objects they take, if any)",
)
RECUSALS = Text("已知的回避（CSV：inspector,object）", "Known recusals, a CSV file: inspector,object")
SEED = Text(
    "种子，抽取前保密；也可写在环境变量 JIANBAN_LOTS_SEED 中",
    "The seed, secret until the draw; or the environment variable JIANBAN_LOTS_SEED",
)
SALT = Text(
    "盐值，不少于 16 个字符，抽取前保密；也可写在环境变量 JIANBAN_LOTS_SALT 中",
    "The salt of 16 characters at least, secret until the draw; or JIANBAN_LOTS_SALT",
)
UNREADABLE = Text("不能读取（{why}）", "it can't be read ({why})")
IN_FILE = Text("{file}：{what}", "{file}: {what}")


def objects(lang: Lang) -> Any:
    return typer.Option("--objects", help=OBJECTS.get(lang), metavar="FILE", show_default=False)


def inspectors(lang: Lang) -> Any:
    return typer.Option("--inspectors", help=INSPECTORS.get(lang), metavar="FILE", show_default=False)


def recusals(lang: Lang) -> Any:
    return typer.Option("--recusals", help=RECUSALS.get(lang), metavar="FILE", show_default=False)


def seed(lang: Lang) -> Any:
    return typer.Option("--seed", envvar="JIANBAN_LOTS_SEED", help=SEED.get(lang), metavar="TEXT")


def salt(lang: Lang) -> Any:
    return typer.Option("--salt", envvar="JIANBAN_LOTS_SALT", help=SALT.get(lang), metavar="TEXT")


def read_bytes(file: Path) -> bytes:
    """The content of a file; `placed` adds its name to what is wrong.

    Raises:
        UsageFailure: the file can't be read.
    """
    try:
        return file.read_bytes()
    except (OSError, ValueError) as error:
        raise UsageFailure(UNREADABLE.format(why=reason(error))) from None


def placed(file: Path, error: JianbanError) -> UsageFailure:
    """What is wrong with the content of a file, with its name."""
    return UsageFailure(IN_FILE.format(file=file, what=error.text))


def deliver_json(session: Session, plain: dict[str, Any], output: str | None) -> None:
    text = json.dumps(plain, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    deliver(session, text.encode(), output)

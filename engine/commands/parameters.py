"""Arguments and options that several commands share, and how their values are read."""

import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from jianban.engine.commands.session import Session, UsageFailure
from jianban.workflows.texts import Lang, Text

if TYPE_CHECKING:
    from jianban.workflows.flow import Flow
    from jianban.workflows.language.model import Process

T = TypeVar("T", bound=str)
STDIN = "-"
STDIN_LIMIT = 16 * 1024 * 1024
"""Bytes read from standard input; more than any definition that the loader accepts."""

REFERENCE = Text(
    "流程编号（如 deregistration/simple 或 deregistration/simple@2022-03）、定义文件，或 -（标准输入）",
    "A process id (deregistration/simple or deregistration/simple@2022-03), a file, or - (standard input)",
)
AS_JSON = Text(
    "以 JSON 输出（格式见 docs/reference/json.md）", "Print JSON, as docs/reference/json.md describes it"
)
OUTPUT = Text("写入的文件；- 为标准输出", "The file to write; - for standard output")

NOT_A_DATE = Text(
    "{option} 须为日期，如 2024-03-01，而不是“{value}”",
    "{option} must be a date like 2024-03-01, not “{value}”",
)
NOT_ALLOWED = Text(
    "{option} 须为 {allowed} 之一，而不是“{value}”", "{option} must be one of {allowed}, not “{value}”"
)
FOLDER = Text(
    "“{path}”是文件夹。请写流程编号或定义文件；用该文件夹作流程目录的，请写 --catalogue {path} 和流程编号",
    "“{path}” is a folder. Name a process or a file; to use it as the catalogue, give --catalogue {path} and "
    "the id of a process",
)
LINKS_NOWHERE = Text("“{path}”是失效的链接", "“{path}” is a link to nothing")
STDIN_TWICE = Text("标准输入（-）只能读一次", "standard input (-) can be read only once")
NOT_TEXT = Text(
    "标准输入不是 UTF-8 文本（第 {at} 字节）。请转换编码",
    "standard input is not UTF-8 text (byte {at}). Convert it",
)


def reference(lang: Lang) -> Any:
    return typer.Argument(help=REFERENCE.get(lang), metavar="PROCESS", show_default=False)


def optional(lang: Lang) -> Callable[..., Any]:
    """What makes options that may be left out: of a help text, what stands for the value, and names."""

    def option(text: Text, metavar: str, *names: str) -> Any:
        return typer.Option(*names, help=text.get(lang), metavar=metavar, show_default=False)

    return option


def as_json(lang: Lang) -> Any:
    return typer.Option("--json", help=AS_JSON.get(lang))


def output(lang: Lang) -> Any:
    return typer.Option("--output", "-o", help=OUTPUT.get(lang), metavar="FILE", show_default=False)


def read_date(value: str | None, option: str) -> date | None:
    """Read an ISO date.

    Raises:
        UsageFailure: it is no date.
    """
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise UsageFailure(NOT_A_DATE.format(option=option, value=value)) from None


def choose(value: str, allowed: Sequence[T], option: str) -> T:
    """The one of those allowed that the value names.

    Raises:
        UsageFailure: it names none.
    """
    if value in allowed:
        return allowed[allowed.index(value)]
    known = Text("、".join(allowed), ", ".join(allowed))
    raise UsageFailure(NOT_ALLOWED.format(option=option, allowed=known, value=value))


def load(session: Session, name: str) -> "Process":
    """The process that a reference names: an id of the catalogue, a file, or `-` for standard input.

    Raises:
        JianbanError: there is none such, or it has errors.
    """
    if name != STDIN:
        path = Path(name)
        if _links_nowhere(path):
            raise UsageFailure(LINKS_NOWHERE.format(path=name))
        if name not in session.catalogue.references() and _is_folder(path):
            raise UsageFailure(FOLDER.format(path=name))
        return session.catalogue.process(path if _is_file(path) else name)

    from jianban.workflows.language.loader import load_text

    return load_text(_standard_input(session), session.catalogue)


def load_flow(session: Session, name: str) -> "Flow":
    from jianban.workflows.compiler import compile_process

    return compile_process(load(session, name))


def _links_nowhere(path: Path) -> bool:
    try:
        return path.is_symlink() and not path.exists()
    except OSError:
        return False


def _is_file(path: Path) -> bool:
    try:
        return path.exists() and not path.is_dir()
    except OSError:
        return False


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _standard_input(session: Session) -> str:
    if session.stdin_read:
        raise UsageFailure(STDIN_TWICE)
    session.stdin_read = True
    content = sys.stdin.buffer.read(STDIN_LIMIT)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageFailure(NOT_TEXT.format(at=error.start + 1)) from None

"""The `jianban` command: runs one command, and turns every failure into a message and an exit code."""

import gc
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from jianban.engine.commands import (
    check,
    compare,
    doctor,
    draw,
    engine_group,
    guide,
    indicators,
    listing,
    lots_group,
    measure,
    reform,
    schema,
    show,
    sources,
    staff,
    uses,
    walk,
)
from jianban.engine.commands.help import Group, complaint
from jianban.engine.commands.language import split_language
from jianban.engine.commands.session import (
    BROKEN_PIPE,
    FINE,
    INTERNAL,
    INTERRUPTED,
    NO_SYSTEM,
    Session,
    SystemFailure,
    UsageFailure,
)
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.files import reason
from jianban.workflows.texts import Lang, Text

COMMANDS = (
    listing,
    check,
    show,
    measure,
    compare,
    indicators,
    draw,
    guide,
    walk,
    staff,
    lots_group,
    sources,
    reform,
    uses,
    engine_group,
    schema,
    doctor,
)

SUMMARY = Text(
    "简办：办事流程写成一份定义，即可检查、度量、比较、绘图和运行。",
    "Jianban: one definition of an approval process, checked, measured, compared, drawn and run.",
)
LANGUAGE = Text(
    "界面和结果的语言：zh 或 en；默认取 JIANBAN_LANG，其次取系统语言，再次为中文",
    "Language of messages and results: zh or en; by default JIANBAN_LANG, then the system's, then zh",
)
CATALOGUE = Text(
    "流程目录所在的文件夹；默认用随程序安装的目录",
    "The folder of the catalogue; by default the one installed with the program",
)
VERSION = Text("显示版本", "Show the version")
EXIT_CODES = Text(
    "退出码：0 正常；1 检查发现错误或流程不可靠；2 用法或输入有误；3 系统缺少所需部分或拒绝写入；"
    "70 程序自身缺陷；130 被中断；141 输出管道已关闭。",
    "Exit codes: 0 fine; 1 errors found, or not sound; 2 wrong usage or input; 3 a part of the system is "
    "missing or refuses; 70 a defect of the program; 130 interrupted; 141 the output pipe was closed.",
)
NO_CATALOGUE = Text(
    "“{path}”不是文件夹。--catalogue 应指向流程目录", "“{path}” is no folder. --catalogue names one"
)
STOPPED = Text("已中断", "interrupted")
NO_OUTPUT = Text("无法写到标准输出（{reason}）", "can't write to standard output ({reason})")
UNREADABLE = Text("无法读写“{path}”（{reason}）", "can't read or write “{path}” ({reason})")
TOO_DEEP = Text("输入嵌套过深，请简化", "the input is nested too deeply; simplify it")
DEFECT = Text(
    "程序内部缺陷（{kind}：{reason}）。请附上输入报告此问题；设 JIANBAN_DEBUG=1 可查看详情",
    "internal error ({kind}: {reason}). Please report it with the input; JIANBAN_DEBUG=1 shows the details",
)


def build(lang: Lang) -> typer.Typer:
    """The command line with its help in one language."""
    app = typer.Typer(
        cls=Group,
        help=SUMMARY.get(lang),
        epilog=EXIT_CODES.get(lang),
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback()
    def root(
        ctx: typer.Context,
        lang: Annotated[str | None, typer.Option(help=LANGUAGE.get(lang), metavar="zh|en")] = None,
        catalogue: Annotated[
            Path | None, typer.Option(help=CATALOGUE.get(lang), metavar="PATH", show_default=False)
        ] = None,
        version: Annotated[
            bool, typer.Option("--version", help=VERSION.get(lang), is_eager=True, callback=_tell_version)
        ] = False,
    ) -> None:
        if catalogue is not None and not catalogue.is_dir():
            raise UsageFailure(NO_CATALOGUE.format(path=catalogue))
        ctx.obj.folder = catalogue

    for command in COMMANDS:
        command.register(app, lang)
    return app


def _tell_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(version("jianban"))
        raise typer.Exit


def main(argv: Sequence[str]) -> int:
    """Run one command and return its exit code; no exception leaves it but SystemExit."""
    session = Session(lang="zh", json="--json" in argv)
    try:
        session.lang, arguments = split_language(argv, os.environ)
        command = typer.main.get_command(build(session.lang))
        with command.make_context("jianban", arguments or ["--help"], obj=session) as context:
            code = command.invoke(context)
        sys.stdout.flush()
    except typer.Exit as stop:
        code = stop.exit_code
    except typer.TyperException as error:
        return session.report(UsageFailure(complaint(error)))
    except JianbanError as error:
        return session.report(error)
    except (KeyboardInterrupt, typer.Abort):
        print(f"\n{session.say(STOPPED)}", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        return BROKEN_PIPE
    except OSError as error:
        where = NO_OUTPUT if error.filename is None else UNREADABLE
        return session.report(SystemFailure(where.format(reason=reason(error), path=error.filename)))
    except RecursionError:
        return session.report(UsageFailure(TOO_DEEP))
    except Exception as error:
        if os.environ.get("JIANBAN_DEBUG"):
            raise
        defect = JianbanError(DEFECT.format(kind=type(error).__name__, reason=error))
        return session.report(defect, code=INTERNAL)
    return code if isinstance(code, int) else FINE


def run() -> None:
    """The console script: `main` on the process's arguments, with streams that odd characters can't break."""
    # A command makes many objects that stay and few that go: collecting as usual costs a tenth of its time.
    gc.set_threshold(50_000)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    code = NO_SYSTEM
    try:
        code = main(sys.argv[1:])
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            code = BROKEN_PIPE
        # What is still buffered can't be written; the interpreter would complain about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)

"""Help pages and complaints about the command line, in the reader's language.

The option parser speaks English only, so its help pages are drawn here and its complaints are translated.
"""

import re
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from jianban.engine.commands.session import Session
from jianban.workflows.texts import Text

USAGE = Text("用法：", "Usage: ")
COMMANDS = Text("命令", "Commands")
ARGUMENTS = Text("参数", "Arguments")
OPTIONS = Text("选项", "Options")
OPTIONS_HERE = Text("[选项]", "[OPTIONS]")
COMMAND_HERE = Text("命令 [参数]...", "COMMAND [ARGS]...")
THIS_PAGE = Text("显示本页", "Show this page")
SEE_HELP = Text("用法见 {command} --help", "See {command} --help")

COMPLAINTS = [
    (
        r"No such command '(.*?)'\.(?: Did you mean (.*)\?)?",
        Text("没有命令“{0}”", "there is no command “{0}”"),
    ),
    (r"No such option: (\S+)", Text("没有选项“{0}”", "there is no option “{0}”")),
    (r"Missing (?:argument|option) '([^'.]+?)(?:\.\.\.)?'", Text("缺少“{0}”", "“{0}” is missing")),
    (r"Option '(.+?)' requires an argument", Text("选项“{0}”缺少取值", "option “{0}” needs a value")),
    (r"Option '(.+?)' does not take a value", Text("选项“{0}”不接受取值", "option “{0}” takes no value")),
    (r"Got unexpected extra argument\(s\) \((.*)\)", Text("多余的参数：{0}", "unexpected arguments: {0}")),
    (
        r"Invalid value for '(.+?)': Input should be a valid integer.*",
        Text("“{0}”须为整数", "“{0}” must be a whole number"),
    ),
]
MEANT = Text("。是否想用 {names}", "; did you mean {names}")


def complaint(error: typer.TyperException) -> Text:
    """What the option parser complains about, and where the help is."""
    english = error.format_message()
    text = Text(english, english)
    for pattern, words in COMPLAINTS:
        if match := re.match(pattern, english, re.DOTALL):
            groups = match.groups(default="")
            text = Text(words.zh.format(*groups), words.en.format(*groups))
            break
    names = getattr(error, "possibilities", None) or re.findall(
        r"'([^']*)'", english.partition("Did you mean")[2]
    )
    if names:
        meant = MEANT.format(names=Text("、".join(names), ", ".join(names)))
        text = Text(text.zh + meant.zh, text.en + meant.en)
    context: typer.Context | None = getattr(error, "ctx", None)
    see = SEE_HELP.format(command=context.command_path if context else "jianban")
    return Text(f"{text.zh}。{see.zh}", f"{text.en}. {see.en}")


def show_help(command: TyperCommand | TyperGroup, context: typer.Context) -> None:
    """Print the help page of a command."""
    from rich.padding import Padding
    from rich.table import Table

    session = context.find_object(Session)
    if session is None:
        raise LookupError("the command line runs in a session")
    console, say = session.console, session.say

    def section(title: Text, rows: list[tuple[str, str]]) -> None:
        if not rows:
            return
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
        table.add_column(style="cyan", no_wrap=True)
        table.add_column()
        for row in rows:
            table.add_row(*row)
        console.print(say(title), style="bold")
        console.print(Padding(table, (0, 0, 1, 2), expand=False))

    arguments, options = [], []
    for param in command.get_params(context):
        words = getattr(param, "help", None) or ""
        if param.param_type_name == "argument":
            name = f"{param.metavar}{'...' if param.nargs == -1 else ''}"
            arguments.append((name if param.required else f"[{name}]", words))
        else:
            is_help = "--help" in param.opts
            names = f"{', '.join(param.opts)} {param.metavar or ''}"
            options.append((names, say(THIS_PAGE) if is_help else words))
    pieces = [context.command_path, say(OPTIONS_HERE), *(name for name, _ in arguments)]
    if isinstance(command, TyperGroup):
        pieces.append(say(COMMAND_HERE))
    console.print(f"{say(USAGE)}{' '.join(pieces)}\n")
    if command.help:
        console.print(Padding(command.help, (0, 0, 1, 2), expand=False))
    section(ARGUMENTS, arguments)
    if isinstance(command, TyperGroup):
        section(COMMANDS, [(name, child.help or "") for name, child in command.commands.items()])
    section(OPTIONS, options)
    if command.epilog:
        console.print(command.epilog)


class Group(TyperGroup):
    def format_help(self, ctx: Any, formatter: Any) -> None:
        show_help(self, ctx)


class Command(TyperCommand):
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except typer.TyperException as error:
            # the parser does not tell whose option it is
            if getattr(error, "ctx", ctx) is None:
                error.ctx = ctx  # pyright: ignore[reportAttributeAccessIssue]
            raise

    def format_help(self, ctx: Any, formatter: Any) -> None:
        show_help(self, ctx)

"""Reports of blocks: in the terminal or as Markdown."""

import os
import shutil
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, get_args

import typer

from jianban.engine.commands.session import PLAIN_WIDTH, Session
from jianban.workflows.texts import Lang, Text

if TYPE_CHECKING:
    from jianban.workflows.comparison.blocks import Block

Form = Literal["terminal", "markdown", "json"]
FORMS: tuple[Form, ...] = get_args(Form)
FORMAT = Text("格式：terminal（终端）、markdown、json", "Format: terminal, markdown, json")


def report_form(lang: Lang) -> Any:
    return typer.Option("--format", "-f", help=FORMAT.get(lang), metavar="|".join(FORMS), show_default=False)


def write_report(session: Session, blocks: "Iterable[Block]", form: Form) -> None:
    """Write the blocks to standard output: as Markdown, or in the columns of the terminal."""
    if form == "markdown":
        from jianban.workflows.comparison.markdown import to_markdown

        session.write(to_markdown(blocks))
        return
    from jianban.workflows.comparison.terminal import to_terminal

    terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if terminal else PLAIN_WIDTH
    session.write(to_terminal(blocks, width=width, colour=terminal and "NO_COLOR" not in os.environ))

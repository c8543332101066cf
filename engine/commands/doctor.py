"""`jianban doctor`: what is installed, and which Chinese font is really used."""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated

import typer

from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import as_json
from jianban.engine.commands.session import FINE, NO_SYSTEM, Session, SystemFailure
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.texts import Lang, Text

SUMMARY = Text(
    "检查运行环境：各组成部分的版本、Graphviz、实际使用的中文字体和流程目录",
    "Check the installation: parts and versions, Graphviz, the Chinese font really used, the catalogue",
)
PACKAGE = "jianban"
CATALOGUE = Text("流程目录", "catalogue")
GRAPHVIZ = Text("Graphviz（绘图）", "Graphviz (drawing)")
FONT = Text("中文字体", "Chinese font")
COUNT = Text("{count} 个流程", "{count} processes")
SAMPLE = "简办：环节由七减为二"
OTHER_FONT = Text(
    "实际使用的是 {found}，而不是 {family}。请重新安装 justmytype-intl-cjk",
    "{found} is used instead of {family}. Install justmytype-intl-cjk again",
)
MISSING = Text(
    "未安装。请运行 python -m pip install {name}", "not installed. Run python -m pip install {name}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    name: str
    found: str
    """The version, or what is wrong."""
    fine: bool


def register(app: typer.Typer, lang: Lang) -> None:
    @app.command("doctor", cls=Command, help=SUMMARY.get(lang))
    def command(ctx: typer.Context, json: Annotated[bool, as_json(lang)] = False) -> int:
        session: Session = ctx.obj
        parts = list(examine(session))
        fine = all(part.fine for part in parts)
        if session.json:
            entries = [{"name": p.name, "found": p.found, "fine": p.fine} for p in parts]
            session.write_json({"fine": fine, "parts": entries})
        else:
            _print(session, parts)
        return FINE if fine else NO_SYSTEM


def examine(session: Session) -> Iterator[Part]:
    """Every part the program needs, whether it is there, and in which version."""
    import platform
    from importlib import metadata

    yield Part(name="Python", found=platform.python_version(), fine=True)
    yield Part(name=PACKAGE, found=metadata.version(PACKAGE), fine=True)
    for requirement in metadata.requires(PACKAGE) or []:
        if "extra ==" in requirement:
            continue
        name = re.split(r"[^\w.-]", requirement)[0]
        try:
            yield Part(name=name, found=metadata.version(name), fine=True)
        except metadata.PackageNotFoundError:
            yield Part(name=name, found=session.say(MISSING.format(name=name)), fine=False)
    yield _probe(session, GRAPHVIZ, _graphviz)
    yield _probe(session, FONT, _font)
    yield _probe(
        session, CATALOGUE, lambda: session.say(COUNT.format(count=len(session.catalogue.processes())))
    )


def _graphviz() -> str:
    """The version that Graphviz writes into what it draws."""
    from jianban.workflows.figures.drawing import render_dot

    drawn = render_dot('digraph {a [pos="0,0"]}').decode()
    version = re.search(r"graphviz version ([\d.]+)", drawn)
    return version[1] if version else "?"


def _font() -> str:
    """The fonts that a PDF of the sample embeds, drawn as every figure is."""
    import pikepdf

    from jianban.workflows.figures.export import export
    from jianban.workflows.figures.fonts import FAMILY
    from jianban.workflows.figures.scene import Scene, Words

    scene = Scene(200, 40, SAMPLE, (), "zh-CN")
    words = Words(x=10, baseline=25, text=SAMPLE, size=12, color="#000000")
    scene.group("sample").shapes.append(words)
    with pikepdf.open(io.BytesIO(export(scene, "pdf"))) as document:
        fonts = {
            str(item.BaseFont).lstrip("/").split("+")[-1]
            for item in document.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/Subtype") == "/Type0"
        }
    found = ", ".join(sorted(fonts))
    if any(FAMILY.replace(" ", "") not in font for font in fonts) or not fonts:
        raise SystemFailure(OTHER_FONT.format(found=found or "–", family=FAMILY))
    return found


def _probe(session: Session, name: Text, look: Callable[[], str]) -> Part:
    try:
        return Part(name=session.say(name), found=look(), fine=True)
    except JianbanError as error:
        return Part(name=session.say(name), found=session.say(error.text), fine=False)
    except Exception as error:  # a broken library may raise anything, and the doctor must say so
        return Part(name=session.say(name), found=f"{type(error).__name__}: {error}", fine=False)


def _print(session: Session, parts: list[Part]) -> None:
    from rich.table import Table

    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for part in parts:
        table.add_row("✓" if part.fine else "✗", part.name, part.found, style=None if part.fine else "red")
    session.console.print(table)

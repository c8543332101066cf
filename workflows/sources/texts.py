"""A folder of statutes: one Markdown file each, named like `公司法(2023-12-29).md`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.files import reason, shown
from jianban.workflows.sources.statutes import Statute, articles, named
from jianban.workflows.texts import Text

_NO_FOLDER = Text("“{path}”不是文件夹", "“{path}” is no folder")
_NONE = Text(
    "“{path}”中没有法律文本。文件名应如 公司法(2023-12-29).md：名称、通过或公布日期",
    "There are no statutes in “{path}”. Name them like 公司法(2023-12-29).md, with the day of adoption",
)
_UNREADABLE = Text("无法读取“{path}”（{reason}）", "can't read “{path}” ({reason})")
_NO_ARTICLES = Text(
    "“{path}”中没有条文。每条另起一段，以“第一条”和空格开头",
    "“{path}” has no articles. Each is a paragraph that begins with 第一条 and a space",
)


def read_statutes(folder: Path) -> tuple[Statute, ...]:
    """The statutes of a folder, in order of their names; files with other names are passed over.

    Raises:
        JianbanError: there is no such folder, none in it, or one that cannot be read.
    """
    if not folder.is_dir():
        raise JianbanError(_NO_FOLDER.format(path=shown(folder)))
    found = tuple(_statutes(folder))
    if not found:
        raise JianbanError(_NONE.format(path=shown(folder)))
    return found


def _statutes(folder: Path) -> Iterator[Statute]:
    for path in sorted(folder.glob("*.md")):
        name = named(path.stem)
        if name is None:
            continue
        try:
            found = articles(path.read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError) as error:
            raise JianbanError(_UNREADABLE.format(path=shown(path), reason=reason(error))) from None
        if not found:
            raise JianbanError(_NO_ARTICLES.format(path=shown(path)))
        yield Statute(title=name[0], adopted=name[1], articles=found)

"""How files are named to the reader, how their text is read, and why the system refuses one."""

from __future__ import annotations

import csv
import errno
from io import StringIO
from pathlib import Path

from jianban.workflows.texts import Text


def shown(path: Path) -> str:
    """The path as messages show it: relative to where the user stands, when it lies below."""
    try:
        name = path.resolve().relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        name = path.as_posix()
    # the name of a file need not be Unicode, nor harmless to a terminal, but messages are
    name = name.encode(errors="replace").decode()
    return "".join(c if c.isprintable() else "?" for c in name)


def decoded(content: bytes) -> str:
    """A text that people made with a spreadsheet or editor of their own: in UTF-8, or else in GB18030.

    Raises:
        UnicodeDecodeError: it is neither.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def read_csv(path: Path) -> list[tuple[int, list[str]]]:
    """Each line of a CSV file that is not empty, with its number; cells are stripped.

    Raises:
        OSError: the system refuses.
        UnicodeDecodeError: as `decoded`.
        csv.Error: it is no CSV.
    """
    reader = csv.reader(StringIO(decoded(path.read_bytes()), newline=""), strict=True)
    rows = ((reader.line_num, [cell.strip() for cell in cells]) for cells in reader)
    return [(line, cells) for line, cells in rows if any(cells)]


def reason(error: OSError | RuntimeError | ValueError | csv.Error) -> Text:
    """Why the system refuses; in its own English words where the Chinese is not known."""
    if isinstance(error, UnicodeDecodeError):
        return _NEITHER if error.encoding == "gb18030" else _NOT_UTF8
    words = getattr(error, "strerror", None) or str(error)
    return Text(_REASONS.get(getattr(error, "errno", None) or 0, words), words)


_NOT_UTF8 = Text("不是 UTF-8 文本", "it is not UTF-8 text")
_NEITHER = Text("既不是 UTF-8 也不是 GB18030 文本", "it is text of neither UTF-8 nor GB18030")
_REASONS = {
    errno.EACCES: "没有权限",
    errno.EPERM: "系统不允许",
    errno.EROFS: "该位置只读",
    errno.ENOENT: "文件或目录不存在",
    errno.EISDIR: "是目录，不是文件",
    errno.ENOTDIR: "路径中有一段不是目录",
    errno.ELOOP: "链接循环",
    errno.ENAMETOOLONG: "文件名过长",
    errno.ENOSPC: "磁盘空间不足",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EIO: "读写出错",
    errno.EBADF: "已关闭",
}

"""Writing results: all of a file or nothing of it."""

import os
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path

from jianban.engine.commands.session import Session, SystemFailure, UsageFailure
from jianban.workflows.language.files import reason
from jianban.workflows.texts import Text

IS_FOLDER = Text(
    "“{path}”是目录，不能作为文件写入。请另给文件名",
    "“{path}” is a folder, not a file to write. Name a file",
)
NO_FOLDER = Text(
    "“{path}”所在的目录不存在。请先建立该目录",
    "the folder of “{path}” does not exist. Create it first",
)
NOT_WRITTEN = Text(
    "无法写入“{path}”（{reason}）。请检查权限和剩余空间，或另选位置",
    "can't write “{path}” ({reason}). Check permissions and free space, or choose another place",
)


def write_file(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Write a file so that a reader sees the old content or the new one, never a part.

    A link is followed; a device or pipe is written to as it is.

    Args:
        content: all of it, or its pieces.

    Raises:
        UsageFailure: the path is a folder, or lies in none.
        SystemFailure: the system refuses.
    """
    try:
        target = path.resolve()
        mode = _mode(target)
        if mode is not None and stat.S_ISDIR(mode):
            raise UsageFailure(IS_FOLDER.format(path=path))
        if not target.parent.is_dir():
            raise UsageFailure(NO_FOLDER.format(path=path))
        pieces = (content,) if isinstance(content, bytes) else content
        if mode is not None and not stat.S_ISREG(mode):
            with target.open("wb") as stream:
                stream.writelines(pieces)
        else:
            _replace(target, pieces, _fresh_mode() if mode is None else stat.S_IMODE(mode))
    except (OSError, RuntimeError, ValueError) as error:
        raise SystemFailure(NOT_WRITTEN.format(path=path, reason=reason(error))) from error


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def _fresh_mode() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _replace(target: Path, pieces: Iterable[bytes], mode: int) -> None:
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".jianban-")
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.writelines(pieces)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.chmod(mode)
        fresh.replace(target)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def deliver(session: Session, content: bytes | Iterable[bytes], output: str | None) -> None:
    """Write a result, or its pieces, to the file asked for, or to standard output when none is, or `-`."""
    if output is not None and output != "-":
        write_file(Path(output), content)
        return
    for piece in (content,) if isinstance(content, bytes) else content:
        session.write_bytes(piece)

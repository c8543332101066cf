import os
import stat
from pathlib import Path

import pytest

from jianban.engine.commands.files import write_file
from jianban.engine.commands.session import SystemFailure, UsageFailure


def test_a_new_file_gets_the_usual_rights(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_file(path, b"content")
    assert path.read_bytes() == b"content"
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~mask
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_keeps_its_rights_and_a_link_stays_a_link(tmp_path: Path) -> None:
    path, link = tmp_path / "real.svg", tmp_path / "link.svg"
    path.write_bytes(b"old")
    path.chmod(0o640)
    link.symlink_to(path)
    write_file(link, b"new")
    assert link.is_symlink()
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_failure_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.html"
    path.write_bytes(b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SystemFailure, match="No space left on device"):
        write_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_device_is_written_to_and_not_replaced() -> None:
    write_file(Path("/dev/null"), b"content")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_places_that_cannot_be_written_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageFailure, match="is a folder"):
        write_file(tmp_path, b"")
    with pytest.raises(UsageFailure, match="does not exist"):
        write_file(tmp_path / "nowhere" / "report.html", b"")
    with pytest.raises(SystemFailure, match="can't write"):
        write_file(tmp_path / ("x" * 300), b"")
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(SystemFailure, match="can't write"):
        write_file(loop, b"")

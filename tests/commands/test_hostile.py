"""Whatever comes in, what comes out is a message and a documented exit code, never a traceback."""

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.commands.conftest import Result, Shell

PROGRAM = Path(sys.executable).with_name("jianban")
KNOWN = {0, 1, 2, 3, 130, 141}


def settled(result: Result) -> Result:
    assert "Traceback" not in result.err + result.out
    assert "internal error" not in result.err
    assert result.code in KNOWN
    return result


BOMB = b"a: &a [x, x, x, x, x, x, x, x, x]\n" + b"".join(
    f"{c}: &{c} [{', '.join([f'*{chr(ord(c) - 1)}'] * 9)}]\n".encode() for c in "bcdefghijk"
)
FILES = {
    "empty": b"",
    "blank": b"\n\n# nothing\n",
    "binary": bytes(range(256)) * 40,
    "latin": "title: caf\xe9".encode("latin-1"),
    "utf16": "process: a".encode("utf-16"),
    "nul": b"process: a\0b",
    "list": b"- a\n- b\n",
    "scalar": b"42",
    "tab": b"process:\n\t- a\n",
    "bomb": BOMB,
    "cycle": b"process: &a [*a]\n",
    "duplicate": b"process: a\nprocess: b\n",
    "deep": b"[" * 100_000,
    "nested": b"a: " + b"{a: " * 5_000,
    "python": b"!!python/object/apply:os.system ['touch owned']\n",
    "large": b"# " + b"x" * 10_000_000,
    "wide": b"stages: [" + b"a, " * 3_000_000 + b"]",
    "documents": b"process: a\n---\nprocess: b\n",
    "unclosed": b'title: "never closed\n',
    "number": b"version: 1e999999999\nprocess: 99999999999999999999999999999999999999\n",
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("command", ["check", "show"])
def test_a_hostile_file_ends_in_a_message_fast(
    jianban: Shell, tmp_path: Path, name: str, command: str
) -> None:
    path = tmp_path / f"{name}.yaml"
    path.write_bytes(FILES[name])
    start = time.monotonic()
    result = settled(jianban(command, str(path)))
    assert time.monotonic() - start < 5
    assert result.code == (1 if command == "check" else 2)
    assert f"{name}.yaml" in result.out + result.err


@pytest.mark.parametrize("name", FILES)
def test_the_same_from_standard_input(jianban: Shell, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(FILES[name])))
    assert settled(jianban("show", "-")).code == 2


@pytest.mark.parametrize(
    "name",
    [
        "nowhere",
        "no/where@2022",
        "nowhere.yaml",
        "..",
        "/",
        "",
        "a" * 5000,
        "deregistration/simple@",
        "@",
        "\x1b[31m",
    ],
)
def test_a_name_of_nothing_is_told(jianban: Shell, name: str) -> None:
    assert settled(jianban("show", name)).code == 2


def test_what_cannot_be_read_is_told(jianban: Shell, tmp_path: Path) -> None:
    loop = tmp_path / "loop.yaml"
    loop.symlink_to(loop)
    for name in (str(tmp_path), str(loop), "/dev/null", "/dev/zero"):
        assert settled(jianban("show", name)).code == 2


def test_output_that_nobody_reads_is_no_defect() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([PROGRAM, "--help"], stdout=writer, stderr=subprocess.PIPE, timeout=60)
    os.close(writer)
    assert done.returncode == 141
    assert done.stderr == b""


def test_a_full_disk_is_told() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [PROGRAM, "--help", "--lang", "en"], stdout=full, stderr=subprocess.PIPE, timeout=60
        )
    assert done.returncode == 3
    assert b"can't write to standard output (No space left on device)" in done.stderr
    assert b"Traceback" not in done.stderr


def listening() -> None:
    """A job in the background ignores interrupts, and so do its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_an_interruption_is_told() -> None:
    for patience in (1.5, 5.0, 20.0):  # interrupted before it is there, a program just ends
        running = subprocess.Popen(
            [PROGRAM, "show", "-", "--lang", "en"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=listening,
        )
        time.sleep(patience)
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=60)
        if running.returncode == 130:
            break
    assert running.returncode == 130
    assert err.strip() == b"interrupted"


def test_closed_streams_are_no_defect() -> None:
    for stream in ("<&-", ">&-", "2>&-"):
        for command in ("--help", "show -"):
            done = subprocess.run(
                ["bash", "-c", f"{PROGRAM} {command} {stream}"],
                capture_output=True,
                timeout=60,
                stdin=subprocess.DEVNULL,
            )
            assert b"Traceback" not in done.stderr
            assert done.returncode in KNOWN


def test_standard_input_is_read_once(jianban: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"process: a")))
    assert "can be read only once" in settled(jianban("check", "-", "-")).err


def test_a_name_that_is_no_text_is_told() -> None:
    done = subprocess.run([PROGRAM, "show", b"\xff\xfe", "--lang", "en"], capture_output=True, timeout=60)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


def test_a_poor_terminal_gets_what_it_can_show(process: Shell) -> None:
    for encoding in ("ascii", "latin-1", "gbk"):
        result = process("--help", "--lang", "zh", PYTHONIOENCODING=encoding)
        assert settled(result).code == 0

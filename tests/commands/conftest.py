"""Ways to run the command line: within the test, and as a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from jianban.engine.commands.main import main

Shell = Callable[..., "Result"]


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


@pytest.fixture
def jianban(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Run a command line in this process, in English unless it says otherwise."""
    monkeypatch.setenv("JIANBAN_LANG", "en")

    def run(*words: str) -> Result:
        code = main(words)
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return run


@pytest.fixture
def process() -> Shell:
    """Run a command line as a process of its own, with bytes for standard input and extra variables."""
    program = Path(sys.executable).with_name("jianban")

    def run(*words: str, stdin: bytes = b"", **environment: str) -> Result:
        clean = {k: v for k, v in os.environ.items() if k not in ("LC_ALL", "LC_MESSAGES", "LANG")}
        done = subprocess.run(
            [program, *words],
            input=stdin,
            capture_output=True,
            env=clean | {"JIANBAN_LANG": "en"} | environment,
            timeout=60,
        )
        out, err = (stream.decode(errors="replace") for stream in (done.stdout, done.stderr))
        return Result(done.returncode, out, err)

    return run

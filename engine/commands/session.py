"""What every command shares: the reader's language, the output streams, and the ways a command can fail."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from jianban.workflows.language.errors import DefinitionError, JianbanError, Problem
from jianban.workflows.texts import Lang, Text

if TYPE_CHECKING:
    from rich.console import Console

    from jianban.workflows.language.catalogue import Catalogue

FINE = 0
FOUND = 1
"""The check found errors, or the process is not sound."""
BAD_INPUT = 2
"""The command line, a definition or other input is wrong."""
NO_SYSTEM = 3
"""Something outside the input fails: a file that can't be written, a part that isn't installed."""
INTERNAL = 70
"""A defect of the program itself."""
INTERRUPTED = 130
BROKEN_PIPE = 141

PLAIN_WIDTH = 120
"""Columns of tables that go to a file or a pipe."""

ERROR = Text("错误：", "error: ")


class UsageFailure(JianbanError):
    """The command line or the input it names is wrong; the user can mend it."""


class SystemFailure(JianbanError):
    """Something outside the input is missing or refuses."""


@dataclass(kw_only=True)
class Session:
    lang: Lang
    json: bool = False
    """True when results, and errors too, go to standard output as JSON."""
    folder: Path | None = None
    """The catalogue's folder; None for the definitions that are installed with the program."""
    stdin_read: bool = field(default=False, init=False)

    def say(self, text: Text) -> str:
        return text.get(self.lang)

    @cached_property
    def console(self) -> "Console":
        return _console(stderr=False)

    @cached_property
    def errors(self) -> "Console":
        return _console(stderr=True)

    @cached_property
    def catalogue(self) -> "Catalogue":
        from jianban.workflows.language.catalogue import Catalogue

        default = Catalogue.default()
        return default if self.folder is None else Catalogue(self.folder, base=default)

    def write(self, text: str) -> None:
        """Write text to standard output as it is."""
        sys.stdout.write(text if text.endswith("\n") else text + "\n")

    def write_json(self, value: object) -> None:
        """Write a value to standard output as JSON, in UTF-8 whatever the terminal's encoding."""
        text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
        self.write_bytes(text.encode("utf-8", "backslashreplace"))

    def write_bytes(self, content: bytes) -> None:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()

    def write_problems(self, problems: Iterable[Problem]) -> None:
        """Write each problem as a line to standard error."""
        for problem in problems:
            print(problem.line(self.lang), file=sys.stderr)

    @contextmanager
    def busy(self, text: Text) -> Iterator[None]:
        """Tell what takes long while it runs, only to a person at a terminal."""
        if self.json or not sys.stderr.isatty():
            yield
            return
        with self.errors.status(self.say(text)):
            yield

    def report(self, error: JianbanError, *, code: int | None = None) -> int:
        """Tell the user about an error and return the exit code that goes with it, unless one is given."""
        if code is None:
            code = NO_SYSTEM if isinstance(error, SystemFailure) else BAD_INPUT
        problems = error.problems if isinstance(error, DefinitionError) else ()
        if self.json:
            findings = [finding(problem, self.lang) for problem in problems]
            self.write_json({"error": {"exit": code, "message": self.say(error.text), "findings": findings}})
        elif problems:
            self.write_problems(problems)
        else:
            print(self.say(ERROR) + self.say(error.text), file=sys.stderr)
        return code


def both(text: Text) -> dict[str, str]:
    """A text in JSON."""
    return {"zh": text.zh, "en": text.en}


def finding(problem: Problem, lang: Lang) -> Mapping[str, object]:
    """A problem in the JSON shape that `check` documents."""
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "file": problem.position.file,
        "line": problem.position.line,
        "column": problem.position.column,
        "message": problem.message.get(lang),
        "remedy": problem.remedy.get(lang),
    }


def _console(*, stderr: bool) -> "Console":
    from rich.console import Console

    class Piped(Console):
        def on_broken_pipe(self) -> None:
            """Let the failure reach `main`; rich's own way is to exit with 1."""
            raise

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else PLAIN_WIDTH
    return Piped(file=stream, width=width, highlight=False, markup=False, emoji=False)

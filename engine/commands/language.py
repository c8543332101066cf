"""The reader's language: from the command line, the environment, or Chinese."""

from collections.abc import Mapping, Sequence
from typing import get_args

from jianban.engine.commands.session import UsageFailure
from jianban.workflows.texts import Lang, Text

NO_LANGUAGE = Text("{where} 须为 zh 或 en，而不是“{value}”", "{where} must be zh or en, not “{value}”")


def split_language(argv: Sequence[str], environment: Mapping[str, str]) -> tuple[Lang, list[str]]:
    """The reader's language, and the arguments without `--lang`, which may stand anywhere before a `--`.

    `--catalogue` may stand anywhere too: it is put before the command, where the parser wants it. A `--json`
    before the command is put after it.

    Raises:
        UsageFailure: an unknown language is asked for.
    """
    rest: list[str] = []
    ahead: list[str] = []
    asked: str | None = None
    words = iter(argv)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word == "--lang":
            asked = next(words, "")
        elif word.startswith("--lang="):
            asked = word.removeprefix("--lang=")
        elif word == "--catalogue" and (folder := next(words, None)) is not None:
            ahead = [word, folder]
        elif word.startswith("--catalogue="):
            ahead = [word]
        else:
            rest.append(word)
    if rest[:1] == ["--json"]:
        rest[:2] = rest[1::-1]
    rest = ahead + rest
    if asked is not None:
        return _language(asked, "--lang"), rest
    if preferred := environment.get("JIANBAN_LANG"):
        return _language(preferred, "JIANBAN_LANG"), rest
    system = next((v for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (v := environment.get(name))), "")
    return ("en" if system.lower().startswith("en") else "zh"), rest


def _language(value: str, where: str) -> Lang:
    for lang in get_args(Lang):
        if value == lang:
            return lang
    raise UsageFailure(NO_LANGUAGE.format(where=where, value=value))

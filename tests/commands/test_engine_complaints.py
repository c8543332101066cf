"""What `jianban engine` says of wrong words, files and databases."""

import json
from pathlib import Path

import pytest

from tests.commands.conftest import Shell
from tests.commands.engine_cases import NEWER, SIMPLE
from tests.commands.engine_cases import cases as cases
from tests.commands.engine_cases import waiting as waiting
from tests.engine.store.conftest import server as server
from tests.engine.store.conftest import url as url


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("cases", "--status", "lost"), 2),
        (("cases", "--light", "blue"), 2),
        (("cases", "--count", "colour"), 2),
        (("cases", "--limit", "0"), 2),
        (("cases", "--after", "x"), 2),
        (("tasks",), 2),
        (("tasks", "--as", ":clerk"), 2),
        (("due", "--until", "soon"), 2),
        (("due", "--role", "a", "--agency", "b"), 2),
        (("due", "--role", "tax_oficer"), 2),
        (("tasks", "--role", "tax_oficer"), 2),
        (("tasks", "--as", "li:tax_oficer"), 2),
        (("cases", "--agency", "tax"), 2),
        (("cases", "--process", "deregistration/simpel"), 2),
        (("cases", "--step", "comit"), 2),
        (("options", "case-1", "--as", "li:agnet"), 2),
        (("fire", "case-1", "pass", "--as", "sun:tax_oficer"), 2),
        (("start", SIMPLE, "--as", "zhang:investers"), 2),
        (("handover", "case-1", "--to", "b:regisrar", "--as", "a", "--reason", "r"), 2),
        (("start", SIMPLE, "--as", "zhang:investors", "--now", "2999-01-01"), 2),
        (("fire", "case-1", "pass", "--as", "sun:tax_officer", "--now", "2999-01-01"), 2),
        (("erase", "--case", "case-1", "--as", "a", "--reason", "r", "--now", "2999-01-01"), 2),
        (("case", "nope"), 2),
        (("options", "nope"), 2),
        (("fire", "nope", "submit", "--as", "a"), 2),
        (("fire", "case-1", "submit"), 2),
        (("start", "nowhere", "--as", "a"), 2),
        (("start", SIMPLE, "--as", "a", "--assign", "registrar"), 2),
        (("start", SIMPLE, "--as", "a", "--id", "case-1", "--now", "someday"), 2),
        (("verify", "nope"), 2),
        (("export", "--format", "pdf"), 2),
        (("export", "nope"), 2),
        (("effects", "--status", "lost"), 2),
        (("effects", "--retry", "nope"), 2),
        (("worker", "--webhook", "tax"), 2),
        (("worker", "--webhook", "tax=https://example.org"), 2),
        (("verify", "--digest", "00"), 2),
        (("verify", "--anchor", "nowhere.txt"), 2),
        (("anchor",), 2),
        (("anchor", "-o", "nowhere/heads.txt"), 2),
        (("migrate", "--to", NEWER), 2),
        (("migrate", "case-1", "--from", SIMPLE, "--to", NEWER), 2),
        (("migrate", "case-1"), 2),
        (("migrate", "case-1", "--to", NEWER, "--undo"), 2),
        (("migrate", "case-1", "--undo", "--map", "a=b"), 2),
        (("migrate", "case-1", "--to", NEWER, "--map", "a"), 2),
        (("migrate", "case-1", "--to", NEWER, "--mapping", "nowhere.txt"), 2),
        (("migrate", "case-1", "--to", NEWER, "--apply"), 2),
        (("migrate", "case-1", "--to", "nowhere"), 2),
        (("publish", "m", "--data", "x"), 2),
        (("publish", "m", "--data", "x:=["), 2),
        (("publish", "m", "--keep", "-1"), 2),
        (("erase", "--as", "a", "--reason", "r"), 2),
        (("erase", "--as", "a", "--case", "case-1"), 2),
        (("erase", "--as", "a", "--case", "case-1", "--reason", " "), 2),
        (("handover", "nope", "--to", "b", "--as", "a", "--reason", "r"), 2),
        (("recalendar", "--calendar", "nowhere.yaml"), 2),
        (("cases", "--db", "sqlite:///nowhere.db"), 2),
        (("cases", "--db", "sqlite://"), 2),
        (("cases", "--db", "mysql://a/b"), 2),
        (("cases", "--db", "cases.db"), 2),
        (("cases", "--db", "postgresql://nobody:secret@127.0.0.1:1/none"), 3),
    ],
)
def test_what_is_wrong_is_told(jianban: Shell, cases: Path, words: tuple[str, ...], code: int) -> None:
    before = cases.read_bytes()
    for lang in ("zh", "en"):
        result = jianban("engine", *words, "--lang", lang)
        assert result.code == code, result
        assert result.err.startswith(
            ("错误：", "nowhere.yaml:") if lang == "zh" else ("error: ", "nowhere.yaml:")
        )
        assert "secret" not in result.err
    if words[0] != "export":
        plain = json.loads(jianban("engine", *words, "--json").out)
        assert plain["error"]["exit"] == code
    assert cases.read_bytes() == before


def test_without_a_database_it_says_how_to_name_one(jianban: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JIANBAN_DB", raising=False)
    result = jianban("engine", "cases")
    assert result.code == 2
    assert "JIANBAN_DB" in result.err


@pytest.mark.parametrize("path", ["cases2.db", "/srv/办件.db"])
def test_a_path_is_told_as_the_address_it_means(
    jianban: Shell, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setenv("JIANBAN_DB", path)
    result = jianban("engine", "cases")
    assert (result.code, f"write sqlite:///{path}" in result.err) == (2, True)


def test_an_address_that_may_hold_a_password_is_not_repeated(jianban: Shell) -> None:
    result = jianban("engine", "cases", "--db", "me:secret@host/cases")
    assert (result.code, "secret" in result.err) == (2, False)


def test_a_webhook_without_an_address_is_told_with_its_option(jianban: Shell, cases: Path) -> None:
    assert "--webhook must be NAME=URL" in jianban("engine", "worker", "--once", "--webhook", "bureau").err


def test_a_file_that_is_no_database_is_left_alone(jianban: Shell, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("no database at all\n" * 99, encoding="utf-8")
    for command in ("init", "cases"):
        named = (f"sqlite:///{file}",) if command == "init" else ("--db", f"sqlite:///{file}")
        result = jianban("engine", command, *named)
        assert (result.code, "is no database" in result.err) == (3, True)
    assert file.read_text(encoding="utf-8") == "no database at all\n" * 99

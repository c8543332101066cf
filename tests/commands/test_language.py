import pytest

from jianban.engine.commands.language import split_language
from jianban.engine.commands.session import UsageFailure
from tests.commands.conftest import Shell


@pytest.mark.parametrize(
    ("argv", "environment", "lang", "rest"),
    [
        ([], {}, "zh", []),
        (["list"], {"LANG": "en_GB.UTF-8"}, "en", ["list"]),
        (["list"], {"LANG": "C.UTF-8"}, "zh", ["list"]),
        (["list"], {"LANG": "en_GB.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh", ["list"]),
        (["list"], {"LANG": "en_GB.UTF-8", "JIANBAN_LANG": "zh"}, "zh", ["list"]),
        (["--lang", "en", "list"], {"JIANBAN_LANG": "zh"}, "en", ["list"]),
        (["list", "--lang=en", "--json"], {}, "en", ["list", "--json"]),
        (["show", "--", "--lang", "en"], {}, "zh", ["show", "--", "--lang", "en"]),
    ],
)
def test_the_language_is_found(
    argv: list[str], environment: dict[str, str], lang: str, rest: list[str]
) -> None:
    assert split_language(argv, environment) == (lang, rest)


@pytest.mark.parametrize(
    ("argv", "environment"), [(["--lang"], {}), (["--lang=fr"], {}), ([], {"JIANBAN_LANG": "de"})]
)
def test_an_unknown_language_is_refused(argv: list[str], environment: dict[str, str]) -> None:
    with pytest.raises(UsageFailure):
        split_language(argv, environment)


def test_help_is_in_both_languages(jianban: Shell) -> None:
    english = jianban("--lang", "en", "--help")
    chinese = jianban("--help", "--lang", "zh")
    assert english.code == chinese.code == 0
    assert "Exit codes: 0 fine" in english.out
    assert "退出码：0 正常" in chinese.out
    assert "Usage" not in chinese.out


COMMANDS = ["list", "check", "show", "measure", "compare", "draw", "walk", "sources", "schema", "doctor"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_page_without_a_word_of_the_other_language(jianban: Shell, command: str) -> None:
    english = jianban(command, "--help", "--lang", "en").out
    chinese = jianban(command, "--help", "--lang", "zh").out
    assert not any("一" <= c <= "鿿" for c in english)
    assert "Show this page" not in chinese
    assert all(any("一" <= c <= "鿿" for c in line) for line in chinese.splitlines() if line.strip())


def test_no_command_shows_the_help(jianban: Shell) -> None:
    assert jianban().out == jianban("--help").out

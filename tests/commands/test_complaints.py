"""What is wrong on the command line is told in the reader's language, with exit code 2."""

import json
from pathlib import Path

import pytest

from tests.commands.conftest import Shell


@pytest.mark.parametrize(
    ("line", "english", "chinese"),
    [
        (
            "comprae a b",
            "there is no command “comprae”; did you mean compare",
            "没有命令“comprae”。是否想用 compare",
        ),
        ("chek a", "did you mean check, schema. See", "是否想用 check、schema。用法"),
        ("list --catalogue nowhere", "“nowhere” is no folder", "“nowhere”不是文件夹"),
        ("list --jsn", "there is no option “--jsn”; did you mean --json", "没有选项“--jsn”。是否想用 --json"),
        (
            "show",
            "“PROCESS” is missing. See jianban show --help",
            "缺少“PROCESS”。用法见 jianban show --help",
        ),
        (
            "draw a --output",
            "option “--output” needs a value. See jianban draw --help",
            "选项“--output”缺少取值。用法见 jianban draw --help",
        ),
        ("engine worker --once=1", "See jianban engine worker --help", "用法见 jianban engine worker --help"),
        ("list --json=yes", "option “--json” takes no value", "选项“--json”不接受取值"),
        ("show a b", "unexpected arguments: b", "多余的参数：b"),
        ("measure a --start 2024-02-30", "--start must be a date like 2024-03-01", "--start 须为日期"),
        ("compare a b --format exe", "--format must be one of terminal, markdown", "--format 须为 terminal"),
        ("compare a", "takes two processes or more", "至少需要两个流程"),
        ("draw a --dpi x", "“--dpi” must be a whole number", "“--dpi”须为整数"),
        ("draw a --dpi 0", "--dpi must lie between", "--dpi 须在"),
        ("draw a -o figure", "“figure” tells no format", "看不出格式"),
        ("--catalogue nowhere list", "“nowhere” is no folder", "“nowhere”不是文件夹"),
    ],
)
def test_a_wrong_line_is_explained(jianban: Shell, line: str, english: str, chinese: str) -> None:
    for lang, words in (("en", english), ("zh", chinese)):
        result = jianban(*line.split(), "--lang", lang)
        assert result.code == 2
        assert words in result.err
        assert result.out == ""


def test_with_json_the_complaint_is_json_too(jianban: Shell) -> None:
    result = jianban("measure", "a", "--start", "soon", "--json")
    assert result.code == 2
    assert json.loads(result.out)["error"]["exit"] == 2
    assert "--start must be a date" in json.loads(result.out)["error"]["message"]


def test_what_all_commands_share_may_stand_anywhere(jianban: Shell, tmp_path: Path) -> None:
    for words in (
        ["--json", "list", f"--catalogue={tmp_path}"],
        ["--catalogue", str(tmp_path), "list", "--json"],
    ):
        result = jianban(*words)
        assert (result.code, json.loads(result.out)["processes"]) == (0, [])


def test_why_the_system_refuses_is_told_in_the_language(jianban: Shell) -> None:
    result = jianban("schema", "--output", "/dev/full", "--lang", "zh")
    assert (result.code, "磁盘空间不足" in result.err) == (3, True)
    result = jianban("schema", "--output", "/dev/full")
    assert "No space left on device" in result.err


def test_a_defect_is_told_as_one(jianban: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*words: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.delenv("JIANBAN_DEBUG", raising=False)
    monkeypatch.setattr("jianban.engine.commands.show.load", broken)
    assert (
        jianban("show", "a").code,
        "internal error (ZeroDivisionError: oh)" in jianban("show", "a").err,
    ) == (70, True)
    assert json.loads(jianban("show", "a", "--json").out)["error"]["exit"] == 70

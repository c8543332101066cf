"""What the READMEs show is true: their code runs, their definition loads, both languages show the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jianban.workflows.analysis.rules import check
from jianban.workflows.analysis.soundness import soundness
from jianban.workflows.compiler import compile_process
from jianban.workflows.language.errors import Severity
from jianban.workflows.language.loader import load_text

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "README.zh-CN.md")


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)


REFUSALS = ("role “提出异议”应由税务人员办理", "role “完成备案”应由经办人办理")


@pytest.mark.parametrize("page", PAGES)
def test_the_code_runs_and_is_refused_as_it_says(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for code, refusal in zip(blocks(page, "python"), REFUSALS, strict=True):
        exec(compile(code, page, "exec"), {})
        assert capsys.readouterr().out.splitlines()[-1] == refusal


@pytest.mark.parametrize("page", PAGES)
def test_the_definition_is_sound_and_has_no_errors(page: str) -> None:
    (text,) = blocks(page, "yaml")
    flow = compile_process(load_text(text))
    assert soundness(flow).sound
    assert [p for p in check(flow) if p.severity is Severity.ERROR] == []


@pytest.mark.parametrize("page", PAGES)
def test_links_and_pictures_are_there(page: str) -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", (ROOT / page).read_text(encoding="utf-8"))
    assert targets
    assert [t for t in targets if not (ROOT / t).exists()] == []


def test_both_languages_show_the_same_code() -> None:
    def bare(block: str) -> str:
        return re.sub(r" +#.*", "", block)

    for language in ("python", "yaml", "sh"):
        english, chinese = ([bare(b) for b in blocks(page, language)] for page in PAGES)
        assert english == chinese

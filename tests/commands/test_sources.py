"""The citations of definitions on the command line."""

import json
from pathlib import Path

from tests.commands.conftest import Shell

LAW = Path(__file__).parents[1] / "sources" / "law"
SOURCES = "pilot: {title: {zh: 试点许可条例, en: Pilot regulation}, adopted: 2020-03-01}\n"
DEFINITION = """process: pilot/permit
version: "1"
title: {zh: 试点许可, en: Pilot permit}
source: pilot:3 “二十日内作出决定”
stages:
  - stage: one
    title: {zh: 办理, en: Handling}
    steps:
      - {step: apply, kind: submit, by: agent}
      - {step: decide, kind: decide, by: registrar, within: 20 days}
ends:
  granted: {outcome: granted}
  refused: {outcome: refused}
"""


def folder(tmp_path: Path, definition: str = DEFINITION) -> Path:
    (tmp_path / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    (tmp_path / "pilot").mkdir()
    (tmp_path / "pilot" / "permit@1.yaml").write_text(definition, encoding="utf-8")
    return tmp_path


def test_a_catalogue_that_quotes_the_law_passes(tmp_path: Path, jianban: Shell) -> None:
    done = jianban("--catalogue", str(folder(tmp_path)), "sources", "--law", str(LAW))
    assert (done.code, done.err) == (0, "")
    assert "✓ processes: 1; citations: 1, without a phrase: 0; assumptions: 0; findings: 0" in done.out


def test_a_wrong_phrase_fails_with_its_place(tmp_path: Path, jianban: Shell) -> None:
    wrong = folder(tmp_path, DEFINITION.replace("二十日内作出", "三十日内作出"))
    done = jianban("--catalogue", str(wrong), "sources", "pilot/permit", "--law", str(LAW))
    assert done.code == 1
    assert "permit@1.yaml:4:9 J403 试点许可条例, article 3, does not say “三十日内作出决定”" in done.out


def test_without_texts_phrases_are_held_against_figures_only(tmp_path: Path, jianban: Shell) -> None:
    right = DEFINITION.replace("pilot:3", "pilot:30")
    found = folder(tmp_path, right)
    assert jianban("--catalogue", str(found), "sources").code == 0
    (found / "pilot" / "permit@1.yaml").write_text(right.replace("20 days", "2 days"), encoding="utf-8")
    done = jianban("--catalogue", str(found), "sources")
    assert (done.code, "J404" in done.out) == (1, True)


def test_markdown_and_json_say_the_same(tmp_path: Path, jianban: Shell) -> None:
    words = ["--catalogue", str(folder(tmp_path)), "sources", "--law", str(LAW)]
    document = json.loads(jianban(*words, "--json").out)
    assert [c["phrase"] for c in document["processes"][0]["citations"]] == ["二十日内作出决定"]
    assert document["documents"][0]["text"] == {"title": "试点许可条例", "adopted": "2020-03-01"}
    assert document["findings"] == []
    markdown = jianban(*words, "-f", "markdown").out
    assert "- pilot:3 “二十日内作出决定”" in markdown
    assert "| Pilot regulation | 1 | 0 | checked | 3 |" in markdown


def test_a_folder_without_statutes_is_bad_input(tmp_path: Path, jianban: Shell) -> None:
    done = jianban("sources", "--law", str(tmp_path))
    assert done.code == 2
    assert "There are no statutes" in done.err
    assert jianban("sources", "-f", "html").code == 2

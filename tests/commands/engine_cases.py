"""A database with a case or two, for the tests of `jianban engine`."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import Shell

SIMPLE = "deregistration/simple@2022-03"
NEWER = "deregistration/simple@2024-07"
MONDAY = "2024-03-04T09:00"
BOSS = ("--as", "wang:registrar", "--reason", "新规定", "--now", MONDAY)
WAITING = """
process: t/waiting
version: "1"
title: {zh: 等候, en: Waiting}
data:
  name: {title: {zh: 名称, en: Name}, type: text, personal: true}
  count: {title: {zh: 件数, en: Count}, type: int}
stages:
  - stage: only
    title: {zh: 环节, en: Stage}
    steps:
      - step: wait
        title: {zh: 等候, en: Wait}
        kind: await
        by: registrar
        on:
          done: {message: {name: tax.done, brings: {count: count}}, title: {zh: 完成, en: Done}}
      - step: last
        title: {zh: 末步, en: Last}
        kind: review
        by: registrar
        first_receiver: {handover_by: registrar}
      - {step: close, title: {zh: 归档, en: Close}, kind: task, by: registrar}
ends:
  granted: {title: {zh: 准予, en: Granted}, outcome: granted}
  refused: {title: {zh: 不准, en: Refused}, outcome: refused}
"""


@pytest.fixture
def cases(jianban: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database with one case that is being published."""
    file = tmp_path / "cases.db"
    monkeypatch.setenv("JIANBAN_DB", f"sqlite:///{file}")
    fill(jianban)
    return file


@pytest.fixture
def waiting(jianban: Shell, cases: Path, tmp_path: Path) -> None:
    """A case `w` with personal data, which waits for a message."""
    file = tmp_path / "waiting.yaml"
    file.write_text(WAITING, encoding="utf-8")
    words = ("start", str(file), "--as", "zhang:agent", "--data", "name=甲", "--id", "w", "--now", MONDAY)
    result = jianban("engine", *words)
    assert result.code == 0, result


def fill(jianban: Shell) -> None:
    assert jianban("engine", "init").code == 0
    for words in (
        ("start", SIMPLE, "--as", "zhang:investors", "--id", "case-1", "--subject", "甲公司"),
        ("fire", "case-1", "commit", "--as", "zhang:investors"),
        ("fire", "case-1", "publish.submit", "--as", "li:agent"),
    ):
        result = jianban("engine", *words, "--now", MONDAY)
        assert result.code == 0, result


def read(jianban: Shell, *words: str) -> dict[str, Any]:
    result = jianban("engine", *words, "--json")
    assert result.code == 0, result
    return json.loads(result.out)

"""A plugin of pytest: what the scenarios have made happen, process by process, written as JSON.

It looks on after every step of every scenario, so that only what really happened counts.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytest_bdd.parser import Step

from jianban.workflows.language.catalogue import Catalogue

if TYPE_CHECKING:
    from features.steps.world import World

TURNED_AWAY = "turned away"
"""A case was refused at its opening."""
DATED = "dated"
"""The last day of a limit or a period was asked for, and was as said."""

SEEN: dict[str, set[str]] = defaultdict(set)
"""For each process what happened: the above, and its records as `kind:place:event`."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--witness", required=True)


def pytest_bdd_after_step(
    request: pytest.FixtureRequest, step: Step, step_func: Any, step_func_args: dict[str, Any]
) -> None:
    world: World = request.getfixturevalue("world")
    if world.process is None:
        return
    seen = SEEN[world.process.key]
    if step_func.__name__ == "last_day":
        seen.add(DATED)
    if world.current is None:
        if world.refusal is not None:
            seen.add(TURNED_AWAY)
        return
    case = world.current
    if case.flow.process.key != world.process.key:
        return
    seen.update(f"{r.kind}:{r.node}:{r.event}" for r in case.history)


def pytest_sessionfinish(session: pytest.Session) -> None:
    known = Catalogue.default().index
    assert set(SEEN) <= set(known)
    path = Path(str(session.config.getoption("--witness")))
    path.write_text(json.dumps({k: sorted(SEEN[k]) for k in known}, indent=1), encoding="utf-8")

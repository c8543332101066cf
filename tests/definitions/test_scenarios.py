"""Every process is proven by scenarios: its usual path, its refusals, its correction and its deadline.

What counts is what the scenarios made happen, not what they say: they run once more under a witness.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jianban.workflows.compiler import compile_process
from jianban.workflows.flow import Flow
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.model import Outcome
from jianban.workflows.language.terms import Cause
from tests.definitions.witness import DATED, TURNED_AWAY

ROOT = Path(__file__).parents[2]
CATALOGUE = Catalogue.default()
NEWEST = {key.partition("@")[0]: key for key in CATALOGUE.index}.values()
"""Versions follow one another in the index."""

SUFFICIENT = 120
"""Scenarios that the catalogue is to have at least, over all subjects."""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    path = tmp_path_factory.mktemp("scenarios") / "seen.json"
    command = [sys.executable, "-m", "pytest", "features", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    run = subprocess.run(
        [*command, "-p", "tests.definitions.witness", "--witness", path],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert path.exists(), run.stdout + run.stderr
    return {key: set(found) for key, found in json.loads(path.read_text(encoding="utf-8")).items()}


def missing(flow: Flow, seen: set[str]) -> Iterator[str]:
    """What no scenario has made happen, of what the process can do."""

    def ended(*outcomes: Outcome) -> set[bool]:
        return {f"ended:{e.id}:" in seen for e in flow.process.ends if e.outcome in outcomes}

    if True not in ended(Outcome.GRANTED):
        yield "usual path"
    if ended(Outcome.REFUSED, Outcome.NOT_ACCEPTED) == {False}:
        yield "refusal"
    if flow.process.eligible and TURNED_AWAY not in seen:
        yield "refusal at the door"
    taken = {place.partition(":")[2] for place in seen}
    correct = {n.id for n in flow.steps if n.step is not None and n.step.kind.id == "correct"}
    corrections = [a for a in flow.arcs if a.target in correct] or [a for a in flow.arcs if a.max is not None]
    if corrections and not {f"{a.source}:{a.event}" for a in corrections} & taken:
        yield "correction"
    clocks = [a for a in flow.arcs if a.cause is Cause.TIMER]
    if clocks and not any(found.startswith("timed:") for found in seen):
        yield "deadline that acts by itself"
    steps = [n.step for n in flow.steps if n.step is not None]
    limits = [x.limit for x in (flow.process, *flow.process.stages, *steps) if x.limit is not None]
    if limits and DATED not in seen:
        yield "deadline"


@pytest.mark.slow
def test_each_process_has_a_scenario_of_all_it_can_do(seen: dict[str, set[str]]) -> None:
    lacking = {key: list(missing(compile_process(CATALOGUE.process(key)), seen[key])) for key in NEWEST}
    assert {key: what for key, what in lacking.items() if what} == {}


@pytest.mark.parametrize("key", ["deregistration/simple@2022-03", "construction/permit@2019-04"])
def test_without_scenarios_everything_is_missing(key: str) -> None:
    whole = ["usual path", "refusal", "refusal at the door", "correction"]
    whole += ["deadline that acts by itself", "deadline"]
    assert list(missing(compile_process(CATALOGUE.process(key)), set())) == whole


def test_there_are_scenarios_enough() -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("features/**/*.feature"))]
    assert sum(text.count("\n  场景") for text in texts) >= SUFFICIENT

"""Figures of what takes time, and of how much each indicator changes."""

from functools import cache

import pytest

from jianban.workflows.analysis.measures import measure
from jianban.workflows.comparison import Comparison, compare
from jianban.workflows.compiler import compile_process
from jianban.workflows.figures import indicators_figure, pages, parallel_figure, render, scene
from jianban.workflows.figures.layout_indicators import ticks_to
from jianban.workflows.figures.model import Group, ParallelFigure, Task, Work
from jianban.workflows.flow import Flow
from jianban.workflows.language.catalogue import Catalogue
from tests.figures.quality import findings
from tests.figures.samples import general, simple

LANGS = ("zh", "en", "both")
KEYS = [p.key for p in Catalogue.default().processes()]
PAIRS = [
    ("deregistration/general", "deregistration/simple"),
    ("construction/project-serial", "construction/project-parallel"),
    ("deregistration/simple@2017-03", "deregistration/simple@2022-03", "deregistration/individual"),
    ("deregistration/court", "construction/permit"),
]


@cache
def flow_of(key: str) -> Flow:
    return compile_process(Catalogue.default().process(key))


@cache
def compared(*keys: str) -> Comparison:
    return compare([flow_of(k) for k in keys])


def timed(*flows: Flow) -> ParallelFigure:
    return parallel_figure(flows, [measure(f) for f in flows])


@pytest.fixture(scope="module")
def sample() -> ParallelFigure:
    return timed(compile_process(general()), compile_process(simple()))


def tasks(works: tuple[Work, ...]) -> list[Task]:
    return [
        t for w in works for t in ([w] if isinstance(w, Task) else [t for b in w.branches for t in tasks(b)])
    ]


def test_branches_that_take_time_stand_side_by_side_and_the_longest_is_marked(sample):
    works = sample.panels[1].phases[0].works
    (group,) = [w for w in works if isinstance(w, Group)]
    assert {t.id: t.longest for t in tasks((group,))} == {
        "publicity": True,
        "tax_check": False,
        "social_check": False,
    }


def test_bars_add_up_to_the_statutory_time(sample):
    for bar in sample.bars:
        assert sum(bar.parts) == pytest.approx(bar.total, abs=0.1)


def test_periods_follow_one_another_to_the_total():
    for timeline in indicators_figure(compared(*PAIRS[0])).timelines:
        ends = [leg.start + leg.length for leg in timeline.legs]
        assert [leg.start for leg in timeline.legs] == [0.0, *ends[:-1]]
        assert ends[-1] == pytest.approx(timeline.total, abs=0.1)


@pytest.mark.parametrize(
    ("most", "ticks"), [(0, [0, 1]), (7, [0, 2, 4, 6, 8]), (100, [0, 20, 40, 60, 80, 100])]
)
def test_ticks(most, ticks):
    assert ticks_to(most) == ticks


@pytest.mark.parametrize("key", KEYS)
def test_what_takes_time_can_be_read(key):
    flow = flow_of(key)
    for lang in LANGS:
        assert findings(scene(parallel_figure([flow], [measure(flow)], lang))) == []


@pytest.mark.parametrize("keys", PAIRS, ids="~".join)
def test_charts_of_the_catalogue_can_be_read(keys):
    flows = [flow_of(k) for k in keys]
    readings = [measure(f) for f in flows]
    for lang in LANGS:
        assert findings(scene(indicators_figure(compared(*keys), lang))) == []
        assert findings(scene(parallel_figure(flows, readings, lang))) == []


def test_the_same_bytes_twice():
    figure = indicators_figure(compared(*PAIRS[0]))
    assert render(figure) == render(figure)


def test_charts_fit_few_sheets_on_one_scale():
    for keys in PAIRS[:2]:
        for lang in LANGS:
            found = pages(indicators_figure(compared(*keys), lang), "A4")
            assert len(found) <= (3 if lang == "both" else 2)
            assert [f for page in found for f in findings(page)] == []
    flows = [flow_of(k) for k in PAIRS[1]]
    found = pages(parallel_figure(flows, [measure(f) for f in flows], "zh"), "A3")
    assert [f for page in found for f in findings(page)] == []

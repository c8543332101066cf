"""The figure of service items: subjects as rows, a dot for each item; below, the items beyond thresholds."""

from functools import cache

import pytest

from jianban.workflows.analysis.services.judgement import breaches
from jianban.workflows.analysis.services.policy import NO_POLICY, own_policy
from jianban.workflows.analysis.services.survey import survey
from jianban.workflows.comparison.services import Report
from jianban.workflows.compiler import compile_process
from jianban.workflows.figures import THEMES, ServicesFigure, pages, render, scene, services_figure
from jianban.workflows.figures.layout_services import (
    AVERAGE,
    BROKEN,
    EACH,
    ITEM,
    NUMBERED,
    OVERALL,
    PLAIN,
    TICK,
    swarm,
    ticks,
)
from jianban.workflows.figures.model import FigureLang
from jianban.workflows.figures.scene import Words
from jianban.workflows.figures.services import Dot
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.subjects import subject_titles
from tests.figures.quality import findings, too_faint, words

LANGS: tuple[FigureLang, ...] = ("zh", "en", "both")


@cache
def report(subject: str = "", *, held: bool = True) -> Report:
    catalogue = Catalogue.default()
    counted = survey([p for p in catalogue.processes() if p.id.startswith(subject)], compile_process)
    policy = own_policy(catalogue) if held else NO_POLICY
    return Report(
        survey=counted,
        policy=policy,
        breaches=breaches(counted, policy),
        subjects=subject_titles(catalogue),
    )


def figure(lang: FigureLang = "zh") -> ServicesFigure:
    return services_figure(report(), lang)


@pytest.mark.parametrize("lang", LANGS)
def test_the_figure_can_be_read_whole_and_on_paper(lang: FigureLang) -> None:
    assert findings(scene(figure(lang))) == []
    found = pages(figure(lang), "A4")
    assert len(found) == 2
    assert [f for page in found for f in findings(page)] == []


@pytest.mark.parametrize("subject", ["access", "construction", "licensing"])
def test_one_subject_can_be_read_with_and_without_a_policy(subject: str) -> None:
    for held in (True, False):
        assert findings(scene(services_figure(report(subject, held=held), "both"))) == []


@pytest.mark.parametrize("theme", THEMES)
def test_words_stand_out_in_every_theme(theme: str) -> None:
    assert list(too_faint(scene(figure("both"), THEMES[theme]))) == []


def test_every_item_with_a_figure_is_a_dot_and_every_breach_has_its_number() -> None:
    counted = report()
    for name in ("promised", "compression", "materials", "visits"):
        dots = [d for strip in figure().strips for d in strip.dots[name]]
        assert len(dots) == counted.survey.total.overall[name].counted
        broken = [b for b in counted.breaches if b.item and b.indicator.id == name]
        assert sum(d.number is not None for d in dots) == len(broken)


def test_items_beyond_thresholds_are_numbered_through_and_told() -> None:
    numbers = [number for offender in figure().offenders for number, _ in offender.items]
    assert numbers == list(range(1, len(numbers) + 1))
    said = {w.text for w in words(scene(figure()))}
    assert {"企业一般注销登记", "到现场次数 2（≤ 1）"} <= said


def test_pages_hold_each_subject_and_item_once() -> None:
    shown = [w.text for page in pages(figure(), "16:9") for w in words(page)]
    for strip in figure().strips:
        assert shown.count(strip.title.zh) == 1


def test_dots_of_a_row_do_not_touch() -> None:
    dots = [Dot(value=v, number=i if i % 3 == 0 else None) for i, v in enumerate([1, 1, 1, 2, 2, 3, 1, 9], 1)]
    placed = [(d.value * 4.0, y, NUMBERED if d.number else PLAIN) for d, y, _ in swarm(dots, (0.0, 4.0))]
    assert len(placed) == len(dots)
    for i, (x, y, radius) in enumerate(placed):
        for a, b, other in placed[:i]:
            assert (x - a) ** 2 + (y - b) ** 2 >= (radius + other) ** 2


@pytest.mark.parametrize("most", [1, 8, 24, 100, 171, 20_000])
def test_ticks_reach_the_most_and_stand_apart(most: float) -> None:
    found = ticks(most, 60)
    assert found[0] == 0
    assert found[-1] >= most
    assert 60 / (len(found) - 1) >= TICK


def test_the_same_bytes_twice() -> None:
    assert render(figure("both")) == render(figure("both"))


@pytest.mark.parametrize("held", [True, False])
def test_the_legend_names_what_is_drawn_and_no_more(held: bool) -> None:
    surveyed = services_figure(report(held=held), "zh")
    drawn = scene(surveyed)
    told = {w.text for g in drawn.groups if g.id == "page-legend" for w in g.shapes if isinstance(w, Words)}
    expected = {ITEM, AVERAGE}
    if any(d.number for s in surveyed.strips for found in s.dots.values() for d in found):
        expected.add(BROKEN)
    expected |= {EACH} if any(p.each for p in surveyed.panels) else set()
    expected |= {OVERALL} if any(p.overall for p in surveyed.panels) else set()
    assert told - {"图例", "1"} == {words.zh for words in expected}
    assert (EACH in expected) is held


def test_in_two_languages_nothing_is_said_in_one_alone() -> None:
    said = {w.text for w in words(scene(figure("both")))}
    assert {"工作日", "working days", "20 项", "items: 20", "单项 each ≤ 45", "平均 mean ≤ 1"} <= said


def test_items_that_the_line_does_not_judge_are_counted() -> None:
    count = len(report().policy.processes)
    assert any(note.zh.startswith(f"{count} 个事项另有要求") for note in figure().notes)
    assert not any("另有要求" in note.zh for note in services_figure(report("licensing"), "zh").notes)

"""Legends name what stands in the figure, and all of it: over the catalogue, in every language."""

import re
from dataclasses import replace
from functools import cache
from itertools import cycle

import pytest

from jianban.workflows.analysis.measures import measure
from jianban.workflows.comparison import compare
from jianban.workflows.compiler import compile_process
from jianban.workflows.figures import (
    comparison_figure,
    layout_parallel,
    parallel_figure,
    process_figure,
    scene,
)
from jianban.workflows.figures.comparison_legend import BESIDE, BLOCK
from jianban.workflows.figures.layout_comparison import least_width
from jianban.workflows.figures.layout_process import LEGEND
from jianban.workflows.figures.model import Card, Decision, Fork, LinkKind, Shape, Task
from jianban.workflows.figures.part_rows import FROM, TO
from jianban.workflows.figures.scene import Scene, Words
from jianban.workflows.figures.sheets import inside
from jianban.workflows.figures.tasks import tasks_in
from jianban.workflows.figures.theme import LOOKS
from jianban.workflows.figures.typeset import first
from jianban.workflows.figures.words import NAMED, facts, promised
from jianban.workflows.flow import Flow
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.durations import ON_THE_SPOT
from jianban.workflows.language.terms import Duration, Unit
from jianban.workflows.texts import Text
from tests.figures.catalogue import pairs
from tests.figures.quality import findings

PROCESSES = {p.key: p for p in Catalogue.default().processes()}
PAIRS = [(a.key, b.key) for a, b in pairs(list(PROCESSES.values()))]
LANGS = ("zh", "en", "both")


@cache
def flow_of(key: str) -> Flow:
    return compile_process(PROCESSES[key])


def said(drawn: Scene, *, legend: bool) -> list[str]:
    """The words of the legend, or those of all that it explains."""
    groups = [g for g in drawn.groups if (g.id == "page-legend") is legend]
    groups = groups if legend else [g for g in groups if not g.id.startswith("page-")]
    return [s.text for g in groups for s in g.shapes if isinstance(s, Words)]


@pytest.mark.parametrize("brief", [False, True])
@pytest.mark.parametrize(("keys", "lang"), list(zip(PAIRS, cycle(LANGS), strict=False)))
def test_the_legend_of_a_comparison_names_each_mark_it_shows_and_no_other(keys, lang, brief):
    figure = comparison_figure(compare([flow_of(k) for k in keys]), lang, brief=brief)
    drawn = scene(figure)
    inside, told = said(drawn, legend=False), said(drawn, legend=True)
    signs = [*(look.sign for look in LOOKS.values()), FROM, TO]
    shown = {s for s in signs if any(w == s or w.startswith(f"{s} ") for w in inside)}
    assert shown == {s for s in signs if any(w.startswith(f"{s} ") for w in told)}
    parts = [p for column in figure.columns for card in column.cards for p in card.parts]
    assert (first(BESIDE, lang) in told) is any(p.aside for p in parts)
    assert (first(BLOCK, lang) in told) is any(s.parallel for p in parts for s in p.within)
    chips = [chip for column in figure.columns for card in column.cards for chip in card.chips]
    listed = {part.lower() for entry in told for part in re.split("、|, ", entry)}
    for words, name in NAMED.items():
        form = re.sub(r"\\{\w+\\}", ".*", re.escape(first(words, lang)))
        named = first(name, lang).lower() in listed
        assert named or facts([c for c in chips if re.fullmatch(form, first(c, lang))]) is None
        assert not named or any(re.fullmatch(form, w) for w in inside)


@pytest.mark.parametrize("keys", PAIRS)
def test_a_tag_of_a_narrow_card_is_told_in_both_languages(keys):
    figure = comparison_figure(compare([flow_of(k) for k in keys]), "both", brief=True)
    drawn = scene(replace(figure, room=least_width(figure)))
    tags = {tag for column in figure.columns for card in column.cards for tag in card.tags}
    assert {t.word.en for t in tags} <= set(said(drawn, legend=False))
    assert findings(drawn) == []


@pytest.mark.parametrize(("key", "lang"), list(zip(PROCESSES, cycle(LANGS), strict=False)))
def test_the_legend_of_a_process_names_what_it_shows_and_no_more(key, lang):
    figure = process_figure(flow_of(key), lang=lang)
    told = said(scene(figure), legend=True)
    back = any(link.kind is LinkKind.BACK for link in figure.links)
    assert (first(LEGEND["back"], lang) in told) is back
    cards = [b for band in figure.bands for b in inside(band.blocks)]
    for kind, shown in (
        ("decision", any(isinstance(c, Decision) for c in cards)),
        ("fork", any(isinstance(c, Fork) for c in cards)),
        ("call", any(isinstance(c, Card) and c.shape is Shape.CALL for c in cards)),
    ):
        assert (first(LEGEND[kind], lang) in told) is shown
    listed = {part.lower() for entry in told for part in re.split("、|, ", entry)}
    chips = [chip for c in cards if isinstance(c, Card) for chip in c.chips]
    for words, name in NAMED.items():
        form = re.sub(r"\\{\w+\\}", ".*", re.escape(first(words, lang)))
        assert (first(name, lang).lower() in listed) is any(re.fullmatch(form, first(c, lang)) for c in chips)


@pytest.mark.parametrize("key", ["investment/monitoring@2019-04", "items/disguised@2020-01"])
def test_no_entry_of_a_legend_is_left_alone_on_a_row(key):
    flow = compile_process(PROCESSES[key])
    drawn = scene(process_figure(flow, measure(flow), "both"))
    (legend,) = (g for g in drawn.groups if g.id == "page-legend")
    last = max(w.baseline for w in legend.shapes if isinstance(w, Words))
    chinese = [w for w in legend.shapes if isinstance(w, Words) and not w.text.isascii()]
    assert sum(w.baseline > last - 2 for w in chinese) > 1
    assert findings(drawn) == []


def test_chips_are_named_by_what_they_tell():
    assert facts([]) is None
    assert facts([Text("网办", "online")]) == Text("网上办理", "Online")
    shown = [Text("到现场 1", "1 visit"), Text("材料 2", "2 materials"), Text("材料 3", "3 materials")]
    assert facts(shown) == Text("材料份数、到现场次数", "Materials, visits")


def test_what_is_promised_at_once_is_said_as_an_official_would():
    assert promised(ON_THE_SPOT) == Text("承诺当场办结", "on the spot, as promised")
    assert promised(Duration(3, Unit.WORKING_DAY)) == Text("承诺 3个工作日", "promised 3 working days")


@pytest.mark.parametrize(("key", "lang"), list(zip(PROCESSES, cycle(LANGS), strict=False)))
def test_the_legend_of_what_takes_time_names_what_is_drawn_and_no_more(key, lang):
    flow = flow_of(key)
    figure = parallel_figure([flow], [measure(flow)], lang)
    told = said(scene(figure), legend=True)
    phases = [p for panel in figure.panels for p in panel.phases]
    tasks = [t for p in phases for t in (*tasks_in(p.works), *([p.gate] if p.gate else []))]
    for words, shown in (
        (layout_parallel.LONGEST, any(t.longest for t in tasks)),
        (layout_parallel.EXIT_OF, any(p.gate for p in phases)),
        (layout_parallel.FORK, any(not isinstance(w, Task) for p in phases for w in p.works)),
        (layout_parallel.OPTIONAL, any(t.optional for t in tasks)),
        (layout_parallel.GONE, any(p.gone for p in phases)),
    ):
        assert (first(words, lang) in " ".join(told)) is shown

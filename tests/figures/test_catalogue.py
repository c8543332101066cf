"""Every process of the catalogue, and each two that belong together, in every kind of figure; the languages
take turns."""

from dataclasses import replace
from itertools import cycle

import pytest

from jianban.workflows.analysis.measures import measure
from jianban.workflows.compiler import compile_process
from jianban.workflows.figures import THEMES, parallel_figure, scene
from jianban.workflows.figures.chinese import keeps_words
from jianban.workflows.figures.density import NARROW, WIDE, density
from jianban.workflows.figures.faces import face
from jianban.workflows.figures.grid import grid
from jianban.workflows.figures.layout_process import ProcessLayout, process_layout
from jianban.workflows.figures.lines import find_lines, label
from jianban.workflows.figures.model import Fork, Pill
from jianban.workflows.figures.parallel_columns import GATE, gate_face
from jianban.workflows.figures.process import process_figure
from jianban.workflows.figures.sheets import ONWARD, PAGE
from jianban.workflows.figures.theme import PRINT
from jianban.workflows.flow import Flow
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.texts import Text
from tests.figures.catalogue import comparisons_of, figures_of, pairs
from tests.figures.quality import findings, too_faint, words, words_on_words
from tests.figures.samples import simple

PROCESSES = {p.key: p for p in Catalogue.default().processes()}
PAIRS = [(a.key, b.key) for a, b in pairs(list(PROCESSES.values()))]
LANGS = ("zh", "en", "both")
HOSTILE = {
    "long": Text("办理企业注销登记" * 38, "Deregister an enterprise that " * 10),
    "one word": Text("x" * 300, "W" * 300),
    "mixed": Text("申请《A&B》<表>“①”𠮷😀", 'Form <A&B> "1" \\n \\l &amp; naïve'),
    "right to left": Text("طلب إلغاء التسجيل " * 9, "בקשה למחיקת חברה " * 9),
    "invisible": Text("\u200b\u202e\x07", "\u200b\u202e\x07"),
}


@pytest.mark.parametrize(("key", "lang"), list(zip(PROCESSES, cycle(LANGS), strict=False)))
def test_every_process_can_be_read(key, lang):
    for kind, figure in figures_of(compile_process(PROCESSES[key]), lang).items():
        assert (kind, findings(scene(figure))) == (kind, [])


@pytest.mark.parametrize(("keys", "lang"), list(zip(PAIRS, cycle(reversed(LANGS)), strict=False)))
def test_each_two_that_belong_together_can_be_read(keys, lang):
    base, other = (compile_process(PROCESSES[key]) for key in keys)
    for kind, figure in comparisons_of(base, other, lang).items():
        assert (kind, findings(scene(figure))) == (kind, [])


@pytest.mark.parametrize("theme", THEMES)
def test_words_stand_out_in_every_theme(theme):
    keys = ("deregistration/general@2024-07", "deregistration/simple@2024-07")
    base, other = (compile_process(PROCESSES[key]) for key in keys)
    figures = [*figures_of(other, "both").values(), *comparisons_of(base, other, "both").values()]
    for figure in figures:
        assert list(too_faint(scene(figure, THEMES[theme]))) == []


@pytest.mark.parametrize("close", [WIDE, NARROW])
def test_no_word_is_broken_in_a_way_on_to_another_page(close):
    titles = {n.title for p in PROCESSES.values() for n in compile_process(p).nodes.values() if n.step}
    broken = []
    for title in titles:
        told = ONWARD.format(title=title, place=PAGE.format(pages=8))
        pill = face(Pill(id="out", title=told), "zh", PRINT, close)
        said = [line.text for line in pill.text.lines]
        broken += [] if keeps_words(said) else [said]
    assert broken == []


def test_no_word_is_broken_in_a_process():
    broken = set()
    for process in PROCESSES.values():
        wide = process_figure(compile_process(process), lang="zh")
        for figure in (wide, replace(wide, narrow=True)):
            cells = grid(figure)
            lines = find_lines(cells)
            label(cells, lines, "zh", PRINT, density(figure))
            layout = ProcessLayout(figure, PRINT, cells, lines)
            stacks = [face.text for face in layout.faces.values()] + [title for title, _ in layout.bands]
            stacks += [line.label for line in lines.all]
            chips = [face.chips for face in layout.faces.values()] + [chips for _, chips in layout.bands]
            stacks += [stack for some in chips for row in some.rows for stack in row]
            told = (tuple(line.text for line in stack.lines) for stack in stacks)
            broken |= {words for words in told if not keeps_words(words)}
    assert broken == set()


@pytest.mark.parametrize(("lang", "aside"), [("zh", "（最多 2 次）"), ("en", "(up to 2×)")])
def test_what_stands_in_brackets_keeps_to_its_line(lang, aside):
    process = PROCESSES["construction/permit@2019-04"]
    figure = replace(process_figure(compile_process(process), lang=lang), narrow=True)
    cells = grid(figure)
    lines = find_lines(cells)
    label(cells, lines, lang, PRINT, density(figure))
    assert aside in {said.text for line in lines.all for said in line.label.lines}


def test_a_label_at_the_side_is_rather_a_little_wider_than_three_lines_high():
    figure = process_figure(compile_process(PROCESSES["construction/project-parallel@2020-01"]), lang="en")
    cells = grid(figure)
    lines = find_lines(cells)
    label(cells, lines, "en", PRINT, density(figure))
    assert ["Commission", "an evaluation"] in [[said.text for said in k.label.lines] for k in lines.all]


def test_no_words_meet_where_both_languages_stand():
    met = []
    for process in PROCESSES.values():
        met += words_on_words(scene(process_figure(compile_process(process))))
    assert met == []


def test_an_end_below_a_bar_stands_in_the_lane_that_opened_it():
    figure = process_figure(compile_process(PROCESSES["credit/publicity@2017-10"]))
    spots = process_layout(figure, PRINT).grid.spots
    assert spots["expired"].first == spots["publish"].first


def test_a_bar_says_each_language_on_lines_of_its_own():
    figure = process_figure(compile_process(PROCESSES["inspection/joint@2022-03"]))
    layout = ProcessLayout(figure, PRINT, cells := grid(figure), find_lines(cells))
    bars = [face.text.lines for face in layout.faces.values() if isinstance(face.thing, Fork)]
    assert [said[0].text for said in bars if said] == [
        "逐个办理：各部门选派人员",
        "逐个办理：各部门认定",
    ]


def test_a_table_names_a_field_once():
    figure = process_figure(compile_process(PROCESSES["access/check@2022-03"]))
    assert figure.notes[0].zh.count("经营项目在清单中的类别") == 1
    assert figure.notes[0].en.count("Class of the business") == 1


def test_no_word_is_broken_in_a_gate():
    broken = []
    for process in PROCESSES.values():
        flow = compile_process(process)
        figure = parallel_figure([flow], [measure(flow)], "zh")
        for task in (p.gate for panel in figure.panels for p in panel.phases if p.gate):
            gate = gate_face(task, "zh", PRINT, GATE)
            said = [[line.text for line in stack.lines] for stack in (gate.title, *gate.times)]
            broken += [lines for lines in said if not keeps_words(lines)]
    assert broken == []


def retold(title: Text) -> Flow:
    """The sample with this title for the process and everything in it."""
    process = simple()
    stages = tuple(
        replace(s, title=title, items=tuple(replace(i, title=title) for i in s.items)) for s in process.stages
    )
    ends = tuple(replace(e, title=title) for e in process.ends)
    return compile_process(replace(process, title=title, stages=stages, ends=ends))


@pytest.mark.parametrize("name", HOSTILE)
def test_any_label_is_wrapped_and_drawn(name):
    flow = retold(HOSTILE[name])
    for figures in (figures_of(flow, "both"), comparisons_of(compile_process(simple()), flow, "both")):
        for kind, figure in figures.items():
            drawn = scene(figure)
            assert (kind, findings(drawn)) == (kind, [])
            if name == "long":
                said = "".join(w.text for w in words(drawn))
                assert HOSTILE[name].zh in said

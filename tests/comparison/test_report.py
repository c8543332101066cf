"""Reports of comparisons: the real definitions, every layout, both languages, the same bytes every time."""

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from itertools import product

import pytest

from jianban.workflows.analysis.measures import Options
from jianban.workflows.comparison import Comparison, compare
from jianban.workflows.comparison.elements import Level
from jianban.workflows.comparison.sources import cite
from jianban.workflows.comparison.terminal import cells, wrap
from jianban.workflows.compiler import compile_process
from jianban.workflows.flow import Flow
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.model import Process
from jianban.workflows.language.terms import Citation, Document
from jianban.workflows.texts import Lang, Text
from tests.comparison.variants import stage, step, variant

GENERAL, SIMPLE = "deregistration/general@2022-03", "deregistration/simple@2022-03"
LANGUAGES: tuple[Lang, ...] = ("zh", "en")


def flow(name: str) -> Flow:
    return compile_process(Catalogue.default().process(name))


@pytest.fixture(scope="module")
def deregistration() -> Comparison:
    return compare([flow(GENERAL), flow(SIMPLE)])


@pytest.fixture(scope="module")
def three() -> Comparison:
    lines = [
        variant(f"v{n}", stage("only", *(step(f"s{i}", "visits: 1") for i in range(n)))) for n in (4, 2, 1)
    ]
    return compare(lines)


def test_the_line_under_the_title_tells_a_promise_where_it_is_not_the_statutory_limit() -> None:
    lines = [
        variant(f"v{n}", stage("only", step("s", "within: {statutory: 20 working days, " + promised + "}")))
        for n, promised in enumerate(("promised: 20 working days", "promised: 5 working days"))
    ]
    same, shorter = (compare([lines[0], line]).render("markdown", "zh") for line in lines)
    assert "；法定办结时限 20 个工作日 → 20 个工作日；申请材料" in same
    assert (
        "；法定办结时限 20 个工作日 → 20 个工作日；承诺办结时限 20 个工作日 → 5 个工作日；申请材料" in shorter
    )


def test_two_phrases_of_one_article_are_cited_once() -> None:
    law = Document(id="law", title=Text("某法", "Some law"))
    first, other, second = (
        Citation(document=law, article=a, phrase=p) for a, p in (("5", "甲"), ("4", None), ("5", "乙"))
    )
    assert cite([first, other, second], "zh") == ["《某法》第4条、第5条"]


def test_seven_stages_become_two(deregistration: Comparison) -> None:
    row = deregistration.row("stages")
    assert (row.values, row.change(1), row.percent(1), row.better(1)) == ((7, 2), -5, -71.4, True)
    told = {d.kind for d in deregistration.pairs[0].at(Level.STAGE)}
    assert {"merged", "removed"} <= told
    assert re.search(r"办理环节 +7 个环节 +2 个环节 +−5（−71.4%）", deregistration.render("terminal", "zh"))


def test_days_are_told_as_the_law_states_them(deregistration: Comparison) -> None:
    for lang, told in zip(LANGUAGES, ("20 日 + 3 个工作日", "20 days + 3 working days"), strict=True):
        assert re.search(rf" {re.escape(told)} +−25\W", deregistration.render("terminal", lang), re.MULTILINE)
    assert "天数：以 2022 年各日为起始日的平均日历天数。" in deregistration.render("terminal", "zh")


def test_a_time_without_a_limit_is_told_in_words_and_left_out_where_no_variant_has_any(
    three: Comparison,
) -> None:
    assert "法定办结时限" not in three.render("markdown", "zh").split("##")[0]
    unlike = compare([flow("licensing/approval"), flow("licensing/abolished")])
    assert "；法定办结时限 35 个工作日 → 未规定时限；" in unlike.render("markdown", "zh")
    assert re.search(
        r"法定办结时限 \| 35 个工作日<br>平均 [\d.]+ 天 \| 未规定时限 \| — \|",
        unlike.render("markdown", "zh"),
    )
    assert unlike.row("days_statutory").percent(1) is None


def test_a_time_that_no_office_takes_is_nought() -> None:
    alone = variant("alone", stage("one", step("apply").replace("by: clerk", "by: agent")))
    assert not compare([alone, alone]).row("days_statutory").readings[0].no_limit


def test_times_in_one_unit_change_by_what_the_law_states(deregistration: Comparison) -> None:
    row = deregistration.row("days_minimum")
    assert row.values != (45, 20)
    assert (row.amounts, row.change(1), row.percent(1)) == ((45, 20), -25, -55.6)
    row = deregistration.row("days_statutory")
    assert row.amounts == row.values


def test_holidays_that_part_the_means_are_no_change(deregistration: Comparison) -> None:
    row = deregistration.row("days_work")
    before, after = row.values
    assert before != after
    assert (row.change(1), row.percent(1), row.better(1)) == (0, 0, None)
    assert re.search(r"法定办理时间 .* 不变$", deregistration.render("terminal", "zh"), re.MULTILINE)


def test_shares_change_by_percentage_points(deregistration: Comparison) -> None:
    assert re.search(
        r"网上可办率 .* \+[0-9.]+ 个百分点$", deregistration.render("terminal", "zh"), re.MULTILINE
    )
    assert re.search(r"\+[0-9.]+ percentage points$", deregistration.render("terminal", "en"), re.MULTILINE)


@pytest.mark.parametrize(
    "names", [(GENERAL, SIMPLE), ("construction/project-serial", "construction/project-parallel")]
)
def test_real_variants_are_decided_and_told(names: tuple[str, str]) -> None:
    comparison = compare([flow(n) for n in names])
    assert comparison.pairs[0].behaviour.decided
    assert comparison.pairs[0].behaviour.possibilities
    assert comparison.render("markdown", "zh")


def test_every_measure_stands_side_by_side(three: Comparison) -> None:
    plain = json.loads(three.render("json"))
    assert plain["variants"] == ["test/v4@2024-01", "test/v2@2024-01", "test/v1@2024-01"]
    rows = {r["id"]: r for r in plain["measures"]}
    assert rows["visits"]["values"] == [4, 2, 1]
    assert rows["visits"]["changes"] == [-2, -3]
    assert rows["visits"]["percents"] == [-50.0, -75.0]
    assert (rows["visits"]["change"], rows["visits"]["percent"]) == (-2, -50.0)
    assert rows["fee"]["percent"] is None


def test_a_year_whose_notice_is_not_out_is_told(deregistration: Comparison) -> None:
    told = "2090, 2091 are not announced yet"
    later = compare([flow(GENERAL), flow(SIMPLE)], options=Options(year=2090))
    assert told in later.render(format="terminal", lang="en")
    rows = {row["id"]: row for row in json.loads(later.render(format="json", lang="en"))["measures"]}
    assert rows["days_statutory"]["provisional"] == [2090, 2091]
    assert rows["stages"]["provisional"] == []
    assert "not announced" not in deregistration.render(format="terminal", lang="en")


def test_the_json_has_the_documented_shape(deregistration: Comparison) -> None:
    plain = json.loads(deregistration.render("json"))
    assert list(plain) == ["variants", "measures", "differences", "behaviour", "unmatched", "sources"]
    assert {"id", "title", "unit", "values", "change", "percent"} <= plain["measures"][0].keys()
    merged = next(d for d in plain["differences"] if d["level"] == "stage" and d["kind"] == "merged")
    assert merged["variant"] == SIMPLE
    assert "notice" in merged["base"]
    assert merged["other"] == ["notice_and_commitment"]
    assert merged["matched_by"] == "replaces"
    assert {"aspect", "title", "before", "after", "text"} == merged["what"][0].keys()
    assert plain["behaviour"][0]["decided"] is True
    assert plain["unmatched"][0]["stages"]["other"] == []
    assert plain["sources"][0]["figures"]


def test_sources_tell_assumed_unverified_and_missing() -> None:
    sourced = variant(
        "a", stage("one", step("x", "within: {statutory: 3 days, source: 'fee_rules:2(1)'}\nvisits: 1"))
    )
    assumed = variant(
        "b",
        stage("one", step("x", "within: 4 days\nassumed: {zh: 按惯例, en: By custom}\n")),
    )
    text = compare([sourced, assumed]).render("markdown", "en")
    assert "Fee Rules, art. 2(1) (unverified)" in text
    assert "assumed: By custom" in text
    assert "“a”, figures: 1; assumed: 0; unverified: 1; without source: 0." in text
    zh = compare([sourced, assumed]).render("markdown", "zh")
    assert "《收费办法》第2条第1款（未核实）" in zh


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_terminal_keeps_to_its_width(deregistration: Comparison, lang: Lang) -> None:
    for width in (72, 100, 160):
        lines = deregistration.render("terminal", lang, width=width).splitlines()
        assert max(map(cells, lines)) <= width
    assert "\x1b" not in deregistration.render("terminal", lang)


def test_no_terminal_is_too_narrow(deregistration: Comparison) -> None:
    assert deregistration.render("terminal", "zh", width=1) == deregistration.render(
        "terminal", "zh", width=60
    )


def test_colours_change_nothing_but_colour(deregistration: Comparison) -> None:
    coloured = deregistration.render("terminal", "zh", colour=True)
    assert "\x1b[32m" in coloured
    bare = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    plain = deregistration.render("terminal", "zh")
    assert [line.rstrip() for line in bare.splitlines()] == plain.splitlines()


def test_lines_break_as_chinese_does() -> None:
    text = "通知（债权人），并在“国家企业信用信息公示系统”公告。"
    lines = wrap(text, 12)
    assert "".join(lines) == text
    assert all(cells(line) <= 12 for line in lines)
    assert not any(line[0] in "，。）”" or line[-1] in "（“" for line in lines)
    assert wrap("no break inside a word", 9) == ["no break", "inside a", "word"]
    assert wrap("", 5) == [""]


def test_lines_rather_break_between_the_members_of_a_list() -> None:
    assert wrap("办理步骤 9 → 26；申请材料 2 → 6", 21) == ["办理步骤 9 → 26；", "申请材料 2 → 6"]
    assert wrap("登记、法定最短等待时间", 14) == ["登记、法定最短", "等待时间"]
    assert wrap("某某某某（甲，”乙丙）丁", 16) == ["某某某某（甲，”", "乙丙）丁"]


class Outline(HTMLParser):
    VOID = ("meta", "br")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.scopes = 0
        self.external: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scopes += dict(attrs).get("scope") in ("row", "col")
        self.external += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_is_well_formed_and_needs_nothing_else(deregistration: Comparison, lang: Lang) -> None:
    page = deregistration.render("html", lang, figure='<?xml version="1.0"?>\n<svg><title>x</title></svg>')
    outline = Outline()
    outline.feed(page)
    assert outline.open == []
    assert outline.external == []
    assert outline.scopes > 20
    assert f'<html lang="{"zh-CN" if lang == "zh" else "en"}">' in page
    assert "<figure>\n<svg>" in page
    assert "<?xml" not in page


def test_what_a_definition_says_is_never_markup() -> None:
    nasty = "<script>|*_`</script>"
    flows = [
        variant(name, stage("one", step("x", "visits: 1").replace("zh: x", f"zh: '{nasty}{name}'")))
        for name in "ab"
    ]
    comparison = compare(flows)
    assert "<script>" not in comparison.render("html", "zh")
    assert r"\<script\>\|\*\_\`\</script\>" in comparison.render("markdown", "zh")


def test_versions_of_one_process_are_told_apart() -> None:
    old, new = (variant("same", stage("one", step("x")), version=v) for v in ("2020-01", "2024-01"))
    assert compare([old, new]).render("terminal", "zh").startswith("same（2020-01） → same（2024-01）\n")
    assert (
        compare([old, old, new])
        .render("terminal", "en")
        .startswith("same (2020-01) (1) → same (2020-01) (2), same (2024-01)\n")
    )


@pytest.mark.parametrize(("layout", "lang"), list(product(("terminal", "markdown", "html"), LANGUAGES)))
def test_each_language_stands_alone(three: Comparison, layout: str, lang: Lang) -> None:
    text = three.render(layout, lang)  # pyright: ignore[reportArgumentType]
    han = re.search(r"[\u4e00-\u9fff]", re.sub(r"(?s)<style>.*</style>", "", text))
    assert (han is None) == (lang == "en")


def test_two_are_needed_and_a_format_that_exists(three: Comparison) -> None:
    with pytest.raises(JianbanError, match="two processes"):
        compare([flow(SIMPLE)])
    with pytest.raises(JianbanError, match="no format"):
        three.render("pdf")  # pyright: ignore[reportArgumentType]


def test_a_process_without_a_way_to_be_granted_is_still_compared() -> None:
    refused = "on: {complete: {to: refused}}"
    comparison = compare(
        [variant("a", stage("one", step("x"))), variant("b", stage("one", step("x", refused)))]
    )
    assert comparison.row("days_minimum").values[1] is None
    assert "can end refused" in comparison.render("terminal", "en")


def test_the_same_bytes_from_another_run(deregistration: Comparison) -> None:
    program = (
        "import sys\n"
        "from jianban.workflows.comparison import compare\n"
        "from jianban.workflows.compiler import compile_process\n"
        "from jianban.workflows.language.catalogue import Catalogue\n"
        f"flows = [compile_process(Catalogue.default().process(n)) for n in ({GENERAL!r}, {SIMPLE!r})]\n"
        "for format in ('terminal', 'markdown', 'html', 'json'):\n"
        "    sys.stdout.buffer.write(compare(flows).render(format, 'zh').encode())\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        check=True,
    )
    expected = "".join(deregistration.render(f, "zh") for f in ("terminal", "markdown", "html", "json"))  # pyright: ignore[reportArgumentType]
    assert ran.stdout.decode() == expected


def test_a_process_value_needs_no_file() -> None:
    process: Process = flow(SIMPLE).process
    assert {d.kind for d in compare([compile_process(process)] * 2).pairs[0].differences} == {"kept"}

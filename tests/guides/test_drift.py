"""A guide written from a definition says what it says; whatever is changed in it is found."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jianban.workflows.flow import Flow
from jianban.workflows.guides import DriftKind, Findings, GuideLang, drift, guide, published
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.texts import Text
from tests.guides.samples import FORMS, LANGS, changed, guide_of, places, value_at, without_row, written
from tests.strategies import flows

KEYS = tuple(Catalogue.default().index)
SMALL = (
    "deregistration/simple@2022-03",
    "licensing/approval@2022-01",
    "construction/safety-supervision@2019-04",
    "credit/repair@2023-05",
)


def check(key: str, text: str, name: str = "guide.md", *, partial: bool = True) -> Findings:
    return drift(guide_of(key), published(text.encode(), name), partial=partial)


@pytest.mark.parametrize("key", KEYS)
def test_our_own_guide_has_no_drift(key: str) -> None:
    known = guide_of(key)
    turn = KEYS.index(key)
    # each definition in two of the ways, each way with many definitions
    for at, to in ((turn, turn // 3), (turn + 1, turn)):
        form, lang = FORMS[at % 3], LANGS[to % 3]
        found = drift(known, published(written(known, form, lang), f"guide.{form}"))
        assert (found.drifts, found.asides) == ((), ()), (form, lang)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("lang", LANGS)
def test_every_way_to_write_one_guide_is_read_back(form: str, lang: GuideLang) -> None:
    for key in SMALL:
        known = guide_of(key)
        assert drift(known, published(written(known, form, lang), f"a.{form}")).drifts == ()


@settings(max_examples=100)
@given(st.data())
def test_any_one_changed_value_is_found(data: st.DataObject) -> None:
    known = guide_of(data.draw(st.sampled_from(SMALL)))
    place = data.draw(st.sampled_from(list(places(known))))
    old = value_at(known, place)
    at = data.draw(st.integers(0, len(old) - 1))
    way = data.draw(st.sampled_from(["more", "number", "gone"]))
    line = old[at]
    if way == "gone" and (len(old) > 1 or line.zh != "—"):
        new = (*old[:at], *old[at + 1 :]) or (Text("—", "—"),)
    elif way == "number" and any(c.isdigit() for c in line.zh) and any(c.isdigit() for c in line.en):
        new = (*old[:at], Text(_next(line.zh), _next(line.en)), *old[at + 1 :])
    else:
        new = (*old[:at], Text(f"{line.zh}除外", f"{line.en} except so"), *old[at + 1 :])
    form = data.draw(st.sampled_from(["md", "html", "docx"] if place[0] != "steps" else ["md", "html"]))
    lang = data.draw(st.sampled_from(LANGS))
    found = drift(known, published(written(changed(known, place, new), form, lang), f"a.{form}"))
    assert {d.field.split(".")[0] for d in found.drifts} == {place[0]}


def _next(text: str) -> str:
    """With the first digit another one."""
    at = next(i for i, c in enumerate(text) if c.isdigit())
    return f"{text[:at]}{(int(text[at]) + 1) % 10}{text[at + 1 :]}"


@settings(max_examples=30)
@given(st.data())
def test_a_row_left_out_is_found_by_name(data: st.DataObject) -> None:
    known = guide_of(data.draw(st.sampled_from(SMALL)))
    name = data.draw(st.sampled_from([n for n, r in known.records.items() if len(r.rows) > 1]))
    row = data.draw(st.integers(0, len(known.records[name].rows) - 1))
    content = written(without_row(known, name, row), "md", "zh")
    (only,) = drift(known, published(content, "a.md")).drifts
    assert (only.kind, only.field) == (DriftKind.MISSING, name)


@pytest.mark.parametrize(
    "value",
    [
        "20日+3个工作日",
        "二十日 + 三个工作日",
        "２０日＋３个工作日",
        "20 天 + 3 工作日",
        "20个自然日+3个工作日",
    ],
)
def test_ways_to_write_a_time_are_one(value: str) -> None:
    assert check(SMALL[0], f"| 法定时限 | {value} |\n").drifts == ()


@pytest.mark.parametrize(
    ("value", "drifts"), [("否", 0), ("不收费", 0), ("免费。", 0), ("是", 1), ("100元", 1)]
)
def test_ways_to_say_that_it_is_free_are_one(value: str, drifts: int) -> None:
    key = "construction/safety-supervision@2019-04"
    assert len(check(key, f"| 是否收费 | {value} |\n").drifts) == drifts


@pytest.mark.parametrize(("value", "drifts"), [("0", 0), ("零次", 0), ("０ 次", 0), ("0 天", 1), ("10次", 1)])
def test_ways_to_write_a_count_are_one(value: str, drifts: int) -> None:
    assert len(check(SMALL[0], f"| 到现场次数 | {value} |\n").drifts) == drifts


@pytest.mark.parametrize(
    ("name", "value", "meaning"),
    [
        ("法定办结时限", "20个工作日", "时限与定义不同"),
        ("到现场次数", "2次", "多于定义"),
        ("承诺办结时限", "1个工作日", "没有来源"),
        ("实施机关", "市场主体登记机关", "与定义所列不同"),
        ("设定依据", "《市场主体登记管理条例》第34条", "依据与定义不同"),
    ],
)
def test_a_drift_says_where_it_stands_and_what_it_means(name: str, value: str, meaning: str) -> None:
    (found,) = check(SMALL[0], f"| 项目 | 内容 |\n|---|---|\n| {name} | {value} |\n").drifts
    assert found.place == Text("第 3 行", "line 3")
    assert found.given == value
    assert meaning in found.meaning.zh


@pytest.mark.parametrize(
    ("key", "value", "meaning"),
    [
        ("licensing/optimised@2022-01", "40个工作日", "承诺的时限长于法定时限"),
        ("licensing/optimised@2022-01", "20个工作日", "时限长于定义"),
        ("licensing/optimised@2022-01", "5个工作日", "时限短于定义"),
        ("licensing/optimised@2022-01", "12日", "混用"),
    ],
)
def test_a_promise_is_weighed_against_the_law_and_the_definition(key: str, value: str, meaning: str) -> None:
    (found,) = check(key, f"| 承诺办结时限 | {value} |\n").drifts
    assert meaning in found.meaning.zh


def test_a_material_too_many_and_one_too_few() -> None:
    text = "| 材料名称 | 份数 |\n|---|---|\n" + "".join(
        f"| {name} | {copies} |\n"
        for name, copies in (
            ("承诺书", 1),
            ("注销登记申请书", 2),
            ("全体投资人承诺书", 1),
            ("全体投资人承诺书", 1),
        )
    )
    found = check(SMALL[0], text).drifts
    assert [(d.kind.value, d.field) for d in found] == [
        ("different", "materials.copies"),
        ("missing", "materials"),
        ("extra", "materials"),
    ]
    assert "多于定义" in found[0].meaning.zh
    assert "多要材料" in found[2].meaning.zh


def test_what_is_left_out_counts_unless_only_a_part_is_checked() -> None:
    text = "| 到现场次数 | 0 次 |\n"
    assert check(SMALL[0], text).drifts == ()
    left_out = {d.field for d in check(SMALL[0], text, partial=False).drifts}
    assert {"name", "statutory", "materials", "steps"} <= left_out
    assert "visits" not in left_out
    table = "| 材料名称 |\n|---|\n| 注销登记申请书 |\n| 全体投资人承诺书 |\n| 营业执照正、副本 |\n"
    assert check(SMALL[0], table).drifts == ()
    assert "materials.copies" in {d.field for d in check(SMALL[0], table, partial=False).drifts}


def test_what_does_not_follow_from_the_process_is_held_to_it_only_where_it_says_it() -> None:
    told = "| 到现场次数 | 0 次 |\n| 事项类型 | 行政确认 |\n"
    assert [d.field for d in check("investment/monitoring@2019-04", told).drifts] == []
    (drift,) = check("licensing/commitment@2022-01", told).drifts
    assert (drift.field, drift.given, drift.defined) == (
        "item_type",
        "行政确认",
        Text("行政许可", "administrative licence"),
    )


def test_what_cannot_be_compared_is_told_and_is_no_drift() -> None:
    found = check(SMALL[0], "| 到现场次数 | 0 次 |\n| 咨询电话 | 12345 |\n| 特色服务 | 帮办代办 |\n")
    assert found.drifts == ()
    assert [(a.name.zh, a.value) for a in found.asides] == [("咨询方式", "12345"), ("特色服务", "帮办代办")]


@settings(max_examples=40)
@given(flows(), st.sampled_from(FORMS), st.sampled_from(LANGS))
def test_the_guide_of_any_flow_is_read_back(flow: Flow, form: str, lang: GuideLang) -> None:
    any_guide = guide(flow)
    found = drift(any_guide, published(written(any_guide, form, lang), f"a.{form}"))
    assert (found.drifts, found.asides) == ((), ())

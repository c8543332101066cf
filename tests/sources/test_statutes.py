"""Statutes in Markdown, and phrases in their articles."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.terms import Document
from jianban.workflows.sources.phrases import nearest, plain, says
from jianban.workflows.sources.statutes import Statute, articles, named, text_of
from jianban.workflows.sources.texts import read_statutes
from jianban.workflows.texts import Text

LAW = Path(__file__).parent / "law"
(STATUTE,) = read_statutes(LAW)


def document(title: str, adopted: date = date(2020, 3, 1)) -> Document:
    return Document(id="x", title=Text(title, "X"), adopted=adopted)


def test_a_file_is_named_by_title_and_day() -> None:
    assert named("公司法(2023-12-29)") == ("公司法", date(2023, 12, 29))
    assert named("中华人民共和国公司法（2023-12-29）") == ("公司法", date(2023, 12, 29))
    assert named("公司法") is named("公司法(2023-13-29)") is None


def test_articles_are_found_whatever_their_markup() -> None:
    assert list(STATUTE.articles) == ["1", "2", "3", "4", "5", "6"]
    assert (STATUTE.article("6") or "").startswith("本条例规定的行政机关")
    assert STATUTE.article("7") is None


def test_an_article_ends_at_a_heading() -> None:
    assert "办理" not in (STATUTE.article("2") or "").split("为受理。")[1]


def test_paragraphs_carry_their_items() -> None:
    assert len(STATUTE.articles["2"]) == 2
    assert "（二）身份证明。" in STATUTE.articles["2"][0]
    assert (STATUTE.article("2(2)") or "").startswith("材料不齐全的")
    assert STATUTE.article("2(3)") is None


def test_a_paragraph_that_quotes_an_article_begins_none() -> None:
    assert STATUTE.articles["3"][1] == "第十条规定的情形除外。"
    assert list(articles("第三条 甲\n\n第二条 乙\n\n第四条 丙")) == ["3", "4"]


def test_articles_put_in_between_have_names_of_their_own() -> None:
    assert list(articles("第一条 甲\n第一条之一 乙\n第一条之二　丙\n第二条 丁")) == ["1", "1之1", "1之2", "2"]


def test_a_document_has_the_text_of_its_title_and_day() -> None:
    assert text_of(document("中华人民共和国试点许可条例（2020年修订）"), [STATUTE]) is STATUTE
    assert text_of(document("试点许可条例"), [STATUTE]) is STATUTE
    assert text_of(document("试点许可条例（试行）"), [STATUTE]) is None
    assert text_of(document("试点许可条例", date(2020, 3, 2)), [STATUTE]) is None


def test_a_part_stands_for_the_whole_and_another_law_does_not() -> None:
    day = date(2020, 5, 28)
    part, rules = (Statute(title=t, adopted=day, articles={}) for t in ("民法典总则", "民法典实施细则"))
    assert text_of(document("中华人民共和国民法典", day), [rules, part]) is part
    assert text_of(document("中华人民共和国民法典", day), [rules]) is None


@pytest.mark.parametrize(
    "phrase",
    [
        "公示期为30日",
        "公示期为３０ 日，公示期间",
        "公示期为30日,公示期间",
        "公示期为30日……延期以两次为限",
        "延期以‘两次’为限",
        "……3个月",
    ],
)
def test_width_spaces_quotes_and_what_is_left_out_do_not_matter(phrase: str) -> None:
    assert says(STATUTE.article("4") or "", phrase)


@pytest.mark.parametrize(
    "phrase", ["公示期为20日", "0日", "延期以两次为限……公示期为30日", "……", "3个工作日", "期为3"]
)
def test_other_words_another_order_and_parts_of_numbers_are_not_said(phrase: str) -> None:
    assert not says(STATUTE.article("4") or "", phrase)


@given(st.integers(0, 60), st.integers(1, 40))
def test_what_is_cut_out_of_an_article_is_said_unless_it_cuts_a_number(start: int, length: int) -> None:
    article = "本机关应当当场作出决定，并送达申请人；不予决定的，应当说明理由，告知复议、诉讼的权利。"
    phrase = article[start : start + length]
    assert says(article, phrase) == bool(plain(phrase))


def test_the_nearest_clause_is_told() -> None:
    assert (
        nearest(STATUTE.article("3") or "", "可以延长20日")
        == "二十日内不能作出决定的，经本机关负责人批准，可以延长十日。"
    )


def test_folders_that_hold_no_statutes_are_told(tmp_path: Path) -> None:
    with pytest.raises(JianbanError, match="no folder"):
        read_statutes(tmp_path / "none")
    with pytest.raises(JianbanError, match="no statutes"):
        read_statutes(tmp_path)
    (tmp_path / "甲法(2020-01-01).md").write_text("没有条文", encoding="utf-8")
    with pytest.raises(JianbanError, match="no articles"):
        read_statutes(tmp_path)
    (tmp_path / "甲法(2020-01-01).md").write_bytes("第一条 甲".encode("gb18030"))
    with pytest.raises(JianbanError, match="can't read"):
        read_statutes(tmp_path)

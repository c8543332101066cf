"""Widths and line breaks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jianban.workflows.figures.metrics import BOLD, NO_END, NO_START, clean, text_width, wrap

TEXTS = st.text(
    st.sampled_from("企业简易注销登记，。（）《》、：abc xyz-/&<>\"'①→\t")
    | st.characters(exclude_categories=["Cs"]),
    max_size=80,
)


def test_a_chinese_character_is_as_wide_as_it_is_high():
    assert text_width("企业", 10) == 20


def test_bold_latin_is_wider():
    assert text_width("Notice", 10, BOLD) > text_width("Notice", 10)


def test_lines_break_at_words():
    assert wrap("Publish the notice in the system", 60, 8) == ("Publish the", "notice in", "the system")


def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one():
    lines = wrap(
        "经营者应当在公示期满之日起二十日内（含当日），向登记机关申请（网上申请的除外）。" * 4, 70, 9
    )
    assert all(line[0] not in NO_START and line[-1] not in NO_END for line in lines)


def test_lines_are_even():
    widths = [text_width(line, 9) for line in wrap("一二三四五六七八九十甲", 95, 9)]
    assert widths == [54, 45]


def test_notes_fill_their_lines_and_leave_no_character_alone():
    assert [len(line) for line in wrap("一二三四五六七八九十甲乙丙丁戊", 95, 9, even=False)] == [10, 5]
    assert [len(line) for line in wrap("一二三四五六七八九十甲", 95, 9, even=False)] == [6, 5]


def test_notes_end_their_lines_between_words():
    assert wrap("申请人应当自收到之日起办理施工许可证手续", 145, 9, even=False) == (
        "申请人应当自收到之日起办理",
        "施工许可证手续",
    )


def test_the_number_of_a_document_stays_whole():
    assert wrap(
        "依据：《安阳市政务服务条例》、《优化营商环境条例》（国务院令第722号）。", 235, 7.5, even=False
    ) == (
        "依据：《安阳市政务服务条例》、《优化营商环境条例》",
        "（国务院令第722号）。",
    )


def test_a_line_rather_ends_before_a_title_or_bracket_than_inside():
    title = "依据：《优化营商环境条例》（国务院令第722号）、《中华人民共和国市场主体登记管理条例》"
    number = "（国务院令第746号）。"
    assert wrap(title + number, 363, 7.5, even=False) == (title, number)
    done = "受理（时限 5个工作日、承诺 1个工作日）；审查申请材料；现场核查；作出许可决定"
    limits = "（时限 20个工作日、承诺 10个工作日）"
    assert wrap(done + limits, 413, 9, even=False) == (done, limits)


def test_a_line_rather_ends_after_what_is_told_than_in_a_list():
    told = "受理（时限 5个工作日）；审查申请材料；现场核查；作出许可决定（时限 20个工作日）；"
    listed = "颁发、送达许可证（时限 10个工作日、到现场 1 次）"
    assert wrap(told + listed, 413, 9, even=False) == (told, listed)


def test_an_end_rather_takes_another_line_than_a_word_in_two():
    assert wrap("转：组织竣工验收", 66, 8.5) == ("转：组织", "竣工验收")
    assert wrap("转：组织竣工验收（第 7 页）", 66, 8.5) == ("转：组织竣工", "验收（第 7 页）")
    title = "转：核发选址意见书（第 88 页）"
    assert wrap(title, 66, 8.5) == ("转：核发选址意", "见书（第 88 页）")
    assert wrap(title, 66, 8.5, whole=True) == ("转：核发", "选址意见书", "（第 88 页）")
    assert wrap("承诺 1个工作日", 37, 7, whole=True) == ("承诺", "1个工作日")


def test_numbers_stay_with_what_they_count():
    assert wrap("依据第15条", 40, 8, even=False) == ("依据", "第15条")
    assert wrap("依据第十五条", 46, 8, even=False) == ("依据", "第十五条")
    assert wrap("Tax Law, art. 13", 48, 8, even=False) == ("Tax Law,", "art. 13")


def test_control_characters_and_runs_of_spaces_become_one_space():
    assert clean("a\t\n b\x00c") == "a b c"


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_nothing_to_say_takes_no_line(text):
    assert wrap(text, 50, 9) == ()


@given(TEXTS, st.floats(30, 200), st.sampled_from([6.5, 9, 16]), st.booleans())
def test_no_line_is_wider_than_asked_and_nothing_is_lost(text, width, size, even):
    lines = wrap(text, width, size, even=even)
    assert all(text_width(line, size) <= width + 1e-6 or len(line) == 1 for line in lines)
    assert "".join(lines).replace(" ", "") == clean(text).replace(" ", "")


def test_lines_end_where_a_reader_pauses():
    assert wrap("可以经营，不再办理许可", 64, 10) == ("可以经营，", "不再办理许可")
    assert wrap("报送建设进度和竣工信息", 75, 10) == ("报送建设进度", "和竣工信息")

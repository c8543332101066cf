"""Numbers and figures as statutes write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jianban.workflows.language.terms import Duration, Unit
from jianban.workflows.sources.numerals import number, stated


def han(n: int) -> str:
    """A number from 1 to 99,999,999 as statutes write it."""
    if n >= 10_000:
        high, low = divmod(n, 10_000)
        return han(high) + "万" + (("零" if low < 1000 else "") + han(low) if low else "")
    words, zero = "", False
    for place, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = n // place % 10
        if digit:
            words += ("零" if zero and words else "") + "一二三四五六七八九"[digit - 1] + name
        zero = not digit
    return words.removeprefix("一") if 10 <= n < 20 else words


@given(st.integers(1, 99_999_999))
def test_what_is_written_is_read(n: int) -> None:
    assert number(han(n)) == n
    assert number(str(n)) == n
    assert number(f"{n:,}") == n


@pytest.mark.parametrize("written", ["", "二三", "百分", "5x", "a"])
def test_what_is_no_number_is_none(written: str) -> None:
    assert number(written) is None


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("二十日内", 20, Unit.DAY),
        ("六十日", 60, Unit.DAY),
        ("20日", 20, Unit.DAY),
        ("２０　日", 20, Unit.DAY),
        ("十天", 10, Unit.DAY),
        ("一年", 1, Unit.YEAR),
        ("满三年", 3, Unit.YEAR),
        ("十五个工作日", 15, Unit.WORKING_DAY),
        ("5个工作日", 5, Unit.WORKING_DAY),
        ("5工作日", 5, Unit.WORKING_DAY),
        ("三个月", 3, Unit.MONTH),
        ("3个月", 3, Unit.MONTH),
        ("两个月", 2, Unit.MONTH),
        ("半年", 6, Unit.MONTH),
        ("应当当场作出决定", 0, Unit.WORKING_DAY),
        ("二十四小时", 24, Unit.HOUR),
        ("三至五个工作日", 3, Unit.WORKING_DAY),
        ("一百二十日", 120, Unit.DAY),
    ],
)
def test_times_are_read_with_their_unit(text: str, amount: int, unit: Unit) -> None:
    assert Duration(amount, unit) in stated(text).durations


@pytest.mark.parametrize("text", ["第二十日", "2024年7月1日", "七月一日起第三日", "二十条", "当日", "每月"])
def test_days_and_dates_are_no_lengths_of_time(text: str) -> None:
    assert {d for d in stated(text).durations if d.unit in (Unit.DAY, Unit.MONTH)} <= {Duration(1, Unit.DAY)}
    assert Duration(20, Unit.DAY) not in stated(text).durations


def test_the_kind_of_day_is_as_stated() -> None:
    assert stated("五个工作日").durations == {Duration(5, Unit.WORKING_DAY)}
    assert stated("五日").durations == {Duration(5, Unit.DAY)}


def test_sums_counts_and_what_is_free() -> None:
    found = stated("处５，０００元以上一万五千元以下罚款，5万元除外")
    assert found.fen == {500_000, 1_500_000, 5_000_000}
    assert stated("不得收取任何费用").fen == {0}
    assert stated("延期以两次为限，提交一式三份").counts == {2, 3}
    assert stated("五个工作日、三个月").counts == frozenset()

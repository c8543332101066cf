"""Words for durations, money, outcomes, channels and forms, in both languages."""

from collections.abc import Mapping
from enum import StrEnum

import pytest

from jianban.workflows.language.model import Outcome
from jianban.workflows.language.terms import Channel, Duration, ExpiryKind, MaterialForm, Unit
from jianban.workflows.texts import Text
from jianban.workflows.wording import (
    CHANNELS,
    EXPIRIES,
    FORMS,
    OUTCOMES,
    UNITS,
    format_duration,
    format_number,
    format_yuan,
    rounded,
    summed,
)


@pytest.mark.parametrize(
    ("duration", "zh", "en"),
    [
        (Duration(20, Unit.DAY), "20 日", "20 days"),
        (Duration(1, Unit.WORKING_DAY), "1 个工作日", "1 working day"),
        (Duration(3, Unit.MONTH), "3 个月", "3 months"),
        (Duration(1, Unit.YEAR), "1 年", "1 year"),
        (Duration(4, Unit.HOUR), "4 小时", "4 hours"),
    ],
)
def test_durations(duration: Duration, zh: str, en: str) -> None:
    assert (format_duration(duration, "zh"), format_duration(duration, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("fen", "zh", "en"),
    [
        (0, "0 元", "CNY 0"),
        (1250, "12.50 元", "CNY 12.50"),
        (120_000_05, "120,000.05 元", "CNY 120,000.05"),
        (-300, "-3 元", "CNY -3"),
    ],
)
def test_money(fen: int, zh: str, en: str) -> None:
    assert (format_yuan(fen, "zh"), format_yuan(fen, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (-12.5, "−12.5"),
        (6.25, "6.3"),
        (-6.25, "−6.3"),
        (0.15, "0.2"),
        (71.0, "71"),
        (1234.5, "1,234.5"),
        (0.04, "0.04"),
        (-0.004, "−0.004"),
        (0, "0"),
        (-1e-9, "0"),
    ],
)
def test_numbers(value: float, told: str) -> None:
    assert format_number(value) == told


def test_halves_are_rounded_away_from_zero() -> None:
    assert [rounded(v) for v in (0.25, 0.35, -0.25)] == [0.3, 0.4, -0.3]
    assert rounded(2.5, 0) == 3


def test_periods_are_added_up_unit_by_unit_the_longest_first() -> None:
    days, more, months = (
        Duration(3, Unit.WORKING_DAY),
        Duration(20, Unit.WORKING_DAY),
        Duration(2, Unit.MONTH),
    )
    assert summed([days, months, more]) == (months, Duration(23, Unit.WORKING_DAY))
    assert summed([]) == ()


@pytest.mark.parametrize(
    ("words", "of"), [(OUTCOMES, Outcome), (CHANNELS, Channel), (FORMS, MaterialForm), (EXPIRIES, ExpiryKind)]
)
def test_everything_has_a_word_of_its_own(words: Mapping[StrEnum, Text], of: type[StrEnum]) -> None:
    assert set(words) == set(of)
    assert len({t.zh for t in words.values()}) == len({t.en for t in words.values()}) == len(of)


def test_every_unit_is_told_apart() -> None:
    assert set(UNITS) == set(Unit)
    assert len({one.zh for one, _ in UNITS.values()}) == len(Unit)

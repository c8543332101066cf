"""Colours: text is legible on what it stands on, and marks are told apart without colour."""

from itertools import combinations

import pytest

from jianban.workflows.figures.theme import LOOKS, PRINT


def luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    """As WCAG 2 defines it."""
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("ground", [PRINT.paper, PRINT.head, PRINT.zebra, *(k.tint for k in LOOKS.values())])
@pytest.mark.parametrize("text", [PRINT.ink, PRINT.muted])
def test_text_on_its_ground(text, ground):
    assert contrast(text, ground) >= 4.5


@pytest.mark.parametrize("look", LOOKS.values(), ids=[m.value for m in LOOKS])
def test_marks(look):
    assert contrast(look.text, look.tint) >= 4.5
    assert contrast("#FFFFFF", look.text) >= 4.5


def test_ends_and_changes():
    assert contrast("#FFFFFF", PRINT.dark) >= 4.5
    assert contrast(PRINT.ink, PRINT.chip) >= 4.5
    assert contrast(PRINT.ink, PRINT.decision) >= 4.5
    assert contrast(PRINT.good, PRINT.zebra) >= 4.5
    assert contrast(PRINT.bad, PRINT.zebra) >= 4.5


def test_marks_differ_without_colour():
    for a, b in combinations(LOOKS.values(), 2):
        assert a.sign != b.sign

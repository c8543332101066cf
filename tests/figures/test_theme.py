"""Colours: text is legible on what it stands on, and marks are told apart without colour."""

from itertools import combinations, pairwise

import pytest

from jianban.workflows.figures.theme import THEMES

SIMULATIONS = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
"""Of linear RGB, after Machado, Oliveira and Fernandes (2009), at full severity."""
themes = pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))


def linear(color: str) -> list[float]:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]


def luminance(color: str) -> float:
    red, green, blue = linear(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a: str, b: str) -> float:
    """As WCAG 2 defines it."""
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def lab(rgb: list[float]) -> tuple[float, float, float]:
    """CIELAB of linear RGB, for white D65."""
    rows = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    xyz = [max(0.0, sum(k * c for k, c in zip(row, rgb, strict=True))) / sum(row) for row in rows]
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def apart(a: str, b: str, seen: str) -> float:
    """How far two colours are from one another (CIE 1976) for an eye."""

    def look(color: str) -> tuple[float, float, float]:
        parts = linear(color)
        seen_as = (sum(k * c for k, c in zip(row, parts, strict=True)) for row in SIMULATIONS[seen])
        return lab([min(1.0, max(0.0, part)) for part in seen_as])

    return sum((p - q) ** 2 for p, q in zip(look(a), look(b), strict=True)) ** 0.5


@themes
def test_text_on_its_ground(theme):
    grounds = [theme.paper, theme.head, theme.zebra, *(k.tint for k in theme.looks.values())]
    for ground in grounds:
        for text in (theme.ink, theme.muted):
            assert contrast(text, ground) >= 4.5


@themes
def test_marks(theme):
    for look in theme.looks.values():
        assert contrast(look.text, look.tint) >= 4.5
        assert contrast(look.text, theme.paper) >= 4.5
        assert contrast(theme.on_dark, look.text) >= 4.5


@themes
def test_ends_and_changes(theme):
    assert contrast(theme.on_dark, theme.dark) >= 4.5
    assert contrast(theme.on_dark, theme.ink) >= 4.5
    assert contrast(theme.on_dark_muted, theme.dark) >= 4.5
    assert contrast(theme.ink, theme.chip) >= 4.5
    assert contrast(theme.muted, theme.chip) >= 4.5
    assert contrast(theme.ink, theme.decision) >= 4.5
    assert contrast(theme.good, theme.zebra) >= 4.5
    assert contrast(theme.bad, theme.zebra) >= 4.5
    assert contrast(theme.on(theme.accent), theme.accent) >= 4.5


@themes
def test_marks_differ_without_colour(theme):
    for a, b in combinations(theme.looks.values(), 2):
        assert a.sign != b.sign
        assert (a.width, a.dash, a.hatch is None, a.double) != (b.width, b.dash, b.hatch is None, b.double)


@pytest.mark.parametrize("seen", SIMULATIONS)
@pytest.mark.parametrize("name", ["print", "dark"])
def test_strokes_of_marks_differ_for_eyes_that_see_fewer_colours(name, seen):
    looks = THEMES[name].looks
    for a, b in combinations(looks, 2):
        assert apart(looks[a].stroke, looks[b].stroke, seen) >= 10, (a, b)


@themes
def test_neighbours_in_a_time_bar_differ_in_grey(theme):
    for a, b in pairwise((*theme.stages, theme.stages[0])):
        assert contrast(a, b) >= 1.25
    for ground in theme.stages:
        assert contrast(theme.on(ground), ground) >= 4.5


def test_grey_has_no_colour():
    grey = THEMES["grey"]
    colors = [v for look in grey.looks.values() for v in (look.stroke, look.text, look.tint)]
    assert all(c[1:3] == c[3:5] == c[5:7] for c in (*colors, *grey.stages, grey.accent, grey.decision))


@themes
def test_a_chip_is_told_from_its_card(theme):
    assert theme.chip != theme.paper or contrast(theme.chip_edge, theme.paper) >= 3

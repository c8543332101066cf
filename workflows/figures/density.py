"""How close a process is drawn: with air, or as close as can be read where that saves a sheet. Lengths are
points (1/72 inch)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from jianban.workflows.figures.model import ProcessFigure


@dataclass(frozen=True, slots=True, kw_only=True)
class Density:
    card: float
    """The width of a card."""
    pill: float
    """The most an end is wide."""
    rim: float
    """How much wider than its words an end is."""
    side: float
    """The widest label beside a line at the side of a card."""
    beside: float
    """The widest label of a line straight to an end: it stands above the end."""
    under: float
    """The widest label below a card, right of its line."""
    band: float
    """The least width of the titles of stages."""
    channel: float = 24.0
    """The least height between two rows."""


WIDE = Density(card=100.0, pill=100.0, rim=18.0, side=46.0, beside=76.0, under=58.0, band=64.0)
NARROW = Density(card=86.0, pill=80.0, rim=14.0, side=38.5, beside=62.0, under=50.0, band=54.0)
LATIN = {False: 118.0, True: 104.0}
"""The width of a card with English in it, and where it is narrow."""
LOW = 17.0


def density(figure: ProcessFigure) -> Density:
    found = NARROW if figure.narrow else WIDE
    if figure.lang != "zh":
        found = replace(found, card=LATIN[figure.narrow])
    return replace(found, channel=LOW) if figure.low else found

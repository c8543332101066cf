"""How figures look: colours, strokes and type sizes. Lengths are points (1/72 inch)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jianban.workflows.figures.model import Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One relation between variants (Okabe-Ito colours); each can be told without colour by its stroke and
    sign."""

    stroke: str
    text: str
    tint: str
    sign: str
    width: float = 1
    dash: tuple[float, ...] = ()
    hatch: str | None = None
    double: bool = False


LOOKS: Mapping[Mark, Look] = {
    Mark.KEPT: Look(stroke="#4D4D4D", text="#3F4650", tint="#FFFFFF", sign="＝"),
    Mark.REMOVED: Look(
        stroke="#D55E00",
        text="#A84300",
        tint="#FDF3EC",
        sign="×",
        width=1.25,
        dash=(3.5, 2.5),
        hatch="#F6D3BD",
    ),
    Mark.MERGED: Look(stroke="#0072B2", text="#005A8C", tint="#DCEBF7", sign="⇒", width=1.75),
    Mark.ADDED: Look(stroke="#009E73", text="#00694C", tint="#DDF3EA", sign="＋", double=True),
    Mark.CHANGED: Look(stroke="#E69F00", text="#7A5200", tint="#FDF3DC", sign="△", width=1.25),
    Mark.PARALLEL: Look(stroke="#CC79A7", text="#8A3B68", tint="#F9EAF2", sign="∥", width=1.25),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    ink: str = "#1A1A1A"
    muted: str = "#595959"
    rule: str = "#C9CED3"
    head: str = "#E4E7EA"
    zebra: str = "#F5F6F7"
    chip: str = "#E8ECEF"
    decision: str = "#FFF3D6"
    dark: str = "#3A3F45"
    paper: str = "#FFFFFF"
    good: str = "#005A8C"
    bad: str = "#A84300"
    looks: Mapping[Mark, Look] = field(default_factory=lambda: LOOKS)

    title: float = 16
    head_size: float = 10.5
    step: float = 9.5
    english: float = 7
    chip_size: float = 7.5
    label: float = 7.5
    foot: float = 7
    value: float = 15


PRINT = Theme()

"""How figures look: colours, strokes and type sizes. Lengths are points (1/72 inch)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

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
    Mark.PARALLEL: Look(stroke="#CC79A7", text="#8A3B68", tint="#F9EAF2", sign="∥", width=1.25, dash=(8, 2)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    ink: str = "#1A1A1A"
    muted: str = "#595959"
    rule: str = "#C9CED3"
    head: str = "#E4E7EA"
    zebra: str = "#F5F6F7"
    chip: str = "#E8ECEF"
    chip_edge: str | None = None
    """None where the ground of a chip is enough to tell it."""
    decision: str = "#FFF3D6"
    dark: str = "#3A3F45"
    paper: str = "#FFFFFF"
    on_dark: str = "#FFFFFF"
    """Text on `dark`, on `ink` and on the text colour of a mark."""
    on_dark_muted: str = "#E4E7EA"
    frame: str = "#8D959C"
    good: str = "#005A8C"
    bad: str = "#A84300"
    accent: str = "#0072B2"
    """Of what a chart or a figure points out."""
    stages: tuple[str, ...] = ("#1F4E79", "#7FAED6", "#A9C7E3", "#DCE8F3")
    """Of the parts of a time bar, in turn."""
    looks: Mapping[Mark, Look] = field(default_factory=lambda: LOOKS)

    title: float = 16
    head_size: float = 10.5
    step: float = 9.5
    english: float = 7
    chip_size: float = 7.5
    label: float = 7.5
    foot: float = 7
    value: float = 15
    headed: bool = True
    """False for papers that caption their figures themselves: no title in the picture."""

    def on(self, ground: str) -> str:
        """Ink or paper, whichever is more legible on a ground."""
        return max((self.ink, self.paper), key=lambda color: contrast(color, ground))


def luminance(color: str) -> float:
    """Relative luminance of `#RRGGBB` as WCAG 2 defines it, from 0 (black) to 1."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a: str, b: str) -> float:
    """Of two colours, from 1 to 21, as WCAG 2 defines it."""
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def grey_of(color: str) -> str:
    """The grey of the same luminance."""
    light = luminance(color)
    level = 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055
    return "#" + f"{round(255 * level):02X}" * 3


def _greyed(theme: Theme) -> Theme:
    """The same theme without colour."""

    def grey(value: object) -> object:
        if isinstance(value, str) and value.startswith("#"):
            return grey_of(value)
        return tuple(map(grey, value)) if isinstance(value, tuple) else value

    def of(thing: Theme | Look) -> dict[str, object]:
        return {f.name: grey(getattr(thing, f.name)) for f in fields(thing)}

    looks = {mark: Look(**of(look)) for mark, look in theme.looks.items()}  # pyright: ignore[reportArgumentType]
    return Theme(**of(theme) | {"looks": looks})  # pyright: ignore[reportArgumentType]


def _mixed(color: str, ground: str, part: float) -> str:
    """A color laid over a ground, `part` of it showing."""
    pairs = ((int(color[i : i + 2], 16), int(ground[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(part * c + (1 - part) * g):02X}" for c, g in pairs)


def _looks(**changes: tuple[str, str, str]) -> Mapping[Mark, Look]:
    """The looks in other colours: stroke, text and tint of each."""
    found: dict[Mark, Look] = {}
    for mark, look in LOOKS.items():
        stroke, text, tint = changes[mark.value]
        found[mark] = replace(
            look, stroke=stroke, text=text, tint=tint, hatch=look.hatch and _mixed(stroke, tint, 0.35)
        )
    return found


PRINT = Theme()
DARK = Theme(
    ink="#F2F4F6",
    muted="#B9C1C9",
    rule="#4A535C",
    head="#2B333B",
    zebra="#1D242B",
    chip="#36404A",
    decision="#4A3F1E",
    dark="#DCE2E8",
    paper="#14191E",
    on_dark="#14191E",
    on_dark_muted="#3A434C",
    frame="#7C8791",
    good="#7CC4F0",
    bad="#FFA667",
    accent="#56B4E9",
    stages=("#56B4E9", "#2F6FA3", "#9CCBEA", "#3C566E"),
    looks=_looks(
        kept=("#D5DBE1", "#D5DBE1", "#14191E"),
        removed=("#D55E00", "#FFB27D", "#2E1F16"),
        merged=("#56B4E9", "#8ACBF2", "#14293A"),
        added=("#2CC295", "#7ADDBE", "#12302A"),
        changed=("#E69F00", "#F5C766", "#33290F"),
        parallel=("#CC79A7", "#E9B2D0", "#33202C"),
    ),
)
CONTRAST = Theme(
    ink="#000000",
    muted="#262626",
    rule="#5A5A5A",
    head="#FFFFFF",
    zebra="#FFFFFF",
    chip="#FFFFFF",
    chip_edge="#000000",
    decision="#FFFFFF",
    dark="#000000",
    on_dark_muted="#FFFFFF",
    frame="#000000",
    good="#003A5C",
    bad="#6E2C00",
    accent="#003A5C",
    stages=("#000000", "#FFFFFF", "#4D4D4D", "#CCCCCC"),
    looks=_looks(
        kept=("#000000", "#000000", "#FFFFFF"),
        removed=("#8A3700", "#6E2C00", "#FFFFFF"),
        merged=("#004B78", "#003A5C", "#FFFFFF"),
        added=("#005A41", "#004631", "#FFFFFF"),
        changed=("#5E3F00", "#5E3F00", "#FFFFFF"),
        parallel=("#6B2450", "#6B2450", "#FFFFFF"),
    ),
)
THEMES: Mapping[str, Theme] = {"print": PRINT, "grey": _greyed(PRINT), "dark": DARK, "contrast": CONTRAST}

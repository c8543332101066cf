"""What keeps a figure from being made."""

from __future__ import annotations

from jianban.workflows.language.errors import JianbanError
from jianban.workflows.texts import Text


class FigureError(JianbanError):
    """A figure could not be made; the text says what is missing and how to mend it."""


class TooLarge(FigureError):
    """The paper asked for does not hold what can't be parted."""


class Unavailable(FigureError):
    """Something outside the figure is missing or refuses: a package, the place of the fonts."""


def missing(package: str, purpose: Text) -> Unavailable:
    """A part that a figure needs is not installed."""
    return Unavailable(
        Text(
            f"无法{purpose.zh}：未安装 {package}。请运行 python -m pip install {package}",
            f"Cannot {purpose.en}: {package} is not installed. Run python -m pip install {package}",
        )
    )

"""Text that people read, in Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Lang = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages; neither is a fallback for the other."""

    zh: str
    en: str

    def get(self, lang: Lang) -> str:
        """The text in the reader's language."""
        return self.zh if lang == "zh" else self.en

    def format(self, **values: object) -> Text:
        """The same text with its `{placeholders}` filled; a `Text` value is filled in each language."""
        return Text(
            self.zh.format(**{k: v.zh if isinstance(v, Text) else v for k, v in values.items()}),
            self.en.format(**{k: v.en if isinstance(v, Text) else v for k, v in values.items()}),
        )

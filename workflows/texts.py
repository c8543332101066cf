"""Text that people read, in Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Lang = Literal["zh", "en"]


def running(en: str) -> str:
    """An English title as it stands within a line: with a small letter, unless it begins with a name
    (“State Council”) or a short form."""
    word, _, rest = en.partition(" ")
    named = word[1:] != word[1:].lower() or rest[:1].isupper()
    return en if named else en[:1].lower() + en[1:]


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

"""The names under which guides give the fields, in either language or both."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from jianban.workflows.guides.fields import FACTS, LOCAL, SHEETS
from jianban.workflows.guides.model import Field, Sheet
from jianban.workflows.guides.normal import plain
from jianban.workflows.texts import Text

NUMBERED = re.compile(r"^\(?\d+[)、.]?(?=\D)")
HEADS = frozenset(
    {"项目", "字段", "要素", "名称", "field", "item", "项目field", "内容", "content", "内容content"}
)


def name_of(text: str) -> str:
    """A name as it is looked up: “三、申请材料：” → 申请材料."""
    return NUMBERED.sub("", plain(text)).rstrip(":").replace("(", "").replace(")", "")


def _spellings(title: Text, aliases: Iterable[str]) -> Iterable[str]:
    return map(name_of, (title.zh, title.en, f"{title.zh}{title.en}", *aliases))


def _named(fields: Iterable[Field]) -> Mapping[str, Field]:
    found: dict[str, Field] = {}
    fields = tuple(fields)
    # a title wins over an alias of another field
    for own in (True, False):
        for field in fields:
            for name in _spellings(field.title, () if own else field.aliases):
                found.setdefault(name, field)
    return found


KNOWN: Mapping[str, Field] = _named((*FACTS, *LOCAL))
"""The facts, and the national fields that no definition has."""
TABLES: Mapping[str, Sheet] = {
    name: sheet for sheet in SHEETS for name in _spellings(sheet.title, sheet.aliases)
}
COLUMNS: Mapping[str, Mapping[str, Field]] = {sheet.id: _named(sheet.columns) for sheet in SHEETS}
"""The columns of each table."""

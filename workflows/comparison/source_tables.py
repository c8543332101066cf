"""What the figures of a variant rest on, told in one language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from jianban.workflows.comparison.blocks import Block, Cell, Column, Paragraph, Table
from jianban.workflows.comparison.sources import Sourced, citations, cite, tell
from jianban.workflows.texts import Lang, Text

SOURCE_OF = Text("“{variant}”的数据依据", "Sources of the figures of “{variant}”")
WHERE, FIGURE, VALUE, BASIS = (
    Text("位置", "Where"),
    Text("数据", "Figure"),
    Text("数值", "Value"),
    Text("依据", "Source"),
)
CITED = Text("引用：{citations}", "Cited: {citations}")
COUNTED = Text(
    "“{variant}”共 {figures} 项数据：假设 {assumed} 项，依据未核实 {unverified} 项，没有依据 {none} 项。",
    "“{variant}”, figures: {figures}; assumed: {assumed}; unverified: {unverified}; without source: {none}.",
)
SENTENCE = Text("；", "; ")


def source_blocks(figures: Sequence[Sourced], label: str, lang: Lang, *, brief: bool) -> Iterator[Block]:
    """How many figures have what source, and what is cited; unless in brief, also the source of each."""
    if not brief:
        yield _figures(figures, label, lang)
    told = SENTENCE.get(lang).join(cite(citations(figures), lang))
    counted = COUNTED.format(
        variant=label,
        figures=len(figures),
        assumed=sum(f.basis.assumed is not None for f in figures),
        unverified=sum(f.unverified for f in figures),
        none=sum(not f.basis.known for f in figures),
    )
    yield Paragraph(text=counted.get(lang))
    if told:
        yield Paragraph(text=CITED.format(citations=told).get(lang), tone="quiet")


def _figures(figures: Sequence[Sourced], label: str, lang: Lang) -> Table:
    return Table(
        caption=SOURCE_OF.format(variant=label).get(lang),
        columns=tuple(Column(title=t.get(lang)) for t in (WHERE, FIGURE, VALUE, BASIS)),
        rows=tuple(
            (
                Cell((f.place_title.get(lang),)),
                Cell((f.figure.get(lang),)),
                Cell((f.value.get(lang),)),
                Cell((tell(f.basis, lang),), "quiet" if f.settled else "worse"),
            )
            for f in figures
        ),
    )

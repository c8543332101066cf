"""A comparison of variants: the measures side by side, and each variant against the base."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from jianban.workflows.analysis.measures import Options
from jianban.workflows.comparison.behaviour import behaviour
from jianban.workflows.comparison.elements import Level
from jianban.workflows.comparison.findings import Findings, Pair
from jianban.workflows.comparison.matching import Given
from jianban.workflows.comparison.measures import rows
from jianban.workflows.comparison.pairs import differences, match_variants
from jianban.workflows.flow import Flow
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.texts import Lang, Text

Format = Literal["terminal", "markdown", "html", "json"]

TOO_FEW = Text("比较至少需要两个流程", "comparing takes two processes or more")
NO_FORMAT = Text(
    "没有“{format}”格式；可用的有 {formats}", "there is no format “{format}”; there are {formats}"
)


class Comparison(Findings):
    """Two or more variants, compared; ready to be rendered."""

    def render(
        self,
        format: Format = "terminal",
        lang: Lang = "zh",
        *,
        width: int = 100,
        colour: bool = False,
        figure: str = "",
    ) -> str:
        """The comparison as a text that ends with a line break.

        Args:
            width: columns of the terminal.
            colour: whether the terminal's text carries colours.
            figure: an SVG to embed in HTML.

        Raises:
            JianbanError: the format is unknown.
        """
        # rendering is imported late, so that comparing alone stays quick
        if format == "json":
            from jianban.workflows.comparison.plain import to_json

            return to_json(self)
        from jianban.workflows.comparison.document import document

        blocks = document(self, lang, brief=format == "terminal")
        if format == "terminal":
            from jianban.workflows.comparison.terminal import to_terminal

            return to_terminal(blocks, width=width, colour=colour)
        if format == "markdown":
            from jianban.workflows.comparison.markdown import to_markdown

            return to_markdown(blocks)
        if format == "html":
            from jianban.workflows.comparison.html import to_html

            return to_html(blocks, lang, figure=figure)
        raise JianbanError(NO_FORMAT.format(format=format, formats="terminal, markdown, html, json"))


def compare(
    flows: Sequence[Flow],
    *,
    options: Options | None = None,
    given: Mapping[str, Given] | None = None,
    chain: Sequence[Flow] = (),
) -> Comparison:
    """Compare variants of a process with the first of them.

    Args:
        options: what the measures assume.
        given: matches the caller states, by the key (`id@version`) of the variant they are for.
        chain: further variants, through which `variant_of` leads from one of the compared to another.

    Raises:
        JianbanError: fewer than two flows, or a given match names an unknown id.
    """
    if len(flows) < 2:
        raise JianbanError(TOO_FEW)
    base, *others = flows
    pairs: list[Pair] = []
    for other in others:
        matches = match_variants(
            base, other, given=(given or {}).get(other.process.key), chain=(*flows, *chain)
        )
        pairs.append(
            Pair(
                base=base,
                other=other,
                matches=matches,
                differences=differences(base, other, matches),
                behaviour=behaviour(base, other, matches.groups[Level.STEP]),
            )
        )
    return Comparison(flows=tuple(flows), measures=rows(flows, options or Options()), pairs=tuple(pairs))

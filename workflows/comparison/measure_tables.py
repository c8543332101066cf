"""The measures of variants side by side, told in one language: tables, the line under the title, and what
days are counted over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from jianban.workflows.analysis.measures import Reading
from jianban.workflows.comparison.blocks import Block, Cell, Column, Paragraph, Table, Tone
from jianban.workflows.comparison.findings import Findings
from jianban.workflows.comparison.measures import Row
from jianban.workflows.texts import Lang, Text
from jianban.workflows.wording import NO_LIMIT, format_number

MEASURE = Text("指标", "Measure")
AFTER = Text("另有事后 {value} {unit}", "after the decision: {value} {unit} more")
CHANGE = Text("变化", "Change")
NO_VALUE = Text("—", "—")
MEAN = Text("平均 {days}", "mean {days}")
DAYS_ARE = Text(
    "天数：{basis}。法律规定的时间单位相同的，变化按规定的数量计算，否则按平均天数计算。",
    "Days: {basis}. Changes are reckoned from what the law states where that is all in one unit, else from "
    "the means.",
)
UNCHANGED = Text("不变", "same")
PERCENTAGE_POINTS = Text("{change} 个百分点", "{change} percentage points")
SENTENCE = Text("；", "; ")

HEADLINES = (
    "stages",
    "steps_shortest",
    "steps_typical",
    "days_minimum",
    "days_statutory",
    "days_promised",
    "calendar_days_minimum",
    "calendar_days_statutory",
    "calendar_days_promised",
    "materials",
    "visits",
    "agencies",
    "handoffs",
)
"""The measures of the first table; the rest follow in a second one."""

GIST = ("stages", "steps_typical", "days_minimum", "days_statutory", "days_promised", "materials", "visits")
"""The measures of the line under the title."""


def number(value: float, unit: str = "") -> str:
    """A number as people read it: one decimal at most, two for ratios."""
    return format_number(value, 2 if unit == "times" else 1)


def value_text(reading: Reading) -> Text:
    """A value with its unit; a dash where the flow has none, and words where no limit is set."""
    if reading.value is None:
        return NO_VALUE
    if reading.no_limit:
        return NO_LIMIT
    amount, gap = number(reading.value, reading.unit), "" if reading.unit == "percent" else " "
    return Text(f"{amount}{gap}{reading.unit_text.zh}", f"{amount}{gap}{reading.unit_text.en}")


def after_text(reading: Reading) -> Text | None:
    """What the stages after the decision add to a measure."""
    if reading.after is None:
        return None
    unit = replace(reading, value=reading.after).unit_text
    return AFTER.format(value=number(reading.after, reading.unit), unit=unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureTables:
    """Tells the measures of the variants `labels`."""

    labels: Sequence[str]
    lang: Lang

    def _say(self, words: Text, /, **values: object) -> str:
        return words.format(**values).get(self.lang) if values else words.get(self.lang)

    def table(self, caption: Text, rows: Sequence[Row]) -> Table:
        pair = len(self.labels) == 2
        columns = [Column(title=self._say(MEASURE)), *(Column(title=x, numeric=True) for x in self.labels)]
        if pair:
            columns.append(Column(title=self._say(CHANGE), numeric=True))
        return Table(
            caption=self._say(caption),
            columns=tuple(columns),
            rows=tuple(self._measure(r, pair) for r in rows),
        )

    def _measure(self, row: Row, pair: bool) -> tuple[Cell, ...]:
        cells = [Cell((row.title.get(self.lang),))]
        for at, reading in enumerate(row.readings):
            lines = [*self._period(reading), value_text(reading).get(self.lang)]
            if len(lines) > 1:
                lines[1] = self._say(MEAN, days=lines[1])
            if (after := after_text(reading)) is not None:
                lines.append(after.get(self.lang))
            if at and not pair:
                lines.append(self._change(row, at))
            cells.append(Cell(tuple(lines), _tone(row, at) if at else ""))
        if pair:
            cells.append(Cell((self._change(row, 1),), _tone(row, 1)))
        return tuple(cells)

    def _period(self, reading: Reading) -> Iterator[str]:
        """Days also in the units the law uses, which the note of the measure begins with."""
        if reading.id.startswith("days_") and reading.detail and reading.note is not None:
            yield reading.note.get(self.lang).split(SENTENCE.get(self.lang))[0]

    def gist(self, findings: Findings) -> str:
        """The comparison in one line; of days only where some variant has any, of promised ones where they
        are not the statutory ones."""
        told = []
        statutory = findings.row("days_statutory").values
        for name in GIST:
            row = findings.row(name)
            if name.startswith("days_") and not any(row.values):
                continue
            if name == "days_promised" and row.values == statutory:
                continue
            values = " → ".join(map(self._amount, row.readings))
            told.append(f"{row.title.get(self.lang)} {values}")
        return SENTENCE.get(self.lang).join(told)

    def _amount(self, reading: Reading) -> str:
        """A value without its unit, of days the period."""
        if reading.value is None or reading.no_limit:
            return value_text(reading).get(self.lang)
        return next(self._period(reading), number(reading.value))

    def footnote(self, rows: Sequence[Row]) -> Iterator[Block]:
        """What the days are counted over, which the notes of the measures end with."""
        for row in rows:
            for reading in row.readings:
                parts = reading.note.get(self.lang).split(SENTENCE.get(self.lang)) if reading.note else []
                if row.id.startswith("days_") and len(parts) > 1:
                    yield Paragraph(text=self._say(DAYS_ARE, basis=parts[-1]), tone="quiet")
                    return

    def _change(self, row: Row, at: int) -> str:
        change, percent = row.change(at), row.percent(at)
        if change is None:
            return self._say(NO_VALUE)
        if change == 0:
            return self._say(UNCHANGED)
        sign = "+" if change > 0 else ""
        told = f"{sign}{number(change, row.readings[0].unit)}"
        if row.readings[0].unit == "percent":
            return self._say(PERCENTAGE_POINTS, change=told)
        if percent is None:
            return told
        share = f"{sign}{number(percent)}%"
        return f"{told}（{share}）" if self.lang == "zh" else f"{told} ({share})"


def _tone(row: Row, at: int) -> Tone:
    match row.better(at):
        case True:
            return "better"
        case False:
            return "worse"
    return ""

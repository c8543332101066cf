"""A comparison told in one language, block by block."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from jianban.workflows.calendar import provisional_text
from jianban.workflows.comparison.behaviour import bundled
from jianban.workflows.comparison.blocks import (
    Block,
    Cell,
    Column,
    Figure,
    Heading,
    Paragraph,
    Point,
    Points,
    Table,
)
from jianban.workflows.comparison.changes import Change
from jianban.workflows.comparison.differences import KINDS, Difference, kind_text
from jianban.workflows.comparison.elements import LEVELS, Level, around
from jianban.workflows.comparison.findings import Findings, Pair
from jianban.workflows.comparison.links import How
from jianban.workflows.comparison.measure_tables import HEADLINES, MeasureTables
from jianban.workflows.comparison.source_tables import source_blocks
from jianban.workflows.comparison.sources import sourced
from jianban.workflows.comparison.stages import Verdict, verdicts
from jianban.workflows.flow import Flow
from jianban.workflows.texts import Lang, Text

VERSUS = Text("{base} → {other}", "{base} → {other}")
VERSIONED = Text("{title}（{version}）", "{title} ({version})")
BEFORE_AFTER = Text("前后对照", "Before and after")
MORE_MEASURES = Text("更多指标", "More measures")
STAGES = Text("环节对照", "Stage by stage")
STEPS = Text("步骤对照", "Step by step")
WHAT = Text("差异", "Difference")
DETAIL = Text("变化内容", "What changes")
ELSE = Text("其他差异", "Other differences")
ALL_KEPT = Text("没有差异，保留 {kept} 项", "no difference, {kept} kept")
TALLY_ITEM = Text("{kind} {count}", "{count} {kind}")
ASPECT = Text("{title}：{change}", "{title}: {change}")
WITH = Text("与{partners}", "with {partners}")
BEHAVIOUR = Text("行为差异", "What can happen")
ONLY = Text("仅“{variant}”：{text}", "Only “{variant}”: {text}")
NO_BEHAVIOUR = Text(
    "两者允许的结果和步骤先后相同。",
    "Both allow the same outcomes and the same orders of the steps they share.",
)
UNDECIDED = Text(
    "在 {bound} 个状态以内未能穷尽“{variant}”的全部走法：它不允许而另一流程允许的情形未作判定。",
    "The runs of “{variant}” were not exhausted within {bound} states: what it rules out is not decided.",
)
FURTHER = Text("另有 {count} 处，见 JSON 输出。", "{count} more are in the JSON output.")
MATCHED = Text("匹配情况", "Matching")
ALONE = Text(
    "“{variant}”中没有对应的{level}：{names}", "{level}s of “{variant}” without counterpart: {names}"
)
MATCHED_BY = Text("环节和步骤的匹配：{hows}", "Stages and steps matched: {hows}")
HOWS: Mapping[How, Text] = {
    How.GIVEN: Text("指定 {count} 组", "{count} as stated"),
    How.REPLACES: Text("按“替代”（replaces）{count} 组", "{count} by “replaces”"),
    How.ID: Text("按编号 {count} 组", "{count} by id"),
    How.CHAIN: Text("经共同的基准流程 {count} 组", "{count} through a common base"),
    How.TITLE: Text("按名称 {count} 组", "{count} by title"),
    How.OWNER: Text("随所属步骤 {count} 组", "{count} with the step they belong to"),
    How.CALL: Text("随调用 {count} 组", "{count} with a call"),
}
SOURCES = Text("依据", "Sources")
DIAGRAM = Text("对照图", "The variants side by side")
LIST, SENTENCE = Text("、", ", "), Text("；", "; ")
NUMBERS = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"

EXAMPLES = 6
"""Behavioural differences told in full for each variant."""

DETAILS = tuple(x for x in Level if x not in (Level.STAGE, Level.STEP, Level.LIMIT, Level.VISIT))
"""The levels told after stages and steps, which tell limits and visits themselves."""


def document(findings: Findings, lang: Lang, *, brief: bool = False) -> tuple[Block, ...]:
    """What a comparison says, in one language; in brief without the source of each figure."""
    return tuple(_Document(findings, lang, brief).blocks())


def labels(findings: Findings, lang: Lang) -> tuple[str, ...]:
    """What the variants are called: by title, with the version or a number where that is not enough."""
    processes = [f.process for f in findings.flows]
    names = [p.title for p in processes]
    for more in ([p.version for p in processes], range(1, len(processes) + 1)):
        times = Counter(names)
        names = [
            name if times[name] == 1 else VERSIONED.format(title=name, version=addition)
            for name, addition in zip(names, more, strict=True)
        ]
    return tuple(name.get(lang) for name in names)


class _Document:
    def __init__(self, findings: Findings, lang: Lang, brief: bool) -> None:
        self.findings = findings
        self.brief = brief
        self.lang: Lang = lang
        self.labels = labels(findings, lang)

    def say(self, words: Text, /, **values: object) -> str:
        return words.format(**values).get(self.lang) if values else words.get(self.lang)

    def blocks(self) -> Iterator[Block]:
        tables = MeasureTables(labels=self.labels, lang=self.lang)
        others = LIST.get(self.lang).join(self.labels[1:])
        yield Heading(text=self.say(VERSUS, base=self.labels[0], other=others), level=1)
        told = [r for r in self.findings.measures if any(v is not None for v in r.values)]
        headline = [r for name in HEADLINES for r in told if r.id == name]
        yield Paragraph(text=tables.gist(self.findings), tone="strong")
        yield tables.table(BEFORE_AFTER, headline)
        yield from tables.footnote(headline)
        years = (year for row in told for year in row.provisional)
        if (provisional := provisional_text(years)) is not None:
            yield Paragraph(text=self.say(provisional), tone="quiet")
        yield Figure(title=self.say(DIAGRAM))
        for at, pair in enumerate(self.findings.pairs, start=1):
            yield from self._pair(pair, self.labels[0], self.labels[at])
        yield tables.table(MORE_MEASURES, [r for r in told if r not in headline])
        yield Heading(text=self.say(SOURCES))
        for flow, label in zip(self.findings.flows, self.labels, strict=True):
            yield from source_blocks(sourced(flow), label, self.lang, brief=self.brief)

    def _pair(self, pair: Pair, base: str, other: str) -> Iterator[Block]:
        if len(self.labels) > 2:
            yield Heading(text=self.say(VERSUS, base=base, other=other))
        yield self._table(STAGES, pair.at(Level.STAGE), pair, base, other)
        yield self._table(STEPS, pair.at(Level.STEP), pair, base, other)
        yield Heading(text=self.say(ELSE))
        yield Points(points=tuple(p for level in DETAILS for p in self._level(level, pair)))
        yield from self._behaviour(pair, base, other)
        yield Heading(text=self.say(MATCHED))
        yield Points(points=self._unmatched(pair, base, other))

    def _table(
        self, caption: Text, differences: Sequence[Difference], pair: Pair, base: str, other: str
    ) -> Table:
        judged = _judged(pair) if caption is STAGES else {}
        counted = self._tally(differences, judged)
        places = [self._places(pair.base, caption is STAGES), self._places(pair.other, caption is STAGES)]
        return Table(
            caption=f"{self.say(caption)}（{counted}）"
            if self.lang == "zh"
            else f"{self.say(caption)} ({counted})",
            columns=tuple(Column(title=t) for t in (base, self.say(WHAT), other, self.say(DETAIL))),
            rows=tuple(self._difference(d, places, judged.get(d)) for d in differences),
        )

    def _tally(
        self, differences: Sequence[Difference], judged: Mapping[Difference, Verdict] | None = None
    ) -> str:
        """How many there are of each kind."""
        judged = judged or {}
        rank = {k: i for i, k in enumerate(KINDS)}
        told = [judged.get(d) or Verdict(d.kind, kind_text(d.kind, d.level)) for d in differences]
        tally = Counter(sorted(told, key=lambda v: rank[v.kind]))
        return LIST.get(self.lang).join(
            self.say(TALLY_ITEM, kind=verdict.word, count=count) for verdict, count in tally.items()
        )

    def _difference(
        self, difference: Difference, places: Sequence[Mapping[str, str]], judged: Verdict | None
    ) -> tuple[Cell, ...]:
        tone, words = judged or Verdict(difference.kind, kind_text(difference.kind, difference.level))
        sign = KINDS[tone][1]
        detail = [self._tell(c) for c in difference.changes]
        if difference.partner_titles:
            partners = LIST.get(self.lang).join(t.get(self.lang) for t in difference.partner_titles)
            detail.insert(0, self.say(WITH, partners=partners))
        sides = (
            tuple(f"{place.get(i, '')}{t.get(self.lang)}" for i, t in zip(ids, titles, strict=True))
            for place, ids, titles in zip(
                places,
                (difference.base, difference.other),
                (difference.base_titles, difference.other_titles),
                strict=True,
            )
        )
        base, other = (Cell(lines, tone) for lines in sides)
        return base, Cell((f"{sign} {words.get(self.lang)}",), tone), other, Cell(tuple(detail), "quiet")

    def _places(self, flow: Flow, stages: bool) -> Mapping[str, str]:
        """What stands before a title: the number of a stage, or that of the stage a step stands in and the
        calls around it."""
        numbers = {
            s.id: f"{NUMBERS[i]} " if i < len(NUMBERS) else f"{i + 1} "
            for i, s in enumerate(flow.process.stages)
        }
        if stages:
            return numbers
        places: dict[str, str] = {}
        for node in flow.nodes.values():
            call = around(node.id)
            inside = f"{places[call]}{flow.nodes[call].title.get(self.lang)} › " if call else None
            places[node.id] = inside or numbers.get(node.stage or "", "")
        return places

    def _tell(self, change: Change) -> str:
        return self.say(ASPECT, title=change.title, change=change.tell(self.lang))

    def _level(self, level: Level, pair: Pair) -> Iterator[Point]:
        differences = pair.at(level)
        if not differences:
            return
        kept = [d for d in differences if d.kind == "kept"]
        changed = [d for d in differences if d.kind != "kept"]
        title = LEVELS[level].get(self.lang)
        if not changed:
            yield Point(text=self.say(ASPECT, title=title, change=self.say(ALL_KEPT, kept=len(kept))))
            return
        counted = self._tally(differences)
        yield Point(
            text=self.say(ASPECT, title=title, change=counted),
            under=tuple(self._sentence(d) for d in changed),
        )

    def _sentence(self, difference: Difference) -> str:
        words, sign = kind_text(difference.kind, difference.level), KINDS[difference.kind][1]
        title = (difference.other_titles or difference.base_titles)[0].get(self.lang)
        told = SENTENCE.get(self.lang).join(self._tell(c) for c in difference.changes)
        return f"{sign} {words.get(self.lang)} {title}" + (f" — {told}" if told else "")

    def _behaviour(self, pair: Pair, base: str, other: str) -> Iterator[Block]:
        found = pair.behaviour
        yield Heading(text=self.say(BEHAVIOUR))
        names = {"base": base, "other": other}
        points: list[Point] = []
        for side, name in names.items():
            told = bundled([p for p in found.possibilities if p.only == side])
            points += [
                Point(
                    text=self.say(ONLY, variant=name, text=text),
                    under=tuple(p.story(self.lang)),
                    numbered=True,
                )
                for text, p in told[:EXAMPLES]
            ]
            if len(told) > EXAMPLES:
                points.append(Point(text=self.say(FURTHER, count=len(told) - EXAMPLES), tone="quiet"))
        points += [
            Point(text=self.say(UNDECIDED, variant=name, bound=found.bound), tone="worse")
            for name, complete in zip(names.values(), found.complete, strict=True)
            if not complete
        ]
        yield Points(points=tuple(points) or (Point(text=self.say(NO_BEHAVIOUR)),))

    def _unmatched(self, pair: Pair, base: str, other: str) -> tuple[Point, ...]:
        points: list[Point] = []
        for level in (Level.STAGE, Level.STEP):
            alone = [d for d in pair.at(level) if d.how is None]
            for name, titles in (
                (base, [t for d in alone for t in d.base_titles]),
                (other, [t for d in alone for t in d.other_titles]),
            ):
                if titles:
                    names = LIST.get(self.lang).join(t.get(self.lang) for t in titles)
                    points.append(Point(text=self.say(ALONE, variant=name, level=LEVELS[level], names=names)))
        hows = Counter(d.how for level in (Level.STAGE, Level.STEP) for d in pair.at(level) if d.how)
        told = LIST.get(self.lang).join(self.say(HOWS[how], count=hows[how]) for how in How if hows[how])
        return Point(text=self.say(MATCHED_BY, hows=told or "—")), *points


def _judged(pair: Pair) -> Mapping[Difference, Verdict]:
    """What becomes of stages that no stage stands for: their steps say it."""
    found = verdicts(pair)
    return {
        d: verdict
        for d in pair.at(Level.STAGE)
        if d.how is None
        for verdict in (found.base.get(d.base[0]) if d.base else found.other.get(d.other[0]),)
        if verdict is not None
    }

"""What becomes of each stage of two variants, and which stages are linked.

What the definition says of a stage decides (its `replaces`, its id, a stated match); it is kept only when
all its steps are. A stage that nothing stands for is judged by its steps: it is removed only when none of
them lives on; else it is merged into the stages where they do, or split or carried on, wholly or in part.
Seen from the other side, a stage that stands for none is new only when none of its steps was there before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from jianban.workflows.comparison.differences import KINDS, Difference, Kind
from jianban.workflows.comparison.elements import Level
from jianban.workflows.comparison.findings import Pair
from jianban.workflows.figures.model import Mark, Relation
from jianban.workflows.figures.process import shown
from jianban.workflows.flow import Flow, Node, NodeKind
from jianban.workflows.texts import Text

Words = tuple[Text, Text]
"""Of a stage of which all steps are meant, and of one of which some are."""
FOLDED: Words = Text("并入", "merged in"), Text("部分并入", "partly merged in")
PARTED: Words = Text("拆分", "split"), Text("部分拆分", "partly split")
KEPT_ON: Words = Text("沿用", "carried on"), Text("部分沿用", "partly carried on")
MERGED: Words = Text("合并", "merged"), Text("部分合并", "partly merged")
SPLIT_OFF: Words = Text("拆出", "split off"), Text("部分新增", "partly new")
CARRIED: Words = Text("沿用", "carried on"), Text("部分新增", "partly new")

MARKS: Mapping[Kind, Mark] = {
    "kept": Mark.KEPT,
    "changed": Mark.CHANGED,
    "moved": Mark.CHANGED,
    "made_parallel": Mark.PARALLEL,
    "made_sequential": Mark.CHANGED,
    "merged": Mark.MERGED,
    "split": Mark.CHANGED,
    "regrouped": Mark.CHANGED,
    "removed": Mark.REMOVED,
    "added": Mark.ADDED,
}


@dataclass(frozen=True, slots=True)
class Fate:
    mark: Mark
    word: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Fates:
    """Of the stages of a pair, by their ids."""

    base: Mapping[str, Fate]
    other: Mapping[str, Fate]
    relations: tuple[Relation, ...]


def fates_of(pair: Pair, column: int) -> Fates:
    """What becomes of the stages of a pair whose other variant is a column of the figure."""
    mine = own(pair.at(Level.STEP), is_base=True)
    heirs = _kin(pair.base, pair.other, mine, lambda d: d.other)
    elders = _kin(pair.other, pair.base, own(pair.at(Level.STEP), is_base=False), lambda d: d.base)
    base: dict[str, Fate] = {}
    other: dict[str, Fate] = {}
    relations: list[Relation] = []
    for difference in pair.at(Level.STAGE):
        if difference.how is not None:
            kind = difference.kind
            steps = (mine[i].kind for i in family(pair.base) if pair.base.nodes[i].stage in difference.base)
            if kind == "kept" and any(k != "kept" for k in steps):
                kind = "changed"
            fate = Fate(MARKS[kind], KINDS[kind][0])
            base |= dict.fromkeys(difference.base, fate)
            other |= dict.fromkeys(difference.other, fate)
            relations += [
                Relation(column=column, sources=difference.base, target=o, mark=fate.mark)
                for o in difference.other
            ]
    matched = frozenset(other)
    for name in (s.id for s in pair.base.process.stages if s.id not in base):
        kin = heirs[name]
        match kin.stages:
            case ():
                base[name] = Fate(Mark.REMOVED, KINDS["removed"][0])
                relations.append(Relation(column=column, sources=(name,), target=None, mark=Mark.REMOVED))
            case (target,) if target in matched or len(elders[target].stages) > 1:
                base[name] = Fate(Mark.MERGED, kin.said(FOLDED))
            case (_,):
                base[name] = Fate(Mark.CHANGED, kin.said(KEPT_ON))
            case _:
                base[name] = Fate(Mark.CHANGED, kin.said(PARTED))
        for target in kin.stages:
            if target in matched:
                _fold(relations, column, name, target, partly=not kin.whole)
    for name in (s.id for s in pair.other.process.stages if s.id not in matched):
        kin = elders[name]
        match kin.stages:
            case ():
                other[name] = Fate(Mark.ADDED, KINDS["added"][0])
            case (source,):
                alone = heirs[source].stages == (name,)
                other[name] = Fate(Mark.CHANGED, kin.said(CARRIED if alone else SPLIT_OFF))
            case _:
                other[name] = Fate(Mark.MERGED, kin.said(MERGED))
        relations.append(
            Relation(
                column=column,
                sources=kin.stages,
                target=name,
                mark=other[name].mark,
                partial=frozenset(s for s in kin.stages if not heirs[s].whole),
            )
        )
    order = {s.id: i for i, s in enumerate(pair.base.process.stages)}
    ordered = (replace(r, sources=tuple(sorted(r.sources, key=order.__getitem__))) for r in relations)
    return Fates(base=base, other=other, relations=tuple(ordered))


def own(differences: Iterable[Difference], is_base: bool) -> dict[str, Difference]:
    """By the ids of one side."""
    return {i: d for d in differences for i in (d.base if is_base else d.other)}


def step_nodes(flow: Flow) -> list[Node]:
    """Steps and calls, without the steps inside a call."""
    return [n for n in flow.nodes.values() if n.kind in {NodeKind.STEP, NodeKind.CALL} and shown(flow, n)]


def family(flow: Flow) -> dict[str, str]:
    """For each step and call, also inside a call, the one that is shown for it."""
    found: dict[str, str] = {}
    for node in flow.nodes.values():
        calls = [
            owner
            for region in flow.ancestors(node.region)
            if (owner := flow.regions[region].owner) and flow.nodes[owner].kind is NodeKind.CALL
        ]
        if node.kind in {NodeKind.STEP, NodeKind.CALL}:
            found[node.id] = min(calls, key=len, default=node.id)
    return found


@dataclass(frozen=True, slots=True)
class _Kin:
    """The stages in which the steps of a stage live on, or lived before, and whether all do."""

    stages: tuple[str, ...]
    whole: bool

    def said(self, words: Words) -> Text:
        wholly, partly = words
        return wholly if self.whole else partly


def _kin(
    flow: Flow,
    counter: Flow,
    differences: Mapping[str, Difference],
    across: Callable[[Difference], Sequence[str]],
) -> dict[str, _Kin]:
    matches: dict[str, list[str]] = {n.id: [] for n in step_nodes(flow)}
    for name, head in family(flow).items():
        matches[head] += across(differences[name])
    found: dict[str, _Kin] = {}
    for stage in flow.process.stages:
        mine = [matches[n.id] for n in step_nodes(flow) if n.stage == stage.id]
        stages = [counter.nodes[name].stage for names in mine for name in names]
        found[stage.id] = _Kin(tuple(dict.fromkeys(s for s in stages if s)), all(mine))
    return found


def _fold(relations: list[Relation], column: int, name: str, target: str, *, partly: bool) -> None:
    """One more source of what the target is merged from; a link of its own to what is not merged."""
    partial = frozenset((name,)) if partly else frozenset()
    for i, relation in enumerate(relations):
        if relation.target == target and relation.mark is Mark.MERGED:
            relations[i] = replace(
                relation, sources=(*relation.sources, name), partial=relation.partial | partial
            )
            return
    relations.append(
        Relation(column=column, sources=(name,), target=target, mark=Mark.MERGED, partial=partial)
    )

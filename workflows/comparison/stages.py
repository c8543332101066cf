"""What becomes of a stage that no stage stands for: it is judged by its steps.

It is removed only when none of them lives on; else it is merged into the stages where they do, or split or
carried on, wholly or in part. Seen from the other side, a stage that stands for none is new only when none of
its steps was there before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from jianban.workflows.comparison.differences import KINDS, Difference, Kind
from jianban.workflows.comparison.elements import Level
from jianban.workflows.comparison.findings import Pair
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


class Verdict(NamedTuple):
    kind: Kind
    word: Text


@dataclass(frozen=True, slots=True)
class Kin:
    """The stages in which the steps of a stage live on, or lived before, and whether all do."""

    stages: tuple[str, ...]
    whole: bool

    def said(self, words: Words) -> Text:
        wholly, partly = words
        return wholly if self.whole else partly


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """On the stages of a pair that no stage stands for, by their ids; and the kin of all stages."""

    base: Mapping[str, Verdict]
    other: Mapping[str, Verdict]
    heirs: Mapping[str, Kin]
    elders: Mapping[str, Kin]


def verdicts(pair: Pair) -> Verdicts:
    heirs = _kin(pair.base, pair.other, own(pair.at(Level.STEP), is_base=True), lambda d: d.other)
    elders = _kin(pair.other, pair.base, own(pair.at(Level.STEP), is_base=False), lambda d: d.base)
    stated = [d for d in pair.at(Level.STAGE) if d.how is not None]
    matched = (
        frozenset(i for d in stated for i in d.base),
        frozenset(i for d in stated for i in d.other),
    )
    base: dict[str, Verdict] = {}
    for name in (s.id for s in pair.base.process.stages if s.id not in matched[0]):
        kin = heirs[name]
        match kin.stages:
            case ():
                base[name] = Verdict("removed", KINDS["removed"][0])
            case (target,) if target in matched[1] or len(elders[target].stages) > 1:
                base[name] = Verdict("merged", kin.said(FOLDED))
            case (_,):
                base[name] = Verdict("changed", kin.said(KEPT_ON))
            case _:
                base[name] = Verdict("changed", kin.said(PARTED))
    other: dict[str, Verdict] = {}
    for name in (s.id for s in pair.other.process.stages if s.id not in matched[1]):
        kin = elders[name]
        match kin.stages:
            case ():
                other[name] = Verdict("added", KINDS["added"][0])
            case (source,):
                alone = heirs[source].stages == (name,)
                other[name] = Verdict("changed", kin.said(CARRIED if alone else SPLIT_OFF))
            case _:
                other[name] = Verdict("merged", kin.said(MERGED))
    return Verdicts(base=base, other=other, heirs=heirs, elders=elders)


def own(differences: Iterable[Difference], is_base: bool) -> dict[str, Difference]:
    """By the ids of one side."""
    return {i: d for d in differences for i in (d.base if is_base else d.other)}


def step_nodes(flow: Flow) -> list[Node]:
    """Steps and calls, without the steps inside a call."""
    return [n for n in flow.nodes.values() if _family_head(flow, n) == n.id]


def family(flow: Flow) -> dict[str, str]:
    """For each step and call, also inside a call, the one that is shown for it."""
    heads = ((n.id, _family_head(flow, n)) for n in flow.nodes.values())
    return {name: head for name, head in heads if head is not None}


def _family_head(flow: Flow, node: Node) -> str | None:
    """The outermost call around a step or call, else itself; None for other nodes."""
    if node.kind not in {NodeKind.STEP, NodeKind.CALL}:
        return None
    owners = (flow.regions[region].owner for region in flow.ancestors(node.region))
    calls = [o for o in owners if o is not None and flow.nodes[o].kind is NodeKind.CALL]
    return calls[-1] if calls else node.id


def _kin(
    flow: Flow,
    counter: Flow,
    differences: Mapping[str, Difference],
    across: Callable[[Difference], Sequence[str]],
) -> dict[str, Kin]:
    nodes = step_nodes(flow)
    matches: dict[str, list[str]] = {n.id: [] for n in nodes}
    for name, head in family(flow).items():
        matches[head] += across(differences[name])
    found: dict[str, Kin] = {}
    for stage in flow.process.stages:
        mine = [matches[n.id] for n in nodes if n.stage == stage.id]
        stages = [counter.nodes[name].stage for names in mine for name in names]
        found[stage.id] = Kin(tuple(dict.fromkeys(s for s in stages if s)), all(mine))
    return found

"""How the stages of two variants are marked in a figure, and which are linked.

What the definition says of a stage decides (its `replaces`, its id, a stated match); it is kept only when
all its steps are. A stage that nothing stands for is judged by its steps: see `comparison.stages`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from jianban.workflows.comparison.differences import KINDS, Kind
from jianban.workflows.comparison.elements import Level
from jianban.workflows.comparison.findings import Pair
from jianban.workflows.comparison.stages import family, own, verdicts
from jianban.workflows.figures.comparison_model import Relation
from jianban.workflows.figures.model import Mark
from jianban.workflows.texts import Text

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
    found = verdicts(pair)
    heirs, elders = found.heirs, found.elders
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
    matched, stated = frozenset(other), len(relations)
    for name, verdict in found.base.items():
        kin = heirs[name]
        base[name] = Fate(MARKS[verdict.kind], verdict.word)
        if not kin.stages:
            relations.append(Relation(column=column, sources=(name,), target=None, mark=Mark.REMOVED))
        for target in kin.stages:
            if target in matched:
                _fold(relations, stated, column, name, target, base[name].mark, partly=not kin.whole)
    for name, verdict in found.other.items():
        kin = elders[name]
        other[name] = Fate(MARKS[verdict.kind], verdict.word)
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


def _fold(
    relations: list[Relation], stated: int, column: int, name: str, target: str, mark: Mark, *, partly: bool
) -> None:
    """One more source of what the target is merged from, or one of several marked alike beside the `stated`
    relations."""
    partial = frozenset((name,)) if partly else frozenset()
    for i, relation in enumerate(relations):
        if relation.target == target and relation.mark is mark and (mark is Mark.MERGED or i >= stated):
            relations[i] = replace(
                relation, sources=(*relation.sources, name), partial=relation.partial | partial
            )
            return
    relations.append(Relation(column=column, sources=(name,), target=target, mark=mark, partial=partial))

"""The steps inside the cards of a comparison: how each fares, what it stands for, and what it stands inside
of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from jianban.workflows.comparison.differences import Difference
from jianban.workflows.comparison.elements import Level
from jianban.workflows.comparison.findings import Pair
from jianban.workflows.comparison.stages import family, own, step_nodes
from jianban.workflows.figures.comparison_model import Part, Scope
from jianban.workflows.figures.model import Mark
from jianban.workflows.figures.stage_fates import MARKS
from jianban.workflows.figures.words import burdens, joined, times
from jianban.workflows.flow import Flow
from jianban.workflows.language.model import Call, Choice, ChoiceBranch, Each, Item, Parallel, Step
from jianban.workflows.texts import Text

BESIDE = Text("改为与 {steps} 并联", "now alongside {steps}")
APART = Text("与 {steps} 改为先后办理", "no longer alongside {steps}")
CHANGE = Text("{what}：{how}", "{what}: {how}")
NAMED = Text("调整：{what}", "changed: {what}")
FORMERLY = Text("原称“{title}”", "formerly “{title}”")
FOR_EACH = Text("逐个办理：{title}", "for each: {title}")
PLAIN = ("Yes", "No")
SHORT = 2
"""Characters: “有”, “划拨”."""
OR = Text(" 或 ", " or ")
TOLD = ("wait", "statutory", "promised", "visits")
"""The aspects whose change is told in full."""
UNTOLD = frozenset({"title", "stage"})
"""Aspects the figure shows otherwise."""


@dataclass(frozen=True, slots=True)
class Side:
    """One variant, and the pairs it is in: as their base, or as the other of one."""

    flow: Flow
    pairs: tuple[Pair, ...]
    is_base: bool


def numbered(flow: Flow) -> dict[str, str]:
    """`2.1` for the first step of the second stage."""
    numbers: dict[str, str] = {}
    for s, stage in enumerate(flow.process.stages, 1):
        nodes = [n for n in step_nodes(flow) if n.stage == stage.id]
        numbers |= {n.id: f"{s}.{i}" for i, n in enumerate(nodes, 1)}
    return numbers


def parts_of(side: Side) -> dict[str, tuple[Part, ...]]:
    """The steps of each stage, by its id."""
    flow = side.flow
    differences = [own(p.at(Level.STEP), side.is_base) for p in side.pairs]
    places = {name: place for s in flow.process.stages for name, place in _placed(s.items)}
    facing = side.pairs[0].other if side.is_base else side.pairs[0].base
    numbers = numbered(flow)
    theirs = {
        name: (numbered(facing)[head], facing.nodes[head].title) for name, head in family(facing).items()
    }
    order = {name: i for i, name in enumerate(facing.nodes)}
    inside: dict[str, list[str]] = {}
    for name, head in family(flow).items():
        inside.setdefault(head, []).append(name)
    found: dict[str, list[Part]] = {s.id: [] for s in flow.process.stages}
    for node in step_nodes(flow):
        fates = [[d[name] for name in inside[node.id]] for d in differences]
        place = places[node.id]
        part = Part(
            id=node.id,
            number=numbers[node.id],
            title=node.title,
            marks=tuple(_mark(own, inside[node.id], side.is_base) for own in fates),
            times=times(node.step) if node.step else (),
            chips=burdens([node.step]) if node.step else (),
            within=place.within,
            aside=node.step is not None and node.step.aside,
            when=_cause(flow, node.id) if node.step and node.step.aside else place.when,
            told=node.step.note if node.step else None,
        )
        kin = [i for d in fates[0] for i in (d.other if side.is_base else d.base)]
        known = tuple(dict.fromkeys(theirs[i] for i in sorted(kin, key=order.__getitem__)))
        if not side.is_base:
            part = replace(part, origin=known, notes=_notes(fates[0][0], numbers, places))
        elif len(fates) == 1:
            part = replace(part, heirs=tuple(number for number, _ in known))
        found[node.stage or ""].append(part)
    return {name: tuple(parts) for name, parts in found.items()}


def _mark(fates: Sequence[Difference], names: Sequence[str], is_base: bool) -> Mark:
    """How a step fares; a call that nothing stands for as such may live on in the steps inside it.

    Args:
        names: the step, or the call and the steps inside it, as `fates` has them.
    """
    whole, *inner = fates
    alike = whole.base if is_base else whole.other
    if any(d.how for d in inner) and (whole.how is None or (len(alike) > 1 and set(alike) <= set(names))):
        return Mark.CHANGED if is_base else Mark.MERGED
    return MARKS[whole.kind]


@dataclass(frozen=True, slots=True)
class _Place:
    within: tuple[Scope, ...] = ()
    when: Text | None = None
    beside: frozenset[str] = frozenset()
    """The parallel blocks around it."""


def _placed(items: Sequence[Item], at: _Place = _Place()) -> Iterator[tuple[str, _Place]]:
    """Each step or call with what it stands inside of. What holds a single step is told beside it."""
    for item in items:
        match item:
            case Step() | Call():
                yield item.id, at
            case Choice():
                for branch in item.branches:
                    # a branch that only leads on has no step to tell of
                    alone = sum(1 for _ in _placed(branch.items)) == 1
                    case = _case(item, branch)
                    scope = Scope(id=f"{item.id}:{branch.id}", title=case)
                    yield from _placed(
                        branch.items,
                        replace(at, when=case)
                        if alone
                        else replace(at, within=(*at.within, scope), when=None),
                    )
            case Parallel():
                sizes = [sum(1 for _ in _placed(b.items)) for b in item.branches]
                beside = sum(map(bool, sizes)) > 1
                for branch in item.branches:
                    inside = at
                    if beside:
                        scope = Scope(id=item.id, title=item.title, parallel=True, branch=branch.id)
                        inside = replace(at, within=(*at.within, scope), beside=at.beside | {item.id})
                    when = branch.title if branch.guard else inside.when
                    yield from _placed(branch.items, replace(inside, when=when))
            case Each():
                scope = Scope(id=item.id, title=FOR_EACH.format(title=item.title), each=True)
                yield from _placed(item.items, replace(at, within=(*at.within, scope), when=None))


def _case(choice: Choice, branch: ChoiceBranch) -> Text:
    """The case of a branch: with the question, where the answer alone would say nothing."""
    title = branch.title
    if title.en in PLAIN or len(title.zh) <= SHORT:
        asked = choice.title.en
        mark = "" if asked.endswith("?") else ":"
        return Text(f"{choice.title.zh}：{title.zh}", f"{asked}{mark} {title.en}")
    return title


def _cause(flow: Flow, name: str) -> Text | None:
    """The events that lead to a step off the main line."""
    events = list(dict.fromkeys(a.title for a in flow.incoming[name]))
    if not events:
        return None
    return Text(OR.zh.join(e.zh for e in events), OR.en.join(e.en for e in events))


def _notes(
    difference: Difference, numbers: Mapping[str, str], places: Mapping[str, _Place]
) -> tuple[Text, ...]:
    """What changed in a step: times and visits in full, the rest by name when there is nothing else.

    That it is now parallel to others is drawn where they stand in one block, and told otherwise.
    """
    notes: list[Text] = []
    mine = frozenset(block for o in difference.other if o in places for block in places[o].beside)
    partners = [
        numbers[p]
        for p in difference.partners
        if p in numbers and (difference.kind != "made_parallel" or not mine & places[p].beside)
    ]
    if partners:
        words = BESIDE if difference.kind == "made_parallel" else APART
        notes.append(words.format(steps=joined([Text(n, n) for n in partners])))
    if len(difference.base) == len(difference.other) == 1:
        told = [c for c in difference.changes if c.aspect in TOLD]
        notes += [CHANGE.format(what=c.title, how=Text(c.tell("zh"), c.tell("en"))) for c in told]
        other = [c for c in difference.changes if c.aspect not in UNTOLD]
        if not notes and other:
            notes.append(NAMED.format(what=joined([c.title for c in other])))
        elif not notes and difference.base_titles != difference.other_titles:
            notes.append(FORMERLY.format(title=difference.base_titles[0]))
    return tuple(notes)

"""Laws of comparison, over random processes and random edits of them."""

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from jianban.workflows.comparison.differences import Difference
from jianban.workflows.comparison.elements import ELEMENTS, Level, step_nodes
from jianban.workflows.comparison.pairs import differences, match_variants
from jianban.workflows.compiler import compile_process
from jianban.workflows.flow import Flow
from jianban.workflows.language.model import Call, Item, Process, Stage, Step
from tests.strategies import flows, processes

MIRROR = {
    "removed": "added",
    "added": "removed",
    "merged": "split",
    "split": "merged",
    "made_parallel": "made_sequential",
    "made_sequential": "made_parallel",
}
WHOLE = [level for level in Level if level not in (Level.LIMIT, Level.VISIT)]
"""The levels on which every element has a difference."""


def compared(base: Flow, other: Flow) -> tuple[Difference, ...]:
    return differences(base, other, match_variants(base, other))


@st.composite
def edited(draw: st.DrawFn) -> tuple[Flow, Flow]:
    """A process, and the same with stages reordered, calls renamed, and some steps retitled, merged or given
    more visits."""
    process: Process = draw(processes(calls=True))
    ids = [n.id for n in step_nodes(compile_process(process))]

    def step(s: Step) -> Step:
        match draw(st.sampled_from(("same", "same", "visits", "replaces", "retitled"))):
            case "visits":
                return replace(s, visits=s.visits + 1)
            case "replaces":
                return replace(s, replaces=(draw(st.sampled_from(ids)),))
            case "retitled":
                return replace(s, title=replace(s.title, zh=s.title.zh + "（改）"))
        return s

    def call(c: Call) -> Call:
        inner = [s.id for stage in c.process.stages for s in stage.items if isinstance(s, Step)]
        # where nothing leads to it, it may have another id
        id_ = c.id + "x" if repr(process).count(repr(c.id)) == 1 and draw(st.booleans()) else c.id
        match draw(st.sampled_from(("same", "renamed", "replaces", "by step"))):
            case "renamed":
                return replace(c, id=id_, replaces=(c.id,))
            case "replaces":
                return replace(c, replaces=(draw(st.sampled_from(ids)),))
            case "by step" if inner:
                told = draw(st.sampled_from(inner)), (draw(st.sampled_from(ids)),)
                return replace(c, id=id_, replaced_by_step=(told,))
        return c

    def item(i: Item) -> Item:
        return step(i) if isinstance(i, Step) else call(i) if isinstance(i, Call) else i

    def stage(s: Stage) -> Stage:
        return replace(s, items=tuple(map(item, s.items)))

    stages = tuple(draw(st.permutations([stage(s) for s in process.stages])))
    return compile_process(process), compile_process(replace(process, stages=stages, variant_of=process.key))


@given(flows(calls=True))
def test_a_process_compared_with_itself_is_all_kept(flow: Flow) -> None:
    assert {d.kind for d in compared(flow, flow)} == {"kept"}


@given(edited())
def test_everything_is_in_exactly_one_difference_of_its_level(pair: tuple[Flow, Flow]) -> None:
    found = compared(*pair)
    for level in WHOLE:
        for flow, side in zip(pair, ("base", "other"), strict=True):
            told = Counter(i for d in found if d.level is level for i in getattr(d, side))
            assert told == Counter(e.id for e in ELEMENTS[level](flow))


@given(edited())
def test_swapped_variants_mirror_their_differences(pair: tuple[Flow, Flow]) -> None:
    there, back = compared(*pair), compared(*reversed(pair))
    forth = {(d.level, d.kind, frozenset(d.base), frozenset(d.other)) for d in there}
    mirrored = {(d.level, MIRROR.get(d.kind, d.kind), frozenset(d.other), frozenset(d.base)) for d in back}
    # which of two steps that changed places counts as the moved one depends on where one starts from
    moved = {"moved", "changed", "kept"}
    assert {f for f in forth if f[1] not in moved} == {m for m in mirrored if m[1] not in moved}
    assert {(f[0], *f[2:]) for f in forth if f[1] in moved} == {
        (m[0], *m[2:]) for m in mirrored if m[1] in moved
    }


@given(edited())
def test_a_change_has_two_sides_that_differ(pair: tuple[Flow, Flow]) -> None:
    for difference in compared(*pair):
        for change in difference.changes:
            assert [i.key for i in change.before] != [i.key for i in change.after]
            assert change.tell("zh")
            assert change.tell("en")
        if difference.kind == "changed":
            assert difference.changes

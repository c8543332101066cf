"""What only one variant allows: against examples, and against all runs listed one by one."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from jianban.workflows.analysis.soundness.net import Net, net_of
from jianban.workflows.comparison.behaviour import Behaviour, Possibility, behaviour, bundled
from jianban.workflows.comparison.elements import Level
from jianban.workflows.comparison.links import How
from jianban.workflows.comparison.matching import Group
from jianban.workflows.comparison.pairs import match_variants
from jianban.workflows.comparison.runs import CLOSED, Runs
from jianban.workflows.flow import Flow, NodeKind
from jianban.workflows.language.model import Outcome
from tests.comparison.variants import call, calling, parallel, stage, step, variant
from tests.effort import examples
from tests.strategies import flows

Fact = tuple[object, ...]
Run = tuple[tuple[str, ...], str, Outcome]
"""The steps in the order in which they are first dealt with, the last one dealt with, and the outcome."""
small = flows(max_items=6, calls=True)


def between(base: Flow, other: Flow, bound: int = 5_000) -> Behaviour:
    return behaviour(base, other, match_variants(base, other).groups[Level.STEP], bound)


def told(found: Behaviour) -> list[tuple[str, str, list[str]]]:
    return [(p.only, p.text.en, [f.step for f in p.trace]) for p in found.possibilities]


LINE = variant("line", stage("only", step("w"), step("x"), step("y"), step("z")))


def test_the_same_behaviour_under_other_names_is_no_difference() -> None:
    other = variant(
        "other", stage("only", step("w"), step("both", "replaces: [x, y]"), step("z"), step("extra"))
    )
    found = between(LINE, other)
    assert found.possibilities == ()
    assert found.decided


def test_side_by_side_allows_an_order_that_a_line_does_not() -> None:
    other = variant("other", stage("only", step("w"), parallel("p", (step("x"),), (step("y"),)), step("z")))
    assert told(between(LINE, other)) == [("other", "“y” can come before “x”", ["w", "y", "x"])]
    assert told(between(other, LINE)) == [("base", "“y” can come before “x”", ["w", "y", "x"])]


def test_an_outcome_a_step_that_ends_and_a_step_to_skip() -> None:
    refuse = """
        on:
          complete: next
          refuse: {to: refused, title: {zh: 否, en: Refuse}}
          skip: {to: z, title: {zh: 跳, en: Skip}}
        """
    other = variant("other", stage("only", step("w"), step("x", refuse), step("y"), step("z")))
    assert told(between(LINE, other)) == [
        ("other", "can end refused", ["w", "x"]),
        ("other", "can be granted without “y”", ["w", "x", "z"]),
    ]
    late = variant("late", stage("only", step("w"), step("x"), step("y", refuse), step("z")))
    assert ("base", "“x” can lead straight to “refused”", ["w", "x"]) in told(between(other, late))


def test_a_call_stands_for_the_steps_in_it() -> None:
    other_way = call("call", variant("called", stage("inner", step("one"), step("two"))), "x", "y")
    other = calling(variant("outer", stage("only", step("w"), step("call"), step("z"))), other_way)
    assert between(LINE, other).possibilities == ()
    early = calling(variant("outer", stage("only", step("call"), step("w"), step("z"))), other_way)
    assert told(between(LINE, early)) == [
        ("base", "“w” can come before “x, y”", ["w", "x"]),
        ("other", "“one, two” can come before “w”", ["call.one", "call.two", "w"]),
    ]


def test_a_step_dropped_from_a_call_does_not_stand_for_the_call() -> None:
    called = variant("called", stage("inner", step("x"), step("y")))
    base = calling(variant("base", stage("only", step("w"), step("call"))), call("call", called))
    other = variant(
        "other", stage("only", step("y", "replaces: [call.y]"), step("w")), of="test/base@2024-01"
    )
    assert told(between(base, other)) == [
        ("base", "“w” can come before “y”", ["w", "call.x", "call.y"]),
        ("other", "“y” can come before “w”", ["y", "w"]),
    ]


def test_orders_that_share_a_step_are_told_together() -> None:
    other = variant("other", stage("only", parallel("p", (step("z"),), (step("w"), step("x"), step("y")))))
    sentences = [text.en for text, _ in bundled(between(LINE, other).possibilities)]
    assert sentences == ["“z” can come before “w”, “x”, “y”"]


def test_a_search_that_meets_its_bound_claims_nothing() -> None:
    wide = parallel("p", *((step(f"a{i}"), step(f"b{i}")) for i in range(9)))
    other = variant("other", stage("only", wide, step("w"), step("x"), step("y"), step("z")))
    found = between(LINE, other, bound=500)
    assert found.complete == (True, False)
    assert not found.decided
    assert {p.only for p in found.possibilities} <= {"other"}


def resting(net: Net) -> set[frozenset[str]]:
    """The nodes tokens rest on, over all reachable markings of the net."""
    seen, todo, found = {net.initial}, [net.initial], set()
    while todo:
        marking = todo.pop()
        tokens = net.resting(marking)
        if tokens is not None:
            found.add(frozenset(node for node, _ in tokens))
        for transition in net.enabled(marking):
            after = net.fire(marking, transition)
            if after not in seen:
                seen.add(after)
                todo.append(after)
    return found


@given(small)
@examples(60)
def test_runs_reach_the_states_of_the_net(flow: Flow) -> None:
    runs = Runs(flow)
    nodes = list(flow.nodes.values())
    reached = {
        frozenset(nodes[i].id for i in marking if i != CLOSED and nodes[i].kind is not NodeKind.DONE)
        for marking in runs.markings
    }
    assert reached == resting(net_of(flow))


def every_run(runs: Runs, most: int = 3000) -> list[Run] | None:
    """Every run, one by one; None if there are too many."""

    def walk(state: int, word: tuple[str, ...], last: str) -> Iterator[Run]:
        end = runs.ends.get(state)
        if end is not None and end.end is not None:
            yield word, last, end.end.outcome
        for edge in runs.leaving[state]:
            step = edge.arc.source
            yield from walk(edge.target, word if step in word else (*word, step), step)

    found: list[Run] = []
    for start in runs.starts:
        for run in walk(start, (), ""):
            found.append(run)
            if len(found) > most:
                return None
    return found


def facts(runs: list[Run], steps: list[str]) -> set[Fact]:
    """What the runs show, straight from the definition of each kind of fact."""
    shown: set[Fact] = set()
    for word, last, outcome in runs:
        shown.add(("outcome", outcome))
        if outcome is Outcome.GRANTED:
            shown |= {("without", s) for s in steps if s not in word}
        elif last in steps:
            shown.add(("ends_at", last, outcome))
        known = [s for s in word if s in steps]
        shown |= {("before", a, b) for i, a in enumerate(known) for b in known[i + 1 :]}
    return shown


def fact(possibility: Possibility) -> Fact:
    step, then = (m.ids[0] if m else None for m in (possibility.step, possibility.then))
    match possibility.kind:
        case "outcome":
            return ("outcome", possibility.outcome)
        case "ends_at":
            return ("ends_at", step, possibility.outcome)
        case "without":
            return ("without", step)
    return ("before", step, then)


def closure(found: set[Fact], orders: set[Fact]) -> set[Fact]:
    """The orders among `orders` that follow from the found ones by way of further steps."""
    pairs = {f[1:] for f in found if f[0] == "before"}
    grown = True
    while grown:
        more = {(a, d) for a, b in pairs for c, d in pairs if b == c and a != d}
        grown = not more <= pairs
        pairs |= more
    return {f for f in orders if f[1:] in pairs}


@given(small, small)
@examples(60)
def test_differences_are_those_of_all_runs(base: Flow, other: Flow) -> None:
    ours, theirs = Runs(base), Runs(other)
    every = [every_run(ours), every_run(theirs)]
    if None in every:
        return
    steps = [n.id for n in base.steps if n.id in {m.id for m in other.steps}]
    found = behaviour(base, other, [Group(base=(s,), other=(s,), how=How.ID) for s in steps])
    shown = [facts(runs or [], steps) for runs in every]
    outcomes = [{f[1] for f in s if f[0] == "outcome"} for s in shown]
    for side, (mine, yours) in {"base": (0, 1), "other": (1, 0)}.items():
        # where an outcome is new altogether, the steps that lead to it are not told as well
        expected = {
            f
            for f in shown[mine] - shown[yours]
            if (f[0] != "ends_at" or f[2] in outcomes[yours])
            and (f[0] != "without" or Outcome.GRANTED in outcomes[yours])
        }
        possible = {fact(p) for p in found.possibilities if p.only == side}
        assert possible <= expected
        orders = {f for f in expected if f[0] == "before"}
        assert expected - orders == {f for f in possible if f[0] != "before"}
        assert closure(possible, orders) == orders


@given(small, st.data())
@examples(60)
def test_a_trace_is_a_run_of_its_variant(flow: Flow, data: st.DataObject) -> None:
    other = data.draw(small)
    for possibility in between(flow, other).possibilities:
        runs = Runs(flow if possibility.only == "base" else other)
        states = set(runs.starts)
        for firing in possibility.trace:
            states = {
                e.target
                for s in states
                for e in runs.leaving[s]
                if (e.arc.source, e.arc.event) == (firing.step, firing.event)
            }
        assert states

"""What one variant allows to happen and the other doesn't: outcomes, and orders of the steps both have.

All runs of both variants are searched, as far as a bound (see `runs`). Of each run counts the order in which
matched steps are first dealt with, and how it ends. Steps that only one variant has are passed over in
silence. A merged step stands for all it merged: it is dealt with when the first of them is.

Something found in one variant and absent from a complete search of the other is a difference, with the
shortest run that shows it. Where the other's search met the bound, nothing is claimed.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from jianban.workflows.comparison.matching import Group
from jianban.workflows.comparison.runs import BOUND, Edge, Runs
from jianban.workflows.flow import Arc, Flow, NodeKind
from jianban.workflows.language.model import Outcome
from jianban.workflows.language.terms import Cause
from jianban.workflows.texts import Lang, Text
from jianban.workflows.wording import OUTCOMES

OUTCOME = Text("能以“{outcome}”告终", "can end {outcome}")
ENDS_AT = Text("能在“{step}”直接以“{outcome}”告终", "“{step}” can lead straight to “{outcome}”")
WITHOUT = Text("不经“{step}”也能准予", "can be granted without “{step}”")
BEFORE = Text("“{step}”能先于“{then}”", "“{step}” can come before “{then}”")
QUOTED = Text("”“", "”, “")
FIRED = Text("{step}：{event}", "{step}: {event}")
FIRED_BY = Text("{who}·{step}：{event}", "{who} · {step}: {event}")
LINK = Text("、", ", ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """One thing that happens in a run."""

    step: str
    """The node id of the step."""
    event: str
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """A matched step, as the variant that allows something has it."""

    ids: tuple[str, ...]
    """Node ids; several where steps are merged."""
    title: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Possibility:
    """Something that one variant allows and the other doesn't."""

    kind: str
    """`outcome`, `ends_at`, `without` or `before`."""
    only: str
    """`base` or `other`: the variant that allows it."""
    outcome: Outcome | None = None
    step: Matched | None = None
    then: Matched | None = None
    """For `before` the step that comes second."""
    text: Text
    trace: tuple[Firing, ...]
    """A shortest run that shows it."""

    def story(self, lang: Lang) -> list[str]:
        return [f.text.get(lang) for f in self.trace]


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """The behavioural difference of two variants."""

    possibilities: tuple[Possibility, ...]
    complete: tuple[bool, bool]
    """For the base and the other variant: whether all of its runs were searched."""
    bound: int
    """How many states a search may look at."""

    @property
    def decided(self) -> bool:
        """True when both searches were complete: what is not listed is no difference."""
        return all(self.complete)


def behaviour(base: Flow, other: Flow, groups: Sequence[Group], bound: int = BOUND) -> Behaviour:
    """Search both variants for what only one of them allows.

    Args:
        groups: the matched steps, as `matching` groups them.
        bound: how many states to look at in each variant.
    """
    matched = [g for g in groups if g.how]
    ours = _dealt_with(base, [g.base for g in matched])
    theirs = _dealt_with(other, [g.other for g in matched])
    both = [at for at in range(len(matched)) if ours[at] and theirs[at]]
    sides = (
        _Side(Runs(base, bound), "base", [ours[at] for at in both]),
        _Side(Runs(other, bound), "other", [theirs[at] for at in both]),
    )
    found = [p for one, two in (sides, sides[::-1]) if two.runs.complete for p in one.beyond(two)]
    return Behaviour(
        possibilities=tuple(found), complete=(sides[0].runs.complete, sides[1].runs.complete), bound=bound
    )


def _dealt_with(flow: Flow, groups: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The steps of each group; a call stands for the steps in it if none of them is matched itself."""
    own = {name for group in groups for name in group}
    inside: dict[str, list[str]] = {name: [] for name in own if flow.nodes[name].kind is NodeKind.CALL}
    for call, steps in inside.items():
        within = f"{call}."
        if not any(name.startswith(within) for name in own):
            steps += (node.id for node in flow.steps if node.id.startswith(within))
    return [tuple(step for name in group for step in inside.get(name, [name])) for group in groups]


class _Side:
    """What one variant allows, over matched steps numbered alike in both; sets of them are bits."""

    def __init__(self, runs: Runs, name: str, groups: Sequence[tuple[str, ...]]) -> None:
        self.runs = runs
        self.name = name
        self.groups = groups
        self.label = {step: i for i, group in enumerate(groups) for step in group}
        self.firings: dict[str, Firing] = {}
        self.without = self._without()
        self.ahead = self._ahead()
        self.outcomes = {o: None for n in runs.ends.values() if n.end for o in [n.end.outcome]}
        self.ends_at = self._ends_at()
        self.skipped = self._skipped()
        self.before = self._before()

    def beyond(self, other: _Side) -> Iterable[Possibility]:
        for outcome in self.outcomes:
            if outcome not in other.outcomes:
                text = OUTCOME.format(outcome=OUTCOMES[outcome])
                yield self._possibility("outcome", text, self._to_end(outcome), outcome=outcome)
        for step, outcome in self.ends_at:
            if (step, outcome) not in other.ends_at and outcome in other.outcomes:
                text = ENDS_AT.format(step=self._title(step), outcome=OUTCOMES[outcome])
                trace = self._to_end(outcome, last=step)
                yield self._possibility("ends_at", text, trace, step=step, outcome=outcome)
        if Outcome.GRANTED in other.outcomes:
            for step in _bits(self.skipped & ~other.skipped):
                text = WITHOUT.format(step=self._title(step))
                trace = self._to_end(Outcome.GRANTED, avoiding=step)
                yield self._possibility("without", text, trace, step=step)
        orders = {(a, b) for a, ours in enumerate(self.before) for b in _bits(ours & ~other.before[a])}
        for step, then in _covering(orders):
            text = BEFORE.format(step=self._title(step), then=self._title(then))
            yield self._possibility("before", text, self._order(step, then), step=step, then=then)

    def _possibility(
        self,
        kind: str,
        text: Text,
        trace: Sequence[Edge],
        *,
        step: int | None = None,
        then: int | None = None,
        outcome: Outcome | None = None,
    ) -> Possibility:
        return Possibility(
            kind=kind,
            only=self.name,
            outcome=outcome,
            step=self._matched(step),
            then=self._matched(then),
            text=text,
            trace=tuple(self._firing(e.arc) for e in trace),
        )

    def _firing(self, arc: Arc) -> Firing:
        if (known := self.firings.get(arc.id)) is not None:
            return known
        node = self.runs.flow.nodes[arc.source]
        words, who = FIRED, Text("", "")
        if arc.cause is Cause.ACTOR and (by := arc.by or (node.step.by if node.step else ())):
            words, who = FIRED_BY, by[0].title
        self.firings[arc.id] = firing = Firing(
            step=node.id, event=arc.event, text=words.format(who=who, step=node.title, event=arc.title)
        )
        return firing

    def _matched(self, step: int | None) -> Matched | None:
        return None if step is None else Matched(ids=self.groups[step], title=self._title(step))

    def _title(self, step: int) -> Text:
        titles = [self.runs.flow.nodes[s].title for s in self.groups[step]]
        return Text(*(LINK.get(lang).join(t.get(lang) for t in titles) for lang in ("zh", "en")))

    def _bit(self, edge: Edge) -> int:
        step = self.label.get(edge.arc.source)
        return 0 if step is None else 1 << step

    def _labelled(self, edge: Edge, step: int) -> bool:
        return self.label.get(edge.arc.source) == step

    def _ends(self, outcome: Outcome) -> set[int]:
        """The states in which the case has ended so."""
        return {s for s, n in self.runs.ends.items() if n.end and n.end.outcome is outcome}

    def _without(self) -> list[int]:
        """For each state the steps that some run to it did not deal with."""
        every = (1 << len(self.groups)) - 1
        found = [0] * len(self.runs.leaving)
        for start in self.runs.starts:
            found[start] = every
        todo = deque(self.runs.starts)
        while todo:
            state = todo.popleft()
            for edge in self.runs.leaving[state]:
                bits = found[edge.target] | found[state] & ~self._bit(edge)
                if bits != found[edge.target]:
                    found[edge.target] = bits
                    todo.append(edge.target)
        return found

    def _ahead(self) -> list[int]:
        """For each state the steps that some run from it deals with."""
        found = [0] * len(self.runs.leaving)
        todo = deque(reversed(range(len(found))))
        while todo:
            state = todo.popleft()
            for edge in self.runs.entering[state]:
                bits = found[edge.source] | found[state] | self._bit(edge)
                if bits != found[edge.source]:
                    found[edge.source] = bits
                    todo.append(edge.source)
        return found

    def _before(self) -> list[int]:
        """For each step the steps that it can be dealt with before."""
        found = [0] * len(self.groups)
        for edges in self.runs.leaving:
            for edge in edges:
                step = self.label.get(edge.arc.source)
                if step is not None:
                    found[step] |= self.without[edge.source] & self.ahead[edge.target] & ~(1 << step)
        return found

    def _ends_at(self) -> Mapping[tuple[int, Outcome], None]:
        found: dict[tuple[int, Outcome], None] = {}
        for state, node in self.runs.ends.items():
            for edge in self.runs.entering[state]:
                step = self.label.get(edge.arc.source)
                if step is not None and node.end and node.end.outcome is not Outcome.GRANTED:
                    found[step, node.end.outcome] = None
        return dict(sorted(found.items()))

    def _skipped(self) -> int:
        """The steps without which a case can be granted."""
        found = 0
        for state, node in self.runs.ends.items():
            if node.end and node.end.success:
                found |= self.without[state]
        return found

    def _to_end(
        self, outcome: Outcome, *, last: int | None = None, avoiding: int | None = None
    ) -> list[Edge]:
        """A shortest run that ends so, by dealing with `last`; it may have no step at all."""
        ends = self._ends(outcome)
        if last is None and not ends.isdisjoint(self.runs.starts):
            return []
        return self._path(
            lambda e: e.target in ends and (last is None or self._labelled(e, last)), avoiding=avoiding
        )

    def _order(self, step: int, then: int) -> list[Edge]:
        """A shortest run that deals with `step` first, and later with `then`."""
        first = self._path(
            lambda e: self._labelled(e, step) and bool(self.ahead[e.target] >> then & 1), avoiding=then
        )
        return first + self._path(lambda e: self._labelled(e, then), start=[first[-1].target])

    def _path(
        self,
        wanted: Callable[[Edge], bool],
        *,
        avoiding: int | None = None,
        start: Iterable[int] | None = None,
    ) -> list[Edge]:
        """A shortest run to an edge that is wanted; there is one."""
        starts = list(self.runs.starts if start is None else start)
        came: dict[int, Edge | None] = dict.fromkeys(starts)
        todo = deque(starts)
        while todo:
            state = todo.popleft()
            for edge in self.runs.leaving[state]:
                if avoiding is not None and self._labelled(edge, avoiding):
                    continue
                if wanted(edge):
                    path = [edge]
                    while (last := came[path[-1].source]) is not None:
                        path.append(last)
                    return path[::-1]
                if edge.target not in came:
                    came[edge.target] = edge
                    todo.append(edge.target)
        raise AssertionError("a possibility without a run")


def bundled(possibilities: Sequence[Possibility]) -> list[tuple[Text, Possibility]]:
    """Possibilities told together: orders that share a step in one sentence, with the run of the first."""
    orders = [p for p in possibilities if p.kind == "before"]
    told = [(p.text, p) for p in possibilities if p.kind != "before"]
    while orders:
        times = Counter(key for p in orders for key in (("step", p.step), ("then", p.then)))
        (end, shared), _ = max(times.items(), key=lambda item: item[1])
        some = [p for p in orders if getattr(p, end) == shared]
        titles = {
            name: list(dict.fromkeys(m.title for p in some if (m := getattr(p, name)) is not None))
            for name in ("step", "then")
        }
        told.append((BEFORE.format(**{name: _listed(t) for name, t in titles.items()}), some[0]))
        orders = [p for p in orders if p not in some]
    return told


def _listed(titles: Sequence[Text]) -> Text:
    return Text(QUOTED.zh.join(t.zh for t in titles), QUOTED.en.join(t.en for t in titles))


def _bits(bits: int) -> list[int]:
    return [i for i in range(bits.bit_length()) if bits >> i & 1]


def _covering(pairs: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """Pairs from which the others follow by way of further steps; near pairs are preferred to far ones."""
    after: dict[int, set[int]] = {}
    ahead: dict[int, set[int]] = {}
    for a, b in pairs:
        after.setdefault(a, set()).add(b)
        ahead.setdefault(b, set()).add(a)
    for a, b in sorted(pairs, key=lambda p: (-abs(p[1] - p[0]), p)):
        if (after[a] & ahead[b]) - {a, b}:
            after[a].discard(b)
            ahead[b].discard(a)
    return sorted((a, b) for a, some in after.items() for b in some)

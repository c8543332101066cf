"""Data to try: for each field the values at which conditions may change, and assignments that decide them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from jianban.engine.plan import Condition, Plan
from jianban.engine.state import Instance, Value
from jianban.workflows.language.terms import DataField, DataKind

MAX_VALUES = 16
"""Values tried of one field."""
MAX_ASSIGNMENTS = 4_000
"""Assignments tried for one event."""


class Samples:
    """The values worth trying of each field of a flow."""

    def __init__(self, plan: Plan, today: date) -> None:
        self.plan = plan
        conditions = [a.condition for a in (*plan.arcs.values(), *plan.anywhere.values())]
        for node in plan.nodes.values():
            conditions += [*(c.condition for c in node.children), *node.eligible]
        conditions += plan.eligible
        constants = tuple(dict.fromkeys(v for c in conditions if c is not None for v in c.constants))
        self.values: Mapping[str, tuple[Value, ...]] = {
            name: tuple(dict.fromkeys(_values(field, constants, today)))[:MAX_VALUES]
            for name, field in plan.fields.items()
        }

    def assignments(
        self,
        data: tuple[Value, ...],
        instances: tuple[Instance, ...],
        *,
        required: Sequence[Condition] = (),
        open_: Sequence[Condition] = (),
        wanted: Iterable[str] = (),
    ) -> Iterator[dict[str, Value]]:
        """Values for fields, one assignment for each way the open conditions can turn out.

        Args:
            required: must hold.
            open_: may hold or not.
            wanted: further fields that must have a value; each of their values counts as a way of its own.
        """
        names = list(self.plan.fields)
        wanted = tuple(dict.fromkeys(wanted))
        free = tuple(dict.fromkeys((*wanted, *(n for c in open_ for n in c.names))))
        rest = tuple(dict.fromkeys(n for c in required for n in c.names if n not in free))
        current = dict(zip(names, data, strict=True))
        tries = MAX_ASSIGNMENTS

        def values(name: str) -> Iterator[Value]:
            if current[name] is not None:
                yield current[name]
            yield from (v for v in self.values[name] if v != current[name])

        def holds(condition: Condition, values: Mapping[str, Value]) -> bool:
            return bool(condition(tuple(values[n] for n in names), instances))

        def assign(
            todo: tuple[str, ...], values_: dict[str, Value], fixed: set[str]
        ) -> Iterator[dict[str, Value]]:
            nonlocal tries
            tries -= 1
            if tries < 0:
                return
            if not todo:
                yield values_
                return
            known = fixed | {todo[0]}
            decided = [c for c in required if todo[0] in c.names and known.issuperset(c.names)]
            for value in values(todo[0]):
                tried = {**values_, todo[0]: value}
                if all(holds(c, tried) for c in decided):
                    yield from assign(todo[1:], tried, known)

        seen: set[tuple[object, ...]] = set()
        for ways in assign(free, current, set()):
            way = (*(ways[n] for n in wanted), *(holds(c, ways) for c in open_))
            if way in seen:
                continue
            whole = next(assign(rest, ways, set(free)), None)
            if whole is not None:
                seen.add(way)
                yield {n: v for n, v in whole.items() if n in free or n in rest}


def _values(field: DataField, constants: Sequence[str | int | float], today: date) -> Iterator[Value]:
    if field.default is not None:
        yield field.default
    texts = [c for c in constants if isinstance(c, str)]
    numbers = [c for c in constants if not isinstance(c, str)]
    options = [o for o, _title in field.options]
    match field.kind:
        case DataKind.BOOL:
            yield from (False, True)
        case DataKind.ENUM:
            yield from options
        case DataKind.TEXT:
            yield from ("a", *texts)
        case DataKind.INT | DataKind.MONEY:
            whole = [c for c in numbers if isinstance(c, int)]
            yield from (0, 1, *(c + d for c in whole for d in (0, 1, -1)))
        case DataKind.NUMBER:
            yield from (0.0, 1.0, *(float(c) + d for c in numbers for d in (0.0, 0.5, -0.5)))
        case DataKind.DATE:
            days = [d for d in map(_day, texts) if d is not None]
            yield from (
                today,
                today + timedelta(days=1),
                *(d + timedelta(days=n) for d in days for n in (0, 1, -1)),
            )
        case DataKind.LIST:
            items = options or texts or ["a"]
            longest = max([2, *(c + 1 for c in numbers if isinstance(c, int) and c < MAX_VALUES)])
            yield ()
            yield from ((item,) for item in items)
            yield from (tuple((items * n)[:n]) for n in range(2, longest + 1))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

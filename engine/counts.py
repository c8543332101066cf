"""How many cases there are, by what they are and where they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, or_, select

from jianban.engine.cases import Cases, Filter
from jianban.engine.codec import state_of
from jianban.engine.deadlines import Light
from jianban.engine.pages import plans
from jianban.engine.plan import Plan
from jianban.engine.planning import plan_of
from jianban.engine.refusals import listed
from jianban.engine.standing import WATCHING
from jianban.engine.store.store import Status
from jianban.engine.store.tables import cases
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.texts import Text

COLUMNS = ("status", "process", "end", "subject", "business_key")
STANDING = ("step", "role", "agency")
"""What a case is at each of its steps, as its definition tells."""
GROUPS = (*COLUMNS, "light", *STANDING, "state")
"""What cases can be counted by."""
KNOWN = Text("、".join(GROUPS), ", ".join(GROUPS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    by: Mapping[str, str | None]
    """The value of each thing counted by."""
    count: int
    titles: Mapping[str, Text] = field(default_factory=dict)
    """What those values are called of which definitions tell it: processes, ends, steps, roles, agencies and
    states. Where definitions call one differently, all its titles."""


class Counts:
    def __init__(self, cases: Cases) -> None:
        self.cases = cases
        self.library = cases.shell.library

    def count(self, now: datetime, wanted: Filter, by: Sequence[str] = ()) -> list[Count]:
        """How many cases there are, for each value of what is counted by.

        A case that stands at several steps counts at each.

        Args:
            by: any of `GROUPS`; an empty sequence counts all together. A `state` is `ended:` and the end,
                `suspended:` and the event that suspended it, which says why, or `open:` and a stage.

        Raises:
            JianbanError: there is nothing of that name to count by.
        """
        for name in by:
            if name not in GROUPS:
                raise JianbanError(NO_GROUP.format(name=name, known=KNOWN))
        today = now.date()
        with self.cases.store.reading() as connection:
            ranges = self.cases.ranges(connection, wanted)
            if not ranges:
                return [] if by else [Count(by={}, count=0)]
            where = [or_(*ranges), *self.cases.rest(connection, wanted, today)]
            found = self._counted(connection, where, by, today)
            called = _Titles(plans(connection, self.library)) if set(by) - {"status", "light"} else None
        found = sorted(
            found.items(), key=lambda each: [(value is not None, value or "") for value in each[0]]
        )
        return [
            Count(
                by=dict(zip(by, values, strict=True)),
                count=n,
                titles=called.of(by, values) if called is not None else {},
            )
            for values, n in found
        ]

    def _counted(
        self, connection: Connection, where: Sequence[ColumnElement[bool]], by: Sequence[str], today: date
    ) -> Counter[tuple[str | None, ...]]:
        plain = [name for name in by if name not in STANDING and name != "state"]
        columns: list[Any] = [_group(name, today).label(f"by_{name}") for name in plain]
        if len(plain) < len(by):
            columns += [cases.c.definition, cases.c.steps]
        if "state" in by:
            suspended = case((cases.c.status == Status.SUSPENDED, cases.c.state))
            columns += [cases.c.status, cases.c.end, suspended.label("suspended")]
        query: Any = select(*columns, func.count().label("number")).select_from(cases).where(*where)
        if columns:
            query = query.group_by(*columns)
        found: Counter[tuple[str | None, ...]] = Counter()
        for row in connection.execute(query):
            known = {name: getattr(row, f"by_{name}") for name in plain}
            each = self._each(row, by, known) if len(plain) < len(by) else [known]
            found.update(dict.fromkeys((tuple(one[name] for name in by) for one in each), row.number))
        return found

    def _each(
        self, row: Any, by: Sequence[str], known: dict[str, str | None]
    ) -> Iterator[dict[str, str | None]]:
        """What cases that stand at the same steps count for."""
        plan = plan_of(self.library.by_hash(row.definition))
        for step in row.steps.split() or ([] if set(STANDING) & set(by) else [None]):
            state = {"state": _state(plan, row, step)} if "state" in by else {}
            for watching in plan.nodes[step].waiting if step is not None else ("",):
                role = watching.removeprefix(WATCHING)
                its = plan.roles.get(role)
                agency = its.agency.id if its is not None else None
                yield known | state | {"step": step, "role": role, "agency": agency}


class _Titles:
    """What the values counted by are called in the definitions of a database."""

    def __init__(self, plans: Sequence[Plan]) -> None:
        self._found: dict[tuple[str, str], dict[Text, None]] = {}
        for plan in plans:
            flow = plan.flow
            self._add("process", flow.process.key, flow.process.title)
            for role in plan.roles.values():
                self._add("role", role.id, role.title)
                self._add("agency", role.agency.id, role.agency.title)
            for node in flow.nodes.values():
                kind = "end" if node.end is not None else "step"
                self._add(kind, node.id, node.title)
                if node.end is not None:
                    self._add("state", f"{Status.ENDED}:{node.id}", node.title)
            for event, anywhere in plan.anywhere.items():
                self._add("state", f"{Status.SUSPENDED}:{event}", anywhere.anywhere.title)
            for stage in flow.process.stages:
                self._add("state", f"{Status.OPEN}:{stage.id}", stage.title)

    def _add(self, kind: str, value: str, title: Text) -> None:
        self._found.setdefault((kind, value), {})[title] = None

    def of(self, by: Sequence[str], values: Sequence[str | None]) -> dict[str, Text]:
        named = ((name, self._found.get((name, value or ""))) for name, value in zip(by, values, strict=True))
        return {name: listed(titles) for name, titles in named if titles}


def _state(plan: Plan, row: Any, step: str | None) -> str | None:
    status = Status(row.status)
    match status:
        case Status.ENDED:
            return f"{status}:{row.end}"
        case Status.SUSPENDED:
            suspension = state_of(plan, row.suspended).memory.suspension
            return f"{status}:{suspension.by.event}" if suspension is not None else None
        case Status.OPEN:
            node = plan.nodes.get(step or "")
            return f"{status}:{node.node.stage}" if node is not None else None


def _group(name: str, today: date) -> ColumnElement[Any]:
    match name:
        case "light":
            return case(
                (cases.c.red < today, Light.RED.value),
                (cases.c.yellow < today, Light.YELLOW.value),
                else_=Light.GREEN.value,
            )
        case _:
            return cases.c[name]


NO_GROUP = Text(
    "不能按“{name}”统计。可用的有：{known}", "there is no counting by “{name}”. There is: {known}"
)

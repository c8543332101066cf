"""The compiled flow: what every part reads after the language.

A flow is a tree of **regions**. A region is one flat state machine whose states are **nodes** and whose
transitions are **arcs**. A case holds one token in the root region; a fork, a multi-instance block or a
call keeps its token on the block's node and opens one token in each child region; the join moves the
waiting token on. An arc that leads out of its region (to an end, or back to before a fork) leaves all
regions in between, and what still runs in them is cancelled.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from jianban.workflows.language.model import (
    Anywhere,
    Call,
    Choice,
    Each,
    End,
    Join,
    Parallel,
    Process,
    Stage,
    Step,
)
from jianban.workflows.language.terms import (
    NO_BASIS,
    NOWHERE,
    Awaited,
    Basis,
    Cause,
    Duration,
    Guard,
    Origin,
    Position,
    Role,
    Send,
)
from jianban.workflows.language.wire import freeze
from jianban.workflows.texts import Text

ROOT = "main"
JOINED = "joined"


class NodeKind(StrEnum):
    STEP = "step"
    CHOICE = "choice"
    FORK = "fork"
    """Opens one token in each live branch and waits for the join."""
    EACH = "each"
    """Opens one token per item of a list."""
    CALL = "call"
    """Waits while the called process runs in its child region."""
    DONE = "done"
    """The end of a child region; in a called process, one per end of it."""
    END = "end"
    """An end of the case; only in the root region."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    id: str
    """Unique in the flow; nodes of a called process are prefixed with the call's id and a dot."""
    kind: NodeKind
    title: Text
    region: str
    stage: str | None = None
    """The stage it stands in; None for ends."""
    step: Step | None = None
    block: Choice | Parallel | Each | Call | None = None
    children: tuple[str, ...] = ()
    """The regions a FORK, EACH or CALL opens, in order of declaration."""
    join: Join | None = None
    end: End | None = None
    position: Position = field(default=NOWHERE, compare=False)

    @property
    def automatic(self) -> bool:
        """True when no token ever rests here (a choice is left at once)."""
        return self.kind is NodeKind.CHOICE


@dataclass(frozen=True, slots=True, kw_only=True)
class Arc:
    """A transition; source and target are node ids."""

    id: str
    """`source:event`, with `#2`, `#3`… where one event has several guarded arcs."""
    source: str
    target: str
    event: str
    title: Text
    cause: Cause
    guard: Guard | None = None
    by: tuple[Role, ...] = ()
    message: Awaited | None = None
    sends: tuple[Send, ...] = ()
    max: int | None = None
    main: bool = False
    after: Duration | None = None
    origin: Origin | None = None
    """What `after` runs from; None: the moment the source is reached."""
    likelihood: float | None = None
    leaves: tuple[str, ...] = ()
    """The regions the token leaves, innermost first; empty for an arc within its region."""
    basis: Basis = NO_BASIS
    position: Position = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    id: str
    title: Text
    initial: str
    nodes: tuple[str, ...]
    """Node ids in order of declaration."""
    owner: str | None = None
    """The FORK, EACH or CALL node that opens it; None for the root."""
    parent: str | None = None
    guard: Guard | None = None
    """The condition of a conditional branch."""


@dataclass(frozen=True, eq=False)
class Flow:
    process: Process
    regions: Mapping[str, Region]
    nodes: Mapping[str, Node]
    arcs: tuple[Arc, ...]
    anywhere: tuple[Anywhere, ...] = ()

    @cached_property
    def hash(self) -> str:
        """The content hash of the definition, sha256 in hex; where the file lies does not matter."""
        return content_hash(self.process)

    @cached_property
    def outgoing(self) -> Mapping[str, tuple[Arc, ...]]:
        return _grouped(self.nodes, self.arcs, "source")

    @cached_property
    def incoming(self) -> Mapping[str, tuple[Arc, ...]]:
        return _grouped(self.nodes, self.arcs, "target")

    @cached_property
    def steps(self) -> tuple[Node, ...]:
        """The step nodes in order of declaration."""
        return tuple(n for n in self.nodes.values() if n.kind is NodeKind.STEP)

    @cached_property
    def ends(self) -> tuple[Node, ...]:
        return tuple(n for n in self.nodes.values() if n.kind is NodeKind.END)

    @property
    def root(self) -> Region:
        return self.regions[ROOT]

    def stage(self, stage_id: str) -> Stage:
        return next(s for s in self.process.stages if s.id == stage_id)

    def ancestors(self, region: str) -> tuple[str, ...]:
        """The region and all that enclose it, innermost first."""
        chain = [region]
        while (parent := self.regions[chain[-1]].parent) is not None:
            chain.append(parent)
        return tuple(chain)


def _grouped(nodes: Iterable[str], arcs: Sequence[Arc], end: str) -> dict[str, tuple[Arc, ...]]:
    groups: dict[str, list[Arc]] = {n: [] for n in nodes}
    for arc in arcs:
        groups[getattr(arc, end)].append(arc)
    return {n: tuple(group) for n, group in groups.items()}


def content_hash(process: Process) -> str:
    return hashlib.sha256(freeze(process)).hexdigest()

"""What a process cites, and the figures that rest on citations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass

from jianban.workflows.language.model import Each, Parallel, Process, Step
from jianban.workflows.language.terms import Basis, Document, Duration, Limit, Origin, Wait
from jianban.workflows.sources.numerals import Stated
from jianban.workflows.texts import Text
from jianban.workflows.wording import format_duration, format_yuan

LIMIT = Text("“{title}”的法定时限{value}", "the statutory limit of “{title}”, {value}")
EXTENSION = Text("“{title}”可延长的{value}", "the extension of “{title}”, {value}")
PROMISE = Text("“{title}”的承诺时限{value}", "the promised limit of “{title}”, {value}")
WAIT = Text("“{title}”的期间{value}", "the period of “{title}”, {value}")
TIMER = Text("“{title}”自行发生前的{value}", "the time until “{title}” happens by itself, {value}")
FEE = Text("“{title}”的收费{value}", "the fee of “{title}”, {value}")
TIMES = Text("“{title}”的次数 {value} 次", "how often “{title}” may happen, {value} times")
COPIES = Text("“{title}”的份数 {value} 份", "the copies of “{title}”, {value}")
NEEDED = Text("“{title}”须完成的 {value} 项", "the branches of “{title}” that are needed, {value}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number of a process that its basis must state."""

    words: Text
    """What it is, with its value."""
    value: Duration | int
    """A length of time, a sum in fen, or a count."""
    money: bool = False
    basis: Basis

    def among(self, stated: Stated) -> bool:
        if isinstance(self.value, Duration):
            return self.value in stated.durations
        return self.value in (stated.fen if self.money else stated.counts)


def bases(process: Process) -> Iterator[Basis]:
    """Every basis of a process, again where it is inherited; not those of the processes it calls."""
    for f in fields(process):
        yield from _bases(getattr(process, f.name))


def _bases(value: object) -> Iterator[Basis]:
    if isinstance(value, Basis):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _bases(one)
    elif is_dataclass(value) and not isinstance(value, Process | Text | Document):
        for f in fields(value):
            yield from _bases(getattr(value, f.name))


def figures(process: Process) -> Iterator[Figure]:
    """Limits, extensions, promises, periods, fees and counts, in order of declaration.

    A count of one says no more than that something happens, and is none.
    """
    yield from _limit(process.title, process.limit)
    for stage in process.stages:
        yield from _limit(stage.title, stage.limit)
        yield from _figures(stage.items)


def _figures(value: object) -> Iterator[Figure]:
    """Those inside items and branches."""
    if isinstance(value, tuple):
        for one in value:
            yield from _figures(one)
    elif isinstance(value, Step):
        yield from _step(value)
    elif is_dataclass(value) and not isinstance(value, Process | Text | Basis):
        if isinstance(value, Parallel | Each):
            yield from _count(NEEDED, value.title, value.join.count, value.basis)
        for name in ("branches", "items", "exits"):
            yield from _figures(getattr(value, name, ()))


def _step(step: Step) -> Iterator[Figure]:
    yield from _limit(step.title, step.limit)
    if step.wait is not None and not _planned(step.wait.origin):
        yield _time(WAIT, step.title, step.wait.duration, step.wait.basis)
    if step.fee is not None:
        value = Text(format_yuan(step.fee.fen, "zh"), format_yuan(step.fee.fen, "en"))
        words = FEE.format(title=step.title, value=value)
        yield Figure(words=words, value=step.fee.fen, money=True, basis=step.fee.basis)
    for use in step.materials:
        yield from _count(COPIES, use.material.title, use.copies, use.basis)
    own = _times(step.limit, step.wait)
    for exit_ in step.exits:
        # what happens when a limit or period has run states no figure of its own
        if exit_.after is not None and exit_.after not in own and not _planned(exit_.origin):
            yield _time(TIMER, exit_.title, exit_.after, exit_.basis)
        yield from _count(TIMES, exit_.title, exit_.max, exit_.basis)


def _planned(origin: Origin | None) -> bool:
    """Whether a period is ended by a date of the case, so that its length is only planned with."""
    return origin is not None and origin.exact


def _limit(title: Text, limit: Limit | None) -> Iterator[Figure]:
    if limit is None:
        return
    for words, duration, basis in (
        (LIMIT, limit.statutory, limit.basis),
        (EXTENSION, limit.extension, limit.basis),
        (PROMISE, limit.promised, limit.promised_basis),
    ):
        if duration is not None:
            yield _time(words, title, duration, basis)


def _time(words: Text, title: Text, duration: Duration, basis: Basis) -> Figure:
    value = Text(format_duration(duration, "zh"), format_duration(duration, "en"))
    return Figure(words=words.format(title=title, value=value), value=duration, basis=basis)


def _times(limit: Limit | None, wait: Wait | None) -> set[Duration | None]:
    found = {limit.statutory, limit.reading} if limit is not None else set()
    return found | ({wait.duration, wait.reading} if wait is not None else set())


def _count(words: Text, title: Text, value: int | None, basis: Basis) -> Iterator[Figure]:
    if value is not None and value > 1:
        yield Figure(words=words.format(title=title, value=value), value=value, basis=basis)

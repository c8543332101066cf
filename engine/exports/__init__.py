"""The record of cases as files: JSON Lines, CSV, XES and OCEL 2.0.

A `Trace` is one case with its entries; every format is a function from traces to pieces of text, one case at
a time, so that a file of a million cases never stands in memory. `FORMATS` names them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from jianban.engine.exports.jsonl import jsonl
from jianban.engine.exports.ocel import ocel
from jianban.engine.exports.table import table
from jianban.engine.exports.trace import Trace, traces
from jianban.engine.exports.xes import xes
from jianban.workflows.texts import Lang

__all__ = ["FORMATS", "Trace", "jsonl", "ocel", "table", "traces", "xes"]

FORMATS: Mapping[str, Callable[[Iterable[Trace], Lang], Iterator[str]]] = {
    "jsonl": jsonl,
    "csv": table,
    "xes": xes,
    "ocel": ocel,
}
"""By the name of the format: the pieces of its file."""

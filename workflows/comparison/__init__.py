"""Comparing variants of a process: `compare([flow, flow, …]).render("terminal", "zh")`.

`matching` finds what stands for what; `pairs` builds the typed `differences` from the `changes` in their
`aspects`; `behaviour` searches all `runs` for what only one variant allows; `measures` stand side by side.
`document` says all of it once, in blocks (`measure_tables` and `source_tables` do their
part), and `terminal`, `markdown` and `html` only lay them out; `plain` is the JSON.

Start reading in `result`.
"""

from jianban.workflows.comparison.matching import Given
from jianban.workflows.comparison.result import Comparison, Pair, compare

__all__ = ["Comparison", "Given", "Pair", "compare"]

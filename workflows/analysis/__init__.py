"""What can be said of a flow without running it: measures, findings, soundness.

- `graph.py`, `typical.py`, `counts.py`, `periods.py`, `timing.py`, `dominance.py`: the exact algorithms that
  the measures share
- `measures/`: one measure per file; start with `measures/__init__.py`
- `rules/`: one lint rule per file
- `soundness/`: can every case end, properly, and can every step happen?

It reads flows, and is read by the comparison and the figures.
"""

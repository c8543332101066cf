"""Registers to draw from."""

from __future__ import annotations

from hypothesis import strategies as st

from jianban.workflows.lots.registers import Registers

CLASSES = "ABC"


@st.composite
def registers(draw: st.DrawFn, *, crowded: bool = False) -> Registers:
    """Some objects and inspectors, with recusals and limits; few of both when `crowded`."""
    objects = {
        f"企业{i}": draw(st.sampled_from(CLASSES)) for i in range(draw(st.integers(1, 6 if crowded else 20)))
    }
    count = draw(st.integers(2, 5 if crowded else 12))
    limits = st.integers(1, 4) if crowded else st.none() | st.integers(1, 30)
    inspectors = {f"p{i}": draw(limits) for i in range(count)}
    pairs = st.tuples(st.sampled_from(sorted(inspectors)), st.sampled_from(sorted(objects)))
    recusals = draw(st.frozensets(pairs, max_size=len(objects) if crowded else 4))
    return Registers(objects=objects, inspectors=inspectors, recusals=recusals)

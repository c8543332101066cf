"""Every end of every definition is reached by a case on the engine."""

from datetime import datetime, time, timedelta

import pytest

from jianban.engine.walks import Walk, play, walk
from jianban.workflows.flow import compile_process
from jianban.workflows.language.catalogue import Catalogue

CATALOGUE = Catalogue.default()
ENDS = [(key, end.id) for key in CATALOGUE.index for end in CATALOGUE.process(key).ends]


@pytest.mark.parametrize(("key", "end"), ENDS)
def test_the_end_is_reached(key: str, end: str) -> None:
    flow = compile_process(CATALOGUE.process(key))
    assert flow.process.in_force_from is not None
    found = walk(flow, end, datetime.combine(flow.process.in_force_from + timedelta(days=7), time(9)))
    assert isinstance(found, Walk)
    reached = play(flow, found).end
    assert reached is not None
    assert reached.id == end

"""Waiting periods that run from another step, or to a date of the case."""

from datetime import date

import pytest

from jianban.workflows.analysis.measures import Options, measure
from tests.engine.flows import steps

UNTIL = "\ndata: {until: {title: {zh: 期限, en: Until}, type: date}}\n"


@pytest.mark.parametrize(
    ("lasts", "days"),
    [
        ("20 days", 30),
        ("{for: 20 days, from: announce}", 20),
        ("{for: 5 days, from: announce}", 10),  # it has run before the step is reached
        ("{for: 20 days, from: until}", 30),
        ("{from: until, planned: 13 days}", 23),
    ],
)
def test_a_wait_counts_from_where_it_runs(lasts: str, days: int) -> None:
    flow = steps(
        f"""
        - {{step: announce, title: {{zh: 公告, en: Announce}}, kind: task, by: clerk}}
        - {{step: claims, title: {{zh: 申报, en: Claims}}, kind: task, by: clerk, lasts: 10 days}}
        - {{step: notice, title: {{zh: 公示, en: Notice}}, kind: task, by: clerk, lasts: {lasts}}}
        """,
        UNTIL,
    )
    # no period from this day ends on a holiday
    assert measure(flow, Options(start=date(2024, 5, 14)))["calendar_days_minimum"].value == days

"""Measures of two real definitions against counts made by hand from their text."""

from datetime import date

import pytest

from jianban.workflows.analysis.measures import Options, measure
from jianban.workflows.compiler import compile_process
from jianban.workflows.language.catalogue import Catalogue

GENERAL = {
    "stages": 7,
    "steps": 27,  # 25 of a normal case, the petition and the correction
    "steps_shortest": 24,  # registered on the spot, without the decision
    "steps_typical": 25,
    "steps_longest": 25,
    "interactions_unctad": 6,  # list, tax report, taxes, clearance, application, notice
    "procedures_world_bank": 6,
    "visits": 2,  # both to the tax authority
    "materials": 6,  # without the shared clearance and the optional licence
    "agencies": 2,  # tax authority and registrar
    "roles": 6,
    "handoffs": 10,
    "unavoidable_steps": 24,
    "refusal_points": 2,  # receipt and decision
    "correction_loops": 2,  # something open with the taxes, the correction of the papers
    "complexity_cfc": 14,  # 2 + 1 + 1 + 2 + 2 + 4 + 2
    "fee": 0,
    "effort": 5130,
    "parallelism": 1.0,  # nothing that runs at once has a period of an office
    # 45 days from 25 December 2024 end on Saturday, 8 February 2025, which is worked
    "calendar_days_minimum": 45,
    "calendar_days_statutory": 49,  # and three working days on Wednesday, the 12th
}
PERMIT = {
    "stages": 3,  # the start of works comes after the permit
    "steps": 7,
    "steps_typical": 6,  # all but the correction
    "steps_shortest": 6,
    "interactions_unctad": 2,  # application and delivery
    "materials": 6,  # eight, two of them shared
    "materials_shareable": 1,  # the reviewed drawings
    "agencies": 2,  # housing and the quality station
    "roles": 4,
    "handoffs": 5,  # every step after the first
    "refusal_points": 3,  # acceptance, examination, decision
    "correction_loops": 1,
    "complexity_cfc": 7,  # 3 + 2 + 2
    "effort": 240,
    "parallelism": 1.0,
    # seven days end on New Year's Day and give way to 2 January, as do five working days
    "calendar_days_statutory": 8,
    "calendar_days_minimum": 0,
}


@pytest.mark.parametrize(
    ("key", "counted"), [("deregistration/general@2022-03", GENERAL), ("construction/permit@2019-04", PERMIT)]
)
def test_measures_are_what_a_reader_counts(key: str, counted: dict[str, float]) -> None:
    flow = compile_process(Catalogue.default().process(key))
    readings = measure(flow, Options(start=date(2024, 12, 25)))
    assert {name: readings[name].value for name in counted} == counted

"""The measures on small flows whose figures can be seen by eye."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from time import perf_counter
from typing import Any

import pytest

from jianban.workflows.analysis.measures import MEASURES, UNITS, Options, Reading, measure
from jianban.workflows.calendar import WorkCalendar
from jianban.workflows.compiler import compile_process
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.model import Call, Each, Join, Outcome, Step
from jianban.workflows.language.terms import Cause, Channel, Duration, Effort, Fee, Limit, PartyKind, Wait
from jianban.workflows.texts import Text
from tests.analysis.measures.flows import (
    ANY,
    APPLICANT,
    OFFICE,
    SUBMIT,
    asks,
    choice,
    days,
    end,
    exit_,
    flow,
    material,
    of,
    online,
    parallel,
    process,
    role,
    stage,
    step,
    text,
    within,
    working_days,
)

TAX = role("tax")
FIRE = role("fire")


def read(*items, **options) -> dict[str, Reading]:
    return measure(flow(*items), Options(**{"year": 2024, **options}))


def values(readings: dict[str, Reading], *ids: str) -> list[object]:
    return [readings[i].value for i in ids]


def ids(reading: Reading) -> list[str]:
    return [p.id for p in reading.detail]


def test_every_measure_is_described_in_both_languages() -> None:
    for m in MEASURES.values():
        assert m.unit in UNITS
        for words in (m.title, m.formula, m.source):
            assert words.zh
            assert words.en


def test_stages_and_steps() -> None:
    readings = read(
        stage("first", step("a"), step("b")), stage("second", choice("c", [step("d")], [], main=1))
    )
    assert values(readings, "stages", "steps", "steps_shortest", "steps_typical", "steps_longest") == [
        2,
        3,
        2,
        2,
        3,
    ]
    assert [(p.id, p.value) for p in readings["stages"].detail] == [("first", 1), ("second", 0)]
    assert [(p.id, p.value) for p in readings["steps"].by_stage] == [("first", 2), ("second", 1)]


def test_steps_that_no_case_reaches_are_not_counted() -> None:
    assert read(step("a"), step("lost", aside=True))["steps"].value == 1
    leaving = replace(step("a"), exits=(exit_("leave", to="granted_early", main=True),))
    lost = parallel(
        "p", [step("b", exit_("refuse", to="refused"))], [step("c", exit_("again", to="p", max=1))]
    )
    assert values(read(leaving, lost), "steps", "refusal_points", "correction_loops") == [1, 0, 0]
    assert values(read(step("a"), lost), "steps", "refusal_points", "correction_loops") == [3, 1, 1]


def test_a_correction_is_a_loop_off_the_typical_run() -> None:
    mended = replace(step("mend", aside=True), exits=(exit_("done", to="intake", main=True),))
    readings = read(step("intake", exit_("correct", to="mend", max=1)), mended)
    assert values(readings, "steps", "steps_longest", "correction_loops") == [2, 1, 1]
    assert ids(readings["correction_loops"]) == ["mend:done"]


def test_a_way_round_that_does_not_come_back_is_no_loop() -> None:
    other = replace(step("other", aside=True), exits=(exit_("on", to="last", main=True),))
    readings = read(step("first", exit_("detour", to="other", max=1)), step("middle"), other, step("last"))
    assert values(readings, "steps_longest", "correction_loops") == [3, 0]


def test_forty_choices_answer_at_once() -> None:
    items = [
        choice(f"c{i}", [step(f"a{i}", visits=1), step(f"b{i}")], [step(f"d{i}", visits=3)])
        for i in range(40)
    ]
    began = perf_counter()
    readings = read(*items)
    assert values(readings, "steps_shortest", "steps_longest") == [40, 80]
    assert (readings["visits"].low, readings["visits"].high) == (40, 120)
    assert perf_counter() - began < 5


@pytest.mark.parametrize(
    ("join", "shortest", "typical", "longest"),
    # the longest case has two branches stalled at their last step, or one, or none
    [(Join(), 6, 6, 6), (ANY, 1, 1, 4), (of(2), 3, 3, 5), (of(7), 6, 6, 6)],
)
def test_a_join_counts_the_branches_done_by_then(
    join: Join, shortest: int, typical: int, longest: int
) -> None:
    branches = [[step("a")], [step("b"), step("c")], [step("d"), step("e"), step("f")]]
    readings = read(parallel("p", *branches, join=join))
    assert values(readings, "steps_shortest", "steps_typical", "steps_longest") == [
        shortest,
        typical,
        longest,
    ]


def test_a_branch_that_leaves_may_leave_before_or_after_the_others_are_done() -> None:
    leaving = step("a", exit_("leave", to="granted_early"))
    readings = read(parallel("p", [leaving], [step("b"), step("c")]), step("d"))
    assert values(readings, "steps_shortest", "steps_typical", "steps_longest") == [1, 4, 4]
    readings = read(parallel("p", [leaving], [step("b"), step("c"), step("e")]))
    assert values(readings, "steps_shortest", "steps_longest") == [1, 4]
    hurried = replace(leaving, exits=(leaving.exits[1],))
    assert values(read(parallel("p", [hurried], [step("b"), step("c")])), "steps_longest", "steps") == [3, 3]
    assert read(parallel("p", [hurried], [step("b"), step("c")], join=ANY))["steps_longest"].value == 2


def test_a_conditional_branch_is_typical_and_may_be_missing() -> None:
    readings = read(parallel("p", [step("a")], [step("b"), step("c")], conditional=[1]))
    assert values(readings, "steps_shortest", "steps_typical", "unavoidable_steps") == [1, 3, 1]
    assert readings["complexity_cfc"].value == 2


def test_items_of_a_list_are_counted_once_each() -> None:
    each = Each(id="e", title=text("e"), over="list", name="item", items=(step("a", visits=1),), join=of(2))
    assert values(read(each), "steps_typical", "visits") == [1, 1]
    assert values(read(each, items=3), "steps_typical", "visits") == [2, 2]
    with pytest.raises(JianbanError):
        Options(items=0)


def test_the_likelier_branch_is_typical_where_none_is_main() -> None:
    rare = choice("c", [step("a")], [step("b")])
    first, other = rare.branches
    assert ids(read(rare)["steps_typical"]) == ["a"]
    assert ids(read(replace(rare, branches=(replace(first, likelihood=0.1), other)))["steps_typical"]) == [
        "b"
    ]


def test_a_main_exit_that_is_never_granted_is_not_typical() -> None:
    sent = replace(step("a"), exits=(exit_("refuse", to="refused", main=True), exit_("pass")))
    assert ids(read(sent)["steps_typical"]) == ["a"]


def test_a_called_process_is_seen_through() -> None:
    callee = process(step("x", exit_("refuse", to="refused")), step("y"), name="callee")
    exits = (exit_("granted", main=True), exit_("refused", to="refused"), exit_("granted_early"))
    readings = read(Call(id="call", title=text("call"), process=callee, exits=exits), step("z"))
    assert values(readings, "steps_typical", "unavoidable_steps", "refusal_points") == [3, 3, 1]
    assert ids(readings["unavoidable_steps"]) == ["call.x", "call.y", "z"]


def test_without_a_granted_end_there_are_no_figures_for_runs() -> None:
    readings = measure(flow(step("a"), ends=[end("refused", Outcome.REFUSED)]))
    assert values(readings, "stages", "steps") == [1, 1]
    assert values(readings, "steps_shortest", "days_statutory", "visits", "unavoidable_steps") == [None] * 4
    assert readings["visits"].note == Text("没有能够办成的路径", "no run ends granted")


def test_interactions_procedures_and_the_online_share() -> None:
    drawings = role("drawings", PartyKind.SERVICE)
    readings = read(
        online("apply"),
        step("check", by=drawings),
        step("collect", kind=SUBMIT, by=APPLICANT, channel=Channel.COUNTER),
    )
    assert values(readings, "interactions_unctad", "procedures_world_bank", "online_share") == [2, 3, 50.0]
    assert values(readings, "wb_days") == [2.5]


def test_parallel_procedures_start_on_consecutive_days() -> None:
    readings = read(parallel("p", [online("a")], [step("b", kind=SUBMIT)], [step("c", kind=SUBMIT)]))
    assert readings["wb_days"].value == 2.5
    assert read(parallel("p", [step("a")], [step("b")]))["wb_days"].value == 0
    assert read(parallel("p", [online("a")], [step("b", kind=SUBMIT)], join=ANY))["wb_days"].value == 0.5


def test_a_limit_counted_from_an_earlier_step_is_not_added_up_as_the_world_bank_counts() -> None:
    """A permit issued within seven days of the application takes seven days, by whatever steps."""
    limit = Limit(statutory=days(7), counted_from="a")
    issued = read(step("a"), step("b", limit=limit), step("c", kind=SUBMIT, by=OFFICE, limit=limit))
    seven = read(step("a"), step("b", limit=Limit(statutory=days(7))))["days_statutory"].value
    assert seven is not None
    assert issued["wb_days"].value == round(seven + 1, 2)  # c begins when b is done


def test_materials() -> None:
    licence, letter, proof = material("licence", shared=True), material("letter"), material("proof")
    extra = replace(asks(material("photo"))[0], optional=True)
    fetched = replace(asks(material("record"))[0], obtained_by_sharing=True)
    readings = read(
        stage(
            "first",
            step("a", materials=asks(licence, letter)),
            step("b", materials=(*asks(licence), extra, fetched)),
        ),
        stage("second", choice("c", [], [step("d", materials=asks(proof, letter))], main=0)),
    )
    assert values(readings, "materials", "materials_repeated", "materials_shareable") == [2, 1, 1]
    assert [(p.id, p.value) for p in readings["materials"].detail] == [("licence", 2), ("letter", 1)]
    assert [readings[m].whole for m in ("materials", "materials_repeated")] == [3, 2]
    assert [p.value for p in readings["materials"].by_stage] == [2, 0]


def test_agencies_roles_and_handoffs() -> None:
    reviews = parallel("p", [step("b", by=TAX)], [step("c", by=FIRE)])
    readings = read(step("apply", by=APPLICANT), step("a"), reviews, step("d"), step("e"))
    assert values(readings, "agencies", "roles", "handoffs") == [3, 4, 4]
    assert ids(readings["handoffs"]) == ["a", "b", "c", "d"]
    serial = read(step("apply", by=APPLICANT), step("a"), step("b", by=TAX), step("c", by=FIRE), step("d"))
    assert serial["handoffs"].value == 4


def test_days_keep_their_units_and_are_computed_on_the_calendar() -> None:
    notice = step("notice", wait=Wait(duration=days(20)))
    decide = step("decide", limit=within(working_days(3), working_days(1)))
    readings = measure(
        flow(step("apply", by=APPLICANT, limit=within(days(20))), notice, decide),
        Options(start=date(2024, 1, 29)),
    )
    statutory = readings["calendar_days_statutory"]
    assert statutory.note is not None
    assert statutory.note.zh == "20 日 + 3 个工作日；自 2024-01-29 起算"
    # 20 days end on 2024-02-18, a working Sunday after the Spring Festival; then 19, 20, 21 February
    assert [(p.id, p.until) for p in statutory.detail] == [
        ("notice", date(2024, 2, 18)),
        ("decide", date(2024, 2, 21)),
    ]
    assert values(readings, "calendar_days_statutory", "calendar_days_promised", "calendar_days_minimum") == [
        23,
        21,
        20,
    ]
    assert readings["days_minimum"].value == readings["days_waiting"].value
    assert readings["days_applicant"].value == readings["days_minimum"].value
    total, waiting, work = (readings[m].value for m in ("days_statutory", "days_waiting", "days_work"))
    assert isinstance(waiting, float)
    assert isinstance(work, float)
    assert total == pytest.approx(waiting + work, abs=0.011)


def test_mean_and_range_over_a_year_are_those_of_its_days() -> None:
    one = flow(step("decide", limit=within(working_days(20))))
    readings = measure(one, Options(year=2023))
    calendar = WorkCalendar.china()
    lengths = [
        (calendar.end(day, working_days(20)) - day).days
        for day in (date.fromordinal(date(2023, 1, 1).toordinal() + i) for i in range(365))
    ]
    reading = readings["calendar_days_statutory"]
    assert (reading.value, reading.low, reading.high) == (None, min(lengths), max(lengths))
    assert reading.mean == readings["days_statutory"].value == round(sum(lengths) / 365, 2)


def test_a_limit_counted_from_an_earlier_step_runs_beside_the_steps_since() -> None:
    decide = step("decide", limit=within(working_days(20), counted_from="accept"))
    start = date(2023, 3, 1)
    plain = measure(
        flow(step("accept"), step("look", limit=within(working_days(5))), decide), Options(start=start)
    )
    calendar = WorkCalendar.china()
    assert plain["calendar_days_statutory"].value == (calendar.end(start, working_days(20)) - start).days
    assert ids(plain["calendar_days_statutory"]) == ["decide"]
    # an expert review stops the clock: 5 working days later
    review = step("look", limit=within(working_days(5)), stops_clock=True)
    stopped = measure(flow(step("accept"), review, decide), Options(start=start))
    assert stopped["calendar_days_statutory"].value == (calendar.end(start, working_days(25)) - start).days
    # and a notice of calendar days lengthens a limit in calendar days
    notice = step("look", wait=Wait(duration=days(12)), stops_clock=True)
    decide = step("decide", limit=within(days(30), counted_from="accept"))
    stopped = measure(flow(step("accept"), notice, decide), Options(start=start))
    assert stopped["calendar_days_statutory"].value == (calendar.end(start, days(42)) - start).days


def test_the_limit_of_a_stage_stands_for_those_of_its_steps() -> None:
    steps = [step("a", limit=within(working_days(20))), step("b", wait=Wait(duration=days(3)))]
    begun = date(2023, 3, 1)
    readings = measure(
        flow(
            stage("first", *steps, limit=within(working_days(15), working_days(10))),
            stage("second", step("c")),
        ),
        Options(start=begun),
    )
    calendar = WorkCalendar.china()
    assert values(readings, "calendar_days_statutory", "calendar_days_promised", "compression") == [
        (calendar.end(begun, working_days(15)) - begun).days,
        (calendar.end(begun, working_days(10)) - begun).days,
        33.3,
    ]
    assert ids(readings["calendar_days_statutory"]) == ["first"]


def test_the_limit_of_a_whole_cuts_what_its_steps_take_but_no_waiting_period() -> None:
    begun = date(2023, 3, 1)
    calendar = WorkCalendar.china()

    def lasts(limit: Limit, *steps: Step, whole: bool = False) -> object:
        one = flow(stage("first", *steps, limit=None if whole else limit))
        if whole:
            one = compile_process(replace(one.process, limit=limit))
        return measure(one, Options(start=begun))["calendar_days_statutory"].value

    def until(length: Duration) -> int:
        return (calendar.end(begun, length) - begun).days

    quick = step("a", limit=within(working_days(5)))
    notice = step("b", wait=Wait(duration=days(30)))
    for whole in (False, True):
        assert lasts(within(working_days(15)), quick, whole=whole) == until(working_days(5))
        assert lasts(within(working_days(3)), quick, whole=whole) == until(working_days(3))
        assert lasts(within(working_days(15)), notice, whole=whole) == until(days(30))
        assert lasts(within(working_days(15)), step("c"), whole=whole) == until(working_days(15))


def test_a_timer_takes_its_time_however_quick_the_office_is() -> None:
    silent = step("intake", limit=within(working_days(5)))
    deemed = exit_("deem", cause=Cause.TIMER, after=working_days(5), main=True)
    readings = measure(flow(replace(silent, exits=(deemed,))), Options(start=date(2023, 3, 1)))
    assert values(readings, "calendar_days_minimum", "calendar_days_statutory") == [7, 7]


def test_days_in_years_whose_notice_is_not_out_are_provisional() -> None:
    item = step("a", by=OFFICE, limit=Limit(statutory=days(20)))
    announced = WorkCalendar(WorkCalendar.china()._exceptions, lambda year: year <= 2024)

    def years(id: str, **options: Any) -> tuple[int, ...]:
        return read(item, calendar=announced, **options)[id].provisional

    assert years("days_statutory", year=2023) == ()
    assert years("days_statutory", year=2024) == (2025,)  # what starts in December ends in January
    assert years("wb_days", year=2024) == (2025,)
    assert years("days_minimum", year=2026) == ()  # nothing waits
    assert years("stages", year=2026) == ()
    # a start date in the year counts, and so does the year its range is over
    assert years("calendar_days_statutory", year=2023, start=date(2024, 12, 2)) == ()
    assert years("calendar_days_statutory", year=2023, start=date(2024, 12, 30)) == (2025,)


def test_beyond_the_calendar_there_are_no_days() -> None:
    readings = read(step("a", limit=within(days(36500))))
    assert readings["days_statutory"].value is None
    assert readings["days_statutory"].note is not None
    assert "2099" in readings["days_statutory"].note.en
    assert readings["days_minimum"].value == 0


def test_compression_and_parallelism() -> None:
    limited = step("a", limit=within(working_days(20), working_days(5)))
    readings = read(limited, step("b", wait=Wait(duration=days(10))))
    assert values(readings, "parallelism") == [1.0]
    assert readings["compression"].value == 75
    mixed = read(limited, step("b", limit=within(days(28), days(7))))["compression"].value
    assert mixed == pytest.approx(75, abs=2)
    beside = read(parallel("p", [limited], [step("b", limit=within(working_days(20)))]))
    assert beside["parallelism"].value == 2.0
    assert values(read(step("a")), "compression", "parallelism") == [None, None]


def test_nothing_but_branches_is_parallel() -> None:
    first = step("a", limit=Limit(statutory=days(10)))
    since = step("b", limit=Limit(statutory=days(10), counted_from="a"))
    last = step("c", limit=Limit(statutory=days(10), counted_from="a"))
    assert read(first, since, last)["parallelism"].value == 1
    beside = parallel("p", [since], [last], [step("d", wait=Wait(duration=days(10)))], join=ANY)
    assert read(first, beside)["parallelism"].value == 1  # the first is enough
    waits = [[step(f"w{n}", wait=Wait(duration=days(10)))] for n in range(3)]
    assert read(parallel("p", *waits))["parallelism"].value == pytest.approx(3, abs=0.2)
    each = Each(id="e", title=text("e"), over="list", name="item", items=tuple(waits[0]))
    assert read(each, items=4)["parallelism"].value == pytest.approx(4, abs=0.2)
    slow = [[step(f"s{n}", limit=within(days(20)))] for n in range(2)]
    cut = stage("s", parallel("p", *slow), limit=within(days(12)))
    assert measure(flow(cut), Options(year=2024))["parallelism"].value == 2  # however short the stage must be


def test_refusals_and_complexity() -> None:
    readings = read(step("a", exit_("refuse", to="refused")), choice("c", [], [step("b")], to=["refused"]))
    assert ids(readings["refusal_points"]) == ["a", "c"]
    assert values(readings, "complexity_cfc", "unavoidable_steps") == [4, 2]


def test_money_and_effort() -> None:
    items = [step("a", fee=Fee(fen=1250)), step("b", effort=Effort(minutes=90, external_fen=5000), visits=2)]
    readings = read(*items)
    assert values(readings, "fee", "effort", "visits", "cost_scm") == [12.5, 90, 2, None]
    assert read(*items, tariff_fen=6000, cases=10)["cost_scm"].value == 1400
    assert read(items[0])["cost_scm"].value == 0


def test_a_join_waits_for_the_nth_branch() -> None:
    branches = [[step(f"s{n}", by=OFFICE, limit=within(days(n)))] for n in (30, 10, 20)]
    calendar = WorkCalendar.china()
    start = date(2023, 3, 1)
    for join, longest in ((Join(), 30), (ANY, 10), (of(2), 20)):
        readings = measure(
            compile_process(process(parallel("p", *branches, join=join))), Options(start=start)
        )
        assert readings["calendar_days_statutory"].value == (calendar.end(start, days(longest)) - start).days
        assert ids(readings["calendar_days_statutory"]) == [f"s{longest}"]

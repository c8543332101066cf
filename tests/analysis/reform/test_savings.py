"""What is told to be saved is what the measures lose when the definition is changed so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import HealthCheck, given, settings

from jianban.workflows.analysis.measures import MEASURES, Options
from jianban.workflows.analysis.measures.context import Context, NoRun
from jianban.workflows.analysis.reform import LINTS, Burden, Relief, advise
from jianban.workflows.analysis.reform.savings import burden
from jianban.workflows.compiler import compile_process
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.loader import load_text
from jianban.workflows.language.model import Choice, Each, Item, Parallel, Process, Step
from jianban.workflows.language.terms import MaterialUse
from tests.effort import examples
from tests.strategies import processes

SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much]
slowly = settings(examples(60), suppress_health_check=SLOW)


def changed(process: Process, reliefs: Sequence[Relief]) -> Process:
    """The definition in which these materials are asked no more."""

    def use(step: Step, asked: MaterialUse) -> MaterialUse | None:
        own = [r for r in reliefs if (r.node, r.material) == (step.id, asked.material.id)]
        if not own or asked.optional or asked.obtained_by_sharing:
            return asked
        return replace(asked, obtained_by_sharing=True) if all(r.shared for r in own) else None

    def item(old: Item) -> Item:
        match old:
            case Step():
                kept = (use(old, asked) for asked in old.materials)
                return replace(old, materials=tuple(k for k in kept if k is not None))
            case Choice():
                return replace(old, branches=tuple(replace(b, items=items(b.items)) for b in old.branches))
            case Parallel():
                return replace(old, branches=tuple(replace(b, items=items(b.items)) for b in old.branches))
            case Each():
                return replace(old, items=items(old.items))
            case _:
                return old

    def items(old: Sequence[Item]) -> tuple[Item, ...]:
        return tuple(map(item, old))

    return replace(process, stages=tuple(replace(s, items=items(s.items)) for s in process.stages))


def measured(process: Process) -> tuple[int | float, ...]:
    context = Context(compile_process(process), Options())
    try:
        return tuple(MEASURES[name].compute(context).value or 0 for name in ("materials", "visits", "effort"))
    except NoRun:
        return 0, 0, 0


def told(figures: Burden) -> tuple[int, ...]:
    return figures.materials, figures.visits, figures.minutes


@slowly
@given(processes())
def test_following_an_advice_removes_it_and_saves_what_is_told(process: Process) -> None:
    reform = advise(compile_process(process))
    assert told(reform.before) == measured(process)
    for item in reform.items:
        if (relief := item.advice.relief) is None:
            continue
        after = changed(process, [relief])
        again = advise(compile_process(after))
        # nothing that is handed in twice in a row is in these processes, so visits and effort stay
        assert told(item.saving) == tuple(
            a - b for a, b in zip(measured(process), measured(after), strict=True)
        )
        assert item.saving.papers == reform.before.papers - again.before.papers > 0
        assert (item.lint.code, relief) not in {(i.lint.code, i.advice.relief) for i in again.items}


@slowly
@given(processes())
def test_following_all_leaves_no_material_to_advise_on(process: Process) -> None:
    reform = advise(compile_process(process))
    reliefs = [item.advice.relief for item in reform.items if item.advice.relief]
    again = advise(compile_process(changed(process, reliefs)))
    assert [item.advice.relief for item in again.items if item.advice.relief] == []
    assert again.before.papers == reform.after.papers
    assert again.before.materials == reform.after.materials


def test_the_property_tests_meet_every_lint_on_materials() -> None:
    met: set[str] = set()

    @settings(database=None, derandomize=True, max_examples=60, suppress_health_check=SLOW)
    @given(processes())
    def look(process: Process) -> None:
        met.update(item.lint.code for item in advise(compile_process(process)).items)

    look()
    assert met >= set(LINTS) - {"J501"}


TWO_HAND_INS = """
process: test/two
version: "1"
title: {zh: 办理, en: Handling}
source: licensing_law:42
stages:
  - stage: one
    title: {zh: 办理, en: Handling}
    steps:
      - {step: apply, title: {zh: 申请, en: Apply}, kind: submit, by: agent, visits: 1, effort: 1 hour}
      - step: bring
        title: {zh: 补交执照, en: Bring the certificate}
        kind: submit
        by: agent
        visits: 1
        effort: 2 hours
        materials: [{material: tax_clearance_certificate, copies: 2}]
      - {step: decide, title: {zh: 决定, en: Decide}, kind: decide, by: registrar}
ends:
  done: {outcome: granted, title: {zh: 准予, en: Granted}}
  refused: {outcome: refused, title: {zh: 不予, en: Refused}}
"""


def test_the_second_hand_in_of_one_application_goes_with_its_papers() -> None:
    (item,) = advise(compile_process(load_text(TWO_HAND_INS))).items
    assert item.saving == Burden(papers=2, materials=1, visits=1, minutes=120)


def test_an_application_keeps_its_visit_without_papers() -> None:
    text = TWO_HAND_INS.replace(
        "      - step: bring", "      - {step: look, kind: review, by: tax_officer}\n      - step: bring"
    )
    (item,) = advise(compile_process(load_text(text))).items
    assert item.saving == Burden(papers=2, materials=1, visits=0, minutes=0)


def test_a_material_that_several_lints_name_is_dropped_once() -> None:
    reform = advise(compile_process(Catalogue.default().process("services/one-by-one")))
    papers = sum(item.saving.papers for item in reform.items)
    drops = {(r.node, r.material) for item in reform.items if (r := item.advice.relief)}
    assert papers == len(reform.items) > len(drops)
    assert reform.before.papers - reform.after.papers == len(drops)


def test_two_demands_of_one_material_save_it_only_together() -> None:
    flow = compile_process(Catalogue.default().process("services/one-by-one"))
    reform = advise(flow)
    shared = [item for item in reform.items if item.lint.code == "J503"]
    assert {item.saving.materials for item in shared} == {0}
    assert burden(flow).materials - reform.after.materials == 2

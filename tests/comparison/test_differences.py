"""The kinds of difference, and what is said to change."""

from jianban.workflows.comparison.differences import Difference
from jianban.workflows.comparison.elements import Level
from jianban.workflows.comparison.pairs import differences, match_variants
from jianban.workflows.flow import Flow
from tests.comparison.variants import parallel, stage, step, variant


def found(base: Flow, other: Flow, level: Level = Level.STEP) -> dict[str, Difference]:
    """The differences of a level by what they are about."""
    every = differences(base, other, match_variants(base, other))
    return {"+".join(d.base or d.other): d for d in every if d.level is level}


def kinds(base: Flow, other: Flow, level: Level = Level.STEP) -> dict[str, str]:
    return {name: d.kind for name, d in found(base, other, level).items()}


def said(difference: Difference) -> dict[str, str]:
    return {c.aspect: c.tell("en") for c in difference.changes}


def line(name: str, *steps: str) -> Flow:
    return variant(name, stage("only", *steps))


def test_removed_added_and_kept() -> None:
    assert kinds(line("a", step("x"), step("y")), line("b", step("y"), step("z"))) == {
        "x": "removed",
        "y": "kept",
        "z": "added",
    }


def test_one_step_earlier_is_one_move() -> None:
    base = line("a", step("w"), step("x"), step("y"), step("z"))
    other = line("b", step("z"), step("w"), step("x"), step("y"))
    assert kinds(base, other) == {"w": "kept", "x": "kept", "y": "kept", "z": "moved"}


def test_made_parallel_names_its_partners_and_back_it_is_made_sequential() -> None:
    base = line("a", step("x"), step("y"), step("z"))
    other = line("b", step("x"), parallel("both", (step("y"),), (step("z"),)))
    assert kinds(base, other) == {"x": "kept", "y": "made_parallel", "z": "made_parallel"}
    assert found(base, other)["y"].partners == ("z",)
    assert kinds(other, base) == {"x": "kept", "y": "made_sequential", "z": "made_sequential"}


def test_branches_written_in_another_order_are_not_moved() -> None:
    base = line("a", parallel("both", (step("x"),), (step("y"),)))
    other = line("b", parallel("both", (step("y"),), (step("x"),)))
    assert set(kinds(base, other).values()) == {"kept"}


def test_limits_materials_visits_and_who() -> None:
    base = line(
        "a",
        step(
            "x",
            """
            within: 20 working days
            materials: [form, {material: licence, form: copy}]
            visits: 2
            channel: counter
            """,
        ),
    )
    other = line(
        "b",
        step(
            "x",
            """
            by: officer
            within: {statutory: 20 working days, promised: 3 working days}
            materials: [{material: licence, shared: true}, plan, form]
            channel: online
            fee: "12.50"
            """,
        ).replace("  by: clerk\n", ""),
    )
    difference = found(base, other)["x"]
    assert difference.kind == "changed"
    assert said(difference) == {
        "roles": "without Clerk; new: Officer",
        "promised": "none → 3 working days",
        "materials": "without Business licence (copy); new: Business licence (by data sharing), Plans",
        "visits": "2 → 0",
        "channel": "without at the counter; new: online",
        "fee": "CNY 0 → CNY 12.50",
    }
    assert kinds(base, other, Level.LIMIT) == {"x": "changed"}
    assert kinds(base, other, Level.VISIT) == {"x": "removed"}
    assert kinds(base, other, Level.ROLE) == {"clerk": "removed", "officer": "added"}
    assert kinds(base, other, Level.AGENCY) == {"permit_office": "kept"}
    assert kinds(base, other, Level.MATERIAL) == {"form": "kept", "licence": "changed", "plan": "added"}
    licence = found(base, other, Level.MATERIAL)["licence"]
    assert said(licence)["times_asked"] == "1 → 0"


def test_a_merge_adds_up_what_it_merges() -> None:
    base = line(
        "a", step("x", "visits: 1\nlasts: 30 days"), step("y", "visits: 2\nlasts: 45 days"), step("z")
    )
    other = line("b", step("xy", "visits: 1\nlasts: 20 days\nreplaces: [x, y]"), step("z"))
    difference = found(base, other)["x+y"]
    assert difference.kind == "merged"
    assert said(difference) == {"visits": "3 → 1", "wait": "30 days, 45 days → 20 days"}
    assert kinds(other, base)["xy"] == "split"


def test_a_target_that_only_changed_its_name_is_no_change() -> None:
    base = line(
        "a", step("x"), step("y", "on: {complete: next, back: {to: x, max: 1, title: {zh: 回, en: Back}}}")
    )
    other = line(
        "b",
        step("first", "replaces: [x]"),
        step("y", "on: {complete: next, back: {to: first, max: 1, title: {zh: 回, en: Back}}}"),
    )
    assert kinds(base, other)["y"] == "kept"


def test_a_new_condition_and_another_exit() -> None:
    base = line("a", step("x"), step("y"))
    choice = (
        "- choice: size\n  title: {zh: 大小, en: Size}\n  branches:\n"
        "    - {branch: big, title: {zh: 大, en: Big}, when: area > 3, steps: [STEP]}\n"
        "    - {branch: small, title: {zh: 小, en: Small}, main: true}\n"
    ).replace(
        "STEP",
        "{step: y, title: {zh: y, en: y}, kind: task, by: clerk, on: {complete: next,"
        " stop: {to: refused, title: {zh: 停, en: Stop}}}}",
    )
    other = variant(
        "b",
        stage("only", step("x"), choice),
        extra="data: {area: {title: {zh: 面积, en: Area}, type: int, default: 1}}\n",
    )
    assert said(found(base, other)["y"]) == {"condition": "new: Big", "exits": "new: “Stop” → Refused"}
    assert kinds(base, other, Level.ROUTING) == {"size": "added"}


def test_stages_are_compared_by_what_their_steps_ask() -> None:
    base = variant(
        "a", stage("one", step("x", "visits: 1")) + stage("two", step("y")) + stage("three", step("z"))
    )
    other = variant(
        "b", stage("both", step("x"), step("y"), more="replaces: [one, two]\n") + stage("three", step("z"))
    )
    assert kinds(base, other, Level.STAGE) == {"one+two": "merged", "three": "kept"}
    assert said(found(base, other, Level.STAGE)["one+two"])["visits"] == "1 → 0"
    assert said(found(base, other)["x"])["visits"] == "1 → 0"


def test_eligibility_and_ends() -> None:
    data = "data: {area: {title: {zh: 面积, en: Area}, type: int, default: 1}}\n"
    base = variant(
        "a",
        stage("only", step("x")),
        extra=data + "eligible: [{when: area > 3, else: {zh: 太小, en: Too small}}]\n",
    )
    other = variant(
        "b",
        stage("only", step("x")),
        extra=data + "eligible: [{when: area > 9, else: {zh: 过小, en: Tiny}}]\n",
    )
    assert kinds(base, other, Level.CONDITION) == {"area > 3": "removed", "area > 9": "added"}
    assert kinds(base, other, Level.END) == {"done": "kept", "refused": "kept"}

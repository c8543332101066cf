"""A counterexample reads as sentences, and as data."""

from __future__ import annotations

from jianban.workflows.analysis.soundness import DefectKind, soundness
from jianban.workflows.analysis.soundness.net import net_of
from jianban.workflows.compiler import compile_process
from jianban.workflows.flow import Flow
from jianban.workflows.language.loader import load_text


def flow(steps: str, ends: str = "") -> Flow:
    text = f"""
process: example/permit
version: "2024-01"
title: {{zh: 示例许可, en: Example permit}}
source: licensing_law:42
stages:
  - stage: handling
    title: {{zh: 办理, en: Handling}}
    steps:
      - {{step: apply, title: {{zh: 提出申请, en: Apply}}, kind: submit, by: agent}}
{steps}
ends:
  granted: {{outcome: granted, title: {{zh: 准予, en: Granted}}}}
{ends}
"""
    return compile_process(load_text(text))


REVIEWS = """
      - parallel: reviews
        title: {{zh: 联合审查, en: Joint review}}
        join: {join}
        branches:
          - branch: fire
            title: {{zh: 消防审查, en: Fire safety}}
            steps:
              - step: fire_review
                title: {{zh: 审查消防设计, en: Review fire safety}}
                kind: task
                by: fire_reviewer
                on: {{complete: {{to: fire_review, title: {{zh: 补充资料, en: Ask for more}}}}}}
          - branch: planning
            title: {{zh: 规划审查, en: Planning}}
            steps:
              - step: planning_review
                title: {{zh: 审查规划, en: Review the plan}}
                kind: task
                by: planning_officer
"""


CLOSED = """          - branch: health
            title: {zh: 卫生审查, en: Health}
            when: big
            steps:
              - step: health_review
                title: {zh: 审查卫生, en: Review hygiene}
                kind: task
                by: planning_officer
data: {big: {title: {zh: 大型, en: Big}, type: bool}}
"""


def test_a_branch_that_never_finishes_is_told() -> None:
    (defect,) = soundness(flow(REVIEWS.format(join="all"))).defects
    assert defect.kind is DefectKind.ENDLESS
    assert defect.node == "fire_review"
    assert defect.story("zh") == [
        "经办人办理“提出申请”，结果为“提交”。",
        "规划审批人员办理“审查规划”，结果为“完成”。",
        "此后怎样办理都到不了任何结果：",
        "分支“消防审查”只能反复办理“审查消防设计”。",
        "分支“规划审查”已办完。",
        "而“联合审查”要等已开启的分支全部办完才能汇合。",
    ]
    assert defect.story("en") == [
        "The enterprise's agent: “Apply” ends with “Submit”.",
        "Planning officer: “Review the plan” ends with “Complete”.",
        "Whatever happens now, no end can be reached:",
        "In branch “Fire safety” only “Review fire safety” can happen, over and over.",
        "Branch “Planning” is done.",
        "But “Joint review” waits for all the branches it has opened.",
    ]


def test_a_branch_that_was_not_opened_is_told() -> None:
    closed = REVIEWS.format(join="2") + CLOSED
    (defect,) = soundness(flow(closed)).defects
    assert "分支“卫生审查”因条件不满足没有开启。" in defect.story("zh")
    assert "Branch “Health” was not opened, as its condition does not hold." in defect.story("en")


def test_a_counterexample_is_data_too() -> None:
    plain = soundness(flow(REVIEWS.format(join="all"))).plain("en")
    assert plain["sound"] is False
    (defect,) = plain["defects"]  # pyright: ignore[reportGeneralTypeIssues]
    assert defect["trace"] == [
        {"step": "apply", "event": "submit", "title": "Apply: Submit"},
        {"step": "planning_review", "event": "complete", "title": "Review the plan: Complete"},
    ]


def test_a_join_on_any_does_not_wait_for_the_branch_that_never_finishes() -> None:
    assert soundness(flow(REVIEWS.format(join="any"))).sound


def test_a_step_that_no_case_reaches_is_told() -> None:
    lost = "      - {step: lost, title: {zh: 归档, en: Archive}, kind: task, by: registrar, aside: true}"
    (defect,) = soundness(flow(lost)).defects
    assert (defect.kind, defect.trace) == (DefectKind.DEAD_STEP, ())
    assert defect.story("zh") == ["步骤“归档”永远不会办理：没有办件能走到这里。"]


def wide(branches: int, steps: int) -> Flow:
    made = "".join(
        f"          - branch: b{b}\n"
        f"            title: {{zh: 分支{b}, en: Branch {b}}}\n"
        "            steps:\n"
        + "".join(
            f"              - {{step: s{b}_{s}, title: {{zh: 步骤, en: Step}}, kind: task, by: registrar"
            + (", on: {complete: s0_0}" if (b, s) == (0, steps - 1) else "")
            + "}\n"
            for s in range(steps)
        )
        for b in range(branches)
    )
    return flow("      - parallel: block\n        title: {zh: 并联, en: Block}\n        branches:\n" + made)


def test_ten_branches_of_five_steps_need_no_search_of_their_sixty_million_states() -> None:
    (defect,) = soundness(wide(10, 5)).defects
    assert defect.kind is DefectKind.ENDLESS
    assert len(defect.trace) == 1 + 9 * 5
    assert defect.story("en")[-2:] == [
        "Branch “Branch 9” is done.",
        "But “Block” waits for all the branches it has opened.",
    ]


def test_the_net_grows_with_the_flow_not_with_its_states() -> None:
    small, large = net_of(wide(5, 5)), net_of(wide(10, 10))
    assert len(large.places) < 5 * len(small.places)
    assert len(large.transitions) < 5 * len(small.transitions)

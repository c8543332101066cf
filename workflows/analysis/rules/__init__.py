"""What can be wrong with a flow and with its sources: one rule per module, one page per rule in
`docs/findings/`.

`check` applies all; `RULES` lists them by code. To add one, write its module, name it here, and write
its page with an example that breaks it and one that keeps it: the tests run both.
"""

from __future__ import annotations

from collections.abc import Mapping

from jianban.workflows.analysis.rules import (
    blocked_join,
    choice_gap,
    data_never_given,
    decision_without_limit,
    exhausted_exits,
    exit_gap,
    figure_without_source,
    idle_timer,
    limit_start,
    message_without_key,
    never_true,
    no_way_to_end,
    nobody,
    over_at_once,
    overlapping_exits,
    personal_data_sent,
    promise_alone,
    promise_too_long,
    separation_of_duties,
    shadowed_event,
    source_in_force,
    typical_path,
    unbounded_loop,
    undecided_conditions,
    unreachable_end,
    unreachable_step,
    unverified_source,
)
from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.analysis.rules.rule import Finding, Rule
from jianban.workflows.flow import Flow
from jianban.workflows.language.errors import Problem

__all__ = ["RULES", "Finding", "Rule", "check"]

_MODULES = (
    unreachable_step,
    no_way_to_end,
    overlapping_exits,
    choice_gap,
    exit_gap,
    blocked_join,
    exhausted_exits,
    unbounded_loop,
    nobody,
    shadowed_event,
    unreachable_end,
    separation_of_duties,
    limit_start,
    typical_path,
    never_true,
    undecided_conditions,
    idle_timer,
    over_at_once,
    message_without_key,
    data_never_given,
    figure_without_source,
    source_in_force,
    unverified_source,
    promise_too_long,
    promise_alone,
    decision_without_limit,
    personal_data_sent,
)

RULES: Mapping[str, Rule] = {module.RULE.code: module.RULE for module in _MODULES}
"""Code → rule. J201 to J204 are found while a definition is loaded and compiled."""


def check(flow: Flow) -> tuple[Problem, ...]:
    """Everything the rules find in a flow, by place in the file, then by code."""
    facts = Facts(flow)
    problems = [
        Problem(
            code=rule.code,
            message=finding.message,
            remedy=finding.remedy,
            position=finding.position,
            severity=rule.severity,
        )
        for rule in RULES.values()
        for finding in rule.find(facts)
    ]
    return tuple(sorted(problems, key=_place))


def _place(problem: Problem) -> tuple[str, int, int, str]:
    return problem.position.file, problem.position.line, problem.position.column, problem.code

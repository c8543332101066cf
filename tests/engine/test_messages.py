"""What a case waits for and what a message does; what goes out when something happens."""

from __future__ import annotations

from jianban.engine.case import Case, Message, RecordKind, Rule, Wait
from jianban.engine.effects.values import effects_of
from jianban.engine.planning import plan_of
from jianban.engine.state import Decision
from jianban.workflows.analysis.soundness import soundness
from jianban.workflows.flow import Flow
from jianban.workflows.language.dump import dump
from jianban.workflows.language.loader import load_text
from jianban.workflows.language.terms import SendKind
from tests.engine.flows import MONDAY, agent, clerk, done, opened, places, refused, steps
from tests.strategies import CATALOGUE

DATA = """
data:
  name: {title: {zh: 名称, en: Name}, type: text, personal: true}
  fee: {title: {zh: 费用, en: Fee}, type: money}
  score: {title: {zh: 分数, en: Score}, type: int}
"""
WAITING = steps(
    """
    - {step: apply, kind: submit, by: agent}
    - step: check
      kind: review
      by: clerk
      on:
        revoked: {message: licence.revoked, to: refused, title: {zh: 吊销, en: Revoked}}
        repaired:
          message: {name: credit.repaired, key: name, brings: {score: new_score}}
          when: score > 60
          title: {zh: 修复, en: Repaired}
    - {step: last, kind: task, by: clerk}
    """,
    DATA,
)
TELLING = steps(
    """
    - {step: apply, kind: submit, by: agent, on: {submit: {sends: [{webhook: archive, data: {who: name}}]}}}
    - step: check
      kind: task
      by: clerk
      within: 5 working days
      sends:
        - {notify: [clerk, applicant], text: {zh: "{name}应缴{fee}，{他}", en: "{name} owes {fee}"}}
        - {ask: fire_office, data: [score]}
    - {step: tell, kind: notify, by: clerk}
    - {step: publish, kind: publicity, by: clerk, lasts: 1 days, sends: []}
    """,
    DATA
    + """
ends:
  done: {outcome: granted, sends: [{message: licence.granted, key: name, data: [name]}]}
  withdrawn: {outcome: withdrawn}
anywhere:
  withdraw: {by: agent, to: withdrawn, sends: [{notify: clerk}]}
""",
)


def waiting(flow: Flow = WAITING) -> Case:
    case = opened(flow, {"name": "甲公司"})
    done(case.fire("submit", actor=agent, now=MONDAY))
    return case


def sent(case: Case, decision: Decision) -> list[tuple[SendKind, str, str]]:
    return [(e.kind, e.to, e.text.zh) for e in effects_of(plan_of(case.flow), decision)]


def test_a_case_says_what_it_waits_for() -> None:
    assert opened(WAITING).waits() == ()
    assert waiting().waits() == (
        Wait("licence.revoked", "check"),
        Wait("credit.repaired", "check", by_field=True, key="甲公司"),
    )


def test_a_wait_is_for_its_own_key_or_the_cases_and_a_message_without_one_is_for_all() -> None:
    by_case, by_field = waiting().waits()
    assert [by_case.meant(key, "123") for key in ("123", "甲公司", None)] == [True, False, True]
    assert [by_field.meant(key, "123") for key in ("123", "甲公司", None)] == [False, True, True]


def test_a_message_moves_the_case_and_the_record_keeps_its_id() -> None:
    case = waiting()
    message = Message("m1", "credit.repaired", "甲公司", {"new_score": 70, "more": "unread"})
    (record, *_) = done(case.deliver(message, now=MONDAY)).records
    assert (record.kind, record.actor, record.message, case.data["score"]) == (
        RecordKind.RECEIVED, None, "m1", 70,
    )  # fmt: skip
    assert places(case) == ["last"]
    assert Case.replay(WAITING, case.history).state == case.state


def test_a_message_that_is_not_for_the_case_is_refused() -> None:
    case = waiting()
    other = Message("m", "credit.repaired", "乙公司", {"new_score": 70})
    assert refused(case.deliver(other, now=MONDAY)).code is Rule.MESSAGE
    assert refused(case.deliver(other._replace(name="x.y"), now=MONDAY)).code is Rule.MESSAGE
    assert refused(case.deliver(other._replace(name="x.y"), now=MONDAY.replace(year=2020))).code is Rule.TIME
    low = Message("m", "credit.repaired", None, {"new_score": 50})
    assert refused(case.deliver(low, now=MONDAY)).code is Rule.GUARD
    wrong = low._replace(data={"new_score": "many"})
    assert refused(case.deliver(wrong, now=MONDAY)).code is Rule.DATA
    assert places(case) == ["check"]


def test_nobody_fires_what_a_message_causes() -> None:
    case = waiting()
    refusal = refused(case.fire("revoked", actor=clerk, now=MONDAY))
    assert (refusal.code, "licence.revoked" in refusal.text.zh) == (Rule.MESSAGE, True)
    assert "revoked" not in [o.event for o in case.offers(now=MONDAY)]


def test_a_message_reaches_every_place_that_waits_for_it() -> None:
    flow = steps(
        """
        - {step: apply, kind: submit, by: agent}
        - parallel: both
          title: {zh: 并联, en: Both}
          branches:
            - branch: a
              steps:
                - step: one
                  kind: await
                  by: clerk
                  on: {go: {message: go.on, title: {zh: 继续, en: Go}}}
            - branch: b
              steps:
                - step: two
                  kind: await
                  by: clerk
                  on: {go: {message: go.on, title: {zh: 继续, en: Go}}}
        - {step: last, kind: task, by: clerk}
        """
    )
    case = opened(flow)
    done(case.fire("submit", actor=agent, now=MONDAY))
    one = opened(flow)
    done(one.fire("submit", actor=agent, now=MONDAY))
    done(case.deliver(Message("m", "go.on"), now=MONDAY))
    assert places(case) == ["last"]
    done(one.deliver(Message("m", "go.on"), now=MONDAY, at="two"))
    assert places(one) == ["one"]
    assert soundness(flow).sound


def test_a_call_as_a_case_opens_another_and_waits_for_its_end() -> None:
    flow = steps(
        """
        - {step: apply, kind: submit, by: agent}
        - {call: short, process: demo/short, as: case, by: clerk, within: 10 days,
           on: {refused: refused, not_accepted: refused, withdrawn: withdrawn}}
        """
    )
    assert load_text(dump(flow.process), CATALOGUE) == flow.process
    assert soundness(flow).sound
    case = opened(flow)
    decision = done(case.fire("submit", actor=agent, now=MONDAY))
    (effect,) = effects_of(plan_of(flow), decision)
    answers = {end: f"case.short.{end}" for end in ("done", "refused", "not_accepted", "withdrawn")}
    assert (effect.kind, effect.to, effect.place) == (SendKind.OPEN, "demo/short", "short")
    assert effect.payload == {"data": {}, "key": None, "answers": answers}
    done(case.deliver(Message("m", answers["done"]), now=MONDAY, at="short"))
    assert case.end is flow.nodes["done"].end


def test_what_goes_out_when_a_step_is_reached_and_an_exit_taken() -> None:
    case = opened(TELLING, {"name": "甲{fee}\r\nBcc: x", "fee": 1250, "score": 7})
    decision = done(case.fire("submit", actor=agent, now=MONDAY))
    text = "甲{fee}  Bcc: x应缴12.50 元，{他}"
    assert sent(case, decision) == [
        (SendKind.WEBHOOK, "archive", "“申请”：提交"),
        (SendKind.NOTIFY, "clerk", text),
        (SendKind.NOTIFY, "agent", text),
        (SendKind.ASK, "fire_office", "办件已到“办理”"),
    ]
    hook, _clerk, applicant, ask = effects_of(plan_of(TELLING), decision)
    assert (hook.payload, ask.payload) == (
        {"data": {"who": "甲{fee}\r\nBcc: x"}},
        {"data": {"score": 7}},
    )
    assert applicant.persons == ("zhang",)


def test_what_goes_out_of_limits_kinds_ends_and_withdrawals() -> None:
    case = waiting(TELLING)
    warned = done(case.tick(MONDAY.replace(day=20)))
    assert {k for k, to, _text in sent(case, warned)} == {SendKind.NOTIFY}
    assert [to for _k, to, _text in sent(case, warned)] == ["clerk"] * len(warned.records)
    done(case.fire("complete", actor=clerk, now=MONDAY.replace(day=20)))
    told = done(case.fire("notify", actor=clerk, now=MONDAY.replace(day=20)))
    assert sent(case, told) == [(SendKind.NOTIFY, "agent", "“通知”：发出通知")]
    (ended,) = effects_of(plan_of(TELLING), done(case.tick(MONDAY.replace(day=25))))
    assert (ended.kind, ended.to, ended.payload) == (
        SendKind.MESSAGE, "licence.granted", {"data": {"name": "甲公司"}, "key": "甲公司"},
    )  # fmt: skip
    other = waiting(TELLING)
    withdrawn = done(other.fire("withdraw", actor=agent, now=MONDAY))
    assert sent(other, withdrawn) == [(SendKind.NOTIFY, "clerk", "办件：撤回")]

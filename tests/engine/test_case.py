"""A case from its opening to its end: who may do what, with which data, and what refuses it."""

from datetime import date, timedelta

import pytest

from jianban.engine.case import Actor, Case, Fire, Open, RecordKind, Refused, Rule, Tick, decide
from jianban.workflows.language.errors import JianbanError
from tests.engine.flows import (
    MONDAY,
    agent,
    clerk,
    done,
    flow,
    officer,
    opened,
    other_officer,
    places,
    refused,
    steps,
)

PERMIT = steps(
    """
    - {step: apply, title: {zh: 申请, en: Apply}, kind: submit, by: agent, collects: [area]}
    - {step: intake, title: {zh: 受理, en: Intake}, kind: intake, by: clerk, on: {decline: null}}
    - {step: review, title: {zh: 审查, en: Review}, kind: review, by: officer}
    - step: decide
      title: {zh: 决定, en: Decide}
      kind: decide
      by: officer
      different_person_from: [review]
      on:
        approve:
          to: next
          when: area <= 300
          else: {zh: 面积过大, en: The area is too large}
          source: licensing_act:4
    """,
    """
    data:
      area: {title: {zh: 面积, en: Area}, type: int}
      kind: {title: {zh: 类型, en: Kind}, enum: {house: {zh: 房, en: House}, shop: {zh: 店, en: Shop}}}
      tags: {title: {zh: 标签, en: Tags}, type: list}
      since: {title: {zh: 起始, en: Since}, type: date}
      share: {title: {zh: 比例, en: Share}, type: number}
      fee: {title: {zh: 费用, en: Fee}, type: money}
      ok: {title: {zh: 同意, en: Ok}, type: bool, default: false}
    eligible:
      - {when: 'kind != "shop"', else: {zh: 店铺另行办理, en: Shops go elsewhere}, source: licensing_act:5}
      - {when: size(tags) < 3, else: {zh: 标签过多, en: Too many tags}}
    """,
)


def a_house() -> Case:
    return opened(PERMIT, {"kind": "house", "tags": []})


def at_decision(area: int = 100) -> Case:
    case = a_house()
    done(case.fire("submit", actor=agent, now=MONDAY, data={"area": area}))
    done(case.fire("accept", actor=clerk, now=MONDAY))
    done(case.fire("pass", actor=officer, now=MONDAY))
    return case


def test_a_case_runs_from_its_start_to_an_end() -> None:
    case = at_decision()
    assert places(case) == ["decide"]
    assert case.end is None
    decision = done(case.fire("approve", actor=other_officer, now=MONDAY))
    assert [(r.kind, r.node, r.event, r.target, r.actor) for r in decision.records] == [
        (RecordKind.FIRED, "decide", "approve", "done", "zhao"),
        (RecordKind.ENDED, "done", "", "done", None),
    ]
    assert case.end is not None
    assert case.end.success
    assert case.steps == ()
    assert case.offers(now=MONDAY) == ()


def test_all_conditions_for_applying_that_are_not_met_are_told_at_once() -> None:
    with pytest.raises(Refused) as error:
        opened(PERMIT, {"kind": "shop", "tags": ["a", "b", "c"]})
    refusal = error.value.refusal
    assert refusal.code is Rule.ELIGIBILITY
    assert refusal.basis.citations[0].article == "5"
    assert [r.text.zh for r in (refusal, *refusal.others)] == [
        "不符合申请条件：店铺另行办理",
        "不符合申请条件：标签过多",
    ]
    assert "标签过多" in error.value.text.zh


def test_a_condition_for_applying_names_the_data_it_misses() -> None:
    with pytest.raises(Refused) as error:
        opened(PERMIT, {"tags": []})
    assert error.value.refusal.missing == ("kind",)
    assert error.value.refusal.text.zh.endswith("：类型")


def test_the_history_is_frozen_and_says_who_brought_what() -> None:
    case = at_decision(area=120)
    assert [r.kind for r in case.history] == [RecordKind.OPENED] + [RecordKind.FIRED] * 3
    assert case.brought(case.history[0]) == {"kind": "house", "tags": (), "ok": False}
    assert case.brought(case.history[1]) == {"area": 120}
    assert case.data == {"kind": "house", "tags": (), "ok": False, "area": 120}
    with pytest.raises(AttributeError):
        case.history[0].actor = "someone else"  # type: ignore[misc]


def test_only_the_roles_of_an_exit_may_fire_it() -> None:
    case = a_house()
    refusal = refused(case.fire("submit", actor=clerk, now=MONDAY, data={"area": 1}))
    assert (refusal.code, refusal.rule) == (Rule.ROLE, "apply:submit")
    assert "经办人" in refusal.text.zh
    assert not refusal


def test_a_condition_refuses_in_its_own_words_with_its_source() -> None:
    refusal = refused(at_decision(area=301).fire("approve", actor=other_officer, now=MONDAY))
    assert (refusal.code, refusal.rule) == (Rule.GUARD, "decide:approve")
    assert "面积过大" in refusal.text.zh
    assert "too large" in refusal.text.en
    assert refusal.basis.citations[0].article == "4"


def test_data_that_comes_with_an_event_counts_for_its_condition() -> None:
    case = at_decision(area=301)
    assert case.fire("approve", actor=other_officer, now=MONDAY, data={"area": 300})
    assert case.data["area"] == 300


def test_the_main_event_must_bring_what_its_step_collects() -> None:
    case = a_house()
    refusal = refused(case.fire("submit", actor=agent, now=MONDAY))
    assert (refusal.code, refusal.missing) == (Rule.DATA, ("area",))
    assert refusal.text.en.endswith(": Area")


def test_one_person_may_not_do_both_of_two_steps_kept_apart() -> None:
    case = at_decision()
    refusal = refused(case.fire("approve", actor=officer, now=MONDAY))
    assert refusal.code is Rule.SEPARATION
    assert refusal.text.zh == "“决定”与“审查”须由不同人员办理"
    assert case.fire("approve", actor=other_officer, now=MONDAY)


def test_a_counted_exit_is_used_up() -> None:
    case = a_house()
    done(case.fire("submit", actor=agent, now=MONDAY, data={"area": 1}))
    done(case.fire("correct", actor=clerk, now=MONDAY))
    done(case.fire("resubmit", actor=agent, now=MONDAY))
    assert places(case) == ["intake"]
    refusal = refused(case.fire("correct", actor=clerk, now=MONDAY))
    assert refusal.code is Rule.COUNT
    assert "最多 1 次" in refusal.text.zh
    assert case.fire("accept", actor=clerk, now=MONDAY)


def test_an_event_of_another_step_and_an_unknown_event_tell_what_is_possible() -> None:
    case = a_house()
    here = refused(case.fire("approve", actor=officer, now=MONDAY))
    assert here.code is Rule.PLACE
    assert "submit" in here.remedy.zh
    assert "没有事项" in refused(case.fire("fly", actor=officer, now=MONDAY)).text.zh


def test_nothing_happens_in_an_ended_case() -> None:
    case = at_decision()
    done(case.fire("refuse", actor=other_officer, now=MONDAY))
    refusal = refused(case.fire("approve", actor=other_officer, now=MONDAY))
    assert refusal.code is Rule.ENDED
    assert "不予许可" in refusal.text.zh


@pytest.mark.parametrize(
    ("data", "zh"),
    [
        ({"area": "12"}, "“面积”应为整数"),
        ({"area": True}, "整数"),
        ({"area": 2**63}, "整数"),
        ({"ok": 1}, "true"),
        ({"share": float("nan")}, "数字"),
        ({"share": 10**400}, "数字"),
        ({"since": "yesterday"}, "日期"),
        ({"since": MONDAY}, "日期"),
        ({"kind": "hous"}, "没有选项“hous”"),
        ({"tags": "a"}, "清单"),
        ({"tags": ["a"] * 1001}, "清单"),
        ({"tags": [1]}, "清单"),
        ({"fee": 1.5}, "分"),
        ({"aera": 1}, "没有名为“aera”的数据项"),
    ],
)
def test_data_is_typed(data: dict[str, object], zh: str) -> None:
    case = a_house()
    refusal = refused(case.fire("submit", actor=agent, now=MONDAY, data=data))
    assert refusal.code is Rule.DATA
    assert zh in refusal.text.zh
    assert case.data == a_house().data


def test_data_is_read_into_its_type() -> None:
    case = opened(PERMIT, {"kind": "house", "tags": ["a"], "since": "2024-07-01", "share": 1, "fee": None})
    assert case.data == {
        "kind": "house", "tags": ("a",), "since": date(2024, 7, 1), "share": 1.0, "ok": False,
    }  # fmt: skip
    assert isinstance(case.data["share"], float)


def test_offers_say_who_may_do_what_and_what_refuses_it() -> None:
    case = at_decision(area=301)
    offers = {o.event: o for o in case.offers(now=MONDAY)}
    assert set(offers) == {"approve", "refuse"}
    assert offers["approve"].main
    assert offers["approve"].step == "decide"
    assert [r.id for r in offers["approve"].roles] == ["officer"]
    assert offers["refuse"].refusal is None
    found = offers["approve"].refusal
    assert found is not None
    assert found.code is Rule.GUARD
    assert case.offers(now=MONDAY, actor=agent) == ()
    for_me = {o.event: o.refusal for o in case.offers(now=MONDAY, actor=officer)}
    assert all(r is not None and r.code is Rule.SEPARATION for r in for_me.values())


def test_an_offer_leaves_open_what_its_event_will_bring() -> None:
    guarded = steps(
        """
        - step: apply
          title: {zh: 申请, en: Apply}
          kind: submit
          by: agent
          collects: [area]
          on: {submit: {to: next, when: area > 10}}
        """,
        "data: {area: {title: {zh: 面积, en: Area}, type: int}}",
    )
    (offer,) = opened(guarded).offers(now=MONDAY)
    assert offer.collects == ("area",)
    assert offer.refusal is None


def test_time_does_not_run_backwards() -> None:
    case = a_house()
    for now in (MONDAY - timedelta(seconds=1), MONDAY.astimezone()):
        refusal = refused(case.fire("submit", actor=agent, now=now, data={"area": 1}))
        assert refusal.code is Rule.TIME


def test_deciding_is_pure() -> None:
    start = done(decide(PERMIT, None, Open(actor=agent, now=MONDAY, data={"kind": "house", "tags": []})))
    command = Fire(event="submit", actor=agent, now=MONDAY, data={"area": 7})
    first = decide(PERMIT, start.state, command)
    assert first == decide(PERMIT, start.state, command)
    assert start.state.tokens[0].node == "apply"
    assert refused(decide(PERMIT, start.state, Fire(event="submit", actor=clerk, now=MONDAY))) is not None
    with pytest.raises(TypeError):
        decide(PERMIT, None, Tick(now=MONDAY))


def test_two_exits_of_one_event_are_told_apart_by_their_conditions() -> None:
    guarded = steps(
        """
        - step: sort
          title: {zh: 分流, en: Sort}
          kind: task
          by: clerk
          on: {complete: {to: next, when: area > 300, source: licensing_act}}
        - {step: large, title: {zh: 大, en: Large}, kind: task, by: clerk}
        """,
        "data: {area: {title: {zh: 面积, en: Area}, type: int}}",
    )
    small, large = opened(guarded, {"area": 300}), opened(guarded, {"area": 301})
    assert refused(small.fire("complete", actor=clerk, now=MONDAY)).code is Rule.GUARD
    assert large.fire("complete", actor=clerk, now=MONDAY)


def test_a_case_goes_on_under_another_process_with_the_data_it_knows() -> None:
    simple = flow(
        """
        data:
          area: {title: {zh: 面积, en: Area}, type: int}
          note: {title: {zh: 备注, en: Note}, type: text}
          kind: {title: {zh: 类型, en: Kind}, enum: {a: {zh: 甲, en: A}, b: {zh: 乙, en: B}}}
        stages:
          - stage: only
            title: {zh: 环节, en: Stage}
            steps:
              - {step: ask, title: {zh: 询问, en: Ask}, kind: task, by: agent, on: {complete: {to: moved}}}
        ends:
          done: {outcome: granted, title: {zh: 准予, en: Granted}}
          moved: {outcome: switched, title: {zh: 转办, en: Switched}, switch: demo/permit}
        """
    )
    general = flow(
        """
        data:
          area: {title: {zh: 面积, en: Area}, type: int}
          kind: {title: {zh: 类型, en: Kind}, enum: {a: {zh: 甲, en: A}}}
        eligible: [{when: area < 10, else: {zh: 过大, en: Too large}}]
        stages:
          - stage: only
            title: {zh: 环节, en: Stage}
            steps: [{step: begin, title: {zh: 开始, en: Begin}, kind: task, by: agent}]
        """,
        "test/general",
    )
    asked: list[str] = []

    def resolve(key: str):
        asked.append(key)
        return general

    case = opened(simple, {"area": 5, "note": "x", "kind": "b"})
    with pytest.raises(ValueError, match="switch"):
        case.switch(resolve, actor=agent, now=MONDAY)
    done(case.fire("complete", actor=agent, now=MONDAY))
    after = case.switch(resolve, actor=agent, now=MONDAY)
    assert asked[0].startswith("demo/permit")
    assert after.data == {"area": 5}
    assert after.history[0].reason == "test/small@1"
    large = opened(simple, {"area": 50})
    done(large.fire("complete", actor=agent, now=MONDAY))
    with pytest.raises(Refused):
        large.switch(resolve, actor=agent, now=MONDAY)


def test_an_actor_takes_one_role_or_several() -> None:
    assert Actor("a", "clerk").roles == Actor("a", ["clerk"]).roles == frozenset({"clerk"})


def test_a_date_outside_the_calendar_is_a_clear_error() -> None:
    case = opened(
        steps("- {step: wait, title: {zh: 公示, en: Notice}, kind: publicity, by: clerk, lasts: 20 days}")
    )
    assert case.next_due is not None
    with pytest.raises(JianbanError, match="calendar"):
        opened(case.flow, now=MONDAY.replace(year=2099, month=12, day=20))

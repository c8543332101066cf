"""The format of a definition file, as pydantic models: shapes only, names are resolved by the desugaring."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag, WithJsonSchema

from jianban.workflows.language.parts import (
    After,
    DataShape,
    EffortShape,
    EligibleShape,
    FeeShape,
    Fields,
    GuidanceShape,
    Ids,
    Lasts,
    MaterialShape,
    MessageShape,
    PeriodShape,
    Replaced,
    ReplacedByStep,
    Sends,
    Sourced,
    When,
    Within,
    Words,
)
from jianban.workflows.language.shape import (
    LIST,
    MAP,
    NULL,
    TEXT,
    Id,
    MessageName,
    Minutes,
    ProcessId,
    ProcessRef,
    Shape,
    Version,
    Yuan,
    either,
    key,
)


class ExitShape(Sourced):
    to: Id | None = key("去向：步骤、环节、结果，或 next", "A step, a stage, an end, or `next`", None)
    by: Ids | None = key("谁可以发起", "Who may fire it", None)
    title: Words | None = key("名称", "Title", None)
    when: When | None = key("条件（CEL）", "Condition, in CEL over the data", None)
    else_: Words | None = key("条件不满足时的理由", "Why not, when the condition fails", None, alias="else")
    max: Annotated[int, Field(ge=1, le=1000)] | None = key(
        "一个办件最多几次", "Times one case may take it", None
    )
    main: bool | None = key("正常情形走这条", "What a normal case takes", None)
    likelihood: Annotated[float, Field(ge=0, le=1)] | None = key("可能性（0–1）", "Likelihood, 0 to 1", None)
    after: After | None = key("到期自动发生", "Happens by itself after this time", None)
    message: (
        Annotated[Annotated[MessageName, TEXT] | Annotated[MessageShape, MAP], either("message")] | None
    ) = key("由消息引起", "Happens when this message arrives", None)
    sends: Sends | None = key("走这条时发出什么", "What goes out when it is taken", None)
    via: StepShape | None = key(
        "中间的一步（如补正），之后到 to，默认回到本步骤",
        "A step in between (a correction); it leads to `to`, by default back to this step",
        None,
    )


ExitForm: TypeAlias = Annotated[
    Annotated[Id, TEXT]
    | Annotated[ExitShape, MAP]
    | Annotated[Annotated[list[ExitShape], Field(min_length=1)], LIST]
    | Annotated[None, NULL],
    either("exit"),
]
Exits: TypeAlias = dict[Id, ExitForm]


class FirstReceiverShape(Shape):
    handover_by: Ids = key("谁可以移交（承办人除外）", "Who may hand over, besides the responsible person")


class StepShape(Sourced):
    step: Id = key("步骤编号", "Id of the step")
    title: Words | None = key("名称，默认为类型的名称", "Title; by default that of its kind", None)
    kind: Id = key("步骤类型（kinds.yaml）", "Kind of step, from kinds.yaml", "task")
    by: Ids | None = key("办理角色，第一个负责", "Roles; the first is responsible", None)
    lasts: Lasts | None = key("须届满的期间", "A period that must run in full", None)
    within: Within | None = key("办理时限", "The time within which it must be done", None)
    materials: list[Annotated[Annotated[Id, TEXT] | Annotated[MaterialShape, MAP], either("material")]] = key(
        "申请材料", "Materials asked of the applicant", []
    )
    produces: list[Id] = key("本步骤产生的证照、文书", "Documents that it issues", [])
    visits: Annotated[int, Field(ge=0, le=1000)] = key("到现场次数", "Visits of the applicant", 0)
    channel: Literal["online", "mobile", "counter", "either", "post", "internal"] | None = key(
        "办理形式", "How the applicant deals with it", None
    )
    fee: Annotated[Annotated[Yuan, TEXT] | Annotated[FeeShape, MAP], either("fee")] | None = key(
        "收费（元）", "Fee in yuan", None
    )
    effort: Annotated[Annotated[Minutes, TEXT] | Annotated[EffortShape, MAP], either("effort")] | None = key(
        "申请人的工作量", "The applicant's own work", None
    )
    collects: list[Id] = key("完成时须提供的数据项", "Data that its main event must bring", [])
    replaces: Replaced = key(
        "替代基准流程的哪些步骤（调用中的写作“调用.步骤”）",
        "Steps of the base that it stands for; those inside a call as `call.step`",
        [],
    )
    different_person_from: list[Id] = key(
        "不得由办理这些步骤的人办理", "Steps a different person must have done", []
    )
    first_receiver: Annotated[Annotated[bool, TEXT] | Annotated[FirstReceiverShape, MAP], either("first")] = (
        key("首接负责：办理本步骤的人负责到底", "Who does it stays responsible to the end", False)
    )
    sends: Sends | None = key("到本步骤时发出什么", "What goes out when it is reached", None)
    stops_clock: bool | None = key("不计入办理时限", "Its time does not count", None)
    aside: bool = key("主线以外的步骤", "Off the main line", False)
    note: Words | None = key("说明", "Note", None)
    on: Exits = key("出口：事件 → 去向", "Exits: event → where it leads", {})


Cell: TypeAlias = Annotated[
    Any,
    WithJsonSchema(
        {"type": ["string", "number", "boolean", "array"], "items": {"type": ["string", "number", "boolean"]}}
    ),
]
"""A value, a range such as `5..10` or `>=5`, or a list of them."""


class ChoiceBranchShape(Sourced):
    branch: Id = key("分支编号", "Id of the branch")
    title: Words | None = key("名称，默认为其第一步的名称", "Title; by default that of its first step", None)
    when: When | None = key(
        "条件（CEL）；无条件者为其余情形", "Condition in CEL; without one: otherwise", None
    )
    likelihood: Annotated[float, Field(ge=0, le=1)] | None = key("可能性（0–1）", "Likelihood, 0 to 1", None)
    main: bool = key("正常情形走这条", "What a normal case takes", False)
    steps: list[ItemShape] = key("分支内的步骤", "Steps of the branch", [])
    to: Id = key("之后去向，默认判断之后", "Where it leads; by default on after the choice", "next")


class BranchShape(Sourced):
    branch: Id = key("分支编号", "Id of the branch")
    title: Words | None = key("名称，默认为其第一步的名称", "Title; by default that of its first step", None)
    when: When | None = key("条件（CEL），满足才开启", "Condition in CEL: opened only when true", None)
    steps: list[ItemShape] = key("分支内的步骤", "Steps of the branch", [])


JoinForm: TypeAlias = Annotated[
    Literal["all", "any"] | int,
    WithJsonSchema({"anyOf": [{"enum": ["all", "any"]}, {"type": "integer", "minimum": 1}]}),
]


class RowShape(Sourced):
    when: dict[Id, Cell] = key(
        "数据项 → 取值或范围，不写为不限", "Data field → value or range; any if left out", {}
    )
    then: Id = key("走哪个分支", "The branch it leads to")
    note: Words | None = key("说明", "Note", None)


class ChoiceShape(Sourced):
    choice: Id = key("判断编号", "Id of the choice")
    title: Words | None = key("名称", "Title", None)
    table: Annotated[list[RowShape], Field(min_length=1)] | None = key(
        "判断表，自上而下第一个相符的行决定", "A decision table: the first row that fits decides", None
    )
    branches: Annotated[list[ChoiceBranchShape], Field(min_length=1)] = key(
        "分支，恰好走一条", "Branches, of which exactly one is taken"
    )


class ParallelShape(Sourced):
    parallel: Id = key("并联编号", "Id of the block")
    title: Words | None = key("名称", "Title", None)
    join: JoinForm = key("汇合：全部、任一，或几个", "Join on all, any, or a number of branches", "all")
    branches: Annotated[list[BranchShape], Field(min_length=1)] = key("并联的分支", "Branches, side by side")


class EachShape(Sourced):
    each: Id = key("逐项办理的编号", "Id of the block")
    title: Words | None = key("名称", "Title", None)
    in_: Id = key("列表数据项", "The list field", alias="in")
    as_: Id = key("条件中每一项的名称", "The name of an item in conditions", alias="as")
    join: JoinForm = key("汇合：全部、任一，或几个", "Join on all, any, or a number of items", "all")
    steps: Annotated[list[ItemShape], Field(min_length=1)] = key("每一项的步骤", "The steps of each item")


class CallShape(Sourced):
    call: Id = key("调用编号", "Id of the call")
    title: Words | None = key("名称，默认为被调用流程的名称", "Title; by default that of the process", None)
    process: ProcessRef = key("被调用的流程", "The process to run")
    as_: Literal["part", "case"] = key(
        "在本办件内办理，或另立一个办件", "Within this case, or as a case of its own", "part", alias="as"
    )
    by: Ids | None = key("另立办件时由谁跟进", "As a case of its own: who follows it up", None)
    within: Within | None = key("另立办件时的时限", "As a case of its own: the limit", None)
    key_: Id | None = key(
        "另立办件的业务主键所在的数据项", "The field with the other case's key", None, alias="key"
    )
    data: Fields | None = key("带入另立办件的数据", "Data of the other case ← our fields", None)
    brings: Fields | None = key("另立办件带回的数据", "Our fields ← data of the other case", None)
    replaces: Annotated[Annotated[Replaced, LIST] | Annotated[ReplacedByStep, MAP], either("replaces")] = key(
        "替代基准流程的哪些步骤，整体或者逐步",
        "Steps of the base that it stands for, as a whole or step by step",
        [],
    )
    on: Exits = key("被调用流程的结果 → 去向", "End of the called process → where it leads", {})


ITEMS = ("step", "choice", "parallel", "each", "call")


def _item(value: Any) -> str | None:
    if isinstance(value, dict):
        return next((f"<{k}>" for k in ITEMS if k in value), None)
    return None


ItemShape: TypeAlias = Annotated[
    Annotated["StepShape", Tag("<step>")]
    | Annotated["ChoiceShape", Tag("<choice>")]
    | Annotated["ParallelShape", Tag("<parallel>")]
    | Annotated["EachShape", Tag("<each>")]
    | Annotated["CallShape", Tag("<call>")],
    Discriminator(_item, custom_error_type="item", custom_error_message="item"),
]


class StageShape(Sourced):
    stage: Id = key("环节编号", "Id of the stage")
    title: Words = key("环节名称", "Title of the stage")
    replaces: list[Id] = key("替代基准流程的哪些环节", "Stages of the base that it stands for", [])
    within: Within | None = key("整个环节的时限", "Limit of the whole stage", None)
    lead: Id | None = key("牵头机构", "Lead agency", None)
    after_decision: bool = key("决定之后的环节（事后监管）", "It comes after the decision", False)
    note: Words | None = key("说明", "Note", None)
    steps: list[ItemShape] = key("步骤，顺序即流程", "Steps; their order is the flow", [])


class EndShape(Sourced):
    outcome: Literal["granted", "refused", "not_accepted", "withdrawn", "lapsed", "switched"] = key(
        "结果", "What it means for the applicant"
    )
    title: Words | None = key("名称，默认为结果的名称", "Title; by default that of the outcome", None)
    offers: ProcessRef | None = key("此后仍可走的流程", "A process that stays open to the applicant", None)
    switch: ProcessRef | None = key("转入的流程", "The process under which the case goes on", None)
    sends: Sends = key("办结时发出什么", "What goes out when it is reached", [])


class ResumeShape(Shape):
    event: Id = key("恢复的事件", "The event that resumes")
    by: Ids = key("谁可以恢复", "Who may resume")


class AnywhereShape(Sourced):
    by: Ids = key("谁可以提出", "Who may do it")
    title: Words | None = key("名称", "Title", None)
    to: Id | None = key("撤回：到哪个结果", "Withdrawal: the end it leads to", None)
    resume: ResumeShape | None = key("中止：如何恢复", "Suspension: how it is resumed", None)
    reason: Literal["required", "optional"] = key(
        "是否须说明理由", "Whether a reason must be given", "optional"
    )
    stops_clock: bool = key("中止期间不计时限", "Time does not count meanwhile", True)
    except_: list[Id] = key("哪些步骤中不允许", "Steps during which it is not allowed", [], alias="except")
    when: When | None = key("条件（CEL）", "Condition, in CEL over the data", None)
    else_: Words | None = key("条件不满足时的理由", "Why not, when the condition fails", None, alias="else")
    sends: Sends = key("发生时发出什么", "What goes out when it happens", [])


class ProcessShape(Sourced):
    """A whole process, as it stands after `extends` has been carried out."""

    process: ProcessId = key(
        "流程编号，如 deregistration/simple", "Id of the process, e.g. deregistration/simple"
    )
    version: Version = key("版本，如 2022-03", "Version, e.g. 2022-03")
    title: Words = key("流程名称", "Title of the process")
    summary: Words | None = key("摘要", "Summary", None)
    guide: GuidanceShape | None = key("办事指南另载的内容", "What a guide tells besides", None)
    in_force: PeriodShape | None = key("施行期间", "When it is in force", None)
    extends: ProcessRef | None = key("作为起点的流程", "The process to start from", None)
    variant_of: ProcessRef | None = key("基准流程，供比较", "The base variant, for comparison", None)
    within: Within | None = key("全流程的时限", "Limit of the whole process", None)
    data: dict[Id, DataShape] = key("办件数据", "The data a case carries", {})
    business_key: Id | None = key("作为业务主键的数据项", "The field that is the business key", None)
    eligible: list[EligibleShape] = key("适用条件，须全部满足", "Conditions, all of which must hold", [])
    stages: Annotated[list[StageShape], Field(min_length=1)] = key("环节", "Stages")
    ends: Annotated[dict[Id, EndShape], Field(min_length=1)] = key("结果", "Ends")
    anywhere: dict[Id, AnywhereShape] = key("随时可发生的事", "What may happen at any time", {})

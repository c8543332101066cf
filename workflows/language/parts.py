"""The parts of which the format of a definition file is made: words, sources, conditions, limits, materials,
money, and what is sent and awaited."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, WithJsonSchema

from jianban.workflows.language.shape import (
    LIST,
    MAP,
    TEXT,
    Day,
    Filled,
    Id,
    LimitPeriod,
    MessageName,
    Period,
    ProcessRef,
    Shape,
    Source,
    StepRef,
    Yuan,
    either,
    key,
)
from jianban.workflows.texts import Text


class Words(Shape):
    zh: Filled = key("中文", "Chinese")
    en: Filled = key("英文", "English")

    @property
    def text(self) -> Text:
        return Text(self.zh, self.en)


Sources: TypeAlias = Annotated[Annotated[Source, TEXT] | Annotated[list[Source], LIST], either("sources")]
"""An empty list says that there is no basis, where one would be inherited otherwise."""
Ids: TypeAlias = Annotated[
    Annotated[Id, TEXT] | Annotated[Annotated[list[Id], Field(min_length=1)], LIST], either("ids")
]


class Sourced(Shape):
    source: Sources | None = key(
        "依据，写作“文件:条”，可接所依据的原文，加引号",
        "Basis, as `document:article`, and the phrase of it in curly quotes: `law:33 “…”`",
        None,
    )
    assumed: Words | None = key("没有依据时的假设", "The assumption made where there is no basis", None)


class PeriodShape(Shape):
    from_: Day = key("生效日期", "First day in force", alias="from")
    to: Day | None = key("失效前最后一日", "Last day in force", None)


class KnownShape(Shape):
    message: MessageName = key("消息名称", "Name of the message")
    name: Id | None = key(
        "消息数据中的名称，默认为数据项编号", "Name in its data; by default the field's", None
    )
    key_: Id | None = key(
        "主键所在的数据项，默认为办件的对象",
        "The field of its key; by default the case's subject",
        None,
        alias="key",
    )


class DataShape(Shape):
    title: Words = key("数据项名称", "Title of the field")
    type: Literal["text", "int", "number", "bool", "date", "money", "list"] | None = key(
        "类型；money 以元写、在条件中以分计",
        "Type; money is written in yuan and counts fen in conditions",
        None,
    )
    enum: Annotated[dict[Id, Words], Field(min_length=1)] | None = key(
        "可选值", "The values it may have", None
    )
    options: Annotated[dict[Id, Words], Field(min_length=1)] | None = key(
        "列表中可出现的值", "The values a list may hold", None
    )
    default: Annotated[
        Any, WithJsonSchema({"type": ["string", "number", "boolean", "array"], "items": {"type": "string"}})
    ] = key("默认值", "Default value", None)
    personal: bool = key("个人信息", "Personal data", False)
    known: KnownShape | None = key(
        "发起时从留存的消息得知", "Known, when a case is opened, from a message that was kept", None
    )


class ConditionShape(Sourced):
    when: Filled = key("条件（CEL）", "Condition, in CEL over the data")
    else_: Words | None = key("不满足时的理由", "Why not, when it does not hold", None, alias="else")


class EligibleShape(ConditionShape):
    condition: Id | None = key("编号，供变体修改", "Its id, for variants to change it by", None)


When: TypeAlias = Annotated[
    Annotated[Filled, TEXT] | Annotated[Annotated[list[ConditionShape], Field(min_length=1)], LIST],
    either("when"),
]
"""One condition, or several that must all hold, each with its own reason and basis."""


class ExpiryShape(Sourced):
    then: Literal["warn", "escalate", "deem", "end"] = key(
        "期满后果：提醒、上报、视为、终止",
        "What expiry does: warn, escalate, deem an answer given, or end the right",
    )
    event: Id | None = key("视为或终止时发生的事件", "The event that happens by itself (deem, end)", None)
    role: Id | None = key("上报给谁", "Who is told (escalate)", None)


class ExtensionShape(Shape):
    for_: Period = key("可延长的时间", "How much longer", alias="for")
    by: Ids | None = key("由谁批准", "Who grants it", None)


Extendable: TypeAlias = Annotated[
    Annotated[Period, TEXT] | Annotated[ExtensionShape, MAP], either("extension")
]


class LimitShape(Sourced):
    statutory: LimitPeriod | None = key("法定时限", "Limit as the law states it", None)
    reading: Period | None = key("实践中的理解", "How practice reads it, when that differs", None)
    promised: LimitPeriod | None = key("承诺时限", "Promised limit", None)
    extendable: Extendable | None = key("可延长", "Possible extension", None)
    warn: Period | None = key("期满前多久提醒", "How long before its end is warned", None)
    from_: Id | None = key(
        "自哪一步完成时起算", "The step whose completion starts the clock", None, alias="from"
    )
    promised_source: Sources | None = key("承诺时限的依据", "Basis of the promise", None)
    promised_assumed: Words | None = key("承诺时限的假设", "Assumption behind the promise", None)
    expiry: ExpiryShape | None = key("期满后果", "What expiry does", None)


class TimerShape(Shape):
    for_: Period | None = key(
        "期间；不写的至所写日期当日为止",
        "The period; without it, it ends with the date itself",
        None,
        alias="for",
    )
    from_: Id | None = key(
        "自哪一步完成或者哪个日期（数据项）起算",
        "The step whose completion, or the data field whose date, it runs from",
        None,
        alias="from",
    )
    planned: Period | None = key(
        "至某一日期为止的，推演时按多久", "How long it is taken to last where a date ends it", None
    )


class WaitShape(TimerShape, Sourced):
    reading: Period | None = key("实践中的理解", "How practice reads it, when that differs", None)


Within: TypeAlias = Annotated[Annotated[LimitPeriod, TEXT] | Annotated[LimitShape, MAP], either("limit")]
After: TypeAlias = Annotated[Annotated[Period, TEXT] | Annotated[TimerShape, MAP], either("timer")]
Lasts: TypeAlias = Annotated[Annotated[Period, TEXT] | Annotated[WaitShape, MAP], either("wait")]


class MaterialShape(Sourced):
    material: Id = key("材料编号", "Id of the material")
    form: Literal["original", "copy", "electronic"] = key(
        "原件、复印件或电子件", "Form asked for", "original"
    )
    copies: Annotated[int, Field(ge=1, le=1000)] = key("份数", "Copies", 1)
    shared: bool = key(
        "由本步骤通过共享取得，不向申请人索要", "Fetched from shared data instead of asked", False
    )
    optional: bool = key("可不提交", "May be left out", False)


class FeeShape(Sourced):
    yuan: Yuan = key("金额（元）", "Amount in yuan")


class EffortShape(Sourced):
    minutes: Annotated[int, Field(ge=0, le=10_000_000)] = key(
        "申请人用时（分钟）", "The applicant's minutes", 0
    )
    external_yuan: Yuan = key("付给第三方的费用（元）", "Paid to third parties, in yuan", 0)


Replaced: TypeAlias = list[StepRef]
"""Steps of the base, those inside its calls as `call.step`."""
ReplacedByStep: TypeAlias = dict[StepRef, Annotated[Replaced, Field(min_length=1)]]
"""Steps of a called process → the steps of the base that each stands for."""

Fields: TypeAlias = Annotated[
    Annotated[list[Id], LIST] | Annotated[dict[Id, Id], MAP],
    either("fields"),
]
"""Data fields under their own names, or under others."""


class StatementShape(Words, Sourced):
    pass


class GuidanceShape(Sourced):
    type: (
        Literal[
            "licence",
            "confirmation",
            "payment",
            "reward",
            "ruling",
            "levy",
            "penalty",
            "compulsion",
            "inspection",
            "other_power",
            "public_service",
        ]
        | None
    ) = key("事项类型", "Type of item", None)
    tiers: list[Literal["national", "province", "city", "county", "township", "village"]] = key(
        "行使层级", "Tiers of government that exercise it", []
    )
    enquiries: StatementShape | None = key("咨询方式", "How to ask", None)
    complaints: StatementShape | None = key("监督投诉方式", "How to complain", None)
    remedies: StatementShape | None = key("行政复议和行政诉讼", "Review and litigation", None)


class SendShape(Shape):
    notify: Ids | None = key("通知的角色", "Roles to notify", None)
    ask: Id | None = key("征询的机构", "The agency to ask", None)
    publish: Id | None = key("公布在何处", "Where a notice is published", None)
    webhook: Id | None = key("调用的系统", "The system to call", None)
    message: MessageName | None = key("向其他办件发出的消息", "A message to other cases", None)
    open: ProcessRef | None = key("另行开启的流程", "A process of which a case is opened", None)
    text: Words | None = key("内容，{数据项} 处填入其值", "What is said; {field} is filled in", None)
    key_: Id | None = key("业务主键所在的数据项", "The field with the business key", None, alias="key")
    data: Fields | None = key("附带的数据项", "Data that goes along", None)
    keep: Period | None = key("消息留存多久", "For how long a message is kept for later cases", None)
    each: bool = key("每条都留存，不取代此前的一条", "Every one is kept, not in place of the last", False)


Sends: TypeAlias = list[SendShape]


class MessageShape(Shape):
    name: MessageName = key("消息名称", "Name of the message")
    key_: Id | None = key(
        "与消息主键相符的数据项", "The field that equals the message's key", None, alias="key"
    )
    brings: Fields | None = key("数据项 ← 消息中的名称", "Data field ← its name in the message", None)

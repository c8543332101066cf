"""The fields of a service guide, after the basic elements of service items (GB/T 39046-2020).

The aliases are the names that portals and older guides give the same field.
"""

from __future__ import annotations

from jianban.workflows.guides.model import Field, Kind, Sheet
from jianban.workflows.texts import Text

BASIS = Field(
    id="basis", title=Text("依据", "Basis"), kind=Kind.BASIS, aliases=("设定依据", "法律依据"), width=4
)

NAME = Field(id="name", title=Text("事项名称", "Item"), aliases=("名称", "服务事项名称", "主项名称"))
SUMMARY = Field(id="summary", title=Text("事项说明", "Summary"), aliases=("事项简介", "事项描述"))
LEGAL_BASIS = Field(
    id="legal_basis",
    title=Text("设定依据", "Legal basis"),
    kind=Kind.BASIS,
    aliases=("法律依据", "法定依据", "依据"),
)
AUTHORITY = Field(
    id="authority",
    title=Text("实施机关", "Authorities"),
    kind=Kind.NAMES,
    aliases=("实施主体", "办理机关", "实施部门", "办理部门"),
)
SERVICES = Field(
    id="services",
    title=Text("涉及的法院、中介和公共服务机构", "Courts, intermediaries and public services"),
    kind=Kind.NAMES,
    aliases=("中介服务", "中介服务机构"),
)
APPLICANTS = Field(
    id="applicants",
    title=Text("申请人", "Applicants"),
    kind=Kind.NAMES,
    aliases=("服务对象", "申请主体", "办理对象"),
)
HANDLING = Field(
    id="handling_type",
    title=Text("办件类型", "Type of handling"),
    aliases=("办理类型",),
)
CHANNELS = Field(
    id="channels",
    title=Text("办理形式", "Ways to apply"),
    kind=Kind.NAMES,
    aliases=("办理渠道", "办理方式", "申请方式"),
)
VISITS = Field(
    id="visits",
    title=Text("到现场次数", "Visits in person"),
    kind=Kind.COUNT,
    aliases=("到办事现场次数", "跑动次数"),
)
STATUTORY = Field(
    id="statutory",
    title=Text("法定办结时限", "Statutory time"),
    kind=Kind.TIME,
    aliases=("法定时限", "法定期限"),
)
PROMISED = Field(
    id="promised",
    title=Text("承诺办结时限", "Promised time"),
    kind=Kind.TIME,
    aliases=("承诺时限", "承诺期限"),
)
SPECIAL = Field(
    id="special",
    title=Text("特别程序（不计入时限）", "Special procedures, not counted in the time"),
    kind=Kind.NAMES,
    aliases=("特别程序", "特殊环节"),
)
CHARGED = Field(
    id="charged",
    title=Text("是否收费", "Charged"),
    kind=Kind.CHARGED,
    aliases=("收费情况", "收费", "收费标准"),
)
RESULT = Field(
    id="result", title=Text("办理结果", "Result"), kind=Kind.NAMES, aliases=("结果名称", "审批结果")
)
DELIVERY = Field(
    id="delivery", title=Text("送达方式", "Delivery"), aliases=("结果送达", "送达方式及期限", "结果领取方式")
)
ITEM_TYPE = Field(id="item_type", title=Text("事项类型", "Type of item"), kind=Kind.NAMES)
LEVEL = Field(id="level", title=Text("行使层级", "Level of authority"), kind=Kind.NAMES)
ENQUIRIES = Field(id="enquiries", title=Text("咨询方式", "Enquiries"), aliases=("咨询电话", "联系电话"))
COMPLAINTS = Field(
    id="complaints",
    title=Text("监督投诉方式", "Complaints"),
    aliases=("监督电话", "投诉电话", "监督投诉渠道"),
)
REMEDIES = Field(
    id="remedies",
    title=Text("行政复议和行政诉讼", "Review and litigation"),
    aliases=("权利救济", "救济途径", "法律救济"),
)
CODE = Field(id="code", title=Text("定义编号", "Definition"), aliases=("流程编号",))
VERSION = Field(id="version", title=Text("版本", "Version"), aliases=("版本号",))
IN_FORCE = Field(id="in_force", title=Text("施行时间", "In force"), aliases=("生效日期", "施行日期"))

FACTS = (
    NAME,
    SUMMARY,
    ITEM_TYPE,
    LEGAL_BASIS,
    AUTHORITY,
    LEVEL,
    SERVICES,
    APPLICANTS,
    HANDLING,
    CHANNELS,
    VISITS,
    STATUTORY,
    PROMISED,
    SPECIAL,
    CHARGED,
    RESULT,
    DELIVERY,
    ENQUIRIES,
    COMPLAINTS,
    REMEDIES,
    CODE,
    VERSION,
    IN_FORCE,
)
"""The fields that a definition may state."""

GIVEN = (ITEM_TYPE, LEVEL, ENQUIRIES, COMPLAINTS, REMEDIES)
"""Those that do not follow from the process: only a definition that states them can be held to them."""

LOCAL = tuple(
    Field(id=name, title=title, aliases=aliases)
    for name, title, aliases in (
        ("item_code", Text("事项编码", "Item code"), ("基本编码", "实施编码")),
        ("place", Text("办理地点", "Place"), ("办公地址", "受理地点", "窗口地址")),
        ("hours", Text("办理时间", "Office hours"), ("办公时间", "受理时间")),
    )
)
"""National fields for which a definition has no place: what is published there is told, and not compared."""

STAGE = Field(id="stage", title=Text("环节", "Stage"), numbered=True, aliases=("办理环节", "环节名称"))
STEP = Field(id="step", title=Text("步骤", "Step"), numbered=True, aliases=("办理步骤", "步骤名称"), width=3)
REMARKS = Field(id="remarks", title=Text("备注", "Remarks"), aliases=("说明", "备注说明"), width=5)

CONDITIONS = Sheet(
    id="conditions",
    title=Text("受理条件", "Conditions"),
    aliases=("受理条件", "申请条件", "办理条件"),
    key="obstacle",
    columns=(
        Field(
            id="obstacle",
            title=Text("不予受理或者不适用本流程的情形", "Not for you if"),
            aliases=("不得有的情形",),
            width=5,
        ),
        BASIS,
    ),
)
DECISIONS = Sheet(
    id="decisions",
    title=Text("判断表", "Decision tables"),
    aliases=("判断表",),
    key="case",
    columns=(
        Field(id="decided", title=Text("判断事项", "Decided"), width=2),
        Field(id="case", title=Text("符合的情形", "If"), width=5),
        Field(id="then", title=Text("结论", "Then"), width=3),
        BASIS,
    ),
)
MATERIALS = Sheet(
    id="materials",
    title=Text("申请材料", "Materials"),
    aliases=("申请材料", "申请材料目录", "材料清单"),
    key="material",
    columns=(
        Field(id="material", title=Text("材料名称", "Material"), aliases=("申请材料名称", "材料"), width=4),
        Field(id="form", title=Text("材料形式", "Form"), aliases=("形式", "材料类型", "原件/复印件")),
        Field(
            id="copies",
            title=Text("份数", "Copies"),
            kind=Kind.COUNT,
            aliases=("材料份数", "数量"),
        ),
        Field(id="need", title=Text("必要性", "Needed"), aliases=("材料必要性", "是否必要")),
        Field(id="origin", title=Text("来源", "From"), aliases=("来源渠道", "材料来源"), width=3),
        Field(id="asked", title=Text("提交步骤", "Asked in"), aliases=("提交环节",), width=3),
        BASIS,
    ),
)
STEPS = Sheet(
    id="steps",
    title=Text("办理流程", "Procedure"),
    aliases=("办理流程", "办理程序", "流程表"),
    key="step",
    columns=(
        STAGE,
        STEP,
        Field(id="who", title=Text("办理人", "Who"), kind=Kind.NAMES, aliases=("办理人员", "责任人")),
        Field(id="time", title=Text("时限", "Time"), kind=Kind.TIME, aliases=("办理时限", "期限"), width=3),
        REMARKS,
        BASIS,
    ),
)
FEES = Sheet(
    id="fees",
    title=Text("收费", "Fees"),
    aliases=("收费项目",),
    key="charged_for",
    columns=(
        Field(id="charged_for", title=Text("收费项目", "Charged for"), aliases=("收费步骤",), width=3),
        Field(id="amount", title=Text("收费标准", "Amount"), kind=Kind.MONEY, aliases=("金额",)),
        BASIS,
    ),
)
REFUSALS = Sheet(
    id="refusals",
    title=Text("不予办理和其他结果", "Refusals and other ends"),
    aliases=("不予办理的情形", "不予许可的情形", "When it is not granted"),
    key="outcome",
    columns=(
        Field(id="outcome", title=Text("结果", "Outcome"), aliases=("不予办理结果",), width=3),
        Field(id="grounds", title=Text("情形", "Grounds"), aliases=("不予办理情形",), width=5),
        Field(id="afterwards", title=Text("此后可以办理", "Still open"), width=3),
        BASIS,
    ),
)
EXPIRIES = Sheet(
    id="expiries",
    title=Text("期限届满的后果", "When time runs out"),
    aliases=("期限届满的后果", "逾期后果"),
    key="expiring",
    columns=(
        Field(id="expiring", title=Text("届满的期限", "Limit that ends"), width=4),
        Field(id="consequence", title=Text("后果", "Consequence"), aliases=("届满后果",), width=4),
        BASIS,
    ),
)
ANY_TIME = Sheet(
    id="any_time",
    title=Text("撤回和中止", "Withdrawal and suspension"),
    aliases=("撤回和中止",),
    key="possible",
    columns=(
        Field(id="possible", title=Text("随时可以", "At any time"), width=3),
        Field(id="by_whom", title=Text("由谁提出", "By"), kind=Kind.NAMES, width=3),
        Field(id="follows", title=Text("后续", "Then"), width=4),
        BASIS,
    ),
)
DOCUMENTS = Sheet(
    id="documents",
    title=Text("依据文件", "Documents"),
    aliases=("依据文件",),
    key="document",
    columns=(
        Field(id="document", title=Text("文件名称", "Document"), width=6),
        Field(id="number", title=Text("文号", "Number"), aliases=("发文字号",), width=3),
        Field(id="effective", title=Text("文件施行时间", "Effective"), width=3),
        Field(id="checked", title=Text("核对情况", "Checked"), width=2),
    ),
)
ASSUMED = Sheet(
    id="assumptions",
    title=Text("假设", "Assumptions"),
    aliases=("假设",),
    key="assumption",
    columns=(
        Field(id="assumption", title=Text("假设的内容", "What is assumed"), width=6),
        Field(id="assumed_for", title=Text("用于", "Used for"), kind=Kind.NAMES, width=4),
    ),
)

SHEETS = (
    CONDITIONS,
    DECISIONS,
    MATERIALS,
    STEPS,
    FEES,
    REFUSALS,
    EXPIRIES,
    ANY_TIME,
    DOCUMENTS,
    ASSUMED,
)

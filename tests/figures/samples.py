"""Processes in plain Python, close to the real ones, for the tests of the figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from jianban.workflows.language.model import (
    NEXT,
    Branch,
    Choice,
    ChoiceBranch,
    End,
    Exit,
    Item,
    Kind,
    Outcome,
    Parallel,
    Process,
    Stage,
    Step,
)
from jianban.workflows.language.terms import (
    Agency,
    Basis,
    Cause,
    Channel,
    Citation,
    Document,
    Duration,
    Guard,
    Limit,
    Material,
    MaterialUse,
    PartyKind,
    Role,
    Unit,
    Wait,
)
from jianban.workflows.texts import Text

LAW = Document(id="company_law", title=Text("公司法", "Company Law"), number="2023年修订")
BASIS = Basis(citations=(Citation(document=LAW, article="235"),))
KIND = Kind(id="task", title=Text("办理", "Task"), interaction=True)
ENTERPRISE = Agency(id="enterprise", title=Text("企业", "Enterprise"), kind=PartyKind.APPLICANT)
REGISTRAR = Agency(id="registrar", title=Text("登记机关", "Registrar"), kind=PartyKind.GOVERNMENT)
TAX = Agency(id="tax", title=Text("税务机关", "Tax office"), kind=PartyKind.GOVERNMENT)
SOCIAL = Agency(id="social", title=Text("社保机构", "Social insurance"), kind=PartyKind.GOVERNMENT)
CREDITORS = Agency(id="creditors", title=Text("债权人", "Creditors"), kind=PartyKind.PUBLIC)
SYSTEM = Agency(id="system", title=Text("公示系统", "Publicity system"), kind=PartyKind.SYSTEM)


def days(amount: int, unit: Unit = Unit.DAY) -> Duration:
    return Duration(amount, unit)


def role(agency: Agency) -> Role:
    return Role(id=agency.id, title=agency.title, agency=agency)


def exit_(event: str, zh: str, en: str, to: str = NEXT, **more: object) -> Exit:
    return Exit(event=event, title=Text(zh, en), to=to, **more)  # type: ignore[arg-type]


def step(
    id: str,
    zh: str,
    en: str,
    by: Agency,
    *exits: Exit,
    wait: Duration | None = None,
    within: Duration | None = None,
    materials: int = 0,
    visits: int = 0,
    replaces: Sequence[str] = (),
    aside: bool = False,
    online: bool = False,
) -> Step:
    return Step(
        id=id,
        title=Text(zh, en),
        kind=KIND,
        by=(role(by),),
        exits=exits or (exit_("complete", "完成", "Complete", main=True),),
        wait=Wait(duration=wait, basis=BASIS) if wait else None,
        limit=Limit(statutory=within, basis=BASIS) if within else None,
        materials=tuple(
            MaterialUse(material=Material(id=f"{id}_{i}", title=Text(f"材料{i}", f"Document {i}")))
            for i in range(materials)
        ),
        visits=visits,
        replaces=tuple(replaces),
        aside=aside,
        channel=Channel.ONLINE if online else Channel.COUNTER,
        basis=BASIS,
    )


def stage(id: str, zh: str, en: str, *items: Item, replaces: Sequence[str] = ()) -> Stage:
    return Stage(id=id, title=Text(zh, en), items=items, replaces=tuple(replaces))


def end(id: str, zh: str, en: str, outcome: Outcome) -> End:
    return End(id=id, title=Text(zh, en), outcome=outcome)


def intake(back_to: str = "receive") -> tuple[Step, Step]:
    receive = step(
        "receive",
        "受理申请",
        "Accept the application",
        REGISTRAR,
        exit_("accept", "受理", "Accept", main=True),
        exit_("correct", "一次性告知补正", "Ask once for corrections", "correct", max=1),
        exit_("decline", "不予受理", "Decline", "not_accepted"),
        within=days(5, Unit.WORKING_DAY),
    )
    correct = step(
        "correct",
        "补正材料",
        "Correct the documents",
        ENTERPRISE,
        exit_("resubmit", "提交补正材料", "Resubmit", back_to, main=True),
        aside=True,
    )
    return receive, correct


def decide() -> Step:
    return step(
        "decide",
        "决定准予注销",
        "Decide",
        REGISTRAR,
        exit_("approve", "准予", "Approve", main=True),
        exit_("refuse", "不予登记", "Refuse", "refused"),
        within=days(3, Unit.WORKING_DAY),
    )


ENDS = (
    end("done", "准予注销，企业终止", "Deregistered", Outcome.GRANTED),
    end("refused", "不予登记", "Refused", Outcome.REFUSED),
    end("not_accepted", "不予受理", "Not accepted", Outcome.NOT_ACCEPTED),
)


def general() -> Process:
    """Seven stages: a fork, a choice, a correction, refusals."""
    solvency = Choice(
        id="solvency",
        title=Text("财产是否足以清偿债务？", "Enough to pay the debts?"),
        branches=(
            ChoiceBranch(
                id="insolvent",
                title=Text("否", "No"),
                guard=Guard(expression="!solvent", names=("solvent",)),
                items=(step("petition", "申请宣告破产", "Petition for bankruptcy", ENTERPRISE),),
                to="bankruptcy",
            ),
            ChoiceBranch(id="solvent", title=Text("是", "Yes"), guard=None, items=(), main=True),
        ),
    )
    notices = Parallel(
        id="notices",
        title=Text("通知与公告", "Notify and announce"),
        branches=(
            Branch(
                id="known",
                title=Text("已知债权人", "Known creditors"),
                items=(step("notify", "通知债权人", "Notify creditors", ENTERPRISE, within=days(10)),),
            ),
            Branch(
                id="unknown",
                title=Text("未知债权人", "Unknown creditors"),
                items=(step("announce", "公告债权申报", "Announce", SYSTEM, within=days(60), materials=1),),
            ),
        ),
    )
    receive, correct = intake()
    return Process(
        id="deregistration/general",
        version="1",
        title=Text("企业一般注销登记", "General deregistration"),
        summary=Text("适用于所有企业，先清算后注销", "For any enterprise: liquidate first, then deregister"),
        stages=(
            stage(
                "group",
                "成立清算组",
                "Set up the liquidation group",
                step(
                    "form", "组成清算组", "Form the group", ENTERPRISE, within=days(15), materials=1, visits=1
                ),
            ),
            stage("notice", "公告通知", "Notify creditors", notices),
            stage(
                "claims",
                "登记债权",
                "Register claims",
                step("claim", "申报债权", "File claims", CREDITORS, wait=days(45)),
                step("register", "登记债权", "Register claims", ENTERPRISE),
            ),
            stage(
                "assets",
                "清理财产",
                "Inventory assets",
                step(
                    "inventory",
                    "编制资产负债表和财产清单",
                    "Draw up the balance sheet and inventory",
                    ENTERPRISE,
                    materials=2,
                ),
                solvency,
            ),
            stage(
                "distribution",
                "分配财产",
                "Distribute assets",
                step("distribute", "按法定顺序分配", "Distribute in legal order", ENTERPRISE),
            ),
            stage(
                "report",
                "清算报告",
                "Liquidation report",
                step("write", "制作清算报告", "Write the report", ENTERPRISE, materials=1),
            ),
            stage(
                "deregister",
                "办理注销",
                "Deregister",
                step("clear", "清税", "Clear taxes", TAX, materials=2, visits=1),
                step("apply", "申请注销登记", "Apply", ENTERPRISE, within=days(30), materials=4, visits=1),
                receive,
                correct,
                decide(),
            ),
        ),
        ends=(*ENDS, end("bankruptcy", "转入破产清算", "Bankruptcy", Outcome.SWITCHED)),
        documents=(LAW,),
        basis=BASIS,
    )


def simple() -> Process:
    """Two stages: a fork of departments, an objection, a lapse, a correction."""
    check = Parallel(
        id="period",
        title=Text("公示期", "Notice period"),
        branches=tuple(
            Branch(id=f"b_{s.id}", title=s.title, items=(s,))
            for s in (
                step(
                    "publicity",
                    "公示拟注销信息",
                    "Public notice",
                    SYSTEM,
                    exit_("elapsed", "期满无异议", "No objection", main=True, cause=Cause.TIMER),
                    exit_("objection", "提出异议", "Objection", "objected"),
                    wait=days(20),
                ),
                step(
                    "tax_check",
                    "核查涉税情况",
                    "Check tax records",
                    TAX,
                    exit_("pass", "无异议", "No objection", main=True),
                    exit_("object", "提出异议", "Objection", "objected"),
                    within=days(20),
                ),
                step(
                    "social_check",
                    "核查社保情况",
                    "Check social insurance",
                    SOCIAL,
                    exit_("pass", "无异议", "No objection", main=True),
                    exit_("object", "提出异议", "Objection", "objected"),
                    within=days(20),
                ),
            )
        ),
    )
    receive, correct = intake()
    return Process(
        id="deregistration/simple",
        version="1",
        title=Text("企业简易注销登记", "Simplified deregistration"),
        summary=Text("未发生债权债务或已清偿完结的企业", "For enterprises without outstanding debts"),
        variant_of="deregistration/general",
        stages=(
            stage(
                "notice_and_commitment",
                "公告通知加承诺",
                "Notice with commitment",
                step(
                    "commit",
                    "全体投资人书面承诺",
                    "All investors commit in writing",
                    ENTERPRISE,
                    materials=1,
                    online=True,
                    replaces=("claim", "register", "inventory", "distribute", "write"),
                ),
                step(
                    "publish",
                    "填报简易注销公告",
                    "Publish the notice",
                    ENTERPRISE,
                    online=True,
                    replaces=("notify", "announce"),
                ),
                check,
                replaces=("notice", "claims", "assets", "distribution", "report"),
            ),
            stage(
                "deregister",
                "办理注销",
                "Deregister",
                step(
                    "apply",
                    "申请注销登记",
                    "Apply",
                    ENTERPRISE,
                    exit_("complete", "提交", "Submit", main=True),
                    exit_("expired", "逾期未申请", "Not in time", "lapsed", cause=Cause.TIMER),
                    within=days(20),
                    materials=2,
                    online=True,
                ),
                receive,
                correct,
                decide(),
            ),
        ),
        ends=(
            *ENDS,
            end("objected", "有异议，转一般程序", "Objection: general procedure", Outcome.SWITCHED),
            end("lapsed", "逾期，须重新公告", "Lapsed", Outcome.LAPSED),
        ),
        documents=(LAW,),
        basis=BASIS,
    )


def renamed(process: Process, zh: str, en: str) -> Process:
    return replace(process, title=Text(zh, en))

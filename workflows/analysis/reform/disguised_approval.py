"""J501: what goes by the name of a filing or registration, but refuses or blocks without a basis in law.

行政许可法 art. 17: no other document may set a licence. 优化营商环境条例 art. 39: none may be set under the
name of a filing, registration, list, yearly check and so on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from jianban.workflows.analysis.reform.advice import Advice, Lint
from jianban.workflows.analysis.reform.levels import described, sets_licences
from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.flow import Arc, Node, NodeKind
from jianban.workflows.language.errors import Severity
from jianban.workflows.language.model import JoinKind, Outcome
from jianban.workflows.language.terms import Basis, Cause, PartyKind, Role
from jianban.workflows.texts import Text

NAMES: Mapping[str, str] = {
    "备案": "filing",
    "登记": "registration",
    "注册": "enrolment",
    "目录": "list",
    "规划": "planning",
    "年检": "yearly inspection",
    "年报": "yearly report",
    "监制": "supervised manufacture",
    "认定": "recognition",
    "认证": "certification",
    "审定": "examination",
    "专项计划": "special plan",
}
"""The names of art. 39, and the special plans (专项计划) that the drives against disguised approvals add."""

FILING = "file"
"""The kind of step that is a filing, whatever its title."""
FILED = Text("备案", NAMES["备案"])
CARRIES_OUT = frozenset({"deliver", "notify"})
"""Kinds of steps that hand out what was decided before."""
OFFICIAL = frozenset({PartyKind.GOVERNMENT, PartyKind.SERVICE})
"""Departments, and the bodies to which they must not hand an approval on (优化营商环境条例 art. 40)."""
REFUSALS = frozenset({Outcome.REFUSED, Outcome.NOT_ACCEPTED, Outcome.LAPSED})

REFUSES = Text(
    "“{title}”以“{name}”为名，经办人员却可以不予办理（{path}），而{basis}，无权设定行政许可：涉嫌变相审批",
    "“{title}” goes by the name of {name}, yet an officer can refuse ({path}), and {basis}, which may not "
    "set a licence: it looks like a disguised approval",
)
BLOCKS = Text(
    "“{title}”以“{name}”为名，申请人却必须等经办人员办理后才能继续，逾期也不视为办妥，"
    "而{basis}，无权设定行政许可：涉嫌变相审批",
    "“{title}” goes by the name of {name}, yet the applicant can't go on until an officer acts, and silence "
    "settles nothing, and {basis}, which may not set a licence: it looks like a disguised approval",
)
REFUSES_REMEDY = Text(
    "请取消不予办理的去向；或者改为真正的备案，材料齐全即为备案；"
    "确有法律、法规或者国务院决定依据的，用 source 注明",
    "Drop the refusal; or make it a true filing, where complete papers are filed papers; or cite the law, "
    "regulation or decision of the State Council with `source`",
)
BLOCKS_REMEDY = Text(
    "请改为真正的备案，材料齐全即为备案，逾期视为已备案（within 的 expiry 写 deem）；"
    "确有法律、法规或者国务院决定依据的，用 source 注明",
    "Make it a true filing, where complete papers are filed papers and silence files them (`within` with "
    "expiry deem); or cite the law, regulation or decision of the State Council with `source`",
)
ARROW = " → "


def find(facts: Facts) -> Iterator[Advice]:
    granting = _granting(facts)
    applicant = [n.id for n in facts.steps if n.step and _acts(n.step.by, {PartyKind.APPLICANT})]
    for node in facts.steps:
        step = node.step
        if step is None or not _acts(step.by, OFFICIAL) or not _follows(facts, node, applicant):
            continue
        own = _name(node.title, step.by) or (FILED if step.kind.id == FILING else None)
        name = own or _name(facts.flow.stage(node.stage).title if node.stage else None, step.by)
        name = name or _name(facts.process.title, step.by)
        if name is None:
            continue
        refusal = _refusal(facts, node, granting)
        if refusal is not None:
            path, why = refusal
            told = Text(ARROW.join(t.zh for t in path), ARROW.join(t.en for t in path))
            yield Advice(
                message=REFUSES.format(
                    title=node.title, name=name, path=told, basis=described(why, facts.process)
                ),
                remedy=REFUSES_REMEDY,
                node=node,
                path=path,
            )
        elif own is not None and _blocks(facts, node, granting):
            yield Advice(
                message=BLOCKS.format(
                    title=node.title, name=name, basis=described(step.basis, facts.process)
                ),
                remedy=BLOCKS_REMEDY,
                node=node,
            )


def _name(title: Text | None, by: Iterable[Role]) -> Text | None:
    """The name of art. 39 in a title; names of those who act don't count (认定单位 is no 认定)."""
    if title is None:
        return None
    words = title.zh
    for party in (p for role in by for p in (role.title, role.agency.title, role.agency.short) if p):
        words = words.replace(party.zh, "")
    return next((Text(zh, en) for zh, en in NAMES.items() if zh in words), None)


def _acts(roles: Iterable[Role], kinds: Iterable[PartyKind]) -> bool:
    return any(role.agency.kind in kinds for role in roles)


def _follows(facts: Facts, node: Node, earlier: Iterable[str]) -> bool:
    return any(facts.can_follow(node.id, other) for other in earlier)


def _lawful(facts: Facts, *bases: Basis) -> bool:
    return any(sets_licences(c.document, facts.process) for b in bases for c in b.citations)


def _granting(facts: Facts) -> frozenset[str]:
    """The nodes from which the case can still be granted."""
    before: dict[str, list[str]] = {}
    for node, ways in facts.following.items():
        for target, _ in ways:
            before.setdefault(target, []).append(node)
    todo = [n.id for n in facts.flow.ends if n.end is not None and n.end.success]
    found = set(todo)
    while todo:
        for node in before.get(todo.pop(), ()):
            if node not in found:
                found.add(node)
                todo.append(node)
    return frozenset(found)


def _refusal(facts: Facts, node: Node, granting: frozenset[str]) -> tuple[tuple[Text, ...], Basis] | None:
    """The first way by which an officer's act refuses without a basis in law, with the basis it has."""
    step = node.step
    assert step is not None
    for arc in facts.arcs(node):
        if arc.cause is not Cause.ACTOR or not _acts(arc.by, OFFICIAL):
            continue
        if _lawful(facts, arc.basis, step.basis):
            continue
        path = _to_refusal(facts, arc, granting, frozenset(step.collects))
        if path is not None:
            return (node.title, arc.title, *path), arc.basis if arc.basis.known else step.basis
    return None


def _to_refusal(
    facts: Facts, arc: Arc, granting: frozenset[str], decided: frozenset[str]
) -> tuple[Text, ...] | None:
    """What lies between an act and the refusal that it means; None when it means none.

    An act refuses when nothing but a refusal can follow, or when a choice on the data it brings says so.
    """
    nodes = facts.flow.nodes
    todo: list[tuple[str, tuple[Text, ...]]] = [(arc.target, ())]
    seen: set[str] = set()
    while todo:
        at, path = todo.pop(0)
        if at in seen:
            continue
        seen.add(at)
        node = nodes[at]
        if node.kind is NodeKind.END:
            end = node.end
            # what stays open by another process is not refused: only an easier way to it is
            if end is not None and end.outcome in REFUSALS and end.offers is None:
                return (*path, node.title)
        elif at not in granting:
            todo += [(target, (*path, node.title)) for target, _ in facts.following[at]]
        elif node.kind is NodeKind.CHOICE and _reads(facts.arcs(node), decided):
            todo += [(a.target, (*path, node.title)) for a in facts.arcs(node)]
    return None


def _reads(arcs: Iterable[Arc], fields: frozenset[str]) -> bool:
    return any(a.guard is not None and not fields.isdisjoint(a.guard.names) for a in arcs)


def _blocks(facts: Facts, node: Node, granting: frozenset[str]) -> bool:
    """Whether the case can go on only by an officer's act, and this without a basis in law."""
    step = node.step
    assert step is not None
    if step.kind.id in CARRIES_OUT:
        return False
    for region in facts.flow.ancestors(node.region):
        owner = facts.flow.regions[region].owner
        join = None if owner is None else facts.flow.nodes[owner].join
        if join is not None and join.kind is not JoinKind.ALL:
            return False
    onward = [a for a in facts.arcs(node) if a.target in granting]
    held = bool(onward) and all(a.cause is Cause.ACTOR and _acts(a.by, OFFICIAL) for a in onward)
    return held and not _lawful(facts, step.basis, *(a.basis for a in onward))


LINT = Lint(
    code="J501",
    title=Text("涉嫌变相审批", "A disguised approval"),
    severity=Severity.WARNING,
    find=find,
)

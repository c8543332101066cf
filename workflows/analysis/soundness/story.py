"""A counterexample in words: what happened, one sentence each, and why no end can be reached any more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jianban.workflows.analysis.soundness.joins import needed
from jianban.workflows.analysis.soundness.verdict import Firing
from jianban.workflows.flow import Arc, Flow, Node, NodeKind
from jianban.workflows.language.terms import Cause, Role
from jianban.workflows.texts import Text

WORDS: Mapping[str, Text] = {
    "act": Text("{who}办理“{step}”，结果为“{event}”。", "{who}: “{step}” ends with “{event}”."),
    "timer": Text(
        "“{step}”期限届满，自动“{event}”。",
        "The time of “{step}” runs out: “{event}” follows by itself.",
    ),
    "message": Text(
        "“{step}”收到消息，结果为“{event}”。", "A message arrives at “{step}”: “{event}” follows."
    ),
    "choice": Text("“{step}”按“{event}”办理。", "“{step}” takes the branch “{event}”."),
    "joined": Text("“{step}”的各分支汇合。", "The branches of “{step}” join."),
    "call": Text("“{step}”以“{event}”结束。", "“{step}” ends with “{event}”."),
    "nobody": Text("（无人）", "(Nobody)"),
    "begin": Text("办件一开始即处于以下状态。", "Every case is in this state from its start."),
    "stuck": Text(
        "此后无人可以继续办理，办件到不了任何结果：",
        "Now nobody can go on, and no end can be reached:",
    ),
    "endless": Text("此后怎样办理都到不了任何结果：", "Whatever happens now, no end can be reached:"),
    "rests": Text("“{node}”没有可走的出口。", "“{node}” has no way on."),
    "rests in": Text(
        "分支“{branch}”停在“{node}”，没有可走的出口。",
        "Branch “{branch}” stays at “{node}”, which has no way on.",
    ),
    "repeats": Text("只能反复办理{nodes}。", "Only {nodes} can happen, over and over."),
    "repeats in": Text(
        "分支“{branch}”只能反复办理{nodes}。",
        "In branch “{branch}” only {nodes} can happen, over and over.",
    ),
    "finished": Text("分支“{branch}”已办完。", "Branch “{branch}” is done."),
    "closed": Text(
        "分支“{branch}”因条件不满足没有开启。",
        "Branch “{branch}” was not opened, as its condition does not hold.",
    ),
    "join all": Text(
        "而“{block}”要等已开启的分支全部办完才能汇合。",
        "But “{block}” waits for all the branches it has opened.",
    ),
    "join count": Text(
        "而“{block}”要有 {count} 个分支办完才能汇合。",
        "But “{block}” waits until {count} of its branches are done.",
    ),
    "dead": Text(
        "步骤“{step}”永远不会办理：没有办件能走到这里。",
        "Step “{step}” never happens: no case can come to it.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """Where a token of the last state stands."""

    node: str
    region: str
    finished: bool = False
    """The branch is done and waits for the join."""
    loop: tuple[str, ...] = ()
    """The nodes it can still go round, in order of declaration; empty when it cannot move."""


def firing(flow: Flow, arc: Arc) -> Firing:
    step = flow.nodes[arc.source].title
    title = Text("{step}：{event}", "{step}: {event}").format(step=step, event=arc.title)
    return Firing(step=arc.source, event=arc.event, title=title)


def tell(flow: Flow, trace: Sequence[Arc], rests: Sequence[Rest]) -> tuple[Text, ...]:
    """What happened, and where every token is now."""
    return (
        *([_happened(flow, arc) for arc in trace] or [WORDS["begin"]]),
        WORDS["endless" if any(r.loop for r in rests) else "stuck"],
        *(_now(flow, rest) for rest in rests),
        *(WORDS["closed"].format(branch=flow.regions[r].title) for r in _closed(flow, rests)),
        *(_wait(flow.nodes[block]) for block in _waiting(flow, rests)),
    )


def tell_dead(step: Node) -> tuple[Text, ...]:
    return (WORDS["dead"].format(step=step.title),)


def _happened(flow: Flow, arc: Arc) -> Text:
    node = flow.nodes[arc.source]
    words = {
        NodeKind.CHOICE: "choice",
        NodeKind.CALL: "call",
        NodeKind.FORK: "joined",
        NodeKind.EACH: "joined",
    }
    causes = {Cause.TIMER: "timer", Cause.MESSAGE: "message"}
    key = words.get(node.kind, causes.get(arc.cause, "act"))
    return WORDS[key].format(who=_people(arc.by), step=node.title, event=arc.title)


def _people(roles: Sequence[Role]) -> Text:
    if not roles:
        return WORDS["nobody"]
    return Text("或".join(r.title.zh for r in roles), " or ".join(r.title.en for r in roles))


def _now(flow: Flow, rest: Rest) -> Text:
    region = flow.regions[rest.region]
    if rest.finished:
        return WORDS["finished"].format(branch=region.title)
    where = "" if region.owner is None else " in"
    if not rest.loop:
        return WORDS[f"rests{where}"].format(branch=region.title, node=flow.nodes[rest.node].title)
    titles = [flow.nodes[n].title for n in rest.loop]
    nodes = Text("、".join(f"“{t.zh}”" for t in titles), ", ".join(f"“{t.en}”" for t in titles))
    return WORDS[f"repeats{where}"].format(branch=region.title, nodes=nodes)


def _waiting(flow: Flow, rests: Sequence[Rest]) -> list[str]:
    """The blocks that wait for the branches in which the tokens stand, outermost first."""
    owners = (
        owner
        for rest in rests
        for region in reversed(flow.ancestors(rest.region))
        if (owner := flow.regions[region].owner) is not None
    )
    return [b for b in dict.fromkeys(owners) if flow.nodes[b].kind is not NodeKind.CALL]


def _closed(flow: Flow, rests: Sequence[Rest]) -> list[str]:
    """The branches of these blocks in which no token stands."""
    open_ = {region for rest in rests for region in flow.ancestors(rest.region)}
    return [r for block in _waiting(flow, rests) for r in flow.nodes[block].children if r not in open_]


def _wait(block: Node) -> Text:
    count = needed(block, len(block.children))
    return WORDS["join all" if count is None else "join count"].format(block=block.title, count=count)

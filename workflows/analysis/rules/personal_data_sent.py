"""J308: personal data goes out to where it cannot be erased with the case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.analysis.rules.rule import Finding, Rule, listed
from jianban.workflows.language.errors import Severity
from jianban.workflows.language.model import Call
from jianban.workflows.language.sends import PLACEHOLDER
from jianban.workflows.language.terms import Position, Send, SendKind
from jianban.workflows.texts import Text

_MESSAGE = Text("“{title}”处发出个人信息{fields}", "“{title}” sends personal data out: {fields}")
_REMEDY = Text("请确认有必要，否则不要附带", "Leave it out, unless it is needed")
_OUT = (SendKind.PUBLISH, SendKind.WEBHOOK, SendKind.MESSAGE)


def find(facts: Facts) -> Iterator[Finding]:
    flow = facts.flow
    called = [n.block.process for n in flow.nodes.values() if isinstance(n.block, Call)]
    personal = {f.id: f.title for p in (flow.process, *called) for f in p.data if f.personal}
    places: list[tuple[Sequence[Send], Text, Position]] = []
    for node in flow.nodes.values():
        sends = node.step.sends if node.step is not None else node.end.sends if node.end is not None else ()
        places.append((sends, node.title, node.position))
    places += [(a.sends, a.title, a.position) for a in (*flow.arcs, *flow.anywhere)]
    for sends, title, position in places:
        fields = {f: personal[f] for send in sends for f in _read(send) if f in personal}
        if fields:
            yield Finding(_MESSAGE.format(title=title, fields=listed(fields.values())), _REMEDY, position)


def _read(send: Send) -> Iterator[str]:
    """The fields of which the values go out."""
    if send.kind in _OUT:
        yield from (field for _name, field in send.data)
        if send.key is not None:
            yield send.key
        if send.text is not None:
            yield from PLACEHOLDER.findall(send.text.zh + send.text.en)


RULE = Rule(
    code="J308",
    title=Text("个人信息发往外部", "Personal data goes out"),
    severity=Severity.NOTE,
    find=find,
)

"""J223: a message for which no field tells whom it concerns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.analysis.rules.rule import Finding, Rule
from jianban.workflows.language.errors import Severity
from jianban.workflows.language.terms import Position, Send, SendKind
from jianban.workflows.texts import Text

_SENT = Text(
    "“{title}”发出的消息“{name}”没有写主键：办件没有业务主键的，凡等候者都收到",
    "the message “{name}” that “{title}” sends has no key: from a case without a business key all that wait "
    "for it get it",
)
_AWAITED = Text(
    "“{title}”等候的消息“{name}”没有写主键：没有主键的消息，凡等候者都收到，办件没有业务主键的，只收到这样的消息",
    "the message “{name}” that “{title}” waits for has no key: it takes any without one, and nothing else "
    "where the case has no business key",
)
_REMEDY = Text(
    "请写 key，即主键所在的数据项，如 key: project_code", "Give the field of the key, e.g. key: project_code"
)
_OF_CALLS = ("case.", "caller.")
"""What messages are called that go between a case and the one that called it: they have an address."""


def find(facts: Facts) -> Iterator[Finding]:
    senders: list[tuple[Sequence[Send], Text, Position]] = []
    for node in facts.nodes:
        sends = node.step.sends if node.step is not None else node.end.sends if node.end is not None else ()
        senders.append((sends, node.title, node.position))
        senders += [(arc.sends, arc.title, arc.position) for arc in facts.arcs(node)]
    senders += [(a.sends, a.title, a.position) for a in facts.flow.anywhere]
    for sends, title, position in senders:
        for send in sends:
            # what is kept is kept for the subject of the case
            if send.kind is SendKind.MESSAGE and send.key is None and send.keep is None:
                yield Finding(_SENT.format(title=title, name=send.name), _REMEDY, position)
    for node in facts.nodes:
        for arc in facts.arcs(node):
            awaited = arc.message
            if awaited is not None and awaited.key is None and not awaited.name.startswith(_OF_CALLS):
                yield Finding(_AWAITED.format(title=arc.title, name=awaited.name), _REMEDY, arc.position)


RULE = Rule(
    code="J223",
    title=Text("消息没有主键", "A message without a key"),
    severity=Severity.WARNING,
    find=find,
)

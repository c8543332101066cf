"""J503: the applicant is asked for what data sharing holds (国务院关于在线政务服务的若干规定 art. 7)."""

from __future__ import annotations

from collections.abc import Iterator

from jianban.workflows.analysis.measures.sets import asked
from jianban.workflows.analysis.reform.advice import Advice, Lint
from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.language.errors import Severity
from jianban.workflows.texts import Text

MESSAGE = Text(
    "“{title}”要求申请人提交“{material}”，数据共享可以取得",
    "“{title}” asks the applicant for “{material}”, which data sharing holds",
)
ISSUED = Text(
    "“{title}”要求申请人提交“{material}”，可以通过数据共享向{issuer}取得",
    "“{title}” asks the applicant for “{material}”, which data sharing obtains from {issuer}",
)
REMEDY = Text("请改为共享取得（shared: true）", "Fetch it instead (`shared: true`)")


def find(facts: Facts) -> Iterator[Advice]:
    for node in facts.steps:
        for use in asked(node.step) if node.step else ():
            if use.material.shared:
                issuer = use.material.issuer
                words = {"title": node.title, "material": use.material.title}
                message = (
                    MESSAGE.format(**words) if issuer is None else ISSUED.format(**words, issuer=issuer.title)
                )
                yield Advice(message=message, remedy=REMEDY, node=node, material=use.material, shared=True)


LINT = Lint(
    code="J503",
    title=Text("可以共享的材料仍要求提交", "Asks for what could be shared"),
    severity=Severity.NOTE,
    find=find,
)

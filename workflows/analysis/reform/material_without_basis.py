"""J502: a material that is asked without a basis which may ask it (优化营商环境条例 arts 35 and 44)."""

from __future__ import annotations

from collections.abc import Iterator

from jianban.workflows.analysis.measures.sets import asked
from jianban.workflows.analysis.reform.advice import Advice, Lint
from jianban.workflows.analysis.reform.levels import demands, described
from jianban.workflows.analysis.rules.facts import Facts
from jianban.workflows.language.errors import Severity
from jianban.workflows.texts import Text

PROOF = Text(
    "“{title}”要求提交由{issuer}出具的“{material}”，而{basis}：索要证明须有法律、法规或者国务院决定依据",
    "“{title}” asks for “{material}”, issued by {issuer}, but {basis}: to ask for a proof takes a law, a "
    "regulation or a decision of the State Council",
)
PAPER = Text(
    "“{title}”要求提交“{material}”，而{basis}：增设办理条件须有法律、法规、规章依据",
    "“{title}” asks for “{material}”, but {basis}: to add a condition takes a law, a regulation or rules",
)
REMEDY = Text("请取消这份材料；确有依据的，用 source 注明", "Drop it, or cite its basis with `source`")


def find(facts: Facts) -> Iterator[Advice]:
    for node in facts.steps:
        for use in asked(node.step) if node.step else ():
            basis = use.basis if use.basis.known else use.material.basis
            citations = (*use.basis.citations, *use.material.basis.citations)
            if any(demands(c.document, use) for c in citations):
                continue
            issuer = use.material.issuer
            words = {
                "title": node.title,
                "material": use.material.title,
                "basis": described(basis, facts.process),
            }
            message = PAPER.format(**words) if issuer is None else PROOF.format(**words, issuer=issuer.title)
            yield Advice(message=message, remedy=REMEDY, node=node, material=use.material)


LINT = Lint(
    code="J502",
    title=Text("材料没有法定依据", "A material without a basis in law"),
    severity=Severity.WARNING,
    find=find,
)

"""Which documents may set a licence, and which may demand a document of an applicant.

Licences: 行政许可法 arts 14 to 17. Laws, administrative regulations and decisions of the State Council may
set them, and local regulations; rules of a provincial government may for one year; nothing else may. Proofs
that others issue (证明事项): 优化营商环境条例 art. 44, by law, regulation or decision of the State Council.
Other conditions and papers: art. 35, by law, regulation or rules.
"""

from __future__ import annotations

from collections.abc import Mapping

from jianban.workflows.language.model import Process
from jianban.workflows.language.terms import Basis, Document, Level, MaterialUse
from jianban.workflows.texts import Text

LEVELS: Mapping[Level, Text] = {
    Level.LAW: Text("法律", "law"),
    Level.REGULATION: Text("行政法规", "administrative regulation"),
    Level.DECISION: Text("国务院决定", "decision of the State Council"),
    Level.LOCAL_REGULATION: Text("地方性法规", "local regulation"),
    Level.PROVINCIAL_RULES: Text("省级政府规章", "provincial rules"),
    Level.RULES: Text("规章", "rules"),
    Level.POLICY: Text("规范性文件", "policy paper"),
}

STATUTES = frozenset({Level.LAW, Level.REGULATION, Level.DECISION, Level.LOCAL_REGULATION})
"""What may set licences and demand proofs."""
RULES = frozenset({Level.PROVINCIAL_RULES, Level.RULES})

NONE = Text("没有注明依据", "no basis is given")
ASSUMED = Text("只有假设“{assumed}”", "only an assumption is given (“{assumed}”)")
CITED = Text("所引《{title}》（{level}）", "it cites “{title}” ({level})")
UNKNOWN = Text("未注明效力层级", "of no stated level")
EXPIRED = Text("{level}，已满一年", "{level}, older than a year")
COMMA = Text("；", "; ")


def sets_licences(document: Document, process: Process) -> bool:
    """Whether the document may set a licence that this process carries out."""
    if document.level is Level.PROVINCIAL_RULES:
        return _in_first_year(document, process)
    return document.level in STATUTES


def demands(document: Document, use: MaterialUse) -> bool:
    """Whether the document may demand this material: of a proof that others issue more is asked."""
    if document.level in STATUTES:
        return True
    return use.material.issuer is None and document.level in RULES


def described(basis: Basis, process: Process) -> Text:
    """What a basis consists of, with the level of each document."""
    if not basis.citations:
        return NONE if basis.assumed is None else ASSUMED.format(assumed=basis.assumed)
    documents = {c.document.id: c.document for c in basis.citations}.values()
    parts = [CITED.format(title=d.title, level=_level(d, process)) for d in documents]
    return Text(COMMA.zh.join(p.zh for p in parts), COMMA.en.join(p.en for p in parts))


def _level(document: Document, process: Process) -> Text:
    if document.level is None:
        return UNKNOWN
    level = LEVELS[document.level]
    if document.level is Level.PROVINCIAL_RULES and not _in_first_year(document, process):
        return EXPIRED.format(level=level)
    return level


def _in_first_year(document: Document, process: Process) -> bool:
    """Whether the process ends within a year of the document (行政许可法 art. 15)."""
    start, last = document.in_force_from, process.in_force_to
    if start is None or last is None:
        return False
    return (last.year, last.month, last.day) < (start.year + 1, start.month, start.day)

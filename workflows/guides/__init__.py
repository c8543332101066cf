"""Service guides (办事指南): what a definition says, field by field, and whether a published guide says the
same.

`guide(flow)` makes the content; `to_html`, `to_markdown` and `to_docx` write it down; `published(content,
name)` reads a guide from anywhere, and `drift(guide, published)` compares it. Start at `content.py`; the
fields, and the names that guides give them, are in `fields.py`.
"""

from jianban.workflows.guides.content import guide
from jianban.workflows.guides.docx import to_docx
from jianban.workflows.guides.drawings import drawings
from jianban.workflows.guides.drift import Aside, Drift, DriftKind, Findings, drift
from jianban.workflows.guides.html import to_html
from jianban.workflows.guides.markdown import to_markdown
from jianban.workflows.guides.model import Guide
from jianban.workflows.guides.published import Published, published
from jianban.workflows.guides.reading.blocks import GuideError
from jianban.workflows.guides.wording import GuideLang

__all__ = [
    "Aside",
    "Drift",
    "DriftKind",
    "Findings",
    "Guide",
    "GuideError",
    "GuideLang",
    "Published",
    "drawings",
    "drift",
    "guide",
    "published",
    "to_docx",
    "to_html",
    "to_markdown",
]

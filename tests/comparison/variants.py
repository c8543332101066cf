"""Small variants to compare, written as definitions."""

from collections.abc import Mapping
from dataclasses import replace
from textwrap import dedent, indent
from types import MappingProxyType

from jianban.workflows.compiler import compile_process
from jianban.workflows.flow import Flow
from jianban.workflows.language.loader import load_text
from jianban.workflows.language.model import Call, Exit
from jianban.workflows.language.terms import Cause
from jianban.workflows.texts import Text
from tests.strategies import CATALOGUE

HEAD = """\
process: test/{name}
version: "{version}"
title: {{zh: {name}, en: {name}}}
in_force: {{from: 2024-01-01}}
source: licensing_act:4
{extra}
stages:
"""
ENDS = """
ends:
  done: {outcome: granted, title: {zh: 准予, en: Granted}}
  refused: {outcome: refused, title: {zh: 不予许可, en: Refused}}
"""


def variant(
    name: str, stages: str, *, of: str | None = None, extra: str = "", version: str = "2024-01"
) -> Flow:
    """A variant with the stages as YAML, as `stage` writes them; `of` is what it is a variant of."""
    head = HEAD.format(name=name, version=version, extra=extra)
    process = load_text(head + indent(stages, "  ") + ENDS, CATALOGUE)
    return compile_process(replace(process, variant_of=of))


def stage(name: str, *items: str, more: str = "") -> str:
    """A stage in YAML, titled like its id."""
    head = f"- stage: {name}\n  title: {{zh: {name}, en: {name}}}\n{indent(more, '  ')}  steps:\n"
    return head + "".join(indent(item, "    ") for item in items)


def step(name: str, more: str = "", *, title: str = "", kind: str = "task") -> str:
    """A step in YAML; `more` holds further keys, one a line."""
    title = title or name
    lines = dedent(more).strip()
    head = f"- step: {name}\n  title: {{zh: {title}, en: {title}}}\n  kind: {kind}\n  by: clerk\n"
    return head + (indent(lines, "  ") + "\n" if lines else "")


def parallel(name: str, *branches: tuple[str, ...]) -> str:
    """A parallel block in YAML, a branch for each tuple of items."""
    head = f"- parallel: {name}\n  title: {{zh: {name}, en: {name}}}\n  branches:\n"
    for at, items in enumerate(branches, start=1):
        head += f"    - branch: b{at}\n      title: {{zh: b{at}, en: b{at}}}\n      steps:\n"
        head += "".join(indent(item, "        ") for item in items)
    return head


def calling(flow: Flow, *calls: Call) -> Flow:
    """The variant with calls in place of the steps of their ids."""
    instead = {call.id: call for call in calls}
    stages = tuple(
        replace(s, items=tuple(instead.get(i.id, i) for i in s.items)) for s in flow.process.stages
    )
    return compile_process(replace(flow.process, stages=stages))


def call(
    name: str,
    called: Flow,
    *replaces: str,
    by_step: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    title: str = "",
) -> Call:
    """A call of a process that ends `done`."""
    title = title or name
    done = Exit(event="done", title=Text("办成", "Done"), cause=Cause.AUTO, main=True)
    return Call(
        id=name,
        title=Text(title, title),
        process=called.process,
        exits=(done,),
        replaces=replaces,
        replaced_by_step=tuple(by_step.items()),
    )

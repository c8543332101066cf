"""Writes the pages of the catalogue anew: `.venv/bin/python -m docs.catalogue.make docs/catalogue`.

One page for each definition, with the strip of its stages, and an index by subject; in Chinese and English.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from jianban.workflows.analysis.measures import Reading, measure
from jianban.workflows.comparison.measure_tables import HEADLINES, number, value_text
from jianban.workflows.comparison.sources import PROMISED, STATUTORY, WAIT, Sourced, sourced
from jianban.workflows.compiler import compile_process
from jianban.workflows.figures import overview_figure, render
from jianban.workflows.flow import Flow
from jianban.workflows.guides import Guide, guide
from jianban.workflows.guides.fields import CODE, NAME, SUMMARY
from jianban.workflows.guides.markdown import cell, escaped, part_of, table
from jianban.workflows.guides.model import Facts, Part, Records
from jianban.workflows.guides.wording import lines_of
from jianban.workflows.guides.words import both, citing
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.model import Process
from jianban.workflows.language.subjects import subject_of, subject_titles
from jianban.workflows.texts import Text
from tests.figures.catalogue import pairs

MORE = ("steps", "online_share", "materials_shareable", "correction_loops", "fee")
"""Measures that are shown besides those of a comparison."""
BACK = Text("流程目录", "Catalogue")
DEFINED_IN = Text("定义文件", "Definition")
RELATED = Text("版本和变体", "Versions and variants")
RELATION = Text("关系", "Relation")
TITLE = Text("名称", "Title")
COMPARED = Text("比较", "Compare")
BEFORE = Text("比较的基准", "its base")
AFTER = Text("以本流程为基准", "has this as its base")
INDICATORS = Text("主要指标", "Indicators")
MEASURE = Text("指标", "Measure")
VALUE = Text("数值", "Value")
RANGE = Text("最少至最多", "Least to most")
LIMITS = Text("时限及其依据", "Limits and their sources")
WHERE = Text("步骤", "Where")
FIGURE = Text("类别", "Kind")
BASIS = Text("依据", "Basis")
UNVERIFIED = Text("未核对原文的来源", "Unverified sources")
NONE_UNVERIFIED = Text("所引文件均已核对原文。", "All documents cited were checked against their text.")
NONE_ASSUMED = Text("没有假设。", "Nothing is assumed.")
INDEX = Text("流程目录", "The catalogue")
ABOUT = Text(
    "每个定义一页，由 `make catalogue` 根据定义生成，请勿手工修改。",
    "One page for each definition, written from it by `make catalogue`; do not edit them.",
)
IN_FORCE = Text("施行时间", "In force")
ASSUMED = Text("假设", "Assumed")
PAIRS = Text("可供比较", "Pairs to compare")
REFORM = Text("改革事项", "Reform")
PROCESSES = Text("流程", "Processes")
BESIDES = Text("另见", "Besides")
NOTHING = Text("—", "—")
ABOVE = (NAME, SUMMARY, CODE)
"""Fields of the guide that stand at the top of the page."""


def line(text: Text) -> str:
    return escaped(f"{text.zh} {text.en}" if text.zh != text.en else text.zh)


def heads(*titles: Text) -> list[str]:
    return [cell((t,), "both") for t in titles]


@cache
def processes() -> tuple[Process, ...]:
    return Catalogue.default().processes()


@cache
def titles() -> Mapping[str, Text]:
    """What processes are called, by `id@version` and, in their newest version, by `id`."""
    ordered = sorted(processes(), key=lambda p: p.version)
    return {name: p.title for p in ordered for name in (p.id, p.key)}


@cache
def compared() -> tuple[tuple[Process, Process], ...]:
    return tuple(dict.fromkeys(pairs(processes())))


def reforms() -> list[dict[str, Any]]:
    """What the catalogue is about: a title, its processes, and what else does it."""
    return yaml.safe_load(Path(__file__).with_name("reforms.yaml").read_text(encoding="utf-8"))


@cache
def flow_of(key: str) -> Flow:
    return compile_process(Catalogue.default().process(key))


@cache
def readings_of(key: str) -> Mapping[str, Reading]:
    return measure(flow_of(key))


@cache
def guide_of(key: str) -> Guide:
    return guide(flow_of(key), titles())


def strip(key: str) -> bytes:
    """The stages of a process as a picture."""
    return render(overview_figure(flow_of(key), readings_of(key), "both"))


def page(key: str) -> str:
    """The page of a definition."""
    return "\n\n".join(_blocks(key)) + "\n"


def _blocks(key: str) -> Iterator[str]:
    flow, content = flow_of(key), guide_of(key)
    process = flow.process
    yield f"# {line(process.title)}"
    yield (
        f"[← {line(BACK)}](../README.md#{subject_of(process)}) · [{line(DEFINED_IN)} `{key}`]"
        f"(../../../definitions/{key}.yaml)"
    )
    if process.summary:
        yield from (escaped(said.text) for said in lines_of((process.summary,), "both"))
    yield f"![{line(process.title)}](<{key.partition('/')[2]}.svg>)"
    if related := list(_related(process)):
        yield f"## {line(RELATED)}"
        yield table(heads(RELATION, TITLE, COMPARED), related)
    yield f"## {line(INDICATORS)}"
    yield table(heads(MEASURE, VALUE, RANGE), list(_indicators(readings_of(key))))
    for section in content.sections:
        told = [b for p in map(_rest, section.parts) if p for b in part_of(p, "both", {})]
        if told:
            yield f"## {line(section.title)}"
            yield from told
    figures = sourced(flow)
    if limits := [f for f in figures if f.figure in {STATUTORY, PROMISED, WAIT}]:
        yield f"## {line(LIMITS)}"
        yield table(heads(WHERE, FIGURE, VALUE, BASIS), _sources(limits))
    if "assumptions" not in content.records:
        yield line(NONE_ASSUMED)
    yield f"## {line(UNVERIFIED)}"
    doubtful = [f for f in figures if f.unverified]
    documents = [d for d in process.documents if d.unverified]
    if documents:
        yield "\n".join(f"- {line(d.title)}" + (f"（{d.number}）" if d.number else "") for d in documents)
    else:
        yield line(NONE_UNVERIFIED)
    if doubtful:
        yield table(heads(WHERE, FIGURE, VALUE, BASIS), _sources(doubtful))


def _rest(part: Part) -> Part | None:
    """A part of the guide without what stands at the top of the page."""
    match part:
        case Facts(facts=facts):
            rest = tuple(f for f in facts if f.field not in ABOVE)
            return Facts(facts=rest) if rest else None
        case Records():
            return part
        case _:
            return None


def _related(process: Process) -> Iterator[list[str]]:
    for base, other in compared():
        if process.key in {base.key, other.key}:
            relation, whose = (BEFORE, base) if process.key == other.key else (AFTER, other)
            command = f"`jianban compare {base.key} {other.key}`"
            yield [cell((relation,), "both"), _link(whose, ".."), command]


def _link(process: Process, up: str) -> str:
    return f"[{cell((process.title,), 'both')}]({up}/{process.key}.md) `{process.key}`"


def _indicators(readings: Mapping[str, Reading]) -> Iterator[list[str]]:
    for name in (*HEADLINES, *MORE):
        reading = readings[name]
        if reading.value is None:
            continue
        value = [value_text(reading)]
        if name.startswith("days_") and reading.note and reading.detail:
            value.insert(0, Text(reading.note.zh.split("；")[0], reading.note.en.split("; ")[0]))
        least, most = reading.low, reading.high
        between = NOTHING if least is None or most is None else both(f"{number(least)}–{number(most)}")
        title = f"[{cell((reading.title,), 'both')}](../../measures/{name}.md)"
        yield [title, cell(tuple(value), "both"), cell((between,), "both")]


def _sources(figures: Sequence[Sourced]) -> list[list[str]]:
    return [
        [cell(c, "both") for c in ((f.place_title,), (f.figure,), (f.value,), citing(f.basis))]
        for f in figures
    ]


def index() -> str:
    """The page that leads to all others."""
    return "\n\n".join(_index()) + "\n"


def _index() -> Iterator[str]:
    yield f"# {line(INDEX)}"
    yield f"{ABOUT.zh}\n{ABOUT.en}"
    yield table(heads(REFORM, PROCESSES, BESIDES), list(map(_reform, reforms())))
    subjects = subject_titles(Catalogue.default())
    for name in dict.fromkeys(map(subject_of, processes())):
        own = [p for p in processes() if subject_of(p) == name]
        yield f'<a id="{name}"></a>\n\n## {line(subjects[name])}'
        measures = ("stages", "steps_typical", "days_statutory", "materials", "visits")
        measured = [readings_of(own[0].key)[m].title for m in measures]
        yield table(heads(TITLE, IN_FORCE, *measured, ASSUMED), list(map(_entry, own)))
        if found := [(a, b) for a, b in compared() if subject_of(b) == name]:
            yield f"**{line(PAIRS)}**"
            yield "\n".join(
                f"- {line(a.title)} → {line(b.title)}: `jianban compare {a.key} {b.key}`" for a, b in found
            )


def _reform(reform: Mapping[str, Any]) -> list[str]:
    newest = {p.id: p.key for p in sorted(processes(), key=lambda p: p.version)}
    return [
        cell((Text(**reform["title"]),), "both"),
        "<br>".join(f"[`{name}`](./{newest[name]}.md)" for name in reform.get("processes", ())),
        "<br>".join(f"[`{what}`]({page})" for what, page in reform["besides"].items()),
    ]


def _entry(process: Process) -> list[str]:
    readings, content = readings_of(process.key), guide_of(process.key)
    force = content.facts.get("in_force")
    days = content.facts.get("statutory")
    assumed = content.records.get("assumptions")
    return [
        _link(process, "."),
        cell(force.lines, "both") if force else NOTHING.zh,
        *(str(readings[m].value) for m in ("stages", "steps_typical")),
        cell(days.lines, "both") if days else NOTHING.zh,
        *(str(readings[m].value) for m in ("materials", "visits")),
        str(len(assumed.rows) if assumed else 0),
    ]


def files() -> Iterator[tuple[str, bytes]]:
    """Every file of the catalogue's pages, by its path from here."""
    yield "README.md", index().encode()
    for process in processes():
        yield f"{process.key}.md", page(process.key).encode()
        yield f"{process.key}.svg", strip(process.key)


def main(folder: Path) -> None:
    fresh = dict(files())
    for old in sorted({*folder.rglob("*.md"), *folder.rglob("*.svg")}):
        if old.relative_to(folder).as_posix() not in fresh:
            old.unlink()
    for name, content in fresh.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

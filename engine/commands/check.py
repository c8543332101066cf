"""`jianban check`: what is wrong with definitions, and whether their flows are sound."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from jianban.engine.commands.help import Command
from jianban.engine.commands.parameters import as_json, load_flow, reference
from jianban.engine.commands.session import FINE, FOUND, Session, both, finding
from jianban.workflows.language.errors import DefinitionError, Problem, Severity
from jianban.workflows.texts import Lang, Text

if TYPE_CHECKING:
    from jianban.workflows.analysis.soundness import Soundness

SUMMARY = Text(
    "检查流程定义：列出全部问题，并判定流程是否可靠（总能走到结果，走到时没有遗留，没有走不到的步骤）",
    "Check definitions: every problem, and whether the flow is sound (an end is always in reach, nothing is "
    "left over there, and every step can happen)",
)
STRICT = Text("有警告也算不通过", "Fail on warnings too")
SOUND = Text("可靠", "sound")
UNSOUND = Text("不可靠", "not sound")
UNDECIDED = Text("定义有误，无法判定", "errors in the definition, not decided")
COUNTS = {
    Severity.ERROR: (Text("{n} 个错误", "{n} error"), Text("{n} 个错误", "{n} errors")),
    Severity.WARNING: (Text("{n} 个警告", "{n} warning"), Text("{n} 个警告", "{n} warnings")),
}
"""One, and any other number."""
CHECKING = Text("正在检查 {name}", "Checking {name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    name: str
    """`id@version`, or the reference as given when the definition has errors."""
    problems: tuple[Problem, ...]
    soundness: "Soundness | None"
    """None when the definition doesn't compile."""

    @property
    def sound(self) -> bool:
        return self.soundness is not None and self.soundness.sound

    def passes(self, strict: bool) -> bool:
        failing = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
        return self.sound and not any(p.severity in failing for p in self.problems)


def register(app: typer.Typer, lang: Lang) -> None:
    @app.command("check", cls=Command, help=SUMMARY.get(lang))
    def command(
        ctx: typer.Context,
        processes: Annotated[list[str], reference(lang)],
        strict: Annotated[bool, typer.Option("--strict", help=STRICT.get(lang))] = False,
        json: Annotated[bool, as_json(lang)] = False,
    ) -> int:
        session: Session = ctx.obj
        verdicts = []
        for name in processes:
            with session.busy(CHECKING.format(name=name)):
                verdicts.append(judge(session, name))
        if session.json:
            session.write_json(_document(verdicts, lang))
        else:
            for verdict in verdicts:
                _print(session, verdict)
        return FINE if all(v.passes(strict) for v in verdicts) else FOUND


def judge(session: Session, name: str) -> Verdict:
    """Load, compile, lint and judge one process.

    Raises:
        JianbanError: there is no such process, or its file can't be read; errors inside a definition are
            part of the verdict.
    """
    try:
        flow = load_flow(session, name)
    except DefinitionError as error:
        if all(problem.code == "J100" for problem in error.problems):
            raise
        return Verdict(name=name, problems=error.problems, soundness=None)

    from jianban.workflows.analysis.rules import check
    from jianban.workflows.analysis.soundness import soundness

    return Verdict(name=flow.process.key, problems=check(flow), soundness=soundness(flow))


def _document(verdicts: list[Verdict], lang: Lang) -> dict[str, object]:
    entries = [_entry(verdict) for verdict in verdicts]
    return {
        "findings": [finding(p, lang) for v in verdicts for p in v.problems],
        "sound": all(v.sound for v in verdicts),
        "counterexample": next(
            (e["counterexample"] for e in entries if e["counterexample"] is not None), None
        ),
        "processes": entries,
    }


def _entry(verdict: Verdict) -> dict[str, object]:
    defects = verdict.soundness.defects if verdict.soundness else ()
    entries = [
        {
            "kind": defect.kind.value,
            "node": defect.node,
            "trace": [{"step": f.step, "event": f.event, "title": both(f.title)} for f in defect.trace],
            "story": [both(sentence) for sentence in defect.sentences],
        }
        for defect in defects
    ]
    return {
        "process": verdict.name,
        "sound": verdict.sound,
        "counterexample": entries[0]["trace"] if entries else None,
        "defects": entries,
    }


def _print(session: Session, verdict: Verdict) -> None:
    for problem in verdict.problems:
        session.write(problem.line(session.lang))
    severities = [p.severity for p in verdict.problems]
    numbers = [(severities.count(severity), words) for severity, words in COUNTS.items()]
    result = UNDECIDED if verdict.soundness is None else SOUND if verdict.sound else UNSOUND
    mark, style = ("✓", "green") if verdict.passes(strict=False) else ("✗", "red")
    words = [result, *(one_or_many[n != 1].format(n=n) for n, one_or_many in numbers)]
    told = ("，" if session.lang == "zh" else ", ").join(session.say(word) for word in words)
    session.console.print(f"{mark} {verdict.name}: {told}", style=style, soft_wrap=True)
    for defect in verdict.soundness.defects if verdict.soundness else ():
        for line in defect.story(session.lang):
            session.console.print(f"  {line}", soft_wrap=True)

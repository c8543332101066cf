"""The verdict on a flow, and what a counterexample consists of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from jianban.workflows.texts import Lang, Text


class DefectKind(StrEnum):
    STUCK = "stuck"
    """A reachable state in which nothing can happen, though no end is reached."""
    ENDLESS = "endless"
    """A reachable state from which things can go on for ever, but never to an end."""
    DEAD_STEP = "dead_step"
    """A step that no case ever reaches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """One thing that happens: an exit of a step, a branch taken, a join, the end of a called process."""

    step: str
    event: str
    title: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    kind: DefectKind
    node: str
    """Where a token is stuck, where the endless part is entered, or the step that is dead."""
    trace: tuple[Firing, ...] = ()
    """A shortest way from the start into the state that is wrong; empty for a dead step."""
    sentences: tuple[Text, ...]
    """The same, and why no end can be reached from there, in an official's words."""

    def story(self, lang: Lang) -> list[str]:
        return [sentence.get(lang) for sentence in self.sentences]

    def counterexample(self, lang: Lang) -> list[dict[str, str]]:
        """The trace for JSON: `step`, `event` and `title` of each firing."""
        return [{"step": f.step, "event": f.event, "title": f.title.get(lang)} for f in self.trace]


@dataclass(frozen=True, slots=True, kw_only=True)
class Soundness:
    defects: tuple[Defect, ...] = ()
    """The shortest way into a state without an end first, then the dead steps in order of declaration."""

    @property
    def sound(self) -> bool:
        return not self.defects

    def plain(self, lang: Lang) -> Mapping[str, object]:
        """JSON-able: `sound`, and per defect `kind`, `node`, `trace` and `story`."""
        return {
            "sound": self.sound,
            "defects": [
                {
                    "kind": d.kind.value,
                    "node": d.node,
                    "trace": d.counterexample(lang),
                    "story": d.story(lang),
                }
                for d in self.defects
            ],
        }

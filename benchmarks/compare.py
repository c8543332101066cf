"""The cold `jianban compare`: a process of its own each time, against one that only imports its libraries.

In processor time, with the bytecode that an installed package has.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

VARIANTS = ("deregistration/general@2022-03", "deregistration/simple@2022-03")
ROUNDS = 5
BARE = (sys.executable, "-c", "import holidays, pydantic, typer, yaml")
JIANBAN = (sys.executable, "-c", "from jianban.engine.commands.main import run; run()")


def seconds(folder: str, *commands: Sequence[str]) -> list[float]:
    """For each command the best of some rounds; the rounds take turns, so that a busy moment hits all."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": folder}
    best = [float("inf")] * len(commands)
    for _ in range(ROUNDS):
        for at, command in enumerate(commands):
            before = _children()
            subprocess.run(command, check=True, capture_output=True, env=environment)
            best[at] = min(best[at], _children() - before)
    return best


def _children() -> float:
    """The processor time of all processes that have been waited for."""
    times = os.times()
    return times.children_user + times.children_system


def results() -> Iterator[tuple[str, str, str]]:
    """Name, value, goal."""
    with TemporaryDirectory() as folder:
        compare = (*JIANBAN, "compare", *VARIANTS)
        page = (*compare, "--output", str(Path(folder, "compare.html")))
        bare, table, figure = seconds(folder, BARE, compare, page)
    yield "import holidays, pydantic, typer, yaml", f"{bare:.2f} s", "(the measure)"
    yield "compare, cold", f"{table:.2f} s", "≤1 s"
    yield "compare, cold, against the bare imports", f"{table / bare:.1f}×", ""
    yield "compare with the figure, cold", f"{figure:.2f} s", "≤2 s"


def main() -> None:
    for name, value, goal in results():
        print(f"{name:<52} {value:>10}  {goal and f'goal {goal}'}")


if __name__ == "__main__":
    main()

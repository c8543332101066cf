"""The cold `jianban compare`: a process of its own each time, against one that only imports what it stands on."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

VARIANTS = ("deregistration/general@2022-03", "deregistration/simple@2022-03")
ROUNDS = 5
BARE = (sys.executable, "-c", "import networkx, pydantic, yaml")
JIANBAN = (sys.executable, "-c", "from jianban.engine.commands.main import run; run()")


def seconds(*commands: Sequence[str]) -> list[float]:
    """For each command the best of some rounds; the rounds take turns, so that a busy moment hits all."""
    best = [float("inf")] * len(commands)
    for _ in range(ROUNDS):
        for at, command in enumerate(commands):
            start = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            best[at] = min(best[at], time.perf_counter() - start)
    return best


def results() -> Iterator[tuple[str, str, str]]:
    """Name, value, goal."""
    with TemporaryDirectory() as folder:
        figure = Path(folder, "compare.svg")
        compare = (*JIANBAN, "compare", *VARIANTS)
        draw = (*JIANBAN, "draw", *VARIANTS, "--output", str(figure))
        bare, table, drawing = seconds(BARE, compare, draw)
    yield "import networkx, pydantic, yaml", f"{bare:.2f} s", "(the measure)"
    yield "compare, cold", f"{table:.2f} s", "≤1 s"
    yield "compare, cold, against the bare imports", f"{table / bare:.1f}×", ""
    yield "compare and draw, cold", f"{table + drawing:.2f} s", "≤2 s"


def main() -> None:
    for name, value, goal in results():
        print(f"{name:<52} {value:>10}  {goal and f'goal {goal}'}")


if __name__ == "__main__":
    main()

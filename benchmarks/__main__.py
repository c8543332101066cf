"""Every benchmark of this folder, one after another: `python -m benchmarks [NAME...]`.

A benchmark is a module with `results()`, which gives the name, the value and the goal of each of its figures.
"""

import importlib
import sys
from pathlib import Path

NAMES = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))


def main() -> None:
    chosen = sys.argv[1:] or NAMES
    if unknown := [name for name in chosen if name not in NAMES]:
        sys.exit(
            f"没有性能测量“{unknown[0]}”。可用的有：{'、'.join(NAMES)}\n"
            f"There is no benchmark “{unknown[0]}”. There are: {', '.join(NAMES)}"
        )
    for name in chosen:
        module = importlib.import_module(f"benchmarks.{name}")
        print(f"\n{name}")
        for figure, value, goal in module.results():
            print(f"  {value:>12}  {goal:<14} {figure}", flush=True)


if __name__ == "__main__":
    main()

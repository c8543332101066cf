"""A program that contends for the steps of one case: `contender.py URL CASE STEPS`.

It fires each step's event until somebody has done the step, and prints the numbers of the entries it made.
"""

import json
import sys

from jianban.engine.engine import Actor, Answer, Engine

ACTOR = Actor("zhang", ["agent"])


def main(url: str, case: str, count: int) -> None:
    won: list[int] = []
    with Engine.open(url) as engine:
        for n in range(count):
            answer = engine.fire(case, f"s{n}.complete", actor=ACTOR)
            while not answer and f"s{n}" in {t.node for t in engine.case(case).steps}:
                answer = engine.fire(case, f"s{n}.complete", actor=ACTOR)
            if isinstance(answer, Answer):
                won.append(answer.seq)
    print(json.dumps(won))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))

"""A worker in a process of its own: `worker_program.py URL LOG`. Its handlers write lines into the log."""

import os
import sys
import time
from datetime import timedelta

from jianban.engine import Engine, worker
from jianban.engine.effects.port import Retries
from jianban.engine.effects.rows import Outgoing

worker.BEAT, worker.SWEEP, worker.DEAD = 0.5, 1.0, timedelta(seconds=3)


def main(url: str, path: str) -> None:
    log = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def handle(outgoing: Outgoing) -> None:
        os.write(log, f"{os.getpid()} begun {outgoing.key}\n".encode())
        time.sleep(0.05)
        os.write(log, f"{os.getpid()} ended {outgoing.key}\n".encode())

    retries = Retries(first=timedelta(seconds=1))
    with Engine.open(url) as engine:
        engine.worker(
            dict.fromkeys(("notify", "ask", "webhook"), handle), concurrency=4, pause=0.2, retries=retries
        ).run()


if __name__ == "__main__":
    main(*sys.argv[1:])

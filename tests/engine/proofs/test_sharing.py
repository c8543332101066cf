"""One engine for many: threads may share it, forked processes may not."""

from __future__ import annotations

from multiprocessing.context import ForkServerContext
from random import Random
from threading import Barrier, Thread

import pytest
from sqlalchemy.engine import URL

from jianban.engine.engine import Answer, Engine, Event, Refusal
from jianban.engine.store.forks import FORKED
from tests.engine.flows import agent, officer
from tests.engine.proofs.contenders import CIRCLE, NOW
from tests.engine.proofs.forking import forks
from tests.engine.proofs.soak import SEED
from tests.engine.proofs.whole import whole

THREADS = 64
CASES = 8
EACH = 8


def test_a_forked_process_is_told_to_open_its_own(url: URL, processes: ForkServerContext) -> None:
    ours, theirs = processes.Pipe(duplex=False)
    process = processes.Process(target=forks, args=(url.render_as_string(hide_password=False), theirs))
    process.start()
    theirs.close()
    *refused, seen, fired = ours.recv()
    assert refused == [FORKED.en] * 7
    assert (seen, fired) == ("seq 1", "True")
    assert ours.recv() == (5, []), "its parent goes on"
    process.join()
    ours.close()
    assert process.exitcode == 0


@pytest.mark.slow
def test_sixty_four_threads_share_an_engine(url: URL) -> None:
    print(f"JIANBAN_SEED={SEED}")
    won: list[tuple[str, int]] = []
    wrong: list[object] = []
    with Engine.open(url, clock=lambda: NOW) as engine:
        cases = [engine.start(CIRCLE, actor=agent, id=f"case-{n}").id for n in range(CASES)]
        barrier = Barrier(THREADS)

        def work(number: int) -> None:
            random = Random(f"{SEED}-{number}")
            barrier.wait()
            try:
                for _ in range(EACH):
                    case = random.choice(cases)
                    node = engine.case(case).steps[0].node
                    answers: list[object] = [engine.fire(case, f"{node}.on", actor=officer)]
                    if random.random() < 0.2:
                        answers += engine.fire_many(
                            [Event(c, "on", officer) for c in random.sample(cases, 3)]
                        )
                    for answer in answers:
                        if isinstance(answer, Answer):
                            won.append((answer.case, answer.seq))
                        elif not isinstance(answer, Refusal):
                            wrong.append(answer)
            except Exception as error:
                wrong.append(error)

        threads = [Thread(target=work, args=(n,)) for n in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []
        assert sorted(won) == [(c, seq) for c in cases for seq in range(2, engine.case(c).seq + 1)]
        assert whole(engine) == []

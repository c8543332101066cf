"""A timer that a date of the case ends, in both stores."""

from datetime import date, datetime, timedelta

from sqlalchemy.engine import URL

from jianban.engine.clock import BEIJING
from jianban.engine.engine import Engine
from tests.engine.flows import agent
from tests.engine.test_periods import GRANT

NOW = datetime(2024, 3, 4, 9, tzinfo=BEIJING)


def test_the_date_is_moved_by_an_event_and_fires_when_it_has_come(url: URL) -> None:
    with Engine.open(url, clock=lambda: NOW, ids=lambda now: "case-1") as engine:
        engine.start(GRANT, actor=agent)
        engine.fire("case-1", "submit", actor=agent, data={"until": date(2024, 3, 9)})
        engine.fire("case-1", "change", actor=agent, data={"until": date(2024, 5, 1)})
    with Engine.open(url, clock=lambda: NOW) as engine:
        (due,) = engine.due()
        assert due.dates[0].deadline.last == date(2024, 5, 1)
        assert engine.wake(now=NOW + timedelta(days=30)) == []
        assert len(engine.wake(now=datetime(2024, 5, 2, tzinfo=BEIJING))) == 1
        assert engine.case("case-1").end is not None
        assert list(engine.verify()) == []

"""The part of `Engine` for those who run it: what goes out, and days counted anew."""

from __future__ import annotations

from datetime import datetime

from jianban.engine.effects.outbox import Outbox
from jianban.engine.effects.rows import EffectStatus, Outgoing
from jianban.engine.front import Front
from jianban.engine.holidays import Calendars, Recount, recount
from jianban.engine.naming import check_names, one_of
from jianban.engine.pages import MANY, check_limit
from jianban.workflows.calendar import WorkCalendar


class Upkeep(Front):
    calendar: WorkCalendar
    calendars: Calendars
    outbox: Outbox

    def effects(
        self,
        *,
        status: EffectStatus | str | None = None,
        case: str | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> list[Outgoing]:
        """What goes out of cases, and what has become of it, by case and in the order it arose.

        Args:
            status: `pending`, `queued`, `running`, `done` or `failed`.
            after: the key of the last one on the page before.

        Raises:
            JianbanError: there is no such status, or a page is not of that size.
            UnknownEffect: `after` is no key.
        """
        check_names(case=case)
        check_limit(limit, MANY)
        wanted = one_of(EffectStatus, "status", status)
        return self.outbox.effects(status=wanted, case=case, after=after, limit=limit)

    def retry(self, key: str, *, now: datetime | None = None) -> bool:
        """Carry out an effect after all that was given up, as if for the first time.

        Returns:
            False when it was not given up, and nothing changed.

        Raises:
            UnknownEffect: there is none of that key.
        """
        return self.outbox.retry(key, self.now(now))

    def recalendar(self, calendar: WorkCalendar | None = None, *, now: datetime | None = None) -> Recount:
        """Count the days of all open cases by another calendar: a notice of holidays has come out.

        One record in each case says which dates moved and why. Interrupted, it goes on when it is called
        again; called once more, it changes nothing. Other programs on the same database must be opened with
        the new calendar too: an event there would count its case by theirs again.

        Args:
            calendar: counts from here on; None for the one that the engine was opened with.
        """
        moment = self.now(now)
        if calendar is not None:
            self.calendars.keep(calendar, moment)
            self.calendar = self.shell.calendar = calendar
        return recount(self.store, self.shell, self._do, moment)

"""The part of `Engine` for messages between cases, and for cases that were opened by others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection

from jianban.engine.codec import UNWRITABLE
from jianban.engine.correspondence import applicants, opening
from jianban.engine.effects.port import Handler, Undeliverable
from jianban.engine.effects.rows import Outgoing
from jianban.engine.front import Front
from jianban.engine.messages import Message
from jianban.engine.naming import check_names
from jianban.engine.planning import plan_of
from jianban.engine.post import Link, linked
from jianban.engine.refusals import Refusal
from jianban.engine.shell import Transaction
from jianban.engine.store.store import Work
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.terms import SendKind
from jianban.workflows.language.wire import canonical
from jianban.workflows.texts import Text

PAGE = 100
"""Cases that get a message in one transaction."""
NOT_KEPT = timedelta(0)


class Published(NamedTuple):
    """What became of a message."""

    id: str
    delivered: tuple[str, ...]
    """The cases that took it; those that had taken it before are among them."""
    held: tuple[str, ...]
    """The cases that are suspended: they get it when they are resumed."""
    refused: tuple[tuple[str, Refusal | JianbanError], ...]
    """The cases that wait for it and could not take it, with what refused it there."""


class Between(Front):
    def publish(
        self,
        name: str,
        *,
        key: str | None = None,
        data: Mapping[str, Any] | None = None,
        id: str | None = None,
        keep: timedelta = NOT_KEPT,
        now: datetime | None = None,
        connection: Connection | None = None,
    ) -> Published:
        """Bring a message to every case that waits for it, each in a step of its own that is done or not.

        Args:
            key: of business: for the cases that wait under it; None for all that wait for the name.
            id: of the message; a case takes it once, so that publishing it again under the same id is safe.
            keep: for how long it is kept for cases that begin to wait for it later.
            connection: the host's, to this database; it is used and never committed.

        Raises:
            JianbanError: a name is no name, `keep` no time, or the data cannot be written as JSON.
        """
        moment = self.now(now)
        message = Message(id if id is not None else self._ids(moment), name, key, dict(data or {}))
        check_names(message=name, message_id=message.id, business_key=key)
        try:
            canonical(dict(message.data))
        except (TypeError, ValueError):
            raise JianbanError(UNWRITABLE) from None
        try:
            until = moment + keep if keep > NOT_KEPT else None
        except (TypeError, OverflowError):
            raise JianbanError(KEEP) from None
        delivered: list[str] = []
        held: list[str] = []
        refused: list[tuple[str, Refusal | JianbanError]] = []
        after = ""
        while True:
            last = after

            def page(work: Work, last: str = last) -> list[Any]:
                return Transaction(self.shell, work).publish(message, moment, until, last, PAGE)

            for case, answer, is_held in self._work(page, connection):
                after = case
                if is_held:
                    held.append(case)
                elif isinstance(answer, Refusal | JianbanError):
                    refused.append((case, answer))
                else:
                    delivered.append(case)
            if after == last:
                return Published(message.id, tuple(delivered), tuple(held), tuple(refused))

    def links(self, case: str) -> tuple[Link, ...]:
        """The case that opened this one, first, and those it opened.

        Raises:
            UnknownCase: there is no such case.
        """
        self._stored(case)
        with self.store.reading() as connection:
            return linked(connection, case)

    def talking(self) -> dict[str, Handler]:
        """What carries out messages and openings that were too many for their own transaction."""
        return {SendKind.MESSAGE.value: self._send, SendKind.OPEN.value: self._open}

    def _send(self, outgoing: Outgoing) -> None:
        payload = outgoing.effect.payload
        key = payload["key"] or outgoing.business_key
        done = self.publish(outgoing.effect.to, key=key, data=payload["data"], id=outgoing.key)
        for _case, error in done.refused:
            if isinstance(error, JianbanError):
                raise error

    def _open(self, outgoing: Outgoing) -> None:
        stored = self._stored(outgoing.case)
        flow, state = self.shell.state(stored)
        now = self.now()
        start = opening(
            self.library,
            outgoing.effect,
            parent=stored.id,
            key=outgoing.key,
            business_key=stored.business_key,
            subject=stored.subject,
            applicants=applicants(plan_of(flow), state.memory),
            id=self._ids(now),
            now=now,
        )
        if start.link is not None and all(t.place != start.link.place for t in state.tokens):
            start = start._replace(link=start.link._replace(awaited=False))
        answer = self._ask(start, None)
        if isinstance(answer, Refusal):
            raise Undeliverable(f"{answer.text.zh} / {answer.text.en}")


KEEP = Text(
    "keep 应为一段时间（timedelta），且到期不晚于公元 9999 年",
    "keep must be a length of time (a timedelta) that ends before the year 10000",
)

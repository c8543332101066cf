"""What the parts of `Engine` know of each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from jianban.engine.access import Actor
from jianban.engine.library import Library
from jianban.engine.refusals import Refusal
from jianban.engine.shell import Answer, Asked, Shell
from jianban.engine.store.store import Store, Stored, TransactionLost, Work
from jianban.engine.view import StoredCase
from jianban.workflows.language.errors import JianbanError

T = TypeVar("T")


class Front:
    """An open engine, as far as its parts need one another."""

    store: Store
    library: Library
    shell: Shell
    _ids: Callable[[datetime], str]
    _do: Callable[[Sequence[Asked]], list[Answer | Refusal | JianbanError]]

    def now(self, given: datetime | None = None) -> datetime:
        raise NotImplementedError

    def case(self, id: str) -> StoredCase:
        raise NotImplementedError

    def _ask(self, asked: Asked, connection: Connection | None) -> Answer | Refusal:
        raise NotImplementedError

    def _stored(self, id: str, connection: Connection | None = None) -> Stored:
        raise NotImplementedError

    def acting(self, actor: Actor | str, case: str, now: datetime) -> Actor:
        raise NotImplementedError

    def _work(self, job: Callable[[Work], T], connection: Connection | None) -> T:
        """Do something in one transaction, or in the host's."""
        if connection is None:
            return self.store.work(job)
        try:
            return job(self.store.on(connection))
        except Exception as error:
            if self.store.lost(error):
                raise TransactionLost from error
            raise

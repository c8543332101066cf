"""An open database in a process that was forked from the one that opened it: refused, for both would use the
same connections, and lose what they write."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import NoReturn
from weakref import WeakMethod

from jianban.engine.store.store import StoreError
from jianban.workflows.texts import Text

_methods: list[WeakMethod[Callable[[], None]]] = []


class Gone:
    """Stands for a connection, or a pool of them, that cannot be used any more: whoever tries is told why."""

    def __init__(self, why: Callable[[], StoreError], kept: object = None) -> None:
        self._why = why
        self._kept = kept

    def __bool__(self) -> bool:
        """Nothing of it is there to be closed or handed out."""
        return False

    def close(self) -> None:
        pass

    def dispose(self) -> None:
        pass

    def __getattr__(self, name: str) -> NoReturn:
        raise self._why()


class Inherited(Gone):
    """What is the parent's. It is kept as it is: closing it would end the parent's too."""

    def __init__(self, kept: object) -> None:
        super().__init__(lambda: StoreError(FORKED), kept)


def when_forked(method: Callable[[], None]) -> None:
    """Have a method called in every process that is forked from this one, as long as its object lives."""
    _methods[:] = [m for m in _methods if m() is not None]
    _methods.append(WeakMethod(method))


def _forked() -> None:
    for method in _methods:
        call = method()
        if call is not None:
            call()


if hasattr(os, "register_at_fork"):  # Windows forks nothing
    os.register_at_fork(after_in_child=_forked)

FORKED = Text(
    "数据库是在本进程从其父进程分出（fork）之前打开的，不能共用。请在本进程中重新打开",
    "the database was opened before this process was forked from its parent, and they cannot share it."
    " Open it anew in this process",
)

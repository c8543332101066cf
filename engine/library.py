"""Flows by `id`, `id@version` or content hash: from a catalogue, or from what the store has kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from threading import RLock

from jianban.engine.store.store import Definition, StoreError
from jianban.workflows.compiler import compile_process
from jianban.workflows.flow import Flow
from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.model import Process
from jianban.workflows.language.wire import freeze, thaw
from jianban.workflows.texts import Text

_HASH = re.compile(r"[0-9a-f]{64}")


class Library:
    """The definitions an engine knows. It may be used from any number of threads."""

    def __init__(self, catalogue: Catalogue, kept: Callable[[str], Definition | None]) -> None:
        """
        Args:
            kept: what the store has under a content hash.
        """
        self.catalogue = catalogue
        self._kept = kept
        self._flows: dict[str, Flow] = {}
        self._lock = RLock()

    def flow(self, process: str | Process | Flow) -> Flow:
        """The flow to open a case under.

        Raises:
            UnknownProcess: there is none of that name.
            DefinitionError: it has errors.
        """
        if isinstance(process, Flow):
            return self._known(process)
        if not isinstance(process, str | Process):
            raise JianbanError(NO_PROCESS.format(kind=type(process).__name__))
        if isinstance(process, str) and _HASH.fullmatch(process):
            return self.by_hash(process)
        with self._lock:
            key = process if isinstance(process, str) else ""
            flow = self._flows.get(key)
            if flow is None:
                loaded = self.catalogue.process(process) if isinstance(process, str) else process
                flow = self._known(compile_process(loaded))
                if key:
                    self._flows[key] = flow
            return flow

    def by_hash(self, hash: str) -> Flow:
        """The flow of a case's definition.

        Raises:
            StoreError: it is not kept, or is not what it was.
        """
        flow = self._flows.get(hash)
        if flow is not None:
            return flow
        kept = self.check(hash)
        try:
            flow = compile_process(thaw(kept.body))
        except ValueError as error:
            raise StoreError(UNREADABLE.format(process=kept.process, why=error)) from None
        return self._known(flow)

    def check(self, hash: str) -> Definition:
        """What the store has under a content hash.

        Raises:
            StoreError: it is not kept, or is not what it was.
        """
        kept = self._kept(hash)
        if kept is None:
            raise StoreError(NOT_KEPT.format(hash=hash))
        if not isinstance(kept.body, bytes) or sha256(kept.body).hexdigest() != hash:
            raise StoreError(CHANGED.format(process=kept.process, hash=hash))
        return kept

    def _known(self, flow: Flow) -> Flow:
        with self._lock:
            return self._flows.setdefault(flow.hash, flow)


def catalogue_of(definitions: Catalogue | Path | str | None) -> Catalogue:
    """A catalogue or its folder, which goes on with those that come with Jianban; None for these alone.

    Raises:
        JianbanError: there is no such folder.
    """
    if definitions is None:
        return Catalogue.default()
    if isinstance(definitions, Catalogue):
        return definitions
    if not Path(definitions).is_dir():
        raise JianbanError(NO_FOLDER.format(path=definitions))
    return Catalogue(definitions, base=Catalogue.default())


def definition_of(flow: Flow, at: int) -> Definition:
    """The flow's definition as it is kept."""
    process = flow.process
    return Definition(flow.hash, process.id, process.version, freeze(process), at)


NO_FOLDER = Text(
    "“{path}”不是文件夹。definitions 应指向流程目录", "“{path}” is no folder. `definitions` names one"
)
NO_PROCESS = Text("{kind} 不是流程名称，也不是流程", "{kind} is neither the name of a process nor a process")
NOT_KEPT = Text(
    "数据库中没有校验值为 {hash} 的流程定义。请从备份中恢复",
    "the database has no definition with the hash {hash}. Restore it from a backup",
)
CHANGED = Text(
    "流程“{process}”的定义与其校验值 {hash} 不符，已被改动。请从备份中恢复",
    "the definition of “{process}” does not match its hash {hash}: it was changed. Restore it from a backup",
)
UNREADABLE = Text(
    "流程“{process}”的定义无法读取（{why}）。请使用写入它的或更新的程序版本",
    "the definition of “{process}” cannot be read ({why}). Use the version of this program that wrote it,"
    " or a later one",
)

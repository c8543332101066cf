"""A folder of definitions, with the agencies, roles, materials and sources they share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from threading import RLock

from jianban.workflows.language import extends
from jianban.workflows.language.desugar import desugar
from jianban.workflows.language.errors import DefinitionError, JianbanError, Problem
from jianban.workflows.language.files import shown
from jianban.workflows.language.mending import TELLING, mended
from jianban.workflows.language.model import Process
from jianban.workflows.language.names import PROCESS, Shared, unknown
from jianban.workflows.language.reader import Node, read_file
from jianban.workflows.language.schema import CallShape, ProcessShape
from jianban.workflows.language.scope import declared
from jianban.workflows.language.shared import SHARED, read_shared
from jianban.workflows.language.spelling import nearest
from jianban.workflows.language.terms import Position
from jianban.workflows.language.validation import in_order, suggestion, validate
from jianban.workflows.texts import Text

SUFFIXES = (".yaml", ".yml")
_HEAD = re.compile(r"^(process|version):[ \t]*[\"']?([^\s\"'#]+)", re.MULTILINE)


class UnknownProcess(JianbanError):
    """No definition of that id, version or path."""


class _Misshapen(DefinitionError):
    """A definition that does not have the shape of one."""


class Catalogue:
    """Definitions by `id` and `id@version`. Files are read when they are asked for, and once.

    `base` is where anything is looked up that the folder itself does not have.
    """

    def __init__(self, folder: Path | str, *, base: Catalogue | None = None, deep: bool = True) -> None:
        self.folder = Path(folder)
        self.base = base
        self.deep = deep
        self._loaded: dict[str, Process] = {}
        self._wholes: dict[str, Node] = {}
        self._shapes: dict[str, ProcessShape] = {}
        self._lock = RLock()
        self._loading: list[str] = []
        """The processes being loaded, to notice that they need each other."""

    @staticmethod
    def default() -> Catalogue:
        """The definitions that come with Jianban."""
        return _default()

    @cached_property
    def index(self) -> Mapping[str, Path]:
        """`id@version` → file, in order of id and version, as the names of the files tell."""
        found: dict[str, Path] = {}
        paths = self.folder.rglob("*") if self.deep else self.folder.glob("*")
        for path in sorted(
            p for p in paths if p.suffix in SUFFIXES and p.name not in SHARED.values() and p.is_file()
        ):
            key = self._key(path)
            if key is not None:
                found.setdefault(key, path)
        return {key: found[key] for key in sorted(found, key=_order)}

    def _key(self, path: Path) -> str | None:
        if self.deep and "@" in path.stem:
            return path.relative_to(self.folder).with_suffix("").as_posix()
        try:
            with path.open(encoding="utf-8-sig", errors="replace") as stream:
                head = dict(_HEAD.findall(stream.read(_HEAD_LENGTH)))
        except OSError:
            return None
        return f"{head['process']}@{head['version']}" if len(head) == 2 else None

    @cached_property
    def _references(self) -> tuple[str, ...]:
        own = [r for key in self.index for r in (key.split("@")[0], key)]
        return tuple(dict.fromkeys([*own, *(self.base.references() if self.base else ())]))

    def references(self) -> tuple[str, ...]:
        """Every `id` and `id@version` that a definition may refer to, the base's included."""
        return self._references

    @cached_property
    def shared(self) -> Shared:
        """The sources, agencies, roles and materials of the folder, over those of the base.

        Raises:
            DefinitionError: with everything that is wrong with one of the files.
        """
        return read_shared(self.folder, self.base.shared if self.base else None)

    def processes(self) -> tuple[Process, ...]:
        """All processes of the folder, in order of id and version.

        Raises:
            DefinitionError: with the problems of all files.
        """
        problems: list[Problem] = []
        found: list[Process] = []
        for key in self.index:
            try:
                found.append(self.load(key))
            except DefinitionError as error:
                problems += error.problems
        if problems:
            raise DefinitionError(dict.fromkeys(problems))
        return tuple(found)

    def process(self, reference: str | Path) -> Process:
        """The process of an `id` (its newest version), an `id@version`, or the path of a file.

        Raises:
            UnknownProcess: there is none.
            DefinitionError: its definition has errors.
        """
        if isinstance(reference, Path) or reference.endswith(SUFFIXES):
            return self.file(Path(reference))
        if reference not in self.references():
            message = _UNKNOWN.format(name=reference)
            remedy = self._meant(reference)
            raise UnknownProcess(Text(f"{message.zh}。{remedy.zh}", f"{message.en}. {remedy.en}"))
        return self.load(reference)

    def _meant(self, reference: str) -> Text:
        """What an unknown reference may mean: a process, or else what is in the subject that it names."""
        known = self.references()
        ids = [name for name in known if "@" not in name]
        subjects = {name.partition("/")[0] for name in ids if "/" in name}
        subject = nearest(reference, [*ids, *subjects]) if "/" not in reference else None
        if subject in subjects:
            inside = suggestion(None, [name for name in ids if name.startswith(f"{subject}/")])
            return _SUBJECT.format(name=subject, inside=inside)
        near = next((name for name in ids if name.endswith(f"/{reference}")), None)
        return suggestion(near or nearest(reference, known), ids)

    def file(self, path: Path) -> Process:
        """The process of a file; what it refers to is looked up beside it, and then here."""
        for key, own in self.index.items():
            if own.name == path.name and path.exists() and own.samefile(path):
                return self.load(key)
        node = read_file(path, shown(path))
        folder, deep = _home(path)
        return Catalogue(folder, base=self, deep=deep).make(node)

    def load(self, reference: str) -> Process:
        """The process of an `id` or `id@version` known to exist."""
        owner, key = self._owner(reference)
        with owner._lock:
            if key not in owner._loaded:
                if key in owner._loading:
                    raise DefinitionError([owner._circle(key, owner._loading)])
                owner._loading.append(key)
                try:
                    owner._loaded[key] = desugar(owner.shape(key), owner.shared, owner)
                except _Misshapen as error:
                    raise DefinitionError(owner._further(owner._wholes[key], error.problems)) from None
                finally:
                    owner._loading.pop()
            return owner._loaded[key]

    def make(self, node: Node) -> Process:
        """The process that the nodes of a file describe."""
        whole = extends.carry_out(node, self)
        shape, problems = validate(whole, ProcessShape)
        if shape is None:
            raise DefinitionError(self._further(whole, problems))
        return desugar(shape, self.shared, self)

    def _further(self, node: Node, problems: Iterable[Problem]) -> list[Problem]:
        """The problems of a file's shape, and what else can be told to be wrong with it."""
        further: Iterable[Problem] = ()
        shape = mended(node)
        if shape is not None:
            try:
                desugar(shape, self.shared, self)
            except DefinitionError as error:
                further = (p for p in error.problems if p.code in TELLING)
        return in_order([*problems, *further])

    def shape(self, key: str) -> ProcessShape:
        """The checked shape of a file of this folder, with what it extends."""
        if key not in self._shapes:
            shape, problems = validate(self._whole(key, ()), ProcessShape)
            if shape is None:
                raise _Misshapen(problems)
            says = f"{shape.process}@{shape.version}"
            if says != key:
                message = _MISNAMED.format(name=key, id=says)
                position = shape.at("process")
                raise DefinitionError(
                    [Problem(code="J143", message=message, remedy=_MISNAMED_REMEDY, position=position)]
                )
            self._shapes[key] = shape
        return self._shapes[key]

    def ids(self, reference: str) -> Mapping[str, str] | None:
        """The ids of the stages, steps and blocks of a process known to exist, each with the key of its kind.

        Those of a called process are `call.id`. None when there are errors.
        """
        owner, key = self._owner(reference)
        try:
            return dict(owner._ids(key, ()))
        except DefinitionError:
            return None

    def _ids(self, key: str, callers: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        for one in declared(self.shape(key)):
            if one.what != "end":
                yield one.id, one.what
            call = one.shape
            if isinstance(call, CallShape) and call.as_ == "part" and call.process in self.references():
                owner, called = self._owner(call.process)
                # a circle of calls is told where the processes are loaded
                for id_, what in () if called in callers else owner._ids(called, (*callers, key)):
                    if what != "stage":
                        yield f"{one.id}.{id_}", what

    def lineage(self, reference: str) -> tuple[str, ...]:
        """The process and what it extends, nearest first, as far as there are no errors."""
        found: list[str] = []
        following: str | None = reference
        while following is not None and following in self.references():
            found.append(following)
            owner, key = self._owner(following)
            try:
                following = owner.shape(key).extends
            except DefinitionError:
                break
        return tuple(found)

    def merged(self, reference: str, position: Position, chain: tuple[str, ...]) -> Node:
        """The nodes of a base, with its own `extends` carried out."""
        if reference not in self.references():
            raise DefinitionError([unknown(PROCESS, reference, self.references(), position)])
        owner, key = self._owner(reference)
        if key in chain:
            raise DefinitionError([owner._circle(key, chain, position)])
        return owner._whole(key, chain)

    def _whole(self, key: str, chain: tuple[str, ...]) -> Node:
        if key not in self._wholes:
            path = self.index[key]
            self._wholes[key] = extends.carry_out(read_file(path, shown(path)), self, (*chain, key))
        return self._wholes[key]

    def _owner(self, reference: str) -> tuple[Catalogue, str]:
        """The catalogue that holds a reference, and its `id@version` there."""
        if reference in self.index:
            return self, reference
        versions = [k for k in self.index if k.split("@")[0] == reference]
        if versions:
            return self, versions[-1]
        if self.base is None:
            raise KeyError(reference)
        return self.base._owner(reference)

    def _circle(self, key: str, chain: Iterable[str], position: Position | None = None) -> Problem:
        members = list(chain)
        members = [*members[members.index(key) :], key]
        message = _CIRCLE.format(names=" → ".join(members))
        start = Position(file=shown(self.index[key]), line=1, column=1)
        return Problem(code="J140", message=message, remedy=_CIRCLE_REMEDY, position=position or start)


@cache
def _default() -> Catalogue:
    return Catalogue(Path(str(files("jianban.definitions"))))


def _home(path: Path) -> tuple[Path, bool]:
    """The folder whose catalogue a file belongs to: the nearest above it with shared files, or its own."""
    folder = path.absolute().parent
    for candidate in [folder, *list(folder.parents)[:_LEVELS]]:
        if any((candidate / name).is_file() for name in SHARED.values()):
            return candidate, True
    return folder, False


_LEVELS = 3
_HEAD_LENGTH = 4000


def _order(key: str) -> tuple[str, list[tuple[int, str]]]:
    """Order by id, then by version, numbers in it by their value."""
    id_, _, version = key.partition("@")
    return id_, [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"([0-9]+)", version)]


_UNKNOWN = Text("没有流程“{name}”", "There is no process “{name}”")
_SUBJECT = Text("“{name}”是主题，其中{inside}", "“{name}” is a subject. {inside}")
_MISNAMED = Text("文件名表示“{name}”，内容却是“{id}”", "the file's name says “{name}”, but it defines “{id}”")
_MISNAMED_REMEDY = Text(
    "请使文件名与 process、version 一致", "Let the name of the file be process@version.yaml"
)
_CIRCLE = Text("流程循环引用：{names}", "processes need each other: {names}")
_CIRCLE_REMEDY = Text("请去掉其中一处 extends 或 call", "Remove one of the `extends` or `call`s")

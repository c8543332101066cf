"""Where the processes of a catalogue use something: a process, a material, a document, a role, an agency.

Whoever cancels an approval item, abolishes a paper or repeals a document needs to know what has to change
with it. A use is found wherever a definition names the thing, whatever the key; what called processes use
counts for those that call them, at any depth.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import StrEnum

from jianban.workflows.language.catalogue import Catalogue
from jianban.workflows.language.errors import JianbanError
from jianban.workflows.language.model import (
    Anywhere,
    Call,
    Choice,
    Each,
    End,
    Exit,
    FirstReceiver,
    Parallel,
    Process,
    Stage,
    Step,
)
from jianban.workflows.language.spelling import nearest
from jianban.workflows.language.terms import (
    NOWHERE,
    Agency,
    Awaited,
    Citation,
    Document,
    Expiry,
    Limit,
    Material,
    MaterialUse,
    Position,
    Role,
    Send,
    SendKind,
)
from jianban.workflows.language.validation import suggestion
from jianban.workflows.texts import Text

UNKNOWN = Text(
    "没有“{name}”这个流程、材料、文件、角色或机构。{remedy}",
    "there is no process, material, document, role or agency “{name}”. {remedy}",
)


class What(StrEnum):
    PROCESS = "process"
    MATERIAL = "material"
    DOCUMENT = "document"
    ROLE = "role"
    AGENCY = "agency"


class How(StrEnum):
    CALLS = "calls"
    OPENS = "opens"
    """As a case of its own."""
    SWITCHES = "switches"
    OFFERS = "offers"
    AWAITS = "awaits"
    """A message that the process sends."""
    NEEDS = "needs"
    """A document that the process issues."""
    EXTENDS = "extends"
    COMPARED = "compared"
    ASKS = "asks"
    FETCHES = "fetches"
    ISSUES = "issues"
    CITES = "cites"
    DOES = "does"
    TAKES = "takes"
    """May take an exit of somebody else's step, withdraw, suspend or resume."""
    TOLD = "told"
    EXTENSION = "extension"
    HANDS_OVER = "hands_over"
    LEADS = "leads"
    CONSULTED = "consulted"
    ISSUER = "issuer"
    THROUGH = "through"
    """A process that is called uses it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """What is looked for."""

    what: What
    id: str
    """Of a process also `id@version`, of a document also `id:article`."""
    title: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    process: Process
    how: How
    place: str | None
    """The stage, step, block or end; None for the process as a whole."""
    title: Text
    position: Position
    """Where the place is written, or the citation; in another file when it is inherited from there."""
    detail: Text | None = None
    """The article, the material or the message it is about."""
    via: tuple[str, ...] = ()
    """The processes in between, for what is used through others."""


@dataclass(frozen=True, slots=True)
class Named:
    """A value that a definition names: by which key of what, and where."""

    owner: object
    key: str
    value: object
    place: str | None
    title: Text
    position: Position


PLACES = (Stage, Step, Choice, Parallel, Each, Call, End, Anywhere)
KEYS: Mapping[tuple[type, str], How] = {
    (Call, "process"): How.CALLS,
    (End, "switch_to"): How.SWITCHES,
    (End, "offers"): How.OFFERS,
    (Process, "variant_of"): How.COMPARED,
    (Send, "name"): How.OPENS,
    (Awaited, "name"): How.AWAITS,
    (MaterialUse, "material"): How.ASKS,
    (Step, "produces"): How.ISSUES,
    (Citation, "document"): How.CITES,
    (Step, "by"): How.DOES,
    (Exit, "by"): How.TAKES,
    (Anywhere, "by"): How.TAKES,
    (Anywhere, "resume_by"): How.TAKES,
    (Send, "role"): How.TOLD,
    (Expiry, "role"): How.TOLD,
    (Limit, "extension_by"): How.EXTENSION,
    (FirstReceiver, "handover_by"): How.HANDS_OVER,
    (Stage, "lead"): How.LEADS,
    (Send, "agency"): How.CONSULTED,
    (Material, "issuer"): How.ISSUER,
}


def things(catalogue: Catalogue, name: str) -> tuple[Thing, ...]:
    """What a name means; several things may share it.

    Raises:
        JianbanError: nothing is called so.
    """
    shared = catalogue.shared
    known: dict[What, Mapping[str, Agency | Role | Material | Document]] = {
        What.MATERIAL: shared.materials,
        What.DOCUMENT: shared.documents,
        What.ROLE: shared.roles,
        What.AGENCY: shared.agencies,
    }
    found: list[Thing] = []
    if name in catalogue.references():
        found.append(Thing(what=What.PROCESS, id=name, title=catalogue.process(name).title))
    for what, entries in known.items():
        id_ = name.partition(":")[0] if what is What.DOCUMENT else name
        if id_ in entries:
            found.append(Thing(what=what, id=name, title=entries[id_].title))
    if not found:
        names = dict.fromkeys([*catalogue.references(), *(id_ for e in known.values() for id_ in e)])
        raise JianbanError(UNKNOWN.format(name=name, remedy=suggestion(nearest(name, names), names)))
    return tuple(found)


def uses(catalogue: Catalogue, thing: Thing) -> tuple[Use, ...]:
    """The uses of a thing, by process in the order of the catalogue, then in the order of the definition.

    What a process says of itself is no use of it.

    Raises:
        DefinitionError: a definition has errors.
    """
    return tuple(_Search(catalogue, thing).uses())


class _Search:
    def __init__(self, catalogue: Catalogue, thing: Thing) -> None:
        self.catalogue = catalogue
        self.thing = thing
        self.processes = catalogue.processes()
        self.named = {p.key: tuple(named_in(p)) for p in self.processes}
        self.sent: frozenset[str] = frozenset()
        self.issued: frozenset[str] = frozenset()
        if thing.what is What.PROCESS:
            self.sent = self.alone(lambda n: isinstance(n.owner, Send) and n.owner.kind is SendKind.MESSAGE)
            self.issued = self.alone(lambda n: n.key == "produces")

    def alone(self, wanted: Callable[[Named], bool]) -> frozenset[str]:
        """The messages or materials among what is named that no other process sends or issues."""
        own: set[str] = set()
        others: set[str] = set()
        for process in self.processes:
            names = own if self.thing.id in (process.key, process.id) else others
            for named in filter(wanted, self.named[process.key]):
                match named.value:
                    case Material(id=id_):
                        names.add(id_)
                    case str(name) if named.key == "name":
                        names.add(name)
                    case _:
                        pass
        return frozenset(own - others)

    def uses(self) -> Iterator[Use]:
        direct = {p.key: self.direct(p) for p in self.processes if not self.itself(p)}
        calls = {p.key: tuple(self.calls(p)) for p in self.processes}
        ways = _ways(calls, {key for key, found in direct.items() if found})
        for process in self.processes:
            if self.itself(process):
                continue
            yield from direct[process.key]
            for other, named in calls[process.key]:
                if other in ways:
                    yield self.use(process, How.THROUGH, named, via=(other, *ways[other]))

    def itself(self, process: Process) -> bool:
        return self.thing.what is What.PROCESS and self.thing.id in (process.key, process.id)

    def direct(self, process: Process) -> list[Use]:
        found: list[Use] = []
        written: set[Position] = set()
        for named in self.named[process.key]:
            how, detail = self.how(named)
            if how is None:
                continue
            use = self.use(process, how, named, detail)
            if isinstance(named.owner, Citation) and named.owner.position != NOWHERE:
                # an inherited basis is told once, where it is written
                use = replace(use, position=named.owner.position)
                if use.position in written:
                    continue
                written.add(use.position)
            if use not in found and not (how is How.TAKES and replace(use, how=How.DOES) in found):
                found.append(use)
        return [*found, *self.extends(process)]

    def use(
        self, process: Process, how: How, at: Named, detail: Text | None = None, via: tuple[str, ...] = ()
    ) -> Use:
        return Use(
            process=process,
            how=how,
            place=at.place,
            title=at.title,
            position=at.position,
            detail=detail,
            via=via,
        )

    def how(self, named: Named) -> tuple[How | None, Text | None]:
        """How the thing is used by what is named, if it is, and about what."""
        id_ = self.thing.id
        how = KEYS.get((type(named.owner), named.key))
        owner, value = named.owner, named.value
        match self.thing.what, value:
            case What.MATERIAL, Material() if value.id == id_:
                shared = isinstance(owner, MaterialUse) and owner.obtained_by_sharing
                return How.FETCHES if shared else how, None
            case What.DOCUMENT, Document() if isinstance(owner, Citation) and id_ in (value.id, owner.place):
                return how, _article(owner.article)
            case What.ROLE, Role() if value.id == id_:
                return how, None
            case What.AGENCY, Role() if value.agency.id == id_:
                return how, value.title
            case What.AGENCY, Agency() if value.id == id_ and not isinstance(owner, Role):
                return how, owner.title if isinstance(owner, Material) else None
            case What.PROCESS, _:
                return self.how_process(how, owner, value)
            case _:
                return None, None

    def how_process(self, how: How | None, owner: object, value: object) -> tuple[How | None, Text | None]:
        match owner, value:
            case Call(), Process():
                return (how if self.itself(value) else None), None
            case Awaited(), str() if value in self.sent:
                return how, Text(value, value)
            case MaterialUse(), Material() if value.id in self.issued:
                return How.NEEDS, value.title
            case (End() | Process(), str()) | (Send(kind=SendKind.OPEN), str()) if how is not None:
                return (how if self.itself(self.catalogue.process(value)) else None), None
            case _:
                return None, None

    def extends(self, process: Process) -> Iterator[Use]:
        if self.thing.what is not What.PROCESS:
            return
        lineage = [self.catalogue.process(r) for r in self.catalogue.lineage(process.key)]
        at = next((i for i, base in enumerate(lineage) if self.itself(base)), None)
        if at:
            yield Use(
                process=process,
                how=How.EXTENDS,
                place=None,
                title=process.title,
                position=process.position,
                via=tuple(base.key for base in lineage[1:at]),
            )

    def calls(self, process: Process) -> Iterator[tuple[str, Named]]:
        """The processes it calls or opens, and where."""
        for named in self.named[process.key]:
            match named.owner, named.key, named.value:
                case Call(), "process", Process() as other:
                    yield other.key, named
                case Send(kind=SendKind.OPEN), "name", str() as reference:
                    yield self.catalogue.process(reference).key, named
                case _:
                    pass


def _ways(
    calls: Mapping[str, Sequence[tuple[str, Named]]], users: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """For each process that uses the thing, the nearest way by calls to one that uses it itself."""
    ways: dict[str, tuple[str, ...]] = dict.fromkeys(users, ())
    while True:
        further = {
            key: next((other, *ways[other]) for other, _ in called if other in ways)
            for key, called in calls.items()
            if key not in ways and any(other in ways for other, _ in called)
        }
        if not further:
            return ways
        ways |= further


def _article(article: str) -> Text | None:
    if not article:
        return None
    return Text(f"第{article}条" if article.isdigit() else article, f"art. {article}")


def named_in(process: Process) -> Iterator[Named]:
    """Every value that a definition names, what stands further out first; not those of what it calls."""
    return _walk(process, "", process, None, process.title, process.position)


def _walk(
    value: object, key: str, owner: object, place: str | None, title: Text, position: Position
) -> Iterator[Named]:
    if isinstance(value, tuple):
        for entry in value:
            yield from _walk(entry, key, owner, place, title, position)
        return
    if owner is not value:
        yield Named(owner, key, value, place, title, position)
    if not is_dataclass(value) or isinstance(value, Document) or (isinstance(value, Process) and key):
        return
    if isinstance(value, PLACES):
        place, title, position = _id(value), value.title, value.position
    inner = [(f.name, getattr(value, f.name)) for f in fields(value) if f.name not in IGNORED]
    # the basis of a thing is what its parts inherit
    for name, part in sorted(inner, key=lambda p: p[0] != "basis"):
        yield from _walk(part, name, value, place, title, position)


IGNORED = frozenset({"documents", "position"})
"""`Process.documents` repeats what is cited."""


def _id(place: Stage | Step | Choice | Parallel | Each | Call | End | Anywhere) -> str:
    return place.event if isinstance(place, Anywhere) else place.id

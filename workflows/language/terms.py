"""What definitions name and state: documents and articles, agencies, roles, materials, lengths of time,
limits, money, the data of a case, conditions over it, what causes an exit and what goes out.

All values are frozen and hashable; positions never take part in equality. `model` makes processes of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from jianban.workflows.texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where something stands in a definition file; line and column count from 1."""

    file: str = ""
    line: int = 0
    column: int = 0


NOWHERE = Position()


class Unit(StrEnum):
    """Units of time limits. `DAY` is a calendar day (日), `WORKING_DAY` a working day (工作日)."""

    HOUR = "hour"
    DAY = "day"
    WORKING_DAY = "working_day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time as a rule states it, e.g. `Duration(20, Unit.WORKING_DAY)`."""

    amount: int
    unit: Unit


class Level(StrEnum):
    """The rank of a document (效力层级): what it may set and demand follows from it."""

    LAW = "law"
    """法律: of the National People's Congress or its Standing Committee."""
    REGULATION = "regulation"
    """行政法规: of the State Council."""
    DECISION = "decision"
    """国务院决定."""
    LOCAL_REGULATION = "local_regulation"
    """地方性法规: of a local people's congress or its standing committee."""
    PROVINCIAL_RULES = "provincial_rules"
    """Rules of a provincial government (省级政府规章)."""
    RULES = "rules"
    """Rules of a ministry, or of a local government below the province (规章)."""
    POLICY = "policy"
    """Any other paper of an administration (规范性文件)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """Words of an article of a document."""

    article: str
    phrase: str
    position: Position = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A legal or policy document of the catalogue, e.g. 公司法 in one revision."""

    id: str
    title: Text
    number: str = ""
    adopted: date | None = None
    in_force_from: date | None = None
    in_force_to: date | None = None
    level: Level | None = None
    """None: the catalogue does not say."""
    promulgator: Text | None = None
    """Who passed or issued it, from which its level follows (制定机关)."""
    unverified: bool = False
    """True when no primary text of the document was at hand: figures citing it are shown as unverified."""
    working_days: Clause | None = None
    """Where it says that the days (日) of its limits are working days, as 行政许可法 art. 82 does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """An article of a document, e.g. document `market_entity_regulation`, article `33`."""

    document: Document
    article: str = ""
    phrase: str | None = None
    """The words of the article that support what cites it; `……` stands for words left out."""
    position: Position = field(default=NOWHERE, compare=False)

    @property
    def place(self) -> str:
        """As definitions write it, without the phrase."""
        return f"{self.document.id}:{self.article}" if self.article else self.document.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """Where a figure or rule comes from: citations, or a stated assumption, or nothing at all (a finding)."""

    citations: tuple[Citation, ...] = ()
    assumed: Text | None = None

    @property
    def known(self) -> bool:
        return bool(self.citations) or self.assumed is not None


NO_BASIS = Basis()


class PartyKind(StrEnum):
    """What an agency is. Only `GOVERNMENT` counts as an agency dealt with; `APPLICANT` is the user side."""

    APPLICANT = "applicant"
    GOVERNMENT = "government"
    COURT = "court"
    SERVICE = "service"
    """Intermediaries and public services: drawing reviewers, banks, newspapers, utilities."""
    PUBLIC = "public"
    """Creditors, interested parties, the public."""
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """A party of the catalogue (实施主体): a department, a court, an intermediary, the applicant's side."""

    id: str
    title: Text
    kind: PartyKind
    short: Text | None = None


APPLICANT = "applicant"
"""The role of the applicant, where a catalogue has one of that id; in definitions, whoever applies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """Who acts (办理人员), within which agency."""

    id: str
    title: Text
    agency: Agency


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A document asked of the applicant (申请材料)."""

    id: str
    title: Text
    issuer: Agency | None = None
    """Who issues it; None for what the applicant writes."""
    shared: bool = False
    """True when government data sharing already holds it, so that it could be obtained without asking."""
    basis: Basis = NO_BASIS


class MaterialForm(StrEnum):
    ORIGINAL = "original"
    COPY = "copy"
    ELECTRONIC = "electronic"


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialUse:
    """A material as one step asks it."""

    material: Material
    form: MaterialForm = MaterialForm.ORIGINAL
    copies: int = 1
    obtained_by_sharing: bool = False
    """True when this step fetches it from shared data instead of asking the applicant."""
    optional: bool = False
    basis: Basis = NO_BASIS


class Channel(StrEnum):
    """How the applicant deals with the step."""

    ONLINE = "online"
    MOBILE = "mobile"
    """On the phone, as in a province's app (皖事通): online too."""
    COUNTER = "counter"
    EITHER = "either"
    POST = "post"
    INTERNAL = "internal"
    """Between offices: the applicant has nothing to do."""


class ExpiryKind(StrEnum):
    """What the end of a time limit does."""

    WARN = "warn"
    ESCALATE = "escalate"
    DEEM = "deem"
    """The law takes silence as an answer: the exit `event` fires by itself."""
    END = "end"
    """The right lapses: the exit `event` fires by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    kind: ExpiryKind
    event: str | None = None
    """The exit that fires when `kind` is DEEM or END."""
    role: Role | None = None
    """Who is told when `kind` is ESCALATE."""
    basis: Basis = NO_BASIS


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The time within which a step must be done (办理时限)."""

    statutory: Duration | None = None
    """法定办结时限, as the law states it."""
    reading: Duration | None = None
    """How practice reads the statutory limit when that differs (e.g. 七日 read as working days)."""
    promised: Duration | None = None
    """承诺办结时限."""
    extension: Duration | None = None
    extension_by: tuple[Role, ...] = ()
    """Who grants the extension; empty: those who do the step, or the steps of the stage or process."""
    warn: Duration | None = None
    """How long before its end is warned, in days or working days; None: as the working calendar says."""
    counted_from: str | None = None
    """The step whose completion starts the clock; None: the moment this step is reached."""
    expiry: Expiry | None = None
    basis: Basis = NO_BASIS
    promised_basis: Basis = NO_BASIS

    @property
    def legal(self) -> Duration | None:
        """The statutory limit as practice reads it."""
        return self.reading or self.statutory


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a period runs from, where that is not the moment its step is reached."""

    step: str | None = None
    """The step whose completion it runs from."""
    day: str | None = None
    """The data field, a date, that it runs from; while the case has no such date, the period does not run."""
    exact: bool = False
    """True when it ends with that very day. Its length is then only what is planned with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A period that must run in full before the step can end (e.g. a notice of 45 days)."""

    duration: Duration
    reading: Duration | None = None
    origin: Origin | None = None
    """None: it runs from the moment the step is reached, anew each time."""
    basis: Basis = NO_BASIS

    @property
    def effective(self) -> Duration:
        return self.reading or self.duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """A fee in fen (1/100 yuan)."""

    fen: int
    basis: Basis = NO_BASIS


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """The applicant's own work for a step, in minutes, and money spent on third parties, in fen."""

    minutes: int = 0
    external_fen: int = 0
    basis: Basis = NO_BASIS


class DataKind(StrEnum):
    TEXT = "text"
    INT = "int"
    NUMBER = "number"
    BOOL = "bool"
    DATE = "date"
    MONEY = "money"
    """Integer fen."""
    ENUM = "enum"
    LIST = "list"
    """A list of texts or, with `options`, of those options."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a fact is known from when a case is opened: the last message of a name that is kept."""

    message: str
    name: str
    """In the data of the message."""
    key: str | None = None
    """The data field with the key it is kept under; None: the case's subject, or its business key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataField:
    """One typed fact a case carries."""

    id: str
    title: Text
    kind: DataKind
    options: tuple[tuple[str, Text], ...] = ()
    """For ENUM (and LIST of options): the ids allowed and what they are called."""
    default: str | int | float | bool | tuple[str, ...] | None = None
    personal: bool = False
    """True for personal data (个人信息), which can be erased from the record."""
    known: Known | None = None
    position: Position = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """A condition in CEL over the case's data, checked when the definition was loaded."""

    expression: str
    names: tuple[str, ...] = ()
    """The data fields it reads, sorted."""
    refusal: Text | None = None
    """Why the case is refused when the condition is not true."""
    parts: tuple[Guard, ...] = ()
    """Conditions that must all hold, each with its own refusal; `expression` is then their conjunction."""
    basis: Basis = NO_BASIS
    position: Position = field(default=NOWHERE, compare=False)


class Cause(StrEnum):
    """What makes an exit happen."""

    ACTOR = "actor"
    """A person with one of the roles fires the event."""
    TIMER = "timer"
    """It fires by itself when the step's wait has run (`lasts`) or its limit has expired (`within`)."""
    MESSAGE = "message"
    """A message from outside or from another case arrives (`message`)."""
    AUTO = "auto"
    """It happens at once: routing of choices, forks and joins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """The message that causes an exit, and which case it is meant for."""

    name: str
    """e.g. `licence.revoked`."""
    key: str | None = None
    """The data field that must equal the message's key; None: the case's business key."""
    brings: tuple[tuple[str, str], ...] = ()
    """Data field ← name in the message's data."""


class SendKind(StrEnum):
    NOTIFY = "notify"
    """Tell the people of a role."""
    ASK = "ask"
    """Ask another agency."""
    PUBLISH = "publish"
    """Publish a notice at a named place."""
    WEBHOOK = "webhook"
    """Call a system that the host knows by name."""
    MESSAGE = "message"
    """Send a message to the cases that wait for it."""
    OPEN = "open"
    """Open a case of another process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """What goes out when a step is reached, an exit taken or an end reached."""

    kind: SendKind
    role: Role | None = None
    """For NOTIFY."""
    agency: Agency | None = None
    """For ASK."""
    name: str = ""
    """The place (PUBLISH), system (WEBHOOK), message (MESSAGE) or process (OPEN)."""
    text: Text | None = None
    """What is said; `{field}` stands for the value of a data field. None: what happened, in plain words."""
    key: str | None = None
    """For MESSAGE and OPEN: the data field that holds the key; None: the case's business key."""
    data: tuple[tuple[str, str], ...] = ()
    """Name in what is sent ← data field."""
    keep: Duration | None = None
    """For MESSAGE: for how long it is kept for later cases."""
    each: bool = False
    """True when every one is kept; else it is in place of the last of its name and key."""

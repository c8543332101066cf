"""The tables. Instants are microseconds since 1970 in UTC, days are those of Beijing.

A change here needs its migration beside it; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

definitions = Table(
    "definitions",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("process", String(200), nullable=False),
    Column("version", String(200), nullable=False),
    Column("body", LargeBinary, nullable=False, comment="the canonical form, whose sha256 the hash is"),
    Column("added_at", BigInteger, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("definition", String(64), ForeignKey("definitions.hash"), nullable=False),
    Column("process", String(200), nullable=False),
    Column("business_key", String(200)),
    Column("subject", String(200)),
    Column("status", String(9), nullable=False, comment="open, suspended or ended"),
    Column("end", String(200), comment="the end that was reached"),
    Column("seq", Integer, nullable=False, comment="the number of its last entry"),
    Column("head", LargeBinary, nullable=False, comment="the hash of its last entry"),
    Column("state", LargeBinary, nullable=False),
    Column("due", BigInteger, comment="when its next timer fires"),
    Column("steps", Text, nullable=False, comment="the steps it stands at, with blanks between them"),
    Column("waiting", Text, nullable=False, comment="its rows in tasks, as JSON"),
    Column("deadline", Date, comment="the nearest last day of its tasks"),
    Column("yellow", Date, comment="the day at whose end its light is no longer green"),
    Column("red", Date, comment="the day at whose end its light is red"),
    Column("opened_at", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False, comment="when something last happened"),
    Column("start_key", String(200), comment="the idempotency key of its start"),
)
Index("uq_cases_start_key", cases.c.start_key, unique=True)
Index(
    "ix_cases_due",
    cases.c.due,
    sqlite_where=text("due IS NOT NULL"),
    postgresql_where=text("due IS NOT NULL"),
)
Index(
    "ix_cases_deadline",
    cases.c.deadline,
    cases.c.id,
    sqlite_where=text("deadline IS NOT NULL"),
    postgresql_where=text("deadline IS NOT NULL"),
)
Index("ix_cases_light", cases.c.status, cases.c.yellow, cases.c.red)
Index("ix_cases_process", cases.c.process, cases.c.status, cases.c.id)
Index("ix_cases_status", cases.c.status, cases.c.id)
Index(
    "ix_cases_business_key",
    cases.c.business_key,
    sqlite_where=text("business_key IS NOT NULL"),
    postgresql_where=text("business_key IS NOT NULL"),
)
Index(
    "ix_cases_subject",
    cases.c.subject,
    sqlite_where=text("subject IS NOT NULL"),
    postgresql_where=text("subject IS NOT NULL"),
)

entries = Table(
    "entries",
    metadata,
    Column("case_id", String(64), ForeignKey("cases.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("key", String(200), comment="the idempotency key of its command"),
    Column("at", BigInteger, nullable=False),
    Column("actor", String(200)),
    Column("kind", String(20), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
Index(
    "uq_entries_key",
    entries.c.case_id,
    entries.c.key,
    unique=True,
    sqlite_where=text("key IS NOT NULL"),
    postgresql_where=text("key IS NOT NULL"),
)

tasks = Table(
    "tasks",
    metadata,
    Column("role", String(200), primary_key=True, comment="empty for anybody, after ~ where it only waits"),
    Column("person", String(200), primary_key=True, comment="with whom alone it lies, else empty"),
    Column("due", Date, primary_key=True, comment="the nearest of all its days, else 9999-12-31"),
    Column("case_id", String(64), ForeignKey("cases.id"), primary_key=True),
    sqlite_with_rowid=False,
)
Index(
    "ix_tasks_person",
    tasks.c.person,
    tasks.c.due,
    tasks.c.case_id,
    sqlite_where=text("person <> ''"),
    postgresql_where=text("person <> ''"),
)

calendars = Table(
    "calendars",
    metadata,
    Column("revision", String(16), primary_key=True),
    Column("body", LargeBinary, nullable=False, comment="all its days, as JSON"),
    Column("added_at", BigInteger, nullable=False),
)

effects = Table(
    "effects",
    metadata,
    Column("case_id", String(64), ForeignKey("cases.id"), primary_key=True),
    Column("seq", Integer, primary_key=True, comment="of the entry it follows from"),
    Column("n", Integer, primary_key=True, comment="from 1 within the entry"),
    Column("kind", String(20), nullable=False),
    Column("to", String(400), nullable=False, comment="role, agency, place, system, message or process"),
    Column("body", LargeBinary, nullable=False),
    Column("status", String(9), nullable=False, comment="pending, queued, running, done or failed"),
    Column("due", BigInteger, comment="when to hand it to a queue, or to take it for lost there"),
    Column("runs", Integer, nullable=False, comment="how often it was handed to a queue"),
    Column("attempts", Integer, nullable=False, comment="those begun"),
    Column("forgiven", Integer, nullable=False, comment="attempts that count no more"),
    Column("error", Text, comment="of the last attempt that failed"),
    Column("at", BigInteger, nullable=False),
    Column("done_at", BigInteger, comment="when it was done or given up"),
    sqlite_with_rowid=False,
)
Index(
    "ix_effects_due",
    effects.c.kind,
    effects.c.due,
    sqlite_where=text("due IS NOT NULL"),
    postgresql_where=text("due IS NOT NULL"),
)
for _status in ("queued", "failed"):
    Index(
        f"ix_effects_{_status}",
        effects.c.case_id,
        effects.c.seq,
        effects.c.n,
        sqlite_where=text(f"status = '{_status}'"),
        postgresql_where=text(f"status = '{_status}'"),
    )

workers = Table(
    "workers",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("beat_at", BigInteger, nullable=False, comment="when it last said that it is alive"),
)

personal = Table(
    "personal",
    metadata,
    Column("case_id", String(64), ForeignKey("cases.id"), primary_key=True),
    Column("ref", String(400), primary_key=True, comment="where in the record: entry/record/what"),
    Column("owner", String(200), nullable=False, comment="who brought it"),
    Column("salt", LargeBinary, nullable=False),
    Column("value", LargeBinary, nullable=False, comment="canonical JSON"),
    sqlite_with_rowid=False,
)
Index("ix_personal_owner", personal.c.owner, personal.c.case_id)

delegations = Table(
    "delegations",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("kind", String(20), nullable=False, comment="delegation or substitution"),
    Column("giver", String(200), nullable=False),
    Column("receiver", String(200), nullable=False),
    Column("start_at", BigInteger, nullable=False),
    Column("end_at", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False, comment="the whole of it, as canonical JSON"),
    Column("given_at", BigInteger, nullable=False),
    Column("given_by", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("revoked_at", BigInteger, comment="from when on it no longer holds"),
    Column("revoked_by", String(200)),
    Column("revoked_reason", Text),
)
Index("ix_delegations_giver", delegations.c.giver, delegations.c.id)
Index("ix_delegations_receiver", delegations.c.receiver, delegations.c.id)

waits = Table(
    "waits",
    metadata,
    Column("message", String(200), primary_key=True, comment="its name"),
    Column("key", String(400), primary_key=True, comment="empty: only messages without a key are meant"),
    Column("case_id", String(64), primary_key=True),
    sqlite_with_rowid=False,
)
Index("ix_waits_case_id", waits.c.case_id)

messages = Table(
    "messages",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("case_id", String(64), primary_key=True, comment="the one case it is held for, or empty"),
    Column("name", String(200), nullable=False),
    Column("key", String(400), comment="of business; none: for all who wait"),
    Column("place", String(400), comment="the one place in the case it is for"),
    Column("body", LargeBinary, nullable=False, comment="its data, as canonical JSON"),
    Column("at", BigInteger, nullable=False),
    Column("until", BigInteger, comment="until when it is kept for cases that begin to wait"),
    sqlite_with_rowid=False,
)
Index("ix_messages_name", messages.c.name, messages.c.until)
Index("ix_messages_key", messages.c.key, messages.c.name)
Index("ix_messages_case_id", messages.c.case_id)

links = Table(
    "links",
    metadata,
    Column("case_id", String(64), primary_key=True, comment="the case that was opened"),
    Column("parent_id", String(64), nullable=False, comment="the case that opened it"),
    Column("kind", String(20), nullable=False, comment="opened, called or switched"),
    Column("place", String(400), nullable=False, comment="where the parent waits for it"),
    Column(
        "answers", LargeBinary, nullable=False, comment="by end of the case, the message that tells of it"
    ),
    Column("awaited", Boolean, nullable=False, comment="whether the parent still waits for its end"),
    Column("at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
Index("ix_links_parent_id", links.c.parent_id, links.c.case_id)

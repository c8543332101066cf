"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

APPEND_ONLY = {
    "sqlite": [
        """CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries
        BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END""",
        """CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries
        BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END""",
    ],
    "postgresql": [
        """CREATE FUNCTION jianban_append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'entries are append-only'; END $$""",
        """CREATE TRIGGER entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entries
        FOR EACH STATEMENT EXECUTE FUNCTION jianban_append_only()""",
    ],
}


def upgrade() -> None:
    op.create_table(
        "definitions",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("process", sa.String(200), nullable=False),
        sa.Column("version", sa.String(200), nullable=False),
        sa.Column(
            "body",
            sa.LargeBinary,
            nullable=False,
            comment="the canonical form, whose sha256 the hash is",
        ),
        sa.Column("added_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_definitions"),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("definition", sa.String(64), nullable=False),
        sa.Column("process", sa.String(200), nullable=False),
        sa.Column("business_key", sa.String(200)),
        sa.Column("subject", sa.String(200)),
        sa.Column("status", sa.String(9), nullable=False, comment="open, suspended or ended"),
        sa.Column("end", sa.String(200), comment="the end that was reached"),
        sa.Column("seq", sa.Integer, nullable=False, comment="the number of its last entry"),
        sa.Column("head", sa.LargeBinary, nullable=False, comment="the hash of its last entry"),
        sa.Column("state", sa.LargeBinary, nullable=False),
        sa.Column("due", sa.BigInteger, comment="when its next timer fires"),
        sa.Column("deadline", sa.Date, comment="the nearest last day of its tasks"),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False, comment="when something last happened"),
        sa.Column("start_key", sa.String(200), comment="the idempotency key of its start"),
        sa.ForeignKeyConstraint(["definition"], ["definitions.hash"], name="fk_cases_definition"),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
    )
    op.create_index("uq_cases_start_key", "cases", ["start_key"], unique=True)
    for name in ("due", "business_key", "subject"):
        there = sa.text(f"{name} IS NOT NULL")
        op.create_index(f"ix_cases_{name}", "cases", [name], sqlite_where=there, postgresql_where=there)
    op.create_index("ix_cases_process", "cases", ["process", "status", "id"])
    op.create_table(
        "entries",
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("key", sa.String(200), comment="the idempotency key of its command"),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.String(200)),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_entries_case_id"),
        sa.PrimaryKeyConstraint("case_id", "seq", name="pk_entries"),
        sqlite_with_rowid=False,
    )
    there = sa.text("key IS NOT NULL")
    op.create_index(
        "uq_entries_key",
        "entries",
        ["case_id", "key"],
        unique=True,
        sqlite_where=there,
        postgresql_where=there,
    )
    op.create_table(
        "tasks",
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column(
            "place",
            sa.String(400),
            nullable=False,
            comment="the step, with its items in brackets",
        ),
        sa.Column("role", sa.String(200), nullable=False),
        sa.Column("step", sa.String(200), nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column(
            "due",
            sa.Date,
            nullable=False,
            comment="the deadline, else the promised day, else 9999-12-31",
        ),
        sa.Column("deadline", sa.Date, comment="the last day by law, else by promise"),
        sa.Column("promised", sa.Date),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_tasks_case_id"),
        sa.PrimaryKeyConstraint("case_id", "place", "role", name="pk_tasks"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tasks_role", "tasks", ["role", "due", "case_id", "place"])
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)

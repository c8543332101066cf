"""Effects, and the workers that carry them out."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "effects",
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False, comment="of the entry it follows from"),
        sa.Column("n", sa.Integer, nullable=False, comment="from 1 within the entry"),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column(
            "to",
            sa.String(400),
            nullable=False,
            comment="role, agency, place, system, message or process",
        ),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("status", sa.String(9), nullable=False, comment="pending, queued, running, done or failed"),
        sa.Column("due", sa.BigInteger, comment="when to hand it to a queue, or to take it for lost there"),
        sa.Column("runs", sa.Integer, nullable=False, comment="how often it was handed to a queue"),
        sa.Column("attempts", sa.Integer, nullable=False, comment="those begun"),
        sa.Column("forgiven", sa.Integer, nullable=False, comment="attempts that count no more"),
        sa.Column("error", sa.Text, comment="of the last attempt that failed"),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("done_at", sa.BigInteger, comment="when it was done or given up"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_effects_case_id"),
        sa.PrimaryKeyConstraint("case_id", "seq", "n", name="pk_effects"),
        sqlite_with_rowid=False,
    )
    there = sa.text("due IS NOT NULL")
    op.create_index("ix_effects_due", "effects", ["kind", "due"], sqlite_where=there, postgresql_where=there)
    for status in ("queued", "failed"):
        there = sa.text(f"status = '{status}'")
        op.create_index(
            f"ix_effects_{status}",
            "effects",
            ["case_id", "seq", "n"],
            sqlite_where=there,
            postgresql_where=there,
        )
    op.create_table(
        "workers",
        sa.Column("id", sa.String(200), nullable=False),
        sa.Column("beat_at", sa.BigInteger, nullable=False, comment="when it last said that it is alive"),
        sa.PrimaryKeyConstraint("id", name="pk_workers"),
    )

"""Delegations; what cases wait for, messages that are kept, and which case opened which."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "delegations",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False, comment="delegation or substitution"),
        sa.Column("giver", sa.String(200), nullable=False),
        sa.Column("receiver", sa.String(200), nullable=False),
        sa.Column("start_at", sa.BigInteger, nullable=False),
        sa.Column("end_at", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False, comment="the whole of it, as canonical JSON"),
        sa.Column("given_at", sa.BigInteger, nullable=False),
        sa.Column("given_by", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("revoked_at", sa.BigInteger, comment="from when on it no longer holds"),
        sa.Column("revoked_by", sa.String(200)),
        sa.Column("revoked_reason", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_delegations"),
    )
    for name in ("giver", "receiver"):
        op.create_index(f"ix_delegations_{name}", "delegations", [name, "id"])
    op.create_table(
        "waits",
        sa.Column("message", sa.String(200), nullable=False, comment="its name"),
        sa.Column(
            "key",
            sa.String(400),
            nullable=False,
            comment="empty: only messages without a key are meant",
        ),
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("message", "key", "case_id", name="pk_waits"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_waits_case_id", "waits", ["case_id"])
    op.create_table(
        "messages",
        sa.Column("id", sa.String(200), nullable=False),
        sa.Column("case_id", sa.String(64), nullable=False, comment="the one case it is held for, or empty"),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("key", sa.String(400), comment="of business; none: for all who wait"),
        sa.Column("place", sa.String(400), comment="the one place in the case it is for"),
        sa.Column("body", sa.LargeBinary, nullable=False, comment="its data, as canonical JSON"),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, comment="until when it is kept for cases that begin to wait"),
        sa.PrimaryKeyConstraint("id", "case_id", name="pk_messages"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_messages_name", "messages", ["name", "until"])
    op.create_index("ix_messages_case_id", "messages", ["case_id"])
    op.create_table(
        "links",
        sa.Column("case_id", sa.String(64), nullable=False, comment="the case that was opened"),
        sa.Column("parent_id", sa.String(64), nullable=False, comment="the case that opened it"),
        sa.Column("kind", sa.String(20), nullable=False, comment="opened, called or switched"),
        sa.Column("place", sa.String(400), nullable=False, comment="where the parent waits for it"),
        sa.Column(
            "answers",
            sa.LargeBinary,
            nullable=False,
            comment="by end of the case, the message that tells of it",
        ),
        sa.Column(
            "awaited",
            sa.Boolean,
            nullable=False,
            comment="whether the parent still waits for its end",
        ),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_links"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_links_parent_id", "links", ["parent_id", "case_id"])

"""Personal data, outside of the entries that seal it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "personal",
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("ref", sa.String(400), nullable=False, comment="where in the record: entry/record/what"),
        sa.Column("owner", sa.String(200), nullable=False, comment="who brought it"),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False, comment="canonical JSON"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_personal_case_id"),
        sa.PrimaryKeyConstraint("case_id", "ref", name="pk_personal"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_personal_owner", "personal", ["owner", "case_id"])

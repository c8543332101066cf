"""What lists are read by: dates, lights, and the persons with whom steps lie. Calendars by revision."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

KEPT = "case_id, place, role, step, since, due, deadline, promised"


def upgrade() -> None:
    for name, comment in (
        ("yellow", "the day at whose end its light is no longer green"),
        ("red", "the day at whose end its light is red"),
    ):
        op.add_column("cases", sa.Column(name, sa.Date, comment=comment))
    there = sa.text("deadline IS NOT NULL")
    op.create_index(
        "ix_cases_deadline", "cases", ["deadline", "id"], sqlite_where=there, postgresql_where=there
    )
    op.create_index("ix_cases_light", "cases", ["status", "yellow", "red"])
    op.create_index("ix_cases_status", "cases", ["status", "id"])
    op.execute(f"CREATE TEMPORARY TABLE tasks_kept AS SELECT {KEPT} FROM tasks")
    op.drop_table("tasks")
    op.create_table(
        "tasks",
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("place", sa.String(400), nullable=False, comment="the step, with its items in brackets"),
        sa.Column(
            "role", sa.String(200), nullable=False, comment="empty for anybody, after ~ where it only waits"
        ),
        sa.Column("person", sa.String(200), nullable=False, comment="with whom alone it lies, else empty"),
        sa.Column("step", sa.String(200), nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("due", sa.Date, nullable=False, comment="the nearest of all its days, else 9999-12-31"),
        sa.Column("deadline", sa.Date, comment="the last day by law, else by promise"),
        sa.Column("promised", sa.Date),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_tasks_case_id"),
        sa.PrimaryKeyConstraint("case_id", "place", "role", "person", name="pk_tasks"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tasks_role", "tasks", ["role", "person", "due", "case_id", "place"])
    there = sa.text("person <> ''")
    op.create_index(
        "ix_tasks_bound",
        "tasks",
        ["person", "due", "case_id", "place"],
        sqlite_where=there,
        postgresql_where=there,
    )
    op.execute(f"INSERT INTO tasks ({KEPT}, person) SELECT {KEPT}, '' FROM tasks_kept")
    op.execute("DROP TABLE tasks_kept")
    op.create_table(
        "calendars",
        sa.Column("revision", sa.String(16), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False, comment="all its days, as JSON"),
        sa.Column("added_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("revision", name="pk_calendars"),
    )

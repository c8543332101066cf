"""A row of the work list no longer says at which step: it is written only where it says something else."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

OLD = "SELECT DISTINCT role, person, due, case_id FROM tasks"


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, comment in (
        ("steps", "the steps it stands at, with blanks between them"),
        ("waiting", "its rows in tasks, as JSON"),
    ):
        op.add_column("cases", sa.Column(name, sa.Text, nullable=False, server_default="", comment=comment))
    if sqlite:
        steps = "SELECT DISTINCT step FROM tasks WHERE case_id = cases.id ORDER BY step"
        op.execute(f"UPDATE cases SET steps = coalesce((SELECT group_concat(step, ' ') FROM ({steps})), '')")
        rows = "SELECT json_group_array(json_array(role, person, due))"
    else:
        steps = "SELECT string_agg(DISTINCT step, ' ' ORDER BY step) FROM tasks WHERE case_id = cases.id"
        op.execute(f"UPDATE cases SET steps = coalesce(({steps}), '')")
        rows = "SELECT coalesce(json_agg(json_build_array(role, person, due)), '[]')::text"
    op.execute(f"UPDATE cases SET waiting = ({rows} FROM ({OLD} WHERE case_id = cases.id) AS old)")
    op.execute(f"CREATE TEMPORARY TABLE tasks_kept AS {OLD}")
    op.drop_table("tasks")
    op.create_table(
        "tasks",
        sa.Column(
            "role", sa.String(200), nullable=False, comment="empty for anybody, after ~ where it only waits"
        ),
        sa.Column("person", sa.String(200), nullable=False, comment="with whom alone it lies, else empty"),
        sa.Column("due", sa.Date, nullable=False, comment="the nearest of all its days, else 9999-12-31"),
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_tasks_case_id"),
        sa.PrimaryKeyConstraint("role", "person", "due", "case_id", name="pk_tasks"),
        sqlite_with_rowid=False,
    )
    there = sa.text("person <> ''")
    op.create_index(
        "ix_tasks_person",
        "tasks",
        ["person", "due", "case_id"],
        sqlite_where=there,
        postgresql_where=there,
    )
    op.execute(
        "INSERT INTO tasks (role, person, due, case_id) SELECT role, person, due, case_id FROM tasks_kept"
    )
    op.execute("DROP TABLE tasks_kept")

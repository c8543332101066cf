"""Messages that are kept are found by their name and key, however many have the name."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_index("ix_messages_key", "messages", ["key", "name"])

"""How Alembic runs the migrations: on the connection it is given."""

from alembic import context

from jianban.engine.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()

"""The migrations of the tables, by Alembic. `versions` holds one module for each, numbered in order."""

"""Where cases are kept: SQLite in one file, or PostgreSQL.

| module | what lives there |
|---|---|
| `tables` | the tables, as SQLAlchemy metadata: for queries and migrations |
| `migrations` | what makes or renews them (Alembic); `schema` runs it |
| `store` | `Store`, what every store can do, and the values it speaks in |
| `closing` | the end of a pool of connections, of which some are still in use |
| `forks` | what a forked process must not share with its parent |
| `opening` | `open_store`: the store of a URL |
| `sqlite`, `postgresql` | the two stores, with the fixed SQL of the event path |
| `reads` | what both read alike, apart from that path |
"""

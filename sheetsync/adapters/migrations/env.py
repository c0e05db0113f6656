"""Alembic's entry: migrates on the connection it is handed, inside the transaction that connection already has."""

from alembic import context

from sheetsync.adapters.sql_schema import REVISION_TABLE, metadata

# SQLite's DDL is transactional once BEGIN is ours (`sql_file`): a migration happens whole or not at all.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=REVISION_TABLE,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()

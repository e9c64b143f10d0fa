"""Local work that is not yet said (drafts, sessions, attempts): tables beside the record, never synced, crash-safe.

Each module that needs one declares its table on `local_tables` and asks `create` for it when it is wired.
"""

import sqlalchemy as sa

from content.record.store import Record

local_tables = sa.MetaData()


def create(record: Record, *tables: sa.Table) -> None:
    """Make these tables in the record's database where they are missing, and columns that came later (with a default)."""
    with record.write() as transaction:
        connection = transaction.connection
        local_tables.create_all(connection, tables=list(tables))
        found = sa.inspect(connection)
        for table in tables:
            held = {column["name"] for column in found.get_columns(table.name)}
            for column in table.columns:
                if column.name not in held:
                    wanted = sa.schema.CreateColumn(column).compile(dialect=connection.dialect)
                    connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {wanted}")

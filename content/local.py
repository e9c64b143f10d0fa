"""Local work that is not yet said (drafts, sessions, attempts): tables beside the record, never synced, crash-safe.

Each module that needs one declares its table on `local_tables` and asks `create` for it when it is wired.
"""

import sqlalchemy as sa

from content.record.store import Record

local_tables = sa.MetaData()


def create(record: Record, *tables: sa.Table) -> None:
    """Make these tables in the record's database where they are missing."""
    with record.write() as transaction:
        local_tables.create_all(transaction.connection, tables=list(tables))

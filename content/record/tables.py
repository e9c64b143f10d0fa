"""The record's own tables, the same in SQLite and PostgreSQL; only this package reads or writes them."""

import sqlalchemy as sa

metadata = sa.MetaData()

streams = sa.Table(
    "streams",
    metadata,
    sa.Column("stream", sa.String(64), primary_key=True),
    sa.Column("origin", sa.String(32), nullable=False),
    sa.Column("audience", sa.String(32), nullable=False),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("public_key", sa.LargeBinary, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("peaks", sa.LargeBinary, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),  # open | closed (a newer epoch) | forked (two heads)
)
entries = sa.Table(
    "entries",
    metadata,
    sa.Column("stream", sa.String(64), primary_key=True),
    sa.Column("idx", sa.Integer, primary_key=True),
    sa.Column("header", sa.LargeBinary, nullable=False),
    sa.Column("commitment", sa.LargeBinary, nullable=False),
    sa.Column("salt", sa.LargeBinary),
    sa.Column("body", sa.LargeBinary),
)
heads = sa.Table(
    "heads",
    metadata,
    sa.Column("stream", sa.String(64), primary_key=True),
    sa.Column("size", sa.Integer, primary_key=True),
    sa.Column("root", sa.LargeBinary, nullable=False),
    sa.Column("signature", sa.LargeBinary, nullable=False),
    sa.Column("cosigned_at", sa.BigInteger),  # unix seconds, by the county's clock
    sa.Column("cosignature", sa.LargeBinary),
)
evidence = sa.Table(
    "evidence",
    metadata,
    sa.Column("stream", sa.String(64), primary_key=True),
    sa.Column("size", sa.Integer, primary_key=True),
    sa.Column("root", sa.LargeBinary, primary_key=True),
    sa.Column("signature", sa.LargeBinary, nullable=False),
    sa.Column("seen_at", sa.String(20), nullable=False),
)

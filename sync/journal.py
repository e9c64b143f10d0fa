"""The journal of a village's last 200 exchanges, for people to read; and the note of what the hub said it holds."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from content.local import create, local_tables
from content.record.store import Record

KEPT = 200

exchanges = sa.Table(
    "sync_journal",
    local_tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.String(20), nullable=False),
    sa.Column("outcome", sa.String(16), nullable=False),
    sa.Column("sent", sa.Integer, nullable=False),
    sa.Column("received", sa.Integer, nullable=False),
    sa.Column("bytes_up", sa.Integer, nullable=False),
    sa.Column("bytes_down", sa.Integer, nullable=False),
    sa.Column("requests", sa.Integer, nullable=False),
    sa.Column("words", sa.Text, nullable=False),
)
hub_holdings = sa.Table(
    "hub_holdings",
    local_tables,
    sa.Column("stream", sa.String(64), primary_key=True),
    sa.Column("size", sa.Integer, nullable=False),
)


@dataclass(frozen=True)
class Exchange:
    """One sync. outcome: "level" (both sides hold the same), "partial" or "failed"; sent and received in events;
    words: what went wrong, "" when nothing did."""

    at: str
    outcome: str
    sent: int = 0
    received: int = 0
    bytes_up: int = 0
    bytes_down: int = 0
    requests: int = 0
    words: str = ""


class Journal:
    """The sync tables of one village."""

    def __init__(self, record: Record) -> None:
        self._record = record
        create(record, exchanges, hub_holdings)

    def add(self, exchange: Exchange) -> None:
        """Note an exchange and forget those before the last 200."""
        with self._record.write() as transaction:
            made = transaction.execute(sa.insert(exchanges), asdict(exchange))
            newest = made.inserted_primary_key[0] if made.inserted_primary_key else 0
            transaction.execute(sa.delete(exchanges).where(exchanges.c.id <= newest - KEPT))

    def last(self, count: int = KEPT) -> list[Exchange]:
        """The newest exchanges first."""
        columns = [column for column in exchanges.c if column.name != "id"]
        with self._record.read() as connection:
            rows = connection.execute(sa.select(*columns).order_by(exchanges.c.id.desc()).limit(count))
            return [Exchange(**row._asdict()) for row in rows]

    def last_success(self) -> str:
        """When both sides were last level, UTC text, "" if never."""
        statement = sa.select(sa.func.max(exchanges.c.at)).where(exchanges.c.outcome == "level")
        with self._record.read() as connection:
            return connection.execute(statement).scalar() or ""

    def hub_holdings(self) -> dict[str, int]:
        """What the hub held at the last exchange: only a hint, its next reply is the truth."""
        with self._record.read() as connection:
            return {row[0]: row[1] for row in connection.execute(sa.select(hub_holdings))}

    def note_holdings(self, held: Iterable[tuple[str, int]]) -> None:
        """Replace the hint by what the hub has just said."""
        rows = [{"stream": stream, "size": size} for stream, size in held]
        if {row["stream"]: row["size"] for row in rows} == self.hub_holdings():
            return
        with self._record.write() as transaction:
            transaction.execute(sa.delete(hub_holdings))
            if rows:
                transaction.execute(sa.insert(hub_holdings), rows)

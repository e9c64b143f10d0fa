"""Counts wrong answers to a secret (the digits beside a case number, the ID beside a name) and locks for a while."""

from datetime import timedelta

import sqlalchemy as sa

from content.clock import from_text, to_text
from content.local import create, local_tables
from content.record.store import Record, Transaction

FREE_TRIES = 5
WINDOW = LOCK = timedelta(minutes=15)

wrong_answers = sa.Table(
    "wrong_answers",
    local_tables,
    sa.Column(
        "about", sa.String(80), primary_key=True
    ),  # a keyed fingerprint: never the name or number itself
    sa.Column("wrong", sa.Integer, nullable=False),
    sa.Column("first_at", sa.String(20), nullable=False),
    sa.Column("locked_until", sa.String(20), nullable=False),
)


class Attempts:
    """The wrong answers of the last quarter of an hour at one node; the database is shared by its processes."""

    def __init__(self, record: Record) -> None:
        self._record = record
        create(record, wrong_answers)

    def is_locked(self, kind: str, about: str) -> bool:
        """Whether this name or number is locked now, because of too many wrong answers."""
        with self._record.read() as connection:
            row = connection.execute(
                sa.select(wrong_answers.c.locked_until).where(wrong_answers.c.about == self._key(kind, about))
            ).one_or_none()
        return row is not None and row.locked_until > to_text(self._record.clock())

    def count_wrong(self, kind: str, about: str) -> None:
        """One more wrong answer; the fifth within 15 minutes locks for 15 minutes."""
        key, now = self._key(kind, about), self._record.clock()
        with self._record.write() as transaction:
            self._forget_old(transaction)
            row = transaction.execute(
                sa.select(wrong_answers).where(wrong_answers.c.about == key)
            ).one_or_none()
            is_recent = row is not None and now - from_text(row.first_at) < WINDOW
            wrong, first_at = (row.wrong + 1, row.first_at) if row and is_recent else (1, to_text(now))
            locked_until = to_text(now + LOCK) if wrong >= FREE_TRIES else ""
            transaction.execute(sa.delete(wrong_answers).where(wrong_answers.c.about == key))
            transaction.execute(
                sa.insert(wrong_answers),
                {"about": key, "wrong": wrong, "first_at": first_at, "locked_until": locked_until},
            )

    def forget(self, kind: str, about: str) -> None:
        """A right answer ends the count."""
        with self._record.write() as transaction:
            transaction.execute(
                sa.delete(wrong_answers).where(wrong_answers.c.about == self._key(kind, about))
            )

    def _forget_old(self, transaction: Transaction) -> None:
        past = to_text(self._record.clock() - WINDOW - LOCK)
        transaction.execute(sa.delete(wrong_answers).where(wrong_answers.c.first_at < past))

    def _key(self, kind: str, about: str) -> str:
        return self._record.keys.fingerprint(f"attempts:{kind}", about)

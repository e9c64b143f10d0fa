"""What people who work with the system did at this node: sign-ins and actions, with ids only; local, never synced."""

from dataclasses import dataclass

import sqlalchemy as sa

from content.clock import to_text
from content.local import create, local_tables
from content.record.store import Record, Transaction

# Somebody who guesses passwords day and night must not fill the disk: about 15 MB.
KEPT_LINES = 100_000
SIGN_INS = ("in", "out", "ended", "wrong", "locked")

staff_log = sa.Table(
    "staff_log",
    local_tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.String(20), nullable=False),
    sa.Column("account", sa.String(64), nullable=False),
    sa.Column("what", sa.String(64), nullable=False),
    sa.Column("about", sa.String(200), nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
)


@dataclass(frozen=True)
class Line:
    """One line. account: "" for a name that is no account's (it may be a password typed into the wrong field);
    what: one of SIGN_INS or the endpoint of a page; about: the ids in its address; status: of the answer, 0 for none.
    """

    at: str
    account: str
    what: str
    about: str
    status: int


class StaffLog:
    """The log of one node."""

    def __init__(self, record: Record) -> None:
        self._record = record
        create(record, staff_log)

    def note(
        self, transaction: Transaction, account: str, what: str, about: str = "", status: int = 0
    ) -> None:
        """Add a line inside a write, so that it is there exactly when what it tells of is; the oldest goes."""
        values = {"account": account, "what": what, "about": about[:200], "status": status}
        values["at"] = to_text(self._record.clock())
        line = transaction.execute(sa.insert(staff_log).returning(staff_log.c.id), values).scalar_one()
        transaction.execute(sa.delete(staff_log).where(staff_log.c.id <= line - KEPT_LINES))

    def add(self, account: str, what: str, about: str = "", status: int = 0) -> None:
        """Add a line by itself."""
        with self._record.write() as transaction:
            self.note(transaction, account, what, about, status)

    def lines(
        self,
        *,
        account: str = "",
        is_refused: bool = False,
        is_oldest_first: bool = False,
        number: int = 1,
        size: int = 50,
    ) -> tuple[list[Line], bool]:
        """Page `number` (from 1), newest first if not said otherwise, and whether there are more.

        account: of those alone whose name has this in it; is_refused: what did not succeed alone.
        """
        order = staff_log.c.id if is_oldest_first else staff_log.c.id.desc()
        statement = sa.select(staff_log).order_by(order)
        if account:
            statement = statement.where(staff_log.c.account.contains(account, autoescape=True))
        if is_refused:
            statement = statement.where(
                sa.or_(staff_log.c.status >= 400, staff_log.c.what.in_(("wrong", "locked")))
            )
        statement = statement.offset((number - 1) * size).limit(size + 1)
        with self._record.read() as connection:
            rows = connection.execute(statement).all()
        return [Line(row.at, row.account, row.what, row.about, row.status) for row in rows[:size]], len(
            rows
        ) > size

"""Whatever was published under a public code: a notice, a statement, a roll or a ledger, found without knowing which it is."""

from dataclasses import dataclass

from sqlite_utils import Database

from content import finances, ledgers, notices, rolls
from content.finances import PublishedStatement
from content.ledgers import PublishedLedger
from content.notices import PublishedNotice
from content.rolls import PublishedRoll

Published = PublishedNotice | PublishedStatement | PublishedRoll | PublishedLedger


@dataclass(frozen=True)
class Found:
    """A publication with its noun ("notice", "statement", "roll" or "ledger") and its title."""

    noun: str
    title: str
    publication: Published


def find(db: Database, public_code: str, *, noun: str = "") -> Found | None:
    """What was published under this code, whatever became of it; of one noun if given. None for nothing."""
    if noun in ("", "notice") and (notice := notices.get(db, public_code)):
        return Found("notice", notice.notice.title, notice)
    if noun in ("", "statement") and (statement := finances.get(db, public_code)):
        return Found("statement", statement.statement.title, statement)
    if noun in ("", "roll") and (roll := rolls.get_roll(db, public_code)):
        return Found("roll", roll.roll.title, roll)
    if noun in ("", "ledger") and (ledger := ledgers.get(db, public_code)):
        return Found("ledger", ledger.ledger.title, ledger)
    return None

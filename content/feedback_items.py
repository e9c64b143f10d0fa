"""Which item of the catalogue (公开目录) something that a villager says is about, read from the thing it was said of; nobody is named."""

from sqlite_utils import Database

from content import disclosure, finances, published
from content.feedback_states import CONSULTATION, OBJECTION
from content.finances import PublishedStatement
from content.ledgers import PublishedLedger
from content.notices import PublishedNotice

# What is said of a complaint's subject is sealed, and a suggestion is about the village, not about what it published.
KINDS = (CONSULTATION, OBJECTION)
INCOME, EXPENSE = finances.DISCLOSES


def item_of(db: Database, kind: str, about: str) -> str:
    """The code of the item, "" where what was said is about none: "item:<code>", or the publication's own."""
    if kind not in KINDS:
        return ""
    noun, _colon, rest = about.partition(":")
    code, _slash, entry_no = rest.partition("/")
    if noun == "item":
        return code if disclosure.get_item(db, code) else ""
    found = published.find(db, code, noun=noun) if noun else None
    match found.publication if found else None:
        case None:
            return ""
        case PublishedNotice() as notice:
            return notice.notice.item
        case PublishedLedger() as ledger:
            return ledger.ledger.item
        case PublishedStatement():
            return _of_entry(db, code, entry_no)
        case roll:
            return roll.roll.item


def _of_entry(db: Database, statement: str, entry_no: str) -> str:
    """What was spent is an item of its own; a statement as a whole is the first it discloses."""
    number = int(entry_no) if entry_no.isdecimal() and len(entry_no) < 6 else 0
    lines = finances.entries(db, statement, number=number, size=1).lines if number else []
    return EXPENSE if lines and lines[0].expense_fen else INCOME

"""The desk's first page: what waits for the person who is signed in, and what the village has never published."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from flask import Response, g, url_for
from sqlite_utils import Database

from content import (
    disclosure,
    disclosure_clock,
    feedback,
    finances,
    ledger_rows,
    ledgers,
    notices,
    rolls,
    supervision_board,
)
from content.clock import local_date
from content.disclosure import CatalogueItem
from content.drafts import IMPORTED, Draft
from content.ledgers import Alert
from content.supervision_board import Filter
from kiosk import ledger_words
from kiosk.desk import words
from kiosk.desk.blueprint import blueprint
from kiosk.pages import services, show

SHOWN_EXCHANGES = 3


@dataclass(frozen=True)
class Waiting:
    """The open drafts, as the person who is signed in sees them. others: of other people, not for this one to sign;
    imported: files that came in by command and that an agent may take up."""

    to_sign: list[Draft]
    returned: list[Draft]
    mine: list[Draft]
    others: list[Draft]
    imported: list[Draft]


@blueprint.get("/")
def home() -> Response:
    """What waits, what to publish next, and how sync stands."""
    wired = services()
    db = wired.node.views.read()
    missing = never_published(db, wired.node.config.code)
    return show(
        "desk/home.html",
        waiting=_sorted(wired.drafts.all_open()),
        missing=missing,
        start_address=start_address,
        leases=lease_alerts(db, wired.node.config.code, local_date(wired.node.clock())),
        clock_counts=clock_counts(db, wired.node.config.code),
        asked=feedback.list_open(db, area=wired.node.config.code, who="village"),
        cards=supervision_board.list_cards(
            db,
            Filter(wired.node.config.code, colour="cards", state="issued", is_villages_only=True),
            size=1,
        ).total,
        today=local_date(wired.node.clock()),
        is_agent="agent" in g.account.roles,
        is_committee="committee" in g.account.roles,
        exchanges=wired.sync_state.last(SHOWN_EXCHANGES) if wired.sync_state else [],
        last_success=wired.sync_state.last_success() if wired.sync_state else "",
        words=words,
    )


@blueprint.get("/new")
def new() -> Response:
    """The kinds of things that can be published."""
    return show("desk/new.html", back="/desk/")


def never_published(db: Database, village: str) -> list[CatalogueItem]:
    """The catalogue items of which the village has nothing in force, in the catalogue's order."""
    there = set(notices.latest_by_item(db, village))
    if finances.latest(db, village):
        there |= set(finances.DISCLOSES)
    there |= set(ledgers.latest_by_item(db, village))
    there |= {line.item for line in rolls.list_rolls(db, village, size=1000).lines}
    return [item for item in disclosure.list_items(db) if item.code not in there]


def clock_counts(db: Database, village: str) -> Counter[str]:
    """How many items of the catalogue are in which state of the disclosure clock."""
    clocks = disclosure_clock.clock_of(db, village, local_date(services().node.clock()))
    return Counter(clock.state for clock in clocks)


def lease_alerts(db: Database, village: str, today: date) -> list[tuple[Alert, list[tuple[str, str]]]]:
    """The leases that somebody has to act on, each with how it stands as (words, look)."""
    return [
        (alert, ledger_words.standing_words(alert.contract, today))
        for alert in ledgers.alerts(db, village, today)
    ]


def start_address(item: CatalogueItem) -> str:
    """Where a publication of this item begins: the sheet of accounts or ledgers, a roll for what is paid in batches, else a notice."""
    if item.code in (*finances.DISCLOSES, *ledger_rows.ITEMS.values()):
        return url_for("desk.statement_new")
    if item.section == "subsidy" and item.frequency == "per-batch":
        return url_for("desk.roll_new", item=item.code)
    return url_for("desk.notice_new", item=item.code)


def _sorted(open_drafts: list[Draft]) -> Waiting:
    name, is_committee = g.account.name, "committee" in g.account.roles
    mine = [draft for draft in open_drafts if draft.author == name]
    foreign = [draft for draft in open_drafts if draft.author != name]
    to_sign = [draft for draft in foreign if draft.state == "submitted" and is_committee]
    imported = [draft for draft in foreign if draft.author == IMPORTED and "agent" in g.account.roles]
    return Waiting(
        to_sign=to_sign,
        returned=[draft for draft in mine if draft.state == "returned"],
        mine=[draft for draft in mine if draft.state != "returned"],
        others=[draft for draft in foreign if draft not in [*to_sign, *imported]],
        imported=imported,
    )

"""The desk's first page: what waits for the person who is signed in, and what the village has never published."""

from dataclasses import dataclass

from flask import Response, g, url_for
from sqlite_utils import Database

from content import disclosure, finances, ledgers, notices, rolls
from content.disclosure import CatalogueItem
from content.drafts import Draft
from kiosk.desk import words
from kiosk.desk.blueprint import blueprint
from kiosk.pages import services, show

SHOWN_EXCHANGES = 3


@dataclass(frozen=True)
class Waiting:
    """The open drafts, as the person who is signed in sees them. others: of other people, not for this one to sign."""

    to_sign: list[Draft]
    returned: list[Draft]
    mine: list[Draft]
    others: list[Draft]


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
        is_agent="agent" in g.account.roles,
        is_committee="committee" in g.account.roles,
        exchanges=wired.sync_state.last(SHOWN_EXCHANGES) if wired.sync_state else [],
        last_success=wired.sync_state.last_success() if wired.sync_state else "",
        words=words,
    )


@blueprint.get("/new")
def new() -> Response:
    """The three kinds of things that can be published."""
    return show("desk/new.html", back="/desk/")


def never_published(db: Database, village: str) -> list[CatalogueItem]:
    """The catalogue items of which the village has nothing in force, in the catalogue's order."""
    there = set(notices.latest_by_item(db, village))
    if finances.latest(db, village):
        there |= set(finances.DISCLOSES)
    there |= set(ledgers.latest_by_item(db, village))
    there |= {line.item for line in rolls.list_rolls(db, village, size=1000).lines}
    return [item for item in disclosure.list_items(db) if item.code not in there]


def start_address(item: CatalogueItem) -> str:
    """Where a publication of this item begins: accounts, a roll for what is paid in batches, else a notice."""
    if item.code in finances.DISCLOSES:
        return url_for("desk.statement_new")
    if item.section == "subsidy" and item.frequency == "per-batch":
        return url_for("desk.roll_new", item=item.code)
    return url_for("desk.notice_new", item=item.code)


def _sorted(open_drafts: list[Draft]) -> Waiting:
    name, is_committee = g.account.name, "committee" in g.account.roles
    mine = [draft for draft in open_drafts if draft.author == name]
    foreign = [draft for draft in open_drafts if draft.author != name]
    to_sign = [draft for draft in foreign if draft.state == "submitted" and is_committee]
    return Waiting(
        to_sign=to_sign,
        returned=[draft for draft in mine if draft.state == "returned"],
        mine=[draft for draft in mine if draft.state != "returned"],
        others=[draft for draft in foreign if draft not in to_sign],
    )

"""What the village owns, lets and owes (三资台账): a tab for each kind, every ledger with its versions and its proof."""

import dataclasses

from flask import Blueprint, abort, g, url_for
from flask_babel import get_locale
from sqlite_utils import Database

from content import changes, ledgers, proofs
from content.clock import local_date
from content.ledger_rows import Ledger, Row
from content.ledgers import PublishedLedger
from content.money import yuan
from content.speech import Passage
from kiosk import ledger_tables, ledger_words, listening
from kiosk.pages import page_number, services, show
from kiosk.public.addresses import Answer, back_to, phone_code
from kiosk.public.paging import PAGE_SIZE, make_pager

# The tabs, and what else is listed under one.
TABS = {
    "assets": ("assets", "money"),
    "resources": ("resources",),
    "contracts": ("contracts",),
    "debts": ("debts",),
    "balance_sheet": ("balance_sheet",),
}
UNPAGED = ("debts", "balance_sheet")  # their two sides are read together
OTHERS_SHOWN = 4


def register(public: Blueprint) -> None:
    """Add this module's pages to the blueprint."""
    public.add_url_rule("/ledgers/<kind>", "ledgers", latest)
    public.add_url_rule("/ledger/<ledger_id>", "ledger", ledger)


def latest(kind: str) -> Answer:
    """The newest ledger of a kind, and the ones beside and before it."""
    if kind not in TABS:
        abort(404)
    db = services().node.views.read()
    found = ledgers.latest(db, g.village, kind)
    listed = [
        line
        for each in TABS[kind]
        for line in ledgers.list_ledgers(db, g.village, kind=each, size=OTHERS_SHOWN).lines
        if found is None or line.id != found.id
    ]
    back = url_for("public.section", section="finance")
    if found is None:
        return show(
            "public/ledger_none.html", back=back, kind=kind, words=ledger_words, others=listed, tabs=TABS
        )
    return _page(found, back, is_tab=True, others=listed)


def ledger(ledger_id: str) -> Answer:
    """One ledger, whatever became of it."""
    found = ledgers.get(services().node.views.read(), ledger_id)
    if found is None or found.village != g.village:
        abort(404)
    tab = next(tab for tab, kinds in TABS.items() if found.ledger.kind in kinds)
    return _page(found, back_to(url_for("public.ledgers", kind=tab)), is_tab=False, others=[])


def _page(found: PublishedLedger, back: str, *, is_tab: bool, others: list[ledgers.LedgerLine]) -> Answer:
    wired = services()
    db, today, kind = wired.node.views.read(), local_date(wired.node.clock()), found.ledger.kind
    rows, number = ledgers.all_rows(db, found.id), page_number()
    is_paged = kind not in UNPAGED
    shown = rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE] if is_paged else rows
    drawn = ledger_tables.draw(kind, rows, today, shown=shown)
    listening.offer(passage_of(found.ledger, drawn.sentence))
    versions = ledgers.versions(db, found.id)
    place = [version.id for version in versions].index(found.id)
    return show(
        "public/ledger.html",
        back=back,
        found=found,
        ledger=found.ledger,
        kind=kind,
        is_tab=is_tab,
        tabs=TABS,
        words=ledger_words,
        drawn=drawn,
        pager=make_pager(number, len(rows) if is_paged else 0),
        others=others,
        before=versions[place - 1] if place else None,
        changes=changes.between(_lines(db, versions[place - 1]), _lines(db, found)) if place else [],
        corrections=len(versions) - 1,
        proof=proofs.state_of(wired.node.record, found.event),
        code=phone_code(),
    )


def passage_of(ledger: Ledger, sentence: str) -> Passage:
    """The one sentence of a ledger, in the reader's language; its rows are for the eye."""
    if str(get_locale()) == "en" and sentence:
        return Passage(sentence, "en")
    return Passage(f"{ledger.title}。\n{sentence}", "zh")


def _lines(db: Database, version: PublishedLedger) -> list[str]:
    """What stands on a ledger, row by row, to be compared with another version."""
    return [version.ledger.title, *map(_line, ledgers.all_rows(db, version.id))]


def _line(row: Row) -> str:
    """The row's fields as they are read, sums in yuan; empty ones left out."""
    told = (
        yuan(value) if name.endswith("_fen") else str(value)
        for name, value in dataclasses.asdict(row).items()
        if value not in ("", None)
    )
    return " ".join(told)

"""The four sections of the public catalogue: what must be open, what is, and since when."""

from typing import Any

from flask import Blueprint, abort, g, url_for
from flask_babel import get_locale
from sqlite_utils import Database

from content import disclosure, disclosure_clock, finances, ledgers, notices, rolls
from content.clock import local_date
from content.disclosure_clock import ItemClock
from content.speech import Passage
from kiosk import clock_words, listening
from kiosk.clock_words import ClockWords
from kiosk.pages import page_number, services, show
from kiosk.public.addresses import Answer, home_address
from kiosk.public.paging import PAGE_SIZE, make_pager
from kiosk.public.words import SECTION_ICONS, SECTION_WORDS

LATEST_ROLLS = 3


def register(public: Blueprint) -> None:
    """Add this module's pages to the blueprint."""
    public.add_url_rule("/open/<section>", "section", section)
    public.add_url_rule("/open/<section>/notices", "section_notices", section_notices)
    public.add_url_rule("/item/<code>", "item", item)


def section(section: str) -> Answer:
    """The catalogue's items of a section, each with what the disclosure clock says of it."""
    _known(section)
    db = services().node.views.read()
    items = _clocks(db, section)
    if (
        items and str(get_locale()) != "en"
    ):  # the items' names are Chinese, and would be lost on the English voice
        listening.offer(
            Passage("\n".join(f"{one.item.name}，{told.word}。{told.note}" for one, told in items))
        )
    return _show_section(
        "public/section.html",
        section,
        "items",
        items=items,
        statement=finances.latest(db, g.village) if section == "finance" else None,
        rolls=rolls.list_rolls(db, g.village, size=LATEST_ROLLS).lines if section == "subsidy" else [],
    )


def section_notices(section: str) -> Answer:
    """The notices of a section, eight a page."""
    _known(section)
    number = page_number()
    page = notices.page(services().node.views.read(), g.village, section=section, number=number)
    return _show_section(
        "public/section_notices.html",
        section,
        "notices",
        page=page,
        pager=make_pager(number, page.total),
    )


def item(code: str) -> Answer:
    """Everything that is published under one item of the catalogue."""
    db = services().node.views.read()
    wanted = disclosure.get_item(db, code)
    if wanted is None:
        abort(404)
    g.section = wanted.section
    number = page_number()
    page = notices.page(db, g.village, item=code, number=number)
    has_statements = code in finances.DISCLOSES
    return show(
        "public/item.html",
        back=url_for("public.section", section=wanted.section),
        item=wanted,
        clock=next((told for clock, told in _clocks(db, wanted.section) if clock.item.code == code), None),
        icon_name=SECTION_ICONS[wanted.section],
        page=page,
        pager=make_pager(number, page.total),
        statements=finances.list_statements(db, g.village, size=PAGE_SIZE).lines if has_statements else [],
        rolls=rolls.list_rolls(db, g.village, item=code, size=PAGE_SIZE).lines,
        ledgers=ledgers.list_ledgers(db, g.village, item=code, size=PAGE_SIZE).lines,
    )


def _known(section: str) -> None:
    if section not in SECTION_WORDS:
        abort(404)


def _show_section(template: str, section: str, part: str, **context: Any) -> Answer:
    return show(
        template,
        back=home_address(),
        section=section,
        part=part,
        title=SECTION_WORDS[section],
        icon_name=SECTION_ICONS[section],
        **context,
    )


def _clocks(db: Database, section: str) -> list[tuple[ItemClock, ClockWords]]:
    today = local_date(services().node.clock())
    clocks = disclosure_clock.clock_of(db, g.village, today)
    return [(clock, clock_words.told(clock)) for clock in clocks if clock.item.section == section]

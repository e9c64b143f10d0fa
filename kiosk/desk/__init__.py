"""The village desk (村务工作台): where the agent prepares publications and files cases, and the committee signs."""

from flask import Blueprint

from kiosk.desk import (
    calendar,
    cards,
    case_people,
    cases,
    drafts,
    feedback,
    home,
    imported,
    leads,
    ledgers,
    notices,
    published,
    recordings,
    review,
    rolls,
    statements,
    sync_state,
    texts,
    vouchers,
    work,
)
from kiosk.desk.blueprint import blueprint
from kiosk.services import Services

PAGES = (
    home,
    calendar,
    drafts,
    imported,
    notices,
    recordings,
    statements,
    vouchers,
    ledgers,
    rolls,
    review,
    published,
    cases,
    case_people,
    leads,
    texts,
    feedback,
    cards,
    sync_state,
    work,
)


def make_desk(services: Services) -> Blueprint:
    """The desk's pages; each module of PAGES hangs its own on the blueprint when it is imported."""
    return blueprint

"""The village desk (村务工作台): where the agent prepares publications and files cases, and the committee signs."""

from flask import Blueprint

from kiosk.desk import cases, drafts, home, notices, published, review, rolls, statements, sync_state
from kiosk.desk.blueprint import blueprint
from kiosk.services import Services

PAGES = (home, drafts, notices, statements, rolls, review, published, cases, sync_state)


def make_desk(services: Services) -> Blueprint:
    """The desk's pages; each module of PAGES hangs its own on the blueprint when it is imported."""
    return blueprint

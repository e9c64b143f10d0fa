"""The villagers' pages: at a village's kiosk under /, at the county's portal under /v/<village>."""

from typing import Any

from flask import Blueprint, abort, g
from flask.blueprints import BlueprintSetupState

from content import villages
from content.attempts import Attempts
from content.phone_codes import PhoneCodes
from kiosk import page_kinds
from kiosk.pages import keep_if_public, services
from kiosk.public import (
    apply,
    case_phone,
    cases,
    certificates,
    finances,
    follow,
    guides,
    help,
    home,
    ledgers,
    mine,
    notices,
    photos,
    printing,
    programmes,
    proofs,
    rolls,
    say,
    say_mine,
    search,
    sections,
    verify,
)
from kiosk.public.addresses import home_address
from kiosk.public.words import local_month

PAGES = (
    home,
    help,
    sections,
    notices,
    photos,
    finances,
    ledgers,
    programmes,
    rolls,
    mine,
    guides,
    apply,
    cases,
    case_phone,
    certificates,
    say,
    say_mine,
    follow,
    search,
    proofs,
    printing,
    verify,
)


def make_public(*, portal: bool) -> Blueprint:
    """The blueprint "public". portal: the village is named by the address; else it is this node's own."""
    public = Blueprint("public", __name__)
    if portal:
        public.url_value_preprocessor(_take_village)
        public.url_defaults(_give_village)
    public.before_request(_know_village)
    public.after_request(keep_if_public)
    public.after_request(page_kinds.tell)
    public.add_app_template_filter(local_month)
    public.record_once(_prepare)
    for pages in PAGES:
        pages.register(public)
    return public


def _prepare(state: BlueprintSetupState) -> None:
    record = state.app.extensions["xiangting"].node.record
    state.app.extensions["xiangting.attempts"] = Attempts(record)
    state.app.extensions["xiangting.phone_codes"] = PhoneCodes(record)


def _take_village(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.village = values.pop("village", "") if values else ""


def _give_village(_endpoint: str, values: dict[str, Any]) -> None:
    values.setdefault("village", g.get("village", ""))


def _know_village() -> None:
    node = services().node
    if not node.is_county:
        g.village = node.config.code
    elif villages.get(node.views.read(), g.village) is None:
        g.village = ""
        abort(404)
    g.home_url = home_address()

"""Addresses of the villagers' pages: here, in a search result, and on a phone; what stands on them is elsewhere."""

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from content import villages
from content.search import Hit
from kiosk import qr
from kiosk.pages import safe_next, services

Answer = ResponseReturnValue

# The noun before the colon of a search key -> the page and the name of what follows it.
_PAGE_OF = {
    "notice": ("public.notice", "notice_id"),
    "statement": ("public.statement", "statement_id"),
    "roll": ("public.roll", "roll_id"),
    "ledger": ("public.ledger", "ledger_id"),
    "programme": ("public.programme", "name"),
    "guide": ("public.guide", "guide_id"),
}


def home_address() -> str:
    """The village's front page."""
    return url_for("public.home")


def back_to(fallback: str) -> str:
    """Where "back" leads: to the list a page was reached from, else to `fallback`."""
    return safe_next(request.args.get("back", ""), fallback)


def noun_of(hit: Hit) -> str:
    """ "notice", "statement", "roll", "ledger", "programme" or "guide"."""
    return hit.key.partition(":")[0]


def address_of(hit: Hit, *, back: str) -> str:
    """The page of something that was found."""
    noun, _colon, name = hit.key.partition(":")
    return page_of(noun, name, back=back)


def page_of(noun: str, name: str, **more: str) -> str:
    """The page of a notice, a statement, a roll … by its public code or name."""
    endpoint, parameter = _PAGE_OF[noun]
    values: dict[str, Any] = {parameter: name, **more}
    return url_for(endpoint, **values)


def phone_code() -> Markup | None:
    """A QR code that shows this page on a phone; None at the portal, and where the county has none."""
    node = services().node
    county = None if node.is_county else villages.get_county(node.views.read())
    if county is None or not county.portal_url:
        return None
    return qr.address_code(f"{county.portal_url.rstrip('/')}/v/{node.config.code}{request.path}")


def sms_number() -> str:
    """Where villagers text to, "" when there is no SMS."""
    wired = services()
    county = villages.get_county(wired.node.views.read())
    return wired.sms_number or (county.sms_number if county else "")


def sms_code(query: str) -> Markup | None:
    """A QR code of a text message to the village's number; None without SMS."""
    number = sms_number()
    return qr.sms_code(number, query) if number else None

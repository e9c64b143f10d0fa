"""What the console's lists share: pages, and addresses that change one thing of the query and keep the rest."""

from dataclasses import dataclass
from typing import Any

from flask import g, request, url_for

from kiosk.pages import page_number

SIZE = 20


@dataclass(frozen=True)
class Pages:
    """Where a reader is in a list. prev_url, next_url: "" at the ends."""

    number: int
    pages: int
    prev_url: str
    next_url: str


def pages_of(total: int, *, size: int = SIZE) -> Pages:
    """The pages of a list of `total` rows, at the page that the query asks for."""
    number, pages = page_number(), max(1, -(-total // size))
    return Pages(
        number,
        pages,
        here(page=min(number - 1, pages)) if number > 1 else "",
        here(page=number + 1) if number < pages else "",
    )


def here(**changes: Any) -> str:
    """This page's address with some of its query changed; an empty value drops it."""
    query = {**request.args.to_dict(), **changes}
    kept = {name: value for name, value in query.items() if value not in ("", None)}
    return url_for(request.endpoint or "", **(request.view_args or {}), **kept)


def whose(allowed: Any) -> str:
    """The department that the query asks for; the account's own where it asks for none, "" for "all"."""
    if asked := chosen("department", allowed):
        return asked
    own = str(g.account.department)
    return own if own in allowed and request.args.get("department") != "all" else ""


def chosen(name: str, allowed: Any, otherwise: str = "") -> str:
    """A value of the query if it is one of those allowed."""
    value = request.args.get(name, "")
    return value if value in allowed else otherwise

"""What the console's lists share: pages, and addresses that change one thing of the query and keep the rest.

A list's own part of the page has the id "list": a filter replaces it, and a link that sorts it or turns its page leads
there, so that the keyboard goes on where the rows are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import abort, g, redirect, request, url_for

from kiosk.pages import asked_here, page_number

SIZE = 20
PART = "list"
Row = TypeVar("Row")


@dataclass(frozen=True)
class Pages:
    """Where a reader is in a list. prev_url, next_url: "" at the ends."""

    number: int
    pages: int
    prev_url: str
    next_url: str


def pages_of(total: int, *, size: int = 0, name: str = "page", part: str = PART) -> Pages:
    """The pages of a list of `total` rows, at the page that the query asks for; one beyond the end leads to the last one.

    size: rows of a page, SIZE if not said; name, part: of a second list on the same page.
    """
    number, pages = page_number(name), max(1, -(-total // (size or SIZE)))
    if number > pages:
        abort(redirect(here(**{name: pages}), code=303))
    return Pages(
        number,
        pages,
        here(**{name: number - 1}, _anchor=part) if number > 1 else "",
        here(**{name: number + 1}, _anchor=part) if number < pages else "",
    )


def pages_on(*, is_empty: bool, has_more: bool) -> Pages:
    """The same for a list that nobody counts (pages is 0); from an empty page beyond its end one comes back to the first."""
    number = page_number()
    if is_empty and number > 1:
        abort(redirect(here(page=""), code=303))
    return Pages(
        number,
        0,
        here(page=number - 1, _anchor=PART) if number > 1 else "",
        here(page=number + 1, _anchor=PART) if has_more else "",
    )


def cut(
    rows: Sequence[Row], *, size: int = 0, name: str = "page", part: str = PART
) -> tuple[Sequence[Row], Pages]:
    """The page of these rows that the query asks for, and where that is."""
    pages, size = pages_of(len(rows), size=size, name=name, part=part), size or SIZE
    return rows[(pages.number - 1) * size : pages.number * size], pages


def here(**changes: Any) -> str:
    """This page's address with some of its query changed; an empty value drops it."""
    kept = {name: value for name, value in {**asked_here(), **changes}.items() if value not in ("", None)}
    return url_for(request.endpoint or "", **{**kept, **(request.view_args or {})})


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

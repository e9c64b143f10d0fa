"""Which page of a list is shown and where its neighbours are; the list itself is content's."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from kiosk.pages import asked_here

PAGE_SIZE = 8


@dataclass(frozen=True)
class Pager:
    """The arguments of the pager macro; "" where there is no page before or after."""

    page: int
    pages: int
    prev_url: str
    next_url: str


def make_pager(page: int, total: int, *, size: int = PAGE_SIZE) -> Pager:
    """The pager of this request's own address. A page behind the last one shows an empty list and the way back."""
    pages = max(1, -(-total // size))
    return Pager(
        page,
        pages,
        _address(min(page - 1, pages)) if page > 1 else "",
        _address(page + 1) if page < pages else "",
    )


def _address(page: int) -> str:
    values: dict[str, Any] = {**asked_here(), **(request.view_args or {}), "page": page}
    return url_for(str(request.endpoint), **values)

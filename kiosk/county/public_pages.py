"""Where a publication, guide or programme stands on the public pages of a village, as an address."""

from typing import Any

from flask import url_for

# What search and lists call a thing -> its public page and the name of its id there.
_PAGES = {
    "notice": ("public.notice", "notice_id"),
    "statement": ("public.statement", "statement_id"),
    "roll": ("public.roll", "roll_id"),
    "ledger": ("public.ledger", "ledger_id"),
    "guide": ("public.guide", "guide_id"),
    "programme": ("public.programme", "name"),
}


def address(key: str, village: str) -> str:
    """The address of "<noun>:<id>" on the village's pages, "" for a noun without one."""
    noun, _colon, id_ = key.partition(":")
    if noun not in _PAGES or not village:
        return ""
    endpoint, name = _PAGES[noun]
    values: dict[str, Any] = {"village": village, name: id_}
    return url_for(endpoint, **values)

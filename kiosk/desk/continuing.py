"""A start from last period's: the data of a new draft that goes on where the last publication of its kind ended."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import msgspec

from content import ledgers as ledger_store
from content import periods
from content.clock import local_date
from content.finances import PublishedStatement
from content.intake import document as documents
from content.ledgers import PublishedLedger
from content.notices import PublishedNotice
from kiosk.desk import statement_forms
from kiosk.desk.ledgers import with_form
from kiosk.pages import services

Data = dict[str, Any]
# "2026年10月", "2026年第三季度", "2026年10至12月", "2026年": the span that a title names.
_SPAN = re.compile(r"\d{4}年(?:第?[一二三四1-4]季度|\d{1,2}(?:至\d{1,2})?月)?")


def notice(last: PublishedNotice, period: str) -> Data:
    """What this notice said for the last period, to be said for another one."""
    said, named = last.notice, periods.read(period)
    document = replace(documents.from_dict(said.document), hidden_text=(), problems=())
    return {
        "item": said.item,
        "document": document.as_dict(with_hidden=True),
        "issuer": said.issuer,
        "period": named.words if named else "",
        "legal_basis": said.legal_basis,
        "objection_days": said.objection_days,
        "images": msgspec.to_builtins(said.images),
        "is_looked_at": False,
    }


def statement(last: PublishedStatement) -> Data:
    """As many months as last time, its closing as the opening, and one empty entry to begin with."""
    figures = last.statement
    first, end = date.fromisoformat(figures.period_start), date.fromisoformat(figures.period_end)
    months = 12 * (end.year - first.year) + end.month - first.month + 1
    span = periods.months_from(end + timedelta(days=1), months)
    data = {
        "title": _SPAN.sub(_words(span), figures.title, count=1),
        "period_start": span.start.isoformat(),
        "period_end": span.end.isoformat(),
        "opening_fen": figures.closing_fen,
        "closing_fen": figures.closing_fen,
        "issuer": figures.issuer,
        "entries": [],
        "problems": [],
    }
    return statement_forms.with_row({**data, "typed": statement_forms.typed_of(data)})


def ledger(last: PublishedLedger) -> Data:
    """The rows of last time as of today; what has changed since is typed over."""
    node, figures = services().node, last.ledger
    today = local_date(node.clock())
    data = {
        "kind": figures.kind,
        "title": _SPAN.sub(f"{today.year}年", figures.title, count=1),
        "as_of": today.isoformat(),
        "period_start": f"{today.year}-01-01" if figures.period_start else "",
        "issuer": figures.issuer,
        "rows": msgspec.to_builtins(ledger_store.all_rows(node.views.read(), last.id)),
        "problems": [],
    }
    return with_form(data)


def _words(span: periods.Period) -> str:
    start, end = span.start, span.end
    if start.month == end.month:
        return f"{start.year}年{start.month}月"
    return f"{start.year}年{start.month}至{end.month}月"

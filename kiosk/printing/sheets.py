"""What stands on paper, as HTML for print, in Chinese: a board sheet (公开栏) of a publication with all its rows, a guide."""

from pathlib import Path
from typing import Any

from flask import Response, render_template
from flask_babel import force_locale
from markupsafe import Markup
from sqlite_utils import Database

from content import codes, finance_charts, finances, ledgers, rolls, villages
from content.finances import PublishedStatement
from content.guide_fields import Guide
from content.intake import document as documents
from content.ledgers import PublishedLedger
from content.notices import PublishedNotice
from content.published import Found
from content.rolls import PublishedRoll
from kiosk import ledger_tables, qr
from kiosk.i18n import DEFAULT
from kiosk.pages import services
from kiosk.printing import pdf
from kiosk.printing.child import SCHEME

NOUNS = ("notice", "statement", "roll", "ledger")
ALL_ROWS = 100_000


def html_of(db: Database, found: Found, *, size: str) -> str:
    """The whole sheet. size: "A4" or "A3"; a corrected or withdrawn one says so in large letters."""
    one = found.publication
    village, county = villages.get(db, one.village), villages.get_county(db)
    portal = county.portal_url.rstrip("/") if county else ""
    with force_locale(DEFAULT):
        return render_template(
            f"print/{found.noun}.html",
            size=size,
            title=found.title,
            found=one,
            village=village,
            number=codes.grouped(one.id),
            code=qr.address_code(f"{portal}/v/{one.village}/verify/{one.id}") if portal else None,
            **_content(db, one),
        )


def guide_html(guide: Guide, *, place: str, size: str, code: Markup | None = None) -> str:
    """A guide to take home (一次性告知单): what to bring, the steps, where and when, then its samples, a page each.

    place: whose paper it is; code: a QR code of the guide's page, None without a portal.
    """
    with force_locale(DEFAULT):
        return render_template(
            "print/guide.html", guide=guide, place=place, size=size, code=code, scheme=SCHEME
        )


def kept(html: str, *, name: str) -> Path:
    """The PDF of a sheet, among this node's prints. XiangtingError as for `pdf.make`."""
    node = services().node
    return pdf.make(html, node.home / "prints", node.home / "blobs", name=name)


def answer(html: str, *, name: str) -> Response:
    """The same, to open or keep."""
    named = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return Response(kept(html, name=name).read_bytes(), mimetype="application/pdf", headers=named)


def _content(db: Database, one: Any) -> dict[str, Any]:
    if isinstance(one, PublishedNotice):
        document = documents.from_dict(one.notice.document)
        text = documents.to_html(document, lambda sha256: SCHEME + sha256)
        scans = [SCHEME + image.sha256 for image in document.images if image.role == "page"]
        return {"whole": one.notice, "text": Markup(text), "scans": [] if document.blocks else scans}
    if isinstance(one, PublishedStatement):
        return {
            "whole": one.statement,
            "totals": finance_charts.totals_by_account(db, one.id),
            "entries": finances.entries(db, one.id, size=ALL_ROWS).lines,
        }
    if isinstance(one, PublishedRoll):
        return {"whole": one.roll, "rows": rolls.rows(db, one.id, size=ALL_ROWS).lines}
    if isinstance(one, PublishedLedger):
        return {
            "whole": one.ledger,
            "parts": ledger_tables.parts_of(one.ledger.kind, ledgers.all_rows(db, one.id)),
        }
    raise ValueError(f"there is no sheet of a {type(one).__name__}")

"""An electronic certificate (电子证照) as PDF: made in a child process when somebody asks for it, and never kept on disk."""

from flask import Response, render_template
from flask_babel import force_locale
from sqlite_utils import Database

from content import codes, villages
from content.certificates import Content
from kiosk import qr
from kiosk.i18n import DEFAULT
from kiosk.pages import services
from kiosk.printing import pdf


def answer(db: Database, village: str, content: Content) -> Response:
    """The PDF to open or keep; nobody on the way may store it. XiangtingError when it cannot be made."""
    data = pdf.typeset(html_of(db, village, content), services().node.home / "blobs")
    named = {
        "Content-Disposition": f'inline; filename="{content.number}.pdf"',
        "Cache-Control": "no-store",
    }
    return Response(data, mimetype="application/pdf", headers=named)


def html_of(db: Database, village: str, content: Content) -> str:
    """The page: what it says, the number, and a code that leads to the check; the code's address names nobody."""
    county = villages.get_county(db)
    portal = county.portal_url.rstrip("/") if county else ""
    with force_locale(DEFAULT):
        return render_template(
            "print/certificate.html",
            content=content,
            county=county,
            number=codes.grouped(content.number),
            code=qr.address_code(f"{portal}/v/{village}/verify/{content.number}") if portal else None,
        )

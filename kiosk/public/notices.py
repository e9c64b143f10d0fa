"""A notice with its versions, its proof and its page images; the lists that lead to it are sections'."""

from flask import Blueprint, abort, g, request, url_for

from content import changes, disclosure, notices, proofs, reading
from content.clock import local_date
from content.intake import document as documents
from content.notices import PublishedNotice
from content.speech import Passage
from kiosk import listening
from kiosk.pages import services, show
from kiosk.public.addresses import Answer, back_to, phone_code
from kiosk.public.photos import view_of
from kiosk.public.words import SECTION_ICONS


def register(public: Blueprint) -> None:
    """Add this module's pages to the blueprint."""
    public.add_url_rule("/notices/<notice_id>", "notice", notice)
    public.add_url_rule("/notices/<notice_id>/pages/<int:number>", "notice_page", notice_page)


def notice(notice_id: str) -> Answer:
    """One notice, whatever became of it."""
    wired = services()
    db = wired.node.views.read()
    found = _existing(notice_id)
    g.section = found.section
    document = documents.from_dict(found.notice.document)
    versions = notices.versions(db, notice_id)
    place = [version.id for version in versions].index(found.id)
    listening.offer(Passage(reading.of_notice(found.notice)), found.notice.reading)
    return show(
        "public/notice.html",
        back=back_to(url_for("public.section_notices", section=found.section)),
        notice=found,
        icon_name=SECTION_ICONS[found.section],
        item=disclosure.get_item(db, found.notice.item),
        text=documents.to_html(document, lambda sha256: url_for("files.show", sha256=sha256)),
        scans=_scans(found),
        pictures=[image for image in document.images if image.role == "picture"],
        changes=changes.between(_lines(versions[place - 1]), _lines(found)) if place else [],
        before=versions[place - 1] if place else None,
        corrections=len(versions) - 1,
        is_open=found.objection_until >= local_date(wired.node.clock()).isoformat(),
        proof=proofs.state_of(wired.node.record, found.event),
        code=phone_code(),
    )


def notice_page(notice_id: str, number: int) -> Answer:
    """One page image of a notice, nearer by buttons: there is no pinching on the kiosk."""
    found = _existing(notice_id)
    scans = _scans(found)
    if not 1 <= number <= len(scans):
        abort(404)
    image = scans[number - 1]
    return show(
        "public/notice_page.html",
        back=url_for("public.notice", notice_id=notice_id),
        notice=found,
        image=image,
        number=number,
        pages=len(scans),
        view=view_of(
            image.width,
            image.height,
            lambda **at: url_for("public.notice_page", notice_id=notice_id, number=number, **at),
        ),
        prev_url=_page_address(number - 1) if number > 1 else "",
        next_url=_page_address(number + 1) if number < len(scans) else "",
    )


def _existing(notice_id: str) -> PublishedNotice:
    found = notices.get(services().node.views.read(), notice_id)
    if found is None or found.village != g.village:
        abort(404)
    return found


def _lines(version: PublishedNotice) -> list[str]:
    return documents.from_dict(version.notice.document).plain_text().split("\n")


def _scans(found: PublishedNotice) -> list[documents.Image]:
    return [image for image in documents.from_dict(found.notice.document).images if image.role == "page"]


def _page_address(number: int) -> str:
    values = {**(request.view_args or {}), "number": number}
    return url_for("public.notice_page", **values)

"""A notice with its versions, its proof and its page images; the lists that lead to it are sections'."""

from dataclasses import dataclass

from flask import Blueprint, abort, g, request, url_for

from content import disclosure, notices, proofs, reading
from content.clock import local_date
from content.intake import document as documents
from content.notices import PublishedNotice
from content.speech import Passage
from kiosk import listening
from kiosk.pages import services, show
from kiosk.public.addresses import Answer, back_to, phone_code
from kiosk.public.words import SECTION_ICONS

ZOOMS = (1, 2, 3)


@dataclass(frozen=True)
class View:
    """A part of a page image: the rectangle that is shown and where the buttons lead, "" where they lead nowhere."""

    box: str
    zoom: int
    left: str
    right: str
    up: str
    down: str
    nearer: str
    farther: str


def register(public: Blueprint) -> None:
    """Add this module's pages to the blueprint."""
    public.add_url_rule("/notices/<notice_id>", "notice", notice)
    public.add_url_rule("/notices/<notice_id>/pages/<int:number>", "notice_page", notice_page)


def notice(notice_id: str) -> Answer:
    """One notice, whatever became of it."""
    wired = services()
    db = wired.node.views.read()
    found = _existing(notice_id)
    document = documents.from_dict(found.notice.document)
    versions = notices.versions(db, notice_id)
    place = [version.id for version in versions].index(found.id)
    listening.offer(Passage(reading.of_notice(found.notice)))
    return show(
        "public/notice.html",
        back=back_to(url_for("public.section_notices", section=found.section)),
        notice=found,
        icon_name=SECTION_ICONS[found.section],
        item=disclosure.get_item(db, found.notice.item),
        text=documents.to_html(document, lambda sha256: url_for("files.show", sha256=sha256)),
        scans=_scans(found),
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
        view=_view(image),
        prev_url=_page_address(number - 1) if number > 1 else "",
        next_url=_page_address(number + 1) if number < len(scans) else "",
    )


def _existing(notice_id: str) -> PublishedNotice:
    found = notices.get(services().node.views.read(), notice_id)
    if found is None or found.village != g.village:
        abort(404)
    return found


def _scans(found: PublishedNotice) -> list[documents.Image]:
    return [image for image in documents.from_dict(found.notice.document).images if image.role == "page"]


def _page_address(number: int) -> str:
    values = {**(request.view_args or {}), "number": number}
    return url_for("public.notice_page", **values)


def _view(image: documents.Image) -> View:
    """The image cut into half steps: at zoom 2 there are 3 × 3 places to look at, at zoom 3 there are 5 × 5."""
    zoom = request.args.get("zoom", 1, type=int)
    zoom = zoom if zoom in ZOOMS else 1
    last = 2 * (zoom - 1)
    across, down = (min(max(request.args.get(name, 0, type=int), 0), last) for name in ("x", "y"))
    width, height = image.width / zoom, image.height / zoom

    def at(zoom_to: int, x: int, y: int) -> str:
        is_there = zoom_to in ZOOMS and 0 <= x <= 2 * (zoom_to - 1) and 0 <= y <= 2 * (zoom_to - 1)
        values = {**(request.view_args or {}), "zoom": zoom_to, "x": x, "y": y}
        return url_for("public.notice_page", **values) if is_there else ""

    return View(
        box=f"{across * width / 2:.0f} {down * height / 2:.0f} {width:.0f} {height:.0f}",
        zoom=zoom,
        left=at(zoom, across - 1, down),
        right=at(zoom, across + 1, down),
        up=at(zoom, across, down - 1),
        down=at(zoom, across, down + 1),
        nearer=at(zoom + 1, across, down),
        farther=at(zoom - 1, min(across, 2 * max(zoom - 2, 0)), min(down, 2 * max(zoom - 2, 0))),
    )

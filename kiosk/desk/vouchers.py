"""The desk's page of voucher photos: every entry with its photos, and the code that lets a telephone take them."""

from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from content.drafts import Draft
from content.errors import XiangtingError
from kiosk import photo_uploads
from kiosk.desk import by_phone_link, drafts, entry_photos
from kiosk.desk.blueprint import blueprint
from kiosk.pages import services, show


@blueprint.get("/statements/<draft_id>/vouchers")
def vouchers(draft_id: str) -> ResponseReturnValue:
    """The entries with their photos; while a telephone is at work the list is asked for again and again."""
    draft = drafts.own(draft_id)
    if not drafts.may_change(draft):
        return redirect(url_for("desk.review", draft_id=draft_id), code=303)
    return _page(draft)


@blueprint.get("/statements/<draft_id>/vouchers/list")
def voucher_list(draft_id: str) -> str | Response:
    """The list alone, for a page that waits for what the telephone sends."""
    return show("desk/_voucher_list.html", **_shown(drafts.own(draft_id)))


@blueprint.post("/statements/<draft_id>/vouchers/phone")
def voucher_phone(draft_id: str) -> ResponseReturnValue:
    """Open a link for a telephone; the one before it ends."""
    draft = drafts.own(draft_id)
    if drafts.may_change(draft):
        by_phone_link.open_link(draft_id)
    return redirect(url_for("desk.vouchers", draft_id=draft_id), code=303)


@blueprint.post("/statements/<draft_id>/vouchers/<key>")
def voucher_add(draft_id: str, key: str) -> ResponseReturnValue:
    """Add a photo to an entry; what is no photo is said in words."""
    draft = drafts.own(draft_id)
    try:
        entry_photos.put(draft_id, key, photo_uploads.taken(request.files.get("file")))
    except XiangtingError as exc:
        return _page(draft, problem=str(exc), status=422)
    return redirect(url_for("desk.vouchers", draft_id=draft_id, _anchor=f"entry-{key}"), code=303)


@blueprint.post("/statements/<draft_id>/vouchers/<key>/<sha256>/remove")
def voucher_remove(draft_id: str, key: str, sha256: str) -> ResponseReturnValue:
    """Take a photo away."""
    drafts.own(draft_id)
    entry_photos.remove(draft_id, key, sha256)
    return redirect(url_for("desk.vouchers", draft_id=draft_id, _anchor=f"entry-{key}"), code=303)


def _shown(draft: Draft) -> dict[str, Any]:
    return {
        "draft": draft,
        "rows": entry_photos.rows_of(draft),
        "photos": entry_photos.count(draft),
        "link": services().drafts.links.of_draft(draft.id),
    }


def _page(draft: Draft, problem: str = "", status: int = 200) -> Response:
    shown = _shown(draft)
    link = shown["link"]
    return show(
        "desk/vouchers.html",
        status=status,
        back=url_for("desk.statement", draft_id=draft.id),
        code=by_phone_link.code_of(link),
        address=by_phone_link.address(link) if link else "",
        is_reachable=link is None or by_phone_link.is_reachable(),
        problem=problem,
        **shown,
    )

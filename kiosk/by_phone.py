"""The pages that a telephone reaches by the code on the desk: photos or a reading for one draft; the link is the only key, nothing else opens."""

from flask import Blueprint, Response, abort, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from content.drafts import Draft
from content.errors import NotFound, XiangtingError
from kiosk import photo_uploads
from kiosk.desk import drafts, entry_photos, recordings
from kiosk.pages import services, show

blueprint = Blueprint("by_phone", __name__, url_prefix="/by-phone")


@blueprint.after_request
def _keep_nothing(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/<token>", endpoint="show")
def show_draft(token: str) -> Response:
    """A statement's entries, each with a button that opens the camera; a notice's words, with the recorder."""
    draft = _draft(token)
    if draft is None:
        return _over()
    return _page(token, draft) if draft.kind == "statement" else _reading_page(token, draft)


@blueprint.post("/<token>/<key>")
def add(token: str, key: str) -> ResponseReturnValue:
    """Add a photo to an entry and go on to the next one."""
    draft = _draft(token)
    if draft is None or draft.kind != "statement":
        return _over()
    try:
        changed = entry_photos.put(draft.id, key, photo_uploads.taken(request.files.get("file")))
    except XiangtingError as exc:
        return _page(token, draft, problem=str(exc), status=422)
    services().sessions.log.add(draft.author, "by_phone.add", draft.id, 303)
    return redirect(url_for("by_phone.show", token=token, _anchor=_next(changed, key)), code=303)


@blueprint.post("/<token>/reading")
def record(token: str) -> ResponseReturnValue:
    """Keep a reading of the notice in place of the one before it."""
    draft = _draft(token)
    if draft is None or draft.kind != "notice":
        return _over()
    try:
        recordings.keep(draft, request.files.get("file"))
    except XiangtingError as exc:
        return _reading_page(token, draft, problem=str(exc), status=422)
    services().sessions.log.add(draft.author, "by_phone.record", draft.id, 303)
    return redirect(url_for("by_phone.show", token=token), code=303)


@blueprint.post("/<token>/<key>/<sha256>/remove")
def remove(token: str, key: str, sha256: str) -> ResponseReturnValue:
    """Take a photo away that did not come out well."""
    draft = _draft(token)
    if draft is None or draft.kind != "statement":
        return _over()
    entry_photos.remove(draft.id, key, sha256)
    return redirect(url_for("by_phone.show", token=token, _anchor=f"entry-{key}"), code=303)


@blueprint.get("/<token>/images/<sha256>")
def image(token: str, sha256: str) -> Response:
    """A photo or the recording of this draft."""
    draft = _draft(token)
    found = drafts.pictures_of(draft).get(sha256) if draft else None
    if found is None or not services().node.blobs.has(sha256):
        abort(404)
    return send_file(services().node.blobs.path(sha256), mimetype=found["media_type"], etag=False)


def _draft(token: str) -> Draft | None:
    """The draft that this link leads to while it may still be changed."""
    link = services().drafts.links.find(token)
    if link is None:
        return None
    try:
        draft = services().drafts.get(link.draft)
    except NotFound:
        return None
    return draft if draft.state in ("draft", "returned") and draft.kind in ("statement", "notice") else None


def _next(draft: Draft, key: str) -> str:
    """The place of the first entry without a photo behind this one, else of this one."""
    rows = entry_photos.rows_of(draft)
    here = next((place for place, row in enumerate(rows) if row["key"] == key), 0)
    following = next((row for row in rows[here + 1 :] if not row.get("images")), None)
    return f"entry-{following['key'] if following else key}"


def _page(token: str, draft: Draft, *, problem: str = "", status: int = 200) -> Response:
    rows = entry_photos.rows_of(draft)
    return show(
        "by_phone/vouchers.html",
        status=status,
        token=token,
        draft=draft,
        rows=rows,
        done=sum(bool(row.get("images")) for row in rows),
        problem=problem,
    )


def _reading_page(token: str, draft: Draft, *, problem: str = "", status: int = 200) -> Response:
    shown = recordings.shown(draft)
    return show("by_phone/reading.html", status=status, token=token, problem=problem, **shown)


def _over() -> Response:
    return show("by_phone/over.html", status=410)

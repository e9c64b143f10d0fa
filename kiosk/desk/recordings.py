"""The agent's own reading of a notice: the page to read it from and record it, at the desk or with a telephone."""

from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from content import publishing, reading, recordings
from content.drafts import Draft
from content.errors import IntakeError, XiangtingError
from content.intake import sound
from content.notices import Notice
from kiosk.desk import by_phone_link, drafts
from kiosk.desk.blueprint import blueprint
from kiosk.pages import services, show


@blueprint.get("/notices/<draft_id>/reading")
def notice_reading(draft_id: str) -> ResponseReturnValue:
    """The words in large letters, and beside them the recorder."""
    draft = drafts.own(draft_id)
    if not drafts.may_change(draft):
        return redirect(url_for("desk.review", draft_id=draft_id), code=303)
    return _page(draft)


@blueprint.post("/notices/<draft_id>/reading")
def notice_reading_keep(draft_id: str) -> ResponseReturnValue:
    """Keep a recording in place of the one before it; what is none is said in words."""
    draft = drafts.own(draft_id)
    try:
        keep(draft, request.files.get("file"))
    except XiangtingError as exc:
        return _page(draft, problem=str(exc), status=422)
    return redirect(url_for("desk.notice_reading", draft_id=draft_id), code=303)


@blueprint.post("/notices/<draft_id>/reading/remove")
def notice_reading_remove(draft_id: str) -> ResponseReturnValue:
    """Take the recording away."""
    once = drafts.own(draft_id)
    services().drafts.change(draft_id, recordings.removed)
    drafts.forget_files(once)
    return redirect(url_for("desk.notice_reading", draft_id=draft_id), code=303)


@blueprint.post("/notices/<draft_id>/reading/phone")
def notice_reading_phone(draft_id: str) -> ResponseReturnValue:
    """Open a link for a telephone to record with; the one before it ends."""
    draft = drafts.own(draft_id)
    if drafts.may_change(draft):
        by_phone_link.open_link(draft_id)
    return redirect(url_for("desk.notice_reading", draft_id=draft_id), code=303)


def keep(draft: Draft, file: FileStorage | None) -> Draft:
    """Keep what was recorded with the draft. IntakeError for what is no recording."""
    if file is None or not file.filename:
        raise IntakeError(_("还没有录音。请按“开始录音”，或选一个文件。"), code="empty")
    heard, notice = sound.clean(file.stream.read()), notice_of(draft)
    blobs = services().node.blobs
    changed = services().drafts.change(draft.id, lambda data: recordings.kept(data, blobs, heard, notice))
    drafts.forget_files(draft)
    return changed


def notice_of(draft: Draft) -> Notice:
    """The draft as it would be published, which is what is to be read."""
    return publishing.build_notice(publishing.preview(draft, drafts.office_phones()), draft)


def shown(draft: Draft) -> dict[str, Any]:
    """What the recorder's pages need: the words, the recording, and whether the words have changed since."""
    notice = notice_of(draft)
    return {
        "draft": draft,
        "lines": reading.of_notice(notice).split("\n"),
        "recording": recordings.ref_of(draft.data),
        "is_stale": recordings.is_stale(draft.data, notice),
        "longest_minutes": round(sound.LONGEST_S / 60),
    }


def _page(draft: Draft, problem: str = "", status: int = 200) -> Response:
    link = services().drafts.links.of_draft(draft.id)
    return show(
        "desk/reading.html",
        status=status,
        back=url_for("desk.notice", draft_id=draft.id),
        link=link,
        code=by_phone_link.code_of(link),
        address=by_phone_link.address(link) if link else "",
        is_reachable=link is None or by_phone_link.is_reachable(),
        problem=problem,
        **shown(draft),
    )

"""Sample pictures of what a guide asks for (样表): a blank form or a filled one, added while the guide is drafted."""

from typing import Any

from flask import Response, abort, g, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from content import guide_drafts
from content.drafts import Draft
from content.errors import RuleError, XiangtingError
from content.record.blobs import BlobRef
from kiosk import photo_uploads
from kiosk.county import forms, guide_draft_pages, guide_form
from kiosk.county.blueprint import blueprint
from kiosk.pages import services, show

MOST_PER_MATERIAL = 4


@blueprint.get("/county/guides/drafts/<draft_id>/samples")
def guide_samples(draft_id: str) -> Response:
    """The materials of the draft, each with its sample pictures and a field for one more."""
    return _page(_own(draft_id))


@blueprint.post("/county/guides/drafts/<draft_id>/samples/<int:row>")
def guide_sample_add(draft_id: str, row: int) -> ResponseReturnValue:
    """Add a picture to the material in this row of the form; what is no picture is said in words."""
    draft = _own(draft_id)
    try:
        ref = photo_uploads.taken(request.files.get("file"))
        others = [one for one in _samples(draft, row) if one.sha256 != ref.sha256]
        if len(others) >= MOST_PER_MATERIAL:
            raise RuleError(
                _("一样材料最多 %(count)s 张样表。请先去掉一张。", count=MOST_PER_MATERIAL), code="too_many"
            )
    except XiangtingError as exc:
        return _page(draft, problem=str(exc))
    return _keep(draft, row, (*others, ref))


@blueprint.post("/county/guides/drafts/<draft_id>/samples/<int:row>/<sha256>/remove")
def guide_sample_remove(draft_id: str, row: int, sha256: str) -> ResponseReturnValue:
    """Take a picture away, and off this machine if nothing else names it."""
    draft = _own(draft_id)
    try:
        left = tuple(one for one in _samples(draft, row) if one.sha256 != sha256)
    except RuleError as exc:
        return _page(draft, problem=str(exc))
    answer = _keep(draft, row, left)
    guide_draft_pages.forget_pictures(draft)
    return answer


@blueprint.get("/county/guides/drafts/<draft_id>/samples/<sha256>")
def guide_sample_image(draft_id: str, sha256: str) -> Response:
    """A picture of a draft, for those who write it and those who approve it."""
    guide = guide_drafts.guide_of(guide_draft_pages.find(draft_id))
    ref = next((ref for ref in guide.pictures if ref.sha256 == sha256), None)
    if ref is None or not services().node.blobs.has(sha256):
        abort(404)
    return send_file(services().node.blobs.path(sha256), mimetype=ref.media_type, etag=False)


def _own(draft_id: str) -> Draft:
    draft = guide_draft_pages.find(draft_id)
    if draft.author != g.account.name:
        abort(403)
    if not guide_draft_pages.may_change(draft):
        abort(404)
    return draft


def _samples(draft: Draft, row: int) -> tuple[BlobRef, ...]:
    form = forms.Form(draft.data["form"])
    if f"material-{row}" not in guide_form.rows_of(form, "material"):
        raise RuleError(_("这一样材料已经去掉了，图片没有放进去。请看看最新的清单。"), code="no_material")
    return guide_form.samples_of(form, f"material-{row}")


def _keep(draft: Draft, row: int, samples: tuple[BlobRef, ...]) -> ResponseReturnValue:
    form = guide_form.with_samples(forms.Form(draft.data["form"]), f"material-{row}", samples)
    guide_draft_pages.save(draft, form, draft.data["base"])
    return redirect(url_for("county.guide_samples", draft_id=draft.id, _anchor=f"material-{row}"), code=303)


def _page(draft: Draft, problem: str = "") -> Response:
    form = forms.Form(draft.data["form"])
    rows: list[dict[str, Any]] = [
        {"no": at.rpartition("-")[2], "name": form[f"{at}-name"], "samples": guide_form.samples_of(form, at)}
        for at in guide_form.rows_of(form, "material")
    ]
    return show(
        "county/guide_samples.html",
        back=url_for("county.guide_draft", draft_id=draft.id),
        status=422 if problem else 200,
        draft=draft,
        rows=rows,
        problem=problem,
    )

"""The agent's pages of a notice: upload or type it, correct it beside what screening found, send it to be signed."""

from dataclasses import replace
from typing import Any

import msgspec
from flask import Response, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.datastructures import FileStorage

from content import disclosure, publishing
from content.clock import to_text
from content.drafts import Draft
from content.errors import IntakeError, NotFound, RuleError, XiangtingError
from content.intake import document as documents
from content.intake import excel_wire, upload
from content.intake.document import Document
from content.record.blobs import BlobRef
from kiosk.desk import drafts, notice_forms, words, work
from kiosk.desk.blueprint import blueprint
from kiosk.pages import services, show
from kiosk.shipped_names import in_language

MAX_FILES = 20


@blueprint.get("/notices/new")
def notice_new() -> Response:
    """The form for a new notice: an item, and a file or text."""
    return _new_page(item=request.args.get("item", ""))


@blueprint.post("/notices/new")
def notice_start() -> ResponseReturnValue:
    """Read what was uploaded and pasted and open it as a draft; what cannot be read is said beside the form."""
    item_code, text = request.form.get("item", ""), request.form.get("text", "")
    db = services().node.views.read()
    item = disclosure.get_item(db, item_code)
    try:
        if item is None:
            raise RuleError(_("请选择公开事项。"), code="no_item")
        document = _read_all(request.files.getlist("files"), text)
    except XiangtingError as exc:
        kept = _kept_before(request.form.get("kept", ""))
        return _new_page(item=item_code, text=text, problem=str(exc), kept=kept, status=422)
    data = notice_forms.notice_data(
        document, item=item.code, issuer=drafts.committee_name(), objection_days=item.publicity_days
    )
    if kept := _kept_before(request.form.get("kept", "")):
        services().drafts.discard(kept)
    return drafts.start("notice", document.title, _with_images(data, document))


@blueprint.post("/notices/new/keep")
def notice_new_save() -> Response:
    """Keep what is being typed into the form of a new notice, as a draft that the form then goes on with (htmx)."""
    text, draft_id = request.form.get("text", ""), _kept_before(request.form.get("kept", ""))
    if text.strip():
        document = documents.text_document(text)
        item = request.form.get("item", "")
        data = notice_forms.notice_data(document, item=item, issuer=drafts.committee_name(), objection_days=0)
        if draft_id:
            services().drafts.save(draft_id, title=document.title, data=data)
        else:
            draft_id = services().drafts.start("notice", g.account.name, title=document.title, data=data)
    return show("desk/_notice_kept.html", kept=draft_id, kept_at=to_text(services().node.clock()))


@blueprint.get("/notices/<draft_id>")
def notice(draft_id: str) -> ResponseReturnValue:
    """The form of a draft with what screening found beside it, and the notice as villagers will see it."""
    draft = drafts.own(draft_id)
    if not drafts.may_change(draft):
        return redirect(url_for("desk.review", draft_id=draft_id), code=303)
    return _edit_page(draft)


@blueprint.post("/notices/<draft_id>")
def notice_save(draft_id: str) -> ResponseReturnValue:
    """Keep what was typed; `action` says what else is wanted. Everything typed is kept before anything can go wrong."""
    draft = drafts.own(draft_id)
    action = request.form.get("action", "")
    overrides = drafts.overrides_of(request.form)
    draft = _keep(draft, notice_forms.with_typed(draft.data, request.form), overrides)
    if not action:
        return _edit_page(draft)  # htmx saves as one types
    try:
        draft = _act(draft, action)
        if action == "submit":
            return drafts.send(draft)
    except XiangtingError as exc:
        return _edit_page(draft, problem=str(exc), status=422)
    return redirect(url_for("desk.notice", draft_id=draft_id) + _place_of(action), code=303)


def _kept_before(draft_id: str) -> str:
    """The draft in which this form's text was kept while it was typed, "" for none that is this person's to change."""
    try:
        draft = services().drafts.get(draft_id)
    except NotFound:
        return ""
    return draft.id if draft.kind == "notice" and drafts.may_change(draft) else ""


def with_form(data: dict[str, Any]) -> dict[str, Any]:
    """The data of an imported notice with what its form asks for."""
    document = documents.from_dict(data["document"])
    asked = notice_forms.notice_data(
        document, item=data["item"], issuer=drafts.committee_name(), objection_days=0
    )
    return {**asked, "images": data["images"]}


def shown(draft: Draft) -> dict[str, Any]:
    """What templates need to show a notice as villagers will see it."""
    data = publishing.preview(draft, drafts.office_phones())
    document = documents.from_dict(data["document"])
    html = documents.to_html(
        document, lambda sha256: url_for("desk.draft_image", draft_id=draft.id, sha256=sha256)
    )
    item = disclosure.get_item(services().node.views.read(), data["item"])
    return {"data": data, "title": document.title, "html": Markup(html), "item": item}


def _new_page(item: str, text: str = "", problem: str = "", kept: str = "", status: int = 200) -> Response:
    return show(
        "desk/notice_new.html",
        status=status,
        back=url_for("desk.new"),
        items=_item_options(),
        item=item,
        text=text,
        kept=kept,
        kept_at=to_text(services().node.clock()),
        problem=problem,
    )


def _edit_page(draft: Draft, problem: str = "", status: int = 200) -> Response:
    document = notice_forms.document_of(draft.data)
    return show(
        "desk/notice.html",
        fragment="desk/_notice_checks.html",
        status=status,
        back=url_for("desk.home"),
        draft=draft,
        document=document,
        blocks=list(enumerate(document.blocks)),
        is_editable=notice_forms.is_editable,
        items=_item_options(),
        hidden=notice_forms.hidden_of(document),
        doubts=publishing.screen(draft, drafts.office_phones()),
        shown=shown(draft),
        problem=problem,
        words=words,
    )


def _item_options() -> list[tuple[str, str]]:
    items = disclosure.list_items(services().node.views.read())
    return [
        ("", _("请选择")),
        *((i.code, f"{i.code} {words.SECTIONS[i.section]} · {in_language(i.name)}") for i in items),
    ]


def _read_all(files: list[FileStorage], text: str) -> Document:
    """One document of everything that was given, the text first."""
    given = [file for file in files if file.filename]
    if len(given) > MAX_FILES:
        raise IntakeError(_("一次最多传 %(count)s 个文件，请分几次传。", count=MAX_FILES), code="too_many")
    read = [documents.text_document(text)] if text.strip() else []
    for number, file in enumerate(given, start=1):
        words_now = _("正在读第 %(number)s 个文件，共 %(count)s 个……", number=number, count=len(given))
        work.tell(number, len(given) + 1, words_now)
        read.append(_read(file))
    if not read:
        raise IntakeError(_("请选择文件，或者把公告内容写在下面。"), code="empty")
    whole = read[0]
    for other in read[1:]:
        whole = notice_forms.joined(whole, other)
    return whole


def _read(file: FileStorage) -> Document:
    data = file.stream.read()
    taken = upload.read(data, file.filename or "")
    return taken.document if taken.document is not None else excel_wire.notice(data, taken.name)


def _with_images(data: dict[str, Any], document: Document) -> dict[str, Any]:
    """The data with the document's pictures kept as files of this node; only those with bytes are new."""
    blobs = services().node.blobs
    new = [
        BlobRef(blobs.put(image.data), image.media_type, len(image.data), image.width, image.height)
        for image in document.images
        if image.data
    ]
    known = {ref["sha256"] for ref in data["images"]}
    added = [msgspec.to_builtins(ref) for ref in new if ref.sha256 not in known]
    return {**data, "images": [*data["images"], *added]}


def _keep(draft: Draft, data: dict[str, Any], overrides: dict[str, str] | None = None) -> Draft:
    title = data["document"]["title"]
    return services().drafts.save(draft.id, title=title, data=data, overrides=overrides)


def _act(draft: Draft, action: str) -> Draft:
    """The draft after a button was pressed."""
    document = notice_forms.document_of(draft.data)
    if action == "add_files":
        more = _read_all(request.files.getlist("files"), "")
        whole = notice_forms.joined(document, more)
        data = notice_forms.with_document({**draft.data, "is_looked_at": False}, whole)
        return _keep(draft, _with_images(data, more))
    if action == "add_paragraph":
        changed = notice_forms.with_paragraph(document)
    elif action.startswith("remove-") and action[7:].isdecimal():
        changed = notice_forms.without_block(document, int(action[7:]))
    else:
        changed = notice_forms.in_order(document)
    draft = _keep(draft, notice_forms.with_document(draft.data, changed))
    if action == "submit" and changed.images and not draft.data.get("is_looked_at"):
        raise RuleError(
            _("请先看清每一张图片，确认没有证件、卡号、电话，再在下面打勾。"), code="not_looked_at"
        )
    return draft


def _place_of(action: str) -> str:
    return "#block-end" if action in ("add_paragraph", "add_files") else ""


def corrected(
    draft_data: dict[str, Any], event: str, reason: str, images: list[dict[str, Any]]
) -> dict[str, Any]:
    """The data of a draft that corrects a published notice."""
    document = replace(documents.from_dict(draft_data["document"]), hidden_text=(), problems=())
    data = {**draft_data, "document": document.as_dict(with_hidden=True), "images": images}
    return {**data, "replaces": event, "reason": reason, "is_looked_at": False}

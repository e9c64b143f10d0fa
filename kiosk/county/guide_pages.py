"""Guides at the console: the list, one guide, its texts changed with a preview, a file of guides, and withdrawal."""

import tempfile
from pathlib import Path

from flask import Response, abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from content import guides as book
from content.errors import RuleError
from content.guide_fields import Guide
from kiosk.access import EDITORS
from kiosk.county import forms, guide_form, lists
from kiosk.county.blueprint import blueprint
from kiosk.pages import page_number, services, show


@blueprint.get("/county/guides")
def guides() -> Response:
    """The guides in force, those with the words of `q` in name or tags."""
    return _show_list()


@blueprint.get("/county/guides/<guide_id>")
def guide(guide_id: str) -> Response:
    """One guide as it is in force, with its earlier versions."""
    return _show_guide(_in_force(guide_id))


@blueprint.get("/county/guides/<guide_id>/edit")
def guide_edit(guide_id: str) -> Response:
    """The guide's main texts in a form."""
    found = _in_force(guide_id)
    return _show_form(found, guide_form.as_typed(found))


@blueprint.post("/county/guides/<guide_id>/edit")
def guide_save(guide_id: str) -> ResponseReturnValue:
    """Show how the changed guide would look, or publish it."""
    found = _in_force(guide_id)
    try:
        changed = guide_form.changed(found, request.form)
        if request.form.get("step") != "publish":
            return _show_form(found, request.form, preview=changed)
        _publish([changed])
    except RuleError as exc:
        return _show_form(found, request.form, problem=exc)
    flash(_("已发布《%(name)s》第 %(version)s 版。", name=changed.name, version=changed.version), "success")
    return redirect(url_for("county.guide", guide_id=found.id), code=303)


@blueprint.post("/county/guides")
def guide_upload() -> ResponseReturnValue:
    """Publish every guide of a JSON file, or none when one of them is wrong."""
    try:
        found = _read_upload()
        _publish(found)
    except (RuleError, ValueError) as exc:
        return _show_list(problem=str(exc))
    flash(_("已发布 %(count)s 份办事指南。", count=len(found)), "success")
    return redirect(url_for("county.guides"), code=303)


@blueprint.post("/county/guides/<guide_id>/withdraw")
def guide_withdraw(guide_id: str) -> ResponseReturnValue:
    """Take a guide out of force, with the reason."""
    wired, found = services(), _in_force(guide_id)
    try:
        book.withdraw(
            wired.node.record, found.id, reason=forms.text(request.form, "reason"), by=g.account.name
        )
    except RuleError as exc:
        return _show_guide(found, problem=str(exc))
    wired.node.views.catch_up()
    wired.nudge()
    flash(_("已停用《%(name)s》。", name=found.name), "success")
    return redirect(url_for("county.guides"), code=303)


def _in_force(guide_id: str) -> Guide:
    found = book.get(services().node.views.read(), guide_id)
    if found is None:
        abort(404)
    return found


def _publish(found: list[Guide]) -> None:
    wired = services()
    book.publish(wired.node.record, found, by=g.account.name)
    wired.node.views.catch_up()
    wired.nudge()


def _read_upload() -> list[Guide]:
    """ValueError, in words, for a file that holds no guides."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise ValueError(_("请先选择文件。"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "guides.json"
        sent.save(path)
        found = book.load_guides(path)
    if not found:
        raise ValueError(_("文件里没有办事指南。"))
    return found


def _show_list(problem: str = "") -> Response:
    db = services().node.views.read()
    asked = request.args.get("q", "").strip()
    found = book.find_by_topic(db, asked) if asked else book.list_guides(db)
    if lists.chosen("sort", ("name",)):
        found.sort(key=lambda line: line.name)
    start = (page_number() - 1) * lists.SIZE
    return show(
        "county/guides.html",
        fragment="county/_guide_table.html",
        status=422 if problem else 200,
        guides=found[start : start + lists.SIZE],
        total=len(found),
        pages=lists.pages_of(len(found)),
        here=lists.here,
        order=lists.chosen("sort", ("name",), "id"),
        asked=asked,
        problem=problem,
        may_edit=bool(EDITORS & set(g.account.roles)),
    )


def _show_guide(found: Guide, problem: str = "") -> Response:
    return show(
        "county/guide.html",
        back=url_for("county.guides"),
        status=422 if problem else 200,
        guide=found,
        versions=book.versions(services().node.views.read(), found.id),
        problem=problem,
        may_edit=bool(EDITORS & set(g.account.roles)),
    )


def _show_form(
    found: Guide, typed: forms.Form, *, preview: Guide | None = None, problem: RuleError | None = None
) -> Response:
    return show(
        "county/guide_form.html",
        back=url_for("county.guide", guide_id=found.id),
        status=422 if problem else 200,
        guide=found,
        preview=preview,
        inputs=forms.filled(guide_form.INPUTS, typed),
        problem=problem,
    )

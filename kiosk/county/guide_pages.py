"""Guides at the console: the list by what they are found by, one guide with its versions, a file of guides, withdrawal."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from flask import Response, abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from content import guide_drafts
from content import guides as book
from content.clock import local_date
from content.errors import RuleError
from content.guide_fields import Guide
from kiosk.county import forms, guide_form, lists, words
from kiosk.county.area import may_edit_rules
from kiosk.county.blueprint import blueprint
from kiosk.flow_chart import flow_chart
from kiosk.pages import services, show

SHOWN_FIRST = 6  # of the drafts and of those that wait, above the list
_FACETS = ("life_event", "theme", "group", "department")


@blueprint.get("/county/guides")
def guides() -> Response:
    """The guides in force, by word and by what they are found by; above them those that wait for somebody."""
    return show_list()


@blueprint.get("/county/guides/<guide_id>")
def guide(guide_id: str) -> Response:
    """One guide as it is in force, or as it was last, with all its versions."""
    return _show_guide(_versions(guide_id))


@blueprint.post("/county/guides")
def guide_upload() -> ResponseReturnValue:
    """Make a draft of every guide of a JSON file and send them to be approved, or none when one of them is wrong."""
    wired = services()
    try:
        found = _read_upload()
        for one in found:
            book.check(one)
    except (RuleError, ValueError) as exc:
        return show_list(problem=str(exc))
    for one in found:
        base = guide_drafts.newest_version(wired.node.views.read(), one.id)
        typed = guide_form.as_typed(one)
        data = guide_drafts.data_of(replace(one, version=base + 1), typed.to_dict(), base)
        draft_id = wired.drafts.start(guide_drafts.KIND, g.account.name, title=one.name, data=data)
        wired.drafts.submit(draft_id, check=lambda _draft: None)
    flash(_("已送审 %(count)s 份办事指南，请另一位工作人员核准。", count=len(found)), "success")
    return redirect(url_for("county.guides"), code=303)


@blueprint.post("/county/guides/<guide_id>/withdraw")
def guide_withdraw(guide_id: str) -> ResponseReturnValue:
    """Take a guide out of force, with the reason."""
    wired, found = services(), _versions(guide_id)
    if found[0].state == "withdrawn":
        abort(404)
    try:
        book.withdraw(
            wired.node.record, guide_id, reason=forms.text(request.form, "reason"), by=g.account.name
        )
    except RuleError as exc:
        return _show_guide(found, problem=str(exc))
    wired.node.views.catch_up()
    wired.nudge()
    flash(_("已停用《%(name)s》。", name=found[0].guide.name), "success")
    return redirect(url_for("county.guides"), code=303)


def _versions(guide_id: str) -> list[book.Version]:
    node = services().node
    found = book.versions(node.views.read(), guide_id, on=local_date(node.clock()))
    if not found:
        abort(404)
    return found


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


def show_list(problem: str = "", start_problem: RuleError | None = None) -> Response:
    """The list, with what is wrong with a file, or (its code the field) with the number of a new guide."""
    node = services().node
    db, today = node.views.read(), local_date(node.clock())
    asked = request.args.get("q", "").strip()
    tags = {facet: request.args.get(facet, "") for facet in _FACETS}
    waiting = book.waiting(db, on=today)
    found: Sequence[book.GuideLine | Guide]
    if lists.chosen("state", ("waiting",)):
        found = [one for one in waiting if asked in f"{one.name} {one.id}" and _carries(one, tags)]
    else:
        found = book.list_guides(db, on=today, **tags)
        named = {line.id for line in book.find_by_topic(db, asked, on=today)} if asked else set()
        found = [line for line in found if not asked or line.id in named or asked == line.id]
    order = lists.chosen("sort", ("name", "body"), "id")
    found = sorted(
        found, key=lambda line: {"name": line.name, "body": line.implementing_body}.get(order, line.id)
    )
    shown, pages = lists.cut(found)
    may_edit = may_edit_rules()
    return show(
        "county/guides.html",
        fragment="county/_guide_table.html",
        status=422 if problem or start_problem else 200,
        guides=shown,
        total=len(found),
        pages=pages,
        here=lists.here,
        order=order,
        asked=asked,
        facets={name: [(tag, tag) for tag in tags] for name, tags in vars(book.facets(db, on=today)).items()},
        drafts=guide_drafts.all_open(services().drafts) if may_edit else [],
        waiting=waiting,
        shown_first=SHOWN_FIRST,
        words=words,
        problem=problem,
        start_problem=start_problem,
        typed=request.form,
        may_edit=may_edit,
    )


def _carries(guide: Guide, tags: dict[str, str]) -> bool:
    """Whether it is found by each of these, as `list_guides` finds those in force."""
    has = {
        "life_event": guide.tags.life_event,
        "theme": guide.tags.theme,
        "group": guide.tags.special_group,
        "department": (guide.implementing_body,),
    }
    return all(not tag or tag in has[facet] for facet, tag in tags.items())


def _show_guide(found: list[book.Version], problem: str = "") -> Response:
    shown = next((version for version in found if version.state == "in_force"), found[0])
    return show(
        "county/guide.html",
        back=url_for("county.guides"),
        status=422 if problem else 200,
        guide=shown.guide,
        shown=shown,
        versions=found,
        chart=flow_chart(shown.guide, chart_id="flow"),
        problem=problem,
        words=words,
        may_edit=may_edit_rules(),
    )

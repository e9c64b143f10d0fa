"""A guide on its way: drafted in a form beside the kiosk's page, sent on, and approved or returned by somebody else."""

from collections.abc import Callable
from typing import Any

from flask import Response, abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from content import accounts, departments, guide_drafts, villages
from content import guides as book
from content.clock import local_date
from content.drafts import Draft
from content.errors import NotFound, RuleError
from content.guide_fields import Guide
from kiosk.county import forms, guide_form, lists, words
from kiosk.county.blueprint import blueprint
from kiosk.county.guide_pages import show_list
from kiosk.flow_chart import flow_chart
from kiosk.pages import services, show

SORTS: dict[str, Callable[[Draft], Any] | None] = {
    "state": None,  # as they are read
    "name": lambda draft: (draft.title, draft.id),
    "author": lambda draft: (draft.author, draft.title, draft.id),
    "newest": lambda draft: (draft.updated_at, draft.id),
}
_NOT_TYPED = ("csrf_token", "step")
# The preview stands in a frame of this site; it is the one page that may.
_FRAMED = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"


@blueprint.post("/county/guides/drafts")
def guide_start() -> ResponseReturnValue:
    """Begin a draft: of the newest version of `guide`, or of a new one with the number `id`, copied from `like` or empty."""
    wired = services()
    wanted, like = forms.text(request.form, "guide"), forms.text(request.form, "like").upper()
    guide_id = wanted or forms.text(request.form, "id").upper()
    base = guide_drafts.newest_version(wired.node.views.read(), guide_id)
    source = _newest(like or guide_id)
    if problem := _start_problem(guide_id, 0 if wanted else base, like if source is None else ""):
        return show_list(start_problem=problem)
    form = guide_form.as_typed(source) if source else forms.Form({"step-0-name": "", "case_type": "承诺件"})
    made = guide_form.guide_of(form, guide_id, base + 1)
    data = guide_drafts.data_of(made, form.to_dict(), base)
    draft_id = wired.drafts.start(guide_drafts.KIND, g.account.name, title=made.name or guide_id, data=data)
    return redirect(url_for("county.guide_draft", draft_id=draft_id), code=303)


def _start_problem(guide_id: str, used: int, unknown: str) -> RuleError | None:
    """Why no draft can be begun, its code the field. used: the version that has the number, 0 for none."""
    if not book.ID.fullmatch(guide_id):
        return forms.wrong("id", _("编号用大写字母、数字和横线，如 QX-G20。"))
    if used:
        return forms.wrong("id", _("编号 %(id)s 已经用过，请换一个。", id=guide_id))
    if unknown:
        said = _("没有编号是 %(id)s 的指南，请核对，或者空着从头写。", id=unknown)
        return forms.wrong("like", said)
    return None


@blueprint.get("/county/guides/drafts", endpoint="guide_drafts")
def draft_list() -> Response:
    """Every guide on its way, those that wait for approval first if not sorted otherwise."""
    asked, state = request.args.get("q", "").strip(), lists.chosen("state", words.DRAFT_STATES)
    order = lists.chosen("sort", SORTS, "state")
    found = [
        draft
        for draft in guide_drafts.all_open(services().drafts)
        if state in ("", draft.state) and asked in f"{draft.title} {draft.author} {draft.data['guide']['id']}"
    ]
    if key := SORTS[order]:
        found.sort(key=key, reverse=order == "newest")
    shown, pages = lists.cut(found)
    return show(
        "county/guide_drafts.html",
        fragment="county/_guide_draft_table.html",
        back=url_for("county.guides"),
        drafts=shown,
        total=len(found),
        pages=pages,
        here=lists.here,
        order=order,
        asked=asked,
        words=words,
    )


@blueprint.get("/county/guides/drafts/<draft_id>")
def guide_draft(draft_id: str) -> Response:
    """The form for who drafts it, beside the kiosk's page; for everybody else what it changes, to approve or return."""
    draft = find(draft_id)
    return _show_form(draft) if may_change(draft) else _show_review(draft)


@blueprint.post("/county/guides/drafts/<draft_id>")
def guide_draft_save(draft_id: str) -> ResponseReturnValue:
    """Keep what was typed; `step` says what else: a row button, "samples", "submit", "rebase",
    "take_back" or "discard"."""
    draft, step = find(draft_id), request.form.get("step", "")
    if draft.author != g.account.name:
        abort(403)
    if step == "take_back":
        return _take_back(draft)
    if not may_change(draft):
        abort(404)
    if step == "discard":
        services().drafts.discard(draft.id)
        forget_pictures(draft)
        flash(_("已删除草稿。"), "success")
        return redirect(url_for("county.guides"), code=303)
    draft = _keep(draft, step)
    if step == "submit":
        return _submit(draft)
    if step == "samples":
        return redirect(url_for("county.guide_samples", draft_id=draft.id), code=303)
    if step in ("", "keep"):
        return _show_form(draft)
    return redirect(url_for("county.guide_draft", draft_id=draft.id) + _place_of(step), code=303)


@blueprint.post("/county/guides/drafts/<draft_id>/decide")
def guide_decide(draft_id: str) -> ResponseReturnValue:
    """The second person approves, which publishes it to every village, or returns it with the reason."""
    wired, draft = services(), find(draft_id)
    opinion = forms.text(request.form, "opinion")
    try:
        if request.form.get("step") != "approve":
            _check_other(draft)
            wired.drafts.give_back(draft.id, reason=opinion)
            flash(_("已退回《%(name)s》。", name=draft.title), "success")
            return redirect(url_for("county.guides"), code=303)
        seen = request.form.get("seen", "")
        db = wired.node.views.read()
        guide = guide_drafts.approve(
            wired.node.record, wired.drafts, db, draft.id, g.account, opinion=opinion, seen=seen
        )
    except RuleError as exc:
        return _show_review(find(draft_id), problem=str(exc))
    wired.node.views.catch_up()
    wired.nudge()
    said = _(
        "已发布《%(name)s》第 %(version)s 版，各村下次同步时收到。", name=guide.name, version=guide.version
    )
    flash(said, "success")
    return redirect(url_for("county.guide", guide_id=guide.id), code=303)


@blueprint.get("/county/guides/drafts/<draft_id>/preview")
def guide_preview(draft_id: str) -> Response:
    """The draft as the kiosk will show it; nothing on it leads anywhere."""
    draft = find(draft_id)
    every = villages.all_villages(services().node.views.read())
    if not every:
        abort(404)
    g.village, g.nav = every[0].code, []
    g.home_url = url_for("public.home", village=g.village)
    guide = guide_drafts.guide_of(draft)
    response = show(
        "county/guide_preview.html",
        back=g.home_url,
        guide=guide,
        openings=guide.eight_openings,
        chart=flow_chart(guide, chart_id="flow"),
        sample_url=lambda no: url_for("public.guide_sample", guide_id=guide.id, no=no, number=1),
        print_url=url_for("public.print_choice", noun="guide", public_id=guide.id),
        ask_url=url_for("public.say_kind", kind="consultation"),
    )
    response.headers["Content-Security-Policy"] = _FRAMED
    return response


def find(draft_id: str) -> Draft:
    """A guide's draft that is not published yet; 404 for anything else."""
    try:
        draft = services().drafts.get(draft_id)
    except NotFound:
        abort(404)
    if draft.kind != guide_drafts.KIND or draft.state == "published":
        abort(404)
    return draft


def may_change(draft: Draft) -> bool:
    """Whether the account writes this draft and has it in hand."""
    return draft.author == g.account.name and draft.state in ("draft", "returned")


def _check_other(draft: Draft) -> None:
    if draft.author == g.account.name:
        raise RuleError(_("这是您自己起草的，要改请收回。"), code="own_draft")


def _newest(guide_id: str) -> Guide | None:
    node = services().node
    found = book.versions(node.views.read(), guide_id, on=local_date(node.clock()))
    return found[0].guide if found else None


def _keep(draft: Draft, step: str) -> Draft:
    """The draft with what was typed; everything is kept before anything can go wrong."""
    typed = forms.Form({k: v for k, v in request.form.items() if k not in _NOT_TYPED})
    held = forms.Form(draft.data["form"])
    if not step and guide_form.has_other_rows(held, typed):
        return draft  # typing that saved itself while a row button was on its way
    form = guide_form.changed_rows(guide_form.typed_over(held, typed), step)
    base = draft.data["base"]
    if step == "rebase":
        base = guide_drafts.newest_version(services().node.views.read(), draft.data["guide"]["id"])
    return save(draft, form, base)


def save(draft: Draft, form: forms.Form, base: int) -> Draft:
    """The draft with this form and the guide that it makes."""
    guide = guide_form.guide_of(form, draft.data["guide"]["id"], base + 1)
    data = guide_drafts.data_of(guide, form.to_dict(), base)
    return services().drafts.save(draft.id, title=guide.name or guide.id, data=data)


def _submit(draft: Draft) -> ResponseReturnValue:
    wired = services()
    if found := _problems(draft):
        return _show_form(draft, problems=found)
    try:
        wired.drafts.submit(draft.id, check=lambda one: guide_drafts.check(wired.node.views.read(), one))
    except RuleError as exc:
        return _show_form(draft, problems={"": str(exc)})
    flash(_("已送审。要由另一位工作人员核准，核准后各村都会收到。"), "success")
    return redirect(url_for("county.guides"), code=303)


def _problems(draft: Draft) -> dict[str, str]:
    """All that keeps a draft from being sent on: field -> sentence."""
    guide = guide_drafts.guide_of(draft)
    found = guide_form.problems(forms.Form(draft.data["form"]), guide)
    try:
        guide_drafts.check_department(services().node.views.read(), guide)
    except RuleError as exc:
        found["department"] = str(exc)
    return found


def forget_pictures(once: Draft) -> None:
    """Delete the sample pictures of a draft that nothing names any more."""
    wired = services()
    guide_drafts.forget_pictures(wired.drafts, wired.node.views.read(), wired.node.blobs, once)


def _take_back(draft: Draft) -> ResponseReturnValue:
    if draft.state == "submitted":
        services().drafts.give_back(draft.id, reason=_("起草人自己收回。"))
    return redirect(url_for("county.guide_draft", draft_id=draft.id), code=303)


def _place_of(step: str) -> str:
    move, _dash, rest = step.partition("-")
    return f"#rows-{rest.partition('-')[0]}" if move in ("more", "drop", "up") else ""


def _show_form(draft: Draft, problems: dict[str, str] | None = None) -> Response:
    form = forms.Form(draft.data["form"])
    guide = guide_drafts.guide_of(draft)
    return show(
        "county/guide_draft.html",
        fragment="county/_guide_preview.html",
        back=url_for("county.guides"),
        status=422 if problems else 200,
        draft=draft,
        guide=guide,
        form=form,
        groups=guide_form.GROUPS,
        rows=guide_form.ROWS,
        count=guide_form.row_count,
        samples=guide_form.samples_of,
        problems=problems or {},
        labels=_labels(problems or {}),
        missing=_problems(draft),
        newest=guide_drafts.newest_version(services().node.views.read(), guide.id),
        suggestions=_suggestions(),
        offered={"department": _departments(guide.department)},
    )


def _labels(problems: dict[str, str]) -> list[tuple[str, str]]:
    """The problems as links to their fields."""
    return [(f"#field-{name}" if name else "", sentence) for name, sentence in problems.items()]


def _departments(chosen: str) -> list[tuple[str, str]]:
    """Where cases may go: code -> what the list shows; one that was chosen stays, whatever became of it."""
    found = departments.all_departments(services().node.views.read())
    offered = {one.code: f"{one.code} {one.name}" for one in found if one.is_active or one.code == chosen}
    return [("", _("没有")), *({chosen: chosen} | offered if chosen else offered).items()]


def _suggestions() -> dict[str, list[str]]:
    """The words that guides are found by already, so that one thing keeps one word."""
    node = services().node
    facets = book.facets(node.views.read(), on=local_date(node.clock()))
    return {
        "life_event": list(facets.life_event),
        "theme": list(facets.theme),
        "special_group": list(facets.special_group),
        "implementing_body": list(facets.department),
    }


def _show_review(draft: Draft, problem: str = "") -> Response:
    db, guide = services().node.views.read(), guide_drafts.guide_of(draft)
    author = accounts.get(db, draft.author)
    before = _newest(guide.id)
    context: dict[str, Any] = {
        "draft": draft,
        "guide": guide,
        "changes": guide_form.changes(before, guide),
        "before": before,
        "author": author.display_name if author else draft.author,
        "is_own": draft.author == g.account.name,
        "problem": problem,
        "words": words,
    }
    return show(
        "county/guide_review.html", back=url_for("county.guides"), status=422 if problem else 200, **context
    )

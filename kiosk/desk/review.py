"""The committee's page (村务监督委员会审核): what villagers will see, what was found in it, and the signature or the return."""

from typing import Any

from flask import Response, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from content import publishing
from content.drafts import Draft
from content.errors import RuleError
from content.intake.findings import Problem
from content.publications import Review
from content.record.store import Transaction
from kiosk.desk import drafts, ledgers, notices, rolls, statements, words
from kiosk.desk.blueprint import blueprint
from kiosk.pages import services, show

SHOWN = {
    "notice": notices.shown,
    "statement": statements.shown,
    "roll": rolls.shown,
    "ledger": ledgers.shown,
}

# What the agent was told of the figures; whoever signs is told the same.
PROBLEMS = {
    "statement": statements.problems_of,
    "roll": rolls.problems_of,
    "ledger": ledgers.problems_of,
}


@blueprint.get("/review/<draft_id>")
def review(draft_id: str) -> ResponseReturnValue:
    """A draft as villagers will see it; with the forms to sign or return it for whoever may."""
    draft = services().drafts.get(draft_id)
    if draft.state == "published":
        flash(_("这一件已经签字公开了。"), "info")
        return redirect(url_for("desk.published"), code=303)
    return _page(draft)


@blueprint.post("/review/<draft_id>/sign")
def review_sign(draft_id: str) -> ResponseReturnValue:
    """Sign with the password: the publication is there for everybody when this returns."""
    wired = services()
    draft, opinion = wired.drafts.get(draft_id), request.form.get("opinion", "").strip()
    try:
        _require_other(draft)
        publishing.refuse_personal_data(opinion)
        wired.sessions.check_password(wired.node.views.read(), g.account, request.form.get("password", ""))
        _publish(draft_id, opinion or _("同意公开"), request.form.get("seen", ""))
    except RuleError as exc:
        return _page(wired.drafts.get(draft_id), opinion=opinion, problem=str(exc), status=422)
    flash(_("已签字公开：%(title)s。机器上现在就能看到。", title=draft.title), "success")
    return redirect(url_for("desk.published"), code=303)


@blueprint.post("/review/<draft_id>/return")
def review_return(draft_id: str) -> ResponseReturnValue:
    """Give a draft back to its author with a reason."""
    draft = services().drafts.get(draft_id)
    try:
        _require_other(draft)
        services().drafts.give_back(draft_id, reason=request.form.get("reason", ""))
    except RuleError as exc:
        return _page(draft, problem=str(exc), status=422)
    flash(_("已退回给起草人：%(title)s", title=draft.title), "info")
    return redirect(url_for("desk.home"), code=303)


def may_sign(draft: Draft) -> bool:
    """Whether the person who is signed in is asked for a signature: a committee member who did not draft it."""
    return draft.state == "submitted" and "committee" in g.account.roles and draft.author != g.account.name


def _require_other(draft: Draft) -> None:
    """Before the password is asked for; `drafts.sign` checks it again inside the write."""
    if draft.author == g.account.name:
        raise RuleError(_("起草人不能审自己的稿，要由监委会的其他成员来审。"), code="own_draft")


def _publish(draft_id: str, opinion: str, seen: str) -> None:
    wired = services()
    node, phones = wired.node, drafts.office_phones()
    streams = publishing.streams_of(node.record)

    def append(transaction: Transaction, draft: Draft, signed: Review) -> str:
        db = node.views.read()
        return publishing.publish(transaction, streams, db, draft, signed, office_phones=phones)

    wired.drafts.sign(draft_id, g.account, opinion=opinion, publish=append, seen=seen)
    node.views.catch_up()
    wired.nudge()


def _page(draft: Draft, *, opinion: str = "", problem: str = "", status: int = 200) -> Response:
    context: dict[str, Any] = {}
    if draft.state != "published":
        context["shown"] = SHOWN[draft.kind](draft)
        context["problems"] = _problems(draft)
        context["doubts"] = publishing.screen(draft, drafts.office_phones())
    return show(
        "desk/review.html",
        status=status,
        back=url_for("desk.home"),
        draft=draft,
        author_name=drafts.name_of(draft.author),
        may_sign=may_sign(draft),
        is_mine=draft.author == g.account.name,
        opinion=opinion,
        problem=problem,
        words=words,
        **context,
    )


def _problems(draft: Draft) -> list[Problem]:
    """What is doubtful in the figures; nothing of an import that nobody has looked at yet."""
    find = PROBLEMS.get(draft.kind)
    return find(draft) if find and "typed" in draft.data else []

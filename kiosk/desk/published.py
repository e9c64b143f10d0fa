"""What the village has published: corrected by a new draft, withdrawn by a committee member; nothing is ever edited."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from flask import Response, abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from content import finances, latest, ledgers, notices, publications, publishing, rolls
from content.errors import RuleError
from content.finances import PublishedStatement
from content.ledgers import PublishedLedger
from content.notices import PublishedNotice
from content.publications import Publication
from kiosk.desk import drafts, outputs, statement_forms, words
from kiosk.desk.blueprint import blueprint
from kiosk.desk.ledgers import with_form as with_ledger_form
from kiosk.desk.notices import corrected as corrected_notice
from kiosk.pages import page_number, services, show

LINES_A_PAGE = 20
MAX_ENTRIES = statement_forms.MAX_ROWS


@dataclass(frozen=True)
class Noun:
    """One kind of publication: how it is found and withdrawn, and what its table is called."""

    get: Callable[..., Any]
    versions: Callable[..., list[Any]]
    withdraw: Callable[..., str]
    table: str


NOUNS = {
    "notice": Noun(notices.get, notices.versions, notices.withdraw, "notices"),
    "statement": Noun(finances.get, finances.versions, finances.withdraw, "statements"),
    "roll": Noun(rolls.get_roll, rolls.versions, rolls.withdraw, "rolls"),
    "ledger": Noun(ledgers.get, ledgers.versions, ledgers.withdraw, "ledgers"),
}


@blueprint.get("/published")
def published() -> Response:
    """What stands published, newest first."""
    node = services().node
    number = page_number()
    page = latest.page(node.views.read(), area=node.config.code, number=number, size=LINES_A_PAGE)
    return show(
        "desk/published.html",
        back=url_for("desk.home"),
        lines=page.lines,
        number=number,
        pages=-(-page.total // LINES_A_PAGE),
        words=words,
    )


@blueprint.get("/published/<kind>/<public_id>")
def published_one(kind: str, public_id: str) -> Response:
    """One publication with all its versions, and the forms to correct or withdraw it."""
    return _page(kind, find(kind, public_id))


@blueprint.get("/published/<kind>/<public_id>/script")
def published_script(kind: str, public_id: str) -> Response:
    """The words to read out over the village's loudspeaker, the same that the kiosk reads."""
    return show(
        "desk/script.html",
        back=url_for("desk.published_one", kind=kind, public_id=public_id),
        lines=outputs.script_of(find(kind, public_id)).split("\n"),
    )


@blueprint.get("/published/<kind>/<public_id>/table.csv")
def published_table(kind: str, public_id: str) -> Response:
    """The figures row by row for the county's books; a notice has none."""
    rows = outputs.table_of(find(kind, public_id))
    if not rows:
        abort(404)
    named = {"Content-Disposition": f'attachment; filename="{public_id}.csv"'}
    return Response(outputs.csv_of(rows), mimetype="text/csv", headers=named)


@blueprint.post("/published/<kind>/<public_id>/correct")
def published_correct(kind: str, public_id: str) -> ResponseReturnValue:
    """Open a draft that corrects this version; a roll needs its sheet again, for its ID numbers were never kept."""
    found, reason = find(kind, public_id), request.form.get("reason", "").strip()
    try:
        _require_in_force(kind, found)
        if not reason:
            raise RuleError(_("更正要写明原因。"), code="no_reason")
    except RuleError as exc:
        return _page(kind, found, reason=reason, problem=str(exc), status=422)
    if isinstance(found, PublishedNotice):
        data = corrected_notice(
            _notice_data(found), found.event, reason, msgspec.to_builtins(found.notice.images)
        )
        return drafts.start("notice", found.notice.title, data)
    if isinstance(found, PublishedStatement):
        return drafts.start("statement", found.statement.title, _statement_data(found, reason))
    if isinstance(found, PublishedLedger):
        return drafts.start("ledger", found.ledger.title, _ledger_data(found, reason))
    address = url_for("desk.roll_new", replaces=found.id, reason=reason, item=found.roll.item)
    return redirect(address, code=303)


@blueprint.post("/published/<kind>/<public_id>/withdraw")
def published_withdraw(kind: str, public_id: str) -> ResponseReturnValue:
    """A committee member takes a publication back with a reason and the password; it stays readable."""
    wired, found, reason = services(), find(kind, public_id), request.form.get("reason", "").strip()
    try:
        _require_in_force(kind, found)
        publishing.refuse_personal_data(reason)
        if not reason:
            raise RuleError(_("撤回要写明原因。"), code="no_reason")
        db = wired.node.views.read()
        wired.sessions.check_password(db, g.account, request.form.get("password", ""))
        stream = publishing.streams_of(wired.node.record).public
        with wired.node.record.write() as transaction:
            NOUNS[kind].withdraw(transaction, stream, found.event, reason=reason, by=g.account.name)
    except RuleError as exc:
        return _page(kind, found, reason=reason, problem=str(exc), status=422)
    wired.node.views.catch_up()
    wired.nudge()
    flash(_("已撤回。原文和撤回原因仍然看得到。"), "success")
    return redirect(url_for("desk.published_one", kind=kind, public_id=public_id), code=303)


def find(kind: str, public_id: str) -> Any:
    """A publication of this village, whatever became of it; 404 for none."""
    noun = NOUNS.get(kind)
    node = services().node
    found = noun.get(node.views.read(), public_id) if noun else None
    if found is None or found.village != node.config.code:
        abort(404)
    return found


def _require_in_force(kind: str, found: Publication) -> None:
    """Asked of the views as they are now: another window may have corrected or withdrawn it."""
    services().node.views.catch_up()
    if publications.gone(services().node.views.read(), NOUNS[kind].table, [found.event]):
        raise RuleError(_("这一份已经更正或撤回过了，不用再做。"), code="gone")


def _page(kind: str, found: Any, *, reason: str = "", problem: str = "", status: int = 200) -> Response:
    db = services().node.views.read()
    whole = getattr(found, kind)
    return show(
        "desk/published_one.html",
        status=status,
        back=url_for("desk.published"),
        kind=kind,
        found=found,
        whole=whole,
        author_name=drafts.name_of(whole.drafted_by),
        versions=NOUNS[kind].versions(db, found.id),
        uses=list(outputs.uses(kind, found)),
        news_text=services().news_text(whole.title),
        is_agent="agent" in g.account.roles,
        is_committee="committee" in g.account.roles,
        reason=reason,
        problem=problem,
        words=words,
    )


def _notice_data(found: PublishedNotice) -> dict[str, Any]:
    notice = found.notice
    return {
        "item": notice.item,
        "document": notice.document,
        "issuer": notice.issuer,
        "period": notice.period,
        "legal_basis": notice.legal_basis,
        "objection_days": notice.objection_days,
    }


def _statement_data(found: PublishedStatement, reason: str) -> dict[str, Any]:
    db = services().node.views.read()
    entries = msgspec.to_builtins(finances.entries(db, found.id, size=MAX_ENTRIES).lines)
    data = {**msgspec.to_builtins(found.statement), "entries": entries, "problems": []}
    for name in ("reviews", "drafted_by", "entry_parts", "entry_count", "overrides"):
        del data[name]
    data |= {"replaces": found.event, "reason": reason}
    return statement_forms.with_figures({**data, "typed": statement_forms.typed_of(data)})


def _ledger_data(found: PublishedLedger, reason: str) -> dict[str, Any]:
    rows = msgspec.to_builtins(ledgers.all_rows(services().node.views.read(), found.id))
    data = {**msgspec.to_builtins(found.ledger), "rows": rows, "problems": []}
    for name in ("reviews", "drafted_by", "row_parts", "row_count", "overrides"):
        del data[name]
    return with_ledger_form({**data, "replaces": found.event, "reason": reason})

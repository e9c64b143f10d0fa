"""Files that somebody brought in by command: drafts that are nobody's until an agent takes them up."""

from typing import Any

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kiosk.desk import drafts, ledgers, notices, rolls, statements
from kiosk.desk.blueprint import blueprint
from kiosk.pages import services

# What a draft lacks that was not made by the desk's own forms: their texts.
_COMPLETED = {
    "notice": notices.with_form,
    "statement": statements.with_form,
    "roll": rolls.with_form,
    "ledger": ledgers.with_form,
}


@blueprint.post("/drafts/<draft_id>/take-up")
def draft_take_up(draft_id: str) -> ResponseReturnValue:
    """The agent goes on with an imported file, which becomes the agent's own draft."""
    kind = services().drafts.get(draft_id).kind

    def complete(data: dict[str, Any]) -> dict[str, Any]:
        return _COMPLETED[kind](data)

    draft = services().drafts.take_up(draft_id, g.account.name, complete)
    flash(_("“%(title)s”现在是您的草稿了，核对以后送审。", title=draft.title), "success")
    return redirect(url_for(drafts.EDIT_PAGES[kind], draft_id=draft_id), code=303)

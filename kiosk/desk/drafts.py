"""What all kinds of drafts share at the desk: whose it is, its pictures, sending it to the committee, deleting it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, abort, flash, g, redirect, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from content import files, publishing, villages
from content.drafts import IMPORTED, Draft
from content.errors import RuleError
from content.intake.wording import tidy
from kiosk.desk.blueprint import blueprint
from kiosk.pages import person_name, services

EDIT_PAGES = {
    "notice": "desk.notice",
    "statement": "desk.statement",
    "roll": "desk.roll",
    "ledger": "desk.ledger",
}


def office_phones() -> frozenset[str]:
    """The village's own public telephones, which screening leaves alone."""
    village = villages.get(services().node.views.read(), services().node.config.code)
    if village is None:
        return frozenset()
    numbers = {village.office_phone, *(person.get("phone", "") for person in village.duty)}
    return frozenset(numbers - {""})


def village_name() -> str:
    """This village's name, as the county has it listed."""
    node = services().node
    village = villages.get(node.views.read(), node.config.code)
    return village.name if village else node.config.name


def committee_name() -> str:
    """The villagers' committee, which publishes most things."""
    return f"{village_name()}村民委员会"


def cooperative_name() -> str:
    """The village's economic cooperative, whose money and assets the books are of."""
    return f"{village_name()}股份经济合作社"


def name_of(account: str) -> str:
    """What a person is called; the account's own name where it is not known any more."""
    if account == IMPORTED:
        return _("导入的文件，还没有人接手")
    return person_name(account)


def own(draft_id: str) -> Draft:
    """A draft of the person who is signed in; another's is not theirs to change (403).

    Whoever has changed a draft may not sign it, so only one person ever changes it.
    """
    draft = services().drafts.get(draft_id)
    if draft.author != g.account.name:
        abort(403)
    return draft


def may_change(draft: Draft) -> bool:
    """Whether the person who is signed in can still write in it."""
    return draft.author == g.account.name and draft.state in ("draft", "returned")


def pictures_of(draft: Draft) -> dict[str, dict[str, Any]]:
    """Every picture and recording of a draft by its SHA-256: its own, and those of its entries."""
    refs = [*draft.data.get("images", ())]
    if recording := draft.data.get("recording"):
        refs.append(recording["ref"])
    refs += [ref for entry in draft.data.get("entries", ()) for ref in entry.get("images", ())]
    refs += [ref for row in draft.data.get("typed", {}).get("rows", ()) for ref in row.get("images", ())]
    return {ref["sha256"]: ref for ref in refs}


def forget_files(once: Draft) -> None:
    """Delete the pictures and recordings that this draft had, and that neither a draft nor a publication names now:
    what an agent takes away (a card number on a photo) shall not live on in the backups."""
    wired = services()
    named = {sha256 for draft in wired.drafts.all_open() for sha256 in pictures_of(draft)}
    files.forget_unpublished(wired.node.views.read(), wired.node.blobs, pictures_of(once).keys() - named)


def overrides_of(form: Mapping[str, str]) -> dict[str, str]:
    """The reasons for what is to be shown all the same: fields key-0, reason-0 …"""
    numbers = [name.removeprefix("key-") for name in form if re.fullmatch(r"key-\d+", name)]
    reasons = {form[f"key-{number}"]: tidy(form.get(f"reason-{number}", "")) for number in numbers}
    return {key: reason for key, reason in reasons.items() if reason}


def start(kind: str, title: str, data: dict[str, Any]) -> ResponseReturnValue:
    """Keep a new draft and open its page."""
    draft_id = services().drafts.start(kind, g.account.name, title=title, data=data)
    return redirect(url_for(EDIT_PAGES[kind], draft_id=draft_id), code=303)


def start_all(made: Sequence[tuple[str, dict[str, Any]]]) -> ResponseReturnValue:
    """Keep a new draft for each (kind, data) that a file held, open the first one and name them all."""
    ids = [
        services().drafts.start(kind, g.account.name, title=data["title"], data=data) for kind, data in made
    ]
    if len(made) > 1:
        titles = "、".join(data["title"] for _kind, data in made)
        flash(
            _(
                "这个文件读成了 %(count)s 份草稿：%(titles)s。这是第一份，其余的在首页。",
                count=len(made),
                titles=titles,
            ),
            "info",
        )
    return redirect(url_for(EDIT_PAGES[made[0][0]], draft_id=ids[0]), code=303)


def send(draft: Draft) -> ResponseReturnValue:
    """Send a saved draft to the committee and go home. RuleError while something keeps it from being published."""
    db, phones = services().node.views.read(), office_phones()
    services().drafts.submit(
        draft.id, check=lambda current: publishing.check(db, current, office_phones=phones)
    )
    flash(_("已送监委会签字：%(title)s", title=draft.title), "success")
    return redirect(url_for("desk.home"), code=303)


@blueprint.get("/drafts/<draft_id>")
def draft(draft_id: str) -> ResponseReturnValue:
    """Wherever this draft is worked on now: its form for its author, else the page to read and sign it."""
    found = services().drafts.get(draft_id)
    page = EDIT_PAGES[found.kind] if may_change(found) else "desk.review"
    return redirect(url_for(page, draft_id=draft_id), code=303)


@blueprint.get("/drafts/<draft_id>/images/<sha256>")
def draft_image(draft_id: str, sha256: str) -> Response:
    """A picture of this draft, which nobody but the desk may see before it is published."""
    images = pictures_of(services().drafts.get(draft_id))
    if sha256 not in images or not services().node.blobs.has(sha256):
        abort(404)
    return send_file(services().node.blobs.path(sha256), mimetype=images[sha256]["media_type"], etag=False)


@blueprint.post("/drafts/<draft_id>/take-back")
def draft_take_back(draft_id: str) -> ResponseReturnValue:
    """The author takes a draft back before anybody has signed it."""
    draft = own(draft_id)
    services().drafts.give_back(draft_id, reason=_("起草人自己收回修改"))
    return redirect(url_for(EDIT_PAGES[draft.kind], draft_id=draft_id), code=303)


@blueprint.post("/drafts/<draft_id>/discard")
def draft_discard(draft_id: str) -> ResponseReturnValue:
    """Delete a draft that is not with the committee."""
    draft = own(draft_id)
    if not may_change(draft):
        raise RuleError(_("已经送审或公开，不能删除。要删请先收回。"), code="not_editable")
    services().drafts.discard(draft_id)
    forget_files(draft)
    flash(_("已删除草稿：%(title)s", title=draft.title), "info")
    return redirect(url_for("desk.home"), code=303)

"""A guide on its way to every village: one person at the county drafts it, another one approves it; never the drafter.

A draft's data: {"guide": the guide as the form makes it, "form": what was typed, name by name, "base": the version
that it was begun from, 0 for a new guide}.
"""

from dataclasses import replace
from typing import Any

import msgspec
from sqlite_utils import Database

from content import departments, files, guides
from content.accounts import Account
from content.drafts import Draft, Drafts
from content.errors import RuleError
from content.guide_fields import Guide
from content.publications import Review
from content.record.blobs import Blobs
from content.record.store import Record, Transaction

KIND = "guide"


def data_of(guide: Guide, form: dict[str, str], base: int) -> dict[str, Any]:
    """What a draft keeps."""
    return {"guide": msgspec.to_builtins(guide), "form": form, "base": base}


def guide_of(draft: Draft) -> Guide:
    """The guide as it would be published."""
    return msgspec.convert(draft.data["guide"], Guide)


def all_open(drafts: Drafts) -> list[Draft]:
    """The guides on their way, those that wait for approval first."""
    return [draft for draft in drafts.all_open() if draft.kind == KIND]


def forget_pictures(drafts: Drafts, db: Database, blobs: Blobs, once: Draft) -> None:
    """Delete the pictures that this draft had, and that neither a draft nor a publication names now."""
    named = {ref.sha256 for draft in all_open(drafts) for ref in guide_of(draft).pictures}
    files.forget_unpublished(db, blobs, {ref.sha256 for ref in guide_of(once).pictures} - named)


def newest_version(db: Database, guide_id: str) -> int:
    """The highest version that was ever published, 0 for none."""
    row = db.execute("SELECT MAX(version) FROM guides WHERE id = ?", [guide_id]).fetchone()
    return row[0] or 0


def check(db: Database, draft: Draft) -> None:
    """RuleError, in a sentence, while something keeps this draft from being approved."""
    guide = guide_of(draft)
    guides.check(guide)
    check_department(db, guide)
    newest = newest_version(db, guide.id)
    if newest != draft.data["base"]:
        raise RuleError(f"起草以后，这份指南又发布了第 {newest} 版。请先对照新版，再送审。", code="overtaken")


def check_department(db: Database, guide: Guide) -> None:
    """RuleError when the cases of a guide would go to a department that is not there."""
    named = departments.get(db, guide.department) if guide.department else None
    if guide.department and not (named and named.is_active):
        raise RuleError(
            f"承办部门里没有编号“{guide.department}”，或者它已经停办，请核对。", code="no_department"
        )


def approve(
    record: Record, drafts: Drafts, db: Database, draft_id: str, approver: Account, *, opinion: str, seen: str
) -> Guide:
    """Publish a draft that waits for approval to every village; the guide with its new version.

    seen: the digest of what the approver has read. RuleError when the approver drafted it, it was changed since, or
    it may not be published.
    """
    stream = record.own_stream("all")
    made: list[Guide] = []

    def publish(transaction: Transaction, draft: Draft, review: Review) -> str:
        check(db, draft)
        guide = replace(guide_of(draft), version=draft.data["base"] + 1)
        made.append(guide)
        event = guides.published(guide, by=review.by, drafted_by=draft.author)
        return transaction.append(stream, [event])[0]

    drafts.sign(draft_id, approver, opinion=opinion, publish=publish, seen=seen)
    return made[0]

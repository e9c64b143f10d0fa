"""Photos of the vouchers behind a statement's entries (凭证照片): kept in the draft, taken at the desk or by telephone.

A photo is rebuilt from its pixels; what stands in the picture itself only people can see, so the agent looks and ticks.
"""

from typing import Any

import msgspec
from flask_babel import gettext as _

from content.drafts import Draft
from content.errors import RuleError
from content.record.blobs import BlobRef
from kiosk.desk import drafts, statement_forms
from kiosk.pages import services

MOST_PER_ENTRY = 6
Row = dict[str, Any]


def rows_of(draft: Draft) -> list[Row]:
    """The entries that photos can be added to, in their order."""
    return [row for row in draft.data["typed"]["rows"] if "key" in row]


def count(draft: Draft) -> int:
    """How many photos the draft's entries have."""
    return sum(len(row.get("images", [])) for row in draft.data["typed"]["rows"])


def put(draft_id: str, key: str, ref: BlobRef) -> Draft:
    """Add a photo to the entry `key`. RuleError when the entry is gone, is full, or the draft may not be changed."""
    photo = msgspec.to_builtins(ref)

    def with_photo(row: Row) -> Row:
        images = [image for image in row.get("images", []) if image["sha256"] != photo["sha256"]]
        if len(images) >= MOST_PER_ENTRY:
            raise RuleError(
                _("一笔最多 %(count)s 张照片。请先去掉一张。", count=MOST_PER_ENTRY), code="too_many"
            )
        return {**row, "images": [*images, photo]}

    return _changed(draft_id, key, with_photo)


def remove(draft_id: str, key: str, sha256: str) -> Draft:
    """Take a photo away from the entry `key`, and from this machine; one that is not there changes nothing."""
    once = services().drafts.get(draft_id)

    def without_photo(row: Row) -> Row:
        return {**row, "images": [one for one in row.get("images", []) if one["sha256"] != sha256]}

    changed = _changed(draft_id, key, without_photo)
    drafts.forget_files(once)
    return changed


def refuse_unlooked(draft: Draft, *, is_checked: bool) -> None:
    """RuleError while the draft has photos that nobody says to have looked at."""
    if count(draft) and not is_checked:
        raise RuleError(
            _("请先看清每一张凭证照片，确认没有身份证号、银行卡号、手机号，再在下面打勾。"),
            code="not_looked_at",
        )


def _changed(draft_id: str, key: str, change: Any) -> Draft:
    def make(data: dict[str, Any]) -> dict[str, Any]:
        rows = data.get("typed", {}).get("rows", [])
        if not any(row.get("key") == key for row in rows):
            raise RuleError(_("这一笔已经去掉了，照片没有放进去。请看看最新的清单。"), code="no_entry")
        changed = [change(row) if row.get("key") == key else row for row in rows]
        return statement_forms.with_figures({**data, "typed": {**data["typed"], "rows": changed}})

    return services().drafts.change(draft_id, make)

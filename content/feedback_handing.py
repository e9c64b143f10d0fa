"""Handing on what a villager said (转办): to another department, to another level, with a reason; its clocks run on."""

from dataclasses import replace

from sqlite_utils import Database

from content import feedback, feedback_forms, feedback_routes
from content.errors import RuleError
from content.feedback_states import HandedOn
from content.record.store import Record

MAX_REASON_CHARS = 300


def hand_on(
    record: Record,
    db: Database,
    village: str,
    no: str,
    *,
    to: str,
    reason: str,
    by: str,
    village_seal_key: bytes = b"",
) -> None:
    """Another must answer from now on. to: a key of `feedback_routes.receivers`; village_seal_key: for a village that was
    not told what was said. RuleError, its code the field, for no reason, no receiver and a village that cannot read it.
    """
    found, why = feedback.existing(db, village, no), reason.strip()
    target = feedback_routes.receivers(db, village).get(to)
    if target is None:
        raise RuleError("请选择转给谁。", code="to")
    if not why:
        raise RuleError("请写明转办的原因。", code="handing_reason")
    if len(why) > MAX_REASON_CHARS:
        raise RuleError(f"转办的原因最多 {MAX_REASON_CHARS} 个字。", code="handing_reason")
    feedback.refuse_personal_data(why)
    box = ""
    if target.level == "village" and not found.is_known_to_village and found.kind != "complaint":
        if not village_seal_key:
            raise RuleError("这个村的机器还没有连上，看不到内容，现在不能转给村里。", code="to")
        said = replace(feedback.open_form(found, record.keys), phone="")
        box = feedback_forms.seal_words(said, village_seal_key)
    feedback.say(record, found, HandedOn(target, why, box), by)

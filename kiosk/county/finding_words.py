"""Words of what was found in the record (疑点), at the console: each says what stands there and accuses nobody."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from content.supervision_findings import BACKFILLED, Finding
from kiosk.county.words import MOVES
from kiosk.pages import local_time

FINDINGS = {
    "future": _("时间在将来"),
    "before_filing": _("早于提交"),
    "decided_unaccepted": _("决定早于受理"),
    "set_back": _("时间倒退"),
    "after_receipt": _("写成以前的时间"),
    "burst": _("一口气办完"),
    "rushed": _("提交就决定"),
    "night": _("休息日深夜办理"),
    "staff_burst": _("一分钟录入太多"),
}
SORTS = {"newest": _("新发现的在前"), "oldest": _("早发现的在前"), "village": _("按村")}
VERDICTS = {
    "explained": _("情况属实，没有问题"),
    "backfilled": _("确认是补录"),
    "wrong_date": _("确认日期有误"),
}
VERDICT_LOOKS = {"explained": "ok", "backfilled": "alarm", "wrong_date": "warn"}


def finding_group(kind: str) -> Any:
    """What group a finding belongs to."""
    return gettext("疑似补录") if kind in BACKFILLED else gettext("日期不可能")


def finding_sentence(found: Finding) -> str:
    """What stands in the record, in a sentence that accuses nobody."""
    facts = {
        name: local_time(value) if name in ("at", "now", "until") or name.endswith("_at") else value
        for name, value in found.facts.items()
    }
    what = MOVES.get(found.facts.get("what", ""), gettext("提交办件"))
    match found.kind:
        case "future":
            return gettext("“%(what)s”写的是 %(at)s，收到时才 %(now)s。", **facts | {"what": what})
        case "before_filing":
            return gettext("“%(what)s”写的是 %(at)s，提交却在 %(filed_at)s。", **facts | {"what": what})
        case "decided_unaccepted":
            return gettext("决定写的是 %(at)s，受理却在 %(accepted_at)s。", **facts)
        case "set_back":
            return gettext(
                "“%(what)s”写的是 %(at)s，它前面的一条已经是 %(before_at)s。", **facts | {"what": what}
            )
        case "after_receipt":
            return gettext(
                "“%(what)s”写的是 %(at)s，可村里 %(known_at)s 同步时还没有它。", **facts | {"what": what}
            )
        case "burst":
            return gettext("%(at)s 到 %(until)s，连着办了 %(count)s 步。", **facts)
        case "rushed":
            return gettext("%(filed_at)s 提交，%(at)s 就作出了决定。", **facts)
        case "night":
            return gettext("“%(what)s”是休息日夜里 %(at)s 办的。", **facts | {"what": what})
        case _:
            return gettext("同一个账号在 %(at)s 这一分钟里录入了 %(count)s 条。", **facts)

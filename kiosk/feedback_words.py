"""Words for what villagers say (咨询、投诉、建议、异议) on every page that shows it, and what it is about, with its address."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlite_utils import Database

from content import disclosure, feedback, guides, published
from content.clock import local_date
from content.errors import RuleError
from content.feedback import Feedback, FeedbackLine
from content.feedback_states import Answerer
from content.finances import PublishedStatement
from kiosk.pages import services
from kiosk.shipped_names import in_language

KINDS = {
    "consultation": _("咨询"),
    "suggestion": _("建议"),
    "complaint": _("投诉"),
    "objection": _("异议"),
}
KIND_ICONS = {"consultation": "info", "suggestion": "add", "complaint": "warning", "objection": "sign"}
KIND_LOOKS = {
    "consultation": "finance",
    "suggestion": "village",
    "complaint": "party",
    "objection": "subsidy",
}
HINTS = {
    "consultation": _("不明白的，问一问"),
    "suggestion": _("怎样办更好，说出来"),
    "complaint": _("村里的人办得不对；说了什么，村里看不到"),
    "objection": _("对公告或哪一笔账有不同意见"),
}
CATEGORIES = {
    "consultation": {
        "subsidy": _("补贴"),
        "money": _("村里的账"),
        "land": _("土地和宅基地"),
        "insurance": _("医保养老"),
        "works": _("修路和水电"),
        "other": _("别的事"),
    },
    "complaint": {
        "attitude": _("态度不好"),
        "unfair": _("办事不公"),
        "money": _("钱物不清"),
        "slow": _("拖着不办"),
        "other": _("别的事"),
    },
    "suggestion": {
        "works": _("修路和水电"),
        "clean": _("打扫卫生"),
        "elderly": _("照顾老人"),
        "service": _("办事服务"),
        "other": _("别的事"),
    },
    "objection": {
        "amount": _("数目不对"),
        "person": _("名单不对"),
        "unknown": _("没听说过这件事"),
        "procedure": _("没有开会商量"),
        "voucher": _("没有凭证"),
        "other": _("别的不对"),
    },
}
# Sentences to tap where there is no keyboard. What is tapped is kept in Chinese, whatever the reader's language.
READY = {
    "consultation": {
        "我够不够条件？": _("我够不够条件？"),
        "什么时候发？": _("什么时候发？"),
        "怎么还没有我的？": _("怎么还没有我的？"),
        "要准备什么材料？": _("要准备什么材料？"),
        "请打电话给我说明。": _("请打电话给我说明。"),
    },
    "complaint": {
        "去了几次都没有办成。": _("去了几次都没有办成。"),
        "说话难听。": _("说话难听。"),
        "照顾自己的亲戚。": _("照顾自己的亲戚。"),
        "收了钱没有开票。": _("收了钱没有开票。"),
        "请打电话给我，我当面说。": _("请打电话给我，我当面说。"),
    },
    "suggestion": {
        "路灯不亮，请修一修。": _("路灯不亮，请修一修。"),
        "路坏了，请修一修。": _("路坏了，请修一修。"),
        "垃圾多几天清一次。": _("垃圾多几天清一次。"),
        "服务点的时间再长一些。": _("服务点的时间再长一些。"),
        "请打电话给我，我细说。": _("请打电话给我，我细说。"),
    },
    "objection": {
        "这个数目和我知道的不一样。": _("这个数目和我知道的不一样。"),
        "我家应该在里面，没有写。": _("我家应该在里面，没有写。"),
        "有人不应该在里面。": _("有人不应该在里面。"),
        "我要看凭证。": _("我要看凭证。"),
        "请开会说清楚。": _("请开会说清楚。"),
    },
}
STATES = {"filed": _("等待受理"), "accepted": _("已受理，等答复"), "answered": _("已答复")}
STATE_LOOKS = {"filed": "warn", "accepted": "wait", "answered": "ok"}
ANSWERED_BY = {"village": _("村里答复"), "township": _("乡镇答复"), "county": _("县里答复")}
RECEIVERS = {"village": _("村里"), "township": _("乡镇"), "county": _("县里")}
# What may be said of a thing: of a guide and of an item of the catalogue a question, of a publication an objection too.
SAID_OF = {"guide": ("consultation",), "item": ("consultation",)}
SAID_OF_PUBLICATIONS = ("consultation", "objection")


@dataclass(frozen=True)
class About:
    """What something is said about. url: its public page."""

    title: str
    url: str


def category_word(kind: str, category: str) -> Any:
    """What a category is called; "" for one that is sealed or unknown."""
    return CATEGORIES.get(kind, {}).get(category, "")


def about_of(db: Database, village: str, about: str) -> About | None:
    """The publication, the entry, the guide or the item that "notice:<code>", "statement:<code>/<no>", "guide:<id>" or
    "item:<code>" names; None for a publication of another village."""
    noun, _colon, rest = about.partition(":")
    place: dict[str, Any] = {"village": village} if services().node.is_county else {}
    if noun == "guide":
        guide = guides.in_force(db, rest, on=local_date(services().node.clock()))
        return About(guide.name, url_for("public.guide", guide_id=rest, **place)) if guide else None
    if noun == "item":
        item = disclosure.get_item(db, rest)
        url = url_for("public.item", code=rest, **place)
        return About(in_language(item.name), url) if item else None
    code, _slash, entry_no = rest.partition("/")
    found = published.find(db, code, noun=noun) if noun and code else None
    if found is None or found.publication.village != village:
        return None
    if not entry_no:
        return About(found.title, url_for(f"public.{noun}", **place | {f"{noun}_id": code}))
    statement = found.publication
    if not isinstance(statement, PublishedStatement) or not entry_no.isdecimal() or len(entry_no) > 5:
        return None
    if not 1 <= int(entry_no) <= statement.statement.entry_count:
        return None
    title = gettext("%(title)s 第 %(no)s 笔", title=found.title, no=entry_no)
    return About(title, url_for("public.entry", statement_id=code, no=int(entry_no), **place))


def answerer_word(answerer: Answerer) -> Any:
    """Who must answer, as pages say it: the department, else the level."""
    return answerer.name or RECEIVERS[answerer.level]


def who_answered(level: str, office: str) -> Any:
    """Who gave an answer: the department by its name, else the level."""
    return gettext("%(office)s答复", office=office) if office else ANSWERED_BY[level]


def receiver_options(
    receivers: Mapping[str, Answerer], now: Answerer, *, is_secret: bool
) -> list[tuple[str, Any]]:
    """Whom something may be handed on to, to choose from: not to whom it is now, and a complaint not to the village."""
    return [
        (key, answerer_word(one))
        for key, one in receivers.items()
        if (one.level, one.department) != (now.level, now.department)
        and not (is_secret and one.level == "village")
    ]


def require_publishable(form: Mapping[str, str]) -> None:
    """RuleError unless the matter is told in the answerer's own words and somebody has looked for names in it."""
    if not form.get("question", "").strip():
        raise RuleError(gettext("要公开的，请用自己的话写一句问的是什么，不写名字。"), code="no_question")
    if form.get("has_no_names") != "1":
        raise RuleError(gettext("公开前请核对：问题和答复里都没有人名，然后打勾。"), code="not_checked")


def due_on(found: Feedback, db: Database) -> str:
    """The day by which it must be accepted or answered, ISO text; "" once it is answered."""
    day = feedback.due_on(db, found)
    return day.isoformat() if day else ""


def days_late(line: FeedbackLine, today: Any) -> int:
    """How many days its clock has run out, 0 while it has not."""
    return max(0, (today - line.due_on).days) if line.due_on else 0

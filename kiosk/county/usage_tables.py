"""The counts of use as tables, the same for the page, the spreadsheet and the paper; small counts of one's own affairs
are words."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from content.usage import PAGES, TEXTS_IN, TEXTS_OUT, Channel, Usage, Used
from kiosk.county.scope_form import month_name
from kiosk.spreadsheets import Cell, Sheet

PAGE_WORDS: dict[str, Any] = {
    "home": lazy_gettext("首页"),
    "party": lazy_gettext("党务"),
    "village": lazy_gettext("村务"),
    "finance": lazy_gettext("财务"),
    "subsidy": lazy_gettext("惠农"),
    "guides": lazy_gettext("办事指南"),
    "search": lazy_gettext("搜索"),
    "verify": lazy_gettext("核对真假"),
    "help": lazy_gettext("帮助和电话"),
    "cases": lazy_gettext("办事和查办件"),
    "mine": lazy_gettext("我的补贴"),
    "say": lazy_gettext("我要说"),
    "follow": lazy_gettext("订短信"),
}
IN_WORDS: dict[str, Any] = {
    "finance": lazy_gettext("问财务"),
    "notices": lazy_gettext("问公告"),
    "subsidy": lazy_gettext("问补贴"),
    "guide": lazy_gettext("问办事"),
    "help": lazy_gettext("要帮助"),
    "menu": lazy_gettext("选数字"),
    "more": lazy_gettext("看下一段"),
    "unknown": lazy_gettext("没看懂的"),
    "case_status": lazy_gettext("查办件"),
    "rating": lazy_gettext("评价"),
    "complaint": lazy_gettext("投诉"),
    "lead": lazy_gettext("请代办"),
    "subscribe": lazy_gettext("订阅"),
    "stop": lazy_gettext("退订"),
    "start": lazy_gettext("恢复"),
}
OUT_WORDS: dict[str, Any] = {
    "reply": lazy_gettext("回复"),
    "notice": lazy_gettext("通知"),
    "case_news": lazy_gettext("办件消息"),
    "code": lazy_gettext("验证码"),
}
WORDS: dict[Channel, Mapping[str, Any]] = {
    "kiosk": PAGE_WORDS,
    "portal": PAGE_WORDS,
    "texts_in": IN_WORDS,
    "texts_out": OUT_WORDS,
}
KINDS: dict[Channel, Sequence[str]] = {
    "kiosk": PAGES,
    "portal": PAGES,
    "texts_in": TEXTS_IN,
    "texts_out": TEXTS_OUT,
}


def cell(used: Used, channel: Channel, what: str) -> Cell:
    """A count as it may be shown."""
    seen = used.shown(channel, what)
    return _("少于5") if seen is None else seen


def kinds(total: Used, *channels: Channel) -> Sheet:
    """One line for each kind that was used at all, and a column for each channel."""
    names = [
        one for one in KINDS[channels[0]] if any(total.by_kind.get((channel, one)) for channel in channels)
    ]
    rows = [
        [str(WORDS[channels[0]][name]), *(cell(total, channel, name) for channel in channels)]
        for name in names
    ]
    head = [_("看什么") if "kiosk" in channels else _("什么短信"), *(channel_word(one) for one in channels)]
    return Sheet("", head, rows, [_("合计"), *(total.total(one) for one in channels)])


def channel_word(channel: Channel) -> str:
    """What a channel is called at the head of a column."""
    return {
        "kiosk": _("自助机"),
        "portal": _("门户网"),
        "texts_in": _("收到短信"),
        "texts_out": _("发出短信"),
    }[channel]


def pages(first: str, lines: Sequence[tuple[str, Used]], total: Used) -> Sheet:
    """Pages by place or month: the kiosk's by kind, and the portal's together."""
    head = [first, _("自助机"), *(str(PAGE_WORDS[name]) for name in PAGES), _("门户网")]

    def line(name: str, used: Used) -> list[Cell]:
        kinds_of_it = [cell(used, "kiosk", what) for what in PAGES]
        return [name, used.total("kiosk"), *kinds_of_it, used.total("portal")]

    return Sheet(_("自助机"), head, [line(*one) for one in lines], line(_("合计"), total))


def texts(first: str, lines: Sequence[tuple[str, Used]], total: Used) -> Sheet:
    """Texts by place or month: those that came in by what they asked, those that went out by what they were."""
    head = [first, _("收到短信"), *(str(IN_WORDS[name]) for name in TEXTS_IN)]
    head += [_("发出短信"), *(str(OUT_WORDS[name]) for name in TEXTS_OUT)]

    def line(name: str, used: Used) -> list[Cell]:
        came = [cell(used, "texts_in", what) for what in TEXTS_IN]
        went = [cell(used, "texts_out", what) for what in TEXTS_OUT]
        return [name, used.total("texts_in"), *came, used.total("texts_out"), *went]

    return Sheet(_("短信"), head, [line(*one) for one in lines], line(_("合计"), total))


def months(found: Usage, span: Sequence[str]) -> list[tuple[str, Used]]:
    """Every month of the span with its use, none too."""
    return [(month_name(month), found.months.get(month, Used())) for month in span]

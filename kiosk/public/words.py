"""Words that depend on data (sections, states, kinds), each in a table so that they can be translated."""

from datetime import date

from flask_babel import format_date, gettext
from flask_babel import lazy_gettext as _

SECTIONS = ("party", "village", "finance", "subsidy")
SECTION_WORDS = {
    "party": _("党务公开"),
    "village": _("村务公开"),
    "finance": _("财务公开"),
    "subsidy": _("惠农补贴"),
}
SECTION_ICONS = {"party": "flag", "village": "village", "finance": "abacus", "subsidy": "grain"}

KIND_WORDS = {
    "notice": _("公告"),
    "statement": _("收支账"),
    "roll": _("补贴名册"),
    "ledger": _("台账"),
    "programme": _("补贴标准"),
    "guide": _("办事指南"),
}
KIND_LOOKS = {
    "notice": "village",
    "statement": "finance",
    "roll": "subsidy",
    "ledger": "finance",
    "programme": "subsidy",
    "guide": "plain",
}
KIND_ICONS = {
    "notice": "file",
    "statement": "abacus",
    "roll": "people",
    "ledger": "sheet",
    "programme": "grain",
    "guide": "guide",
}

CASE_STATES = {
    "filed": _("已提交，等待受理"),
    "supplement": _("需要补正材料"),
    "refused": _("不予受理"),
    "accepted": _("已受理"),
    "in_progress": _("办理中"),
    "paused": _("特别程序中，暂停计时"),
    "decided": _("已作出决定"),
    "closed": _("已办结"),
    "sent": _("结果已送出"),
    "collected": _("结果已领取"),
}
CASE_LOOKS = {
    "filed": "wait",
    "supplement": "warn",
    "refused": "alarm",
    "accepted": "wait",
    "in_progress": "wait",
    "paused": "wait",
    "decided": "ok",
    "closed": "ok",
    "sent": "ok",
    "collected": "ok",
}
CASE_MOVES = {
    "case_refused": _("不予受理"),
    "case_supplement_asked": _("需要补正材料"),
    "case_supplemented": _("补交材料"),
    "case_accepted": _("已受理"),
    "case_deemed_accepted": _("视为受理"),
    "case_handed_over": _("转交其他部门"),
    "case_opinion_asked": _("征求其他部门意见"),
    "case_opinion_given": _("答复意见"),
    "case_step_done": _("办完了一个环节"),
    "case_paused": _("开始特别程序"),
    "case_resumed": _("特别程序结束了"),
    "case_decided": _("已作出决定"),
    "case_closed": _("已办结"),
    "case_sent": _("送出结果"),
    "case_collected": _("领取结果"),
    "case_rated": _("评价"),
}

SCORES = {
    5: _("非常满意"),
    4: _("满意"),
    3: _("基本满意"),
    2: _("不满意"),
    1: _("非常不满意"),
}
# What is said is kept in Chinese, so that the county counts one word for one thing.
PRAISE = {"办得快": _("办得快"), "态度好": _("态度好"), "说得清楚": _("说得清楚"), "不用跑": _("不用跑")}
BLAME = {
    "时间长": _("时间长"),
    "跑的次数多": _("跑的次数多"),
    "说不清楚": _("说不清楚"),
    "态度不好": _("态度不好"),
}

TERMS = {
    "立春": _("立春"),
    "雨水": _("雨水"),
    "惊蛰": _("惊蛰"),
    "春分": _("春分"),
    "清明": _("清明"),
    "谷雨": _("谷雨"),
    "立夏": _("立夏"),
    "小满": _("小满"),
    "芒种": _("芒种"),
    "夏至": _("夏至"),
    "小暑": _("小暑"),
    "大暑": _("大暑"),
    "立秋": _("立秋"),
    "处暑": _("处暑"),
    "白露": _("白露"),
    "秋分": _("秋分"),
    "寒露": _("寒露"),
    "霜降": _("霜降"),
    "立冬": _("立冬"),
    "小雪": _("小雪"),
    "大雪": _("大雪"),
    "冬至": _("冬至"),
    "小寒": _("小寒"),
    "大寒": _("大寒"),
}


def local_month(month: str) -> str:
    """A stored month "2026-10" as people read it: "2026年10月"."""
    return format_date(date.fromisoformat(f"{month}-01"), gettext("yyyy年M月"))

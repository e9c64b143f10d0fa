"""Words of supervision (电子监察) on every page that shows it: clocks, colours, states, who is told."""

from datetime import date

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from content.codes import grouped
from content.supervision_rules import Rule, RuleSet, by_clock
from kiosk.pages import local_day

CLOCKS = {
    "accept": _("受理期限"),
    "step": _("环节时限"),
    "promised": _("承诺时限"),
    "legal": _("法定时限"),
    "feedback_accept": _("意见受理期限"),
    "feedback_answer": _("意见答复期限"),
    "disclosure": _("公开期限"),
}
COLOURS = {"reminder": _("提醒"), "yellow": _("黄牌"), "red": _("红牌")}
COLOUR_LOOKS = {"reminder": "wait", "yellow": "warn", "red": "alarm"}
COLOUR_ICONS = {"reminder": "info", "yellow": "card", "red": "card"}
STATES = {
    "issued": _("已下发"),
    "appealed": _("申诉中"),
    "upheld": _("维持"),
    "withdrawn": _("已撤销"),
}
STATE_LOOKS = {"issued": "", "appealed": "warn", "upheld": "alarm", "withdrawn": "ok"}
SUBJECTS = {"case": _("办件"), "feedback": _("群众意见"), "disclosure": _("公开事项")}
WHO = {
    "holder": _("责任单位"),
    "township": _("乡镇"),
    "county": _("县政务服务"),
    "auditor": _("监察"),
}
CARD_MOVES = {
    "card_appealed": _("申诉"),
    "card_decided": _("监察作出决定"),
    "card_withdrawn": _("监察撤销"),
    "card_escalated": _("没有改正，再告知上级"),
}
OUTCOMES = {"upheld": _("维持原牌"), "withdrawn": _("撤销这张牌")}


def subject_words(subject: str, case_no: str, title: str) -> str:
    """What a card is about: "办件 Q7K 2M9 XFP 高龄津贴申领"."""
    if subject == "disclosure":
        item, _space, period = case_no.partition(" ")
        return f"{item} {title} {period}"
    if subject == "feedback":
        kinds = {
            "consultation": gettext("咨询"),
            "suggestion": gettext("建议"),
            "complaint": gettext("投诉"),
            "objection": gettext("异议"),
        }
        return f"{kinds.get(title, '')} {grouped(case_no)}".strip()
    return f"{grouped(case_no)} {title}".strip()


def basis_words(basis: str, step: str) -> str:
    """Which clock, with its step."""
    word = str(CLOCKS.get(basis, basis))
    return gettext("%(word)s（第 %(step)s 步）", word=word, step=step) if step and step != "0" else word


def rule_when(rule: Rule, names: dict[str, str]) -> str:
    """When a rule gives its card, in words. names: rule id -> name."""
    days = abs(rule.offset)
    if rule.after:
        words = gettext(
            "“%(before)s”通知的日期过后第 %(days)s 个工作日",
            before=names.get(rule.after, rule.after),
            days=days,
        )
    elif rule.offset < 0:
        words = gettext("到期前 %(days)s 个工作日", days=days)
    elif rule.offset:
        words = gettext("到期后第 %(days)s 个工作日", days=days)
    else:
        words = gettext("到期当天")
    return gettext("%(words)s %(hour)s 时起", words=words, hour=rule.hour) if rule.hour else words


def told_words(who: tuple[str, ...] | list[str]) -> str:
    """Who is told, in words; "—" for nobody."""
    return gettext("、").join(str(WHO[one]) for one in dict.fromkeys(who) if one in WHO) or "—"


def days_late(due_on: str, today: date) -> int:
    """How many days a due day is past, 0 while it is not."""
    return max(0, (today - date.fromisoformat(due_on)).days) if due_on else 0


def day(text: str) -> str:
    """A day as pages show it, "—" for none."""
    return local_day(text) or "—"


def then_words(rule: Rule) -> str:
    """What follows from a card, in words; "" for nothing."""
    said = []
    if rule.rectify_days:
        said.append(gettext("限 %(days)s 个工作日改正", days=rule.rectify_days))
    if rule.escalate_days:
        who = told_words((*rule.escalate_page, *rule.escalate_sms))
        said.append(gettext("%(days)s 个工作日没有改正，再告诉%(who)s", days=rule.escalate_days, who=who))
    return gettext("；").join(said)


def rules_in_words(rule_set: RuleSet) -> list[tuple[Rule, str, str]]:
    """A set's rules by clock, mildest first, each with when it gives its card and what follows."""
    names = {rule.id: rule.name for rule in rule_set.rules}
    return [
        (rule, rule_when(rule, names), then_words(rule))
        for clock in CLOCKS
        for rule in by_clock(rule_set.rules, clock)
    ]

"""Words of the desk that depend on data (kinds, states, sections), each in a table so that they can be translated."""

from flask_babel import lazy_gettext as _

KINDS = {"notice": _("公告"), "statement": _("收支账"), "roll": _("补贴名册"), "ledger": _("台账")}
KIND_ICONS = {"notice": "file", "statement": "abacus", "roll": "people", "ledger": "sheet"}
KIND_LOOKS = {"notice": "village", "statement": "finance", "roll": "subsidy", "ledger": "finance"}

DRAFT_STATES = {
    "draft": _("正在填写"),
    "submitted": _("等监委会签字"),
    "returned": _("已退回"),
    "published": _("已公开"),
}
DRAFT_LOOKS = {"draft": "plain", "submitted": "wait", "returned": "warn", "published": "ok"}

SECTIONS = {
    "party": _("党务"),
    "village": _("村务"),
    "finance": _("财务"),
    "subsidy": _("惠农"),
}

FOUND = {
    "id18": _("身份证号"),
    "id15": _("旧身份证号"),
    "bank": _("银行账号"),
    "mobile": _("手机号"),
    "landline": _("电话"),
    "passport": _("护照或通行证号"),
    "wechat": _("微信号"),
    "plate": _("车牌号"),
    "address": _("住址"),
}

COLUMN_KINDS = {
    "id18": _("身份证号"),
    "id20": _("残疾人证号"),
    "bank": _("银行账号"),
    "mobile": _("手机号"),
    "name": _("他人姓名"),
    "health": _("健康和困难情况"),
    "address": _("住址"),
    "birth_date": _("出生日期"),
    "free_text": _("备注"),
}

PUBLICATION_STATES = {
    "published": _("公开中"),
    "replaced": _("已更正"),
    "withdrawn": _("已撤回"),
}
PUBLICATION_LOOKS = {"published": "ok", "replaced": "wait", "withdrawn": "warn"}

CASE_LOOKS = {
    "supplement": "warn",
    "refused": "alarm",
    "decided": "ok",
    "closed": "ok",
    "sent": "ok",
    "collected": "ok",
}

OUTCOMES = {"level": _("已对上"), "partial": _("对了一部分"), "failed": _("没有连上")}
OUTCOME_LOOKS = {"level": "ok", "partial": "wait", "failed": "warn"}

"""Words of the desk that depend on data (kinds, states, sections), each in a table so that they can be translated."""

from flask_babel import lazy_gettext as _l

KINDS = {"notice": _l("公告"), "statement": _l("收支账"), "roll": _l("补贴名册"), "ledger": _l("台账")}
KIND_ICONS = {"notice": "file", "statement": "abacus", "roll": "people", "ledger": "sheet"}
KIND_LOOKS = {"notice": "village", "statement": "finance", "roll": "subsidy", "ledger": "finance"}

DRAFT_STATES = {
    "draft": _l("正在填写"),
    "submitted": _l("等监委会签字"),
    "returned": _l("已退回"),
    "published": _l("已公开"),
}
DRAFT_LOOKS = {"draft": "plain", "submitted": "wait", "returned": "warn", "published": "ok"}

SECTIONS = {
    "party": _l("党务"),
    "village": _l("村务"),
    "finance": _l("财务"),
    "subsidy": _l("惠农"),
}

FOUND = {
    "id18": _l("身份证号"),
    "id15": _l("旧身份证号"),
    "bank": _l("银行账号"),
    "mobile": _l("手机号"),
    "landline": _l("电话"),
    "passport": _l("护照或通行证号"),
    "wechat": _l("微信号"),
    "plate": _l("车牌号"),
    "address": _l("住址"),
}

PUBLICATION_STATES = {
    "published": _l("公开中"),
    "replaced": _l("已更正"),
    "withdrawn": _l("已撤回"),
}
PUBLICATION_LOOKS = {"published": "ok", "replaced": "wait", "withdrawn": "warn"}

CASE_LOOKS = {"supplement": "warn", "refused": "alarm", "decided": "ok", "closed": "ok", "collected": "ok"}

OUTCOMES = {"level": _l("已对上"), "partial": _l("对了一部分"), "failed": _l("没有连上")}
OUTCOME_LOOKS = {"level": "ok", "partial": "wait", "failed": "warn"}

"""The words for states, roles and kinds as the console says them; each is translated through these tables."""

from flask_babel import lazy_gettext

STATES = {
    "filed": lazy_gettext("已提交，等待受理"),
    "supplement": lazy_gettext("需要补正材料"),
    "refused": lazy_gettext("不予受理"),
    "accepted": lazy_gettext("已受理"),
    "in_progress": lazy_gettext("办理中"),
    "paused": lazy_gettext("特别程序中，暂停计时"),
    "decided": lazy_gettext("已作出决定"),
    "closed": lazy_gettext("已办结"),
    "sent": lazy_gettext("结果已送出"),
    "collected": lazy_gettext("结果已领取"),
}
STATE_LOOKS = {
    "filed": "warn",
    "supplement": "wait",
    "refused": "",
    "accepted": "wait",
    "in_progress": "wait",
    "paused": "wait",
    "decided": "warn",
    "closed": "ok",
    "sent": "ok",
    "collected": "ok",
}
MOVES = {
    "case_refused": lazy_gettext("不予受理"),
    "case_supplement_asked": lazy_gettext("要求补正"),
    "case_supplemented": lazy_gettext("补交材料"),
    "case_accepted": lazy_gettext("受理"),
    "case_deemed_accepted": lazy_gettext("视为受理"),
    "case_handed_over": lazy_gettext("转交其他部门"),
    "case_opinion_asked": lazy_gettext("征求其他部门意见"),
    "case_opinion_given": lazy_gettext("答复意见"),
    "case_step_done": lazy_gettext("办完一个环节"),
    "case_paused": lazy_gettext("进入特别程序"),
    "case_resumed": lazy_gettext("结束特别程序"),
    "case_decided": lazy_gettext("作出决定"),
    "case_closed": lazy_gettext("办结"),
    "case_sent": lazy_gettext("送出结果"),
    "case_collected": lazy_gettext("登记领取"),
    "case_rated": lazy_gettext("评价"),
}
CHANNELS = {"desk": lazy_gettext("村里代办"), "kiosk": lazy_gettext("自助机"), "sms": lazy_gettext("短信")}
DUES = {
    "overdue": lazy_gettext("已经超期"),
    "today": lazy_gettext("今天到期"),
    "later": lazy_gettext("还没到期"),
    "none": lazy_gettext("没有计时"),
}
ROLES = {
    "agent": lazy_gettext("代办员"),
    "committee": lazy_gettext("村务监督委员会"),
    "township": lazy_gettext("乡镇工作人员"),
    "county": lazy_gettext("县级工作人员"),
    "auditor": lazy_gettext("监察"),
    "admin": lazy_gettext("系统管理员"),
}
DEVICE_STATES = {
    "waiting": lazy_gettext("等待批准"),
    "active": lazy_gettext("正常使用"),
    "closed": lazy_gettext("已停用"),
}
DEVICE_LOOKS = {"waiting": "warn", "active": "ok", "closed": ""}
SYNC_STATES = {
    "waiting": lazy_gettext("有设备等待批准"),
    "late": lazy_gettext("迟了"),
    "disk": lazy_gettext("磁盘快满"),
    "clock": lazy_gettext("时钟不准"),
    "none": lazy_gettext("还没有设备"),
    "ok": lazy_gettext("正常"),
}
SYNC_LOOKS = {"waiting": "warn", "late": "alarm", "disk": "warn", "clock": "warn", "none": "", "ok": "ok"}
STREAM_STATES = {
    "open": lazy_gettext("在用"),
    "closed": lazy_gettext("已结束"),
    "forked": lazy_gettext("已封存，待复核"),
}
STREAM_LOOKS = {"open": "ok", "closed": "", "forked": "alarm"}
# The disclosure clock's states in a key beside the heat table, and the sign of each in its narrow cells.
CLOCK_STATES = {
    "overdue": lazy_gettext("逾期（天数）"),
    "due": lazy_gettext("待公开"),
    "published": lazy_gettext("已公开"),
    "waiting_event": lazy_gettext("有事就公开"),
}
CLOCK_SIGNS = {"overdue": "39", "due": "○", "published": "✓", "waiting_event": "·"}
GUIDE_STATES = {
    "in_force": lazy_gettext("现行"),
    "waiting": lazy_gettext("等到生效日"),
    "ended": lazy_gettext("已过期"),
    "replaced": lazy_gettext("被新版代替"),
    "withdrawn": lazy_gettext("已停用"),
}
GUIDE_LOOKS = {"in_force": "ok", "waiting": "wait", "ended": "", "replaced": "", "withdrawn": "alarm"}
DRAFT_STATES = {
    "draft": lazy_gettext("起草中"),
    "submitted": lazy_gettext("等人核准"),
    "returned": lazy_gettext("退回修改"),
}
DRAFT_LOOKS = {"draft": "", "submitted": "warn", "returned": "alarm"}
AUDIENCES = {"all": lazy_gettext("所有人"), "county": lazy_gettext("县里")}
KINDS = {
    "stream_opened": lazy_gettext("开启记录流"),
    "entry_redacted": lazy_gettext("删除内容"),
    "county_introduced": lazy_gettext("县级信息"),
    "village_listed": lazy_gettext("登记村"),
    "account_set": lazy_gettext("账号变动"),
    "department_set": lazy_gettext("承办部门变动"),
    "calendar_year_set": lazy_gettext("年度放假安排"),
    "catalogue_item_set": lazy_gettext("公开目录变动"),
    "programme_set": lazy_gettext("补贴标准变动"),
    "guide_published": lazy_gettext("发布办事指南"),
    "guide_withdrawn": lazy_gettext("停用办事指南"),
    "notice_published": lazy_gettext("发布公告"),
    "notice_withdrawn": lazy_gettext("撤回公告"),
    "statement_published": lazy_gettext("发布收支表"),
    "statement_withdrawn": lazy_gettext("撤回收支表"),
    "roll_published": lazy_gettext("发布补贴名册"),
    "roll_withdrawn": lazy_gettext("撤回补贴名册"),
    "ledger_published": lazy_gettext("发布台账"),
    "ledger_withdrawn": lazy_gettext("撤回台账"),
    "account_chart_set": lazy_gettext("会计科目变动"),
    "payments_held": lazy_gettext("个人补贴明细"),
    "rows_held": lazy_gettext("表格内容"),
    "case_filed": lazy_gettext("提交办件"),
    "feedback_filed": lazy_gettext("群众提意见"),
    "feedback_accepted": lazy_gettext("受理意见"),
    "feedback_answered": lazy_gettext("答复意见"),
    "feedback_urged": lazy_gettext("催办意见"),
    "feedback_handed_on": lazy_gettext("转办意见"),
    "feedback_routes_set": lazy_gettext("意见分流变动"),
    "feedback_published": lazy_gettext("公开答复"),
    "rating_rules_set": lazy_gettext("差评办理规则变动"),
    "rating_followed_up": lazy_gettext("追评"),
    "rating_contacted": lazy_gettext("回访差评"),
    "rating_fixed": lazy_gettext("整改差评"),
    "rating_appealed": lazy_gettext("差评申诉"),
    "rating_decided": lazy_gettext("差评申诉裁定"),
    "answer_limits_set": lazy_gettext("答复期限变动"),
    "supervision_rules_set": lazy_gettext("监察规则变动"),
    "finding_raised": lazy_gettext("发现疑点"),
    "finding_reviewed": lazy_gettext("核对疑点"),
    "card_issued": lazy_gettext("发出提醒或牌"),
    "card_appealed": lazy_gettext("对牌申诉"),
    "card_decided": lazy_gettext("申诉决定"),
    "card_withdrawn": lazy_gettext("撤销牌"),
    "card_escalated": lazy_gettext("牌升级告知"),
    "vote_limit_set": lazy_gettext("大额支出限额变动"),
    "case_phone_changed": lazy_gettext("改办件的电话"),
    "certificate_issued": lazy_gettext("签发了电子证照"),
    "certificate_revoked": lazy_gettext("撤销电子证照"),
    "lead_begun": lazy_gettext("短信请代办"),
    "lead_ended": lazy_gettext("代办请求办好了"),
    "subscription_asked": lazy_gettext("要订短信"),
    "usage_counted": lazy_gettext("使用次数"),
    **MOVES,
}
PROOFS = {
    "waiting": lazy_gettext("等县里核对"),
    "proven": lazy_gettext("已核对"),
    "broken": lazy_gettext("对不上"),
}
PROOF_LOOKS = {"waiting": "wait", "proven": "ok", "broken": "alarm"}

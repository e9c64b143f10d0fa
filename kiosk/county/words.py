"""The words for states, roles and kinds as the console says them; each is translated through these tables."""

from flask_babel import lazy_gettext as _l

STATES = {
    "filed": _l("已提交，等待受理"),
    "supplement": _l("需要补正材料"),
    "refused": _l("不予受理"),
    "accepted": _l("已受理"),
    "in_progress": _l("办理中"),
    "paused": _l("特别程序中，暂停计时"),
    "decided": _l("已作出决定"),
    "closed": _l("已办结"),
    "collected": _l("结果已领取"),
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
    "collected": "ok",
}
MOVES = {
    "case_refused": _l("不予受理"),
    "case_supplement_asked": _l("要求补正"),
    "case_supplemented": _l("补交材料"),
    "case_accepted": _l("受理"),
    "case_step_done": _l("办完一个环节"),
    "case_paused": _l("进入特别程序"),
    "case_resumed": _l("结束特别程序"),
    "case_decided": _l("作出决定"),
    "case_closed": _l("办结"),
    "case_collected": _l("登记领取"),
    "case_rated": _l("评价"),
}
CHANNELS = {"desk": _l("村里代办"), "kiosk": _l("自助机"), "sms": _l("短信")}
DUES = {
    "overdue": _l("已经超期"),
    "today": _l("今天到期"),
    "later": _l("还没到期"),
    "none": _l("没有计时"),
}
ROLES = {
    "agent": _l("代办员"),
    "committee": _l("村务监督委员会"),
    "township": _l("乡镇工作人员"),
    "county": _l("县级工作人员"),
    "auditor": _l("监察"),
    "admin": _l("系统管理员"),
}
DEVICE_STATES = {"waiting": _l("等待批准"), "active": _l("正常使用"), "closed": _l("已停用")}
DEVICE_LOOKS = {"waiting": "warn", "active": "ok", "closed": ""}
SYNC_STATES = {
    "waiting": _l("有设备等待批准"),
    "late": _l("迟了"),
    "clock": _l("时钟不准"),
    "none": _l("还没有设备"),
    "ok": _l("正常"),
}
SYNC_LOOKS = {"waiting": "warn", "late": "alarm", "clock": "warn", "none": "", "ok": "ok"}
AUDIENCES = {"all": _l("所有人"), "county": _l("县里")}
KINDS = {
    "stream_opened": _l("开启记录流"),
    "entry_redacted": _l("删除内容"),
    "county_introduced": _l("县级信息"),
    "village_listed": _l("登记村"),
    "account_set": _l("账号变动"),
    "calendar_year_set": _l("年度放假安排"),
    "catalogue_item_set": _l("公开目录变动"),
    "programme_set": _l("补贴标准变动"),
    "guide_published": _l("发布办事指南"),
    "guide_withdrawn": _l("停用办事指南"),
    "notice_published": _l("发布公告"),
    "notice_withdrawn": _l("撤回公告"),
    "statement_published": _l("发布收支表"),
    "statement_withdrawn": _l("撤回收支表"),
    "roll_published": _l("发布补贴名册"),
    "roll_withdrawn": _l("撤回补贴名册"),
    "account_chart_set": _l("会计科目变动"),
    "payments_held": _l("个人补贴明细"),
    "rows_held": _l("表格内容"),
    "case_filed": _l("提交办件"),
    **MOVES,
}
PROOFS = {"waiting": _l("等县里核对"), "proven": _l("已核对"), "broken": _l("对不上")}
PROOF_LOOKS = {"waiting": "wait", "proven": "ok", "broken": "alarm"}

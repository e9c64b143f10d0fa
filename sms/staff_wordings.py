"""The words of texts to staff: reminders and cards. Never a name, nor what a case or a complaint says; see templates.py."""

from sms.case_wordings import Wordings

STAFF_WORDINGS: Wordings = {
    "staff_card": {
        "zh": (
            "{colour}：{about}的{clock}是{due_on}，请登录工作台办理；觉得不对可以申诉。",
            "{colour}：{about}的{clock}是{due_on}，请登录办理。",
        )
    },
    "staff_card_by": {
        "zh": (
            "{colour}：{about}的{clock}是{due_on}，请在{rectify_by}前改正；觉得不对可以申诉。",
            "{colour}：{about}{clock}{due_on}，请{rectify_by}前改正。",
        )
    },
    "staff_card_up": {
        "zh": ("{colour}：{about}超过{clock}（{due_on}），还没有改正，请督促。",),
    },
}

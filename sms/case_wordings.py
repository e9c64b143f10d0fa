"""The words of texts about a case: its news, where it stands, and the one sentence for everybody else; see templates.py."""

from typing import Literal

Language = Literal["zh", "en"]
Wordings = dict[str, dict[Language, tuple[str, ...]]]

CASE_WORDINGS: Wordings = {
    # Case news, to the number on file.
    "case_filed": {
        "zh": (
            "您的{matter}已提交，办件号{case_no}。发这个号码可查进度，请不要告诉别人。",
            "申请已提交，办件号{case_no}。发这个号码可查进度。",
            "已提交，办件号{case_no}，发此号可查。",
        )
    },
    "case_accepted": {
        "zh": (
            "您的{matter}（{case_no}）已受理，承诺{due_on}前办结。",
            "办件{case_no}已受理，承诺{due_on}前办结。",
        )
    },
    "case_accepted_open": {
        "zh": ("您的{matter}（{case_no}）已受理，有进展会发短信告诉您。", "办件{case_no}已受理。")
    },
    "case_deemed_accepted": {
        "zh": (
            "您的{matter}（{case_no}）满五个工作日没有答复，算已经受理，应在{due_on}前办结。",
            "办件{case_no}满五个工作日没答复，算已受理，应在{due_on}前办结。",
        )
    },
    "case_deemed_accepted_open": {
        "zh": (
            "您的{matter}（{case_no}）满五个工作日没有答复，算已经受理，有进展会发短信告诉您。",
            "办件{case_no}满五个工作日没答复，算已受理。",
        )
    },
    "case_handed_over": {
        "zh": (
            "您的{matter}（{case_no}）转到{department}接着办，期限不变，不用您再跑。",
            "办件{case_no}转到{department}接着办，期限不变。",
            "办件{case_no}转到下一个部门接着办，期限不变。",
        )
    },
    "case_handed_plain": {"zh": ("办件{case_no}转到下一个部门接着办，期限不变，不用您再跑。",)},
    "case_opinion_asked": {"zh": ("办件{case_no}正在同时征求几个部门的意见，期限不变，不用您再跑。",)},
    "case_posted": {
        "zh": (
            "您的{matter}（{case_no}）结果已寄出：{carrier}，单号{tracking_no}。满意吗？回1到5，5最满意。",
            "办件{case_no}结果已寄出：{carrier}{tracking_no}。回1到5评价，5最满意。",
            "办件{case_no}结果已寄出，单号请问村便民服务点。回1到5评价，5最满意。",
        )
    },
    "case_certificate": {
        "zh": (
            "您的{matter}（{case_no}）电子证照已签发。在县里网页用办件号和电话后四位下载，也可到村里请人帮忙。",
            "办件{case_no}电子证照已签发，请到村便民服务点问怎么取。",
        )
    },
    "case_closed_sent": {
        "zh": (
            "您的{matter}（{case_no}）已办结，结果会送给您，送出时再发短信。满意吗？回1到5，5最满意。",
            "办件{case_no}已办结，结果会送给您。回1到5评价，5最满意。",
        )
    },
    "case_refused": {
        "zh": (
            "您的{matter}（{case_no}）没有受理，原因请到村便民服务点或县里窗口问，也可打电话{phone}。",
            "办件{case_no}没有受理，原因请到村便民服务点问。",
        )
    },
    "case_supplement_asked": {
        "zh": (
            "您的{matter}（{case_no}）还缺：{items}。请在{due_on}前交到村便民服务点。",
            "办件{case_no}还缺：{items}。请{due_on}前交到村里。",
            "办件{case_no}还缺{count}样材料，请{due_on}前交到村里，清单在村便民服务点。",
        )
    },
    "case_supplement_count": {
        "zh": ("办件{case_no}还缺{count}样材料，请{due_on}前交到村里，清单在村便民服务点。",)
    },
    "case_step_plain": {"zh": ("办件{case_no}又办完一步，正在办下一步。",)},
    "case_step_done": {
        "zh": (
            "您的{matter}（{case_no}）办完“{step}”，下一步：{next_step}。",
            "办件{case_no}办完“{step}”，下一步：{next_step}。",
            "办件{case_no}又办完一步，正在办下一步。",
        )
    },
    "case_paused": {
        "zh": (
            "您的{matter}（{case_no}）进入特别程序，这段时间不算办理期限，结束后接着办。",
            "办件{case_no}进入特别程序，暂停计时，结束后接着办。",
        )
    },
    "case_resumed": {
        "zh": (
            "您的{matter}（{case_no}）接着办了，新的期限是{due_on}。",
            "办件{case_no}接着办了，新期限{due_on}。",
        )
    },
    "case_resumed_open": {
        "zh": ("您的{matter}（{case_no}）接着办了，有进展会发短信告诉您。", "办件{case_no}接着办了。")
    },
    "case_decided": {
        "zh": (
            "您的{matter}（{case_no}）已作出决定，办结时会再发短信。有疑问请打{phone}。",
            "办件{case_no}已作出决定，办结时会再发短信。",
        )
    },
    "case_closed": {
        "zh": (
            "您的{matter}（{case_no}）已办结。领取：{collect_at}，{when}。满意吗？回1到5，5最满意。",
            "办件{case_no}已办结。领取：{collect_at}。请回1到5评价，5最满意。",
            "办件{case_no}已办结，请到村便民服务点问领取。回1到5评价，5最满意。",
        )
    },
    "case_closed_plain": {
        "zh": (
            "您的{matter}（{case_no}）已办结，请到村便民服务点问领取。满意吗？回1到5，5最满意。",
            "办件{case_no}已办结，请到村便民服务点问领取。回1到5评价，5最满意。",
        )
    },
    # What somebody was not satisfied with has been put right.
    "rating_put_right": {
        "zh": (
            "您的{matter}（{case_no}）没办好的地方已经改了。请发“评价”加1到5再评一次，5最满意，如：评价5。",
            "办件{case_no}没办好的地方已经改了。请发“评价”加1到5再评一次，5最满意。",
            "办件{case_no}已经改了，请发“评价”加1到5再评，5最满意。",
        )
    },
    "rating_put_right_told": {
        "zh": (
            "您的{matter}（{case_no}）没办好的地方已经改了，谢谢您的意见。还有不满意的请打{phone}。",
            "办件{case_no}没办好的地方已经改了，谢谢您的意见。",
        )
    },
    "case_phone_new": {
        "zh": (
            "您的{matter}（{case_no}）以后的短信发到这个手机。发这个号码可查进度，请不要告诉别人。",
            "办件{case_no}以后的短信发到这个手机，发此号可查进度。",
        )
    },
    "case_phone_old": {
        "zh": (
            "办件{case_no}的联系电话改了，以后的短信不再发到这个手机。不是您改的，请马上打{phone}。",
            "办件{case_no}的联系电话改了。不是您改的，请打{phone}。",
        )
    },
    # What a case's number on file is told when it asks.
    "status_filed": {
        "zh": ("办件{case_no}已提交，等县里答复是否受理，有消息就发短信给您。",),
        "en": (
            "Case {case_no}: handed in, waiting to be accepted. We will text you.",
            "Case {case_no}: handed in.",
        ),
    },
    "status_supplement": {
        "zh": (
            "办件{case_no}还缺：{items}。请在{due_on}前交到村便民服务点。",
            "办件{case_no}还缺{count}样材料，请{due_on}前交到村里，清单在村便民服务点。",
        )
    },
    "status_supplement_count": {
        "zh": ("办件{case_no}还缺{count}样材料，请{due_on}前交到村里，清单在村便民服务点。",),
        "en": (
            "Case {case_no}: {count} papers are missing. Please hand them in at the village service point by {due_iso}.",
        ),
    },
    "status_refused": {
        "zh": ("办件{case_no}没有受理，原因请到村便民服务点或县里窗口问。",),
        "en": ("Case {case_no} was not accepted. Please ask at the village service point.",),
    },
    "status_accepted": {
        "zh": ("办件{case_no}已受理，应在{due_on}前办结。",),
        "en": ("Case {case_no}: accepted, due by {due_iso}.",),
    },
    "status_undated": {
        "zh": ("办件{case_no}已受理，正在办理，有进展会发短信给您。",),
        "en": ("Case {case_no}: in progress. We will text you when something moves.",),
    },
    "status_in_progress": {
        "zh": ("办件{case_no}正在办理，应在{due_on}前办结。",),
        "en": ("Case {case_no}: in progress, due by {due_iso}.",),
    },
    "status_paused": {
        "zh": ("办件{case_no}在特别程序中，暂停计时，结束后接着办。",),
        "en": ("Case {case_no}: on hold for a special procedure; its time does not count.",),
    },
    "status_decided": {
        "zh": ("办件{case_no}已作出决定，办结时会再发短信给您。",),
        "en": ("Case {case_no}: decided. We will text you when it is closed.",),
    },
    "status_closed": {
        "zh": (
            "办件{case_no}已办结。领取：{collect_at}，{when}。",
            "办件{case_no}已办结，领取请问村便民服务点。",
        ),
        "en": ("Case {case_no}: closed. Please ask the village service point where to collect the result.",),
    },
    "status_sent": {
        "zh": ("办件{case_no}已办结，结果已经送出，有疑问请问村便民服务点。",),
        "en": ("Case {case_no}: closed, the result has been sent out.",),
    },
    "status_collected": {
        "zh": ("办件{case_no}的结果已经领取。",),
        "en": ("Case {case_no}: the result has been collected.",),
    },
    # The same for a number that does not exist, is someone else's, or is locked.
    "case_neutral": {
        "zh": ("收到。如有这个办件，进度会发到申请时留的手机号。请核对办件号，或问村便民服务点。",),
        "en": (
            "Received. If there is such a case, its state is sent to the phone number given with the application.",
        ),
    },
    "case_elsewhere": {
        "zh": ("查办件进度请把办件号发到县里的号码{number}，或到村便民服务点查。",),
        "en": ("For the state of a case please text its number to the county: {number}.",),
    },
    "case_which": {
        "zh": ("查进度请发9位办件号，受理短信和回执上有。没有回执请到村便民服务点查。",),
        "en": ("Please text the 9-character case number printed on your receipt.",),
    },
}

"""The words of every text, long, short and shortest, in Chinese and English; who gets which is replies.py and notify.py.

A text never says why a case was refused, nor names a matter that tells of need or illness, nor any digit of an ID.
"""

from dataclasses import dataclass
from typing import Literal

from sms import segments

Language = Literal["zh", "en"]
NEXT_PAGE = {"zh": segments.NEXT_PAGE, "en": " ({page}/{pages}) M=more"}

# key -> language -> wordings, the longest first. English texts fall back on Chinese where a key has none: what is
# published is Chinese anyway.
WORDINGS: dict[str, dict[Language, tuple[str, ...]]] = {
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
    # Public things.
    "notices": {
        "zh": ("最新公告：{lines}。回数字看内容",),
        "en": ("Latest notices: {lines}. Reply with a digit to read one",),
    },
    "notices_none": {
        "zh": ("没有找到这方面的公告。发“公告”看最新的几条。",),
        "en": ("No notice found. Text NEWS for the latest.",),
    },
    "notices_never": {
        "zh": ("村里还没有在这里发布公告。",),
        "en": ("No notices have been published here yet.",),
    },
    "notice_detail": {"zh": ("{title}（{day}）：{words}",)},
    "finance": {
        "zh": (
            "{period}收入{income}元，支出{expense}元，结余{closing}元。逐笔账在村里一体机上看。",
            "{period}收{income}元，支{expense}元，余{closing}元。",
        ),
        "en": (
            "{period}: income {income}, spent {expense}, balance {closing} yuan. Every entry is on the kiosk.",
        ),
    },
    "finance_none": {
        "zh": ("{period}的账还没有公布。发“财务”看最近一期。",),
        "en": ("The accounts of {period} are not published yet. Text FINANCE for the latest.",),
    },
    "finance_never": {
        "zh": ("村里还没有在这里公布账目，请问村便民服务点{phone}。",),
        "en": ("No accounts have been published here yet.",),
    },
    "subsidies": {
        "zh": ("本县的惠农补贴：{lines}。回数字看标准",),
        "en": ("Subsidies: {lines}. Reply with a digit for the rate",),
    },
    "subsidy": {"zh": ("{name}：{rates}。发给：{who}。自己的到账请在村里一体机上查。",)},
    "subsidy_unknown": {
        "zh": (
            "{name}：本县标准还没有录入，请问村便民服务点{phone}。自己的到账请在村里一体机上查。",
            "{name}：本县标准还没有录入，请问村便民服务点{phone}。",
        )
    },
    "subsidy_none": {
        "zh": ("没有找到这项补贴。发“补贴”看有哪些，或打村便民服务点电话{phone}。",),
        "en": ("No such subsidy found. Text SUBSIDY for the list.",),
    },
    "guides": {
        "zh": ("能办的事：{lines}。回数字看怎么办",),
        "en": ("Services: {lines}. Reply with a digit for details",),
    },
    "guide": {"zh": ("{name}：带{materials}，到{place}。{limit}，{fee}。咨询{phone}。",)},
    "guide_none": {
        "zh": ("没有找到这项办事指南。发“办事”看有哪些，或打村便民服务点电话{phone}。",),
        "en": ("No such guide found. Text GUIDE for the list.",),
    },
    # Talking.
    "help": {
        "zh": (
            "发办件号查进度；发 公告、财务、补贴、办事 查村里的事；发 投诉加内容 反映问题。退订发TD。电话{phone}",
        ),
        "en": (
            "Text a case number, or NEWS, FINANCE, SUBSIDY, GUIDE, COMPLAIN + your words. STOP ends our notices.",
        ),
    },
    "unknown": {
        "zh": ("没看懂您的意思。发办件号查进度，发“帮助”看能查什么，或打村便民服务点电话{phone}。",),
        "en": ("Sorry, we did not understand. Text HELP to see what you can ask.",),
    },
    "private_number": {
        "zh": ("为了您的安全，请不要用短信发身份证号和银行卡号。查进度只要发办件号。",),
    },
    "no_more": {
        "zh": ("没有下一页了。发“帮助”看能查什么。",),
        "en": ("That was the last page. Text HELP for more.",),
    },
    "which_village": {
        "zh": ("您问的是哪个村？请回村名，比如：{example}。",),
        "en": ("Which village do you mean? Please reply with its name, for example {example}.",),
    },
    "stopped": {
        "zh": ("已退订，不再主动给您发短信。您发短信来问，还会照常答复。要恢复请发Y。",),
        "en": ("You will get no more notices. We still answer when you text. Text START to get them again.",),
    },
    "started": {
        "zh": ("已恢复，办件有进展会发短信给您。",),
        "en": ("Done. We will text you when something moves.",),
    },
    "subscribed": {
        "zh": ("已订阅{topic}，有新的会发短信给您。退订发TD。",),
        "en": ("Subscribed. Text STOP to end it.",),
    },
    "subscribed_all": {
        "zh": (
            "已订阅{topic}。只要一类就发 订阅财务、订阅补贴、订阅党务、订阅村务。退订发TD。",
            "已订阅{topic}，只要财务就发 订阅财务。退订发TD。",
        ),
        "en": ("Subscribed. Text STOP to end it.",),
    },
    # Somebody gave this number at a kiosk: nothing is sent before the phone itself says yes.
    "subscription_offer": {
        "zh": (
            "有人在村里一体机上用这个号码订阅了{topic}。是您就回Y开通，不是不用理会。",
            "一体机上有人用此号订阅{topic}。是您就回Y。",
        )
    },
    "stopped_section": {
        "zh": ("已退订{topic}，别的照旧。全部退订发TD。",),
        "en": ("Done: no more of these. Text STOP to end all.",),
    },
    "new_notice": {"zh": ("新公开：{title}。发“公告”看内容，退订发TD。", "新公开：{title}。退订发TD。")},
    "complaint_taken": {
        "zh": ("您反映的事收到了，会有人看。要答复请留姓名电话，或打{phone}。",),
        "en": ("We have received your message; somebody will read it.",),
    },
    "complaint_filed": {
        "zh": ("您反映的事收到了，编号{no}。五个工作日内受理，有答复会发短信给您。",),
        "en": ("We have received your message, no. {no}. You will get a text when it is answered.",),
    },
    # What somebody who has said something is told when they ask for it by its number, and when it is answered.
    "feedback_filed": {
        "zh": ("您反映的事（{no}）已收到，正等着受理，有答复会发短信给您。",),
        "en": ("Your message {no}: received, not yet taken up.",),
    },
    "feedback_accepted": {
        "zh": ("您反映的事（{no}）已受理，正在办，有答复会发短信给您。",),
        "en": ("Your message {no}: taken up, an answer is on its way.",),
    },
    "feedback_answer": {"zh": ("您反映的事（{no}）的答复：{answer}",)},
    "feedback_answered_elsewhere": {
        "zh": ("您反映的事（{no}）已经答复，请到村便民服务点或打{phone}问。",),
        "en": ("Your message {no} has been answered; please ask at the village service point.",),
    },
    "feedback_answered": {"zh": ("您反映的事（{no}）有答复了。发{no}看答复。",)},
    "complaint_ask": {
        "zh": ("请发“投诉”加上您要反映的事，比如：投诉 水渠坏了。也可以打{phone}。",),
        "en": ("Please text COMPLAIN followed by what happened.",),
    },
    "rated": {"zh": ("谢谢您的评价：{score}分。",), "en": ("Thank you for your rating: {score}.",)},
    "rated_low": {"zh": ("谢谢您的评价：{score}分。没办好的地方，一个工作日内会有人联系您。",)},
    "rated_before": {
        "zh": ("这个办件您已经评价过了，谢谢。",),
        "en": ("You have rated this already, thank you.",),
    },
    "rating_invited": {
        "zh": (
            "您的{matter}（{case_no}）办得怎么样？请回1到5分，5非常满意，1非常不满意。",
            "办件{case_no}办得怎么样？请回1到5分，5非常满意，1非常不满意。",
            "办件{case_no}办得怎么样？请回1到5，5最满意。",
        )
    },
    "rating_ask": {
        "zh": ("请回1到5分：5非常满意，4满意，3基本满意，2不满意，1非常不满意。",),
        "en": ("Please reply 1 to 5, 5 is best.",),
    },
    "rating_none": {
        "zh": ("您现在没有等着评价的办件，谢谢。",),
        "en": ("There is no case to rate now, thank you.",),
    },
    "too_often": {
        "zh": ("您问得太快了，请过一会儿再发，或打村便民服务点电话{phone}。",),
        "en": ("Too many questions at once; please wait a little.",),
    },
}


@dataclass(frozen=True)
class Wording:
    """A text ready to send, with what it was made of."""

    template: str
    text: str
    parameters: dict[str, str]


def word(
    key: str, parameters: dict[str, str] | None = None, *, signature: str = "", language: Language = "zh"
) -> Wording:
    """The longest wording of `key` that fits one segment with the signature in front, else the shortest.

    KeyError for an unknown template or a missing parameter.
    """
    parameters = parameters or {}
    wordings = WORDINGS[key].get(language) or WORDINGS[key]["zh"]
    sign = signature if language == "zh" or language not in WORDINGS[key] else ""
    made = [sign + wording.format(**parameters) for wording in wordings]
    text = next((text for text in made if segments.fits_one(text)), made[-1])
    return Wording(key, text, parameters)


def pages(text: str, *, signature: str = "", language: Language = "zh") -> list[str]:
    """A long text as pages of one segment each, every one with the signature; a short one as it is."""
    if segments.fits_one(text):
        return [text]
    body = text.removeprefix(signature)
    sign = signature if text.startswith(signature) else ""
    cut = segments.paginate(body, suffix=NEXT_PAGE[language] + sign)
    return [*cut[:-1], cut[-1] + sign]


def signed_by(name: str) -> str:
    """The signature as carriers in mainland China want it: 【柳河村】."""
    return f"【{name}】" if name else ""

"""The words of every text, long, short and shortest, in Chinese and English; who gets which is replies.py and notify.py.

A text never says why a case was refused, nor names a matter that tells of need or illness, nor any digit of an ID.
"""

from dataclasses import dataclass

from sms import segments
from sms.case_wordings import CASE_WORDINGS, Language, Wordings
from sms.staff_wordings import STAFF_WORDINGS

NEXT_PAGE = {"zh": segments.NEXT_PAGE, "en": " ({page}/{pages}) M=more"}

# key -> language -> wordings, the longest first. English texts fall back on Chinese where a key has none: what is
# published is Chinese anyway.
WORDINGS: Wordings = (
    CASE_WORDINGS
    | STAFF_WORDINGS
    | {
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
        "guide": {
            "zh": (
                "{name}：带{materials}，到{place}。{limit}，{fee}。咨询{phone}。要代办员打电话帮您办，回1。",
            )
        },
        "lead_taken": {
            "zh": (
                "好的，代办员一个工作日内打这个电话找您。请先备好：{materials}。",
                "好的，代办员一个工作日内打这个电话找您。要备的材料发“办事”可查，也可打{phone}。",
            ),
            "en": ("The village agent will call this number within one working day.",),
        },
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
            "en": (
                "You will get no more notices. We still answer when you text. Text START to get them again.",
            ),
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
        "phone_code": {"zh": ("验证码{code}，十分钟内在村里一体机上用。不要告诉别人。",)},
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
)


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

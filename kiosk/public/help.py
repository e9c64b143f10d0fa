"""How to use the machine: a picture, a few words and, where there is a voice, the same words read aloud."""

from flask import Blueprint
from flask_babel import LazyString, get_locale
from flask_babel import lazy_gettext as _

from content.speech import Passage
from kiosk import listening
from kiosk.pages import services, show
from kiosk.public.addresses import Answer, home_address, sms_number

Step = tuple[str, LazyString, LazyString | str, str]  # icon, title, words, colour

STEPS: tuple[Step, ...] = (
    (
        "home",
        _("从首页开始"),
        _("首页有八个大牌子，想看什么就点哪一个。点错了不要紧，按“首页”重新来。"),
        "village",
    ),
    ("back", _("往回走"), _("屏幕最下面一排键一直在。按“返回”回到上一步。"), "finance"),
    ("larger", _("看不清"), _("按“大字”，字会变大；按“黑底”，黑白分明。再按一次变回来。"), "subsidy"),
    ("down", _("一屏放不下"), _("按“往下看”“往上看”翻屏，按“下一页”看后面的。"), "party"),
    ("edit", _("要打字"), _("点字母打拼音，词出来了点一下。不会拼音，就点现成的话。"), "village"),
    ("qr", _("带回家看"), _("用手机扫方格码，可以在手机上接着看。"), "finance"),
    (
        "lock",
        _("看自己的事"),
        _("查办件、查补贴要输编号或后几位。一分钟没人点，机器会自己清掉，别人看不到。"),
        "subsidy",
    ),
    ("proof", _("核对纸面"), _("墙上贴的纸有九位编号，输进来看是不是原来发布的那一份。"), "party"),
)
LISTEN: Step = ("listen", _("不想看字"), _("按“听”，机器念给您听。"), "finance")
WITHOUT_INTERNET = _("没有网也能查")


def register(public: Blueprint) -> None:
    """Add this module's pages to the blueprint."""
    public.add_url_rule("/help", "help", how_to)


def how_to() -> Answer:
    """The machine step by step, each with a picture."""
    steps = _steps()
    lang = "en" if str(get_locale()) == "en" else "zh"
    listening.offer(Passage("\n".join(f"{title}。{words}" for _icon, title, words, _colour in steps), lang))
    return show("public/help.html", back=home_address(), steps=steps)


def _steps() -> list[Step]:
    """Only what this machine can do."""
    steps = list(STEPS)
    if services().speaker is not None:
        steps.insert(3, LISTEN)
    if number := sms_number():
        words = _("发短信到 %(number)s：CX 查办件，CW 查财务，BT 查补贴，GG 看公告，BS 办事。", number=number)
        steps.append(("sms", WITHOUT_INTERNET, words, "village"))
    return steps

"""我的补贴: one's own payments by initials, name and the ID's last six or a texted code, at the village's kiosk alone.

Every step is a POST, so that nothing of it stands in an address; only fingerprints are compared and nothing is kept.
"""

from flask import Blueprint, current_app, g, request, url_for
from flask_babel import gettext as _

from content import own_payments
from content.attempts import Attempts
from content.own_payments import OwnPayment
from kiosk.pages import services, show
from kiosk.public import pads, phone_check
from kiosk.public.addresses import Answer, sms_code, sms_number

SHOWN_NAMES = 8
MAX_INITIALS = 4
_KIND = "mine"


def register(public: Blueprint) -> None:
    """Add this module's pages to the blueprint."""
    public.add_url_rule("/mine", "mine", begin)
    public.add_url_rule("/mine", "mine_step", step, methods=["POST"])
    public.add_url_rule("/mine/phone", "mine_phone", by_phone, methods=["POST"])


def begin() -> Answer:
    """The grid of initials; at the county, which has no village's key, a word about where to ask."""
    if services().node.is_county:
        return show("public/mine_away.html", back=_back(), sms_number=sms_number(), sms_code=sms_code("BT"))
    return _show_names("")


def step() -> Answer:
    """One key, one name, or the question itself."""
    g.is_personal = True
    form = request.form
    if services().node.is_county:
        return begin()
    who, key = form.get("who", "").strip()[:20], form.get("key", "")
    if not who:
        letters = form.get("initials", "").upper()[:MAX_INITIALS]
        return _show_names(pads.press(letters, key, allowed="".join(pads.LETTER_KEYS), longest=MAX_INITIALS))
    digits = pads.press(
        form.get("digits", "").strip().upper()[: own_payments.LAST_DIGITS],
        key,
        allowed="0123456789X",
        longest=own_payments.LAST_DIGITS,
    )
    if "find" not in form:
        return _show_digits(who, digits)
    if len(digits) < own_payments.LAST_DIGITS:
        return _show_digits(who, digits, problem=_("还没有输完，要输身份证的最后六位。"))
    found = _find(who, digits)
    if not found:
        words = _("没有查到。请核对名字和后六位；连着输错五次，要等十五分钟再查。")
        return _show_digits(who, "", problem=words)
    return _show_payments(who, found)


def by_phone() -> Answer:
    """One key of the telephone's pad or of the code's; the eleventh digit asks for the code, its sixth finds."""
    g.is_personal = True
    who = request.form.get("who", "").strip()[:20]
    if not who or services().node.is_county or not phone_check.is_possible():
        return begin()
    db, keys = services().node.views.read(), services().node.keys

    def payments(phone: str) -> list[OwnPayment]:
        return own_payments.find_by_phone(db, keys, g.village, who, phone)

    checked = phone_check.take(request.form, "mine", is_on_file=lambda phone: bool(payments(phone)))
    if checked.stage == "proven" and (found := payments(checked.phone)):
        return _show_payments(who, found)
    return show(
        "public/mine_phone.html",
        back=url_for("public.mine"),
        who=who,
        step=checked,
        status=422 if checked.problem else 200,
    )


def _show_payments(who: str, found: list[OwnPayment]) -> Answer:
    return show("public/mine.html", back=url_for("public.mine"), who=who, payments=found)


def _find(who: str, digits: str) -> list[OwnPayment]:
    """Nothing alike for a wrong number, an unknown name and one that is locked."""
    attempts: Attempts = current_app.extensions["xiangting.attempts"]
    if attempts.is_locked(_KIND, who):
        return []
    node = services().node
    found = own_payments.find_mine(node.views.read(), node.keys, g.village, who, digits)
    if found:
        attempts.forget(_KIND, who)
    else:
        attempts.count_wrong(_KIND, who)
    return found


def _show_names(letters: str) -> Answer:
    names = (
        own_payments.names_by_initials(services().node.views.read(), g.village, letters) if letters else []
    )
    return show(
        "public/mine_names.html",
        back=_back(),
        letters=letters,
        names=names[:SHOWN_NAMES],
        has_more=len(names) > SHOWN_NAMES,
        keys=pads.LETTER_KEYS,
    )


def _show_digits(who: str, digits: str, *, problem: str = "") -> Answer:
    return show(
        "public/mine_digits.html",
        back=url_for("public.mine"),
        who=who,
        digits=digits,
        problem=problem,
        can_check_phone=phone_check.is_possible(),
        longest=own_payments.LAST_DIGITS,
        keys=pads.ID_KEYS,
        status=422 if problem else 200,
    )


def _back() -> str:
    return url_for("public.section", section="subsidy")

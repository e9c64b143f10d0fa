"""订阅: being texted when something new is published; the telephone must say yes itself before anything is sent to it."""

from flask import Blueprint, g, redirect, request, url_for
from flask_babel import lazy_gettext as _

from content import subscriptions
from content.errors import RuleError
from content.subscriptions import EVERYTHING
from kiosk.pages import services, show
from kiosk.public import pads, phone_check
from kiosk.public.addresses import Answer, sms_code, sms_number
from kiosk.public.words import SECTION_ICONS, SECTION_WORDS

CHOICES = {EVERYTHING: _("所有公告"), **SECTION_WORDS}
ICONS = {EVERYTHING: "file", **SECTION_ICONS}


def register(public: Blueprint) -> None:
    """Add this module's pages to the blueprint."""
    public.add_url_rule("/follow", "follow", choose)
    public.add_url_rule("/follow", "follow_step", step, methods=["POST"])
    public.add_url_rule("/follow/done", "follow_done", done)


def choose() -> Answer:
    """What to be told of; and the way by one's own text, which needs nothing of the kiosk."""
    return show(
        "public/follow.html",
        back=url_for("public.contacts"),
        choices=CHOICES,
        icons=ICONS,
        can_ask=phone_check.is_possible(),
        sms_number=sms_number(),
        sms_code=sms_code("DINGYUE"),
    )


def step() -> Answer:
    """One tap: the kind, a digit, or asking for it."""
    g.is_personal = True
    form, section = request.form, request.form.get("section", "")
    if section not in CHOICES or not phone_check.is_possible():
        return choose()
    phone = form.get("phone", "").strip()[:20]
    if "key" in form:
        phone = pads.press(phone, form["key"], allowed="0123456789", longest=phone_check.PHONE_DIGITS)
    if "ask" not in form:
        return _ask_phone(section, phone)
    node = services().node
    try:
        key = phone_check.seal_key()
        by = "portal" if node.is_county else "kiosk"
        subscriptions.ask(node.record, g.village, phone, [section], county_seal_key=key, by=by)
    except RuleError as exc:
        return _ask_phone(section, phone, problem=str(exc))
    services().nudge()
    return redirect(url_for("public.follow_done"), code=303)


def done() -> Answer:
    """A text is on its way; nothing of whom it is for."""
    return show("public/follow_done.html", back=url_for("public.contacts"))


def _ask_phone(section: str, phone: str, *, problem: str = "") -> Answer:
    return show(
        "public/follow_phone.html",
        status=422 if problem else 200,
        back=url_for("public.follow"),
        asked_section=section,
        what=CHOICES[section],
        phone=phone,
        keys=pads.PHONE_KEYS,
        problem=problem,
    )

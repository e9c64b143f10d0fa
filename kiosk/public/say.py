"""说一说: a question, a complaint, a suggestion or an objection, by big buttons first and typing last; one's own is say_mine.py's."""

import re
from typing import Any

from flask import Blueprint, abort, g, redirect, request, session, url_for
from flask_babel import gettext as _

from content import (
    codes,
    feedback,
    feedback_items,
    feedback_routes,
    feedback_states,
    finances,
    notices,
    villages,
)
from content.clock import local_date
from content.errors import RuleError
from content.feedback_forms import MAX_TEXT_CHARS, Form
from kiosk import feedback_words as words
from kiosk.feedback_words import About
from kiosk.pages import services, show
from kiosk.public import keyboard, pads
from kiosk.public.addresses import Answer, home_address, sms_number

LATEST = 4
PHONE_DIGITS = 12
_NUMBER_SHOWN_ONCE = "said_no"


def register(public: Blueprint) -> None:
    """Add this module's pages to the blueprint."""
    public.add_url_rule("/say", "say", say)
    public.add_url_rule("/say/about/<kind>", "say_kind", choose)
    public.add_url_rule("/say/about/<kind>", "say_step", step, methods=["POST"])
    public.add_url_rule("/say/done", "say_done", done)


def say() -> Answer:
    """The four kinds, one's own, and what others have asked."""
    return show("public/say.html", back=url_for("public.contacts"), words=words)


def choose(kind: str) -> Answer:
    """The categories of a kind; for an objection without its object, where to find that."""
    about = _about(kind)
    if kind == feedback_states.OBJECTION and about is None:
        return _pick()
    return show(
        "public/say_kind.html", back=about.url if about else url_for("public.say"), **_context(kind, about)
    )


def step(kind: str) -> Answer:
    """One tap: a category, a ready sentence, a key of the phone's pad, or handing it in."""
    g.is_personal = True
    form, about = request.form, _about(kind)
    if form.get("category", "") not in words.CATEGORIES[kind]:
        return choose(kind)
    text = form.get("text", "").replace("\r\n", "\n")
    if form.get("add") in words.READY[kind] and form["add"] not in text:
        text = f"{text}{form['add']}"
    phone = form.get("phone", "").strip()
    if "key" in form:
        phone = pads.press(phone, form["key"], allowed="0123456789", longest=PHONE_DIGITS)
    if form.get("page") == "write" and "hand_in" not in form:
        return _write(kind, about, form["category"], phone)
    if "hand_in" not in form:
        is_phone = form.get("page") == "phone"
        return _ask(kind, about, form["category"], "" if "clear" in form else text, phone, is_phone=is_phone)
    try:
        no = _file(Form(kind, form["category"], form.get("about", ""), text, phone))
    except RuleError as exc:
        is_phone = exc.code == "bad_phone"
        return _ask(kind, about, form["category"], text, phone, is_phone=is_phone, problem=str(exc))
    session[_NUMBER_SHOWN_ONCE] = no
    return redirect(url_for("public.say_done"), code=303)


def done() -> Answer:
    """The number, big, this once: reloading neither files again nor shows it to the next person."""
    g.is_personal = True
    no = session.pop(_NUMBER_SHOWN_ONCE, "")
    if not no:
        return redirect(url_for("public.say"), code=303)
    found = feedback.get(services().node.views.read(), g.village, no)
    return show(
        "public/say_done.html",
        back=home_address(),
        number=codes.grouped(no),
        said=found,
        words=words,
        sms_number=sms_number(),
    )


def _about(kind: str) -> About | None:
    """What an objection or a question is about. 404 for an unknown kind, and for something that is not published in this village."""
    if kind not in words.KINDS:
        abort(404)
    said = request.values.get("about", "")
    if not said or kind not in words.SAID_OF.get(said.partition(":")[0], words.SAID_OF_PUBLICATIONS):
        return None
    found = words.about_of(services().node.views.read(), g.village, said)
    if found is None:
        abort(404)
    return found


def _pick() -> Answer:
    db = services().node.views.read()
    return show(
        "public/say_objection.html",
        back=url_for("public.say"),
        notices=notices.page(db, g.village, size=LATEST).lines,
        statements=finances.list_statements(db, g.village, size=2).lines,
    )


def _ask(
    kind: str, about: About | None, category: str, text: str, phone: str, *, is_phone: bool, problem: str = ""
) -> Answer:
    return show(
        "public/say_phone.html" if is_phone else "public/say_text.html",
        status=422 if problem else 200,
        back=url_for("public.say_kind", kind=kind, about=request.values.get("about", "") or None),
        category=category,
        category_word=words.category_word(kind, category),
        text=text,
        phone=phone,
        max_chars=MAX_TEXT_CHARS,
        keys=pads.PHONE_KEYS,
        problem=problem,
        **_context(kind, about),
    )


def _write(kind: str, about: About | None, category: str, phone: str) -> Answer:
    return show(
        "public/say_write.html",
        fragment="public/_say_writing.html",
        back=url_for("public.say_kind", kind=kind, about=request.values.get("about", "") or None),
        category=category,
        phone=phone,
        writing=keyboard.press(request.form, longest=MAX_TEXT_CHARS),
        **_context(kind, about),
    )


def _context(kind: str, about: About | None) -> dict[str, Any]:
    said = request.values.get("about", "") if about else ""
    return {"kind": kind, "about": about, "about_said": said, "words": words}


def _file(form: Form) -> str:
    """Hand it in; RuleError before the county's key has come."""
    wired = services()
    node = wired.node
    county = villages.get_county(node.views.read())
    if county is None or not re.fullmatch(r"[0-9a-f]{64}", county.seal_key):
        raise RuleError(
            _("这台机器还没有和县里连上，现在收不了。请打村办公室电话，或过一天再来。"), code="no_county"
        )
    db = node.views.read()
    item = feedback_items.item_of(db, form.kind, form.about)
    no = feedback.file(
        node.record,
        g.village,
        form,
        channel="portal" if node.is_county else "kiosk",
        by="portal" if node.is_county else "kiosk",
        county_seal_key=bytes.fromhex(county.seal_key),
        village_seal_key=services().seal_key_of(g.village),
        answerer=feedback_routes.answerer_of(
            db, g.village, form.kind, form.category, form.about, on=local_date(node.clock()), item=item
        ),
        item=item,
    )
    node.views.catch_up()
    wired.nudge()
    return no

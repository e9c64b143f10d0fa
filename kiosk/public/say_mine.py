"""What became of what one has said, by its number and the phone's last four digits; and the answers that everybody may read."""

from flask import Blueprint, current_app, g, request, url_for
from flask_babel import gettext as _

from content import codes, feedback, feedback_lookup
from content.errors import NotFound
from content.feedback import Feedback
from kiosk import feedback_words as words
from kiosk.pages import page_number, services, show
from kiosk.public import pads
from kiosk.public.addresses import Answer
from kiosk.public.paging import make_pager

PHONE_DIGITS = 4
ANSWERS_A_PAGE = 4
NUMBER_KEYS = (*codes.ALPHABET, pads.ERASE, pads.CLEAR)


def register(public: Blueprint) -> None:
    """Add this module's pages to the blueprint."""
    public.add_url_rule("/say/mine", "say_mine", begin)
    public.add_url_rule("/say/mine", "say_mine_step", step, methods=["POST"])
    public.add_url_rule("/say/answers", "say_answers", answers)


def answers() -> Answer:
    """Questions and answers without names, with how long each took."""
    db, number = services().node.views.read(), page_number()
    page = feedback.list_published(db, g.village, number=number, size=ANSWERS_A_PAGE)
    return show(
        "public/say_answers.html",
        back=url_for("public.say"),
        page=page,
        abouts={line.about: words.about_of(db, g.village, line.about) for line in page.lines if line.about},
        pager=make_pager(number, page.total, size=ANSWERS_A_PAGE),
        words=words,
    )


def begin() -> Answer:
    """The question: which number, whose phone."""
    return _ask("", "")


def step() -> Answer:
    """One key of the pads, or the question itself."""
    g.is_personal = True
    form = request.form
    number, last4 = codes.fold(form.get("number", ""))[: codes.CODE_CHARS], form.get("last4", "").strip()
    key, is_phone = form.get("key", ""), form.get("field") == "last4"
    if "key" in form and is_phone:
        return _ask(number, pads.press(last4, key, allowed="0123456789", longest=PHONE_DIGITS), "last4")
    if "key" in form:
        number = pads.press(number, key, allowed=codes.ALPHABET, longest=codes.CODE_CHARS)
        if len(number) == codes.CODE_CHARS and codes.is_valid(number):
            return _ask(number, last4, "last4")
        is_wrong = len(number) == codes.CODE_CHARS
        return _ask(
            number, last4, problem=_("编号不对，请对照记下的编号，擦掉错的再输。") if is_wrong else ""
        )
    if "find" not in form:
        return _ask(number, last4, "last4" if is_phone else "number")
    node, attempts = services().node, current_app.extensions["xiangting.attempts"]
    try:
        found = feedback_lookup.look_up(node.views.read(), node.keys, attempts, g.village, number, last4)
    except NotFound as exc:
        if exc.code == "bad_number":
            return _ask(number, "", problem=_("编号不对，请对照记下的编号再输一次。"))
        return _ask(
            number,
            "",
            "last4",
            problem=_("没有查到。请核对编号和电话后四位；连着输错五次，要等十五分钟再查。"),
        )
    return _show(found)


def _ask(number: str, last4: str, field: str = "number", *, problem: str = "") -> Answer:
    return show(
        "public/say_mine.html",
        status=422 if problem else 200,
        back=url_for("public.say"),
        number=number,
        grouped="-".join(filter(None, (number[:4], number[4:8], number[8:]))),
        last4=last4,
        field=field,
        problem=problem,
        keys=pads.PHONE_KEYS if field == "last4" else NUMBER_KEYS,
    )


def _show(found: Feedback) -> Answer:
    node = services().node
    db = node.views.read()
    return show(
        "public/say_state.html",
        back=url_for("public.say_mine"),
        said=found,
        number=codes.grouped(found.no),
        due_on=words.due_on(found, db),
        answer=feedback.answer_text(found, node.keys),
        about=words.about_of(db, g.village, found.about) if found.about else None,
        words=words,
    )

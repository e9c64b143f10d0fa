"""在这里办: a simple case filed at the kiosk, one question a screen, with an agent beside who confirms it with a PIN.

What was answered travels from tap to tap in the form and nowhere else: who leaves in the middle leaves nothing behind.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, g, redirect, request, session, url_for
from flask_babel import gettext as _

from content import agent_pins, case_fields, case_forms, cases, codes, guides
from content.clock import local_date
from content.errors import RuleError, XiangtingError
from content.guide_fields import FormField, Guide
from kiosk import filing
from kiosk.pages import services, show
from kiosk.public import keyboard, pads, printing
from kiosk.public.addresses import Answer, home_address, sms_code, sms_number

PHONE_DIGITS, ID_CHARS, DATE_DIGITS, NUMBER_CHARS = 12, 18, 8, 10
CHECK, AGENT, PIN = "check", "agent", "pin"
_NUMBER_SHOWN_ONCE = "filed_no"
_KEYS = {"letter", "take", "sign", "turn", "more"}  # what a key of keyboard.py sends


@dataclass(frozen=True)
class Question:
    """One screen. look: "text", "pad", "choice" or "photo"; keys and allowed: of the pad."""

    name: str
    label: str
    look: str
    hint: str = ""
    is_required: bool = True
    keys: tuple[str, ...] = ()
    allowed: str = ""
    longest: int = 0
    options: tuple[str, ...] = ()


def register(public: Blueprint) -> None:
    """Add this module's pages to the blueprint."""
    public.add_url_rule("/apply/<guide_id>", "apply", begin)
    public.add_url_rule("/apply/<guide_id>", "apply_step", step, methods=["POST"])
    public.add_url_rule("/apply-done", "apply_done", done)


def begin(guide_id: str) -> Answer:
    """What is asked, and that an agent has to be there."""
    guide = _guide(guide_id)
    return show(
        "public/apply.html",
        back=url_for("public.guide", guide_id=guide_id),
        guide=guide,
        questions=questions_of(guide),
        agents=filing.pins().agents(services().node.views.read(), g.village),
    )


def step(guide_id: str) -> Answer:
    """One tap: a key of a pad, an answer, another question, or the agent's PIN."""
    g.is_personal = True
    guide, form = _guide(guide_id), request.form
    questions = questions_of(guide)
    typed = {question.name: form.get(question.name, "") for question in questions}
    at = form.get("at", "")
    if "goto" in form:
        return _ask(guide, form["goto"], typed)
    if at == PIN:
        return _confirm(guide, typed, form.get("agent", ""), form.get("pin", ""), form.get("key", ""))
    question = next((one for one in questions if one.name == at), None)
    if question is None:
        return _ask(guide, questions[0].name, typed)
    if "key" in form:
        typed[at] = pads.press(typed[at], form["key"], allowed=question.allowed, longest=question.longest)
        return _ask(guide, at, typed)
    if question.look == "text" and _KEYS & set(form):
        return _ask(guide, at, typed, writing=keyboard.press(form, longest=question.longest))
    problem = ""
    if question.look == "photo":
        read = filing.read_fields(guide, form, request.files)
        typed[at], problem = read.photos.get(at, ""), read.problems.get(at, "")
    if problem := problem or _problem(guide, question, typed):
        return _ask(guide, at, typed, problem)
    place = questions.index(question) + 1
    is_whole = form.get("from") == CHECK or place == len(questions)
    return _ask(guide, CHECK if is_whole else questions[place].name, typed)


def done() -> Answer:
    """The number, big, this once."""
    g.is_personal = True
    case_no = session.pop(_NUMBER_SHOWN_ONCE, "")
    case = cases.get(services().node.views.read(), case_no)
    if case is None:
        return redirect(url_for("public.guides"), code=303)
    db = services().node.views.read()
    return show(
        "public/apply_done.html",
        back=home_address(),
        case=case,
        number=codes.grouped(case.case_no),
        guide=guides.get(db, case.guide_id, version=case.guide_version),
        slip_token=printing.case_token(case.case_no),
        sms_number=sms_number(),
        sms_code=sms_code(f"CX {case.case_no}"),
    )


def questions_of(guide: Guide) -> list[Question]:
    """Name, phone, ID where the guide needs it, then the guide's own fields."""
    asked = [
        Question("name", _("申请人姓名"), "text", _("请代办员帮着写。"), longest=40),
        Question(
            "phone",
            _("联系电话"),
            "pad",
            _("有进展会发短信到这个号码；查办件要用后四位。本人没有电话的，写家里人的。"),
            keys=pads.PHONE_KEYS,
            allowed="0123456789",
            longest=PHONE_DIGITS,
        ),
    ]
    if filing.needs_id(guide):
        asked.append(
            Question(
                "id_number",
                _("身份证号"),
                "pad",
                _("只封存给县里，村里和这台机器都看不到。"),
                keys=pads.ID_KEYS,
                allowed="0123456789X",
                longest=ID_CHARS,
            )
        )
    own = [_question(case_fields.name_of(place), one) for place, one in enumerate(guide.fields)]
    return asked + own


def _question(name: str, one: FormField) -> Question:
    match one.kind:
        case "number":
            keys = {"keys": pads.NUMBER_KEYS, "allowed": "0123456789.", "longest": NUMBER_CHARS}
            return Question(name, one.label, "pad", one.hint, one.is_required, **keys)  # type: ignore[arg-type]
        case "date":
            keys = {"keys": pads.PHONE_KEYS, "allowed": "0123456789", "longest": DATE_DIGITS}
            digits = _("点八个数字：年、月、日，如 20260305。")
            hint = f"{one.hint} {digits}".strip()
            return Question(name, one.label, "pad", hint, one.is_required, **keys)  # type: ignore[arg-type]
        case "choice":
            return Question(name, one.label, "choice", one.hint, one.is_required, options=one.options)
        case "photo":
            return Question(name, one.label, "photo", one.hint, one.is_required)
    longest = one.most or case_fields.MAX_TEXT_CHARS
    return Question(name, one.label, "text", one.hint, one.is_required, longest=longest)


def _problem(guide: Guide, question: Question, typed: Mapping[str, str]) -> str:
    """What is wrong with one answer, as a sentence; "" for nothing."""
    answer = typed[question.name].strip()
    try:
        match question.name:
            case "name" if not answer:
                return _("请填写申请人姓名。")
            case "phone" if len(answer) < case_forms.MIN_PHONE_DIGITS:
                return _("电话号码还没点全。")
            case "id_number":
                filing.check_id(answer, is_needed=True)
            case name if name.startswith("field-") and question.look == "photo":
                return _("请拍照，或选一张图片。") if question.is_required and not answer else ""
            case name if name.startswith("field-"):
                case_fields.read(guide.fields[int(name.removeprefix("field-"))], answer)
    except RuleError as exc:
        return str(exc)
    return ""


def _confirm(guide: Guide, typed: dict[str, str], agent: str, pin: str, key: str) -> Answer:
    """A key of the agent's PIN; the last digit files the case."""
    db = services().node.views.read()
    pin = pads.press(pin, key, allowed="0123456789", longest=agent_pins.PIN_DIGITS)
    if len(pin) < agent_pins.PIN_DIGITS:
        return _ask(guide, PIN, typed, agent=agent, pin=pin)
    try:
        confirmed = filing.pins().confirm(db, g.village, agent, pin)
        read = filing.read_fields(guide, typed, {})
        if read.problems:
            return _ask(guide, CHECK, typed, next(iter(read.problems.values())))
        case_no = filing.file(guide, typed, read, channel="kiosk", by=confirmed.name)
    except XiangtingError as exc:
        return _ask(guide, PIN, typed, str(exc), agent=agent)
    session[_NUMBER_SHOWN_ONCE] = case_no
    return redirect(url_for("public.apply_done"), code=303)


def _ask(
    guide: Guide,
    at: str,
    typed: Mapping[str, str],
    problem: str = "",
    *,
    agent: str = "",
    pin: str = "",
    writing: keyboard.Writing | None = None,
) -> Answer:
    questions = questions_of(guide)
    question = next((one for one in questions if one.name == at), None)
    if question is None and at not in (CHECK, AGENT, PIN):
        question = questions[0]
    if question and question.look == "text" and writing is None:
        writing = keyboard.press({"text": typed[question.name]}, longest=question.longest)
    context: dict[str, Any] = {
        "writing": writing,
        "guide": guide,
        "questions": questions,
        "question": question,
        "place": questions.index(question) + 1 if question else len(questions),
        "at": question.name if question else at,
        "came_from": request.form.get("goto_from", "") or request.form.get("from", ""),
        "typed": typed,
        "said": _as_kept(guide, typed),
        "problem": problem,
        "agent": agent or request.form.get("agent", ""),
        "pin": pin,
        "pin_digits": agent_pins.PIN_DIGITS,
        "keys": pads.PHONE_KEYS,
        "agents": filing.pins().agents(services().node.views.read(), g.village),
    }
    template = "public/apply_ask.html" if question else "public/apply_check.html"
    return show(
        template,
        fragment="public/_apply_writing.html" if writing else "",
        status=422 if problem else 200,
        back=url_for("public.apply", guide_id=guide.id),
        **context,
    )


def _as_kept(guide: Guide, typed: Mapping[str, str]) -> dict[str, str]:
    """The guide's own answers in the spelling they are kept in: a date as a date."""
    answers, _problems = case_fields.check(guide.fields, typed)
    names = {one.label: case_fields.name_of(place) for place, one in enumerate(guide.fields)}
    return {names[label]: answer for label, answer in answers.items()}


def _guide(guide_id: str) -> Guide:
    """At the kiosk only: at the portal nobody stands beside."""
    wired = services()
    if wired.node.is_county:
        abort(404)
    guide = guides.in_force(wired.node.views.read(), guide_id, on=local_date(wired.node.clock()))
    if guide is None:
        abort(404)
    return guide

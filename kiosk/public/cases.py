"""One's own case: asked for by number and the phone's last four digits, followed, and rated when it is done."""

from flask import Blueprint, current_app, g, redirect, request, url_for
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer

from content import case_lookup, cases, codes, guides, ratings
from content.case_states import TRANSITIONS
from content.cases import Case
from content.clock import local_date
from content.errors import NotFound, RuleError
from content.rating_states import ENDED, FollowedUp
from kiosk.pages import services, show
from kiosk.public import case_phone, case_story, certificates, pads, printing
from kiosk.public.addresses import Answer, home_address, phone_code, sms_code, sms_number
from kiosk.public.words import BLAME, CASE_LOOKS, CASE_STATES, PRAISE, SCORES

RATE_WITHIN_S = 600
PHONE_DIGITS = 4
NUMBER_KEYS = (*codes.ALPHABET, pads.ERASE, pads.CLEAR)


def register(public: Blueprint) -> None:
    """Add this module's pages to the blueprint."""
    public.add_url_rule("/case", "case", begin)
    public.add_url_rule("/case", "case_step", step, methods=["POST"])
    public.add_url_rule("/case/rate", "case_rate", rate, methods=["GET", "POST"])
    public.add_url_rule("/case/thanks", "case_thanks", thanks)


def begin() -> Answer:
    """The question: which number, whose phone."""
    return _ask("", "")


def step() -> Answer:
    """One key of the pads, or the question itself."""
    g.is_personal = True
    form = request.form
    number, last4 = codes.fold(form.get("number", ""))[: 2 * codes.CODE_CHARS], form.get("last4", "").strip()
    key, is_phone = form.get("key", ""), form.get("field") == "last4"
    if "key" in form and is_phone:
        return _ask(number, pads.press(last4, key, allowed="0123456789", longest=PHONE_DIGITS), "last4")
    if "key" in form:
        number = pads.press(number, key, allowed=codes.ALPHABET, longest=codes.CODE_CHARS)
        if len(number) < codes.CODE_CHARS:
            return _ask(number, last4)
        if codes.normalise(number) is None:
            return _ask(number, last4, problem=_("编号不对，请对照回执，擦掉错的再输。"))
        return _ask(number, last4, "last4")
    if "find" not in form:
        return _ask(number, last4, "last4" if is_phone else "number")
    node, attempts = services().node, current_app.extensions["xiangting.attempts"]
    try:
        found = case_lookup.look_up(node.views.read(), node.keys, attempts, g.village, number, last4)
    except NotFound as exc:
        is_bad_number = exc.code == "bad_number"
        words = (
            _("编号不对。编号是九位字母和数字，请对照回执再输一次。")
            if is_bad_number
            else _("没有查到。请核对编号和电话后四位；连着输错五次，要等十五分钟再查。")
        )
        return _ask(number, "", "number" if is_bad_number else "last4", problem=words)
    return _show_case(found)


def rate() -> Answer:
    """A face, then one word about it; both are kept together, because a case is rated once, and once more when what was
    bad has been put right."""
    if request.method == "GET":  # larger text was asked for on this page
        return redirect(url_for("public.case"), code=303)
    g.is_personal = True
    try:
        case_no, is_again = _rating_tokens().loads(request.form.get("token", ""), max_age=RATE_WITHIN_S)
    except BadSignature:
        return _ask("", "", problem=_("这一页放得太久了，请再查一次，然后评价。"))
    score = request.form.get("score", 0, type=int)
    if score not in SCORES:
        return _ask(case_no, "", "last4", problem=_("请点一个笑脸。"))
    if "tag" not in request.form:
        return show(
            "public/case_rate.html",
            back=url_for("public.case"),
            token=request.form["token"],
            score=score,
            word=SCORES[score],
            tags=PRAISE if score > 3 else BLAME,
        )
    wired = services()
    tag = request.form["tag"]
    try:
        _keep_rating(case_no, score, tag if tag in PRAISE or tag in BLAME else "", is_again=is_again)
    except RuleError as exc:
        return _ask(case_no, "", "last4", problem=str(exc))
    wired.node.views.catch_up()
    wired.nudge()
    return redirect(url_for("public.case_thanks"), code=303)


def _keep_rating(case_no: str, score: int, tag: str, *, is_again: bool) -> None:
    record, db = services().node.record, services().node.views.read()
    if is_again:
        ratings.follow_up(record, db, g.village, case_no, FollowedUp(score, tag), by=_who())
    else:
        cases.rate(record, db, case_no, score=score, by=_who(), tags=(tag,) if tag else ())


def thanks() -> Answer:
    """The rating has arrived."""
    return show("public/case_thanks.html", back=home_address())


def _ask(number: str, last4: str, field: str = "number", *, problem: str = "") -> Answer:
    return show(
        "public/case.html",
        back=home_address(),
        number=number,
        grouped="-".join(filter(None, (number[:4], number[4:8], number[8:]))),
        last4=last4,
        field=field,
        problem=problem,
        keys=pads.PHONE_KEYS if field == "last4" else NUMBER_KEYS,
        is_whole=len(last4) == PHONE_DIGITS,
        sms_number=sms_number(),
        status=422 if problem else 200,
    )


def _show_case(case: Case) -> Answer:
    db, today = services().node.views.read(), local_date(services().node.clock())
    guide = guides.get(db, case.guide_id, version=case.guide_version)
    may_rate = (case.state, "case_rated") in TRANSITIONS and case.status.rating is None
    task = ratings.get(db, case.village, case.case_no, today=today) if case.status.rating else None
    followed = ratings.status_of(db, case.village, case.case_no)
    is_again = task is not None and followed.may_rate_again
    return show(
        "public/case_state.html",
        back=url_for("public.case"),
        case=case,
        progress=case.status,
        guide=guide,
        number=codes.grouped(case.case_no),
        state=CASE_STATES[case.state],
        look=CASE_LOOKS[case.state],
        moments=[*case_story.tell(case), *case_story.after_rating(followed)],
        token=_rating_tokens().dumps((case.case_no, is_again)) if may_rate or is_again else "",
        is_again=is_again,
        rated=SCORES[case.status.rating.score] if case.status.rating else "",
        put_right=case_story.what_was_done(followed),
        is_being_put_right=task is not None and task.state not in ENDED,
        slip_token=printing.case_token(case.case_no),
        phone_token=case_phone.token_for(case),
        certificate_no=codes.grouped(certificates.number_of(case)) if certificates.number_of(case) else "",
        certificate_token=certificates.token_for(case),
        revoked=certificates.why_revoked(case),
        phone_code=phone_code() if certificates.number_of(case) else None,
        scores=SCORES,
        sms_number=sms_number(),
        sms_code=sms_code(f"CX {case.case_no}"),
    )


def _rating_tokens() -> URLSafeTimedSerializer:
    """Says for ten minutes that this visitor has seen the case, so that the phone's digits stand on no page."""
    return URLSafeTimedSerializer(services().node.keys.secret_for("rate-case"))


def _who() -> str:
    return "portal" if services().node.is_county else "kiosk"

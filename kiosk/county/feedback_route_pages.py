"""Who answers which questions, complaints, suggestions and objections (意见分流) at the console: one form for all of them."""

from typing import Any

from flask import Response, flash, g, redirect, url_for
from flask import request as asked
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from content import departments, feedback_routes, feedback_states
from content.errors import RuleError
from kiosk import feedback_words
from kiosk.county import forms
from kiosk.county.blueprint import blueprint
from kiosk.county.forms import Form, Input
from kiosk.pages import services, show

USUAL = "usual"


@blueprint.get("/county/feedback/routes", endpoint="feedback_routes")
def edit() -> Response:
    """Each kind and subject with who answers it now."""
    held = feedback_routes.get_routes(services().node.views.read())
    return _show(Form({subject: held.get(subject, USUAL) for subject in feedback_routes.SUBJECTS}))


@blueprint.post("/county/feedback/routes")
def feedback_routes_save() -> ResponseReturnValue:
    """Hold from now on, in every village."""
    wired = services()
    typed = {subject: forms.text(asked.form, subject) for subject in feedback_routes.SUBJECTS}
    routes = {subject: "" if to == USUAL else to for subject, to in typed.items()}
    try:
        feedback_routes.set_routes(wired.node.record, wired.node.views.read(), routes, by=g.account.name)
    except RuleError as exc:
        return _show(asked.form, exc)
    wired.node.views.catch_up()
    wired.nudge()
    flash(_("已保存，以后提的按这个分；已经提的不变。"), "success")
    return redirect(url_for("county.feedback"), code=303)


def _show(typed: Form, problem: RuleError | None = None) -> Response:
    return show(
        "county/form.html",
        status=422 if problem else 200,
        back=url_for("county.feedback"),
        heading=_("谁答复什么"),
        inputs=forms.filled(_inputs(), typed),
        problem=problem,
        submit=_("保存"),
    )


def _inputs() -> list[Input]:
    db = services().node.views.read()
    offices = [(one.code, one.name) for one in departments.all_departments(db) if one.level != "village"]
    return [_input(subject, offices) for subject in feedback_routes.SUBJECTS]


def _input(subject: str, offices: list[tuple[str, str]]) -> Input:
    kind, _slash, category = subject.partition("/")
    word = feedback_words.category_word(kind, category) or _("全部")
    levels = feedback_words.RECEIVERS.items()
    usual: Any = feedback_words.answerer_word(feedback_states.default_answerer(kind))
    options = [
        (USUAL, _("照常：%(who)s", who=usual)),
        *((level, name) for level, name in levels if kind != feedback_states.COMPLAINT or level != "village"),
        *offices,
    ]
    label = f"{feedback_words.KINDS[kind]}：{word}"
    return Input(subject, label, options=tuple(options))

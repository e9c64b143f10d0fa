"""Who answers which questions, complaints, suggestions and objections (意见分流) at the console: one form for all of them, and for
single items of the catalogue."""

from typing import Any

from flask import Response, flash, g, redirect, url_for
from flask import request as asked
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from content import departments, disclosure, feedback_items, feedback_routes, feedback_states
from content.errors import RuleError
from kiosk import feedback_words
from kiosk.county import forms
from kiosk.county.blueprint import blueprint
from kiosk.county.forms import Form, Input
from kiosk.pages import services, show
from kiosk.shipped_names import in_language

USUAL = "usual"
_NEW = ("new_kind", "new_item", "new_to")
Offices = list[tuple[str, str]]


@blueprint.get("/county/feedback/routes", endpoint="feedback_routes")
def edit() -> Response:
    """Each kind and subject with who answers it now, and what was said of single items."""
    held = feedback_routes.get_routes(services().node.views.read())
    return _show(Form({**dict.fromkeys(feedback_routes.SUBJECTS, USUAL), **held}))


@blueprint.post("/county/feedback/routes")
def feedback_routes_save() -> ResponseReturnValue:
    """Hold from now on, in every village."""
    wired = services()
    try:
        feedback_routes.set_routes(
            wired.node.record, wired.node.views.read(), _routes(asked.form), by=g.account.name
        )
    except RuleError as exc:
        return _show(asked.form, exc)
    wired.node.views.catch_up()
    wired.nudge()
    flash(_("已保存，以后提的按这个分；已经提的不变。"), "success")
    return redirect(url_for("county.feedback_routes"), code=303)


def _routes(form: Form) -> dict[str, str]:
    """What was typed. RuleError, its code the field's name, for a new line that is not whole."""
    named = [name for name in form if name in feedback_routes.SUBJECTS or "@" in name]
    routes = {name: forms.text(form, name).replace(USUAL, "") for name in named}
    kind, item, to = (forms.text(form, name) for name in _NEW)
    if not (item or to):
        return routes
    for name, said in zip(_NEW, (kind, item, to), strict=True):
        if not said:
            raise forms.wrong(name, _("要另定一项，这三样都要选。"))
    return routes | {feedback_routes.of_item(kind, item): to}


def _show(typed: Form, problem: RuleError | None = None) -> Response:
    db = services().node.views.read()
    offices = [(one.code, one.name) for one in departments.all_departments(db) if one.level != "village"]
    items = {one.code: f"{one.code} {in_language(one.name)}" for one in disclosure.list_items(db)}
    subjects = [_input(subject, offices) for subject in feedback_routes.SUBJECTS]
    held, new = _held(typed, items, offices), _new(items, offices)
    is_of_new = problem is not None and problem.code in _NEW
    return show(
        "county/feedback_routes.html",
        status=422 if problem else 200,
        back=url_for("county.feedback"),
        inputs=forms.filled(subjects, typed),
        held=forms.filled(held, typed),
        new=forms.filled(new, typed),
        problem=None if is_of_new else problem,
        new_problem=problem if is_of_new else None,
    )


def _held(typed: Form, items: dict[str, str], offices: Offices) -> list[Input]:
    """The items that have somebody of their own now, each to be changed or taken back."""
    return [
        Input(
            feedback_routes.of_item(kind, item),
            _("%(kind)s：%(what)s", kind=feedback_words.KINDS[kind], what=items.get(item, item)),
            options=((USUAL, _("不再另定")), *feedback_words.RECEIVERS.items(), *offices),
        )
        for kind, item in feedback_routes.items_of(typed)
        if kind in feedback_items.KINDS
    ]


def _new(items: dict[str, str], offices: Offices) -> list[Input]:
    """A line for one more."""
    choose = ("", _("请选择"))
    kinds = tuple((kind, feedback_words.KINDS[kind]) for kind in feedback_items.KINDS)
    receivers = (choose, *feedback_words.RECEIVERS.items(), *offices)
    fields = (
        (_("是什么"), kinds),
        (_("关于哪个公开事项"), (choose, *items.items())),
        (_("由谁答复"), receivers),
    )
    return [
        Input(name, label, options=options, is_required=False)
        for name, (label, options) in zip(_NEW, fields, strict=True)
    ]


def _input(subject: str, offices: Offices) -> Input:
    kind, _slash, category = subject.partition("/")
    word = feedback_words.category_word(kind, category) or _("全部")
    levels = feedback_words.RECEIVERS.items()
    usual: Any = feedback_words.answerer_word(feedback_states.default_answerer(kind))
    options = [
        (USUAL, _("照常：%(who)s", who=usual)),
        *((level, name) for level, name in levels if kind != feedback_states.COMPLAINT or level != "village"),
        *offices,
    ]
    label = _("%(kind)s：%(what)s", kind=feedback_words.KINDS[kind], what=word)
    return Input(subject, label, options=tuple(options))

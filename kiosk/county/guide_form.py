"""A guide as a form: its fields in groups, rows for materials, steps and questions; what is typed and what it makes.

A form that is not finished makes a guide too, for the preview; `problems` says what keeps it from being sent on.
"""

from dataclasses import dataclass
from typing import Any

import msgspec
from flask_babel import gettext as _

from content import case_fields, guides
from content.errors import RuleError
from content.guide_fields import (
    AT_ONCE,
    DAYS,
    WORKING_DAYS,
    Complaint,
    EightOpenings,
    Faq,
    FormField,
    Guide,
    Material,
    Phones,
    Result,
    Source,
    Step,
    Tags,
    TimeLimit,
)
from content.record.blobs import BlobRef
from kiosk.county import forms
from kiosk.county.forms import Form
from kiosk.county.guide_inputs import GROUPS, INPUTS, ROWS, Rows

MAX_ROWS = 40
_PLAIN = (
    "name",
    "implementing_body",
    "department",
    "implementation_code",
    "item_type",
    "status",
    "case_type",
    "service_object",
    "level",
    "body_nature",
    "power_source",
    "county",
    "town",
    "village",
    "place",
    "hours",
    "effective_from",
    "effective_to",
)
_TAGS = ("life_event", "theme", "special_group")
_LIMITS = ("legal_limit", "promised_limit")
_SOURCE = ("url", "date", "place", "trust", "facts_taken")
_UNITS = (WORKING_DAYS, DAYS, AT_ONCE)
# Where a sentence about the whole guide is shown: code -> field; one about a row of the form: code -> column.
_PLACE_OF = {"dates_wrong": "effective_to", "promised_longer": "promised_limit"}
_COLUMN_OF = {"no_label": "label", "label_twice": "label", "no_options": "options", "bad_bounds": "least"}

__all__ = ["GROUPS", "ROWS", "Form"]


@dataclass(frozen=True)
class Change:
    """One field that differs from the version before, as typed."""

    label: str
    before: str
    after: str


def as_typed(guide: Guide) -> Form:
    """The guide as it stands in the form."""
    openings = guide.eight_openings
    typed: dict[str, Any] = {name: getattr(guide, name) for name in _PLAIN}
    typed |= {
        name: getattr(openings, name) for name in ("item_name", "procedure", "fee_basis", "fee_standard")
    }
    typed |= {"basis": "\n".join(openings.basis), "conditions": "\n".join(openings.conditions)}
    typed |= {"consult": guide.phones.consult, "village_agent": guide.phones.village_agent}
    typed |= {"complaint_phone": guide.complaint.phone, "complaint_address": guide.complaint.address}
    typed |= {"result_name": guide.result.name, "result_type": guide.result.type}
    typed |= {"delivery": "\n".join(guide.result.delivery), "visits_needed": str(guide.visits_needed)}
    typed |= {"online": _tick(guide.online), "special_procedure": "\n".join(guide.special_procedure)}
    typed |= {name: "、".join(getattr(guide.tags, name)) for name in _TAGS}
    typed |= {f"source_{name}": getattr(guide.source, name) for name in _SOURCE}
    typed["made_up"] = "\n".join(guide.made_up)
    for name in _LIMITS:
        limit: TimeLimit = getattr(openings, name)
        typed[name] = "" if limit.value is None else str(limit.value)
        typed[f"{name}_unit"], typed[f"{name}_note"] = limit.unit or "", limit.note
    for rows, items in (
        ("material", guide.materials),
        ("step", guide.steps),
        ("faq", guide.faq),
        ("field", guide.fields),
    ):
        typed |= _rows_as_typed(ROWS[rows], items)
    return Form({name: text for name, text in typed.items() if text})


def guide_of(form: Form, guide_id: str, version: int) -> Guide:
    """The guide that this form makes, finished or not: a number that cannot be read is left out."""
    said: dict[str, Any] = {name: forms.text(form, name) for name in _PLAIN}
    return Guide(
        id=guide_id,
        version=version,
        fields=tuple(_field(form, at) for at in rows_of(form, "field")),
        **said,
        eight_openings=EightOpenings(
            item_name=forms.text(form, "item_name"),
            basis=forms.lines(form, "basis"),
            conditions=forms.lines(form, "conditions"),
            procedure=forms.text(form, "procedure"),
            legal_limit=_limit(form, "legal_limit"),
            promised_limit=_limit(form, "promised_limit"),
            fee_basis=forms.text(form, "fee_basis"),
            fee_standard=forms.text(form, "fee_standard"),
        ),
        materials=tuple(_material(form, at) for at in rows_of(form, "material")),
        steps=tuple(_step(form, at, no) for no, at in enumerate(rows_of(form, "step"), start=1)),
        faq=tuple(
            Faq(forms.text(form, f"{at}-question"), forms.text(form, f"{at}-answer"))
            for at in rows_of(form, "faq")
        ),
        special_procedure=forms.lines(form, "special_procedure"),
        visits_needed=_number(form, "visits_needed") or 0,
        online=form.get("online") == "1",
        phones=Phones(forms.text(form, "consult"), forms.text(form, "village_agent")),
        complaint=Complaint(forms.text(form, "complaint_phone"), forms.text(form, "complaint_address")),
        result=Result(
            forms.text(form, "result_name"), forms.text(form, "result_type"), forms.lines(form, "delivery")
        ),
        tags=Tags(**{name: _words(form, name) for name in _TAGS}),
        source=Source(**{name: forms.text(form, f"source_{name}") for name in _SOURCE}),
        made_up=forms.lines(form, "made_up"),
    )


def problems(form: Form, guide: Guide) -> dict[str, str]:
    """What keeps this form from being sent on: field -> sentence, in the order of the form; all of it at once."""
    found: dict[str, str] = {}
    for field in INPUTS:
        typed = forms.text(form, field.name)
        if field.is_required and not typed:
            found[field.name] = _("请填写“%(label)s”。", label=field.label)
        elif field.type == "number" and typed and _number(form, field.name) is None:
            found[field.name] = _("这里要填一个整数。")
    for name in _LIMITS:
        found |= _limit_problem(form, name)
    for rows in ROWS.values():
        found |= _unnamed_rows(form, rows)
    if not guide.steps:
        found["step-0-name"] = _("办理流程至少写一步，流程图照着画。")
    for at in (*rows_of(form, "material"), *rows_of(form, "step"), *rows_of(form, "field")):
        found |= _row_problem(form, at)
    asked = rows_of(form, "field")
    for place, error in case_fields.definition_errors(guide.fields):
        found.setdefault(f"{asked[place]}-{_COLUMN_OF[error.code]}", str(error))
    if not found:
        try:
            guides.check(guide)
        except RuleError as exc:
            found[_PLACE_OF.get(exc.code, "name")] = str(exc)
    return found


def rows_of(form: Form, rows: str) -> list[str]:
    """The rows that say something, as the beginnings of their fields' names: "material-0", "material-2"."""
    first = ROWS[rows].columns[0].name
    return [f"{rows}-{n}" for n in range(row_count(form, rows)) if forms.text(form, f"{rows}-{n}-{first}")]


def row_count(form: Form, rows: str) -> int:
    """How many rows the form shows: up to the last one that is named, at least one."""
    numbers = [
        int(parts[1])
        for name in form
        if (parts := name.split("-"))[0] == rows and len(parts) == 3 and parts[1].isdecimal()
    ]
    return min(max(numbers, default=0) + 1, MAX_ROWS)


def has_other_rows(held: Form, typed: Form) -> bool:
    """Whether rows came or went between the two."""
    return any(row_count(held, rows) != row_count(typed, rows) for rows in ROWS)


def changed_rows(form: Form, step: str) -> Form:
    """The form after one of its row buttons: "more-step", "drop-step-2", "up-step-2"; any other changes nothing."""
    move, _dash, rest = step.partition("-")
    rows, _dash, at = rest.partition("-")
    if rows not in ROWS:
        return form
    count = row_count(form, rows)
    order = list(range(count))
    if move == "more" and count < MAX_ROWS:
        order.append(count)
    elif move in ("drop", "up") and at.isdecimal() and int(at) < count:
        row = order.pop(int(at))
        if move == "up":
            order.insert(max(0, row - 1), row)
    kept = {name: text for name, text in form.items() if not name.startswith(f"{rows}-")}
    for place, row in enumerate(order):
        for name in _names_of(ROWS[rows]):
            kept[f"{rows}-{place}-{name}"] = form.get(f"{rows}-{row}-{name}", "")
    return Form(kept)


def typed_over(form: Form, typed: Form) -> Form:
    """What was typed, with what the rows of `form` carry along: nobody types that, and nobody may."""
    endings = tuple(f"-{name}" for rows in ROWS.values() for name in rows.kept)
    carried = {name: text for name, text in form.items() if name.endswith(endings)}
    return Form({name: text for name, text in typed.items() if not name.endswith(endings)} | carried)


def samples_of(form: Form, at: str) -> tuple[BlobRef, ...]:
    """The sample pictures of the material whose fields begin with `at`."""
    text = form.get(f"{at}-samples", "")
    return msgspec.json.decode(text, type=tuple[BlobRef, ...]) if text else ()


def with_samples(form: Form, at: str, samples: tuple[BlobRef, ...]) -> Form:
    """The form with other sample pictures of a material."""
    return Form({**form.to_dict(), f"{at}-samples": _as_text(samples)})


def changes(before: Guide | None, after: Guide) -> list[Change]:
    """What a second person has to look at: every field that differs, in the order of the form."""
    old, new = as_typed(before) if before else Form(), as_typed(after)
    compared = [Change(str(f.label), old.get(f.name, ""), new.get(f.name, "")) for f in INPUTS]
    for rows in ROWS.values():
        for n in range(max(row_count(old, rows.name), row_count(new, rows.name))):
            texts = [_row_words(form, f"{rows.name}-{n}", rows) for form in (old, new)]
            compared.append(Change(f"{rows.label} {n + 1}", *texts))
    return [change for change in compared if change.before != change.after]


def _row_words(form: Form, at: str, rows: Rows) -> str:
    said = []
    for column in rows.columns:
        text = form.get(f"{at}-{column.name}", "")
        if text:
            words = {value: str(word) for value, word in column.options or ()}
            said.append(str(column.label) if column.type == "check" else words.get(text, text))
    if "samples" in rows.kept and (pictures := samples_of(form, at)):
        said.append(_("样表 %(count)s 张", count=len(pictures)))
    return " · ".join(said)


def _rows_as_typed(rows: Rows, items: Any) -> dict[str, Any]:
    typed: dict[str, Any] = {}
    for n, item in enumerate(items):
        typed |= {f"{rows.name}-{n}-{name}": _as_text(getattr(item, name)) for name in _names_of(rows)}
    return typed


def _names_of(rows: Rows) -> tuple[str, ...]:
    return (*(column.name for column in rows.columns), *rows.kept)


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return _tick(value)
    if isinstance(value, tuple) and value and isinstance(value[0], BlobRef):
        return msgspec.json.encode(value).decode()
    return "、".join(value) if isinstance(value, tuple) else "" if value is None else str(value)


def _tick(value: bool) -> str:
    return "1" if value else ""


def _number(form: Form, name: str) -> int | None:
    try:
        return forms.number(form, name)
    except RuleError:
        return None


def _words(form: Form, name: str) -> tuple[str, ...]:
    typed = forms.text(form, name)
    for mark in ("，", ",", "；", ";", "\n", " "):
        typed = typed.replace(mark, "、")
    return tuple(dict.fromkeys(word for word in typed.split("、") if word))


def _limit(form: Form, name: str) -> TimeLimit:
    unit, note, value = (
        forms.text(form, f"{name}_unit"),
        forms.text(form, f"{name}_note"),
        _number(form, name),
    )
    if unit == AT_ONCE:
        return TimeLimit(value or 0, "即办", note)
    if value is None or unit not in _UNITS:
        return TimeLimit(None, None, note)
    return msgspec.convert({"value": value, "unit": unit, "note": note}, TimeLimit)


def _limit_problem(form: Form, name: str) -> dict[str, str]:
    """A limit has a number with its unit, or neither and a note that says why; 即办 needs no number."""
    unit, typed = forms.text(form, f"{name}_unit"), forms.text(form, name)
    if typed and _number(form, name) is None:
        return {name: _("这里要填一个整数。")}
    if typed and unit not in _UNITS:
        return {f"{name}_unit": _("请选择按什么算。")}
    if not typed and unit != AT_ONCE and not forms.text(form, f"{name}_note"):
        return {name: _("没有时限的，请在说明里写明。")}
    return {}


def _unnamed_rows(form: Form, rows: Rows) -> dict[str, str]:
    """A row that says something but not what it is about would be lost without a word."""
    first, *others = rows.columns
    typed = (*(column.name for column in others if column.type != "check" and not column.options), *rows.kept)
    return {
        f"{at}-{first.name}": _("请填写“%(label)s”，不要的一行请去掉。", label=first.label)
        for at in (f"{rows.name}-{n}" for n in range(row_count(form, rows.name)))
        if not forms.text(form, f"{at}-{first.name}")
        and any(forms.text(form, f"{at}-{name}") for name in typed)
    }


def _row_problem(form: Form, at: str) -> dict[str, str]:
    for name in ("copies", "days", "least", "most"):
        if forms.text(form, f"{at}-{name}") and _number(form, f"{at}-{name}") is None:
            return {f"{at}-{name}": _("这里要填一个整数。")}
    if forms.text(form, f"{at}-days") and forms.text(form, f"{at}-unit") not in _UNITS:
        return {f"{at}-unit": _("请选择按什么算。")}
    return {}


def _material(form: Form, at: str) -> Material:
    return Material(
        name=forms.text(form, f"{at}-name"),
        required=form.get(f"{at}-required") == "1",
        form=forms.text(form, f"{at}-form"),
        copies=_number(form, f"{at}-copies") or 0,
        source=forms.text(form, f"{at}-source"),
        note=forms.text(form, f"{at}-note"),
        samples=samples_of(form, at),
    )


def _step(form: Form, at: str, no: int) -> Step:
    unit, days = forms.text(form, f"{at}-unit"), _number(form, f"{at}-days")
    is_timed = unit in _UNITS and (days is not None or unit == AT_ONCE)
    return msgspec.convert(
        {
            "no": no,
            "name": forms.text(form, f"{at}-name"),
            "who": forms.text(form, f"{at}-who"),
            "days": (days or 0) if is_timed else None,
            "unit": unit if is_timed else None,
            "clock_paused": form.get(f"{at}-clock_paused") == "1",
            "note": forms.text(form, f"{at}-note"),
        },
        Step,
    )


def _field(form: Form, at: str) -> FormField:
    kind = forms.text(form, f"{at}-kind")
    return msgspec.convert(
        {
            "label": forms.text(form, f"{at}-label"),
            "kind": kind if kind in ("number", "date", "choice", "photo") else "text",
            "is_required": form.get(f"{at}-is_required") == "1",
            "hint": forms.text(form, f"{at}-hint"),
            "options": _words(form, f"{at}-options"),
            "least": _number(form, f"{at}-least"),
            "most": _number(form, f"{at}-most"),
        },
        FormField,
    )

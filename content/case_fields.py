"""The answers to a guide's form (申请表): checked in words, brought into one spelling; they are sealed by case_forms.py."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from content.errors import RuleError
from content.guide_fields import FormField

MAX_TEXT_CHARS = 500
OLDEST = date(1900, 1, 1)
_DATE = re.compile(r"(\d{4})\D{0,2}(\d{1,2})\D{0,2}(\d{1,2})\D?")
_PACKED_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")


def name_of(place: int) -> str:
    """What the field in this place (from 0) is called in a form."""
    return f"field-{place}"


def check(fields: Sequence[FormField], typed: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The answers by label, and what is wrong by the field's name, as a sentence each; photos are not looked at."""
    answers, problems = dict[str, str](), dict[str, str]()
    for place, field in enumerate(fields):
        if field.kind == "photo":
            continue
        try:
            answer = read(field, typed.get(name_of(place), ""))
        except RuleError as exc:
            problems[name_of(place)] = str(exc)
        else:
            if answer:
                answers[field.label] = answer
    return answers, problems


def read(field: FormField, typed: str) -> str:
    """One answer in its one spelling, "" for none. RuleError says what is wrong with it and what to write."""
    text = unicodedata.normalize("NFKC", typed).strip() if field.kind in ("number", "date") else typed.strip()
    if not text:
        if field.is_required:
            raise RuleError(f"请填写“{field.label}”。", code="missing")
        return ""
    return {"text": _text, "number": _number, "date": _date, "choice": _choice}[field.kind](field, text)


def check_definitions(fields: Iterable[FormField]) -> None:
    """RuleError for a form nobody could fill in; for whoever edits a guide."""
    for _place, error in definition_errors(fields):
        raise error


def definition_errors(fields: Iterable[FormField]) -> Iterator[tuple[int, RuleError]]:
    """Everything for which nobody could fill a form in, each with the place (from 0) of the field it is about."""
    labels = set[str]()
    for place, field in enumerate(fields):
        if not field.label.strip():
            yield place, RuleError("申请表的每一项都要有名称。", code="no_label")
        if field.label in labels:
            yield (
                place,
                RuleError(f"申请表里“{field.label}”写了两次，请改名或删掉一个。", code="label_twice"),
            )
        if field.kind == "choice" and len(set(field.options)) < 2:
            yield place, RuleError(f"“{field.label}”是选择题，至少要有两个不同的选项。", code="no_options")
        if field.least is not None and field.most is not None and field.least > field.most:
            yield place, RuleError(f"“{field.label}”的下限比上限大，请核对。", code="bad_bounds")
        labels.add(field.label)


def _text(field: FormField, text: str) -> str:
    most = field.most or MAX_TEXT_CHARS
    if len(text) > most:
        raise RuleError(f"“{field.label}”最多写 {most} 个字，现在有 {len(text)} 个。", code="too_long")
    if field.least and len(text) < field.least:
        raise RuleError(f"“{field.label}”至少写 {field.least} 个字。", code="too_short")
    return text


def _number(field: FormField, text: str) -> str:
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation:
        number = Decimal("NaN")
    if not re.fullmatch(r"-?\d{1,9}(\.\d{1,2})?", text.replace(",", "")) or number.is_nan():
        raise RuleError(f"“{field.label}”要填数字，如 3 或 2.5，不要带单位。", code="no_number")
    if field.least is not None and number < field.least:
        raise RuleError(f"“{field.label}”不能小于 {field.least}，请核对。", code="too_small")
    if field.most is not None and number > field.most:
        raise RuleError(f"“{field.label}”不能大于 {field.most}，请核对。", code="too_large")
    return f"{number:f}"


def _date(field: FormField, text: str) -> str:
    found = _PACKED_DATE.fullmatch(text) or _DATE.fullmatch(text)
    try:
        day = date(*(int(part) for part in found.groups())) if found else OLDEST
    except ValueError as exc:
        raise RuleError(f"“{field.label}”没有这一天，请对着日历再填一次。", code="no_day") from exc
    if not found or day <= OLDEST:
        raise RuleError(f"“{field.label}”请把年、月、日写全，如 20260305。", code="no_date")
    return day.isoformat()


def _choice(field: FormField, text: str) -> str:
    if text not in field.options:
        raise RuleError(f"“{field.label}”请从这些里面选一个：{'、'.join(field.options)}。", code="no_choice")
    return text

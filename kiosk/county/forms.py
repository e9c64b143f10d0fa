"""Forms as lists of fields: drawn by county/_fields.html, filled again with what was typed, checked for what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from content.errors import RuleError

Form = MultiDict[str, str]


@dataclass(frozen=True)
class Input:
    """One field. type: an HTML input's, or "check" (one box, value "1"), or "checks" (boxes of `options`, values a tuple).

    rows: more than 0 makes a text area; options: (value, word) pairs, a list to choose from.
    """

    name: str
    label: Any
    hint: Any = ""
    type: str = "text"
    rows: int = 0
    value: Any = ""
    options: tuple[tuple[str, Any], ...] | None = None
    is_required: bool = True

    @property
    def boxes(self) -> tuple[tuple[str, Any, str, str], ...]:
        """The options as the macro `choices` wants them: value, word, no icon, no note."""
        return tuple((value, word, "", "") for value, word in self.options or ())


def filled(inputs: Sequence[Input], form: Form) -> list[Input]:
    """The same fields with what was typed, so that nothing is lost; a password is typed anew."""
    return [replace(field, value=_typed(field, form)) for field in inputs]


def require(inputs: Sequence[Input], form: Form) -> None:
    """RuleError, its code the field's name, for the first field that has to be filled in and is not."""
    for field in inputs:
        if field.is_required and field.type != "check" and not "".join(form.getlist(field.name)).strip():
            raise wrong(field.name, _("请填写“%(label)s”。", label=field.label))


def wrong(name: str, sentence: str) -> RuleError:
    """What is wrong with a field, to be shown beside it."""
    return RuleError(sentence, code=name)


def text(form: Form, name: str) -> str:
    """A field as typed, without blanks around it."""
    return form.get(name, "").strip()


def lines(form: Form, name: str) -> tuple[str, ...]:
    """The lines of a text area that say something."""
    return tuple(line.strip() for line in form.get(name, "").splitlines() if line.strip())


def number(form: Form, name: str, *, otherwise: int | None = None) -> int:
    """A whole number of at most six digits. RuleError for anything else, and for none when there is no `otherwise`."""
    typed = text(form, name)
    if not typed and otherwise is not None:
        return otherwise
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 6):
        raise wrong(name, _("这里要填一个整数。"))
    return int(typed)


def _typed(field: Input, form: Form) -> Any:
    if field.type == "password":
        return ""
    return tuple(form.getlist(field.name)) if field.type == "checks" else form.get(field.name, "")

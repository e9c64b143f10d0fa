"""The form of a rule set: a set as typed fields and back; every rule is a group of fields numbered by its place."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date

import msgspec
from flask_babel import gettext as _

from content import supervision_rules
from content.errors import RuleError
from content.supervision_rules import CLOCKS, WHO, Rule, RuleSet, Suspicion
from kiosk.county.forms import Form, text

MOST_RULES = 60
BLANK_ROWS = 2
_WHOLE = re.compile(r"[-−]?\d{1,4}")


@dataclass(frozen=True)
class Row:
    """One rule as it stands in the form; everything is text, so that nothing typed is lost."""

    id: str
    name: str = ""
    clock: str = "promised"
    colour: str = "yellow"
    offset: str = "0"
    hour: str = "0"
    after: str = ""
    rectify_days: str = "0"
    page: tuple[str, ...] = ("holder",)
    sms: tuple[str, ...] = ()
    escalate_days: str = "0"
    escalate_page: tuple[str, ...] = ()
    escalate_sms: tuple[str, ...] = ()
    is_dropped: bool = False

    @property
    def is_blank(self) -> bool:
        return not self.name.strip()


_LISTS = ("page", "sms", "escalate_page", "escalate_sms")
_NUMBERS = ("offset", "hour", "rectify_days", "escalate_days")


def rows_of(rules: Sequence[Rule]) -> list[Row]:
    """A set's rules, and blank rows for new ones."""
    rows = []
    for rule in rules:
        plain = {name: value if name in _LISTS else str(value) for name, value in asdict(rule).items()}
        rows.append(msgspec.convert(plain, Row))
    return [*rows, *_blanks()]


def rows_typed(form: Form) -> list[Row]:
    """The rows as they were typed, in their order, with blank ones for more."""
    rows = []
    for place in range(MOST_RULES):
        if f"id_{place}" in form:
            typed = {name: text(form, f"{name}_{place}") for name in ("name", "clock", "colour", "after")}
            numbers = {name: text(form, f"{name}_{place}") or "0" for name in _NUMBERS}
            told = {
                name: tuple(one for one in WHO if one in form.getlist(f"{name}_{place}")) for name in _LISTS
            }
            is_dropped = form.get(f"drop_{place}") == "1"
            plain = {"id": text(form, f"id_{place}"), **typed, **numbers, **told, "is_dropped": is_dropped}
            rows.append(msgspec.convert(plain, Row))
    return [*(row for row in rows if not row.is_blank), *_blanks()]


def set_typed(form: Form, rows: Sequence[Row], set_id: str) -> RuleSet:
    """The set that was typed. RuleError, in words, for what cannot be a rule."""
    in_force_from = text(form, "in_force_from")
    try:
        date.fromisoformat(in_force_from)
    except ValueError as exc:
        raise RuleError(_("请填从哪一天起执行。"), code="in_force_from") from exc
    if not text(form, "name") or not text(form, "source"):
        raise RuleError(_("请填写名称和依据。"), code="source")
    rules = tuple(_rule(row) for row in rows if not row.is_blank and not row.is_dropped)
    rule_set = RuleSet(
        set_id, text(form, "name"), text(form, "source"), in_force_from, rules, _suspicion(form)
    )
    if sentence := supervision_rules.why_not(rule_set):
        raise RuleError(sentence, code="bad_rules")
    return rule_set


def _blanks() -> list[Row]:
    return [Row(f"own_{secrets.token_hex(4)}") for _place in range(BLANK_ROWS)]


def _rule(row: Row) -> Rule:
    if row.clock not in CLOCKS:
        raise RuleError(_("“%(name)s”：请选哪种时限。", name=row.name), code="bad_rules")
    plain = {
        field.name: _number(row, field.name) if field.name in _NUMBERS else getattr(row, field.name)
        for field in fields(Rule)
    }
    try:
        return msgspec.convert(plain, Rule)
    except msgspec.ValidationError as exc:
        raise RuleError(
            _(
                "“%(name)s”：工作日填 -60 到 60，钟点填 0 到 23，限几天和升级填 0 到 60。",
                name=row.name,
            ),
            code="bad_rules",
        ) from exc


def _number(row: Row, name: str) -> int:
    typed = getattr(row, name)
    if not _WHOLE.fullmatch(typed):
        raise RuleError(_("“%(name)s”：“%(typed)s”不是整数。", name=row.name, typed=typed), code="bad_rules")
    return int(typed.replace("−", "-"))


def _suspicion(form: Form) -> Suspicion:
    typed = {field.name: text(form, f"suspicion_{field.name}") for field in fields(Suspicion)}
    plain = {name: int(value) for name, value in typed.items() if re.fullmatch(r"\d{1,4}", value)}
    try:
        return msgspec.convert(plain, Suspicion)
    except msgspec.ValidationError as exc:
        raise RuleError(_("查疑点的数字超出了范围，请改小一些。"), code="suspicion") from exc

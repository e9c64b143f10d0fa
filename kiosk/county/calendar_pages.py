"""The calendar of working days at the console: a year as a sheet of twelve months, and its notice entered by pasting it."""

import calendar as months_of
from dataclasses import dataclass
from datetime import date

from flask import Response, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from content import calendar as working_days
from content import calendar_notice
from content.calendar import Calendar, YearTable
from content.clock import local_date
from content.errors import RuleError
from kiosk.county import forms, words
from kiosk.county.area import may_edit_rules
from kiosk.county.blueprint import blueprint
from kiosk.i18n import month_word
from kiosk.pages import services, show

_YEARS_BACK, _YEARS_AHEAD = 2, 2


@dataclass(frozen=True)
class Day:
    """One cell of a month. look: "off" (a weekday off), "worked" (a weekend worked), "rest" or "" (a working day)."""

    day: date
    look: str


@blueprint.get("/county/calendar")
def calendar() -> Response:
    """A year's working days, holidays and make-up days; which years nobody has announced yet."""
    return _show_year(_asked_year())


@blueprint.post("/county/calendar")
def calendar_save() -> ResponseReturnValue:
    """Show what was read from a pasted notice, or keep it for every village."""
    wired, year = services(), _asked_year()
    text = request.form.get("notice", "")
    try:
        table = calendar_notice.read(text, year)
        if request.form.get("step") != "save":
            return _show_year(year, text=text, table=table)
        working_days.set_year(wired.node.record, table, by=g.account.name)
    except RuleError as exc:
        return _show_year(year, text=text, problem=str(exc))
    wired.node.views.catch_up()
    wired.nudge()
    flash(_("已保存 %(year)s 年的放假安排，各村下次同步时收到，期限照新的算。", year=year), "success")
    return redirect(url_for("county.calendar", year=year), code=303)


def _asked_year() -> int:
    this_year = local_date(services().node.clock()).year
    typed = forms.text(request.values, "year")
    years = {str(year): year for year in range(2004, this_year + 10)}
    return years.get(typed, this_year)


def _show_year(year: int, *, text: str = "", table: YearTable | None = None, problem: str = "") -> Response:
    node = services().node
    holidays = working_days.get_calendar(node.views.read())
    counted = Calendar({**holidays.tables, year: table}) if table else holidays
    this_year = local_date(node.clock()).year
    span = range(this_year - _YEARS_BACK, this_year + _YEARS_AHEAD + 1)
    known = working_days.table_of(holidays, year)
    return show(
        "county/calendar.html",
        status=422 if problem else 200,
        year=year,
        years=[(one, holidays.source_of(one)) for one in span],
        source=holidays.source_of(year),
        month_names=[month_word(month) for month in range(1, 13)],
        months=[_month(counted, year, month) for month in range(1, 13)],
        work_count=sum(counted.is_workday(day) for day in _days(year)),
        text=text or calendar_notice.write(known),
        preview=table,
        problem=problem,
        words=words,
        may_edit=may_edit_rules(),
    )


def _days(year: int) -> list[date]:
    return [
        day
        for month in range(1, 13)
        for day in months_of.Calendar().itermonthdates(year, month)
        if day.month == month
    ]


def _month(holidays: Calendar, year: int, month: int) -> list[list[Day | None]]:
    """The weeks of a month from Monday on; None outside it."""
    return [
        [_day(holidays, day) if day.month == month else None for day in week]
        for week in months_of.Calendar().monthdatescalendar(year, month)
    ]


def _day(holidays: Calendar, day: date) -> Day:
    is_worked, is_weekday = holidays.is_workday(day), day.weekday() < 5
    looks = {(True, True): "", (True, False): "worked", (False, True): "off", (False, False): "rest"}
    return Day(day, looks[is_worked, is_weekday])

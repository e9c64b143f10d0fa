"""Statistics at the console: figures of what an account may see, by place, department, item and month, drawn and in
tables; the same as a spreadsheet, as CSV, and as a report on A4."""

from typing import Any

from flask import Response, abort, render_template
from flask_babel import force_locale, lazy_gettext
from flask_babel import gettext as _

from content import ratings, statistics, usage, villages
from content.clock import local_date, to_text
from content.statistics import DEFINITIONS, Group, Line, Report
from kiosk import spreadsheets
from kiosk.charts import MAX_BARS, Bar, Series, bar_chart, counted, trend_chart
from kiosk.county import clocks, lists, rating_pages, scope_form, statistics_tables, usage_pages
from kiosk.county.area import area, my_villages, whole_name
from kiosk.county.blueprint import blueprint
from kiosk.county.scope_form import Asked
from kiosk.i18n import DEFAULT
from kiosk.pages import local_day, local_time, services, show
from kiosk.printing import sheets
from kiosk.public.words import SCORES as SCORE_WORDS
from kiosk.spreadsheets import Sheet

GROUP_WORDS: dict[Group, Any] = {
    "town": lazy_gettext("乡镇"),
    "village": lazy_gettext("村"),
    "department": lazy_gettext("部门"),
    "item": lazy_gettext("事项"),
}
SORTS = {
    "received": lambda one: (-one.received, -one.closed),
    "closed": lambda one: (-one.closed, -one.received),
    "overdue": lambda one: (-one.overdue, -one.open),
    "late": lambda one: (one.on_time - one.timed, -one.closed),
}
SORT_WORDS = {
    "received": lazy_gettext("收件多的在前"),
    "closed": lazy_gettext("办结多的在前"),
    "overdue": lazy_gettext("超期多的在前"),
    "late": lazy_gettext("晚办结多的在前"),
}
FILES = {"xlsx": spreadsheets.XLSX, "csv": spreadsheets.CSV}


@blueprint.get("/county/statistics", endpoint="statistics")
def figures() -> Response:
    """The whole at a glance, month by month, and line by line of the group that was chosen."""
    asked, group, found = _found()
    lines = _sorted(found.lines)
    shown, pages = lists.cut(lines)
    table = statistics_tables.sheet(
        "",
        str(GROUP_WORDS[group]),
        statistics_tables.work_columns(),
        shown,
        found.total,
    )
    return show(
        "county/statistics.html",
        fragment="county/_statistics_table.html",
        asked=asked,
        group=group,
        groups=GROUP_WORDS,
        group_tabs=[
            (word, lists.here(by=name, page="", _anchor=lists.PART), name == group, "")
            for name, word in GROUP_WORDS.items()
        ],
        total=found.total,
        table=table,
        months=_monthly(found),
        line_count=len(lines),
        pages=pages,
        here=lists.here,
        query=scope_form.query_of(),
        span=scope_form.span_name(asked),
        sorts=SORT_WORDS,
        order=lists.chosen("sort", SORTS, "received"),
        columns={_("收件数"): "received", _("办结数"): "closed", _("现在超期"): "overdue"},
        charts=_charts(found, lines),
        percent=statistics_tables.percent,
        score_words=SCORE_WORDS,
        definitions=statistics_tables.DEFINITION_WORDS,
    )


@blueprint.get("/county/statistics/<kind>", endpoint="statistics_file")
def file(kind: str) -> Response:
    """The same figures as a workbook or as CSV; `table` names one of the tables of the CSV ("usage" is the kiosks'), the
    first one else."""
    if kind not in FILES:
        abort(404)
    asked, group, found = _found()
    made = statistics_tables.sheets(found, str(GROUP_WORDS[group]), is_of_places=group in ("town", "village"))
    used = usage_pages.sheets(asked, group)
    if kind == "xlsx":
        data = spreadsheets.to_xlsx([*made, *used, _about(asked)])
    else:
        tables = {str(number): sheet for number, sheet in enumerate([*made, *used])} | {"usage": used[0]}
        data = spreadsheets.to_csv(tables[lists.chosen("table", tables, "0")])
    name = f"statistics-{asked.scope.area or 'all'}-{asked.since}-{asked.until}.{kind}"
    return Response(
        data, mimetype=FILES[kind], headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@blueprint.get("/county/statistics/report.pdf", endpoint="statistics_report")
def report() -> Response:
    """The report of a place or a department on A4, in Chinese, for the file and the meeting."""
    with force_locale(DEFAULT):
        asked, group, found = _found()
        html = render_template("print/statistics.html", **_report(asked, group, found))
    name = f"report-{asked.scope.area}-{asked.scope.department or 'all'}-{asked.since}-{asked.until}"
    return sheets.answer(html, name=name)


def _found() -> tuple[Asked, Group, Report]:
    node = services().node
    db, today = node.views.read(), local_date(node.clock())
    mine = my_villages(db)
    asked = scope_form.read(db, mine, area=area(), whole_name=whole_name(), today=today)
    usual: Group = {"county": "town", "town": "village"}.get(asked.level, "item")  # type: ignore[assignment]
    group: Group = lists.chosen("by", GROUP_WORDS, usual)  # type: ignore[assignment]
    return asked, group, statistics.report(db, asked.scope, group=group, today=today)


def _sorted(lines: list[Line]) -> list[Line]:
    order = SORTS[lists.chosen("sort", SORTS, "received")]
    return sorted(lines, key=lambda line: (*order(line.figures), line.key))


def _monthly(found: Report) -> Sheet:
    """The months beside their chart: few columns, as wide as a chart allows."""
    columns = [
        column
        for column in statistics_tables.work_columns()
        if column.label in (_("收件数"), _("办结数"), _("按时办结"), _("按时办结率"), _("黄牌"), _("红牌"))
    ]
    lines = [Line(line.key, scope_form.month_name(line.key), line.figures) for line in found.months]
    return statistics_tables.sheet("", _("月份"), columns, lines, found.total)


def _charts(found: Report, lines: list[Line]) -> dict[str, Any]:
    months = [line.key for line in found.months]
    series = [
        Series(_("收件数"), [line.figures.received for line in found.months], "finance", is_open=True),
        Series(_("办结数"), [line.figures.closed for line in found.months], "village"),
    ]
    return {
        "months": trend_chart(
            months, series, chart_id="months", title=_("每月收件和办结"), unit=_("件"), written=counted
        ),
        "lines": _bars(lines),
        "ratings": rating_pages.distribution(found.total.ratings),
    }


def _bars(lines: list[Line]) -> Any:
    bars = [Bar(line.name, line.figures.received, "finance") for line in lines[:MAX_BARS]]
    if not bars:
        return None
    return bar_chart(bars, chart_id="lines", title=_("收件数"), unit=_("件"), written=counted)


def _about(asked: Asked) -> Sheet:
    """What the figures are of and how they are counted, as the workbook's last table."""
    now = to_text(services().node.clock())
    rows = [
        [_("范围"), asked.place_name, ""],
        [_("部门"), dict(asked.departments).get(asked.scope.department, _("全部")), ""],
        [_("事项"), dict(asked.items).get(asked.scope.item, _("全部")), ""],
        [_("时间"), scope_form.span_name(asked), ""],
        [_("导出时间"), f"{local_day(now)} {local_time(now)[-5:]}", ""],
        *(
            [str(name), str(formula), source]
            for (name, formula), (*_words, source) in zip(
                statistics_tables.DEFINITION_WORDS, DEFINITIONS, strict=True
            )
        ),
    ]
    return Sheet(_("说明"), [_("指标"), _("怎么算"), _("数据来源")], rows)


def _report(asked: Asked, group: Group, found: Report) -> dict[str, Any]:
    node = services().node
    db, today = node.views.read(), local_date(node.clock())
    heat = clocks.heat(asked.scope.area)
    overdue = {code: sum(one.state == "overdue" for one in items) for code, items in heat.items()}
    worst = sorted(overdue.items(), key=lambda pair: (-pair[1], pair[0]))[:10]
    names = {village.code: f"{village.town} {village.name}" for village in asked.villages}
    group_word = str(GROUP_WORDS[group])
    lines = _sorted(found.lines)
    return {
        "asked": asked,
        "used": usage.read(db, asked.scope).total,
        "department": dict(asked.departments).get(asked.scope.department, ""),
        "span": scope_form.span_name(asked),
        "total": found.total,
        "percent": statistics_tables.percent,
        "share": statistics_tables.share_words,
        "by": statistics_tables.sheet(
            group_word, group_word, statistics_tables.work_columns(), lines, found.total
        ),
        "months": _monthly(found),
        "rated": statistics_tables.sheet(
            group_word, group_word, statistics_tables.rating_columns(), lines, found.total
        ),
        "tags": ratings.tags(db, asked.scope, is_bad=True),
        "score_words": SCORE_WORDS,
        "late_villages": sum(count > 0 for count in overdue.values()),
        "village_count": len(overdue),
        "late_items": sum(overdue.values()),
        "worst": [(names.get(code, code), count) for code, count in worst if count],
        "definitions": DEFINITIONS,
        "county": villages.get_county(db),
        "today": today.isoformat(),
    }

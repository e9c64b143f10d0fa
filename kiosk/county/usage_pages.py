"""How much the kiosks, the portal and the texts of an area are used: in figures, by month, by kind and by place."""

from typing import Any, Literal

from flask import Response
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from content import statistics, usage
from content.clock import local_date
from content.usage import Usage, Used
from kiosk.charts import MAX_BARS, Bar, Series, bar_chart, counted, trend_chart
from kiosk.county import lists, scope_form, usage_tables
from kiosk.county.area import area, my_villages, whole_name
from kiosk.county.blueprint import blueprint
from kiosk.county.scope_form import Asked
from kiosk.pages import services, show
from kiosk.spreadsheets import Sheet

Group = Literal["town", "village"]
GROUP_WORDS: dict[Group, Any] = {"town": lazy_gettext("乡镇"), "village": lazy_gettext("村")}
SORTS = {
    "least": lambda used: used.total("kiosk"),
    "kiosk": lambda used: -used.total("kiosk"),
    "portal": lambda used: -used.total("portal"),
    "texts": lambda used: -used.total("texts_in"),
}
SORT_WORDS = {
    "least": lazy_gettext("自助机用得少的在前"),
    "kiosk": lazy_gettext("自助机用得多的在前"),
    "portal": lazy_gettext("门户网看得多的在前"),
    "texts": lazy_gettext("来短信多的在前"),
}


@blueprint.get("/county/statistics/usage", endpoint="statistics_usage")
def use() -> Response:
    """What was looked at and texted, and where nobody comes."""
    node = services().node
    db, today = node.views.read(), local_date(node.clock())
    asked = scope_form.read(db, my_villages(db), area=area(), whole_name=whole_name(), today=today)
    group: Group = lists.chosen("by", GROUP_WORDS, "town" if asked.level == "county" else "village")  # type: ignore[assignment]
    found = usage.read(db, asked.scope)
    lines = places(asked, group, found)
    order = SORTS[lists.chosen("sort", SORTS, "least")]
    lines.sort(key=lambda line: order(line[1]))
    part, pages = lists.cut(lines)
    villages = [one for one in asked.villages if one.code.startswith(asked.scope.area)]
    return show(
        "county/statistics_usage.html",
        fragment="county/_usage_table.html",
        asked=asked,
        span=scope_form.span_name(asked),
        total=found.total,
        village_count=len(villages),
        idle_count=sum(not found.places.get(one.code, Used()).total("kiosk") for one in villages),
        charts=_charts(asked, found),
        months=_monthly(asked, found),
        page_kinds=usage_tables.kinds(found.total, "kiosk", "portal"),
        in_kinds=usage_tables.kinds(found.total, "texts_in"),
        out_kinds=usage_tables.kinds(found.total, "texts_out"),
        by_pages=usage_tables.pages(str(GROUP_WORDS[group]), part, found.total),
        by_texts=usage_tables.texts(str(GROUP_WORDS[group]), part, found.total),
        group=group,
        groups=GROUP_WORDS,
        group_tabs=[
            (word, lists.here(by=name, page="", _anchor=lists.PART), name == group, "")
            for name, word in GROUP_WORDS.items()
        ],
        line_count=len(lines),
        pages=pages,
        query=scope_form.query_of() | {"by": group},
        sorts=SORT_WORDS,
        here=lists.here,
        order=lists.chosen("sort", SORTS, "least"),
        columns={_("自助机"): "kiosk", _("门户网"): "portal", _("收到短信"): "texts"},
    )


def sheets(asked: Asked, by: str) -> list[Sheet]:
    """The kiosks' pages and the texts for a workbook: by town or village, by month where it is of neither."""
    found = usage.read(services().node.views.read(), asked.scope)
    if by in ("town", "village"):
        first, lines = str(GROUP_WORDS[by]), places(asked, by, found)  # type: ignore[index, arg-type]
    else:
        first, lines = _("月份"), usage_tables.months(found, statistics.months_of(asked.scope))
    return [make(first, lines, found.total) for make in (usage_tables.pages, usage_tables.texts)]


def places(asked: Asked, group: Group, found: Usage) -> list[tuple[str, Used]]:
    """Every town or village that was asked for, used or not, under its name."""
    if group == "town":
        names = dict(asked.towns)
        inside = {
            code for code in names if code.startswith(asked.scope.area) or asked.scope.area.startswith(code)
        }
    else:
        names = {one.code: f"{one.name}（{one.town}）" for one in asked.villages}
        inside = {code for code in names if code.startswith(asked.scope.area)}
    used = (found.by_town() if group == "town" else found).places
    return [(names[code], used.get(code, Used())) for code in sorted(inside)]


def _monthly(asked: Asked, found: Usage) -> Any:
    lines = usage_tables.months(found, statistics.months_of(asked.scope))
    return usage_tables.pages(_("月份"), lines, found.total)


def _charts(asked: Asked, found: Usage) -> dict[str, Any]:
    months = statistics.months_of(asked.scope)
    used = [found.months.get(month, Used()) for month in months]
    series = [
        Series(_("自助机"), [one.total("kiosk") for one in used], "village"),
        Series(_("门户网"), [one.total("portal") for one in used], "finance", is_open=True),
    ]
    return {
        "months": trend_chart(
            months, series, chart_id="months", title=_("每月翻看的页数"), unit=_("页"), written=counted
        ),
        "kinds": _bars(found.total),
    }


def _bars(total: Used) -> Any:
    """What is looked at most at the kiosks, the front page aside: everybody passes it."""
    kinds = [(total.shown("kiosk", what) or 0, what) for what in usage.PAGES if what != "home"]
    most = [pair for pair in sorted(kinds, key=lambda pair: -pair[0]) if pair[0]][:MAX_BARS]
    if not most:
        return None
    bars = [Bar(str(usage_tables.PAGE_WORDS[what]), count, "village") for count, what in most]
    return bar_chart(bars, chart_id="kinds", title=_("自助机上看什么"), unit=_("页"), written=counted)

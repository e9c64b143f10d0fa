"""What the county's portal shows beside each village's own pages: the county's guides, and its figures for everybody."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, g, request, url_for
from flask_babel import gettext as _

from content import guides, installed, statistics, villages
from content.clock import local_date
from content.disclosure_clock import ItemClock
from content.guide_fields import Guide
from content.ratings import Tally
from content.statistics import Line, Report
from content.villages import Village
from kiosk.charts import Series, counted, trend_chart
from kiosk.county import clocks, lists, rating_pages, scope_form, statistics_tables
from kiosk.county.blueprint import blueprint
from kiosk.county.catalogue_pages import SECTIONS
from kiosk.flow_chart import flow_chart
from kiosk.pages import services, show
from kiosk.printing import sheets

FACETS = {"life_event": "life_event", "theme": "theme", "group": "special_group"}
FEWEST_RATINGS = 5  # below this a distribution could tell who said what
PLACES_SHOWN = 40


@dataclass(frozen=True)
class SectionClock:
    """How many items of a section are overdue in a village, and for how many days the worst is."""

    items: int
    days: int


@dataclass(frozen=True)
class Owed:
    """A village with what it owes of each section."""

    village: Village
    sections: dict[str, SectionClock]

    @property
    def items(self) -> int:
        return sum(one.items for one in self.sections.values())


@blueprint.get("/guides", endpoint="portal_guides")
def portal_guides() -> Response:
    """The guides in force in the county: all, those of a tag, or those a word finds."""
    node = services().node
    db, today = node.views.read(), local_date(node.clock())
    facet = lists.chosen("by", FACETS, "life_event")
    words, tag = request.args.get("q", "").strip(), request.args.get("tag", "")
    tags = getattr(guides.facets(db, on=today), FACETS[facet])
    if words:
        lines = guides.find_by_topic(db, words, on=today)
    elif tag in tags:
        lines = guides.list_guides(db, on=today, **{facet: tag})
    else:
        lines = guides.list_guides(db, on=today)
    return show(
        "county/portal_guides.html",
        back=url_for("county.portal_guides") if words or tag else url_for("county.front"),
        facet=facet,
        tags=tags,
        tag=tag if tag in tags else "",
        words=words,
        lines=lines,
    )


@blueprint.get("/guides/<guide_id>", endpoint="portal_guide")
def portal_guide(guide_id: str) -> Response:
    """One guide as a village's pages show it; 404 for one that is not in force today."""
    found = _guide_in_force(guide_id)
    return show(
        "public/guide.html",
        back=url_for("county.portal_guides"),
        guide=found,
        openings=found.eight_openings,
        chart=flow_chart(found, chart_id="flow"),
        sample_url=lambda no: url_for("files.show", sha256=found.materials[no - 1].samples[0].sha256),
        print_url=url_for("county.portal_guide_sheet", guide_id=guide_id),
        ask_url="",
        code=None,
        sms_number=services().sms_number,
        sms_code=None,
    )


@blueprint.get("/guides/<guide_id>.pdf", endpoint="portal_guide_sheet")
def portal_guide_sheet(guide_id: str) -> Response:
    """The guide on paper (一次性告知单), with its samples."""
    if not installed.can_typeset():
        abort(404)
    node, found = services().node, _guide_in_force(guide_id)
    g.is_fleeting = True  # kept as a file anyway
    html = sheets.guide_html(found, place=node.config.name, size="A4")
    return sheets.answer(html, name=f"{guide_id}-A4")


@blueprint.get("/statistics", endpoint="portal_statistics")
def portal_statistics() -> Response:
    """A year of the county, a town or a village in public counts: done, on time, overdue, rated, disclosed."""
    node = services().node
    db, today = node.views.read(), local_date(node.clock())
    every = villages.all_villages(db)
    asked = scope_form.read(db, every, area="", whole_name=node.config.name, today=today)
    group: statistics.Group = "village" if asked.level == "town" else "town"
    found = statistics.report(db, asked.scope, group=group, today=today)
    rated = found.total.ratings
    return show(
        "county/portal_statistics.html",
        back=url_for("county.front"),
        asked=asked,
        span=scope_form.span_name(asked),
        total=found.total,
        percent=statistics_tables.percent,
        rated=rated,
        chart=_chart(found),
        distribution=rating_pages.distribution(rated) if _may_show(rated) else None,
        fewest=FEWEST_RATINGS,
        lines=_lines(found) if asked.level != "village" else [],
        late=late_items(asked.scope.area),
        definitions=statistics_tables.DEFINITION_WORDS,
    )


@blueprint.get("/disclosure", endpoint="portal_disclosure")
def portal_disclosure() -> Response:
    """What each village has to publish and has not, by section, the worst first; a cell leads to the village's own page."""
    every = villages.all_villages(services().node.views.read())
    towns = {village.town_code: village.town for village in every}
    town = lists.chosen("town", towns)
    heat = clocks.heat(town)
    rows = [
        Owed(village, _by_section(heat.get(village.code, ()))) for village in every if village.code in heat
    ]
    rows.sort(key=lambda row: (-row.items, row.village.code))
    pages = lists.pages_of(len(rows), size=PLACES_SHOWN)
    start = (pages.number - 1) * PLACES_SHOWN
    return show(
        "county/portal_disclosure.html",
        back=url_for("county.portal_statistics"),
        rows=rows[start : start + PLACES_SHOWN],
        towns=sorted(towns.items()),
        late=late_items(town),
        sections=SECTIONS,
        pages=pages,
    )


def _guide_in_force(guide_id: str) -> Guide:
    node = services().node
    found = guides.in_force(node.views.read(), guide_id, on=local_date(node.clock()))
    if found is None:
        abort(404)
    return found


def _by_section(items: Iterable[ItemClock]) -> dict[str, SectionClock]:
    found: dict[str, list[ItemClock]] = {section: [] for section in SECTIONS}
    for one in items:
        found.setdefault(one.item.section, []).append(one)
    return {section: _section(members) for section, members in found.items()}


def _section(members: Iterable[ItemClock]) -> SectionClock:
    days = [one.days_overdue for one in members if one.state == "overdue"]
    return SectionClock(len(days), max(days, default=0))


def late_items(area: str) -> dict[str, int]:
    """How much of the catalogue is overdue in an area: villages in all, villages that owe something, items owed."""
    owed = [sum(one.state == "overdue" for one in items) for items in clocks.heat(area).values()]
    return {"villages": len(owed), "late": sum(count > 0 for count in owed), "items": sum(owed)}


def _may_show(rated: Tally) -> bool:
    return rated.rated >= FEWEST_RATINGS


def _chart(found: Report) -> Any:
    series = [
        Series(_("收件数"), [line.figures.received for line in found.months], "finance", is_open=True),
        Series(_("办结数"), [line.figures.closed for line in found.months], "village"),
    ]
    months = [line.key for line in found.months]
    return trend_chart(
        months, series, chart_id="months", title=_("每月收件和办结"), unit=_("件"), written=counted
    )


def _lines(found: Report) -> list[Line]:
    """What is overdue comes first: that is what people want to know of their town."""
    lines = sorted(found.lines, key=lambda line: (-line.figures.overdue, line.key))
    return lines[:PLACES_SHOWN]

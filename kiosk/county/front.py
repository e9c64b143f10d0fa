"""The public front of the county's portal: the villages by town, what they published lately, and search over all."""

from dataclasses import dataclass
from itertools import groupby

from flask import Response, request, url_for

from content import casework, guides, latest, search, villages
from content.clock import local_date
from content.search import Hit
from content.villages import Village
from kiosk.county import lists
from kiosk.county.blueprint import blueprint
from kiosk.county.portal_pages import late_items
from kiosk.county.public_pages import address
from kiosk.pages import services, show

FEW_VILLAGES = 24  # up to here all are shown at once, above that a town is chosen first
NEWS = 6
HITS = 30


@dataclass(frozen=True)
class Town:
    """A town with its villages."""

    code: str
    name: str
    villages: tuple[Village, ...]


@blueprint.get("/")
def front() -> Response:
    """The county's name, its villages, the latest publications; with `q` what was found, with `town` one town."""
    wired = services()
    db, today = wired.node.views.read(), local_date(wired.node.clock())
    every = villages.all_villages(db)
    towns = towns_of(every)
    names = {village.code: f"{village.name} {village.town}" for village in every}
    asked, town = request.args.get("q", "").strip(), request.args.get("town", "")
    village = lists.chosen("village", names)
    chosen = [found for found in towns if found.code == town]
    hits = search.find(db, asked, village=village, limit=HITS)
    lines = [(hit, _address(hit, village)) for hit in hits]
    return show(
        "county/front.html",
        back=url_for("county.front") if asked or chosen else None,
        county=villages.get_county(db),
        every=every,
        towns=chosen or towns,
        is_one_town=bool(chosen),
        is_town_chosen_first=len(every) > FEW_VILLAGES and not chosen,
        asked=asked,
        place=names.get(village, ""),
        is_cut=len(hits) == HITS,
        hits=[(hit, url) for hit, url in lines if url],
        news=[(line, address(f"{line.kind}:{line.id}", line.village)) for line in _news(asked, bool(chosen))],
        names=names,
        updated=latest.last_by_village(db),
        guide_count=len(guides.list_guides(db, on=today)),
        overdue=casework.count(db, area="", today=today).overdue,
        late=late_items("") if not asked and not chosen else {},
        sms_number=wired.sms_number,
    )


def _address(hit: Hit, village: str) -> str:
    """Where a hit stands: on its village's pages; a guide of the county on the portal's own; a programme, which is every
    village's, on those of the village that was chosen, "" without one."""
    noun, _colon, name = hit.key.partition(":")
    if noun == "guide" and not village:
        return url_for("county.portal_guide", guide_id=name)
    return address(hit.key, hit.village or village or _first())


def _first() -> str:
    every = villages.all_villages(services().node.views.read())
    return every[0].code if every else ""


def towns_of(every: list[Village]) -> list[Town]:
    """The villages by town, in their order."""
    groups = groupby(every, key=lambda village: (village.town_code, village.town))
    return [Town(code, name, tuple(members)) for (code, name), members in groups]


def _news(asked: str, is_one_town: bool) -> list[latest.Published]:
    if asked or is_one_town:
        return []
    return latest.page(services().node.views.read(), area="", size=NEWS).lines

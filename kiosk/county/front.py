"""The public front of the county's portal: the villages by town, what they published lately, and search over all."""

from dataclasses import dataclass
from itertools import groupby

from flask import Response, request, url_for

from content import latest, search, villages
from content.villages import Village
from kiosk.county.blueprint import blueprint
from kiosk.county.public_pages import address
from kiosk.pages import services, show

FEW_VILLAGES = 24  # up to here all are shown at once, above that a town is chosen first
NEWS = 6


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
    db = wired.node.views.read()
    every = villages.all_villages(db)
    towns = towns_of(every)
    asked, town = request.args.get("q", "").strip(), request.args.get("town", "")
    chosen = [found for found in towns if found.code == town]
    hits = [
        (hit, address(hit.key, hit.village or (every[0].code if every else "")))
        for hit in search.find(db, asked)
    ]
    return show(
        "county/front.html",
        back=url_for("county.front") if asked or chosen else None,
        county=villages.get_county(db),
        towns=chosen or towns,
        is_town_chosen_first=len(every) > FEW_VILLAGES and not chosen,
        asked=asked,
        hits=[(hit, url) for hit, url in hits if url],
        news=[(line, address(f"{line.kind}:{line.id}", line.village)) for line in _news(asked, bool(chosen))],
        names={village.code: village.name for village in every},
        updated=latest.last_by_village(db),
        sms_number=wired.sms_number,
    )


def towns_of(every: list[Village]) -> list[Town]:
    """The villages by town, in their order."""
    groups = groupby(every, key=lambda village: (village.town_code, village.town))
    return [Town(code, name, tuple(members)) for (code, name), members in groups]


def _news(asked: str, is_one_town: bool) -> list[latest.Published]:
    if asked or is_one_town:
        return []
    return latest.page(services().node.views.read(), area="", size=NEWS).lines

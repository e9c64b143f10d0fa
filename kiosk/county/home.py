"""The console's first page: the numbers of the account's area at a glance, each leading to its list."""

from datetime import datetime, time

from flask import Response

from content import casework, latest
from content.clock import VILLAGE_ZONE, local_date, to_text
from kiosk.county import devices, words
from kiosk.county.area import area, my_villages
from kiosk.county.blueprint import blueprint
from kiosk.pages import services, show


@blueprint.get("/county")
def home() -> Response:
    """Cases waiting, due and overdue; villages that are late or want approval; this month's publications."""
    wired = services()
    node, db = wired.node, wired.node.views.read()
    today = local_date(node.clock())
    month = to_text(datetime.combine(today.replace(day=1), time.min, VILLAGE_ZONE))
    mine = my_villages(db)
    synced = devices.sync_of(mine, wired.devices.all_devices(), node.clock()) if wired.devices else []
    return show(
        "county/home.html",
        counts=casework.count(db, area=area(), today=today),
        urgent=casework.list_for(db, area=area(), today=today, size=8).rows,
        has_devices=wired.devices is not None,
        late=[line for line in synced if line.state == "late"],
        waiting=[line for line in synced if line.state == "waiting"],
        village_count=len(mine),
        published=latest.count_since(db, month, area=area()),
        news=latest.page(db, area=area(), size=8).lines,
        words=words,
        today=today.isoformat(),
    )

"""What the villages have published, for whoever supervises them: the newest first, each with the state of its proof."""

from flask import Response

from content import disclosure, latest, proofs
from kiosk.county import lists, words
from kiosk.county.area import area, my_villages
from kiosk.county.blueprint import blueprint
from kiosk.county.public_pages import address
from kiosk.pages import page_number, services, show


@blueprint.get("/county/publications")
def publications() -> Response:
    """The publications of the account's area, of one village or catalogue item if the query says so."""
    node = services().node
    db = node.views.read()
    mine, items = my_villages(db), disclosure.list_items(db)
    found = latest.page(
        db,
        area=area(),
        village=lists.chosen("village", {village.code for village in mine}),
        item=lists.chosen("item", {item.code for item in items}),
        order=lists.chosen("sort", latest.ORDERS, "newest"),
        number=page_number(),
        size=lists.SIZE,
    )
    lines = [
        (
            line,
            proofs.state_of(node.record, line.event).state,
            address(f"{line.kind}:{line.id}", line.village),
        )
        for line in found.lines
    ]
    return show(
        "county/publications.html",
        fragment="county/_publication_table.html",
        lines=lines,
        total=found.total,
        pages=lists.pages_of(found.total),
        villages=mine,
        items=[(item.code, f"{item.code} {item.name}") for item in items],
        here=lists.here,
        order=lists.chosen("sort", latest.ORDERS, "newest"),
        words=words,
    )

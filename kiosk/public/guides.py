"""Service guides: found by life event, theme, group of people or word; each with its eight openings and a drawn flow."""

from flask import Blueprint, abort, request, url_for

from content import guides, reading
from content.guides import GuideLine
from content.speech import Passage
from kiosk import listening
from kiosk.pages import page_number, services, show
from kiosk.public.addresses import Answer, back_to, home_address, phone_code, sms_code, sms_number
from kiosk.public.paging import PAGE_SIZE, make_pager

SHOWN = 6
FACETS = ("life_event", "theme", "group")


def register(public: Blueprint) -> None:
    """Add this module's pages to the blueprint."""
    public.add_url_rule("/guides", "guides", list_all)
    public.add_url_rule("/guides/list", "guide_list", guide_list)
    public.add_url_rule("/guides/<guide_id>", "guide", guide)


def list_all() -> Answer:
    """The ways in: life events, themes, groups of people."""
    db = services().node.views.read()
    facets = guides.facets(db)
    facet = request.args.get("by", FACETS[0])
    facet = facet if facet in FACETS else FACETS[0]
    tags = {"life_event": facets.life_event, "theme": facets.theme, "group": facets.special_group}
    return show(
        "public/guides.html",
        back=home_address(),
        facet=facet,
        tags=tags[facet],
        lines=guides.list_guides(db)[:SHOWN],
    )


def guide_list() -> Answer:
    """The guides that carry a tag or a word, eight a page."""
    db = services().node.views.read()
    words = request.args.get("q", "").strip()
    wanted = {name: request.args.get(name, "") for name in FACETS}
    found: list[GuideLine] = guides.find_by_topic(db, words) if words else guides.list_guides(db, **wanted)
    number = page_number()
    return show(
        "public/guide_list.html",
        back=url_for("public.guides"),
        title=words or next(filter(None, wanted.values()), ""),
        lines=found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE],
        pager=make_pager(number, len(found)),
    )


def guide(guide_id: str) -> Answer:
    """One guide, everything an applicant needs to know before the first way to the counter."""
    found = guides.get(services().node.views.read(), guide_id)
    if found is None:
        abort(404)
    listening.offer(Passage(reading.of_guide(found)))
    return show(
        "public/guide.html",
        back=back_to(url_for("public.guides")),
        guide=found,
        openings=found.eight_openings,
        code=phone_code(),
        sms_number=sms_number(),
        sms_code=sms_code("BS"),
    )

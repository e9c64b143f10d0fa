"""Service guides: found by life event, theme, group of people, department or word; each with its eight openings and a drawn flow."""

from datetime import date
from typing import Any

from flask import Blueprint, abort, request, url_for
from sqlite_utils import Database

from content import guides, reading
from content.clock import local_date
from content.guides import GuideLine, Version
from content.speech import Passage
from kiosk import listening
from kiosk.flow_chart import flow_chart
from kiosk.pages import page_number, services, show
from kiosk.public.addresses import Answer, back_to, home_address, phone_code, sms_code, sms_number
from kiosk.public.paging import PAGE_SIZE, make_pager
from kiosk.public.photos import view_of

SHOWN = 6
FACETS = ("life_event", "theme", "group", "department")


def register(public: Blueprint) -> None:
    """Add this module's pages to the blueprint."""
    public.add_url_rule("/guides", "guides", list_all)
    public.add_url_rule("/guides/list", "guide_list", guide_list)
    public.add_url_rule("/guides/<guide_id>", "guide", guide)
    public.add_url_rule("/guides/<guide_id>/samples/<int:no>/<int:number>", "guide_sample", guide_sample)


def list_all() -> Answer:
    """The ways in: life events, themes, groups of people, departments."""
    db, today = _here()
    facets = guides.facets(db, on=today)
    facet = request.args.get("by", FACETS[0])
    facet = facet if facet in FACETS else FACETS[0]
    tags = {
        "life_event": facets.life_event,
        "theme": facets.theme,
        "group": facets.special_group,
        "department": facets.department,
    }
    return show(
        "public/guides.html",
        back=home_address(),
        facet=facet,
        tags=tags[facet],
        lines=guides.list_guides(db, on=today)[:SHOWN],
    )


def guide_list() -> Answer:
    """The guides that carry a tag or a word, eight a page."""
    db, today = _here()
    words = request.args.get("q", "").strip()
    wanted = {name: request.args.get(name, "") for name in FACETS}
    found: list[GuideLine] = (
        guides.find_by_topic(db, words, on=today) if words else guides.list_guides(db, on=today, **wanted)
    )
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
    db, today = _here()
    found = guides.in_force(db, guide_id, on=today)
    if found is None:
        return _not_now(guides.versions(db, guide_id, on=today))
    listening.offer(Passage(reading.of_guide(found)))
    return show(
        "public/guide.html",
        back=back_to(url_for("public.guides")),
        guide=found,
        openings=found.eight_openings,
        chart=flow_chart(found, chart_id="flow"),
        sample_url=lambda no: url_for("public.guide_sample", guide_id=guide_id, no=no, number=1),
        print_url=url_for("public.print_choice", noun="guide", public_id=guide_id),
        ask_url=url_for("public.say_kind", kind="consultation", about=f"guide:{guide_id}"),
        code=phone_code(),
        sms_number=sms_number(),
        sms_code=sms_code("BS"),
    )


def guide_sample(guide_id: str, no: int, number: int) -> Answer:
    """How a thing to bring looks (样表): picture `number` of material `no`, both from 1, nearer by buttons."""
    db, today = _here()
    found = guides.in_force(db, guide_id, on=today)
    materials = found.materials if found else ()
    if not 1 <= no <= len(materials) or not 1 <= number <= len(materials[no - 1].samples):
        abort(404)
    material = materials[no - 1]
    image, pages = material.samples[number - 1], len(material.samples)

    def address(number: int, **at: Any) -> str:
        return url_for("public.guide_sample", guide_id=guide_id, no=no, number=number, **at)

    return show(
        "public/guide_sample.html",
        back=url_for("public.guide", guide_id=guide_id),
        guide=found,
        material=material,
        image=image,
        number=number,
        pages=pages,
        view=view_of(image.width, image.height, lambda **at: address(number, **at)),
        prev_url=address(number - 1) if number > 1 else "",
        next_url=address(number + 1) if number < pages else "",
    )


def _here() -> tuple[Database, date]:
    node = services().node
    return node.views.read(), local_date(node.clock())


def _not_now(versions: list[Version]) -> Answer:
    """What the newest version says of why nobody can apply: it waits, has ended or was withdrawn. 404 for none."""
    if not versions:
        abort(404)
    return show(
        "public/guide_not_now.html",
        back=back_to(url_for("public.guides")),
        version=versions[0],
        guide=versions[0].guide,
    )

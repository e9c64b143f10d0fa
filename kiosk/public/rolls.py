"""Published subsidy rolls: rows by group as they may be shown, totals alone where people must not be named."""

from flask import Blueprint, abort, g, request, url_for
from flask_babel import gettext as _

from content import changes, disclosure, proofs, reading, roll_sums, rolls, subsidies
from content.clock import local_date
from content.money import yuan
from content.rolls import PublishedRoll
from content.speech import Passage
from kiosk import listening
from kiosk.pages import page_number, services, show
from kiosk.public.addresses import Answer, back_to, phone_code
from kiosk.public.paging import make_pager


def register(public: Blueprint) -> None:
    """Add this module's pages to the blueprint."""
    public.add_url_rule("/rolls", "rolls", list_all)
    public.add_url_rule("/rolls/<roll_id>", "roll", roll)


def list_all() -> Answer:
    """The rolls in force, newest first; of one programme if asked."""
    number, programme = page_number(), request.args.get("programme", "")
    page = rolls.list_rolls(services().node.views.read(), g.village, programme=programme, number=number)
    return show(
        "public/rolls.html",
        back=url_for("public.section", section="subsidy"),
        section="subsidy",
        part="rolls",
        programme=programme,
        page=page,
        pager=make_pager(number, page.total),
    )


def roll(roll_id: str) -> Answer:
    """One roll: its totals, then its rows group by group."""
    wired = services()
    db = wired.node.views.read()
    found = rolls.get_roll(db, roll_id)
    if found is None or found.village != g.village:
        abort(404)
    group, number = request.args.get("group", ""), page_number()
    page = rolls.rows(db, roll_id, group=group, number=number)
    versions = rolls.versions(db, roll_id)
    place = [version.id for version in versions].index(found.id)
    listening.offer(Passage(reading.of_roll(found.roll)))
    return show(
        "public/roll.html",
        back=back_to(url_for("public.rolls")),
        found=found,
        roll=found.roll,
        item=disclosure.get_item(db, found.roll.item),
        programme=subsidies.get_programme(db, found.roll.programme),
        groups=roll_sums.totals_by_group(db, roll_id),
        group=group,
        page=page,
        pager=make_pager(number, page.total),
        before=versions[place - 1] if place else None,
        changes=changes.between(_lines(versions[place - 1]), _lines(found)) if place else [],
        corrections=len(versions) - 1,
        is_open=found.objection_until >= local_date(wired.node.clock()).isoformat(),
        proof=proofs.state_of(wired.node.record, found.event),
        code=phone_code(),
    )


def _lines(version: PublishedRoll) -> list[str]:
    """What stands on a roll, a line for each household and the total, to be compared with another version."""
    size = max(1, version.roll.row_count)
    page = rolls.rows(services().node.views.read(), version.id, size=size)
    households = [f"{row.group} {row.name} {yuan(row.amount_fen)}" for row in page.lines]
    return [version.roll.title, *households, _("一共 %(amount)s 元", amount=yuan(version.roll.total_fen))]

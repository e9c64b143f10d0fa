"""Shows a villager that a publication was not altered: in plain words first, the signed note for who can check it."""

from dataclasses import dataclass

from flask import Blueprint, abort, g, url_for
from sqlite_utils import Database

from content import codes, finances, notices, proofs, rolls, villages
from content.proofs import Proof
from kiosk.pages import services, show
from kiosk.public.addresses import Answer, phone_code


@dataclass(frozen=True)
class Proven:
    """What the page says of a publication."""

    id: str
    event: str
    village: str
    title: str
    at: str


def register(public: Blueprint) -> None:
    """Add this module's pages to the blueprint."""
    public.add_url_rule("/proof/<noun>/<public_id>", "proof", proof)


def proof(noun: str, public_id: str) -> Answer:
    """The proof of a notice, a statement or a roll, recomputed now."""
    db = services().node.views.read()
    found = _find(db, noun, public_id)
    if found is None or found.village != g.village:
        abort(404)
    addresses = {
        "notice": url_for("public.notice", notice_id=public_id),
        "statement": url_for("public.statement", statement_id=public_id),
        "roll": url_for("public.roll", roll_id=public_id),
    }
    return show(
        "public/proof.html",
        back=addresses[noun],
        found=found,
        proof=_prove(db, found.event),
        number=codes.grouped(found.id),
        code=phone_code(),
    )


def _find(db: Database, noun: str, public_id: str) -> Proven | None:
    if noun == "notice" and (notice := notices.get(db, public_id)):
        return Proven(notice.id, notice.event, notice.village, notice.notice.title, notice.at)
    if noun == "statement" and (statement := finances.get(db, public_id)):
        return Proven(
            statement.id, statement.event, statement.village, statement.statement.title, statement.at
        )
    if noun == "roll" and (roll := rolls.get_roll(db, public_id)):
        return Proven(roll.id, roll.event, roll.village, roll.roll.title, roll.at)
    return None


def _prove(db: Database, event: str) -> Proof:
    """Without a county there is nobody whose signature could be checked."""
    record = services().node.record
    county = villages.get_county(db)
    if county is None:
        return proofs.state_of(record, event)
    return proofs.prove(
        record, event, witness_name=county.name, witness_key=bytes.fromhex(county.witness_key)
    )

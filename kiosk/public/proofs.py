"""Shows a villager that a publication was not altered: in plain words first, the signed note for who can check it."""

from flask import Blueprint, abort, g, url_for
from sqlite_utils import Database

from content import codes, proofs, published, villages
from content.proofs import Proof
from kiosk.pages import services, show
from kiosk.public.addresses import Answer, phone_code


def register(public: Blueprint) -> None:
    """Add this module's pages to the blueprint."""
    public.add_url_rule("/proof/<noun>/<public_id>", "proof", proof)


def proof(noun: str, public_id: str) -> Answer:
    """The proof of a notice, a statement, a roll or a ledger, recomputed now."""
    db = services().node.views.read()
    found = published.find(db, public_id, noun=noun)
    if found is None or found.publication.village != g.village:
        abort(404)
    addresses = {
        "notice": url_for("public.notice", notice_id=public_id),
        "statement": url_for("public.statement", statement_id=public_id),
        "roll": url_for("public.roll", roll_id=public_id),
        "ledger": url_for("public.ledger", ledger_id=public_id),
    }
    return show(
        "public/proof.html",
        back=addresses[noun],
        title=found.title,
        noun=noun,
        found=found.publication,
        proof=_prove(db, found.publication.event),
        number=codes.grouped(found.publication.id),
        code=phone_code(),
    )


def _prove(db: Database, event: str) -> Proof:
    """Without a county there is nobody whose signature could be checked."""
    record = services().node.record
    county = villages.get_county(db)
    if county is None:
        return proofs.state_of(record, event)
    return proofs.prove(
        record, event, witness_name=county.name, witness_key=bytes.fromhex(county.witness_key)
    )

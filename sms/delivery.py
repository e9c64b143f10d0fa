"""What became of a text that was handed over: answers, failures and reports, written into the outbox's rows.

Ranks only go up. A report that is late or contradicts is kept beside the row, and changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from content.clock import later
from content.record.keys import NodeKeys
from content.record.store import Transaction
from sms import limits, staff_notes
from sms.gateway import HandOverError, Outgoing, Report, Sent
from sms.outbox_tables import FINAL, RANK, attempts, gateways, outbox, reports

FIRST_BACKOFF_S, LONGEST_BACKOFF_S = 15, 600
UNKNOWN_WAIT_MINUTES = 10
LEASE_S = 480  # thirty texts at the client's 15 s each, and some room


# Made once: making a statement takes longer than running it. (No IN with a list: executemany refuses it.)
_LIFTS = {
    state: sa.update(outbox)
    .where(
        outbox.c.id == sa.bindparam("message"),
        sa.or_(sa.false(), *(outbox.c.state == name for name, lower in RANK.items() if lower < rank)),
    )
    .values(state=sa.bindparam("new_state"), changed_at=sa.bindparam("now"), code=sa.bindparam("new_code"))
    for state, rank in RANK.items()
}
_LEASED = (
    sa.update(outbox)
    .where(outbox.c.id == sa.bindparam("message"))
    .values(
        {
            name: sa.bindparam(name)
            for name in ("state", "gateway", "attempts", "due_at", "handed_at", "changed_at")
        }
    )
)
_TRIED = sa.insert(attempts)
_EARLY = sa.select(reports).where(
    reports.c.provider_id.in_(sa.bindparam("provider_ids", expanding=True)), reports.c.effect == "orphan"
)
_NOTED = {
    has_id: sa.update(attempts)
    .where(attempts.c.id == sa.bindparam("attempt"))
    .values({name: sa.bindparam(name) for name in ("outcome", "code", *(("provider_id",) if has_id else ()))})
    for has_id in (False, True)
}


@dataclass(frozen=True)
class Lease:
    """A text on its way to the gateway: a row of the outbox and one attempt at it."""

    id: str
    attempt: str
    attempt_no: int
    gateway: str
    outgoing: Outgoing


def raise_state(transaction: Transaction, message: str, state: str, now: str, *, code: str = "") -> bool:
    """Lift a row to a state of higher rank; False when it stands as high already."""
    values = {"message": message, "new_state": state, "now": now, "new_code": code}
    lifted = transaction.execute(_LIFTS[state], values)
    return lifted.rowcount == 1


def note_leased(transaction: Transaction, leases: Sequence[Lease], now: str) -> None:
    """These are about to be handed over: from now on nobody knows whether they are out."""
    if not leases:
        return
    rows, tries = [], []
    for lease in leases:
        row = {"message": lease.id, "state": "leased", "gateway": lease.gateway, "attempts": lease.attempt_no}
        rows.append(row | {"due_at": later(now, seconds=LEASE_S), "handed_at": now, "changed_at": now})
        first = {"id": lease.attempt, "message": lease.id, "gateway": lease.gateway, "at": now}
        tries.append(first | {"provider_id": "", "outcome": "leased", "code": ""})
    transaction.execute(_LEASED, rows)
    transaction.execute(_TRIED, tries)


def note_sending(transaction: Transaction, gateway: str, now: str) -> None:
    """The gateway took at least one text just now."""
    _set_gateway(transaction, gateway, last_out_at=now)


def note_sent(transaction: Transaction, taken: Sequence[tuple[Lease, Sent]], now: str) -> None:
    """The gateway took these. Reports that overtook its answer are applied now."""
    if not taken:
        return
    accepted = [{"attempt": lease.attempt, "provider_id": sent.provider_id} for lease, sent in taken]
    transaction.execute(_NOTED[True], [one | {"outcome": "accepted", "code": ""} for one in accepted])
    for state in {sent.state for _, sent in taken}:
        lifted = [{"message": lease.id} for lease, sent in taken if sent.state == state]
        values = {"new_state": state, "now": now, "new_code": ""}
        transaction.execute(_LIFTS[state], [one | values for one in lifted])
    message_of = {sent.provider_id: lease.id for lease, sent in taken}
    for row in transaction.execute(_EARLY, {"provider_ids": list(message_of)}).all():
        message = message_of[row.provider_id]
        effect = "applied" if raise_state(transaction, message, row.state, now, code=row.code) else "late"
        values = {"effect": effect, "message": message}
        transaction.execute(sa.update(reports).where(reports.c.id == row.id).values(values))


def note_failure(
    transaction: Transaction, keys: NodeKeys, lease: Lease, error: HandOverError, now: str
) -> None:
    """The gateway did not take it, or nobody knows: what that means for the text, the gateway and the staff."""
    _note_attempt(transaction, lease.attempt, error.kind, code=error.provider_code)
    match error.kind:
        case "safe":
            put_back(transaction, lease, later(now, seconds=_backoff_s(lease.attempt_no)), now)
        case "pause":
            until = later(now, seconds=error.retry_after_s)
            put_back(transaction, lease, until, now)
            _set_gateway(transaction, lease.gateway, paused_until=until)
        case "stopped":
            put_back(transaction, lease, now, now)
            _set_gateway(transaction, lease.gateway, stopped_at=now, reason=str(error))
            staff_notes.add(
                transaction,
                keys,
                kind="gateway_stopped",
                about=f"{lease.gateway} {now}",
                at=now,
                text=str(error),
            )
        case "ambiguous":
            transaction.execute(
                sa.update(outbox)
                .where(outbox.c.id == lease.id, outbox.c.state == "leased")
                .values(state="unknown", due_at=later(now, minutes=UNKNOWN_WAIT_MINUTES), changed_at=now)
            )
        case "opted_out":
            raise_state(transaction, lease.id, "suppressed", now, code=error.provider_code)
            opt_out(transaction, lease.id, now)
        case "bad_number" | "refused":
            raise_state(transaction, lease.id, "failed", now, code=error.provider_code)
            leave_note(transaction, keys, lease.id, "phone_villager", now)


def put_back(transaction: Transaction, lease: Lease, due_at: str, now: str) -> None:
    """It surely did not go out. Unless an earlier attempt may have, any gateway may take it."""
    transaction.execute(
        sa.update(outbox)
        .where(outbox.c.id == lease.id, outbox.c.state == "leased")
        .values(
            state="queued",
            due_at=due_at,
            handed_at="",
            changed_at=now,
            gateway=sa.case((outbox.c.is_flagged, outbox.c.gateway), else_=""),
        )
    )


def give_back(transaction: Transaction, lease: Lease, now: str) -> None:
    """The gateway never saw it."""
    _note_attempt(transaction, lease.attempt, "unseen")
    put_back(transaction, lease, now, now)


def apply_report(transaction: Transaction, keys: NodeKeys, report: Report, now: str) -> str:
    """Note a report and lift its row; the message's id if that changed anything, else ""."""
    if _is_kept(transaction, report, reports.c.effect != "orphan"):
        return ""
    attempt = _attempt_of(transaction, report)
    if attempt is None:
        if not _is_kept(transaction, report, reports.c.effect == "orphan"):
            _keep(transaction, report, "", now, "orphan")
        return ""
    if not attempt.provider_id:
        _note_attempt(transaction, attempt.id, "accepted", provider_id=report.provider_id)
    before = transaction.execute(sa.select(outbox.c.state).where(outbox.c.id == attempt.message)).scalar()
    if raise_state(transaction, attempt.message, report.state, now, code=report.code):
        _keep(transaction, report, attempt.message, now, "applied")
        _follow_up(transaction, keys, attempt.message, report, now)
        return str(attempt.message)
    is_contrary = before in FINAL and report.state in FINAL and before != report.state
    _keep(transaction, report, attempt.message, now, "contradictory" if is_contrary else "late")
    return ""


def owns(transaction: Transaction, provider_id: str) -> bool:
    """Whether a provider's id is known as one of our attempts."""
    statement = sa.select(attempts.c.id).where(attempts.c.provider_id == provider_id)
    return transaction.execute(statement).first() is not None


def opt_out(transaction: Transaction, message: str, now: str) -> None:
    """The carrier says that this message's recipient wants nothing."""
    recipient = transaction.execute(sa.select(outbox.c.recipient).where(outbox.c.id == message)).scalar_one()
    limits.opt_out(transaction, recipient, now, source="carrier")


def leave_note(transaction: Transaction, keys: NodeKeys, message: str, kind: str, now: str) -> None:
    """Ask staff to see to this text's recipient."""
    row = transaction.execute(sa.select(outbox).where(outbox.c.id == message)).one()
    said = read_hidden(keys, row)
    staff_notes.add(
        transaction,
        keys,
        kind=kind,
        about=message,
        at=now,
        village=row.village,
        number=said.get("to", ""),
        text=said.get("text", ""),
    )


def read_hidden(keys: NodeKeys, row: sa.Row) -> dict[str, Any]:
    """{to, text, parameters} of an outbox row; empty once deleted."""
    return msgspec.json.decode(keys.reveal(row.hidden)) if row.hidden else {}


def _follow_up(transaction: Transaction, keys: NodeKeys, message: str, report: Report, now: str) -> None:
    if report.state == "delivered":
        transaction.execute(
            sa.update(outbox)
            .where(outbox.c.event == retry_event(message), outbox.c.state.in_(("held", "queued")))
            .values(state="canceled", changed_at=now)
        )
    if report.cause == "opted_out":
        opt_out(transaction, message, now)
    elif report.cause in ("bad_number", "refused"):
        leave_note(transaction, keys, message, "phone_villager", now)


def retry_event(message: str) -> str:
    """What a second attempt on another day is sent for."""
    return f"retry:{message}"


def _is_kept(transaction: Transaction, report: Report, effect: sa.ColumnElement[bool]) -> bool:
    """Whether this very news was kept before: callbacks come twice, and every look at the list tells all again."""
    same = sa.select(reports.c.id).where(
        reports.c.provider_id == report.provider_id, reports.c.state == report.state, effect
    )
    return transaction.execute(same).first() is not None


def _attempt_of(transaction: Transaction, report: Report) -> sa.Row | None:
    """By the provider's id; by ours only while that attempt has no id, so that one text cannot report for another."""
    by_id = sa.select(attempts).where(attempts.c.provider_id == report.provider_id)
    if found := transaction.execute(by_id).first():
        return found
    by_attempt = sa.select(attempts).where(attempts.c.id == report.attempt, attempts.c.provider_id == "")
    return transaction.execute(by_attempt).first() if report.attempt else None


def _note_attempt(
    transaction: Transaction, attempt: str, outcome: str, *, provider_id: str = "", code: str = ""
) -> None:
    values = {"outcome": outcome, "code": code} | ({"provider_id": provider_id} if provider_id else {})
    transaction.execute(_NOTED[bool(provider_id)], values | {"attempt": attempt})


def _keep(transaction: Transaction, report: Report, message: str, now: str, effect: str) -> None:
    row = {
        "message": message,
        "provider_id": report.provider_id,
        "at": now,
        "state": report.state,
        "code": report.code,
        "effect": effect,
    }
    transaction.execute(sa.insert(reports), row)


def _set_gateway(transaction: Transaction, name: str, **values: str) -> None:
    changed = transaction.execute(sa.update(gateways).where(gateways.c.name == name).values(values))
    if changed.rowcount == 0:
        row = {"name": name, "paused_until": "", "stopped_at": "", "reason": "", "last_out_at": ""}
        transaction.execute(sa.insert(gateways), row | values)


def _backoff_s(attempt_no: int) -> int:
    return min(FIRST_BACKOFF_S * 2 ** min(attempt_no - 1, 10), LONGEST_BACKOFF_S)

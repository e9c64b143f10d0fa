"""One's own payments: found by a keyed fingerprint of name and ID; no ID, name or initials are kept with an amount.

The fingerprints travel to the county alone. They are made with the village's own key, so only the village's
kiosk can find by them.
"""

import itertools
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec
from sqlite_utils import Database

from content import parts, publications, syllables
from content.case_forms import plain_phone
from content.folding import from_village, insert_many
from content.record.events import Event, NewEvent
from content.record.keys import NodeKeys
from content.record.store import StreamId, Transaction
from content.screening_digits import is_resident_id

SCHEMA = """
CREATE TABLE payments (
    fingerprint TEXT NOT NULL, event TEXT NOT NULL, seq INTEGER NOT NULL, village TEXT NOT NULL,
    roll TEXT NOT NULL, amount_fen INTEGER NOT NULL, PRIMARY KEY (fingerprint, event, seq)
) WITHOUT ROWID;
"""
LAST_DIGITS = 6


@dataclass(frozen=True)
class Held:
    """What is kept of the person in row `seq` (from 1) of a roll: a fingerprint of the name with the ID's last six,
    and one for each spelling of the name's initials. Drafts keep this, never the ID."""

    seq: int
    fingerprints: tuple[str, ...]


@dataclass(frozen=True)
class OwnPayment:
    """One payment as its receiver sees it. roll: public code; quantity, unit, rate_fen: "" and None on a roll of totals."""

    roll: str
    programme: str
    batch: str
    title: str
    at: str
    amount_fen: int
    group: str
    quantity: str
    unit: str
    rate_fen: int | None


@dataclass(frozen=True)
class NameChoice:
    """A name on the public rolls to pick from; groups tell people of one name apart."""

    name: str
    groups: tuple[str, ...]


@dataclass(frozen=True)
class _Payment:
    """A held person with what was paid, as the county's stream has it."""

    seq: int
    fingerprints: tuple[str, ...]
    amount_fen: int


def take_fingerprints(
    keys: NodeKeys, people: Iterable[tuple[str, str]], phones: Sequence[str] = ()
) -> list[Held]:
    """What may be kept of a roll's (name, ID number) pairs, row by row; rows without a right ID or phone are left out.

    phones: of the same rows where the roll has them, "" for none; whoever proves to hold one finds the row by it.
    """
    taken = []
    numbers = itertools.chain(map(plain_phone, phones), itertools.repeat(""))
    for seq, ((name, id_number), number) in enumerate(zip(people, numbers, strict=False), start=1):
        last_six = last_six_of(id_number)
        by_id = fingerprints(keys, name, last_six) if last_six else ()
        if found_by := (*by_id, *_by_phone(keys, name, number)):
            taken.append(Held(seq, found_by))
    return taken


def hold(
    transaction: Transaction,
    stream: StreamId,
    roll: str,
    held: Sequence[Held],
    amounts_fen: Sequence[int],
    *,
    by: str,
) -> str | None:
    """Append a roll's fingerprints and amounts to the county's stream; the event id, None when nobody is held.

    amounts_fen: of all rows in order. IndexError when `held` names a row that is not there.
    """
    if not held:
        return None
    payments = [_Payment(one.seq, one.fingerprints, amounts_fen[one.seq - 1]) for one in held]
    part_ids = parts.append_rows(transaction, stream, [msgspec.to_builtins(row) for row in payments], by=by)
    body = {"roll": roll, "row_parts": part_ids}
    return transaction.append(stream, [NewEvent("payments_held", body, by, (roll,))])[0]


def fingerprints(keys: NodeKeys, name: str, last_six: str) -> tuple[str, ...]:
    """What a person is found by: the name, or its pinyin initials, each with the ID's last six characters."""
    spelled = [keys.fingerprint("initials+id6", f"{letters}|{last_six}") for letters in initials_of(name)]
    return (keys.fingerprint("name+id6", f"{_plain(name)}|{last_six}"), *spelled)


def _by_phone(keys: NodeKeys, name: str, number: str) -> tuple[str, ...]:
    if not number:
        return ()
    spelled = [keys.fingerprint("initials+phone", f"{letters}|{number}") for letters in initials_of(name)]
    return (keys.fingerprint("name+phone", f"{_plain(name)}|{number}"), *spelled)


def last_six_of(id_number: str) -> str:
    """The last six characters of a right resident ID, or of the one inside a 20-digit disability card; else ""."""
    plain = _plain(id_number).replace("-", "").upper()
    if len(plain) == 20:
        plain = plain[:18]
    return plain[-LAST_DIGITS:] if len(plain) == 18 and is_resident_id(plain) else ""


def find_mine(db: Database, keys: NodeKeys, village: str, who: str, last_six: str) -> list[OwnPayment]:
    """A person's payments on the rolls in force, newest first; empty when nothing fits.

    who: the name, or its pinyin initials (for somebody whose name is on no public roll); last_six: of the ID.
    Only fingerprints are compared.
    """
    return _find(db, keys, village, who, "id6", _plain(last_six))


def find_by_phone(db: Database, keys: NodeKeys, village: str, who: str, phone: str) -> list[OwnPayment]:
    """The same by the name and a telephone that the roll has beside it; that it is held is for the caller to know."""
    return _find(db, keys, village, who, "phone", plain_phone(phone))


def _find(db: Database, keys: NodeKeys, village: str, who: str, what: str, secret: str) -> list[OwnPayment]:
    plain = _plain(who)
    kind = f"{'initials' if plain.isascii() else 'name'}+{what}"
    values = {"village": village, "fingerprint": keys.fingerprint(kind, f"{plain}|{secret}")}
    rows = db.query(
        f"""
        SELECT p.id AS roll, p.programme, p.batch, p.title, p.at, m.amount_fen,
            COALESCE(r."group", '') AS "group", COALESCE(r.quantity, '') AS quantity,
            COALESCE(r.unit, '') AS unit, r.rate_fen
        FROM payments m
        JOIN rolls p ON p.event = m.roll AND p.village = m.village
        LEFT JOIN roll_rows r ON r.roll = p.event AND r.seq = m.seq
        WHERE m.fingerprint = :fingerprint AND m.village = :village AND {publications.IN_FORCE}
        ORDER BY p.at DESC, p.id, m.seq
        """,
        values,
    )
    return [OwnPayment(**row) for row in rows]


def names_by_initials(db: Database, village: str, initials: str) -> list[NameChoice]:
    """The names on the public rolls in force whose pinyin initials begin so ("dq": 单秋仁 and 杜秋根)."""
    wanted = initials.upper()
    rows = db.query(
        f"""
        SELECT DISTINCT r.name, r."group" FROM rolls p JOIN roll_rows r ON r.roll = p.event
        WHERE p.village = :village AND {publications.IN_FORCE} ORDER BY r.name, r."group"
        """,
        {"village": village},
    )
    by_name = itertools.groupby(rows, key=lambda row: row["name"])
    return [
        NameChoice(name, tuple(row["group"] for row in same))
        for name, same in by_name
        if any(letters.startswith(wanted) for letters in initials_of(name))
    ]


def initials_of(name: str) -> tuple[str, ...]:
    """Every way to spell a name by pinyin initials, capital letters: 单秋仁 is DQR, SQR and CQR.

    A surname is often read otherwise than the same character elsewhere, and people type what they say.
    """
    spellings = ("".join(letters) for letters in itertools.product(*map(_letters, _plain(name))))
    return tuple(spelling for spelling in spellings if spelling)


def _letters(character: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(read[0].upper() for read in syllables.readings(character))) or ("",)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _fold_held(db: Database, event: Event) -> None:
    if event.audience != "county":
        raise PermissionError("payments are for the county alone")
    payments = msgspec.convert(publications.own_rows(db, event, event.body["row_parts"]), list[_Payment])
    rows = (
        {
            "fingerprint": fingerprint,
            "event": event.id,
            "seq": row.seq,
            "village": event.origin,
            "roll": event.body["roll"],
            "amount_fen": row.amount_fen,
        }
        for row in payments
        for fingerprint in row.fingerprints
    )
    insert_many(db, "payments", rows)


FOLDS = {"payments_held": from_village(_fold_held)}

"""Cards (提醒、黄牌、红牌): what they say, their life, and the tables they are read from; who gets one is supervision.py's.

A card is an event of the county, one for each matter, rule and step: its number is derived from these, so that the same card
given twice is one. Reminders stand in the same table under the colour "reminder"; they are no cards and are not appealed.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

import msgspec
from sqlite_utils import Database

from content import moves
from content.case_bodies import IsoDate, Words
from content.clock import from_text, local_date
from content.folding import from_county, insert
from content.moves import Move, Speaker, in_order
from content.record.events import Event

SCHEMA = f"""
CREATE TABLE cards (
    card TEXT PRIMARY KEY, village TEXT NOT NULL, subject TEXT NOT NULL, case_no TEXT NOT NULL,
    department TEXT NOT NULL, is_villages INTEGER NOT NULL, rule TEXT NOT NULL, rule_name TEXT NOT NULL,
    basis TEXT NOT NULL, step TEXT NOT NULL, colour TEXT NOT NULL, due_on TEXT NOT NULL, rectify_by TEXT NOT NULL,
    issued_on TEXT NOT NULL, state TEXT NOT NULL, page JSON NOT NULL, sms JSON NOT NULL, event TEXT NOT NULL,
    event_order TEXT NOT NULL, escalated_on TEXT NOT NULL
);
CREATE INDEX cards_counts ON cards (village, issued_on, colour, state, basis, department, is_villages, page);
CREATE INDEX cards_matter ON cards (subject, case_no);
CREATE INDEX cards_state ON cards (state, colour, issued_on);
CREATE INDEX cards_newest ON cards (issued_on DESC, event_order DESC, card);
CREATE TABLE card_moves (
    card TEXT NOT NULL, village TEXT NOT NULL, {moves.COLUMNS}
);
CREATE INDEX card_moves_card ON card_moves (card);
"""

REMINDER, YELLOW, RED = "reminder", "yellow", "red"
COLOURS = (REMINDER, YELLOW, RED)
ISSUED, APPEALED, UPHELD, WITHDRAWN = "issued", "appealed", "upheld", "withdrawn"
STATES = (ISSUED, APPEALED, UPHELD, WITHDRAWN)
STANDING = (ISSUED, UPHELD)  # what is under appeal leads to nothing further until it is decided

Colour = Literal["reminder", "yellow", "red"]
Subject = Literal["case", "feedback", "disclosure"]
Reason = Annotated[str, msgspec.Meta(pattern=r"\S", max_length=1000)]


@dataclass(frozen=True)
class Issued:
    """The body of `card_issued`. case_no: of the case or the feedback, or "<item> <period>"; basis: which clock (see
    supervision_rules.CLOCKS); step: of the guide, "" where the clock is no step's; department: who is carded;
    is_villages: whether that is the village itself; rectify_by: "" where the rule sets no date; page, sms: who is told."""

    village: str
    subject: Subject
    case_no: Words
    department: str
    is_villages: bool
    rule: Words
    rule_name: Words
    basis: Words
    step: str
    colour: Colour
    due_on: IsoDate
    rectify_by: IsoDate = ""
    page: tuple[str, ...] = ()
    sms: tuple[str, ...] = ()

    @property
    def card(self) -> str:
        """The card's number: the same for the same matter, rule and step, whoever issues it and when."""
        return number_of(self.village, self.subject, self.case_no, self.rule, self.step)


@dataclass(frozen=True)
class Appealed:
    """申诉: the one who was carded says why it is not right."""

    reason: Reason


@dataclass(frozen=True)
class Decided:
    """The auditor's decision on an appeal: the card stands, or is taken back."""

    outcome: Literal["upheld", "withdrawn"]
    reason: Reason


@dataclass(frozen=True)
class Withdrawn:
    """撤销: the auditor takes a card back that nobody appealed."""

    reason: Reason


@dataclass(frozen=True)
class Escalated:
    """升级: still not put right some days later, so others are told as well."""

    page: tuple[str, ...] = ()
    sms: tuple[str, ...] = ()


BODIES = {
    "card_appealed": Appealed,
    "card_decided": Decided,
    "card_withdrawn": Withdrawn,
    "card_escalated": Escalated,
}
KIND_OF = {body: kind for kind, body in BODIES.items()}
# docs/supervision.md prints this table; a test compares them. A decision ends in the state that it names.
TRANSITIONS = {
    (ISSUED, "card_appealed"): (APPEALED,),
    (APPEALED, "card_decided"): (UPHELD, WITHDRAWN),
    (ISSUED, "card_withdrawn"): (WITHDRAWN,),
    (UPHELD, "card_withdrawn"): (WITHDRAWN,),
    (ISSUED, "card_escalated"): (ISSUED,),
    (UPHELD, "card_escalated"): (UPHELD,),
}


@dataclass(frozen=True)
class Status:
    """Where a card stands. irregular: moves that were not allowed when they came, without any effect."""

    state: str = ISSUED
    appeal: Appealed | None = None
    decision: Decided | None = None
    withdrawal: Withdrawn | None = None
    escalation: Escalated | None = None
    escalated_on: str = ""
    timeline: tuple[Move, ...] = ()
    irregular: tuple[Move, ...] = ()


def number_of(village: str, subject: str, case_no: str, rule: str, step: str) -> str:
    """16 hexadecimal digits."""
    named = "\n".join((village, subject, case_no, rule, step))
    return hashlib.sha256(f"xiangting-card/1\n{named}".encode()).hexdigest()[:16]


def card_of(event: Event) -> str:
    """The number of the card that an event of supervision is about. ValueError for what is none."""
    if event.kind == "card_issued":
        return msgspec.convert(event.body, Issued).card
    return msgspec.convert(event.body["card"], str)


def why_not(status: Status, body: Any, speaker: Speaker, *, colour: str, is_villages: bool) -> str:
    """Why this may not be done now, as a sentence for a person; "" when it may."""
    if colour == REMINDER and not isinstance(body, Withdrawn):
        return "这是提醒，不是黄牌红牌，不用申诉。"
    if speaker == "village" and not (isinstance(body, Appealed) and is_villages):
        return "这张牌不是发给村里的，村里不能办。"
    if (status.state, KIND_OF[type(body)]) in TRANSITIONS:
        return ""
    if status.state == WITHDRAWN:
        return "这张牌已经撤销，不用再办了。"
    if status.state == APPEALED:
        return "这张牌正在申诉，等监察作出决定。"
    if isinstance(body, Appealed):
        return "这张牌已经申诉过，监察维持了原牌，不能再申诉。"
    return "这张牌没有人申诉。要撤销，请用“直接撤销”。"


def reduce(moves: Iterable[Move], *, colour: str, is_villages: bool) -> Status:
    """What the moves of a card add up to, the same in whatever order they are given."""
    status = Status()
    for move in in_order(moves):
        if why_not(status, move.body, move.speaker, colour=colour, is_villages=is_villages):
            status = replace(status, irregular=(*status.irregular, move))
        else:
            status = _after(status, move)
    return status


def status_of(db: Database, card: str, *, colour: str, is_villages: bool) -> Status:
    """Where a card stands, by every move that has arrived."""
    rows = db.query("SELECT * FROM card_moves WHERE card = ?", [card])
    return reduce([moves.from_row(row, BODIES) for row in rows], colour=colour, is_villages=is_villages)


def _after(status: Status, move: Move) -> Status:
    body = move.body
    ends = TRANSITIONS[status.state, move.kind]
    state = body.outcome if isinstance(body, Decided) else ends[0]
    after = replace(status, state=state, timeline=(*status.timeline, move))
    match body:
        case Appealed():
            return replace(after, appeal=body)
        case Decided():
            return replace(after, decision=body)
        case Withdrawn():
            return replace(after, withdrawal=body)
        case _:
            day = local_date(from_text(move.at)).isoformat()
            return replace(after, escalation=body, escalated_on=day)


def _fold_issued(db: Database, event: Event) -> None:
    issued = msgspec.convert(event.body, Issued)
    if event.audience not in (issued.village, "county"):
        raise PermissionError(f"a card of {issued.village} is not {event.audience}'s")
    row = {
        **msgspec.to_builtins(issued),
        "card": issued.card,
        "page": msgspec.json.encode(issued.page).decode(),
        "sms": msgspec.json.encode(issued.sms).decode(),
        "issued_on": local_date(from_text(event.at)).isoformat(),
        "state": ISSUED,
        "event": event.id,
        "event_order": event.order,
        "escalated_on": "",
    }
    # The same card twice is one: the first stays, whichever came first here.
    db.execute(
        "DELETE FROM cards WHERE card = :card AND (event_order, event) > (:event_order, :event)",
        {name: row[name] for name in ("card", "event_order", "event")},
    )
    if not db.execute("SELECT 1 FROM cards WHERE card = ?", [issued.card]).fetchone():
        insert(db, "cards", row)
        _refresh(db, issued.card)


def _fold_move(db: Database, event: Event) -> None:
    """A village speaks of its own cards; the county of all, to that village or to itself."""
    card, village = (msgspec.convert(event.body[name], str) for name in ("card", "village"))
    may = event.audience in (village, "county") if event.is_from_county else event.origin == village
    if not may:
        raise PermissionError(f"{event.origin} cannot speak to {event.audience} of a card of {village}")
    from_text(event.at)  # a time that cannot be read sets the event aside here, not when the card is shown
    body: Any = msgspec.convert(event.body, BODIES[event.kind])
    row = {**moves.to_row(event, body), "card": card, "village": village}
    insert(db, "card_moves", row)
    _refresh(db, card)


def _refresh(db: Database, card: str) -> None:
    """Bring the columns that lists filter by up to date; whoever an escalation names is told of the card like the others."""
    held = db.execute("SELECT colour, is_villages, page FROM cards WHERE card = ?", [card]).fetchone()
    if held is None:
        return
    status = status_of(db, card, colour=held[0], is_villages=bool(held[1]))
    page = msgspec.json.decode(held[2])
    page += [one for one in (status.escalation.page if status.escalation else ()) if one not in page]
    db.execute(
        "UPDATE cards SET state = ?, escalated_on = ?, page = ? WHERE card = ?",
        [status.state, status.escalated_on, msgspec.json.encode(page).decode(), card],
    )


FOLDS = {
    "card_issued": from_county(_fold_issued),
    "card_appealed": _fold_move,
    **{kind: from_county(_fold_move) for kind in BODIES if kind != "card_appealed"},
}

"""The life of a card: who may appeal, decide and take back, and that one card given twice is one."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from sqlite_utils import Database

from content import supervision_cards
from content.moves import Move
from content.record.events import Event, StreamId
from content.supervision_cards import (
    BODIES,
    FOLDS,
    KIND_OF,
    TRANSITIONS,
    Appealed,
    Decided,
    Escalated,
    Issued,
    Status,
    Withdrawn,
    reduce,
    why_not,
)

COUNTY, VILLAGE, OTHER = "330999", "330999101201", "330999101202"
CARD = Issued(
    village=VILLAGE,
    subject="case",
    case_no="Q7K2M9XFP",
    department="柳河镇便民服务中心",
    is_villages=False,
    rule="promised_red",
    rule_name="超过承诺时限",
    basis="promised",
    step="",
    colour="red",
    due_on="2026-11-02",
)
APPEAL, UPHOLD = Appealed("停电两天，系统打不开"), Decided("upheld", "没有停电的记录")
WITHDRAW = Decided("withdrawn", "供电所证明停电两天")


def move(place: int, body: Any, origin: str = COUNTY) -> Move:
    return Move(
        event=f"{'a' * 64}/{place}",
        kind=KIND_OF[type(body)],
        at=f"2026-11-0{place}T01:00:00Z",
        by="x",
        origin=origin,
        order=f"000001.{place:09d}",
        refs=(),
        body=body,
    )


@pytest.mark.parametrize(
    ("bodies", "state"),
    [
        pytest.param([], "issued", id="issued"),
        pytest.param([APPEAL], "appealed", id="appealed"),
        pytest.param([APPEAL, UPHOLD], "upheld", id="an appeal that the auditor turns down"),
        pytest.param([APPEAL, WITHDRAW], "withdrawn", id="an appeal that withdraws the card"),
        pytest.param([Withdrawn("发错了")], "withdrawn", id="taken back without an appeal"),
        pytest.param([APPEAL, UPHOLD, Withdrawn("后来查明")], "withdrawn", id="taken back after all"),
        pytest.param([APPEAL, APPEAL], "appealed", id="a second appeal has no effect"),
        pytest.param([UPHOLD], "issued", id="a decision without an appeal has no effect"),
        pytest.param([APPEAL, WITHDRAW, APPEAL], "withdrawn", id="nothing follows a withdrawal"),
        pytest.param([Escalated(("county",))], "issued", id="others told of it"),
    ],
)
def test_card_ends_where_its_moves_lead(bodies: list[Any], state: str) -> None:
    moves = [move(place, body) for place, body in enumerate(bodies, 1)]

    for order in itertools.permutations(moves):
        assert reduce(order, colour="red", is_villages=False).state == state


@pytest.mark.parametrize(
    ("body", "colour", "is_villages", "may"),
    [
        pytest.param(APPEAL, "red", True, True, id="a village appeals against its own card"),
        pytest.param(APPEAL, "red", False, False, id="not against a department's"),
        pytest.param(APPEAL, "reminder", True, False, id="not against a reminder"),
        pytest.param(WITHDRAW, "red", True, False, id="a village decides nothing"),
        pytest.param(Withdrawn("x"), "red", True, False, id="a village takes nothing back"),
    ],
)
def test_what_a_village_may_do_with_a_card(body: Any, colour: str, is_villages: bool, may: bool) -> None:
    sentence = why_not(Status(), body, "village", colour=colour, is_villages=is_villages)

    assert (sentence == "") is may


def test_every_refusal_is_a_sentence_and_the_table_is_obeyed() -> None:
    samples = {
        "card_appealed": APPEAL,
        "card_decided": UPHOLD,
        "card_withdrawn": Withdrawn("x"),
        "card_escalated": Escalated(),
    }
    assert set(samples) == set(BODIES)
    for state, kind in itertools.product(supervision_cards.STATES, samples):
        sentence = why_not(Status(state), samples[kind], "county", colour="yellow", is_villages=False)
        assert (sentence == "") is ((state, kind) in TRANSITIONS)
        assert not sentence or sentence.endswith("。")


@pytest.fixture
def db() -> Iterator[Database]:
    database = Database(memory=True)
    database.conn.executescript(supervision_cards.SCHEMA)
    yield database
    database.close()


def event(kind: str, body: Any, place: int, origin: str = COUNTY, audience: str = VILLAGE) -> Event:
    at = f"2026-11-0{place}T01:00:00Z"
    plain = msgspec.to_builtins(body)
    if kind != "card_issued":
        plain |= {"card": CARD.card, "village": VILLAGE}
    stream = StreamId(("c" if origin == COUNTY else "d") * 64)
    return Event(f"{stream}/{place}", stream, place, origin, audience, 1, kind, 1, at, "worker", (), plain)


def test_same_card_twice_is_one_and_the_order_of_arrival_does_not_show(db: Database) -> None:
    first, again = event("card_issued", CARD, 2), event("card_issued", replace(CARD, department="另一处"), 3)
    appeal = event("card_appealed", APPEAL, 4)
    shown = []
    for order in itertools.permutations([first, again, appeal]):
        db.execute("DELETE FROM cards")
        db.execute("DELETE FROM card_moves")
        for one in order:
            FOLDS[one.kind](db, one)
        shown.append(list(db.query("SELECT * FROM cards")))

    assert all(rows == shown[0] for rows in shown)
    (row,) = shown[0]
    assert (row["department"], row["issued_on"], row["state"]) == (
        "柳河镇便民服务中心",
        "2026-11-02",
        "appealed",
    )


@pytest.mark.parametrize(
    ("kind", "body", "origin", "audience"),
    [
        pytest.param("card_issued", CARD, VILLAGE, "county", id="a village issues a card"),
        pytest.param("card_issued", CARD, COUNTY, OTHER, id="a card told to another village"),
        pytest.param("card_appealed", APPEAL, OTHER, "county", id="another village appeals"),
        pytest.param("card_decided", UPHOLD, VILLAGE, "county", id="a village decides its own appeal"),
    ],
)
def test_who_cannot_speak_of_a_card_is_not_heard(
    db: Database, kind: str, body: Any, origin: str, audience: str
) -> None:
    with pytest.raises(PermissionError):
        FOLDS[kind](db, event(kind, body, 2, origin, audience))

    assert db.execute("SELECT COUNT(*) FROM cards").fetchone() == (0,)
    assert db.execute("SELECT COUNT(*) FROM card_moves").fetchone() == (0,)

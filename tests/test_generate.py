"""The made-up county: everything it says passes the checks that real words pass, and the same seed says the same."""

from content import case_states, cases
from content.node import Node
from content.record.verify import verify


def count(generated: Node, sql: str) -> int:
    number: int = generated.views.read().execute(sql).fetchone()[0]
    return number


def test_as_much_is_made_as_was_asked_for(generated: Node) -> None:
    assert count(generated, "SELECT COUNT(*) FROM villages") == 3
    assert count(generated, "SELECT COUNT(*) FROM cases") == 120
    assert 660 <= count(generated, "SELECT SUM(row_count) FROM rolls") <= 1320
    assert count(generated, "SELECT COUNT(DISTINCT event || seq) FROM payments") == count(
        generated, "SELECT SUM(row_count) FROM rolls"
    )
    assert count(generated, "SELECT COUNT(*) FROM feedback") >= 3


def test_nothing_that_was_made_up_is_set_aside_or_irregular(generated: Node) -> None:
    db = generated.views.read()

    stories = [cases.get(db, row["case_no"]) for row in db.query("SELECT case_no FROM cases")]

    assert generated.views.set_aside() == []
    assert all(case is not None and not case.status.irregular for case in stories)
    assert {case_states.COLLECTED, case_states.CLOSED} <= {case.state for case in stories if case}


def test_what_villages_said_is_signed_by_their_own_keys(generated: Node) -> None:
    keys = {stream.public_key for stream in generated.record.streams()}

    assert list(verify(generated.record)) == []
    assert len(keys) == 1 + 3


def test_nothing_happens_after_the_last_day(generated: Node) -> None:
    last = count(
        generated, "SELECT MAX(at) FROM (SELECT at FROM case_moves UNION SELECT filed_at FROM cases)"
    )

    assert str(last) < "2026-10-30T16:00"

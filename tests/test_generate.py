"""The made-up county: everything it says passes the checks that real words pass, and the same seed says the same."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from content import case_states, cases
from content.node import Node
from content.record.verify import verify
from deploy.generate import Size, generate

UNTIL = date(2026, 10, 30)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    home: Path = tmp_path_factory.mktemp("generated") / "county"
    node = generate(home, Size(villages=3, cases=120, payments=1000), say=lambda _words: None, until=UNTIL)
    yield node
    node.close()


def count(county: Node, sql: str) -> int:
    number: int = county.views.read().execute(sql).fetchone()[0]
    return number


def test_as_much_is_made_as_was_asked_for(county: Node) -> None:
    assert count(county, "SELECT COUNT(*) FROM villages") == 3
    assert count(county, "SELECT COUNT(*) FROM cases") == 120
    assert 660 <= count(county, "SELECT SUM(row_count) FROM rolls") <= 1320
    assert count(county, "SELECT COUNT(DISTINCT event || seq) FROM payments") == count(
        county, "SELECT SUM(row_count) FROM rolls"
    )
    assert count(county, "SELECT COUNT(*) FROM feedback") >= 3


def test_nothing_that_was_made_up_is_set_aside_or_irregular(county: Node) -> None:
    db = county.views.read()

    stories = [cases.get(db, row["case_no"]) for row in db.query("SELECT case_no FROM cases")]

    assert county.views.set_aside() == []
    assert all(case is not None and not case.status.irregular for case in stories)
    assert {case_states.COLLECTED, case_states.CLOSED} <= {case.state for case in stories if case}


def test_what_villages_said_is_signed_by_their_own_keys(county: Node) -> None:
    keys = {stream.public_key for stream in county.record.streams()}

    assert list(verify(county.record)) == []
    assert len(keys) == 1 + 3


def test_nothing_happens_after_the_last_day(county: Node) -> None:
    last = count(county, "SELECT MAX(at) FROM (SELECT at FROM case_moves UNION SELECT filed_at FROM cases)")

    assert str(last) < "2026-10-30T16:00"

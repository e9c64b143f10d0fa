"""The amount above which villagers vote first: dated, the county's alone, pointed out at the desk."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from county_console import Console, make_console, plain
from desk_village import Desk, make_place_with_desk
from nodes import Place

from content import vote_limits
from content.errors import RuleError
from content.vote_limits import VoteLimit
from kiosk.desk import statement_forms

LIMIT = VoteLimit("2027-01-01", 3000_00, "县里的办法")


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, Desk]]:
    with make_place_with_desk(tmp_path_factory.mktemp("place")) as made:
        yield made


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    made = make_console(tmp_path_factory.mktemp("county"))
    yield made
    made.place.close()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"in_force_from": "2027-1-1"}, "in_force_from"),
        ({"in_force_from": ""}, "in_force_from"),
        ({"amount_fen": 0}, "amount"),
        ({"amount_fen": -1}, "amount"),
        ({"amount_fen": 10**15}, "amount"),
        ({"basis": " "}, "basis"),
    ],
)
def test_a_limit_that_cannot_be_right_is_refused(
    there: tuple[Place, Desk], change: dict[str, object], code: str
) -> None:
    with pytest.raises(RuleError) as refused:
        vote_limits.set_limit(there[0].county.record, replace(LIMIT, **change), by="test")

    assert refused.value.code == code


def test_the_desk_points_out_what_is_above_the_limit_of_the_statements_day(
    there: tuple[Place, Desk],
) -> None:
    place, desk = there
    vote_limits.set_limit(place.county.record, LIMIT, by="test")
    place.county.views.catch_up()
    place.sync()

    before, after = (_draft_page(desk, day) for day in ("2026-12-31", "2027-01-31"))

    assert "超过 3,000.00 元" not in before
    assert "应先经村民会议或村民代表会议决定" in after
    assert '<li class="is-warn">' in after.partition('id="row-doubt-1"')[2].partition("</ul>")[0]


def test_a_village_sets_no_limit(there: tuple[Place, Desk]) -> None:
    _place, desk = there
    vote_limits.set_limit(desk.village.record, VoteLimit("2028-01-01", 100_00, "自己定的"), by="zhou")
    desk.village.views.catch_up()

    found = vote_limits.in_force(desk.village.views.read(), "2028-06-01")

    assert found is None or found.basis != "自己定的"


def test_the_console_sets_it_and_keeps_what_was_typed(console: Console) -> None:
    admin, page = console.client("admin"), "/county/catalogue/vote-limit"

    refused = admin.post(page, data={"in_force_from": "2027-01-01", "amount": "五千", "basis": "县里的办法"})
    admin.post(page, data={"in_force_from": "2027-01-01", "amount": "5000", "basis": "县里的办法"})

    assert refused.status_code == 422
    assert 'value="五千"' in refused.text
    assert "5,000.00" in plain(admin.get(page).text)


def _draft_page(desk: Desk, day: str) -> str:
    entry = {"summary": "修路", "account": "在建工程", "income_fen": 0, "expense_fen": 3000_01}
    data = {
        "title": "收支",
        "issuer": "合作社",
        "period_start": f"{day[:8]}01",
        "period_end": day,
        "opening_fen": 0,
        "closing_fen": -3000_01,
        "entries": [entry],
        "problems": [],
    }
    data = statement_forms.with_figures({**data, "typed": statement_forms.typed_of(data)})
    draft_id = desk.drafts.start("statement", "zhou", title="收支", data=data)
    return desk.signed_in("zhou").get(f"/desk/statements/{draft_id}").text

"""Subsidy standards: dated, placed and sourced side by side, and sums that agree with the counter's calculator."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from publishing import COUNTY, VILLAGE, FoldedViews, make_record, views

from content import search, subsidies, villages
from content.record.events import NewEvent
from content.record.store import Record
from content.subsidies import Standard
from content.villages import County

SHIPPED = {
    standard.id: standard
    for standard in subsidies.read_programmes(Path(subsidies.__file__).parent / "data" / "programmes.csv")
}


@pytest.fixture
def county(tmp_path: Path) -> Iterator[Record]:
    with make_record(tmp_path, COUNTY) as record:
        villages.introduce_county(record, County(COUNTY, "清溪县", "", "", "", ""), by="county")
        yield record


def make_standard(**changes: object) -> Standard:
    return replace(SHIPPED["R01"], **changes)  # type: ignore[arg-type]


def test_every_shipped_standard_survives_publication_whole(county: Record) -> None:
    subsidies.set_standards(county, SHIPPED.values(), by="county")

    with views(county) as seen:
        listed = [
            standard for programme in subsidies.list_programmes(seen.db) for standard in programme.standards
        ]
    assert {standard.id: standard for standard in listed} == SHIPPED
    assert len(listed) == 36


def test_one_name_in_several_places_and_years_stands_side_by_side(county: Record) -> None:
    subsidies.set_standards(county, SHIPPED.values(), by="county")

    with views(county) as seen:
        programme = subsidies.get_programme(seen.db, "农村最低生活保障")
    assert programme is not None
    assert {(s.place, s.rate_fen) for s in programme.standards} == {
        ("安徽省养贤乡", 75500),
        ("山东省济南市", 88400),
    }
    assert programme.ours == ()


def test_the_countys_own_rates_stand_first_and_newest_first(county: Record) -> None:
    own = [
        make_standard(id=f"QX-{year}", place="清溪县", year=year, rate="100", rate_fen=10000)
        for year in ("2025", "2026")
    ]
    subsidies.set_standards(county, [*SHIPPED.values(), *own], by="county")

    with views(county) as seen:
        programme = subsidies.list_programmes(seen.db)[0]
    assert programme.name == "耕地地力保护补贴"
    assert [standard.id for standard in programme.standards] == ["QX-2026", "QX-2025", "R01"]
    assert [standard.id for standard in programme.ours] == ["QX-2026", "QX-2025"]


def test_without_a_known_county_no_rate_is_taken_for_our_own(tmp_path: Path) -> None:
    with make_record(tmp_path, COUNTY) as record:
        subsidies.set_standards(record, [make_standard(place="清溪县")], by="county")

        with views(record) as seen:
            assert subsidies.list_programmes(seen.db)[0].ours == ()


def test_a_changed_standard_takes_the_place_of_the_old_and_its_words_are_found(county: Record) -> None:
    subsidies.set_standards(county, [make_standard(note="牛耕有奖")], by="county")
    subsidies.set_standards(county, [make_standard(name="种粮补贴", note="退塘还湖")], by="county")

    with views(county) as seen:
        assert subsidies.get_programme(seen.db, "耕地地力保护补贴") is None
        assert search.find(seen.db, "牛耕有奖") == []
        assert [hit.key for hit in search.find(seen.db, "退塘还湖")] == ["programme:种粮补贴"]


def test_the_order_in_which_a_countys_epochs_arrive_makes_no_difference(tmp_path: Path) -> None:
    with make_record(tmp_path, COUNTY) as county:
        subsidies.set_standards(county, [make_standard(note="牛耕有奖")], by="county")
        county.open_epoch("all")
        subsidies.set_standards(county, [make_standard(note="退塘还湖")], by="county")

        backwards = FoldedViews().fold(county, order=lambda streams: list(reversed(streams)))

        assert backwards.tables() == FoldedViews().fold(county).tables()
        assert search.find(backwards.db, "牛耕有奖") == []


def test_a_village_cannot_set_a_standard(tmp_path: Path) -> None:
    with make_record(tmp_path, VILLAGE) as village:
        village.append("all", NewEvent("programme_set", msgspec.to_builtins(make_standard()), "x"))

        with views(village) as seen:
            assert subsidies.list_programmes(seen.db) == []


@pytest.mark.parametrize(
    ("quantity", "rate", "fen"),
    [
        ("3.15", "131.42", 41397),
        ("2.08", "131.42", 27335),
        ("1.25", "131.42", 16428),
        ("5.5", "131.42", 72281),
        ("0.5", "0.01", 1),
        ("0", "131.42", 0),
        ("100", "91.63547", 916355),
        ("3", "14.5", 4350),
    ],
)
def test_quantity_times_rate_is_rounded_half_up_to_the_fen(quantity: str, rate: str, fen: int) -> None:
    standard = make_standard(rate=rate, rate_fen=0)

    assert subsidies.calculate(Decimal(quantity), standard) == fen


@given(st.decimals(0, 10_000, places=2), st.integers(0, 10_000_000))
def test_the_sum_is_never_more_than_half_a_fen_off(quantity: Decimal, rate_fen: int) -> None:
    assert abs(subsidies.multiply(quantity, rate_fen) - quantity * rate_fen) <= Decimal("0.5")


@pytest.mark.parametrize("rate", ["据实差额", "", "约3000", "NaN", "Infinity", "-5"])
def test_a_rate_that_is_no_number_keeps_its_words_and_is_not_multiplied(tmp_path: Path, rate: str) -> None:
    shipped = (Path(subsidies.__file__).parent / "data" / "programmes.csv").read_text(encoding="utf-8")
    copy = tmp_path / "programmes.csv"
    copy.write_text(shipped.replace(",131.42,", f",{rate},"), encoding="utf-8")

    standard = subsidies.read_programmes(copy)[0]

    assert (standard.rate, standard.rate_fen) == (rate, None)
    with pytest.raises(ValueError, match="R01"):
        subsidies.calculate(Decimal(1), standard)
    assert subsidies.explain(Decimal(1), standard, 100).verdict == "no_rate"


@pytest.mark.parametrize(
    ("paid_fen", "verdict", "difference"),
    [
        (41397, "equal", 0),
        (41398, "rounding", 1),
        (41396, "rounding", -1),
        (27335, "less", -14062),
        (50000, "more", 8603),
    ],
)
def test_a_payment_is_compared_with_what_the_rate_gives(paid_fen: int, verdict: str, difference: int) -> None:
    explained = subsidies.explain(Decimal("3.15"), SHIPPED["R01"], paid_fen)

    assert (explained.verdict, explained.expected_fen, explained.difference_fen) == (
        verdict,
        41397,
        difference,
    )


def test_a_smaller_payment_names_the_area_it_would_be_right_for() -> None:
    assert subsidies.explain(Decimal("3.15"), SHIPPED["R01"], 27335).implied_quantity == Decimal("2.08")


def test_the_half_paid_to_the_forests_owner_is_recognised() -> None:
    explained = subsidies.explain(Decimal("5.9"), SHIPPED["R28"], 4720, others=list(SHIPPED.values()))

    assert (explained.verdict, explained.same_as) == ("less", ("R29",))


def test_a_guarantee_is_not_multiplied_because_less_is_paid_by_rule() -> None:
    assert subsidies.explain(Decimal(2), SHIPPED["R03"], 52000).verdict == "differential"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("耕地地力保护补贴", False),
        ("高龄津贴", False),
        ("国家级公益林补偿(权利人)", False),
        ("农村最低生活保障", True),
        ("农村 低保", True),
        ("残疾人两项补贴", True),
        ("特困人员照料护理（半自理）", True),
        ("农村危房改造", True),
        ("农村危房改造(C级)", True),
        ("雨露计划职业教育补助", True),
        ("没有听说过的补贴", False),
    ],
)
def test_sensitive_is_what_the_county_says_or_the_name_itself(
    county: Record, name: str, expected: bool
) -> None:
    subsidies.set_standards(county, SHIPPED.values(), by="county")

    with views(county) as seen:
        assert subsidies.is_sensitive(seen.db, name) is expected


def test_a_csv_without_a_column_names_the_row(tmp_path: Path) -> None:
    broken = tmp_path / "programmes.csv"
    broken.write_text("id,name\nR99,某补贴\n", encoding="utf-8")

    with pytest.raises(ValueError, match="R99"):
        subsidies.read_programmes(broken)

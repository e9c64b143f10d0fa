"""Subsidy rolls: balanced and signed, names where they may stand, and not one digit of an ID, card or phone kept."""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from publishing import (
    COUNTY,
    OTHER_VILLAGE,
    SIGNED,
    VILLAGE,
    FoldedViews,
    make_record,
    shuffled,
    views,
)
from python_calamine import CalamineWorkbook
from test_subsidies import SHIPPED

from content import own_payments, rolls, search, subsidies
from content.errors import RuleError
from content.own_payments import Held
from content.record.events import NewEvent
from content.record.store import Record
from content.roll_checks import Roll, RollRow, check

DATA = Path(__file__).parent / "data" / "rolls"
EXPECTED = {
    file["file"][:2]: file
    for file in json.loads((DATA / "EXPECTED.json").read_text(encoding="utf-8"))["files"]
}
ITEMS = {"r1": "S2", "r2": "S3", "r3": "S2", "r4": "S5", "r5": "S3"}


@pytest.fixture
def village(tmp_path: Path) -> Iterator[Record]:
    with make_record(tmp_path, VILLAGE) as record:
        yield record


@pytest.fixture
def county(tmp_path: Path) -> Iterator[Record]:
    with make_record(tmp_path, COUNTY) as record:
        subsidies.set_standards(record, SHIPPED.values(), by="county")
        yield record


def cells(number: str) -> list[list[Any]]:
    """The rows of a sample file that are payments, cell by cell."""
    file = next(DATA.glob(f"{number}_*"))
    if file.suffix == ".csv":
        table: list[list[Any]] = list(csv.reader(file.read_text(encoding="gb18030").splitlines()))
    else:
        table = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
    return [row for row in table if row and re.fullmatch(r"0*[0-9]+(\.0)?", str(row[0]))]


def as_text(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def personal(number: str, *kinds: str) -> list[list[str]]:
    """The personal cells of these kinds, row by row."""
    columns = [index for index, column in enumerate(EXPECTED[number]["columns"]) if column["kind"] in kinds]
    return [[as_text(row[column]) for column in columns] for row in cells(number)]


def sample(number: str, **changes: object) -> tuple[Roll, list[RollRow], list[str]]:
    """A sample roll, its rows and the ID numbers beside them."""
    file = EXPECTED[number]
    rows = [
        RollRow(
            group=row.get("group", ""),
            name=row["name"],
            quantity=Decimal(str(row.get("quantity", row.get("months")))) if "rate_fen" in row else None,
            unit=row.get("unit", ""),
            rate_fen=row.get("rate_fen"),
            amount_fen=row["amount_fen"],
        )
        for row in file["rows"]
    ]
    roll = Roll(
        programme=file["programme"],
        item=ITEMS[number],
        batch=file["batch"],
        title=f"{file['batch']}{file['programme']}发放公示",
        total_fen=file["total_fen"],
        issuer="柳河村村民委员会",
        drafted_by="wang",
        reviews=SIGNED,
    )
    return replace(roll, **changes), rows, [ids[0] for ids in personal(number, "id18", "id20")]  # type: ignore[arg-type]


def publish(
    record: Record, seen: FoldedViews, roll: Roll, rows: list[RollRow], ids: list[str], *, replaces: str = ""
) -> str:
    streams = record.own_stream("all"), record.own_stream("county")
    held = take(record, rows, ids)
    with record.write() as transaction:
        return rolls.publish_roll(transaction, *streams, roll, rows, held, db=seen.db, replaces=replaces)


def take(record: Record, rows: list[RollRow], ids: list[str]) -> list[Held]:
    names = [row.name for row in rows]
    return own_payments.take_fingerprints(record.keys, zip(names, ids, strict=True))


def publish_sample(record: Record, county: Record, number: str, **changes: object) -> str:
    with views(county) as seen:
        return publish(record, seen, *sample(number, **changes))


def only_roll(seen: FoldedViews, village: str = VILLAGE) -> rolls.PublishedRoll:
    (line,) = rolls.list_rolls(seen.db, village).lines
    roll = rolls.get_roll(seen.db, line.id)
    assert roll is not None
    return roll


@pytest.mark.parametrize("number", ["r1", "r3", "r4"])
def test_an_ordinary_roll_shows_group_name_basis_rate_and_amount(
    village: Record, county: Record, number: str
) -> None:
    publish_sample(village, county, number)

    with views(village) as seen:
        published = only_roll(seen)
        page = rolls.rows(seen.db, published.id, size=100)
        assert page.lines == sample(number)[1]
        assert (page.total, published.roll.row_count) == (EXPECTED[number]["row_count"],) * 2
        assert published.objection_until == "2026-11-12"


@pytest.mark.parametrize("number", ["r2", "r5"])
def test_a_sensitive_roll_shows_totals_and_no_person(village: Record, county: Record, number: str) -> None:
    publish_sample(village, county, number)

    with views(village) as seen:
        published = only_roll(seen)
        assert published.roll.is_totals_only
        assert (published.roll.total_fen, published.roll.row_count) == (
            EXPECTED[number]["total_fen"],
            EXPECTED[number]["row_count"],
        )
        assert rolls.rows(seen.db, published.id).total == 0
        everything = seen.text()
    assert [row["name"] for row in EXPECTED[number]["rows"] if row["name"] in everything] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"programme": "农村危房改造（C级）", "item": "S5"},
        {"programme": "节日慰问", "item": "S3"},
        {"programme": "临时救助", "item": "S2"},
        {"programme": "节日慰问", "item": "S2", "title": "困难残疾人节日慰问"},
        {"programme": "节日慰问", "item": "S2", "is_totals_only": True},
    ],
    ids=["the county says so", "item S3", "the programme's name", "the title", "the agent says so"],
)
def test_whoever_calls_it_sensitive_no_rows_enter_the_record(
    village: Record, county: Record, changes: dict[str, object]
) -> None:
    publish_sample(village, county, "r1", **changes)

    with views(village) as seen:
        assert only_roll(seen).roll.row_parts == ()
        assert "仲金珍" not in seen.text()


def test_no_digit_of_an_id_card_or_phone_is_in_any_byte_of_the_databases(
    tmp_path: Path, village: Record, county: Record
) -> None:
    for number in EXPECTED:
        publish_sample(village, county, number)
    values = {
        re.sub(r"\D", "", value)
        for number in EXPECTED
        for row in personal(number, "id18", "id20", "bank", "mobile", "free_text")
        for value in row
    }
    secrets = {value[:17].encode() for value in values if len(value) >= 10}
    assert len(secrets) > 200

    with views(village, county, path=tmp_path / VILLAGE / "views.db") as seen:
        assert seen.set_aside == {}
        files = [file for file in (tmp_path / VILLAGE).iterdir() if file.is_file()]
        assert {"record.db", "record.db-wal", "views.db"} <= {file.name for file in files}
        stored = b"\n".join(file.read_bytes() for file in files)
    assert "仲金珍".encode() in stored
    assert [secret for secret in secrets if secret in stored] == []


def test_ones_own_payments_are_found_by_name_or_initials_and_six_characters(
    village: Record, county: Record
) -> None:
    publish_sample(village, county, "r1")
    publish_sample(village, county, "r5")

    with views(village) as seen:
        (ours,) = own_payments.find_mine(seen.db, village.keys, VILLAGE, "单秋仁", "020004")
        assert (ours.programme, ours.amount_fen, ours.quantity, ours.rate_fen) == (
            "耕地地力保护补贴",
            72281,
            "5.5",
            13142,
        )
        (hidden,) = own_payments.find_mine(seen.db, village.keys, VILLAGE, "mxg", "240002")
        assert (hidden.programme, hidden.amount_fen, hidden.quantity) == ("残疾人两项补贴", 10000, "")


@pytest.mark.parametrize(
    ("who", "last_six"),
    [
        ("单秋仁", "020005"),
        ("单秋", "020004"),
        ("仲金珍", "020004"),
        ("", "020004"),
        ("单秋仁", ""),
        ("SQ", "020004"),
    ],
)
def test_a_wrong_name_or_a_wrong_digit_finds_nothing(
    village: Record, county: Record, who: str, last_six: str
) -> None:
    publish_sample(village, county, "r1")

    with views(village) as seen:
        assert own_payments.find_mine(seen.db, village.keys, VILLAGE, who, last_six) == []


@pytest.mark.parametrize("last_six", ["14000X", "14000x", "１４０００X", " 14000X "])
def test_an_id_that_ends_in_x_is_found_however_it_is_typed(
    village: Record, county: Record, last_six: str
) -> None:
    publish_sample(village, county, "r1")

    with views(village) as seen:
        assert len(own_payments.find_mine(seen.db, village.keys, VILLAGE, "金桂云", last_six)) == 1


def test_another_nodes_key_finds_nothing(village: Record, county: Record) -> None:
    publish_sample(village, county, "r1")

    with views(village) as seen:
        assert own_payments.find_mine(seen.db, county.keys, VILLAGE, "单秋仁", "020004") == []


@pytest.mark.parametrize(
    "spelled", ["SQR", "DQR", "sq"], ids=["as a surname", "as a word", "the first letters"]
)
def test_a_name_is_picked_by_any_reading_of_its_characters(
    village: Record, county: Record, spelled: str
) -> None:
    publish_sample(village, county, "r1")

    with views(village) as seen:
        names = own_payments.names_by_initials(seen.db, VILLAGE, spelled)
        assert own_payments.NameChoice("单秋仁", ("上村组",)) in names
        assert own_payments.names_by_initials(seen.db, OTHER_VILLAGE, spelled) == []


def test_people_of_one_name_are_told_apart_by_their_group(village: Record, county: Record) -> None:
    rows = [RollRow(group, "王根发", None, "", None, 100) for group in ("上村组", "下村组")]
    roll = replace(sample("r1")[0], total_fen=200)
    with views(county) as seen:
        publish(village, seen, roll, rows, ["332526197701030001", "332526196804020004"])

    with views(village) as seen:
        (choice,) = own_payments.names_by_initials(seen.db, VILLAGE, "WGF")
        assert choice.groups == ("上村组", "下村组")
        (mine,) = own_payments.find_mine(seen.db, village.keys, VILLAGE, "王根发", "020004")
        assert mine.group == "下村组"


def test_a_corrected_roll_replaces_the_payments_too(village: Record, county: Record) -> None:
    first = publish_sample(village, county, "r1")
    roll, rows, ids = sample("r1", reason="面积重新核定", total_fen=EXPECTED["r1"]["total_fen"] - 72281)
    with views(county) as seen:
        publish(
            village,
            seen,
            roll,
            [row for row in rows if row.name != "单秋仁"],
            ids[:1] + ids[2:],
            replaces=first,
        )

    with views(village) as seen:
        assert own_payments.find_mine(seen.db, village.keys, VILLAGE, "单秋仁", "020004") == []
        states = [version.state for version in rolls.versions(seen.db, only_roll(seen).id)]
        assert states == ["replaced", "published"]


def test_a_withdrawn_roll_leaves_lists_search_and_ones_own_payments(village: Record, county: Record) -> None:
    event = publish_sample(village, county, "r1")
    stream = village.own_stream("all")
    with village.write() as transaction:
        rolls.withdraw(transaction, stream, event, reason="名册有误", by="wang")

    with views(village) as seen:
        assert rolls.list_rolls(seen.db, VILLAGE).total == 0
        assert search.find(seen.db, "耕地") == []
        assert own_payments.find_mine(seen.db, village.keys, VILLAGE, "单秋仁", "020004") == []


def test_a_search_finds_the_roll_by_its_programme_and_never_by_a_name(
    village: Record, county: Record
) -> None:
    publish_sample(village, county, "r1")

    with views(village) as seen:
        assert len(search.find(seen.db, "地力保护")) == 1
        assert [row["name"] for row in EXPECTED["r1"]["rows"] if search.find(seen.db, row["name"])] == []


def test_rolls_are_listed_by_item_and_programme(village: Record, county: Record) -> None:
    for number in EXPECTED:
        publish_sample(village, county, number)

    with views(village) as seen:
        assert rolls.list_rolls(seen.db, VILLAGE, item="S3").total == 2
        assert rolls.list_rolls(seen.db, VILLAGE, programme="高龄津贴").total == 1
        page = rolls.list_rolls(seen.db, VILLAGE, number=2, size=2)
        assert (len(page.lines), page.total) == (2, 5)
        assert rolls.rows(seen.db, _id_of(seen, "耕地地力保护补贴"), group="上村组", size=100).total < 24


def _id_of(seen: FoldedViews, programme: str) -> str:
    return rolls.list_rolls(seen.db, VILLAGE, programme=programme).lines[0].id


@pytest.mark.parametrize(
    ("change", "total", "words"),
    [
        (
            {"amount_fen": 72283},
            2,
            "第2行（上村组 单秋仁）：5.5 × 131.42 元 = 722.81 元，表上写的是 722.83 元，相差 0.02 元",
        ),
        ({}, 1, "合计：表上写的是 10,086.52 元，逐行加起来是 10,086.51 元，相差 0.01 元"),
    ],
    ids=["a row", "the total"],
)
def test_a_roll_that_does_not_add_up_is_refused_with_the_row_named(
    village: Record, change: dict[str, int], total: int, words: str
) -> None:
    roll, rows, ids = sample("r1", total_fen=EXPECTED["r1"]["total_fen"] + total)
    rows[1] = replace(rows[1], **change)  # type: ignore[arg-type]

    with views() as seen, pytest.raises(RuleError, match=re.escape(words)) as refused:
        publish(village, seen, roll, rows, ids)

    assert refused.value.code == "roll_not_balanced"


def test_a_fen_of_rounding_is_only_pointed_at() -> None:
    roll, rows, _ = sample("r1", total_fen=EXPECTED["r1"]["total_fen"] + 1)
    rows[1] = replace(rows[1], amount_fen=72282)

    assert [(p.code, p.severity) for p in check(roll, rows)] == [("rounding", "warning")]


@pytest.mark.parametrize("number", list(EXPECTED))
def test_the_sample_rolls_have_no_errors(number: str) -> None:
    roll, rows, _ = sample(number)

    assert [problem for problem in check(roll, rows) if problem.severity == "error"] == []


def test_rows_whose_id_excel_has_spoilt_are_named(village: Record) -> None:
    roll, rows, ids = sample("r2")

    assert [p.where for p in check(roll, rows, take(village, rows, ids)) if p.code == "no_id"] == [
        "第2行",
        "第7行",
    ]


@pytest.mark.parametrize("text", ["张三332526194405140007", "李四 １３９ 0000 1234", "王五卡号6228"])
def test_a_number_in_a_name_stops_the_roll(village: Record, text: str) -> None:
    roll, rows, ids = sample("r1")
    rows[0] = replace(rows[0], name=text)

    with views() as seen, pytest.raises(RuleError) as refused:
        publish(village, seen, roll, rows, ids)

    assert refused.value.code == "personal_digits"
    assert not re.search(r"\d{4}", str(refused.value))


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"reviews": ()}, "not_signed"), ({"total_fen": 0}, "roll_not_balanced")],
    ids=["nobody signed", "wrong total"],
)
def test_a_refused_roll_leaves_nothing_in_either_stream(
    village: Record, changes: dict[str, object], code: str
) -> None:
    with views() as seen, pytest.raises(RuleError) as refused:
        publish(village, seen, *sample("r1", **changes))

    assert refused.value.code == code
    assert {stream.size for stream in village.streams()} == {1}


def test_fingerprints_of_other_rows_are_refused(village: Record) -> None:
    roll, rows, ids = sample("r1")
    fewer = replace(roll, total_fen=roll.total_fen - rows[-1].amount_fen)
    streams = village.own_stream("all"), village.own_stream("county")

    with views() as seen, pytest.raises(RuleError) as refused, village.write() as transaction:
        rolls.publish_roll(transaction, *streams, fewer, rows[:-1], take(village, rows, ids), db=seen.db)

    assert refused.value.code == "rows_changed"


def test_a_roll_without_rows_is_refused(village: Record) -> None:
    with views() as seen, pytest.raises(RuleError) as refused:
        publish(village, seen, sample("r1", total_fen=0)[0], [], [])

    assert refused.value.code == "no_rows"


def test_a_village_can_neither_replace_anothers_roll_nor_add_payments_to_it(
    tmp_path: Path, village: Record, county: Record
) -> None:
    event = publish_sample(village, county, "r1")
    with make_record(tmp_path, OTHER_VILLAGE) as other, views(county) as programmes:
        publish(other, programmes, *sample("r4", reason="抢先"), replaces=event)
        held = own_payments.take_fingerprints(village.keys, [("单秋仁", "332526196804020004")])
        stream = other.own_stream("county")
        with other.write() as transaction:
            own_payments.hold(transaction, stream, event, held, [999], by="x")

        with views(village, other) as seen:
            assert only_roll(seen).event == event
            (mine,) = own_payments.find_mine(seen.db, village.keys, VILLAGE, "单秋仁", "020004")
            assert mine.amount_fen == 72281


def test_a_forged_sensitive_roll_with_rows_is_set_aside(village: Record) -> None:
    roll, rows, _ = sample("r5")
    forged = replace(roll, row_parts=(f"{village.own_stream('all')}/1",), row_count=len(rows))
    village.append(
        "all",
        NewEvent("rows_held", {"rows": msgspec.to_builtins(rows)}, "x"),
        NewEvent("roll_published", msgspec.to_builtins(forged), "x"),
    )

    with views(village) as seen:
        assert rolls.list_rolls(seen.db, VILLAGE).total == 0
        assert [str(reason) for reason in seen.set_aside.values()] == [
            "a sensitive roll may not have rows or pictures"
        ]


def test_views_are_the_same_in_whatever_order_the_streams_arrive(village: Record, county: Record) -> None:
    first = publish_sample(village, county, "r1")
    with views(county) as seen:
        publish(village, seen, *sample("r1", reason="更正"), replaces=first)
    publish_sample(village, county, "r5")
    expected = FoldedViews().fold(village, county).tables()

    for seed in range(4):
        assert FoldedViews().fold(county, village, order=shuffled(seed)).tables() == expected


def test_a_roll_of_two_thousand_households_fits(village: Record) -> None:
    rows = [
        RollRow(f"{n % 9}组", f"户主{'甲乙丙丁'[n % 4]}", Decimal("1.25"), "亩", 13142, 16428)
        for n in range(2000)
    ]
    roll = replace(sample("r1")[0], total_fen=2000 * 16428)

    with views() as seen:
        publish(village, seen, roll, rows, ["332526197701030001"] * 2000)

    with views(village) as seen:
        assert rolls.rows(seen.db, only_roll(seen).id, number=2000, size=1).lines == [rows[-1]]

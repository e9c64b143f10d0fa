"""Ledgers from the village's desk to every reader: signed, checked, corrected in the open, and nobody else's to change."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from ledger_samples import TODAY, sample
from publishing import COUNTY, OTHER_VILLAGE, SIGNED, VILLAGE, FoldedViews, make_record, shuffled, views

from content import ledgers, parts, search
from content.errors import RuleError
from content.ledger_rows import KINDS, Asset, Contract, Ledger, Row
from content.publications import Review
from content.record.events import NewEvent
from content.record.store import Record


@pytest.fixture
def village(tmp_path: Path) -> Iterator[Record]:
    with make_record(tmp_path, VILLAGE) as record:
        yield record


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Record]:
    with make_record(tmp_path, OTHER_VILLAGE) as record:
        yield record


def publish(record: Record, ledger: Ledger, rows: list[Row], *, replaces: str = "") -> str:
    stream = record.own_stream("all")
    with record.write() as transaction:
        return ledgers.publish(transaction, stream, ledger, rows, replaces=replaces)


def withdraw(record: Record, event: str, reason: str = "发错了") -> None:
    stream = record.own_stream("all")
    with record.write() as transaction:
        ledgers.withdraw(transaction, stream, event, reason=reason, by="wang")


@pytest.mark.parametrize("kind", KINDS)
def test_a_published_ledger_reads_as_it_was_written(village: Record, kind: str) -> None:
    ledger, rows = sample(kind)
    publish(village, ledger, rows)

    with views(village) as seen:
        found = ledgers.latest(seen.db, VILLAGE, kind)
        assert found is not None
        assert replace(found.ledger, row_parts=(), row_count=0) == ledger
        assert ledgers.all_rows(seen.db, found.id) == rows


@pytest.mark.parametrize(
    "reviews",
    [(), (Review("wang", "王会计", "同意", "2026-11-05T02:00:00Z"),)],
    ids=["nobody", "the drafter"],
)
def test_a_ledger_needs_the_signature_of_another_person(village: Record, reviews: tuple[Review, ...]) -> None:
    ledger, rows = sample("assets")

    with pytest.raises(RuleError) as refused:
        publish(village, replace(ledger, reviews=reviews), rows)

    assert refused.value.code == "not_signed"


def test_debts_that_do_not_add_up_are_refused_and_leave_nothing_behind(village: Record) -> None:
    ledger, rows = sample("debts")
    stream = village.own_stream("all")

    with pytest.raises(RuleError, match=r"第1行：“水费分摊（三个组）”.*相差 -100\.00 元") as refused:
        publish(village, ledger, [replace(rows[0], closing_fen=3810000), *rows[1:]])  # type: ignore[arg-type]

    assert refused.value.code == "debt_mismatch"
    held = village.stream(stream)
    assert held is not None
    assert held.size == 1


def test_a_correction_shows_the_new_figures_and_keeps_the_old_ones(village: Record) -> None:
    ledger, rows = sample("assets")
    first = publish(village, ledger, rows)
    with pytest.raises(RuleError) as refused:
        publish(village, ledger, rows, replaces=first)
    assert refused.value.code == "no_reason"

    publish(village, replace(ledger, reason="旧水泵已核销"), rows[:-1], replaces=first)

    with views(village) as seen:
        page = ledgers.list_ledgers(seen.db, VILLAGE, kind="assets")
        assert [(line.row_count, page.total) for line in page.lines] == [(5, 1)]
        old, new = ledgers.versions(seen.db, page.lines[0].id)
        assert (old.state, new.state, old.replaced_by) == ("replaced", "published", new.id)
        assert len(ledgers.all_rows(seen.db, old.id)) == 6
        assert [hit.key for hit in search.find(seen.db, "文化礼堂")] == [f"ledger:{new.id}"]


def test_a_withdrawn_ledger_leaves_lists_alerts_and_search_and_keeps_its_reason(village: Record) -> None:
    event = publish(village, *sample("contracts"))
    with views(village) as before:
        found = ledgers.latest(before.db, VILLAGE, "contracts")
        assert len(ledgers.alerts(before.db, VILLAGE, TODAY)) == 3
    assert found is not None

    withdraw(village, event)

    with views(village) as seen:
        assert ledgers.list_ledgers(seen.db, VILLAGE).total == 0
        assert ledgers.alerts(seen.db, VILLAGE, TODAY) == []
        assert ledgers.latest_by_item(seen.db, VILLAGE) == {}
        assert search.find(seen.db, "茶园") == []
        gone = ledgers.get(seen.db, found.id)
        assert gone is not None
        assert (gone.state, gone.withdrawn_reason) == ("withdrawn", "发错了")


def test_alerts_name_the_leases_that_need_somebody_on_the_day(village: Record) -> None:
    publish(village, *sample("contracts"))

    with views(village) as seen:
        now = ledgers.alerts(seen.db, VILLAGE, TODAY)
        later = ledgers.alerts(seen.db, VILLAGE, date(2027, 1, 1))
    assert [alert.contract.no for alert in now] == ["LH-2020-04", "LH-2023-03", "LH-2024-01"]
    assert [alert.standing.days_left for alert in now if alert.standing.is_expired] == [-146]
    assert [alert.contract.no for alert in later if alert.standing.is_expired] == ["LH-2020-04", "LH-2024-01"]


def test_alerts_come_from_the_latest_register_only(village: Record) -> None:
    ledger, rows = sample("contracts")
    publish(village, replace(ledger, as_of="2025-12-31"), rows)
    in_order = [
        row for row in rows if isinstance(row, Contract) and not row.owed_fen and row.end_on > "2027-06"
    ]
    publish(village, ledger, [*in_order])

    with views(village) as seen:
        assert ledgers.list_ledgers(seen.db, VILLAGE, kind="contracts").total == 2
        assert ledgers.alerts(seen.db, VILLAGE, TODAY) == []


def test_items_are_answered_line_by_line_not_by_a_balance_sheet(village: Record) -> None:
    publish(village, *sample("balance_sheet"))
    with views(village) as seen:
        assert ledgers.latest_by_item(seen.db, VILLAGE) == {}

    for kind in ("assets", "contracts", "debts"):
        publish(village, *sample(kind))

    with views(village) as seen:
        assert set(ledgers.latest_by_item(seen.db, VILLAGE)) == {"F4", "F5", "F6"}
        assert ledgers.list_ledgers(seen.db, VILLAGE, item="F4").total == 2


def test_a_search_finds_things_and_places_but_not_who_leases_or_owes(village: Record) -> None:
    publish(village, *sample("contracts"))
    publish(village, *sample("debts"))

    with views(village) as seen:
        assert len(search.find(seen.db, "山塘")) == 1
        assert search.find(seen.db, "潘有水") == []
        assert search.find(seen.db, "建筑队") == []


def test_two_thousand_rows_are_published_in_parts_and_paged(village: Record) -> None:
    ledger, _ = sample("assets")
    rows: list[Row] = [
        Asset(f"路灯第{n}盏", 190000, 80000, f"A{n}", "2019-11", "村集体", "中村到下村沿线")
        for n in range(2000)
    ]
    publish(village, ledger, rows)

    with views(village) as seen:
        found = ledgers.latest(seen.db, VILLAGE, "assets")
        assert found is not None
        page = ledgers.rows(seen.db, found.id, number=250, size=8)
        assert (page.total, page.lines) == (2000, rows[1992:])


def test_streams_in_any_order_give_the_same_tables(village: Record, other: Record) -> None:
    for record in (village, other):
        first = publish(record, *sample("contracts"))
        ledger, rows = sample("contracts", reason="补记一份")
        publish(record, ledger, rows, replaces=first)
        withdraw(record, publish(record, *sample("debts")))

    tables = []
    for seed in range(4):
        folded = FoldedViews().fold(village, other, order=shuffled(seed))
        tables.append(folded.tables())
        folded.db.conn.close()

    assert all(table == tables[0] for table in tables)
    assert len(tables[0]["ledgers"]) == 6


def test_a_village_cannot_replace_or_withdraw_the_ledger_of_another(village: Record, other: Record) -> None:
    target = publish(village, *sample("assets"))
    ledger, rows = sample("assets", reason="抢改")
    publish(other, ledger, rows, replaces=target)
    withdraw(other, target)

    with views(village, other) as seen:
        found = ledgers.latest(seen.db, VILLAGE, "assets")
        assert found is not None
        assert found.state == "published"
        assert [version.village for version in ledgers.versions(seen.db, found.id)] == [VILLAGE]


def test_a_village_cannot_show_rows_of_another_stream(village: Record, other: Record) -> None:
    county_stream = other.own_stream("county")
    with other.write() as transaction:
        secret = parts.append_rows(
            transaction, county_stream, [{"name": "密", "original_fen": 1, "net_fen": 1}], by="x"
        )
    ledger, _ = sample("assets")
    forged = replace(ledger, row_parts=tuple(secret), row_count=1)
    village.append("all", NewEvent("ledger_published", msgspec.to_builtins(forged), "wang"))

    with views(village, other) as seen:
        assert ledgers.list_ledgers(seen.db, VILLAGE).total == 0
        assert [type(reason) for reason in seen.set_aside.values()] == [ValueError]


@pytest.mark.parametrize(
    "change",
    [{"kind": "gold"}, {"row_count": 7}, {"as_of": None}],
    ids=["unknown kind", "rows missing", "no day"],
)
def test_a_ledger_that_cannot_be_read_is_set_aside(village: Record, change: dict[str, object]) -> None:
    ledger, _ = sample("assets")
    village.append("all", NewEvent("ledger_published", {**msgspec.to_builtins(ledger), **change}, "wang"))

    with views(village) as seen:
        assert ledgers.list_ledgers(seen.db, VILLAGE).total == 0
        assert len(seen.set_aside) == 1


def test_the_county_and_the_county_alone_channel_publish_no_ledgers(village: Record, tmp_path: Path) -> None:
    body = msgspec.to_builtins(sample("assets")[0])
    village.append("county", NewEvent("ledger_published", body, "wang"))
    with make_record(tmp_path, COUNTY) as county:
        county.append("all", NewEvent("ledger_published", body, "county"))

        with views(village, county) as seen:
            assert ledgers.list_ledgers(seen.db, VILLAGE).total == 0
            assert {type(reason) for reason in seen.set_aside.values()} == {PermissionError}


def test_a_lease_on_its_last_day_still_runs(village: Record) -> None:
    ledger, _ = sample("contracts")
    lease = Contract("贾春梅", "小卖部", 0, 0, end_on=TODAY.isoformat())
    publish(village, replace(ledger, reviews=SIGNED), [lease])

    with views(village) as seen:
        (alert,) = ledgers.alerts(seen.db, VILLAGE, TODAY)
        (after,) = ledgers.alerts(seen.db, VILLAGE, TODAY + timedelta(days=1))
    assert (alert.standing.days_left, alert.standing.is_expired) == (0, False)
    assert after.standing.is_expired

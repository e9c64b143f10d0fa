"""Finance statements from the village's desk to every reader: signed, balanced, corrected in the open."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from publishing import COUNTY, OTHER_VILLAGE, SIGNED, VILLAGE, FoldedViews, make_record, shuffled, views
from test_statements import sample

from content import account_charts, files, finance_charts, finances, parts, search
from content.errors import RuleError
from content.finance_charts import AccountTotal, MonthTotal
from content.publications import Review
from content.record.blobs import BlobRef
from content.record.events import NewEvent
from content.record.store import Record
from content.statements import Entry, Statement


@pytest.fixture
def village(tmp_path: Path) -> Iterator[Record]:
    with make_record(tmp_path, VILLAGE) as record:
        yield record


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Record]:
    with make_record(tmp_path, OTHER_VILLAGE) as record:
        yield record


def publish(record: Record, statement: Statement, entries: list[Entry], *, replaces: str = "") -> str:
    stream = record.own_stream("all")
    with record.write() as transaction:
        return finances.publish(transaction, stream, statement, entries, replaces=replaces)


def withdraw(record: Record, event: str, reason: str = "发错了") -> None:
    stream = record.own_stream("all")
    with record.write() as transaction:
        finances.withdraw(transaction, stream, event, reason=reason, by="wang")


def make_statement(start: str, end: str, entries: list[Entry], **changes: object) -> Statement:
    income, expense = (sum(getattr(e, f"{side}_fen") for e in entries) for side in ("income", "expense"))
    blank = Statement("收支公开", start, end, 0, income, expense, income - expense, "村委会", "wang", SIGNED)
    return replace(blank, **changes)  # type: ignore[arg-type]


def test_a_published_statement_reads_as_it_was_written(village: Record) -> None:
    statement, entries = sample("01")
    publish(village, statement, entries)

    with views(village) as seen:
        published = finances.latest(seen.db, VILLAGE)
        assert published is not None
        assert replace(published.statement, entry_parts=(), entry_count=0) == statement
        shown = finances.entries(seen.db, published.id, size=50)
        assert [replace(entry, no=0) for entry in shown.lines] == entries
        assert [entry.no for entry in shown.lines] == list(range(1, len(entries) + 1))


def test_an_unbalanced_statement_is_refused_and_leaves_nothing_behind(village: Record) -> None:
    statement, entries = sample("08")
    stream = village.own_stream("all")

    with pytest.raises(RuleError, match=r"相差 -900\.00 元") as refused:
        publish(village, statement, entries)

    assert refused.value.code == "not_balanced"
    held = village.stream(stream)
    assert held is not None
    assert held.size == 1


@pytest.mark.parametrize(
    "reviews",
    [(), (Review("wang", "王会计", "同意", "2026-11-05T02:00:00Z"),)],
    ids=["nobody", "the drafter"],
)
def test_a_statement_needs_the_signature_of_another_person(
    village: Record, reviews: tuple[Review, ...]
) -> None:
    statement, entries = sample("01")

    with pytest.raises(RuleError) as refused:
        publish(village, replace(statement, reviews=reviews), entries)

    assert refused.value.code == "not_signed"


def test_a_correction_shows_the_new_figures_and_keeps_the_old_ones(village: Record) -> None:
    statement, entries = sample("01")
    first = publish(village, statement, entries)
    with pytest.raises(RuleError) as refused:
        publish(village, statement, entries, replaces=first)
    assert refused.value.code == "no_reason"

    corrected = replace(statement, title="更正后的10月收支", reason="记-11漏记")
    publish(village, corrected, entries, replaces=first)

    with views(village) as seen:
        page = finances.list_statements(seen.db, VILLAGE)
        assert [(line.title, page.total) for line in page.lines] == [("更正后的10月收支", 1)]
        old, new = finances.versions(seen.db, page.lines[0].id)
        assert (old.state, new.state, old.replaced_by) == ("replaced", "published", new.id)
        assert finances.entries(seen.db, old.id).total == len(entries)
        assert [hit.key for hit in search.find(seen.db, "水塘承包费")] == [f"statement:{new.id}"]


def test_a_withdrawn_statement_leaves_the_lists_and_keeps_its_reason(village: Record) -> None:
    event = publish(village, *sample("01"))
    with pytest.raises(RuleError) as refused:
        withdraw(village, event, "  ")
    assert refused.value.code == "no_reason"
    with views(village) as before:
        published = finances.latest(before.db, VILLAGE)
    assert published is not None

    withdraw(village, event)

    with views(village) as seen:
        assert finances.list_statements(seen.db, VILLAGE).total == 0
        assert finances.latest(seen.db, VILLAGE) is None
        gone = finances.get(seen.db, published.id)
        assert gone is not None
        assert (gone.state, gone.withdrawn_reason) == ("withdrawn", "发错了")
        assert search.find(seen.db, "水塘承包费") == []


def test_entries_come_page_by_page_and_by_account(village: Record) -> None:
    publish(village, *sample("01"))

    with views(village) as seen:
        published = finances.latest(seen.db, VILLAGE)
        assert published is not None
        page = finances.entries(seen.db, published.id, number=2, size=4)
        assert ([entry.no for entry in page.lines], page.total) == ([5, 6, 7, 8], 11)
        one = finances.entries(seen.db, published.id, account="管理费用")
        assert (one.total, {entry.account for entry in one.lines}) == (4, {"管理费用"})


def test_voucher_photos_are_among_the_files_that_sync_carries(village: Record) -> None:
    photo, seal = BlobRef("a" * 64, "image/jpeg", 1000), BlobRef("b" * 64, "image/png", 200)
    statement, entries = sample("01")
    publish(village, replace(statement, images=(seal,)), [replace(entries[0], images=(photo,)), *entries[1:]])

    with views(village) as seen:
        assert files.named_by(seen.db, [VILLAGE]) == [photo, seal]
        published = finances.latest(seen.db, VILLAGE)
        assert published is not None
        assert finances.entries(seen.db, published.id).lines[0].images == (photo,)


def test_five_thousand_entries_are_published_in_parts(village: Record) -> None:
    entries = [
        Entry("管理费用", f"第{n}笔办公用品，柳河镇文具店开票", 0, n, date="2026-10-05", voucher=f"记-{n}")
        for n in range(1, 5001)
    ]
    publish(village, make_statement("2026-10-01", "2026-10-31", entries), entries)

    with views(village) as seen:
        published = finances.latest(seen.db, VILLAGE)
        assert published is not None
        assert finances.entries(seen.db, published.id, number=5000, size=1).lines[0].expense_fen == 5000


def test_the_latest_statement_before_a_day_is_the_one_to_compare_with(village: Record) -> None:
    for number in ("06", "01", "07"):
        publish(village, *sample(number))

    with views(village) as seen:
        before = finances.latest(seen.db, VILLAGE, before="2026-10-01")
        assert before is not None
        assert before.statement.period_end == "2026-09-30"
        order = [line.period_end for line in finances.list_statements(seen.db, VILLAGE).lines]
        assert order == ["2026-10-31", "2026-09-30", "2026-08-31"]


def test_totals_by_account_add_up_to_the_statement(village: Record) -> None:
    publish(village, *sample("01"))

    with views(village) as seen:
        published = finances.latest(seen.db, VILLAGE)
        assert published is not None
        totals = finance_charts.totals_by_account(seen.db, published.id)
        assert totals[0] == AccountTotal("补助收入", 6000000, 0, 1)
        assert AccountTotal("管理费用", 0, 53400 + 70000 + 385000 - 35000, 4) in totals
        assert sum(total.income_fen for total in totals) == published.statement.income_fen
        assert sum(total.expense_fen for total in totals) == published.statement.expense_fen


@pytest.mark.parametrize("count", [0, 1, 6, 7, 40])
@pytest.mark.parametrize("limit", [2, 6])
def test_a_chart_has_at_most_its_bars_and_loses_no_money(count: int, limit: int) -> None:
    totals = [AccountTotal(f"科目{n}", 100 + n, 7 * n, 1) for n in range(count)]

    bars = finance_charts.for_chart(totals, limit)

    assert len(bars) == min(count, limit)
    assert sum(bar.income_fen for bar in bars) == sum(total.income_fen for total in totals)
    assert sum(bar.expense_fen for bar in bars) == sum(total.expense_fen for total in totals)
    assert (bars[-1].account == "其他" if bars else False) == (count > limit)


def test_a_chart_of_expenses_leaves_out_accounts_that_only_earn() -> None:
    totals = [
        AccountTotal("补助收入", 900, 0, 1),
        AccountTotal("管理费用", 0, 5, 1),
        AccountTotal("在建工程", 0, 80, 1),
    ]

    bars = finance_charts.for_chart(totals, side="expense")

    assert [bar.account for bar in bars] == ["在建工程", "管理费用"]


def test_the_trend_counts_a_month_once_though_a_quarter_covers_it_too(village: Record) -> None:
    march = [Entry("其他收入", "三月", 300, 0, date="2026-03-10")]
    quarter = [
        Entry("其他收入", "一月", 100, 0, date="2026-01-10"),
        Entry("其他支出", "二月", 0, 20, date="2026-02-10"),
        Entry("其他收入", "三月，季报", 999, 0, date="2026-03-10"),
        Entry("其他收入", "没有日期", 5, 0),
    ]
    publish(village, make_statement("2026-03-01", "2026-03-31", march), march)
    publish(village, make_statement("2026-01-01", "2026-03-31", quarter), quarter)
    publish(village, make_statement("2026-04-01", "2026-04-30", []), [])

    with views(village) as seen:
        assert finance_charts.trend(seen.db, VILLAGE) == [
            MonthTotal("2026-01", 100, 0),
            MonthTotal("2026-02", 0, 20),
            MonthTotal("2026-03", 300, 0),
            MonthTotal("2026-04", 0, 0),
        ]
        assert [total.month for total in finance_charts.trend(seen.db, VILLAGE, 2)] == ["2026-03", "2026-04"]


def test_a_village_cannot_replace_withdraw_or_borrow_from_another(village: Record, other: Record) -> None:
    event = publish(village, *sample("01"))
    statement, entries = sample("06")
    publish(other, replace(statement, reason="抢先"), entries, replaces=event)
    withdraw(other, event)
    stolen = replace(statement, entry_parts=(f"{event.partition('/')[0]}/1",), entry_count=1)
    other.append("all", NewEvent("statement_published", msgspec.to_builtins(stolen), "x"))

    with views(village, other) as seen:
        published = finances.latest(seen.db, VILLAGE)
        assert published is not None
        assert (published.event, published.state, published.replaced_by) == (event, "published", "")
        assert [version.village for version in finances.versions(seen.db, published.id)] == [VILLAGE]
        assert [str(reason) for reason in seen.set_aside.values()] == [
            f"rows {stolen.entry_parts[0]} are not in the publication's own stream"
        ]


def test_rows_sent_to_the_county_alone_cannot_be_published_by_naming_them(village: Record) -> None:
    county_stream = village.own_stream("county")
    with village.write() as transaction:
        private = parts.append_rows(
            transaction, county_stream, [msgspec.to_builtins(Entry("a", "机密", 0, 0))], by="x"
        )
    statement = make_statement("2026-10-01", "2026-10-31", [], entry_parts=tuple(private), entry_count=1)
    village.append("all", NewEvent("statement_published", msgspec.to_builtins(statement), "x"))

    with views(village) as seen:
        assert finances.list_statements(seen.db, VILLAGE).total == 0
        assert len(seen.set_aside) == 1


def test_views_are_the_same_in_whatever_order_the_streams_arrive(
    tmp_path: Path, village: Record, other: Record
) -> None:
    first = publish(village, *sample("01"))
    publish(village, replace(sample("01")[0], reason="更正"), sample("01")[1], replaces=first)
    publish(other, *sample("06"))
    with make_record(tmp_path, COUNTY) as county:
        account_charts.set_chart(county, supplied("2004", "2005-01-01"), by="county")
        expected = FoldedViews().fold(village, other, county).tables()

        for seed in range(4):
            assert FoldedViews().fold(county, other, village, order=shuffled(seed)).tables() == expected


def supplied(chart: str, valid_from: str) -> account_charts.Chart:
    folder = Path(account_charts.__file__).parent / "data"
    return account_charts.read_chart(folder / f"accounts_{chart}.csv", valid_from=valid_from)


def test_the_chart_of_the_day_is_used_and_says_what_is_not_verified(tmp_path: Path) -> None:
    with make_record(tmp_path, COUNTY) as county:
        account_charts.set_chart(county, supplied("2024", "2024-01-01"), by="county")
        account_charts.set_chart(county, supplied("2004", "2005-01-01"), by="county")

        with views(county) as seen:
            counts = {day: len(account_charts.known_accounts(seen.db, day)) for day in DAYS}
            assert counts == DAYS
            earlier = account_charts.known_accounts(seen.db, "2023-12-31")
            now = account_charts.known_accounts(seen.db, "2026-01-01")
    assert {account.code_status for account in earlier} == {"verified"}
    assert {account.code_status for account in now} == {"unverified"}
    assert sum(account.name_status == "verified" for account in now) == 7


DAYS = {"2004-12-31": 0, "2005-01-01": 33, "2023-12-31": 33, "2024-01-01": 42, "2026-11-05": 42}


def test_a_village_cannot_set_the_chart_of_accounts(village: Record) -> None:
    chart = msgspec.to_builtins(supplied("2024", "2024-01-01"))
    village.append("all", NewEvent("account_chart_set", chart, "x"))

    with views(village) as seen:
        assert account_charts.known_accounts(seen.db, "2026-01-01") == []


def test_the_county_cannot_publish_a_statement_for_a_village(tmp_path: Path) -> None:
    with make_record(tmp_path, COUNTY) as county:
        statement = make_statement("2026-10-01", "2026-10-31", [])
        county.append("all", NewEvent("statement_published", msgspec.to_builtins(statement), "x"))

        with views(county) as seen:
            assert len(seen.set_aside) == 1


def test_a_chart_file_with_a_missing_column_names_the_row(tmp_path: Path) -> None:
    broken = tmp_path / "accounts.csv"
    broken.write_text("chart,code,name\n2024,101,库存现金\n", encoding="utf-8")

    with pytest.raises(ValueError, match="101"):
        account_charts.read_chart(broken, valid_from="2024-01-01")

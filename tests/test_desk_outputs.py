"""One entry feeds every output: the script, the text to subscribers, the table for the county; and the start of the next one."""

import csv
import io
from collections.abc import Iterator

import pytest
from desk_village import Browser, Desk, make_desk, sign
from nodes import VILLAGE

from content import finances, latest
from content.ledger_rows import Contract
from content.settings import Settings
from deploy.sms_wiring import news_text
from kiosk.desk import continuing, outputs, statement_forms
from kiosk.desk.ledgers import with_form

FORMULA = '=HYPERLINK("http://x","点我")'


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A village that has published a statement and a ledger of leases."""
    with make_desk(tmp_path_factory.mktemp("outputs") / "village") as made:
        agent = made.signed_in("zhou")
        _publish(made, agent, "statement", _statement())
        with made.app.test_request_context():
            ledger = with_form(_ledger())
        _publish(made, agent, "ledger", ledger)
        yield made


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        (FORMULA, "'" + FORMULA),
        ("+86 0578", "'+86 0578"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
        ("\tx", "'\tx"),
        ("＝1+1", "'＝1+1"),
        ("-350.00", "-350.00"),
        ("-1,234.50", "-1,234.50"),
        ("记-11", "记-11"),
        ("", ""),
    ],
)
def test_text_that_looks_like_a_formula_stays_text_and_numbers_stay_numbers(cell: str, written: str) -> None:
    ((read,),) = csv.reader(io.StringIO(outputs.csv_of([[cell]]).decode("utf-8-sig"), newline=""))

    assert read == written


def test_the_table_for_the_county_has_every_entry(desk: Desk) -> None:
    public_id = _statement_id(desk)

    answer = desk.signed_in("wu").get(f"/desk/published/statement/{public_id}/table.csv")

    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0][:3] == ["日期", "凭证号", "科目"]
    assert rows[1][3:6] == ["'" + FORMULA, "1,200.00", "0.00"]
    assert rows[2][3:6] == ["冲销", "0.00", "-50.00"]


def test_the_table_of_a_ledger_has_its_own_columns(desk: Desk) -> None:
    (line,) = (
        one for one in latest.page(desk.village.views.read(), area=VILLAGE).lines if one.kind == "ledger"
    )

    answer = desk.signed_in("zhou").get(f"/desk/published/ledger/{line.id}/table.csv")

    assert "潘有水" in answer.text
    assert "LH-01" in answer.text


def test_a_notice_has_no_table_and_nobody_outside_gets_one(desk: Desk) -> None:
    public_id = _statement_id(desk)

    assert desk.visit(f"/desk/published/statement/{public_id}/table.csv").status_code == 303
    assert desk.signed_in("zhou").get("/desk/published/notice/none/table.csv").status_code == 404


def test_the_script_is_what_the_kiosk_reads(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    agent.get("/look?lang=en&next=/desk/")
    page = agent.get(f"/desk/published/statement/{_statement_id(desk)}/script").text
    agent.get("/look?lang=zh&next=/desk/")

    assert "柳河村2026年10月财务收支公开" in page
    assert "1,200.00" in page


def test_the_text_to_subscribers_is_shown_as_it_is_sent(desk: Desk) -> None:
    said = news_text(desk.village, Settings(), "停水通知")

    assert said == "【柳河村】新公开：停水通知。发“公告”看内容，退订发TD。"


def test_the_next_statement_begins_where_the_last_one_ended(desk: Desk) -> None:
    last = finances.get(desk.village.views.read(), _statement_id(desk))
    assert last is not None

    data = continuing.statement(last)

    assert (data["period_start"], data["period_end"]) == ("2026-11-01", "2026-11-30")
    assert data["title"] == "柳河村2026年11月财务收支公开"
    assert data["opening_fen"] == last.statement.closing_fen
    assert data["entries"] == []


def test_the_calendar_goes_on_from_a_statement_and_a_ledger(desk: Desk) -> None:
    agent = desk.signed_in("zhou")

    for code, words in (("F2", "柳河村2026年11月财务收支公开"), ("F5", "潘有水")):
        started = agent.post(f"/desk/calendar/{code}/start")
        assert started.status_code == 303
        assert words in agent.get(started.location).text
    assert agent.post("/desk/calendar/F1/start").status_code == 404


def _publish(desk: Desk, agent: Browser, kind: str, data: dict[str, object]) -> None:
    draft_id = desk.drafts.start(kind, "zhou", title=str(data["title"]), data=data)
    answer = agent.send(f"/desk/{kind}s/{draft_id}", "submit")
    assert answer.status_code == 303, answer.text
    assert sign(desk.signed_in("wu"), draft_id).status_code == 303


def _statement_id(desk: Desk) -> str:
    return finances.list_statements(desk.village.views.read(), VILLAGE).lines[0].id


def _statement() -> dict[str, object]:
    entries = [
        {"summary": FORMULA, "account": "经营收入", "income_fen": 120_000, "expense_fen": 0},
        {"summary": "冲销", "account": "管理费用", "income_fen": 0, "expense_fen": -5_000},
    ]
    data = {
        "title": "柳河村2026年10月财务收支公开",
        "issuer": "柳河村股份经济合作社",
        "period_start": "2026-10-01",
        "period_end": "2026-10-31",
        "opening_fen": 0,
        "closing_fen": 125_000,
        "entries": entries,
        "problems": [],
    }
    return statement_forms.with_figures({**data, "typed": statement_forms.typed_of(data)})


def _ledger() -> dict[str, object]:
    lease = Contract(
        no="LH-01", object="水塘", lessee="潘有水", end_on="2030-12-31", rent_due_fen=0, rent_paid_fen=0
    )
    return {
        "kind": "contracts",
        "title": "柳河村2026年承包租赁合同台账",
        "as_of": "2026-11-01",
        "period_start": "",
        "issuer": "柳河村股份经济合作社",
        "rows": [{name: getattr(lease, name) for name in Contract.__dataclass_fields__}],
        "problems": [],
    }

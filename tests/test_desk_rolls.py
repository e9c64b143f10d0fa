"""A subsidy roll from the agent's upload to the kiosk: personal columns dropped, own payments still found."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_village import DATA, Browser, Desk, fields_of, file, make_desk, sign, upload
from nodes import VILLAGE
from sheet_files import write_xlsx

from content import own_payments, rolls
from content.intake.excel import read_roll

LAND = "rolls/r1_耕地地力保护补贴清册.xlsx"
RELIEF = "rolls/r2_低保花名册.xlsx"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with make_desk(tmp_path) as made:
        yield made


def start(browser: Browser, path: str, item: str) -> str:
    answer = browser.post("/desk/rolls/new", file=file(path), item=item)
    assert answer.status_code == 303, answer.text
    return answer.location


def publish(desk: Desk, path: str, item: str) -> str:
    agent = desk.signed_in("zhou")
    page = start(agent, path, item)
    sent = agent.send(page, "submit")
    assert sent.status_code == 303, re.findall(r'role="alert"[^>]*>(.*?)</p>', sent.text, re.DOTALL)
    sign(desk.signed_in("wu"), page.rsplit("/", 1)[1])
    return rolls.list_rolls(desk.village.views.read(), VILLAGE).lines[0].id


def personal_numbers(path: str) -> set[str]:
    return {number for row in read_roll(DATA / path).rows for number in row.personal.values()}


def test_a_roll_is_published_without_a_personal_column_and_everybody_finds_the_own_payment(
    desk: Desk,
) -> None:
    public_id = publish(desk, LAND, "S2")

    db = desk.village.views.read()
    shown = rolls.rows(db, public_id, size=100)
    assert (shown.total, rolls.get_roll(db, public_id).roll.total_fen) == (24, 1008651)
    everything = "\n".join(
        repr(row) for table in db.table_names() for row in db.execute(f"SELECT * FROM [{table}]")
    )
    assert not [number for number in personal_numbers(LAND) if number in everything]
    first = read_roll(DATA / LAND).rows[0]
    (mine,) = own_payments.find_mine(db, desk.village.keys, VILLAGE, first.name, first.personal["id18"][-6:])
    assert mine.amount_fen == first.amount_fen


def test_no_personal_number_reaches_the_draft_or_the_disk(desk: Desk) -> None:
    page = start(desk.signed_in("zhou"), LAND, "S2")
    draft = desk.drafts.get(page.rsplit("/", 1)[1])

    numbers = personal_numbers(LAND)
    assert not [number for number in numbers if number in repr(draft)]
    kept = b"".join(path.read_bytes() for path in desk.village.home.rglob("*") if path.is_file())
    assert not [number for number in numbers if number.encode() in kept]


def test_the_agent_sees_which_columns_were_dropped(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    shown = agent.get(start(agent, LAND, "S2")).text

    assert re.findall(r"<del>(.*?)</del>", shown) == ["身份证号码", "一卡通账号", "联系电话"]


def test_a_sensitive_programme_publishes_totals_only_and_says_so(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    page = start(agent, RELIEF, "S3")
    assert "不公布姓名" in agent.get(page).text
    agent.send(page, "submit")
    committee = desk.signed_in("wu")
    names = [row.name for row in read_roll(DATA / RELIEF).rows]
    review = committee.get(f"/desk/review/{page.rsplit('/', 1)[1]}").text
    assert not [name for name in names if name in review]
    sign(committee, page.rsplit("/", 1)[1])

    db = desk.village.views.read()
    public_id = rolls.list_rolls(db, VILLAGE).lines[0].id
    assert rolls.get_roll(db, public_id).roll.is_totals_only
    assert rolls.rows(db, public_id).total == 0
    public = desk.visit(f"/rolls/{public_id}").text
    assert not [name for name in names if name in public]


def test_a_wrong_sum_is_refused_with_the_difference_and_put_right_in_place(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    page = start(agent, LAND, "S2")

    answer = agent.send(page, "submit", **{"amount-0": "700.00"})
    assert answer.status_code == 422
    assert "相差 -22.81 元" in answer.text
    assert 'value="700.00"' in answer.text

    assert agent.send(page, "submit", **{"amount-0": "722.81"}).status_code == 303


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("amount-3", "七百", "“七百”不是数字"),
        ("amount-3", "", "没有金额"),
        ("total", "一万", "“一万”不是数字"),
    ],
    ids=["words", "nothing", "the total in words"],
)
def test_a_figure_that_cannot_be_read_is_named_and_kept(
    desk: Desk, field: str, typed: str, words: str
) -> None:
    agent = desk.signed_in("zhou")
    page = start(agent, LAND, "S2")

    answer = agent.send(page, "submit", **{field: typed})

    assert answer.status_code == 422
    assert words in answer.text
    assert f'name="{field}" value="{typed}"' in re.sub(r' (?:id|required|inputmode)="[^"]*"', "", answer.text)


def test_a_file_that_is_no_roll_is_refused_and_the_item_stays_chosen(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    answer = agent.post("/desk/rolls/new", file=file("docs/p3_工程现场牌.jpg"), item="S2")

    assert answer.status_code == 422
    assert '<option value="S2" selected>' in answer.text


def test_a_corrected_roll_comes_from_a_new_sheet_and_replaces_the_old_one(desk: Desk) -> None:
    first = publish(desk, LAND, "S2")
    agent = desk.signed_in("zhou")
    form = agent.get(agent.post(f"/desk/published/roll/{first}/correct", reason="面积重新丈量").location)
    page = agent.post("/desk/rolls/new", **fields_of(form.text), file=file(LAND)).location
    agent.send(page, "submit")
    sign(desk.signed_in("wu"), page.rsplit("/", 1)[1])

    db = desk.village.views.read()
    assert [version.state for version in rolls.versions(db, first)] == ["replaced", "published"]
    row = read_roll(DATA / LAND).rows[0]
    assert (
        len(own_payments.find_mine(db, desk.village.keys, VILLAGE, row.name, row.personal["id18"][-6:])) == 1
    )


def test_wages_of_which_a_part_is_withheld_are_published_as_paid(desk: Desk, tmp_path: Path) -> None:
    rows = [
        ["石桥村2026年9月公益性岗位补贴发放表（单位：元）"],
        ["序号", "姓名", "出勤天数", "日补贴", "应发", "代扣保险", "实发金额"],
        [1, "周金宝", 20, 11, 220, 20, 200],
        [2, "吴小满", 15, 10, 150, None, 150],
    ]
    sheet = write_xlsx(tmp_path / "名册.xlsx", rows)
    agent = desk.signed_in("zhou")

    page = agent.post("/desk/rolls/new", file=upload(sheet.read_bytes(), sheet.name), item="S2").location

    assert agent.send(page, "submit").status_code == 303
    assert [(row["quantity"], row["amount_fen"]) for row in desk.only_draft().data["rows"]] == [
        (None, 20000),
        ("15", 15000),
    ]


def test_an_amount_that_was_not_read_is_asked_for_and_is_not_0(desk: Desk, tmp_path: Path) -> None:
    rows = [
        ["石桥村2026年稻谷补贴公示表"],
        ["序号", "姓名", "金额"],
        [1, "周金宝", 200],
        [2, "吴小满", "=C3"],
    ]
    sheet = write_xlsx(tmp_path / "名册.xlsx", rows)
    agent = desk.signed_in("zhou")
    page = agent.post("/desk/rolls/new", file=upload(sheet.read_bytes(), sheet.name), item="S2").location

    fields = fields_of(agent.get(page).text)
    refused = agent.send(page, "submit", total="200")

    assert (fields["amount-0"], fields["amount-1"], fields["total"]) == ("200.00", "", "")
    assert refused.status_code == 422
    assert "第2行：没有金额" in refused.text
    assert agent.send(page, "submit", total="350", **{"amount-1": "150"}).status_code == 303

"""Voucher photos: from the desk or a telephone into the draft, past the signature, onto the kiosk's page of the entry."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_village import Browser, Desk, file, make_desk, sign, upload
from nodes import VILLAGE, FakeClock
from PIL import Image
from werkzeug.test import TestResponse

from content import finances
from content.errors import RuleError
from content.record.blobs import BlobRef
from kiosk import photo_uploads
from kiosk.desk import entry_photos, statement_forms

PHOTO = "docs/p1_付款凭单.jpg"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with make_desk(tmp_path) as made:
        yield made


@pytest.fixture
def agent(desk: Desk) -> Browser:
    return desk.signed_in("zhou")


@pytest.fixture
def page(desk: Desk) -> str:
    """The page of a statement's draft that is ready to be sent, with three entries."""
    entries = [
        {"summary": "收水塘承包费", "voucher": "记-1", "income_fen": 1_200_000, "expense_fen": 0},
        {"summary": "付清扫工资", "voucher": "记-2", "income_fen": 0, "expense_fen": 640_000},
        {"summary": "存款利息", "voucher": "记-3", "income_fen": 7842, "expense_fen": 0},
    ]
    data = {
        "title": "柳河村2026年10月财务收支公开",
        "issuer": "柳河村股份经济合作社",
        "period_start": "2026-10-01",
        "period_end": "2026-10-31",
        "opening_fen": 0,
        "closing_fen": 567_842,
        "entries": [{"account": "经营收入", **entry} for entry in entries],
        "problems": [],
    }
    data = statement_forms.with_figures({**data, "typed": statement_forms.typed_of(data)})
    return f"/desk/statements/{desk.drafts.start('statement', 'zhou', title=data['title'], data=data)}"


def keys_of(desk: Desk) -> list[str]:
    return [row["key"] for row in desk.only_draft().data["typed"]["rows"]]


def put_photo(desk: Desk, key: str = "", shade: int = 0) -> None:
    """A photo in the first entry of the draft, as if it had been sent and cleaned."""
    drawn = io.BytesIO()
    Image.new("RGB", (20, 20), (shade * 30, 0, 0)).save(drawn, "JPEG")
    with desk.app.test_request_context():
        photo = photo_uploads.keep("image/jpeg", drawn.getvalue(), 20, 20)
        entry_photos.put(desk.only_draft().id, key or keys_of(desk)[0], photo)


def open_link(desk: Desk, agent: Browser, page: str) -> str:
    """The address that the code on the desk holds, as a telephone opens it."""
    assert agent.post(f"{page}/vouchers/phone").status_code == 303
    link = desk.drafts.links.of_draft(desk.only_draft().id)
    assert link is not None
    return f"/by-phone/{link.token}"


def send_by_phone(desk: Desk, address: str, content: bytes, name: str = "image.jpg") -> TestResponse:
    return Browser(desk.app.test_client()).post(address, file=upload(content, name))


def photo_with_secrets() -> bytes:
    """A photo lying on its side, with a place and a name in its EXIF."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn to the right
    exif[0x010E] = "周桂芳家门口"
    exif.get_ifd(0x8825)[1] = "N"
    taken = io.BytesIO()
    Image.effect_noise((80, 40), 90).convert("RGB").save(taken, "JPEG", exif=exif.tobytes())
    return taken.getvalue()


def test_a_voucher_taken_by_telephone_stands_on_the_kiosks_page_of_its_entry(
    desk: Desk, agent: Browser, page: str
) -> None:
    address, key = open_link(desk, agent, page), keys_of(desk)[1]

    sent = send_by_phone(desk, f"{address}/{key}", photo_with_secrets())
    assert sent.status_code == 303
    assert sent.location.endswith(f"#entry-{keys_of(desk)[2]}")
    refused = agent.send(page, "submit")
    agent.send(page, "submit", photos_checked="yes")
    sign(desk.signed_in("wu"), page.rsplit("/", 1)[1])

    assert "请先看清每一张凭证照片" in refused.text
    db = desk.village.views.read()
    public_id = finances.list_statements(db, VILLAGE).lines[0].id
    first, second = finances.entries(db, public_id, size=2).lines
    assert first.images == ()
    (photo,) = second.images
    assert f"/files/{photo.sha256}" in desk.visit(f"/finances/{public_id}/entries/2").text
    shown = desk.visit(f"/files/{photo.sha256}")
    picture = Image.open(io.BytesIO(shown.data))
    assert picture.size == (40, 80)
    assert not picture.getexif()
    assert "周桂芳家门口".encode() not in shown.data


def test_the_committee_sees_the_photos_before_it_signs(desk: Desk, agent: Browser, page: str) -> None:
    put_photo(desk)
    agent.send(page, "submit", photos_checked="yes")
    (photo,) = desk.only_draft().data["entries"][0]["images"]

    member = desk.signed_in("wu")

    address = f"/desk/drafts/{desk.only_draft().id}/images/{photo['sha256']}"
    assert address in member.get(f"/desk/review/{desk.only_draft().id}").text
    assert member.get(address).status_code == 200
    assert desk.visit(f"/files/{photo['sha256']}").status_code == 404


def test_what_is_typed_at_the_desk_meanwhile_keeps_the_photo_and_the_photo_keeps_it(
    desk: Desk, agent: Browser, page: str
) -> None:
    agent.send(page, htmx=True, **{"summary-1": "改过的摘要"})
    put_photo(desk, keys_of(desk)[1])
    assert agent.send(page, "remove-0").status_code == 303

    entry = desk.only_draft().data["entries"][0]

    assert entry["summary"] == "改过的摘要"
    assert len(entry["images"]) == 1


def test_a_photo_for_an_entry_that_is_gone_is_refused_in_words(desk: Desk, agent: Browser, page: str) -> None:
    key = keys_of(desk)[0]
    agent.send(page, "remove-0")

    with pytest.raises(RuleError, match="这一笔已经去掉了"):
        put_photo(desk, key)


def test_a_removed_photo_is_not_published(desk: Desk, agent: Browser, page: str) -> None:
    key = keys_of(desk)[0]
    put_photo(desk)
    (photo,) = desk.only_draft().data["entries"][0]["images"]

    agent.post(f"{page}/vouchers/{key}/{photo['sha256']}/remove")

    assert desk.only_draft().data["entries"][0]["images"] == []
    assert not desk.village.blobs.has(photo["sha256"])  # nor is it in the next backup
    assert agent.send(page, "submit").status_code == 303


def test_a_photo_that_is_published_stays_when_the_draft_of_its_correction_goes(
    desk: Desk, agent: Browser, page: str
) -> None:
    put_photo(desk)
    (photo,) = desk.only_draft().data["entries"][0]["images"]
    agent.send(page, "submit", photos_checked="yes")
    sign(desk.signed_in("wu"), page.rsplit("/", 1)[1])
    public_id = finances.list_statements(desk.village.views.read(), VILLAGE).lines[0].id
    agent.post(f"/desk/published/statement/{public_id}/correct", reason="补写经手人")

    agent.post(f"/desk/drafts/{desk.only_draft().id}/discard")

    assert desk.drafts.all_open() == []
    assert desk.visit(f"/files/{photo['sha256']}").status_code == 200


def test_the_photos_of_a_deleted_draft_go_with_it(desk: Desk, agent: Browser, page: str) -> None:
    put_photo(desk)
    (photo,) = desk.only_draft().data["entries"][0]["images"]

    agent.post(f"/desk/drafts/{page.rsplit('/', 1)[1]}/discard")

    assert not desk.village.blobs.has(photo["sha256"])


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"%PDF-1.4 none", "image.jpg", "其实是"),
        (b"MZ\x90\x00", "image.jpg", ""),
        ("一张便条".encode(), "a.txt", "这不是照片"),
    ],
    ids=["a PDF called photo", "a program", "a text"],
)
def test_what_is_no_photo_is_refused_and_the_list_stays(
    desk: Desk, agent: Browser, page: str, content: bytes, name: str, words: str
) -> None:
    address, key = open_link(desk, agent, page), keys_of(desk)[0]

    answer = send_by_phone(desk, f"{address}/{key}", content, name)

    assert answer.status_code == 422
    assert words in answer.text
    assert f'id="entry-{key}"' in answer.text
    assert desk.only_draft().data["entries"][0]["images"] == []


def test_a_link_opens_one_draft_for_twenty_minutes_and_nothing_else(
    desk: Desk, agent: Browser, page: str
) -> None:
    address = open_link(desk, agent, page)
    phone = desk.app.test_client()
    assert phone.get(address).status_code == 200
    assert phone.get("/desk/").status_code == 303
    clock = desk.village.clock
    assert isinstance(clock, FakeClock)

    clock.forward(minutes=21)

    assert phone.get(address).status_code == 410
    assert send_by_phone(desk, f"{address}/{keys_of(desk)[0]}", photo_with_secrets()).status_code == 410
    assert "拍好的照片都在草稿里" in desk.visit(address).text


def test_another_code_ends_the_one_before_it_and_sending_the_draft_ends_both(
    desk: Desk, agent: Browser, page: str
) -> None:
    first, second = open_link(desk, agent, page), open_link(desk, agent, page)

    assert desk.visit(first).status_code == 410
    assert desk.visit(second).status_code == 200
    agent.send(page, "submit")
    assert desk.visit(second).status_code == 410


def test_the_database_holds_no_link_that_opens_anything(desk: Desk, agent: Browser, page: str) -> None:
    token = open_link(desk, agent, page).rsplit("/", 1)[1]

    at_rest = b"".join(path.read_bytes() for path in desk.village.home.glob("record.db*"))

    assert token.encode() not in at_rest


def test_nobody_else_adds_to_an_agents_draft(desk: Desk, agent: Browser, page: str) -> None:
    key = keys_of(desk)[0]

    assert desk.signed_in("qian").post(f"{page}/vouchers/{key}", file=file(PHOTO)).status_code == 403
    assert desk.signed_in("wu").post(f"{page}/vouchers/phone").status_code == 403


def test_an_entry_takes_six_photos(desk: Desk, page: str) -> None:
    for shade in range(6):
        put_photo(desk, shade=shade)

    with pytest.raises(RuleError, match="一笔最多 6 张"):
        put_photo(desk, shade=6)


def test_a_list_that_asks_by_itself_keeps_nobody_signed_in(desk: Desk, agent: Browser, page: str) -> None:
    clock = desk.village.clock
    assert isinstance(clock, FakeClock)
    for _ in range(4):
        clock.forward(minutes=4)
        last = agent.get(f"{page}/vouchers/list").status_code

    assert last == 303


def test_a_corrected_statement_keeps_its_vouchers(desk: Desk, agent: Browser, page: str) -> None:
    put_photo(desk)
    agent.send(page, "submit", photos_checked="yes")
    sign(desk.signed_in("wu"), page.rsplit("/", 1)[1])
    public_id = finances.list_statements(desk.village.views.read(), VILLAGE).lines[0].id

    agent.post(f"/desk/published/statement/{public_id}/correct", reason="补写经手人")

    (photo,) = desk.only_draft().data["entries"][0]["images"]
    assert BlobRef(**photo).media_type == "image/jpeg"

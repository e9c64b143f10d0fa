"""A notice from the agent's upload to the kiosk: screened, signed by another person, published at once."""

import io
import logging
import re
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_village import (
    DATA,
    MOBILE,
    PASSWORD,
    RESIDENT_ID,
    Browser,
    Desk,
    fields_of,
    file,
    make_desk,
    sign,
    upload,
)
from nodes import VILLAGE
from sqlite_utils import Database
from werkzeug.datastructures import FileStorage

from content import notices, publishing, search

COMMENT = "批注里的人 332526198501010000 不要公开"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with make_desk(tmp_path) as made:
        yield made


def word_with_secrets() -> FileStorage:
    """The homestead notice of the test data with an ID in its page header and in a comment."""
    source = zipfile.ZipFile(DATA / "docs" / "d1_宅基地审批公示.docx")
    namespace = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name))
        for part, tag, text in (
            ("header9", "hdr", f"身份证 {RESIDENT_ID}"),
            ("comments", "comments", COMMENT),
        ):
            inside = f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"
            if tag == "comments":
                inside = f'<w:comment w:id="0">{inside}</w:comment>'
            target.writestr(f"word/{part}.xml", f"<w:{tag} {namespace}>{inside}</w:{tag}>")
    return upload(made.getvalue(), "宅基地公示.docx")


def everything_in(db: Database) -> str:
    return "\n".join(
        repr(row) for table in db.table_names() for row in db.execute(f"SELECT * FROM [{table}]")
    )


def start(browser: Browser, *files: FileStorage, item: str = "V5", text: str = "") -> str:
    """Upload at the form for a new notice; the draft's address."""
    answer = browser.post("/desk/notices/new", item=item, text=text, files=list(files))
    assert answer.status_code == 303, answer.text
    return answer.location


def submitted(desk: Desk, *, by: str = "zhou", text: str = "路灯维修\n\n村口三盏路灯已经修好。") -> str:
    """A notice that waits for a signature; its draft id."""
    agent = desk.signed_in(by)
    page = start(agent, item="V4", text=text)
    answer = agent.send(page, "submit")
    assert answer.status_code == 303, answer.text
    return page.rsplit("/", 1)[1]


def test_a_word_notice_with_a_photo_is_signed_and_stands_on_the_kiosk_at_once(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    page = start(agent, file("docs/d1_宅基地审批公示.docx"), file("docs/p3_工程现场牌.jpg"))
    assert agent.send(page, "submit").status_code == 422  # nobody has said that the photo was looked at
    assert agent.send(page, "submit", is_looked_at="1").location == "/desk/"
    draft_id = desk.only_draft().id

    committee = desk.signed_in("wu")
    assert "宅基地审批情况公示" in committee.get("/desk/").text
    answer = sign(committee, draft_id)

    assert answer.status_code == 303, answer.text
    db = desk.village.views.read()
    line = notices.page(db, VILLAGE).lines[0]
    assert line.title == "宅基地审批情况公示（第三季度）"
    public = desk.visit(f"/notices/{line.id}")
    assert "上村组" in public.text
    (image,) = notices.get(db, line.id).notice.images
    assert desk.visit(f"/files/{image.sha256}").status_code == 200
    assert search.find(db, "宅基地", village=VILLAGE)
    assert desk.nudges
    assert notices.get(db, line.id).notice.reviews[0].by == "wu"


def test_what_is_hidden_in_a_word_file_is_told_to_the_agent_and_reaches_nothing_public(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    agent = desk.signed_in("zhou")
    page = start(agent, word_with_secrets())
    told = agent.get(page).text
    assert RESIDENT_ID in told
    assert COMMENT in told

    agent.send(page, "submit")
    sign(desk.signed_in("wu"), page.rsplit("/", 1)[1])

    db = desk.village.views.read()
    line = notices.page(db, VILLAGE).lines[0]
    secrets = (RESIDENT_ID, "332526198501010000")
    public = [desk.visit(address).text for address in ("/", f"/notices/{line.id}")]
    public += [repr(notices.get(db, line.id)), everything_in(db), caplog.text]
    for text in public:
        assert not any(secret in text for secret in secrets)


def test_the_uploaded_file_is_kept_nowhere(desk: Desk) -> None:
    uploaded = (DATA / "docs" / "d3_工程进度_带照片.docx").read_bytes()
    start(desk.signed_in("zhou"), file("docs/d3_工程进度_带照片.docx"), item="V4")

    kept = [path for path in desk.village.home.rglob("*") if path.is_file()]
    assert not any(path.read_bytes()[:4096] == uploaded[:4096] for path in kept)
    assert not any(
        b"GPS" in path.read_bytes()[:2000]
        for path in (desk.village.home / "blobs").rglob("*")
        if path.is_file()
    )


def test_an_id_number_is_masked_and_cannot_be_overridden_even_by_a_forged_field(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    page = start(agent, item="V4", text=f"补偿名单\n\n联系人张某，身份证 {RESIDENT_ID}，电话 {MOBILE}。")
    shown = agent.get(page).text
    assert "（身份证号已隐去）" in shown

    forged = {
        "key-7": f"id18:{RESIDENT_ID}",
        "reason-7": "本人同意",
        "key-8": f"mobile:{MOBILE}",
        "reason-8": "本人同意公开",
    }
    agent.send(page, "submit", **forged)
    sign(desk.signed_in("wu"), page.rsplit("/", 1)[1])

    found = notices.get(
        desk.village.views.read(), notices.page(desk.village.views.read(), VILLAGE).lines[0].id
    )
    text = notices.plain_text(found.notice.document)
    assert RESIDENT_ID not in text
    assert MOBILE in text
    assert [(o.kind, o.reason) for o in found.notice.overrides] == [("mobile", "本人同意公开")]


def test_the_committee_sees_findings_and_the_reason_for_each_override(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    page = start(agent, item="V4", text=f"水费收缴\n\n请联系 {MOBILE} 或带身份证 {RESIDENT_ID} 来。")
    agent.send(page, "submit", **{"reason-2": "", "reason-1": "收费员同意公开"})
    seen = desk.signed_in("wu").get(f"/desk/review/{page.rsplit('/', 1)[1]}").text

    assert "收费员同意公开" in seen
    assert "（身份证号已隐去）" in seen


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"MZ\x90\x00" + bytes(500), "公告.exe", "程序"),
        (b"%PDF-1.7 broken", "公告.pdf", "另存"),
        (b"", "公告.docx", "空"),
        (b"\xff\xd8\xff" + bytes(100), "照片.docx", "照片"),
    ],
    ids=["a program", "a broken pdf", "an empty file", "a photo called Word"],
)
def test_a_file_that_cannot_be_taken_is_refused_in_words_and_the_form_stays_filled(
    desk: Desk, content: bytes, name: str, words: str
) -> None:
    answer = desk.signed_in("zhou").post(
        "/desk/notices/new", item="V5", text="我已经写了很多", files=upload(content, name)
    )

    assert answer.status_code == 422
    assert "我已经写了很多" in answer.text
    assert '<option value="V5" selected>' in answer.text
    alert = re.search(r'role="alert"[^>]*>(.*?)</p>', answer.text, re.DOTALL)
    assert alert is not None
    assert words in alert[1], alert[1]
    assert not desk.drafts.all_open()


def test_typing_is_saved_without_a_button_and_survives_a_restart(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    page = start(agent, item="V4", text="路灯\n\n第一段。")
    answer = agent.send(page, htmx=True, title="路灯维修通知", **{"block-0": f"写到一半 {MOBILE}"})

    assert answer.text.strip().startswith('<div class="stack" id="checks">')
    assert "（手机号已隐去）" in answer.text
    again = type(desk.drafts)(desk.village.record).get(page.rsplit("/", 1)[1])
    assert again.title == "路灯维修通知"
    assert again.data["document"]["blocks"][0]["text"] == f"写到一半 {MOBILE}"


def test_text_of_a_new_notice_is_a_draft_while_it_is_typed_and_one_draft_when_it_is_read(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    piece = agent.post("/desk/notices/new/keep", htmx=True, text="停水通知", item="")
    kept = fields_of(piece.text)["kept"]
    agent.post("/desk/notices/new/keep", htmx=True, text="停水通知\n\n明天停水。", item="", kept=kept)
    assert (desk.only_draft().id, desk.only_draft().title) == (kept, "停水通知")
    others = desk.signed_in("qian").post("/desk/notices/new/keep", htmx=True, text="别人的", kept=kept)
    assert fields_of(others.text)["kept"] != kept

    agent.post("/desk/notices/new", item="V1", text="停水通知\n\n明天停水一天。", kept=kept)

    mine = [draft for draft in desk.drafts.all_open() if draft.author == "zhou"]
    assert [draft.data["item"] for draft in mine] == ["V1"]


def test_a_stale_page_mixes_up_no_paragraphs(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    page = start(agent, item="V4", text="路灯\n\n第一段。\n\n第二段。")
    agent.send(page, "remove-0")

    answer = agent.post(page, blocks="2", action="save", title="路灯", **{"block-0": "旧", "block-1": "旧二"})

    assert answer.status_code == 422
    assert desk.only_draft().data["document"]["blocks"][0]["text"] == "第二段。"


def test_the_drafter_sees_no_sign_button_and_is_refused_when_it_is_forced(desk: Desk) -> None:
    draft_id = submitted(desk, by="both")
    drafter = desk.signed_in("both")

    page = drafter.get(f"/desk/review/{draft_id}")
    forced = drafter.post(
        f"/desk/review/{draft_id}/sign", opinion="同意", password=PASSWORD, seen=desk.only_draft().digest
    )

    assert f"{draft_id}/sign" not in page.text
    assert forced.status_code == 422
    assert "起草人不能" in forced.text
    assert desk.only_draft().state == "submitted"
    assert notices.page(desk.village.views.read(), VILLAGE).total == 0


def test_an_agent_without_the_committee_role_cannot_sign(desk: Desk) -> None:
    draft_id = submitted(desk)

    answer = desk.signed_in("qian").post(f"/desk/review/{draft_id}/sign", password=PASSWORD)

    assert answer.status_code == 403


def test_nobody_changes_another_ones_draft(desk: Desk) -> None:
    page = start(desk.signed_in("zhou"), item="V4", text="路灯\n\n第一段。")

    for method in (desk.signed_in("qian").get, desk.signed_in("both").post):
        assert method(page).status_code == 403


def test_a_wrong_password_signs_nothing_and_keeps_the_opinion(desk: Desk) -> None:
    draft_id = submitted(desk)

    answer = sign(desk.signed_in("wu"), draft_id, password="guess-guess", opinion="看过了，属实")

    assert answer.status_code == 422
    assert "密码不对" in answer.text
    assert "看过了，属实" in answer.text
    assert desk.only_draft().state == "submitted"


def test_an_opinion_with_a_persons_number_is_refused(desk: Desk) -> None:
    draft_id = submitted(desk)

    answer = sign(desk.signed_in("wu"), draft_id, opinion=f"已问过本人 {MOBILE}")

    assert answer.status_code == 422
    assert desk.only_draft().state == "submitted"


def test_a_returned_notice_shows_its_reason_and_comes_back_corrected(desk: Desk) -> None:
    draft_id = submitted(desk)
    committee = desk.signed_in("wu")
    assert committee.post(f"/desk/review/{draft_id}/return", reason="  ").status_code == 422
    assert committee.post(f"/desk/review/{draft_id}/return", reason="请写明是哪一段路").status_code == 303

    agent = desk.signed_in("zhou")
    assert "请写明是哪一段路" in agent.get("/desk/").text
    page = f"/desk/notices/{draft_id}"
    assert "请写明是哪一段路" in agent.get(page).text
    assert agent.send(page, "submit", **{"block-0": "村口到桥头的路灯修好了。"}).status_code == 303
    assert sign(committee, draft_id).status_code == 303


def test_what_was_changed_after_the_signer_read_it_is_not_signed(desk: Desk) -> None:
    draft_id = submitted(desk)
    seen = desk.only_draft().digest
    agent = desk.signed_in("zhou")
    agent.post(f"/desk/drafts/{draft_id}/take-back")
    agent.send(f"/desk/notices/{draft_id}", "submit", **{"block-0": "另外一段话。"})

    answer = desk.signed_in("wu").post(
        f"/desk/review/{draft_id}/sign", opinion="同意", password=PASSWORD, seen=seen
    )

    assert answer.status_code == 422
    assert "改过" in answer.text
    assert notices.page(desk.village.views.read(), VILLAGE).total == 0


def test_two_members_who_sign_at_once_publish_once(desk: Desk) -> None:
    draft_id = submitted(desk)
    members = [desk.signed_in("wu"), desk.signed_in("li")]
    codes: list[int] = []
    gate = threading.Barrier(2)

    def press(member: Browser) -> None:
        gate.wait()
        codes.append(sign(member, draft_id, seen=digest).status_code)

    digest = desk.only_draft().digest
    threads = [threading.Thread(target=press, args=(member,)) for member in members]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(codes) == [303, 422]
    assert notices.page(desk.village.views.read(), VILLAGE).total == 1


def test_a_failure_inside_the_signature_publishes_nothing_and_leaves_the_draft(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft_id = submitted(desk)
    real = publishing.publish

    def cut(*args: object, **kwargs: object) -> str:
        real(*args, **kwargs)  # type: ignore[arg-type]
        raise OSError("the power is gone")

    monkeypatch.setattr(publishing, "publish", cut)
    answer = sign(desk.signed_in("wu"), draft_id)

    assert answer.status_code == 500
    assert desk.only_draft().state == "submitted"
    desk.village.views.rebuild()
    assert notices.page(desk.village.views.read(), VILLAGE).total == 0
    monkeypatch.undo()
    assert sign(desk.signed_in("wu"), draft_id).status_code == 303


def test_a_drafts_picture_is_for_the_desk_alone(desk: Desk) -> None:
    page = start(desk.signed_in("zhou"), file("docs/p3_工程现场牌.jpg"), item="V4")
    draft = desk.only_draft()
    sha256 = draft.data["images"][0]["sha256"]
    address = f"/desk/drafts/{draft.id}/images/{sha256}"

    assert desk.signed_in("wu").get(address).status_code == 200
    assert desk.visit(address).status_code == 303
    assert desk.visit(f"/files/{sha256}").status_code == 404
    assert desk.signed_in("zhou").get(f"/desk/drafts/{draft.id}/images/{'0' * 64}").status_code == 404
    assert page.endswith(draft.id)


def test_a_removed_picture_is_not_published(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    page = start(agent, file("docs/p3_工程现场牌.jpg"), item="V4", text="工程公告\n\n路修好了。")
    sha256 = desk.only_draft().data["images"][0]["sha256"]
    agent.send(page, "remove-1")
    agent.send(page, "submit", is_looked_at="1")
    sign(desk.signed_in("wu"), page.rsplit("/", 1)[1])

    assert notices.page(desk.village.views.read(), VILLAGE).total == 1
    assert desk.visit(f"/files/{sha256}").status_code == 404


def test_a_register_in_excel_becomes_a_notice_with_its_table(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    page = start(agent, file("finance/05_柳河村承包租赁合同台账.xlsx"), item="F5")
    assert agent.send(page, "submit").status_code == 303
    sign(desk.signed_in("wu"), page.rsplit("/", 1)[1])

    line = notices.page(desk.village.views.read(), VILLAGE).lines[0]
    assert "LH-2023-03" in desk.visit(f"/notices/{line.id}").text


def test_a_notice_too_long_for_one_record_is_refused_before_it_is_sent(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    page = start(agent, item="V4", text="长公告\n\n" + "这是很长的一段话。" * 2000)

    answer = agent.send(page, "submit")

    assert answer.status_code == 422
    assert "太长" in answer.text
    assert desk.only_draft().state == "draft"


def test_a_draft_is_deleted_by_its_author_only_while_it_is_not_sent(desk: Desk) -> None:
    draft_id = submitted(desk)
    agent = desk.signed_in("zhou")
    assert agent.post(f"/desk/drafts/{draft_id}/discard").status_code == 422
    agent.post(f"/desk/drafts/{draft_id}/take-back")
    assert agent.post(f"/desk/drafts/{draft_id}/discard").status_code == 303

    assert not desk.drafts.all_open()

"""From a draft to an event: every word that goes out was screened, and nothing that must not be published is."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nodes import VILLAGE, FakeClock
from samples import publish_notice

from content import disclosure, notices, publishing, screening
from content.drafts import Draft
from content.errors import RuleError
from content.intake import document as documents
from content.intake.document import Document, Image, Paragraph, Picture, Table
from content.node import Node, init, open_node
from content.publications import Review
from content.record.blobs import BlobRef

RESIDENT_ID, MOBILE, CARD = "33252619700312000X", "13800001234", "6222020000000000002"
REVIEW = Review("wu", "吴桂花", "同意公开", "2026-11-02T01:00:00Z")
CATALOGUE = Path(disclosure.__file__).parent / "data" / "catalogue.csv"


@pytest.fixture
def village(tmp_path: Path) -> Iterator[Node]:
    init(tmp_path / "home", kind="village", code=VILLAGE, name="柳河村")
    node = open_node(tmp_path / "home", clock=FakeClock())
    yield node
    node.close()


def make_draft(document: Document | None = None, kind: str = "notice", **data: Any) -> Draft:
    overrides = data.pop("overrides", {})
    if kind == "notice":
        document = document or Document("路灯维修", (Paragraph("三盏路灯修好了。"),))
        data = {"item": "V4", "issuer": "村委会", "document": document.as_dict(with_hidden=True), **data}
    return Draft("D", kind, "submitted", "zhou", data.get("title", "路灯维修"), data, overrides, "")


def make_statement(**entry: Any) -> Draft:
    first = {
        "account": "管理费用",
        "summary": "付电费",
        "income_fen": 0,
        "expense_fen": 4000,
        "date": "2026-10-03",
    }
    figures = {"opening_fen": 10000, "income_fen": 0, "expense_fen": 4000, "closing_fen": 6000}
    period = {"period_start": "2026-10-01", "period_end": "2026-10-31"}
    words = {"title": "10月收支", "issuer": "合作社"}
    return make_draft(kind="statement", entries=[{**first, **entry}], **words, **figures, **period)


def image(name: str, role: str = "picture") -> Image:
    data = b"\xff\xd8\xff" + name.encode()
    return Image("image/jpeg", 10, 10, hashlib.sha256(data).hexdigest(), role)  # type: ignore[arg-type]


def publish(village: Node, draft: Draft, **options: Any) -> str:
    streams = publishing.streams_of(village.record)
    with village.record.write() as transaction:
        event = publishing.publish(transaction, streams, village.views.read(), draft, REVIEW, **options)
    village.views.catch_up()
    return event


def newest(village: Node) -> notices.Notice:
    db = village.views.read()
    found = notices.get(db, notices.page(db, VILLAGE).lines[0].id)
    assert found is not None
    return found.notice


SECRET = f"{RESIDENT_ID} 和 {MOBILE}"
PLACES = {
    "title": make_draft(Document(f"公告 {SECRET}", (Paragraph("正文"),))),
    "a paragraph": make_draft(Document("公告", (Paragraph(SECRET),))),
    "a cell": make_draft(Document("公告", (Table((("姓名", "号码"), ("张某", SECRET))),))),
    "a cell under its heading": make_draft(
        Document("公告", (Table((("姓名", "身份证号", "手机"), ("张某", RESIDENT_ID, MOBILE))),))
    ),
    "the closing's issuer": make_draft(Document("公告", (Paragraph("正文"),), issuer=SECRET)),
    "the issuer typed": make_draft(issuer=SECRET),
    "the period": make_draft(period=SECRET),
    "the reason": make_draft(reason=SECRET),
    "hidden text": make_draft(Document("公告", (Paragraph("正文"),), hidden_text=(SECRET,))),
    "a summary": make_statement(summary=SECRET),
    "a payee": make_statement(payee=SECRET),
    "a voucher": make_statement(voucher=SECRET),
    "an account": make_statement(account=SECRET),
    "an approver": make_statement(approver=SECRET),
}


@pytest.mark.parametrize("draft", PLACES.values(), ids=PLACES.keys())
def test_personal_data_goes_out_from_no_place(village: Node, draft: Draft) -> None:
    publish(village, draft)

    db = village.views.read()
    everything = "\n".join(
        repr(row) for table in db.table_names() for row in db.execute(f"SELECT * FROM [{table}]")
    )
    assert RESIDENT_ID not in everything
    assert MOBILE not in everything
    assert "zhou" in everything


def test_an_override_publishes_a_mobile_and_its_screened_reason_stays_in_the_record(village: Node) -> None:
    text = f"报名电话 {MOBILE}，身份证 {RESIDENT_ID}"
    reasons = {f"mobile:{MOBILE}": f"本人 {RESIDENT_ID} 同意", f"id18:{RESIDENT_ID}": "也同意"}

    publish(village, make_draft(Document("报名", (Paragraph(text),)), overrides=reasons))

    notice = newest(village)
    assert MOBILE in notices.plain_text(notice.document)
    assert RESIDENT_ID not in repr(notice)
    assert [override.kind for override in notice.overrides] == ["mobile"]


def test_a_statement_shows_what_has_a_reason_but_never_a_bank_card() -> None:
    reasons = {f"mobile:{MOBILE}": "报修电话", f"bank:{CARD}": "同意"}
    draft = replace(make_statement(payee=f"张某 {MOBILE}，卡号 {CARD}"), overrides=reasons)

    doubts = {doubt.finding.kind: doubt for doubt in publishing.screen(draft)}

    assert doubts["mobile"].reason == "报修电话"
    assert not doubts["bank"].can_override
    assert doubts["bank"].reason == ""
    shown = repr(publishing.preview(draft)["entries"])
    assert MOBILE in shown
    assert CARD not in shown


def test_the_villages_own_telephone_is_not_doubted() -> None:
    draft = make_draft(Document("值班", (Paragraph(f"值班电话 {MOBILE}"),)))

    assert publishing.screen(draft)
    assert not publishing.screen(draft, frozenset({"138-0000-1234"}))


def test_the_picture_of_a_page_goes_when_its_text_had_to_be_masked(village: Node) -> None:
    page, photo = image("page", "page"), image("photo")
    refs = [msgspec.to_builtins(BlobRef(i.sha256, i.media_type, 9)) for i in (page, photo)]
    blocks = (Paragraph(f"联系 {MOBILE}"), Picture(0), Picture(1))

    publish(village, make_draft(Document("公示", blocks, images=(page, photo)), images=refs))

    notice = newest(village)
    assert [ref.sha256 for ref in notice.images] == [photo.sha256]
    assert [block["kind"] for block in notice.document["blocks"]] == ["paragraph", "picture"]
    assert notice.document["blocks"][1]["image"] == 0


def test_a_picture_that_the_text_no_longer_shows_is_not_published(village: Node) -> None:
    shown, removed = image("shown"), image("removed")
    refs = [msgspec.to_builtins(BlobRef(i.sha256, i.media_type, 9)) for i in (removed, shown)]
    document = Document("公示", (Paragraph("见图"), Picture(1)), images=(removed, shown))

    publish(village, make_draft(document, images=refs))

    assert [ref.sha256 for ref in newest(village).images] == [shown.sha256]
    assert removed.sha256 not in repr(newest(village))


def test_an_empty_paragraph_is_left_out(village: Node) -> None:
    publish(village, make_draft(Document("公示", (Paragraph("一"), Paragraph("  "), Paragraph("二")))))

    assert [block["text"] for block in newest(village).document["blocks"]] == ["一", "二"]


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (make_draft(Document("", (Paragraph("正文"),))), "no_title"),
        (make_draft(Document("标题", (Paragraph(" "),))), "no_content"),
        (make_draft(item="Z9"), "no_item"),
        (make_draft(Document("长", (Paragraph("很长的话" * 3000),))), "too_long"),
        (replace(make_draft(), data={**make_draft().data, "replaces": "x/1", "reason": " "}), "no_reason"),
        (make_draft(kind="statement", **{**make_statement().data, "closing_fen": 5999}), "not_balanced"),
        (make_draft(kind="statement", **{**make_statement().data, "period_end": ""}), "bad_period"),
    ],
    ids=[
        "no title",
        "no text",
        "no item",
        "too long",
        "correction without reason",
        "unbalanced",
        "no period",
    ],
)
def test_the_agent_is_told_before_sending_what_keeps_a_draft_from_being_published(
    village: Node, draft: Draft, code: str
) -> None:
    db = village.views.read()
    known = {item.code: item for item in disclosure.read_catalogue(CATALOGUE)}

    with pytest.MonkeyPatch.context() as patch:  # the catalogue is the county's to say; here is none
        patch.setattr(disclosure, "get_item", lambda _db, item: known.get(item))
        publishing.check(db, make_draft())
        publishing.check(db, make_statement())
        with pytest.raises(RuleError) as refused:
            publishing.check(db, draft)

    assert refused.value.code == code


def test_a_version_is_corrected_once_and_the_next_correction_starts_from_the_new_one(village: Node) -> None:
    first = publish_notice(village)
    second = publish(village, make_draft(replaces=first, reason="写错工期"))

    with pytest.raises(RuleError, match="已经更正或撤回过"):
        publish(village, make_draft(replaces=first, reason="又一次"))
    publish(village, make_draft(replaces=second, reason="再改一次"))

    assert notices.page(village.views.read(), VILLAGE).total == 1


@pytest.mark.parametrize(
    "words", [f"问过 {MOBILE}", f"见 {RESIDENT_ID}", f"卡号 {CARD}"], ids=["phone", "id", "card"]
)
def test_words_that_go_out_unmasked_may_not_hold_a_number(words: str) -> None:
    with pytest.raises(RuleError, match="个人信息"):
        publishing.refuse_personal_data(words)
    publishing.refuse_personal_data("同意公开，金额 12,345.60 元，凭证记-11")


@settings(max_examples=40)
@given(before=st.text(max_size=20), after=st.text(max_size=20), gap=st.sampled_from(["", " ", "-", "　"]))
def test_an_id_number_in_any_text_never_survives(before: str, after: str, gap: str) -> None:
    spaced = RESIDENT_ID[:6] + gap + RESIDENT_ID[6:14] + gap + RESIDENT_ID[14:]
    draft = make_draft(Document("公告", (Paragraph(f"{before} 身份证：{spaced} {after}"),)))

    shown = documents.from_dict(publishing.preview(draft)["document"]).plain_text()

    assert not [found for found in screening.find(shown) if not found.can_override]
    assert spaced not in shown

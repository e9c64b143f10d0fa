"""The clean form: typed text, title and closing lines, storage without bytes or hidden text, escaped HTML."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake_samples import png

from content.errors import IntakeError
from content.intake import markup
from content.intake.document import (
    Document,
    Image,
    Paragraph,
    Picture,
    Problem,
    Table,
    compose,
    from_dict,
    from_wire,
    table,
    text_document,
    to_html,
    to_wire,
)
from content.intake.photo import read as read_photo
from content.intake.wording import Closing, find_closing, tidy

_IMAGE = Image("image/png", 10, 20, "ab" * 32)
_FULL = Document(
    title="公示",
    blocks=(
        Paragraph("第一段\n第二行", align="center"),
        Paragraph("小标题", level=2),
        Table((("户名", "金额"), ("甲", "1"))),
        Picture(0),
    ),
    images=(_IMAGE,),
    hidden_text=("332526194001010005",),
    problems=(Problem("x", "请核对"),),
    issuer="柳河村村民委员会",
    date="2026-10-16",
)

CLOSINGS = {
    "two lines": (["柳河村村民委员会", "2026年10月16日"], Closing("柳河村村民委员会", "2026-10-16")),
    "one line": (["柳河村村民委员会 2026年10月16日"], Closing("柳河村村民委员会", "2026-10-16")),
    "numerals": (["柳河村党支部", "二〇二六年十月二十一日"], Closing("柳河村党支部", "2026-10-21")),
    "numerals with a circle": (["柳河村党支部", "二○二六年三月十日"], Closing("柳河村党支部", "2026-03-10")),
    "full-width digits": (
        ["柳河村村民委员会", "２０２６年１０月１６日"],
        Closing("柳河村村民委员会", "2026-10-16"),
    ),
    "spaces in the date": (
        ["柳河村村民委员会", "2026 年 1 月 6 日"],
        Closing("柳河村村民委员会", "2026-01-06"),
    ),
    "dots": (["柳河村村民委员会", "2026.10.16"], Closing("柳河村村民委员会", "2026-10-16")),
    "two issuers": (
        ["柳河村村民委员会", "柳河村股份经济合作社", "2026年10月16日"],
        Closing("柳河村村民委员会、柳河村股份经济合作社", "2026-10-16"),
    ),
    "a contact line behind": (
        ["柳河村村民委员会", "2026年10月16日", "联系人：王某 0578-0000012"],
        Closing("柳河村村民委员会", "2026-10-16"),
    ),
    "a sentence above the date": (["请大家互相转告。", "2026年10月16日"], Closing("", "2026-10-16")),
    "a date that ends a sentence": (["公示期至2026年10月16日"], Closing()),
    "no such day": (["柳河村村民委员会", "2026年2月30日"], Closing()),
    "no closing": (["明天停水。"], Closing()),
    "nothing": ([], Closing()),
}


@pytest.mark.parametrize(("lines", "closing"), CLOSINGS.values(), ids=CLOSINGS.keys())
def test_issuer_and_date_are_read_from_the_closing_lines(lines, closing):
    assert find_closing(["特此公示。", *lines]) == closing


def test_typed_text_becomes_title_and_paragraphs():
    document = text_document(
        "停水通知\r\n\r\n　　明天检修，\n请储水。\r\n\r\n柳河村村民委员会\r\n2026年10月16日\r\n"
    )

    assert document.title == "停水通知"
    assert document.blocks[0] == Paragraph("明天检修，\n请储水。")
    assert (document.issuer, document.date) == ("柳河村村民委员会", "2026-10-16")
    assert not document.problems


def test_text_without_blank_lines_is_parted_at_line_ends():
    document = text_document("开会通知\n一、时间明天。\n二、地点祠堂。")

    assert document.blocks == (Paragraph("一、时间明天。"), Paragraph("二、地点祠堂。"))


def test_text_that_begins_with_a_sentence_asks_for_a_title():
    document = text_document("各位村民，明天停水一天，请大家储水备用。\n谢谢。")

    assert document.title == ""
    assert [problem.code for problem in document.problems] == ["no_title"]


def test_a_single_short_line_is_title_and_text_at_once():
    document = text_document("明天开村民代表会议")

    assert document.title == "明天开村民代表会议"
    assert document.blocks == (Paragraph("明天开村民代表会议"),)


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "empty"), ("　 \u200b\r\n", "empty"), ("长" * 500_000, "too_long")],
    ids=["none", "blank", "long"],
)
def test_text_that_is_no_notice_is_refused(text, code):
    with pytest.raises(IntakeError) as refusal:
        text_document(text)

    assert refusal.value.code == code


def test_invisible_characters_cannot_split_a_number():
    assert tidy("332526\u200b1940\u202e0101\ufeff0005\x07") == "332526194001010005"


def test_rare_surnames_in_private_use_characters_stay():
    assert tidy("\ue863某某") == "\ue863某某"


@given(st.text())
def test_any_text_comes_out_storable_and_escaped(text):
    try:
        document = text_document(text)
    except IntakeError:
        return

    html = to_html(document, str)
    assert from_dict(json.loads(json.dumps(document.as_dict()))).blocks == document.blocks
    assert html.encode()
    assert html.replace("<p>", "").replace("</p>", "").replace("<br>", "").count("<") == 0


def test_what_is_stored_for_publication_has_neither_bytes_nor_hidden_text():
    plain = _FULL.as_dict()

    assert "332526194001010005" not in json.dumps(plain)
    assert plain["images"] == [
        {"media_type": "image/png", "width": 10, "height": 20, "sha256": "ab" * 32, "role": "picture"}
    ]


def test_a_draft_row_keeps_everything_but_the_bytes():
    assert from_dict(json.loads(json.dumps(_FULL.as_dict(with_hidden=True)))) == _FULL


def _changed(**changes: object) -> dict:
    return _FULL.as_dict() | changes


BAD_SHAPES = {
    "not a dictionary": [],
    "a missing key": {"title": "x"},
    "an unknown block": _changed(blocks=[{"kind": "html", "text": "<b>"}]),
    "text that is a number": _changed(title=5),
    "an unknown alignment": _changed(blocks=[{"kind": "paragraph", "text": "x", "align": "x onload=1"}]),
    "a level that is markup": _changed(blocks=[{"kind": "paragraph", "text": "x", "level": "1 onload"}]),
    "a picture out of range": _changed(blocks=[{"kind": "picture", "image": 7}]),
    "a picture before the first": _changed(blocks=[{"kind": "picture", "image": -1}]),
    "a web page as image": _changed(
        images=[{"media_type": "text/html", "width": 1, "height": 1, "sha256": "x"}]
    ),
}


@pytest.mark.parametrize("plain", BAD_SHAPES.values(), ids=BAD_SHAPES.keys())
def test_any_other_shape_is_refused(plain):
    with pytest.raises(IntakeError) as refusal:
        from_dict(plain)

    assert refusal.value.code == "bad_document"


def test_a_childs_images_must_be_the_pictures_they_say():
    answer = to_wire(read_photo(png()))
    sha256 = next(iter(answer["images"]))

    assert from_wire(answer).images[0].data.startswith(b"\x89PNG")
    for images in ({sha256: b"<html>"}, {}, {sha256: "text"}, None):
        with pytest.raises(IntakeError):
            from_wire(answer | {"images": images})


def test_html_is_made_of_the_blocks_and_nothing_else():
    assert to_html(_FULL, lambda sha256: f"/i/{sha256[:4]}").split("\n") == [
        '<p class="center">第一段<br>第二行</p>',
        "<h3>小标题</h3>",
        '<table><tr><th scope="col">户名</th><th scope="col">金额</th></tr><tr><td>甲</td><td>1</td></tr></table>',
        '<p class="picture"><img src="/i/abab" width="10" height="20" alt=""></p>',
    ]


def test_markup_in_every_text_and_address_is_escaped():
    evil = '"><script>alert(1)</script>'
    document = Document(
        blocks=(Paragraph(evil), Paragraph(evil, level=1), Table(((evil,), (evil,))), Picture(0)),
        images=(_IMAGE,),
    )

    assert "<script" not in to_html(document, lambda _: evil)


def test_masking_reaches_every_published_text():
    secret = "332526194001010005"
    document = Document(
        title=secret,
        issuer=secret,
        blocks=(Paragraph(secret), Table(((secret, "甲"),)), Picture(0)),
        images=(_IMAGE,),
    )

    masked = document.map_text(lambda text: text.replace(secret, "***"))

    assert secret not in json.dumps(masked.as_dict()) + masked.plain_text()


def test_plain_text_holds_title_paragraphs_and_cells():
    assert _FULL.plain_text() == "公示\n第一段\n第二行\n小标题\n户名\t金额\n甲\t1"


@pytest.mark.parametrize("rows", [[["x"]] * 20_001, [["x"] * 101]], ids=["rows", "columns"])
def test_a_table_beyond_the_limits_is_refused(rows):
    with pytest.raises(IntakeError) as refusal:
        table(rows)

    assert refusal.value.code == "too_many_cells"


def test_more_than_a_hundred_images_are_refused():
    with pytest.raises(IntakeError) as refusal:
        compose([], [_IMAGE] * 101)

    assert refusal.value.code == "too_many_images"


def test_converted_html_loses_scripts_handlers_and_foreign_sources():
    html = (
        '<p onclick="x()" class="right evil">一<script>alert(1)</script><a href="javascript:x">二</a></p>'
        '<img src="https://x.example/a.png"><iframe src="x"></iframe><p><img src="image-0">三</p>'
    )

    assert markup.to_blocks(html) == [Paragraph("一二", align="right"), Picture(0), Paragraph("三")]


def test_lists_and_nested_tables_become_plain_text():
    html = (
        "<p>名单</p><ol><li>一<ul><li>甲</li></ul></li><li><p>二</p></li></ol>"
        "<table><tr><td rowspan='2'>甲</td><td>1</td></tr><tr><td><table><tr><td>a</td><td>b</td></tr></table></td></tr></table>"
    )

    assert compose(markup.to_blocks(html)).blocks == (
        Paragraph("1. 一"),
        Paragraph("· 甲"),
        Paragraph("2. 二"),
        Table((("甲", "1"), ("", "a b"))),
    )

"""PDF notices: the text that is seen becomes paragraphs, the text that is not seen is told but not published."""

import zlib

import pytest
from intake_samples import grey_picture, jpeg, pdf, resident_id, show, stream

from content.intake import pdf as reader
from content.intake.document import Paragraph, Picture, to_html
from content.intake.pdf_lines import Line, to_paragraphs, without_page_numbers

_VISIBLE = show("Road works start on Monday, please go round by the school.", y=780)
_GREY_BOX = b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8"
_PICTURE = stream(b"\x80", _GREY_BOX)
_COVER = b"q 595 0 0 100 0 650 cm /P Do Q\n"
_FORM = b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >>"


def _picture_page(content: bytes) -> bytes:
    return pdf(content, objects=[_PICTURE], resources=b"/XObject << /P 5 0 R >>")


def _layer(secret: str) -> bytes:
    return pdf(
        _VISIBLE + b"/OC /L BDC " + show(secret) + b"EMC\n",
        objects=[b"<< /Type /OCG /Name (off) >>"],
        resources=b"/Properties << /L 5 0 R >>",
        catalog=b"/OCProperties << /OCGs [5 0 R] /D << /OFF [5 0 R] >> >>",
    )


def _annotated(entries: str) -> bytes:
    note = f"<< /Type /Annot /Rect [100 100 300 200] {entries} >>".encode()
    return pdf(_VISIBLE, objects=[note], page=b"/Annots [5 0 R]")


def _with_property(entry: str) -> bytes:
    return pdf(_VISIBLE, objects=[f"<< {entry} >>".encode()], trailer=b"/Info 5 0 R")


def _bookmarked(secret: str) -> bytes:
    outline = [b"<< /First 6 0 R /Last 6 0 R /Count 1 >>", f"<< /Title ({secret}) /Parent 5 0 R >>".encode()]
    return pdf(_VISIBLE, objects=outline, catalog=b"/Outlines 5 0 R")


def _with_attachment(secret: str) -> bytes:
    spec = f"<< /Type /Filespec /F ({secret}.txt) /UF ({secret}.txt) /EF << /F 6 0 R >> >>".encode()
    return pdf(
        _VISIBLE,
        objects=[spec, stream(b"x", b"/Type /EmbeddedFile")],
        catalog=b"/Names << /EmbeddedFiles << /Names [(a) 5 0 R] >> >>",
    )


HIDDEN_PLACES = {
    "under a picture": lambda s: _picture_page(_VISIBLE + show(s) + _COVER),
    "under a coloured box": lambda s: pdf(_VISIBLE + show(s) + b"0.2 0.4 0.6 rg 0 650 595 100 re f\n"),
    "white on white": lambda s: pdf(_VISIBLE + show(s, before="1 g")),
    "nearly white": lambda s: pdf(_VISIBLE + show(s, before="0.95 g")),
    "invisible mode": lambda s: pdf(_VISIBLE + show(s, before="3 Tr")),
    "invisible, right on visible words": lambda s: pdf(_VISIBLE + show(s, y=780, before="3 Tr")),
    "left of the page": lambda s: pdf(_VISIBLE + show(s, x=-500)),
    "letters of one point": lambda s: pdf(_VISIBLE + show(s, size=1)),
    "clipped away": lambda s: pdf(_VISIBLE + b"q 0 0 5 5 re W n " + show(s) + b"Q\n"),
    "in a layer that is off": _layer,
    "in a form under a picture": lambda s: pdf(
        _VISIBLE + b"/F Do\n" + _COVER,
        objects=[_PICTURE, stream(show(s), _FORM)],
        resources=b"/XObject << /P 5 0 R /F 6 0 R >>",
    ),
    "title property": lambda s: _with_property(f"/Title ({s})"),
    "author property": lambda s: _with_property(f"/Author ({s})"),
    "keywords": lambda s: _with_property(f"/Keywords ({s})"),
    "note": lambda s: _annotated(f"/Subtype /Text /Contents ({s})"),
    "note's author": lambda s: _annotated(f"/Subtype /Text /T ({s})"),
    "form field": lambda s: _annotated(f"/Subtype /Widget /FT /Tx /V ({s})"),
    "bookmark": _bookmarked,
    "attachment's name": _with_attachment,
}


@pytest.mark.parametrize("place", HIDDEN_PLACES)
def test_personal_data_in_a_hidden_place_is_told_but_not_published(place):
    secret = resident_id(list(HIDDEN_PLACES).index(place) + 200)

    document = reader.read(HIDDEN_PLACES[place](secret))

    assert secret not in document.plain_text() + to_html(document, str)
    assert any(secret in text for text in document.hidden_text)
    assert "go round by the school" in document.plain_text()


def test_text_that_is_seen_in_a_form_or_on_a_dark_box_is_kept():
    content = (
        _VISIBLE + b"/F Do\n0.1 0.1 0.4 rg 0 550 595 60 re f\n" + show("White on dark", y=570, before="1 g")
    )
    data = pdf(content, objects=[stream(show("Inside a form"), _FORM)], resources=b"/XObject << /F 5 0 R >>")

    text = reader.read(data).plain_text()

    assert "Inside a form" in text
    assert "White on dark" in text


def test_a_turned_page_is_read_like_an_upright_one():
    document = reader.read(pdf(_VISIBLE, page=b"/Rotate 90"))

    assert "go round by the school" in document.plain_text()
    assert document.images[0].width == 1080 > document.images[0].height


def _jpeg_page(text: bytes) -> bytes:
    scan = stream(
        jpeg(grey_picture(600, 800)),
        b"/Type /XObject /Subtype /Image /Width 600 /Height 800 /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode",
    )
    return pdf(text + b"q 595 0 0 842 0 0 cm /P Do Q\n", objects=[scan], resources=b"/XObject << /P 5 0 R >>")


@pytest.mark.parametrize(
    "data",
    [
        _jpeg_page(b""),
        _jpeg_page(show(resident_id(1)) + _VISIBLE),
        pdf(b"0 g 100 100 300 20 re f\n"),
    ],
    ids=["a picture", "a picture over recognised text", "letters drawn as shapes"],
)
def test_a_page_without_visible_text_asks_for_its_words(data):
    document = reader.read(data)

    assert document.problems[0].message == "这是扫描件，请补录文字"
    assert document.blocks == (Picture(0),)
    assert resident_id(1) not in document.plain_text()


def test_pages_of_a_text_pdf_are_images_but_not_part_of_the_text():
    document = reader.read(pdf(_VISIBLE, pages=3))

    assert [image.role for image in document.images] == ["page"] * 3
    assert not any(isinstance(block, Picture) for block in document.blocks)


def test_notes_and_attachments_are_pointed_out():
    document = reader.read(_annotated("/Subtype /Text /Contents (check this)"))

    assert "pdf_extras" in [problem.code for problem in document.problems]


def test_scripts_and_actions_in_a_pdf_do_nothing():
    data = pdf(_VISIBLE, catalog=b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>")

    assert "alert" not in repr(reader.read(data))


def test_a_compressed_page_is_read():
    packed = zlib.compress(_VISIBLE)
    data = pdf(b"").replace(stream(b""), stream(packed, b"/Filter /FlateDecode"))

    # The table of places is off by the added bytes: pdfium finds the objects by itself, as in real damaged files.
    assert "go round by the school" in reader.read(data).plain_text()


def _line(
    text: str, left: float = 100, top: float = 100, *, em: float = 20, right: float | None = None
) -> Line:
    return Line(text, left, top, left + em * len(text) if right is None else right, top + em, em)


_FULL = "一" * 40
_PARAGRAPHS = {
    "a sentence over two lines": ([_line(_FULL), _line("二", top=130)], [_FULL + "二"]),
    "a short line ends the paragraph": (
        [_line(_FULL), _line("短", top=130), _line(_FULL, top=160)],
        [_FULL + "短", _FULL],
    ),
    "an indent begins a paragraph": ([_line(_FULL), _line("一" * 38, left=140, top=130)], [_FULL, "一" * 38]),
    "a large distance begins one": ([_line(_FULL), _line(_FULL, top=250)], [_FULL, _FULL]),
    "another size begins one": ([_line(_FULL), _line("三" * 30, top=130, em=27)], [_FULL, "三" * 30]),
    "Latin words keep their space": (
        [_line("Bring your", right=900), _line("card", top=130)],
        ["Bring your card"],
    ),
    "a number is not split": (
        [_line("共三百户补助", right=900), _line("4000元", top=130)],
        ["共三百户补助4000元"],
    ),
    "digits over a line end": ([_line("账号62", right=900), _line("17元", top=130)], ["账号6217元"]),
}


@pytest.mark.parametrize(("lines", "texts"), _PARAGRAPHS.values(), ids=_PARAGRAPHS.keys())
def test_hard_line_breaks_are_rejoined(lines, texts):
    assert [paragraph.text for paragraph in to_paragraphs([lines])] == texts


def test_a_sentence_goes_on_over_the_end_of_a_page():
    pages = [[_line(_FULL, top=1400)], [_line(_FULL, top=100), _line("完。", top=130)]]

    assert to_paragraphs(pages) == [Paragraph(_FULL * 2 + "完。")]


def test_title_and_closing_lines_keep_their_places():
    lines = [
        _line("公示标题", left=430, em=35),
        _line(_FULL, top=200),
        _line("柳河村村民委员会", left=700, top=300),
    ]

    assert [paragraph.align for paragraph in to_paragraphs([lines])] == ["center", "left", "right"]


@pytest.mark.parametrize(
    "text", ["第1页 共1页", "- 2 -", "3", "第 3 页", "3/10", "第1页/共3页", "— 12 —", "Page 2 of 9", "第三页"]
)
def test_page_numbers_are_taken_off_the_margins_only(text):
    in_margin, in_text = _line(text, top=1450), _line(text, top=700)

    assert without_page_numbers([in_margin, in_text], 1528) == [in_text]


@pytest.mark.parametrize("text", ["2026年10月16日", "共3户", "第三组", "电话 0578-0000012"])
def test_other_short_lines_at_the_bottom_stay(text):
    line = _line(text, top=1450)

    assert without_page_numbers([line], 1528) == [line]

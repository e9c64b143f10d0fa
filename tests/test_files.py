"""Files are served when a published event names them, and only as pictures."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from nodes import VILLAGE, FakeClock, Place, copy_place, make_place
from samples import keep_file, publish_notice

from content.settings import Settings
from deploy.wiring import wire_village


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = copy_place(_make_place, tmp_path, FakeClock())
    yield place
    place.close()


def _make_place(folder: Path) -> Place:
    place = make_place(folder, FakeClock())
    place.add_village()
    place.sync()
    return place


def _status(place: Place, sha256: str) -> int:
    with ExitStack() as running:
        app = wire_village(place.villages[VILLAGE], Settings(speech_command=""), running, sync_every_s=3600)
        with app.test_client().get(f"/files/{sha256}") as answer:
            return answer.status_code


def test_picture_of_a_notice_is_served(place: Place) -> None:
    ref = keep_file(place.villages[VILLAGE], b"picture")
    publish_notice(place.villages[VILLAGE], images=(ref,))

    assert _status(place, ref.sha256) == 200


def test_file_that_no_event_names_is_not_there(place: Place) -> None:
    ref = keep_file(place.villages[VILLAGE], b"a draft's picture")

    assert _status(place, ref.sha256) == 404


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "application/pdf"])
def test_page_that_calls_itself_an_attachment_is_not_served(place: Place, media_type: str) -> None:
    ref = keep_file(place.villages[VILLAGE], b"<script>alert(1)</script>", media_type)
    publish_notice(place.villages[VILLAGE], images=(ref,))

    assert _status(place, ref.sha256) == 404

"""A county on PostgreSQL: several hub processes share one record, each with views of its own."""

import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from nodes import OTHER_VILLAGE, VILLAGE, FakeClock, Place, make_place
from samples import keep_file, publish_notice

from content import notices
from content.node import Node, open_node
from content.record.store import Record
from content.record.verify import verify
from sync.enrol import Register
from sync.hub import make_hub


@pytest.fixture
def place(tmp_path: Path, postgres_url: str) -> Iterator[Place]:
    place = make_place(tmp_path, FakeClock(), database=postgres_url)
    place.add_village()
    yield place
    place.close()
    engine = sa.create_engine(postgres_url)
    tables = sa.MetaData()
    tables.reflect(engine)
    tables.drop_all(engine)
    engine.dispose()


@pytest.fixture
def second_hub(place: Place, tmp_path: Path, postgres_url: str) -> Iterator[Node]:
    """Another process of the same county: the same keys and record, its own views."""
    home = tmp_path / "second"
    home.mkdir()
    shutil.copytree(place.county.home / "keys", home / "keys")
    shutil.copy(place.county.home / "node.json", home)
    node = open_node(home, database=postgres_url, clock=place.clock)
    yield node
    node.close()


def _titles(node: Node, code: str = VILLAGE) -> list[str]:
    node.views.catch_up()
    return sorted(line.title for line in notices.page(node.views.read(), code, size=100).lines)


def test_village_syncs_with_a_hub_on_postgresql(place: Place) -> None:
    ref = keep_file(place.villages[VILLAGE], b"photo" * 10_000)
    publish_notice(place.villages[VILLAGE], title="村道硬化", images=(ref,))

    exchange = place.sync()

    assert exchange.outcome == "level"
    assert _titles(place.county) == ["村道硬化"]
    assert place.county.blobs.has(ref.sha256)
    assert list(verify(place.county.record)) == []


def test_what_one_hub_process_takes_the_other_shows(place: Place, second_hub: Node) -> None:
    publish_notice(place.villages[VILLAGE], title="甲进程收到的")
    place.sync()
    assert _titles(second_hub) == ["甲进程收到的"]

    app = Flask("second hub")
    app.register_blueprint(make_hub(second_hub, Register(second_hub.record)))
    place.hub = app.test_client()
    publish_notice(place.villages[VILLAGE], title="乙进程收到的")

    assert place.sync().outcome == "level"
    assert _titles(place.county) == sorted(["甲进程收到的", "乙进程收到的"])


def test_two_hub_processes_fold_the_same_views(place: Place, second_hub: Node) -> None:
    place.add_village(OTHER_VILLAGE, "上湾村")
    for code in (VILLAGE, OTHER_VILLAGE):
        publish_notice(place.villages[code], title=f"{code}的")
        place.sync(code)
    for hub in (place.county, second_hub):
        hub.views.catch_up()

    assert place.county.views.digest() == second_hub.views.digest()


def test_two_processes_that_begin_a_stream_at_the_same_moment_begin_one(
    place: Place, second_hub: Node
) -> None:
    records = [place.county.record, second_hub.record]
    for audience in [f"33099910120{number}" for number in range(3, 9)]:
        start = threading.Barrier(2)

        def begin(record: Record, audience: str = audience, start: threading.Barrier = start) -> str:
            record.streams()  # a connection is at hand, so that both really begin at once
            start.wait()
            return record.own_stream(audience)

        with ThreadPoolExecutor(2) as both:
            begun = list(both.map(begin, records))

        assert begun[0] == begun[1]

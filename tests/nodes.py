"""Nodes for tests: a county and villages in a temporary folder, and ways to bring them together without a network."""

import atexit
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import requests
from flask import Flask
from flask.testing import FlaskClient

from content import villages
from content.node import Node, enrolled, init, open_node
from content.villages import County, Village
from sync import wire
from sync.client import Client
from sync.enrol import Register
from sync.hub import make_hub
from sync.journal import Exchange, Journal

COUNTY = "330999"
TOWN = "330999101"
VILLAGE = "330999101201"
OTHER_VILLAGE = "330999101202"


@dataclass
class FakeClock:
    """A clock that stands still until it is moved."""

    now: datetime = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


class TestClientSession(requests.Session):
    """Carries a sync client's requests into a Flask application; `meddle` may break them on the way."""

    __test__ = False

    def __init__(self, client: FlaskClient, meddle: Callable[[str], None] = lambda moment: None) -> None:
        super().__init__()
        self._client, self.meddle = client, meddle
        self.requests = 0

    def post(self, url: str, data: Any = None, json: Any = None, **kwargs: Any) -> requests.Response:
        headers = kwargs.get("headers", {})
        prepared = requests.Request("POST", url, data=data, headers=headers).prepare()
        self.requests += 1
        self.meddle("before")
        answer = self._client.post(urlsplit(url).path, data=data, headers=headers)
        self.meddle("after")
        response = requests.Response()
        response.status_code, response._content = answer.status_code, answer.data
        response.headers.update(dict(answer.headers))
        response.request, response.url = prepared, url
        return response


@dataclass
class Place:
    """A county with its hub, and its villages by code."""

    folder: Path
    clock: FakeClock
    county: Node
    register: Register
    hub: FlaskClient
    villages: dict[str, Node] = field(default_factory=dict)
    journals: dict[str, Journal] = field(default_factory=dict)

    def add_village(self, code: str = VILLAGE, name: str = "柳河村") -> Node:
        """A village that is listed, enrolled and approved, but has not synced yet."""
        listed = Village(code, name, "柳河镇", code[:9], office_phone="0578-0000110")
        villages.list_village(self.county.record, listed, by="test")
        self.county.views.catch_up()
        home = self.folder / code
        init(home, kind="village", code=code, name=name)
        node = open_node(home, clock=self.clock)
        asked = wire.EnrolRequest(
            self.register.invite(code), node.keys.public_key, node.keys.seal_public_key, code
        )
        device = self.register.admit(asked)
        self.register.set_state(device.public_key, "active")
        node = enrolled(node, hub_url="http://hub.test", hub_key=self.county.keys.public_key.hex())
        self.villages[code] = node
        self.journals[code] = Journal(node.record)
        return node

    def sync(self, code: str = VILLAGE, session: requests.Session | None = None) -> Exchange:
        """One sync of a village with the hub."""
        session = session or TestClientSession(self.hub)
        return Client(self.villages[code], self.journals[code], session).sync()

    def close(self) -> None:
        for node in [self.county, *self.villages.values()]:
            node.close()


def make_place(folder: Path, clock: FakeClock, *, database: str = "") -> Place:
    """A county at `folder`/county with its hub behind a test client."""
    home = folder / "county"
    init(home, kind="county", code=COUNTY, name="清溪县")
    county = open_node(home, clock=clock, database=database)
    introduced = County(
        code=COUNTY,
        name="清溪县",
        portal_url="http://portal.test",
        seal_key=county.keys.seal_public_key.hex(),
        sms_number="106900000001",
        witness_key=county.keys.public_key.hex(),
    )
    villages.introduce_county(county.record, introduced, by="test")
    county.views.catch_up()
    return _place_of(folder, clock, county)


def copy_place(make: Callable[[Path], Place], folder: Path, clock: FakeClock) -> Place:
    """What `make` makes in an empty folder: made once a run, closed, and copied into `folder` for every test."""
    made = _pristine(make)
    shutil.copytree(made.folder, folder, dirs_exist_ok=True)
    place = _place_of(folder, clock, open_node(folder / "county", clock=clock))
    for code in made.villages:
        node = open_node(folder / code, clock=clock)
        place.villages[code], place.journals[code] = node, Journal(node.record)
    return place


def copy_home(make: Callable[[Path], Place], code: str, folder: Path) -> Path:
    """The home of one village of that place alone, copied into `folder`."""
    home: Path = shutil.copytree(_pristine(make).folder / code, folder / code)
    return home


@cache
def _pristine(make: Callable[[Path], Place]) -> Place:
    folder = TemporaryDirectory()
    atexit.register(folder.cleanup)
    place = make(Path(folder.name))
    place.close()
    return place


def _place_of(folder: Path, clock: FakeClock, county: Node) -> Place:
    register = Register(county.record)
    app = Flask("hub")
    app.register_blueprint(make_hub(county, register))
    return Place(folder, clock, county, register, app.test_client())

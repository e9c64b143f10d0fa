"""Fills the demonstration's two homes, each once; starting and stopping them is demonstration.py's."""

import contextlib
from pathlib import Path

from content import demo, demo_people, demo_story
from content.errors import XiangtingError
from content.node import init, open_node, read_config
from deploy.demonstration import LOADED, Say
from sync.client import Client
from sync.enrol import Register, ask
from sync.journal import Journal


def make_county(home: Path, url: str, say: Say) -> None:
    """The county's home with its content. `loaded` is written last: a start that was cut begins anew."""
    if (home / LOADED).exists():
        return
    say("正在装入演示内容 (1/2)：清溪县…… / Loading demonstration content (1/2) …")
    if not (home / "node.json").exists():
        init(home, kind="county", code=demo_people.COUNTY_CODE, name=demo_people.COUNTY_NAME)
    node = open_node(home)
    try:
        demo.load_county(node, portal_url=url)
    finally:
        node.close()
    (home / LOADED).touch()


def make_village(home: Path, county_home: Path, hub_url: str, say: Say) -> None:
    """The village's home, enrolled at the running hub, with its content and in step with the county."""
    if (home / LOADED).exists():
        return
    say("正在装入演示内容 (2/2)：柳河村…… / Loading demonstration content (2/2) …")
    if not (home / "node.json").exists():
        init(home, kind="village", code=demo_people.VILLAGE_CODE, name=demo_people.VILLAGE_NAME)
    if not read_config(home).hub_url:
        _enrol(home, county_home, hub_url)
    with contextlib.closing(open_node(home)) as node, contextlib.closing(open_node(county_home)) as county:
        client = Client(node, Journal(node.record))
        client.sync()
        demo.load_village(node)
        demo_story.begin(county, node, client.sync)
        exchange = client.sync()
    if exchange.outcome != "level":
        raise XiangtingError(f"演示村没有同步上：{exchange.words}", code="demo_not_level")
    (home / LOADED).touch()


def _enrol(home: Path, county_home: Path, hub_url: str) -> None:
    """Both sides of an enrolment: invite, ask, approve."""
    county, village = open_node(county_home), open_node(home)
    try:
        register = Register(county.record)
        ask(village, hub_url=hub_url, code=register.invite(demo_people.VILLAGE_CODE))
        register.set_state(village.keys.public_key.hex(), "active")
    finally:
        county.close()
        village.close()

"""Which pages are counted as what: every page of a villager has a kind or is left out on purpose; nobody is counted twice."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from nodes import VILLAGE, FakeClock, Place, make_place
from samples import publish_notice
from sms_places import WANG, make_hub

from content import disclosure, usage
from content.drafts import Drafts
from content.node import Node
from content.sessions import Sessions
from content.usage import Key
from kiosk import access
from kiosk.app import create_app
from kiosk.page_kinds import KINDS
from kiosk.services import Services
from sms.gateway import Received
from sms.usage import texts_of

# Not looked at by anybody for themselves: pictures, answers to a form, what belongs to the page before.
NOT_COUNTED = {
    *(
        "public.notice_page",
        "public.photo",
        "public.guide_sample",
        "public.print_sheet",
        "public.print_choice",
        "public.print_now",
    ),
    *(
        "public.print_sent",
        "public.slip_proof",
        "public.slip_case",
        "public.verify_code",
        "public.verify_holder",
    ),
    *(
        "public.mine_step",
        "public.mine_phone",
        "public.follow_step",
        "public.follow_done",
        "public.apply_step",
    ),
    *("public.apply_done", "public.case_step", "public.case_rate", "public.case_thanks", "public.say_step"),
    *("public.case_phone", "public.case_phone_done"),
    *("public.say_done", "public.say_mine_step", "public.case_certificate"),
}


class Counted(Counter[Key]):
    """What the pages say that they are."""

    def add(self, key: Key, count: int = 1) -> None:
        self[key] += count

    @property
    def kinds(self) -> dict[str, int]:
        return {what: count for (_village, _channel, what), count in self.items() if count}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    made = make_place(tmp_path_factory.mktemp("place"), FakeClock())
    catalogue = Path(disclosure.__file__).parent / "data" / "catalogue.csv"
    disclosure.set_item(made.county.record, disclosure.read_catalogue(catalogue), by="test")
    village = made.add_village()
    made.sync()
    publish_notice(village, item="P5", title="党费")
    publish_notice(village, item="V3", title="修路")
    made.sync()
    made.county.views.catch_up()
    yield made
    made.close()


def app_of(node: Node, counted: Counted) -> Flask:
    wired = Services(node, Sessions(node.record), Drafts(node.record), count_use=counted.add)
    return create_app(wired)


def notice_of(node: Node, title: str) -> str:
    return str(node.views.read().execute("SELECT id FROM notices WHERE title = ?", [title]).fetchone()[0])


def test_every_public_page_has_a_kind_or_is_left_out_on_purpose() -> None:
    public = {endpoint for endpoint in access.ACCESS if endpoint.startswith("public.")}

    assert set(KINDS) | NOT_COUNTED == public
    assert not set(KINDS) & NOT_COUNTED
    assert set(filter(None, KINDS.values())) < set(usage.PAGES)


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("/", "home"),
        ("/open/party", "party"),
        ("/open/village/notices", "village"),
        ("/item/P5", "party"),
        ("/item/F1", "finance"),
        ("/finances", "finance"),
        ("/programmes", "subsidy"),
        ("/guides", "guides"),
        ("/search?q=王阿婆", "search"),
        ("/case", "cases"),
        ("/mine", "mine"),
        ("/say/about/complaint", "say"),
        ("/help", "help"),
    ],
)
def test_a_page_is_counted_as_its_section_and_again_when_it_was_kept(
    place: Place, path: str, what: str
) -> None:
    counted = Counted()
    kiosk = app_of(place.villages[VILLAGE], counted).test_client()

    for _ in range(3):
        assert kiosk.get(path).status_code == 200

    assert counted == {(VILLAGE, "kiosk", what): 3}


def test_a_notice_counts_for_its_own_section(place: Place) -> None:
    node, counted = place.villages[VILLAGE], Counted()
    kiosk = app_of(node, counted).test_client()

    kiosk.get(f"/notices/{notice_of(node, '党费')}")
    kiosk.get(f"/notices/{notice_of(node, '修路')}")

    assert counted.kinds == {"party": 1, "village": 1}


def test_the_portals_pages_are_told_apart(place: Place) -> None:
    counted = Counted()
    portal = app_of(place.county, counted).test_client()

    portal.get(f"/v/{VILLAGE}/open/finance")
    portal.get("/guides")  # the county's own, of no village

    assert counted == {(VILLAGE, "portal", "finance"): 1}


def test_nobodys_pages_are_not_counted(place: Place) -> None:
    counted = Counted()
    kiosk = app_of(place.villages[VILLAGE], counted).test_client()

    kiosk.get("/nowhere")
    kiosk.get("/notices/nowhere")
    kiosk.get("/attract")
    kiosk.get("/search?q=d", headers={"HX-Request": "true"})
    kiosk.get("/leave?then=attract")
    kiosk.post("/case", data={"key": "A"})

    assert counted.kinds == {}


def test_the_front_page_after_a_visit_is_nobodys(place: Place) -> None:
    counted = Counted()
    kiosk = app_of(place.villages[VILLAGE], counted).test_client()

    kiosk.get("/finances")
    kiosk.get("/leave", follow_redirects=True)

    assert counted.kinds == {"finance": 1}


def test_texts_are_counted_by_what_they_asked_and_machines_are_not(tmp_path: Path) -> None:
    with make_hub(tmp_path) as hub:
        texts = texts_of(hub.county.record)
        hub.text(WANG, "柳河村财务")
        hub.text(WANG, "帮助")
        hub.sms.inbox.receive(Received("SM9", "10086", "+8613700000000", "您的余额不足"), "phone")
        hub.work()
        day = hub.clock().date()

        found = texts(day, day)

    kinds = Counter({(channel, what): count for _day, (_village, channel, what), count in found})
    assert kinds == {("texts_in", "finance"): 1, ("texts_in", "help"): 1, ("texts_out", "reply"): 2}

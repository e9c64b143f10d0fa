"""A village's kiosk and the county's portal over the same publications, for the tests of the villagers' pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from nodes import COUNTY, VILLAGE, FakeClock, Place, copy_place, make_place
from samples import REVIEW, publish_notice
from test_rolls import sample as roll_sample
from test_statements import sample as statement_sample

from content import cases, codes, disclosure, finances, guides, own_payments, rolls, subsidies, villages
from content.case_forms import Filing
from content.drafts import Drafts
from content.node import Node
from content.sessions import Sessions
from content.villages import Village
from kiosk.app import create_app
from kiosk.services import Services

DATA = Path(guides.__file__).parent / "data"
PUBLISHED = "published.txt"  # the public codes of what was published, in the folder of the place
PHONE, LAST4 = "13900001234", "1234"
DUTY = [{"name": "周桂芳", "post": "代办员", "phone": "0578-0000110"}]


@dataclass
class Pages:
    """Both applications and what was published: public codes by noun, and an ID number of each sample roll."""

    place: Place
    village: Node
    kiosk: FlaskClient
    portal: FlaskClient
    statement: str
    roll: str
    totals_roll: str
    ids: list[str]
    names: list[str]

    @property
    def home(self) -> str:
        """The village's front page at the portal."""
        return f"/v/{VILLAGE}"

    def notice(self, **changes: object) -> str:
        """Publish one more notice; its public code."""
        return codes.of_event(publish_notice(self.village, **changes))

    def file_case(self, guide: str = "QX-G06") -> str:
        """File a case at the desk; its number."""
        county = villages.get_county(self.village.views.read())
        assert county is not None
        filing = Filing("王阿婆", PHONE, "332526195003150008", guide, "desk", "zhou")
        db, seal_key = self.village.views.read(), bytes.fromhex(county.seal_key)
        case_no = cases.file_case(self.village.record, db, self.village.keys, filing, seal_key)
        self.sync()
        return case_no

    def close_case(self, case_no: str) -> None:
        """The county handles a case to its end."""
        node = self.place.county
        read = node.views.read
        cases.accept(node.record, read(), case_no, by="town")
        node.views.catch_up()
        cases.decide(node.record, read(), case_no, outcome="granted", by="town")
        node.views.catch_up()
        cases.close(node.record, read(), case_no, by="town", collect_at="柳河镇便民服务中心")
        self.sync()

    def sync(self) -> None:
        """Bring both sides level and fold what came."""
        bring_level(self.place)


@contextmanager
def open_pages(folder: Path) -> Iterator[Pages]:
    """A county with guides, rates and the catalogue, and a village with one statement and two rolls."""
    place = copy_place(_make_published, folder, FakeClock())
    village, (ids, names) = place.villages[VILLAGE], _people("r1")
    statement, roll, totals = (folder / PUBLISHED).read_text().split()
    yield Pages(
        place, village, client_of(village), client_of(place.county), statement, roll, totals, ids, names
    )
    place.close()


def _make_published(folder: Path) -> Place:
    place = make_place(folder, FakeClock())
    record = place.county.record
    disclosure.set_item(record, disclosure.read_catalogue(DATA / "catalogue.csv"), by="county")
    subsidies.set_standards(record, subsidies.read_programmes(DATA / "programmes.csv"), by="county")
    guides.publish(record, guides.load_guides(DATA / "guides.json"), by="county")
    village = place.add_village()
    told = Village(VILLAGE, "柳河村", "柳河镇", VILLAGE[:9], office_phone="0578-0000110", duty=DUTY)
    villages.list_village(record, told, by="county")
    place.county.views.catch_up()
    place.sync()
    village.views.catch_up()
    published = [_publish_statement(village), _publish_roll(village, "r1"), _publish_roll(village, "r2")]
    (folder / PUBLISHED).write_text(" ".join(published))
    bring_level(place)
    return place


def bring_level(place: Place) -> None:
    """Carry everything both ways between the county and its village, and fold it."""
    nodes = (place.villages[VILLAGE], place.county)
    for node in nodes:
        node.views.catch_up()
    place.sync()
    place.sync()
    for node in nodes:
        node.views.catch_up()


def app_of(node: Node) -> Flask:
    """The web application of a node, as run.py makes it but without SMS."""
    app = create_app(Services(node=node, sessions=Sessions(node.record), drafts=Drafts(node.record)))
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def client_of(node: Node) -> FlaskClient:
    """A browser in front of a node."""
    return app_of(node).test_client()


def _publish_statement(village: Node) -> str:
    statement, entries = statement_sample("01")
    stream = village.record.own_stream("all")
    with village.record.write() as transaction:
        event = finances.publish(transaction, stream, replace(statement, title="十月收支公开"), entries)
    village.views.catch_up()
    return codes.of_event(event)


def _people(number: str) -> tuple[list[str], list[str]]:
    _roll, rows, ids = roll_sample(number)
    return ids, [row.name for row in rows]


def _publish_roll(village: Node, number: str) -> str:
    roll, rows, ids = roll_sample(number, reviews=(REVIEW,))
    people = zip([row.name for row in rows], ids, strict=True)
    held = own_payments.take_fingerprints(village.keys, people)
    public, county = village.record.own_stream("all"), village.record.own_stream("county")
    with village.record.write() as transaction:
        event = rolls.publish_roll(transaction, public, county, roll, rows, held, db=village.views.read())
    village.views.catch_up()
    return codes.of_event(event)


__all__ = ["COUNTY", "LAST4", "PHONE", "Pages", "app_of", "client_of", "open_pages"]

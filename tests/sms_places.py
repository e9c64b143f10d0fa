"""A county hub with its village, as the tests of the SMS service need them: real nodes, a clock that is turned by hand."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from content import cases, guides, node, villages
from content.case_forms import Filing
from content.clock import from_text, to_text
from content.node import Node
from content.record import frames
from content.villages import County, Village
from sms.gateways.phone import PhoneGateway
from sms.service import SmsService, make_sms
from sms.settings import SmsSettings

COUNTY, VILLAGE, OTHER_VILLAGE = "330999", "330999101201", "330999101202"
OWN_NUMBER = "+8613700000000"
WANG, CHEN, ZHAO = "+8613900001234", "+8613800005678", "+8613600009012"
NOON = "2026-11-23T04:00:00Z"  # 12:00 in the village
PENSION, LOW_INCOME = "QX-G06", "QX-G01"


@dataclass
class HandClock:
    """A clock that stands until it is turned."""

    now: datetime = field(default_factory=lambda: from_text(NOON))

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **span: float) -> None:
        self.now += timedelta(**span)

    @property
    def text(self) -> str:
        return to_text(self.now)


@dataclass
class Hub:
    """The county's node with its SMS service on drawn phones, and a village that files cases."""

    county: Node
    village: Node
    clock: HandClock
    gateway: PhoneGateway
    sms: SmsService

    def file(self, phone: str, *, guide: str = PENSION, name: str = "王桂花") -> str:
        """A case filed in the village and brought to the county; its number."""
        filing = Filing(name, phone, "332526194805060009", guide, "desk", "agent", {"开户银行": "清溪农商行"})
        seal_key = self.county.keys.seal_public_key
        case_no = cases.file_case(
            self.village.record, self.village.views.read(), self.village.keys, filing, seal_key
        )
        self.sync()
        return case_no

    def sync(self) -> None:
        """Carry everything both ways, and fold it."""
        for source, target in ((self.village, self.county), (self.county, self.village)):
            carry(source, target)
        self.county.views.catch_up()
        self.village.views.catch_up()

    def text(self, number: str, words: str) -> list[str]:
        """Someone texts; what their phone shows after that, without their own texts."""
        before = len(self.screen(number))
        self.gateway.type_text(number, words)
        self.sms.worker.run_once()
        self.sms.worker.run_once()
        return self.screen(number)[before:]

    def screen(self, number: str) -> list[str]:
        return [text.text for text in self.gateway.screen(number) if not text.is_from_phone]

    def work(self) -> None:
        self.sms.worker.run_once()
        self.sms.worker.run_once()


def carry(source: Node, target: Node) -> None:
    """Everything that `source` wrote and `target` may hold, as the sync would."""
    for stream in source.record.streams():
        if stream.origin == source.config.code:
            held = target.record.stream(stream.id)
            for frame in frames.cut(source.record, stream.id, held.size if held else 0):
                frames.accept(target.record, frame, may_open=lambda _stream: True)


@contextmanager
def make_hub(folder: Path, *, settings: SmsSettings | None = None) -> Iterator[Hub]:
    clock = HandClock()
    shutil.copytree(_pristine().name, folder, dirs_exist_ok=True)
    county = node.open_node(folder / "county", clock=clock)
    village = node.open_node(folder / "village", clock=clock)
    gateway = PhoneGateway(county.record, number=OWN_NUMBER)
    sms = make_sms(
        county,
        gateway,
        settings or SmsSettings(own_number=OWN_NUMBER),
        village_key=lambda code: village.keys.seal_public_key if code == VILLAGE else b"",
    )
    yield Hub(county, village, clock, gateway, sms)
    county.close()
    village.close()


@cache
def _pristine() -> TemporaryDirectory[str]:
    """The homes of a county and a village that know of each other, made once and copied for every test."""
    folder = TemporaryDirectory()
    homes = {name: Path(folder.name, name) for name in ("county", "village")}
    node.init(homes["county"], kind="county", code=COUNTY, name="清溪县")
    node.init(homes["village"], kind="village", code=VILLAGE, name="柳河村")
    clock = HandClock()
    county, village = (node.open_node(home, clock=clock) for home in homes.values())
    _introduce(county)
    carry(county, village)
    for one in (county, village):
        one.views.catch_up()
        one.close()
    return folder


def _introduce(county: Node) -> None:
    seal_key = county.keys.seal_public_key.hex()
    witness = county.keys.public_key.hex()
    villages.introduce_county(
        county.record, County(COUNTY, "清溪县", "", seal_key, OWN_NUMBER, witness), by="test"
    )
    villages.list_village(
        county.record, Village(VILLAGE, "柳河村", "柳河镇", VILLAGE[:9], "0578-0000110"), by="test"
    )
    path = Path(guides.__file__).parent / "data" / "guides.json"
    guides.publish(county.record, guides.load_guides(path), by="test")

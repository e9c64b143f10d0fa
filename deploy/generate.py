"""Fills a county's home with a county's worth of work (`run.py generate`), to measure with and to look at: made up throughout.

It goes the way of the real thing. Every village has keys of its own, what it says is signed by them in its own streams,
every publication passes through the verb that checks it, and the views fold the lot. Only the network is left out: a
village's events are signed in frames of 256, as they would arrive by sync.
"""

import base64
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import sqlalchemy as sa

from content import (
    calendar,
    case_forms,
    case_states,
    codes,
    demo,
    demo_people,
    departments,
    feedback_states,
    feedback_tables,
    finances,
    guides,
    notices,
    rolls,
    villages,
)
from content.case_forms import Applicant, Channel, Fingerprints
from content.case_tables import Filed
from content.clock import VILLAGE_ZONE, local_date, to_text
from content.departments import Department
from content.guide_fields import Guide
from content.node import Node, init, open_node
from content.publications import Review
from content.record import checkpoint
from content.record.checkpoint import Head
from content.record.events import Entry, Header, NewEvent, StreamId, event_id, make_entry
from content.record.keys import Fence, NodeKeys, load_or_make
from content.record.merkle import Frontier
from content.record.store import FRAME_EVENTS, Record, SignedHead, Transaction
from content.villages import Village
from deploy import generated_accounts, generated_cases, generated_usage
from deploy.generated_cases import Desk, Said
from sync.enrol import Device, Register, devices

DAYS = 730  # two years: twenty-four months of statistics
TOWNS = ("柳河镇", "云岭镇", "石桥镇", "青塘镇", "白马乡", "龙泉镇", "湖山乡", "大柘镇", "金竹镇", "黄沙乡",
         "三仁乡", "应村乡", "高坪乡", "垵口乡", "蔡源乡", "焦滩乡", "北界镇", "新路镇", "西畈乡", "妙高街道")  # fmt: skip
FIRST_PARTS = "东西南北上下前后大小新老金银石青白黄龙凤松竹梅桃杏"
SECOND_PARTS = (
    "塘村",
    "山村",
    "坪村",
    "岭村",
    "湾村",
    "桥村",
    "畈村",
    "源村",
    "坑村",
    "田村",
    "溪村",
    "岗村",
)
FORMS = 8  # sealed once each and used again: sealing is slow, and nobody reads these
HOMES = "villages"
CHANNELS: tuple[Channel, ...] = ("desk", "kiosk", "sms")


@dataclass(frozen=True)
class Size:
    """How much to make. feedback and notices follow from the cases and villages."""

    villages: int
    cases: int
    payments: int

    def share(self, total: int, place: int) -> int:
        """The part of `total` that falls to village number `place`; the parts add up."""
        return total * (place + 1) // self.villages - total * place // self.villages


class FrameTransaction(Transaction):
    """A write whose events are signed once for every 256 of them, each at the clock's time when it was said."""

    def __init__(self, record: Record, connection: sa.Connection) -> None:
        super().__init__(record, connection)
        self._clock, self._keys, self._record = record.clock, record.keys, record
        self._frontiers: dict[StreamId, Frontier] = {}
        self._waiting: dict[StreamId, list[Entry]] = {}

    def append(self, stream: StreamId, events: Sequence[NewEvent]) -> list[str]:
        """As the record's own, but stored only when a frame is full or `finish` is called."""
        if stream not in self._frontiers:
            row = self._lock_stream(stream)
            self._frontiers[stream], self._waiting[stream] = Frontier.from_bytes(row.size, row.peaks), []
        return [self._append(stream, new) for new in events]

    def finish(self) -> None:
        """Store what is left."""
        for stream in self._waiting:
            self._flush(stream)

    def _append(self, stream: StreamId, new: NewEvent) -> str:
        frontier, waiting = self._frontiers[stream], self._waiting[stream]
        header = Header(new.kind, to_text(self._record.clock()), new.by, clock="synced", refs=new.refs)
        entry = make_entry(stream, frontier.size, header, new.body)
        frontier.append(entry.leaf())
        waiting.append(entry)
        if len(waiting) == FRAME_EVENTS:
            self._flush(stream)
        return event_id(stream, entry.index)

    def _flush(self, stream: StreamId) -> None:
        waiting, frontier = self._waiting[stream], self._frontiers[stream]
        if waiting:
            head = Head(stream, frontier.size, frontier.root())
            self.store(waiting, SignedHead(head, checkpoint.sign(head, self._keys.signing)), frontier)
            self.advanced[stream] = frontier.size
            waiting.clear()


@dataclass
class Hand:
    """A village at work: what it and the county write about it. Both write into the one file of the county."""

    code: str
    name: str
    keys: NodeKeys
    county: FrameTransaction
    village: FrameTransaction
    to_village: StreamId
    to_county: StreamId
    to_all: StreamId
    draw: Random
    forms: list[str] = field(default_factory=list)

    def say(self, speaker: str, kind: str, body: dict[str, Any], *refs: str) -> str:
        """The event's id. speaker: "county" or "village"."""
        if speaker == "county":
            return self.county.append(self.to_village, [NewEvent(kind, body, "county", refs)])[0]
        return self.village.append(self.to_county, [NewEvent(kind, body, "agent", refs)])[0]


Deed = tuple[datetime, int, Callable[[], object]]


def generate(
    home: Path, size: Size, *, say: Callable[[str], object], seed: int = 1, until: date | None = None
) -> Node:
    """Make the home and everything in it; the node, open. XiangtingError when `home` is one already."""
    init(home, kind="county", code=demo_people.COUNTY_CODE, name=demo_people.COUNTY_NAME)
    node = open_node(home)
    last = until or local_date(node.clock()) - timedelta(days=1)
    first, now = last - timedelta(days=DAYS), node.record.clock
    demo.load_county(node, portal_url="")
    listed = list(_villages(Random(seed), size.villages))
    node.record.clock = lambda: _utc(first, 9)
    villages.list_villages(node.record, listed, by="generate")
    for town_code, town in sorted({(village.town_code, village.town) for village in listed}):
        office = Department(generated_cases.township_of(town_code), f"{town}人民政府", "township", town_code)
        departments.set_department(node.record, office, by="generate")
    register = Register(node.record)
    node.views.catch_up()
    node.record.clock = now
    keys = [_enrol(node, village) for village in listed]
    node.record.clock = _Watch(now())
    for place, village in enumerate(listed):
        _work(node, village, keys[place], size, place, Random(f"{seed}/{place}"), first, last)
        if (place + 1) % 10 == 0 or place + 1 == size.villages:
            say(f"{place + 1} / {size.villages} 个村写好")
    node.record.clock = now
    assert len(register.all_devices()) == size.villages
    say("正在折叠成视图……")
    say(f"{node.views.catch_up():,} 条记录折叠完")
    return node


@dataclass
class _Watch:
    """A clock that is set by hand."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


def _villages(draw: Random, count: int) -> Iterator[Village]:
    """The demonstration's own village first."""
    names = [first + second for first, second in itertools.product(FIRST_PARTS, SECOND_PARTS)]
    draw.shuffle(names)
    for place in range(count):
        town = place % len(TOWNS)
        town_code = f"{demo_people.COUNTY_CODE}{101 + town}"
        name = demo_people.VILLAGE_NAME if place == 0 else names[place % len(names)]
        phone = f"0578-0000{place % 1000:03d}"
        yield Village(
            code=f"{town_code}{201 + place // len(TOWNS)}",
            name=name,
            town=TOWNS[town],
            town_code=town_code,
            office_phone=phone,
            address=f"{name}便民服务点",
            hours="工作日 8:30—17:30",
            duty=[{"name": "周桂芳", "post": "代办员", "phone": phone}],
        )


def _enrol(node: Node, village: Village) -> NodeKeys:
    """Keys for a village, and its device in the county's register; one in nine has not been heard of for days."""
    keys = load_or_make(node.home / HOMES / village.code)
    days = 4 if int(village.code) % 9 == 0 else 0
    seen_at = to_text(node.clock() - timedelta(days=days, minutes=5))
    device = Device(
        keys.public_key.hex(),
        village.code,
        keys.seal_public_key.hex(),
        "active",
        seen_at,
        seen_at,
        "0.1.0",
        0,
    )
    with node.record.write() as transaction:
        transaction.execute(sa.insert(devices), asdict(device))
    return keys


def _work(
    node: Node,
    village: Village,
    keys: NodeKeys,
    size: Size,
    place: int,
    draw: Random,
    first: date,
    last: date,
) -> None:
    """Two years of one village, in the order in which they happened, in one commit."""
    watch = node.record.clock
    assert isinstance(watch, _Watch)
    fence = Fence(node.home / HOMES / village.code / "fence.json")
    own = Record(str(node.home / "record.db"), keys, fence, origin=village.code, clock=watch)
    streams = node.record.own_stream(village.code), own.own_stream("county"), own.own_stream("all")
    with node.record.engine.begin() as connection:
        county, there = FrameTransaction(node.record, connection), FrameTransaction(own, connection)
        forms = [_sealed_form(draw, node) for _ in range(FORMS)]
        hand = Hand(village.code, village.name, keys, county, there, *streams, draw, forms)
        deeds = [
            *_cases(node, hand, size.share(size.cases, place), first, last),
            *_feedback(node, hand, max(1, size.share(size.cases, place) // 20), first, last),
            *_publications(node, hand, size.share(size.payments, place), first, last),
            *_usage(hand, first, last),
        ]
        end = _utc(last + timedelta(days=1), 0)
        for at, _order, deed in sorted(deeds, key=lambda deed: deed[:2]):
            if at < end:
                watch.now = at
                deed()
        county.finish()
        there.finish()
    for record, written in ((node.record, county), (own, there)):
        for stream, length in written.advanced.items():
            record.fence.advance(stream, length)
    own.close()


def _cases(node: Node, hand: Hand, count: int, first: date, last: date) -> Iterator[Deed]:
    db = node.views.read()
    desk = Desk(hand.draw, calendar.get_calendar(db))
    offered = [
        guide for line in guides.list_guides(db, on=last) if (guide := guides.in_force(db, line.id, on=last))
    ]
    for day in generated_cases.filing_days(hand.draw, desk.holidays, first=first, last=last, count=count):
        yield from _case(hand, desk, hand.draw.choice(offered), desk.moment(day))


def _case(hand: Hand, desk: Desk, guide: Guide, filed_at: datetime) -> Iterator[Deed]:
    case_no, told = codes.new_code(), [""]
    phone = f"1390000{hand.draw.randrange(10_000):04d}"
    fingerprints = Fingerprints(
        case_forms.phone4_fingerprint(case_no, phone[-4:], hand.keys),
        case_forms.phone_fingerprint(phone, hand.keys),
        "",
    )
    channel = hand.draw.choices(CHANNELS, (60, 32, 8))[0]
    department = generated_cases.department_of(guide, hand.code)
    form = hand.draw.choice(hand.forms)
    filed = Filed(case_no, guide.id, guide.version, form, fingerprints, channel, department)

    def file() -> None:
        told[0] = hand.say("village", "case_filed", msgspec.to_builtins(filed))

    def move(said: Said) -> Callable[[], None]:
        kind = case_states.KIND_OF[type(said.body)]
        is_villages = kind == "case_rated" or "county" not in case_states.ACTIONS[kind].speakers
        speaker = "village" if is_villages else "county"

        def do() -> None:
            body = {"case_no": case_no, **msgspec.to_builtins(said.body)}
            told[0] = hand.say(speaker, kind, body, told[0])

        return do

    yield filed_at, 0, file
    story = generated_cases.case_story(desk, guide, filed_at, hand.forms[0])
    yield from ((said.at, order, move(said)) for order, said in enumerate(story, start=1))


def _feedback(node: Node, hand: Hand, count: int, first: date, last: date) -> Iterator[Deed]:
    desk = Desk(hand.draw, calendar.get_calendar(node.views.read()))
    sealed = base64.b64encode(b"made up").decode()
    for day in generated_cases.filing_days(hand.draw, desk.holidays, first=first, last=last, count=count):
        kind, category = generated_cases.feedback_subject(hand.draw)
        is_secret, is_villages = kind == feedback_states.COMPLAINT, kind in feedback_states.VILLAGE_ANSWERS
        filed = feedback_tables.Filed(
            village=hand.code,
            no=codes.new_code(),
            kind=kind,
            category="" if is_secret else category,
            about="",
            channel="kiosk",
            sealed_county=sealed,
            sealed_village=sealed if is_villages else "",
        )
        yield from _one_feedback(hand, desk, filed, desk.moment(day))


def _one_feedback(hand: Hand, desk: Desk, filed: feedback_tables.Filed, filed_at: datetime) -> Iterator[Deed]:
    told = [""]

    def say(speaker: str, kind: str, body: dict[str, Any]) -> Callable[[], None]:
        def do() -> None:
            told[0] = hand.say(speaker, kind, body, *filter(None, told))

        return do

    yield filed_at, 0, say("village", "feedback_filed", msgspec.to_builtins(filed))
    story = generated_cases.feedback_story(desk, filed.kind, filed_at)
    for order, said in enumerate(story, start=1):
        is_villages = bool(filed.sealed_village) and not isinstance(said.body, feedback_states.Urged)
        body = {"village": hand.code, "no": filed.no, **msgspec.to_builtins(said.body)}
        kind = feedback_states.KIND_OF[type(said.body)]
        yield said.at, order, say("village" if is_villages else "county", kind, body)


def _publications(node: Node, hand: Hand, payments: int, first: date, last: date) -> Iterator[Deed]:
    """Rolls that add up to about so many payments, a statement a month, a notice a month."""
    draw, db, transaction = hand.draw, node.views.read(), hand.village
    review = Review("committee", "吴桂花", "同意公开", to_text(_utc(first, 9)))
    names, held = generated_accounts.people(draw, hand.keys)
    count = round(payments / len(names))
    for number in range(count):
        day = first + timedelta(days=(number + 1) * (last - first).days // (count + 1))
        roll, rows = generated_accounts.roll(draw, names, number, day, review)
        publish = partial(
            rolls.publish_roll, transaction, hand.to_all, hand.to_county, roll, rows, held, db=db
        )
        yield _utc(day, 10), 0, publish
    for day, statement, entries in generated_accounts.statements(draw, first, last, review):
        yield _utc(day, 11), 0, partial(finances.publish, transaction, hand.to_all, statement, entries)
    for number in range(DAYS // 30):
        notice = generated_accounts.notice(draw, hand.name, number, review)
        day = first + timedelta(days=number * 30 + draw.randrange(28))
        yield _utc(day, 15), 0, partial(notices.publish, transaction, hand.to_all, notice)


def _usage(hand: Hand, first: date, last: date) -> Iterator[Deed]:
    for day, told in generated_usage.months(hand.code, first, last):
        yield _utc(day, 23), 0, partial(hand.village.append, hand.to_county, [told])


def _sealed_form(draw: Random, node: Node) -> str:
    applicant = Applicant(
        "王阿婆", f"1390000{draw.randrange(10_000):04d}", "", {"家庭人口": str(draw.randint(1, 6))}
    )
    return case_forms.seal_form(applicant, node.keys.seal_public_key)


def _utc(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), VILLAGE_ZONE).astimezone(UTC)

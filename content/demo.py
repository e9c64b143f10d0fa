"""Demonstration content: a made-up county, town and village with real dated rates, guides and catalogue.

Places and people are invented; every rate and guide carries the address of its source. It is loaded through the same
verbs that people's work goes through, dated as its notices say.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import msgspec

from content import (
    account_charts,
    accounts,
    demo_cases,
    disclosure,
    drafting,
    guides,
    publishing,
    subsidies,
    supervision_rules,
    villages,
    vote_limits,
)
from content.accounts import Account
from content.clock import VILLAGE_ZONE, Clock, local_date, to_text
from content.demo_people import (
    COUNTY_NAME,
    PASSWORD,
    PEOPLE,
    SMS_NUMBER,
    TOWN_CODE,
    TOWN_NAME,
    VILLAGE_CODE,
    VILLAGE_NAME,
)
from content.drafts import Draft
from content.guide_fields import Guide
from content.intake import document as documents
from content.intake import photo
from content.intake.excel import read_roll, read_statement
from content.node import Node
from content.publications import Review
from content.record.blobs import BlobRef
from content.villages import County, Village
from content.vote_limits import VoteLimit

DATA = Path(__file__).parent / "data"
LISTED_AT = "2026-07-01T01:00:00+00:00"  # from here on the disclosure clock asks something of the village
ISSUER = "柳河村股份经济合作社"
OFFICE_PHONES = frozenset({"0578-0000110", "0578-0000111", "0578-0000012"})
OWN_RATES = ("R01", "R02")  # standards of elsewhere that the made-up county has taken over
# The made-up county's own; real ones stand in a county's or township's rules on village finances.
VOTE_LIMIT = VoteLimit("2026-01-01", 5_000_00, "清溪县村级财务管理办法（虚构）：一次性支出 5000 元以上先表决")
PHOTO_OF = {"N12": "p3_工程现场牌.jpg"}
# Guide -> material -> its sample pictures.
SAMPLES_OF = {"QX-G01": {"最低生活保障申请书": ("s1_低保申请书_空白表.png", "s2_低保申请书_填写样例.png")}}
STATEMENTS = {
    "06_柳河村2026年9月日记账.csv": ("柳河村2026年9月收支公开", "2026-10-12"),
    "01_柳河村2026年10月收支明细.xlsx": ("柳河村2026年10月收支公开", "2026-11-12"),
}
# File -> the ledgers it holds: kind, title, day of publication.
LEDGERS = {
    "02_柳河村2026年二季度收支汇总.xlsx": (("debts", "柳河村2026年二季度债权债务变动表", "2026-07-13"),),
    "03_柳河村2026年9月资产负债表.xlsx": (("balance_sheet", "柳河村2026年9月资产负债表", "2026-10-13"),),
    "04_柳河村三资台账.xls": (
        ("money", "柳河村2026年货币资金清点表", "2026-11-10"),
        ("assets", "柳河村2026年资产台账", "2026-11-10"),
        ("resources", "柳河村2026年资源台账", "2026-11-10"),
    ),
    "05_柳河村承包租赁合同台账.xlsx": (("contracts", "柳河村2026年承包租赁合同台账", "2026-11-11"),),
}
ROLLS = {
    "r1_耕地地力保护补贴清册.xlsx": ("S2", "2026年耕地地力保护补贴发放名册", "2026-06-22"),
    "r3_高龄津贴发放表.xlsx": ("S3", "高龄津贴发放合计", "2026-10-20"),
}


def load_county(node: Node, *, portal_url: str) -> None:
    """Everything the county says to all villages, and its own staff."""
    record = node.record
    county = County(
        code=node.config.code,
        name=node.config.name,
        portal_url=portal_url,
        seal_key=node.keys.seal_public_key.hex(),
        sms_number=SMS_NUMBER,
        witness_key=node.keys.public_key.hex(),
    )
    villages.introduce_county(record, county, by="demo")
    duty = [
        {"name": "周桂芳", "post": "代办员", "phone": "0578-0000110"},
        {"name": "陈秋生", "post": "村委会主任", "phone": "0578-0000111"},
    ]
    village = Village(
        code=VILLAGE_CODE,
        name=VILLAGE_NAME,
        town=TOWN_NAME,
        town_code=TOWN_CODE,
        office_phone="0578-0000110",
        address="柳河村便民服务点（村委会一楼）",
        hours="工作日 8:30—17:30",
        duty=duty,
    )
    real_clock = record.clock
    record.clock = _at(min(datetime.fromisoformat(LISTED_AT), real_clock()))
    villages.list_village(record, village, by="demo")
    record.clock = real_clock
    disclosure.set_item(record, disclosure.read_catalogue(DATA / "catalogue.csv"), by="demo")
    for name, valid_from in (("accounts_2004.csv", "2005-01-01"), ("accounts_2024.csv", "2024-01-01")):
        account_charts.set_chart(
            record, account_charts.read_chart(DATA / name, valid_from=valid_from), by="demo"
        )
    vote_limits.set_limit(record, VOTE_LIMIT, by="demo")
    standards = subsidies.read_programmes(DATA / "programmes.csv")
    subsidies.set_standards(record, [*standards, *_own_standards(standards)], by="demo")
    demo_cases.list_departments(record, county=node.config.code, town=TOWN_CODE, village=VILLAGE_CODE)
    shipped = demo_cases.with_places(guides.load_guides(DATA / "guides.json"))
    guides.publish(record, [_with_samples(node, guide) for guide in shipped], by="demo")
    for account in _accounts():
        accounts.set_account(record, account, by="demo")
    practice = supervision_rules.taken_up(supervision_rules.shipped()[0], local_date(record.clock()))
    supervision_rules.set_rules(record, practice, by="demo")
    node.views.catch_up()


def notices() -> list[dict[str, Any]]:
    """The demonstration's notices as the data set has them: id, code, title, body, date, issuer, publicity."""
    plain: list[dict[str, Any]] = json.loads((DATA / "demo" / "notices.json").read_text(encoding="utf-8"))
    return plain


def load_village(node: Node) -> None:
    """The village's own publications; the county's events must have arrived. A second call adds nothing."""
    if any(stream.origin == node.config.code and stream.size > 1 for stream in node.record.streams()):
        return
    streams = publishing.streams_of(node.record)
    real_clock = node.record.clock
    with node.record.write() as transaction:
        for day, draft in sorted(_drafts(node), key=lambda dated: dated[0]):
            moment = datetime.combine(datetime.fromisoformat(day), time(9, 0), VILLAGE_ZONE)
            node.record.clock = _at(min(moment.astimezone(UTC), real_clock()))
            review = Review("wu", "吴桂花", "同意公开", to_text(node.record.clock()))
            publishing.publish(
                transaction, streams, node.views.read(), draft, review, office_phones=OFFICE_PHONES
            )
    node.record.clock = real_clock
    node.views.catch_up()


def _accounts() -> Iterator[Account]:
    password_hash = accounts.hash_password(PASSWORD)
    for name, display_name, roles, area in PEOPLE:
        yield Account(name, display_name, roles, area, password_hash)


def _own_standards(standards: Iterable[subsidies.Standard]) -> Iterator[subsidies.Standard]:
    """Rates of the made-up county, so that its calculator has something to work with: marked as made up."""
    for standard in standards:
        if standard.id in OWN_RATES:
            yield replace(
                standard,
                id=f"QX-{standard.id}",
                place=COUNTY_NAME,
                year="2026",
                note="演示数据，编造",
                source_url="",
                source_trust="made up",
                how_to_apply="到柳河村便民服务点找代办员登记，公示没有异议后发到一卡通。",
                contact="0578-0000110",
            )


def _at(moment: datetime) -> Clock:
    return lambda: moment


def _drafts(node: Node) -> Iterator[tuple[str, Draft]]:
    for plain in notices():
        yield plain["date"], _notice(node, plain)
    for name, (title, day) in STATEMENTS.items():
        yield day, _statement(DATA / "demo" / name, title)
    for name, held in LEDGERS.items():
        yield from _ledgers(DATA / "demo" / name, held)
    for name, (item, title, day) in ROLLS.items():
        yield day, _roll(node, DATA / "demo" / name, item, title)


def _draft(kind: str, title: str, data: dict[str, Any]) -> Draft:
    return Draft("demo", kind, "submitted", "zhou", title, data, {}, "")


def _notice(node: Node, plain: dict[str, Any]) -> Draft:
    document = documents.text_document(f"{plain['title']}\n\n{plain['body']}")
    images: list[BlobRef] = []
    if plain["id"] in PHOTO_OF:
        taken = photo.read((DATA / "demo" / PHOTO_OF[plain["id"]]).read_bytes())
        document = replace(document, blocks=(*document.blocks, documents.Picture(0)), images=taken.images)
        images = [_kept(node, taken.images[0])]
    days = plain["publicity"] and _days(plain["publicity"])
    data = {
        "item": plain["code"],
        "document": document.as_dict(),
        "issuer": plain["issuer"],
        "objection_days": days or 0,
        "images": msgspec.to_builtins(images),
    }
    return _draft("notice", plain["title"], data)


def _with_samples(node: Node, guide: Guide) -> Guide:
    pictures = SAMPLES_OF.get(guide.id, {})
    return replace(
        guide,
        materials=tuple(
            replace(
                material,
                samples=tuple(
                    _kept(node, photo.read((DATA / "demo" / name).read_bytes()).images[0])
                    for name in pictures.get(material.name, ())
                ),
            )
            for material in guide.materials
        ),
    )


def _kept(node: Node, image: documents.Image) -> BlobRef:
    return BlobRef(node.blobs.put(image.data), image.media_type, len(image.data), image.width, image.height)


def _days(publicity: dict[str, str]) -> int:
    span: timedelta = datetime.fromisoformat(publicity["end"]) - datetime.fromisoformat(publicity["start"])
    return span.days


def _statement(path: Path, title: str) -> Draft:
    return _draft(
        "statement", title, drafting.statement_data(read_statement(path), title=title, issuer=ISSUER)
    )


def _ledgers(path: Path, held: tuple[tuple[str, str, str], ...]) -> Iterator[tuple[str, Draft]]:
    for kind, title, day in held:
        on = date.fromisoformat(day)
        read = read_statement(path, as_of=on)
        data = drafting.ledger_data(read, kind, title=title, issuer=ISSUER, today=on)
        yield day, _draft("ledger", title, data)


def _roll(node: Node, path: Path, item: str, title: str) -> Draft:
    read = read_roll(path)
    return _draft(
        "roll", title, drafting.roll_data(read, node.keys, item=item, title=title, issuer="柳河村村民委员会")
    )

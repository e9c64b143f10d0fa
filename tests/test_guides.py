"""Service guides: what the county publishes is what is found, version by version, in any order of arrival."""

import contextlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import msgspec
import pytest
from sqlite_utils import Database

from content import guides, search
from content.errors import RuleError
from content.guide_fields import EightOpenings, Guide, TimeLimit
from content.record.events import Event
from content.record.keys import Fence, load_or_make
from content.record.store import Record

ON = date(2026, 11, 2)
SHIPPED = Path(guides.__file__).parent / "data" / "guides.json"
COUNTY, VILLAGE = "330999", "330999101201"


@contextlib.contextmanager
def make_record(folder: Path, origin: str, database: str = "record.db") -> Iterator[Record]:
    keys, fence = load_or_make(folder / "keys"), Fence(folder / "fence.json")
    record = Record(str(folder / database), keys, fence, origin=origin)
    yield record
    record.close()


@pytest.fixture
def county(tmp_path: Path) -> Iterator[Record]:
    with make_record(tmp_path, COUNTY) as record:
        yield record


@contextlib.contextmanager
def views(events: Iterable[Event]) -> Iterator[Database]:
    db = Database(memory=True)
    db.conn.executescript(search.SCHEMA + guides.SCHEMA)
    for event in events:
        if event.kind in guides.FOLDS:
            guides.FOLDS[event.kind](db, event)
    yield db
    db.conn.close()


def events_of(record: Record) -> list[Event]:
    return [event for stream in record.streams() for event in record.events(stream, 0, stream.size)]


def make_guide(guide_id: str = "QX-G01", **changes: object) -> Guide:
    shipped = next(guide for guide in guides.load_guides(SHIPPED) if guide.id == guide_id)
    return replace(shipped, **changes)  # type: ignore[arg-type]


def rows(db: Database) -> list[tuple[object, ...]]:
    tables = ("guides", "guide_tags", "guide_withdrawals", "documents")
    return sorted(
        row for table in tables for row in db.execute(f"SELECT '{table}', * FROM {table}").fetchall()
    )


def test_every_shipped_guide_survives_publication_whole(county: Record) -> None:
    shipped = guides.load_guides(SHIPPED)

    guides.publish(county, shipped, by="county")

    with views(events_of(county)) as db:
        assert [guides.in_force(db, guide.id, on=ON) for guide in shipped] == shipped
        assert [line.id for line in guides.list_guides(db, on=ON)] == sorted(guide.id for guide in shipped)


def test_nothing_in_the_shipped_file_is_lost_in_reading() -> None:
    written = json.loads(SHIPPED.read_text(encoding="utf-8"))

    read = json.loads(msgspec.json.encode(guides.load_guides(SHIPPED)))

    assert read == written


def test_a_new_version_takes_the_place_of_the_old_one_which_stays_readable(county: Record) -> None:
    old, new = make_guide(), make_guide(version=2, place="新的服务大厅")
    guides.publish(county, [old], by="county")
    guides.publish(county, [new], by="county")

    with views(events_of(county)) as db:
        assert guides.in_force(db, old.id, on=ON) == new
        assert guides.get(db, old.id, version=1) == old
        assert [(v.guide, v.state) for v in guides.versions(db, old.id, on=ON)] == [
            (new, "in_force"),
            (old, "replaced"),
        ]
        assert len(guides.list_guides(db, on=ON)) == 1
        assert search.find(db, "新的服务大厅")[0].key == "guide:QX-G01"


def test_a_withdrawn_guide_is_no_longer_offered_until_it_is_published_again(county: Record) -> None:
    guide = make_guide()
    guides.publish(county, [guide], by="county")
    guides.withdraw(county, guide.id, reason="事项取消", by="county")

    with views(events_of(county)) as db:
        assert guides.in_force(db, guide.id, on=ON) is None
        assert guides.list_guides(db, on=ON) == []
        assert guides.find_by_topic(db, "最低生活保障", on=ON) == []
        assert search.find(db, "最低生活保障") == []
        assert guides.get(db, guide.id, version=1) == guide

    guides.publish(county, [guide], by="county")

    with views(events_of(county)) as db:
        assert guides.in_force(db, guide.id, on=ON) == guide
        assert search.find(db, "最低生活保障")


@pytest.mark.parametrize(
    ("day", "version"),
    [
        pytest.param(date(2026, 11, 2), 1, id="before: the old one"),
        pytest.param(date(2027, 1, 1), 2, id="its first day"),
        pytest.param(date(2027, 3, 31), 2, id="its last day"),
        pytest.param(date(2027, 4, 1), 1, id="after: the old one again"),
    ],
)
def test_a_version_is_in_force_within_its_dates_only(county: Record, day: date, version: int) -> None:
    new = make_guide(version=2, effective_from="2027-01-01", effective_to="2027-03-31", place="新的服务大厅")
    guides.publish(county, [make_guide(), new], by="county")

    with views(events_of(county)) as db:
        found = guides.in_force(db, "QX-G01", on=day)
        states = {v.guide.version: v.state for v in guides.versions(db, "QX-G01", on=day)}
        listed = [line.version for line in guides.list_guides(db, on=day)]
        by_word = [line.version for line in guides.find_by_topic(db, "低保 最低生活", on=day)]

        assert found is not None
        assert found.version == version
        assert listed == [version]
        assert by_word in ([], [version])
        assert states[version] == "in_force"
        assert states[2] == {2: "in_force"}.get(version, "waiting" if day < date(2027, 1, 1) else "ended")


def test_a_version_ahead_no_longer_waits_once_a_later_one_holds_its_first_day(county: Record) -> None:
    day = date(2026, 11, 29)
    for version, first in ((1, "2026-12-02"), (2, "")):
        guides.publish(county, [make_guide(version=version, effective_from=first)], by="county")

    with views(events_of(county)) as db:
        states = [one.state for one in guides.versions(db, "QX-G01", on=day)]
        waiting = guides.waiting(db, on=day)
        then = guides.in_force(db, "QX-G01", on=date(2026, 12, 2))

    assert (states, waiting) == (["in_force", "replaced"], [])
    assert then
    assert then.version == 2


def test_while_a_version_waits_the_words_of_both_are_found(county: Record) -> None:
    new = make_guide(version=2, effective_from="2099-01-01", place="新的服务大厅")
    guides.publish(county, [make_guide(place="旧的服务点"), new], by="county")

    with views(events_of(county)) as db:
        assert [hit.key for hit in search.find(db, "旧的服务点")] == ["guide:QX-G01"]
        assert [hit.key for hit in search.find(db, "新的服务大厅")] == ["guide:QX-G01"]


@pytest.mark.parametrize(
    ("dates", "words"),
    [
        pytest.param({"effective_from": "2026-13-01"}, "日期 2026-13-01 不对", id="no such day"),
        pytest.param(
            {"effective_from": "2026-12-02", "effective_to": "2026-12-01"},
            "早于开始",
            id="ends before it begins",
        ),
    ],
)
def test_dates_that_cannot_be_are_refused(county: Record, dates: dict[str, str], words: str) -> None:
    with pytest.raises(RuleError, match=words):
        guides.publish(county, [make_guide(**dates)], by="county")


def test_every_empty_opening_is_named_at_once(county: Record) -> None:
    openings = msgspec.structs.replace(make_guide().eight_openings, fee_basis="", basis=())

    with pytest.raises(RuleError, match="“审批依据”“收费依据”没有填"):
        guides.publish(county, [make_guide(eight_openings=openings)], by="county")


def test_a_withdrawal_needs_a_reason(county: Record) -> None:
    with pytest.raises(RuleError, match="原因"):
        guides.withdraw(county, "QX-G01", reason=" ", by="county")


def test_epochs_that_arrive_the_other_way_round_give_the_same_views(tmp_path: Path) -> None:
    with make_record(tmp_path, COUNTY) as county:
        guides.publish(county, [make_guide(), make_guide("QX-G06")], by="county")
        guides.withdraw(county, "QX-G06", reason="修订", by="county")
        first = events_of(county)
    with make_record(tmp_path, COUNTY, "second.db") as county:
        guides.publish(county, [make_guide(version=2), make_guide("QX-G06", version=2)], by="county")
        second = [replace(event, epoch=2) for event in events_of(county)]

    with views(first + second) as straight, views(second + first) as turned:
        assert rows(straight) == rows(turned)
        assert [line.version for line in guides.list_guides(turned, on=ON)] == [2, 2]


def test_a_village_cannot_publish_or_withdraw_a_guide(tmp_path: Path) -> None:
    with make_record(tmp_path, VILLAGE) as village:
        guides.publish(village, [make_guide()], by="agent")
        guides.withdraw(village, "QX-G01", reason="不办了", by="agent")
        said = [event for event in events_of(village) if event.kind in guides.FOLDS]

    assert len(said) == 2
    for event in said:
        with pytest.raises(PermissionError), views([event]):
            pass


@pytest.mark.parametrize(
    ("field", "empty", "term"),
    [
        ("item_name", " ", "审批项目名称"),
        ("basis", (), "审批依据"),
        ("conditions", ("", " "), "审批条件"),
        ("procedure", "", "审批程序"),
        ("legal_limit", TimeLimit(None, None), "法定时限"),
        ("promised_limit", TimeLimit(None, "工作日", " "), "承诺时限"),
        ("fee_basis", "", "收费依据"),
        ("fee_standard", "", "收费标准"),
    ],
)
def test_an_empty_opening_is_refused_by_its_official_name(
    county: Record, field: str, empty: object, term: str
) -> None:
    openings: EightOpenings = msgspec.structs.replace(make_guide().eight_openings, **{field: empty})
    before = events_of(county)

    with pytest.raises(RuleError, match=term) as refusal:
        guides.publish(county, [make_guide("QX-G06"), make_guide(eight_openings=openings)], by="county")

    assert refusal.value.code == "opening_empty"
    assert events_of(county) == before


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        pytest.param({"life_event": "建房"}, ["QX-G13"], id="life-event"),
        pytest.param({"theme": "户籍办理"}, ["QX-G12"], id="theme"),
        pytest.param({"group": "妇女"}, ["QX-G07", "QX-G12"], id="special-group"),
        pytest.param({"life_event": "养老", "group": "残疾人"}, ["QX-G02"], id="all-tags-must-hold"),
        pytest.param({"life_event": "残疾人"}, [], id="a-tag-of-another-facet"),
        pytest.param({"life_event": "%"}, [], id="no-wildcards"),
        pytest.param({"department": "柳河派出所（虚构）"}, ["QX-G12"], id="department"),
    ],
)
def test_guides_are_found_by_tag(county: Record, wanted: dict[str, str], found: list[str]) -> None:
    guides.publish(county, guides.load_guides(SHIPPED), by="county")

    with views(events_of(county)) as db:
        assert [line.id for line in guides.list_guides(db, on=ON, **wanted)] == found


def test_every_facet_counts_the_guides_it_leads_to(county: Record) -> None:
    shipped = guides.load_guides(SHIPPED)
    guides.publish(county, [*shipped, make_guide(version=2)], by="county")
    guides.withdraw(county, "QX-G13", reason="修订", by="county")

    with views(events_of(county)) as db:
        facets = guides.facets(db, on=ON)

        assert facets.life_event["困难救助"] == 5
        assert "建房" not in facets.life_event
        for tag, count in facets.special_group.items():
            assert len(guides.list_guides(db, on=ON, group=tag)) == count
        assert list(facets.theme.values()) == sorted(facets.theme.values(), reverse=True)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        pytest.param("派出所", ["QX-G12"], id="by-department"),
        pytest.param("高龄津贴", ["QX-G06"], id="in-the-name"),
        pytest.param("养老", ["QX-G08", "QX-G02", "QX-G06"], id="name-before-tag"),
        pytest.param("残疾人 补贴", ["QX-G04"], id="two-words"),
        pytest.param("", [], id="blank"),
        pytest.param("%", [], id="wildcard-is-a-character"),
        pytest.param("火箭发射", [], id="nothing"),
    ],
)
def test_guides_are_found_by_topic(county: Record, words: str, found: list[str]) -> None:
    guides.publish(county, guides.load_guides(SHIPPED), by="county")

    with views(events_of(county)) as db:
        assert [line.id for line in guides.find_by_topic(db, words, on=ON)] == found


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        pytest.param({"name": None}, "第 2 份指南（QX-X）.*name", id="wrong-type"),
        pytest.param({"steps": [{"no": 1}]}, "第 2 份指南（QX-X）.*steps", id="step-without-name"),
        pytest.param({"id": "QX-G01"}, "QX-G01 前面已经用过", id="id-twice"),
        pytest.param(
            {"steps": [{"no": 1, "name": "受理", "who": "镇", "days": 1, "unit": "星期"}]},
            "星期",
            id="unknown-unit",
        ),
    ],
)
def test_a_guide_that_cannot_be_read_is_named(
    tmp_path: Path, change: dict[str, object], complaint: str
) -> None:
    first = json.loads(SHIPPED.read_text(encoding="utf-8"))[0]
    path = tmp_path / "guides.json"
    path.write_text(json.dumps([first, {**first, "id": "QX-X", **change}]), encoding="utf-8")

    with pytest.raises(ValueError, match=complaint):
        guides.load_guides(path)


@pytest.mark.parametrize("text", ["", "{}", "[1]", "[{]", "\ufeff[]"], ids=repr)
def test_a_file_that_is_no_list_of_guides_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "坏文件.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ValueError, match=r"坏文件\.json"):
        guides.load_guides(path)

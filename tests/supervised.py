"""A county under supervision for tests: one guide, practice A taken up, a village; cases that are filed, and rounds."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from nodes import VILLAGE, FakeClock, Place, copy_place, make_place

from content import cases, guides, supervision_rules
from content.case_forms import Filing
from content.node import Node
from content.supervision_watch import Watch

GUIDES = guides.load_guides(Path(guides.__file__).parent / "data" / "guides.json")
GUIDE = next(guide for guide in GUIDES if guide.id == "QX-G06")  # 15 working days: steps of 1, 7 and 7
EARLY, AT_EXPIRY = supervision_rules.shipped()
MONDAY = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


def opened(folder: Path) -> Iterator[Place]:
    made = copy_place(_make, folder, FakeClock(MONDAY))
    yield made
    made.close()


def _make(folder: Path) -> Place:
    made = make_place(folder, FakeClock(MONDAY))
    guides.publish(made.county.record, [GUIDE], by="test")
    take_up(made, EARLY)
    made.add_village()
    made.sync()
    return made


def take_up(place: Place, rule_set: supervision_rules.RuleSet) -> None:
    today = place.clock().astimezone(UTC).date()
    supervision_rules.set_rules(place.county.record, supervision_rules.taken_up(rule_set, today), by="test")
    place.county.views.catch_up()


def file_case(place: Place) -> str:
    node = place.villages[VILLAGE]
    filing = Filing("王阿婆", "13900001234", "", GUIDE.id, "desk", "zhou")
    case_no = cases.file_case(
        node.record, node.views.read(), node.keys, filing, place.county.keys.seal_public_key
    )
    node.views.catch_up()
    place.sync()
    return case_no


def accept(place: Place, case_no: str) -> None:
    cases.accept(place.county.record, place.county.views.read(), case_no, by="lin")
    place.county.views.catch_up()


def on(place: Place, day: str, hour: int = 10) -> None:
    place.clock.now = datetime.fromisoformat(f"{day}T{hour:02}:00:00+08:00").astimezone(UTC)


def go(node: Node) -> list[tuple[str, str]]:
    """One round; what stands in the cards now: rule and state, in the order they were given."""
    Watch(node).run_once()
    rows = node.views.read().execute("SELECT rule, state FROM cards ORDER BY event_order")
    return [(rule, state) for rule, state in rows]


def card_of(node: Node, rule: str) -> str:
    return str(node.views.read().execute("SELECT card FROM cards WHERE rule = ?", [rule]).fetchone()[0])

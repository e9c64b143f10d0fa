"""Reminders and cards by text: to the staff whom the rule names and who left a number, once, with nothing personal in them."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from sms_places import CHEN, COUNTY, VILLAGE, WANG, ZHAO, Hub, make_hub

from content import accounts, case_joint, cases, departments, staff_contacts, supervision_rules
from content.accounts import Account
from content.departments import Department
from content.errors import RuleError
from content.staff_contacts import StaffContacts
from content.supervision_watch import Watch
from sms import templates
from sms.segments import count_segments

TOWNSHIP, CLERK, AUDITOR = "13900001234", "13800005678", "13600009012"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    """23 November 2026, noon; practice A; a township, a county clerk and an auditor who left their numbers."""
    with make_hub(tmp_path) as made:
        record = made.county.record
        for name, role, area in (
            ("town", "township", VILLAGE[:9]),
            ("clerk", "county", COUNTY),
            ("audit", "auditor", COUNTY),
        ):
            accounts.set_account(record, Account(name, name, (role,), area), by="test")
        departments.set_department(record, Department("MZJ", "清溪县民政局", "county", COUNTY), by="test")
        rules = supervision_rules.taken_up(supervision_rules.shipped()[0], date(2026, 11, 23))
        supervision_rules.set_rules(record, rules, by="test")
        contacts = StaffContacts(record)
        for name, number in (("town", TOWNSHIP), ("clerk", CLERK), ("audit", AUDITOR)):
            contacts.keep(name, number)
        made.sync()
        yield made


def late_case(hub: Hub, *, days: float) -> str:
    """A case whose promised day (14 December) has passed by so many days after 23 November."""
    case_no = hub.file("13700007777")
    cases.accept(hub.county.record, hub.county.views.read(), case_no, by="lin")
    hub.sync()
    hub.work()
    hub.clock.turn(days=days)
    return case_no


def go(hub: Hub) -> None:
    Watch(hub.county).run_once()
    hub.work()
    hub.clock.turn(hours=1)
    hub.work()


def test_the_township_is_told_of_its_case_and_the_others_as_the_rule_says(hub: Hub) -> None:
    late_case(hub, days=22)

    go(hub)

    for number in (WANG, CHEN):  # holder and county
        texts = [text for text in hub.screen(number) if "承诺时限" in text]
        assert len(texts) == 1
        assert "红牌：办件" in texts[0]
        assert "12月14日" in texts[0]
        assert count_segments(texts[0]) == 1
    assert [text for text in hub.screen(ZHAO) if "承诺时限" in text] == []


def test_a_card_is_told_once_and_escalation_to_those_above(hub: Hub) -> None:
    late_case(hub, days=22)
    go(hub)
    before = len(hub.screen(WANG))
    go(hub)
    assert len(hub.screen(WANG)) == before

    hub.clock.turn(days=4)
    go(hub)

    (text,) = [text for text in hub.screen(ZHAO) if "还没有改正" in text]
    assert "请督促" in text


def test_the_county_is_the_holder_of_what_was_handed_to_its_department(hub: Hub) -> None:
    case_no = late_case(hub, days=17)
    case_joint.hand_over(
        hub.county.record, hub.county.views.read(), case_no, to="MZJ", reason="按职责", by="lin"
    )
    hub.sync()
    hub.work()

    go(hub)

    assert any(
        ("提醒" in text and "承诺时限" in text) or ("黄牌" in text and "承诺时限" in text)
        for text in hub.screen(CHEN)
    )
    assert not any("承诺时限" in text for text in hub.screen(WANG))


def test_numbers_of_staff_are_in_no_clear_text_and_forgotten_when_they_are_cleared(hub: Hub) -> None:
    record, contacts = hub.county.record, StaffContacts(hub.county.record)
    with record.read() as connection:
        rows = connection.execute(sa.select(staff_contacts.staff_contacts)).all()
    assert len(rows) == 3
    assert not any(number.encode() in row.hidden for row in rows for number in (TOWNSHIP, CLERK, AUDITOR))
    assert contacts.masked()["town"] == "139****1234"

    contacts.keep("town", "")

    assert set(contacts.masked()) == {"clerk", "audit"}
    with pytest.raises(RuleError, match="11 位"):
        contacts.keep("town", "0578-0000110")


def test_every_wording_for_staff_fits_one_text_with_the_longest_words() -> None:
    parameters = {
        "colour": "黄牌", "about": "群众意见Q7K2-M9XF-P", "clock": "承诺时限", "due_on": "12月31日", "rectify_by": "12月31日",
    }  # fmt: skip
    for key in ("staff_card", "staff_card_by", "staff_card_up"):
        wording = templates.word(key, parameters, signature="【清溪县柳河镇】")
        assert count_segments(wording.text) == 1, wording.text

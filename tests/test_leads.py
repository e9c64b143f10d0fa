"""A case begun by text: somebody asks for the agent's help, the agent sees whom to call, and the number stays masked there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sms_places import LOW_INCOME, VILLAGE, WANG, Hub, make_hub

from content import leads
from content.errors import NotFound, RuleError
from content.record.events import NewEvent
from sms import staff_notes

PENSION = "QX-G08"  # 城乡居民养老保险参保


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with make_hub(tmp_path) as made:
        yield made


def _open(hub: Hub) -> list[leads.Lead]:
    hub.sync()
    return leads.open_leads(hub.village.views.read(), hub.village.keys, VILLAGE)


def _end(hub: Hub, no: str, outcome: str = "helped") -> None:
    village = hub.village
    leads.end(village.record, village.views.read(), village.keys, VILLAGE, no, outcome=outcome, by="zhou")
    hub.sync()
    hub.work()


@pytest.mark.parametrize("texts", [("办事 养老保险", "1"), ("代办 养老",), ("请帮办养老保险",)])
def test_who_asks_for_an_agent_is_told_what_to_bring_and_stands_at_the_desk(
    hub: Hub, texts: tuple[str, ...]
) -> None:
    *_, answer = [hub.text(WANG, words)[-1] for words in texts]

    (lead,) = _open(hub)
    (note,) = staff_notes.open_notes(hub.county.record)
    assert "一个工作日内打这个电话找您" in answer
    assert (lead.guide_id, lead.number) == (PENSION, "139****1234")
    assert (note.kind, note.number) == ("lead", WANG)


def test_the_answer_names_no_matter_that_tells_of_need(hub: Hub) -> None:
    (answer,) = hub.text(WANG, "代办 低保")

    (lead,) = _open(hub)
    assert lead.guide_id == LOW_INCOME
    assert "低保" not in answer
    assert "最低生活保障" not in answer.split("请先备好")[0]


def test_asking_how_something_is_done_asks_for_nobody(hub: Hub) -> None:
    (answer,) = hub.text(WANG, "养老保险怎么办")
    hub.text(WANG, "M")

    assert "养老" in answer
    assert _open(hub) == []


def test_what_the_agent_has_seen_to_leaves_the_desk_and_the_county(hub: Hub) -> None:
    hub.text(WANG, "代办 养老")
    (lead,) = _open(hub)

    _end(hub, lead.no)

    assert _open(hub) == []
    assert staff_notes.open_notes(hub.county.record) == []
    with pytest.raises(NotFound):
        _end(hub, lead.no)


def test_an_outcome_must_be_one_of_three(hub: Hub) -> None:
    hub.text(WANG, "代办 养老")
    (lead,) = _open(hub)

    with pytest.raises(RuleError, match="结果"):
        _end(hub, lead.no, "")


def test_the_number_is_in_no_copy_of_the_villages_record(hub: Hub) -> None:
    hub.text(WANG, "代办 养老")
    hub.sync()

    raw = b"".join(path.read_bytes() for path in hub.village.home.glob("*.db*"))
    assert b"13900001234" not in raw
    assert b"139****1234" not in raw


def test_a_village_cannot_end_anothers_lead(hub: Hub) -> None:
    hub.text(WANG, "代办 养老")
    (lead,) = _open(hub)
    body = {"village": "330999101202", "no": lead.no, "outcome": "helped"}

    hub.village.record.append("county", NewEvent("lead_ended", body, "zhou"))

    assert _open(hub) == [lead]

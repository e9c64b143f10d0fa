"""Drafts on their way to a signature: kept hidden, moved by the right person, published once."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from publishing import VILLAGE, make_record

from content.accounts import Account
from content.drafts import Draft, Drafts
from content.errors import NotFound, RuleError
from content.publications import Review
from content.record.events import NewEvent
from content.record.store import Record, Transaction

WU = Account("wu", "吴桂花", ("committee",), VILLAGE)
LI = Account("li", "李监督", ("committee",), VILLAGE)
ZHOU = Account("zhou", "周桂芳", ("agent", "committee"), VILLAGE)
AGENT = Account("qian", "钱小妹", ("agent",), VILLAGE)
DATA = {"item": "V4", "secret": "还没公开的话"}


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with make_record(tmp_path, VILLAGE) as made:
        yield made


@pytest.fixture
def drafts(record: Record) -> Drafts:
    return Drafts(record)


def accept(_draft: Draft) -> None:
    """Nothing keeps the draft from being published."""


def submitted(drafts: Drafts) -> str:
    draft_id = drafts.start("notice", "zhou", title="路灯", data=DATA)
    drafts.submit(draft_id, check=accept)
    return draft_id


def publisher(record: Record) -> Callable[[Transaction, Draft, Review], str]:
    stream = record.own_stream("all")

    def publish(transaction: Transaction, draft: Draft, review: Review) -> str:
        new = NewEvent("notice_published", {"title": draft.title, "by": review.by}, draft.author)
        return transaction.append(stream, [new])[0]

    return publish


def published(record: Record) -> int:
    return sum(stream.size - 1 for stream in record.streams() if stream.audience == "all")


def test_a_draft_is_there_again_after_a_restart_and_unreadable_on_the_disk(
    record: Record, drafts: Drafts, tmp_path: Path
) -> None:
    draft_id = drafts.start("notice", "zhou", title="路灯维修", data=DATA)
    drafts.save(draft_id, title="路灯维修通知", data=DATA, overrides={"mobile:1": "村办电话"})

    found = Drafts(record).get(draft_id)

    assert (found.title, found.data, found.overrides) == ("路灯维修通知", DATA, {"mobile:1": "村办电话"})
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("record.db*"))
    assert "还没公开的话".encode() not in kept
    assert "路灯维修".encode() not in kept


def test_a_submitted_draft_is_not_edited_until_it_is_returned(drafts: Drafts) -> None:
    draft_id = submitted(drafts)
    with pytest.raises(RuleError, match="已经送审"):
        drafts.save(draft_id, title="改", data=DATA)

    drafts.give_back(draft_id, reason="写明路段")
    assert drafts.get(draft_id).returned_reason == "写明路段"
    drafts.save(draft_id, title="改", data=DATA)
    drafts.submit(draft_id, check=accept)

    assert (drafts.get(draft_id).state, drafts.get(draft_id).returned_reason) == ("submitted", "")


def test_what_the_check_refuses_stays_a_draft(drafts: Drafts) -> None:
    draft_id = drafts.start("notice", "zhou", title="路灯", data=DATA)

    def refuse(_draft: Draft) -> None:
        raise RuleError("还没有标题", code="no_title")

    with pytest.raises(RuleError, match="还没有标题"):
        drafts.submit(draft_id, check=refuse)
    assert drafts.get(draft_id).state == "draft"


@pytest.mark.parametrize(
    ("signer", "code"), [(ZHOU, "own_draft"), (AGENT, "own_draft")], ids=["the drafter", "another agent"]
)
def test_only_another_committee_member_signs(
    record: Record, drafts: Drafts, signer: Account, code: str
) -> None:
    draft_id = submitted(drafts)

    with pytest.raises(RuleError) as refused:
        drafts.sign(draft_id, signer, opinion="同意", publish=publisher(record))

    assert refused.value.code == code
    assert published(record) == 0


def test_a_signature_names_the_event_and_empties_the_drafts_own_copy(record: Record, drafts: Drafts) -> None:
    draft_id = submitted(drafts)
    event = drafts.sign(draft_id, WU, opinion="同意", publish=publisher(record))

    found = drafts.get(draft_id)
    assert (found.state, found.event, found.data) == ("published", event, {})
    assert not drafts.all_open()
    with pytest.raises(RuleError, match="已经有人签过"):
        drafts.sign(draft_id, LI, opinion="同意", publish=publisher(record))


def test_two_who_sign_at_once_publish_once(record: Record, drafts: Drafts) -> None:
    draft_id, publish = submitted(drafts), publisher(record)
    gate, outcomes = threading.Barrier(2), []

    def sign(member: Account) -> None:
        gate.wait()
        try:
            outcomes.append(drafts.sign(draft_id, member, opinion="同意", publish=publish))
        except RuleError as exc:
            outcomes.append(exc.code)

    threads = [threading.Thread(target=sign, args=(member,)) for member in (WU, LI)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcome == "not_submitted" for outcome in outcomes) == [False, True]
    assert published(record) == 1


def test_a_power_cut_inside_the_signature_leaves_the_draft_and_publishes_nothing(
    record: Record, drafts: Drafts
) -> None:
    draft_id, publish = submitted(drafts), publisher(record)

    def cut(transaction: Transaction, draft: Draft, review: Review) -> str:
        publish(transaction, draft, review)
        raise OSError("the power is gone")

    with pytest.raises(OSError, match="power"):
        drafts.sign(draft_id, WU, opinion="同意", publish=cut)

    assert (drafts.get(draft_id).state, published(record)) == ("submitted", 0)
    drafts.sign(draft_id, WU, opinion="同意", publish=publish)
    assert published(record) == 1


def test_a_draft_that_changed_since_it_was_read_is_not_signed(record: Record, drafts: Drafts) -> None:
    draft_id = submitted(drafts)
    seen = drafts.get(draft_id).digest
    drafts.give_back(draft_id, reason="再改改")
    drafts.save(draft_id, title="路灯", data={**DATA, "item": "V5"})
    drafts.submit(draft_id, check=accept)

    with pytest.raises(RuleError, match="又改过"):
        drafts.sign(draft_id, WU, opinion="同意", publish=publisher(record), seen=seen)
    assert published(record) == 0


@pytest.mark.parametrize(
    "changes", [{"title": "别的"}, {"data": {"item": "V5"}}, {"overrides": {"mobile:1": "行"}}], ids=str
)
def test_the_digest_changes_with_everything_that_would_be_published(
    drafts: Drafts, changes: dict[str, object]
) -> None:
    draft_id = drafts.start("notice", "zhou", title="路灯", data=DATA)
    before = drafts.get(draft_id).digest

    values = {"title": "路灯", "data": DATA, "overrides": {}} | changes
    assert drafts.save(draft_id, **values).digest != before  # type: ignore[arg-type]


def test_a_return_needs_a_reason_and_a_waiting_draft(drafts: Drafts) -> None:
    draft_id = submitted(drafts)
    with pytest.raises(RuleError, match="原因"):
        drafts.give_back(draft_id, reason=" ")
    drafts.give_back(draft_id, reason="改")
    with pytest.raises(RuleError, match="不在等待"):
        drafts.give_back(draft_id, reason="再退一次")


def test_those_that_wait_for_a_signature_come_first(drafts: Drafts) -> None:
    plain = drafts.start("notice", "zhou", title="草稿", data=DATA)
    waiting = submitted(drafts)

    assert [draft.id for draft in drafts.all_open()] == [waiting, plain]


def test_a_published_draft_is_not_discarded_and_an_unknown_one_is_said_to_be_gone(
    record: Record, drafts: Drafts
) -> None:
    draft_id = submitted(drafts)
    drafts.sign(draft_id, WU, opinion="同意", publish=publisher(record))
    drafts.discard(draft_id)
    assert drafts.get(draft_id).state == "published"

    other = drafts.start("notice", "zhou", title="路灯", data=DATA)
    drafts.discard(other)
    with pytest.raises(NotFound, match="没有这份草稿"):
        drafts.get(other)
    with pytest.raises(ValueError, match="poem"):
        drafts.start("poem", "zhou", title="", data={})

"""Frames between nodes: any order, repetition and splitting gives the same record and the same views."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nodes import COUNTY, OTHER_VILLAGE, VILLAGE, FakeClock
from samples import publish_notice

from content import notices, villages
from content.errors import RecordError
from content.node import Node, init, open_node
from content.record import checkpoint
from content.record.events import NewEvent
from content.record.frames import Frame, accept, cut
from content.record.merkle import Frontier
from content.record.store import SignedHead
from content.record.verify import verify
from content.villages import Village


def _node(folder: Path, code: str) -> Node:
    init(folder / code, kind="county" if len(code) == 6 else "village", code=code, name=code)
    return open_node(folder / code, clock=FakeClock())


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> list[Frame]:
    """Everything that two villages and their county have said, one event a commit."""
    folder = tmp_path_factory.mktemp("sources")
    nodes = [_node(folder, code) for code in (VILLAGE, OTHER_VILLAGE, COUNTY)]
    for node in nodes[:2]:
        first = publish_notice(node, title="第一版")
        publish_notice(node, title="更正版", reason="数字写错", replaces=first)
        gone = publish_notice(node, title="发错的")
        stream = node.record.own_stream("all")
        with node.record.write() as transaction:
            notices.withdraw(transaction, stream, gone, reason="发错村", by="zhou")
        node.record.append("all", NewEvent("notice_published", {"nonsense": True}, "zhou"))
        node.record.append("county", NewEvent("case_rated", {"case_no": "none", "score": 5}, "zhou"))
    for name in ("柳河村", "柳河新村"):
        villages.list_village(nodes[2].record, Village(VILLAGE, name, "柳河镇", VILLAGE[:9]), by="test")
    found = [f for node in nodes for stream in node.record.streams() for f in _single_frames(node, stream.id)]
    for node in nodes:
        node.close()
    return found


def _single_frames(node: Node, stream) -> Iterator[Frame]:  # type: ignore[no-untyped-def]
    """One frame a head: the finest cut there is."""
    held = 0
    for signed in node.record.heads(stream):
        yield Frame(stream, held, tuple(node.record.entries(stream, held, signed.head.size)), signed)
        held = signed.head.size


def _deliver(hub: Node, frames: list[Frame]) -> None:
    """Hand frames over until none is new: a frame that comes too early is refused and comes again."""
    waiting = list(frames)
    while waiting:
        left = []
        for frame in waiting:
            try:
                accept(hub.record, frame, may_open=lambda _stream: True)
                hub.views.catch_up()
            except RecordError as exc:
                if exc.code != "gap":
                    raise
                left.append(frame)
        assert len(left) < len(waiting)
        waiting = left


@pytest.fixture(scope="module")
def expected(frames: list[Frame], tmp_path_factory: pytest.TempPathFactory) -> str:
    hub = _node(tmp_path_factory.mktemp("expected"), "330998")
    _deliver(hub, frames)
    return hub.views.digest()


@settings(max_examples=25)
@given(data=st.data())
def test_any_order_and_repetition_of_frames_gives_the_same_views(
    data: st.DataObject, frames: list[Frame], expected: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    order = data.draw(st.permutations(range(len(frames))))
    again = data.draw(st.lists(st.sampled_from(range(len(frames))), max_size=10))
    hub = _node(tmp_path_factory.mktemp("hub"), "330998")

    _deliver(hub, [frames[i] for i in [*order, *again]])

    assert hub.views.digest() == expected
    assert list(verify(hub.record)) == []
    hub.views.rebuild()
    assert hub.views.digest() == expected
    hub.close()


@settings(max_examples=15)
@given(sizes=st.lists(st.integers(1, 300), min_size=1, max_size=6), held=st.integers(0, 200))
def test_frames_cut_from_any_place_end_at_signed_heads_and_join(sizes: list[int], held: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        village = _node(Path(folder), VILLAGE)
        for size in sizes:
            village.record.append("all", *[NewEvent("test_noted", {"n": n}, "x") for n in range(size)])
        [stream] = village.record.streams()
        start = min(held, stream.size)

        pieces = list(cut(village.record, stream.id, start))

        assert sum(len(piece.entries) for piece in pieces) == stream.size - start
        assert all(len(piece.entries) <= 256 for piece in pieces)
        assert [p.start for p in pieces[1:]] == [p.stop for p in pieces[:-1]]
        village.close()


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[Node, Node, list[Frame]]]:
    village, hub = _node(tmp_path, VILLAGE), _node(tmp_path, COUNTY)
    publish_notice(village, title="一")
    publish_notice(village, title="二")
    [stream] = village.record.streams()
    yield village, hub, list(_single_frames(village, stream.id))
    village.close()
    hub.close()


def _refused(hub: Node, frame: Frame) -> str:
    with pytest.raises(RecordError) as refusal:
        accept(hub.record, frame, may_open=lambda _stream: True)
    return refusal.value.code


def test_changed_body_is_refused(two: tuple[Node, Node, list[Frame]]) -> None:
    _, hub, [genesis, second, _] = two
    accept(hub.record, genesis, may_open=lambda _stream: True)
    [entry] = second.entries
    forged = entry.__class__(
        entry.stream, entry.index, entry.header, entry.commitment, entry.salt, b'{"title":"forged"}'
    )

    assert _refused(hub, Frame(second.stream, second.start, (forged,), second.signed)) == "bad_frame"
    assert hub.record.streams()[0].size == 1


def test_head_signed_by_another_key_is_refused(two: tuple[Node, Node, list[Frame]]) -> None:
    _, hub, [genesis, second, _] = two
    accept(hub.record, genesis, may_open=lambda _stream: True)
    signed = SignedHead(second.signed.head, checkpoint.sign(second.signed.head, hub.keys.signing))

    assert _refused(hub, Frame(second.stream, second.start, second.entries, signed)) == "bad_signature"


def test_frame_before_its_turn_is_refused_as_a_gap(two: tuple[Node, Node, list[Frame]]) -> None:
    _, hub, [genesis, _, third] = two
    accept(hub.record, genesis, may_open=lambda _stream: True)

    assert _refused(hub, third) == "gap"


def test_stream_that_is_not_allowed_leaves_no_trace(two: tuple[Node, Node, list[Frame]]) -> None:
    _, hub, [genesis, *_] = two

    with pytest.raises(RecordError):
        accept(hub.record, genesis, may_open=lambda _stream: False)

    assert hub.record.streams() == []


def test_junk_under_an_old_true_head_cannot_seal_a_stream(two: tuple[Node, Node, list[Frame]]) -> None:
    _, hub, frames = two
    for frame in frames:
        accept(hub.record, frame, may_open=lambda _stream: True)
    junk = frames[2].entries[0]
    forged = Frame(frames[1].stream, 1, (junk.__class__(junk.stream, 1, *_parts(junk)),), frames[1].signed)

    assert _refused(hub, forged) == "bad_frame"
    assert hub.record.streams()[0].state == "open"


def _parts(entry):  # type: ignore[no-untyped-def]
    return entry.header, entry.commitment, entry.salt, entry.body


def test_true_fork_keeps_both_heads_and_seals_the_stream(two: tuple[Node, Node, list[Frame]]) -> None:
    village, hub, frames = two
    for frame in frames:
        accept(hub.record, frame, may_open=lambda _stream: True)
    other = frames[2].entries[0]
    entry = other.__class__(other.stream, 1, *_parts(other))
    frontier = Frontier()
    frontier.append(frames[0].entries[0].leaf())
    frontier.append(entry.leaf())
    head = checkpoint.Head(frames[0].stream, 2, frontier.root())
    fork = Frame(head.stream, 1, (entry,), SignedHead(head, checkpoint.sign(head, village.keys.signing)))

    assert _refused(hub, fork) == "forked"
    assert hub.record.streams()[0].state == "forked"
    assert "封存" in next(iter(verify(hub.record))).what


def test_note_form_of_a_head_carries_both_signatures(two: tuple[Node, Node, list[Frame]]) -> None:
    village, hub, frames = two
    head = frames[-1].signed.head
    witness = (
        "county",
        hub.keys.public_key,
        1_790_000_000,
        checkpoint.cosign(head, hub.keys.signing, 1_790_000_000),
    )

    note = checkpoint.as_note(
        head, signature=frames[-1].signed.signature, public_key=village.keys.public_key, witness=witness
    )

    body, _, signatures = note.partition("\n\n")
    assert body.splitlines()[:2] == [f"xiangting/{head.stream}", str(head.size)]
    assert [line.split(" ")[1] for line in signatures.splitlines()] == [f"xiangting/{head.stream}", "county"]
    assert checkpoint.is_cosigned(head, witness[2], witness[3], hub.keys.public_key)
    assert not checkpoint.is_cosigned(head, witness[2] + 1, witness[3], hub.keys.public_key)

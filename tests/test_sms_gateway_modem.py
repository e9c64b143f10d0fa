"""The local modem: SMSD's file as we fill and read it, and a real SMSD with its dummy phone from end to end."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sms_places import CHEN, NOON, OWN_NUMBER, WANG, HandClock, make_hub
from sqlite_utils.utils import sqlite3

from content.clock import later
from sms.gateway import HandOverError, Outgoing, Polled, Received
from sms.gateways.modem import ModemGateway
from sms.gateways.modem_inbound import Header, read_header
from sms.inbox_tables import inbox
from sms.outbox_tables import outbox
from sms.service import make_sms
from sms.settings import SmsSettings

SCHEMA = Path("/usr/share/doc/gammu-smsd/examples/sqlite.sql")
SHORT = Outgoing("Q7K2M9XFP.1", WANG, "【柳河村】办件已受理。", 3600)
LONG = Outgoing("Q7K2M9XFP.2", WANG, "【柳河村】" + "水渠维修竣工🎉" * 12, 3600)
SMSD = """
[gammu]
connection = none
model = dummy
device = {folder}/phone
[smsd]
service = sql
driver = sqlite3
host = localhost
user = none
password = none
DBDir = {folder}/
database = smsd.db
LogFile = {folder}/log
PhoneID = modem
CommTimeout = 1
ReceiveFrequency = 1
StatusFrequency = 1
DeliveryReport = log
CheckSecurity = 0
"""


def _make_file(path: Path) -> None:
    assert SCHEMA.exists(), "gammu-smsd 没有装；请用 python3 run.py test 运行测试，它会先装好。"
    with sqlite3.connect(path) as db:
        db.executescript(SCHEMA.read_text(encoding="utf-8"))
    db.close()


@pytest.fixture
def modem(tmp_path: Path) -> ModemGateway:
    _make_file(tmp_path / "smsd.db")
    return ModemGateway(tmp_path / "smsd.db", HandClock(), OWN_NUMBER)


def _run(modem: ModemGateway, statement: str, *values: object) -> list[tuple[object, ...]]:
    """As SMSD does it."""
    with sqlite3.connect(modem.database) as db:
        rows = db.execute(statement, values).fetchall()
    db.close()
    return rows


def _smsd_sends(modem: ModemGateway, status: str = "SendingOK", tp_status: int = -1, parts: int = 99) -> None:
    """SMSD moves the waiting text to its list of sent ones."""
    (first,) = _run(modem, "select ID, CreatorID, DestinationNumber, TextDecoded, UDH from outbox")
    rest = _run(modem, "select SequencePosition, TextDecoded, UDH from outbox_multipart order by 1")
    for place, text, header in [(1, first[3], first[4]), *rest][:parts]:
        _run(
            modem,
            """insert into sentitems (ID, CreatorID, DestinationNumber, Text, TextDecoded, UDH, SequencePosition,
                 Status, StatusError, SenderID) values (?, ?, ?, '', ?, ?, ?, ?, ?, 'modem')""",
            *(first[0], first[1], first[2], text, header, place, status, tp_status),
        )
    _run(modem, "delete from outbox")
    _run(modem, "delete from outbox_multipart")


def _comes_in(modem: ModemGateway, text: str, udh: str = "", sender: str = WANG) -> None:
    _run(
        modem,
        "insert into inbox (SenderNumber, Text, TextDecoded, UDH, RecipientID) values (?, '', ?, ?, 'modem')",
        *(sender, text, udh),
    )


def _poll(modem: ModemGateway, now: str = NOON) -> Polled:
    polled = modem.poll(now)
    modem.kept(polled)
    return polled


def test_a_short_text_is_one_row_with_our_attempt_and_its_validity(modem: ModemGateway) -> None:
    sent = modem.send(SHORT)

    assert (sent.provider_id, sent.state) == (SHORT.attempt, "accepted")
    statement = "select DestinationNumber, TextDecoded, Coding, UDH, MultiPart, RelativeValidity from outbox"
    assert _run(modem, statement) == [(WANG, SHORT.text, "Unicode_No_Compression", "", "false", 11)]


def test_a_long_text_is_cut_with_headers_and_no_character_is_split(modem: ModemGateway) -> None:
    modem.send(LONG)

    (first,) = _run(modem, "select TextDecoded, UDH, Text from outbox")
    rest = _run(modem, "select TextDecoded, UDH, Text from outbox_multipart order by SequencePosition")
    parts = [first, *rest]
    assert "".join(str(part[0]) for part in parts) == LONG.text
    assert [read_header(str(part[1])) for part in parts] == [Header(0, 2, 1), Header(0, 2, 2)]
    assert bytes.fromhex("".join(str(part[2]) for part in parts)).decode("utf-16-be") == LONG.text
    assert all(len(str(part[0]).encode("utf-16-be")) <= 134 for part in parts)


def test_a_plain_latin_text_keeps_the_cheap_alphabet(modem: ModemGateway) -> None:
    modem.send(Outgoing("Q7K2M9XFP.1", WANG, "Case accepted.", 3600))

    assert _run(modem, "select Coding from outbox") == [("Default_No_Compression",)]


@pytest.mark.parametrize(
    ("status", "tp_status", "state", "cause"),
    [
        ("SendingOK", -1, "sent", ""),
        ("SendingOKNoReport", -1, "sent", ""),
        ("DeliveryPending", 0x20, "sent", ""),
        ("DeliveryUnknown", -1, "sent", ""),
        ("DeliveryOK", 0, "delivered", ""),
        ("DeliveryFailed", 0x43, "undelivered", "bad_number"),
        ("DeliveryFailed", 0x46, "undelivered", "later"),
        ("DeliveryFailed", 0x62, "undelivered", "later"),
        ("DeliveryFailed", 0x40, "undelivered", "refused"),
        ("SendingError", -1, "failed", "later"),
        ("Error", -1, "failed", "later"),
    ],
)
def test_each_word_of_smsd_has_its_state(
    modem: ModemGateway, status: str, tp_status: int, state: str, cause: str
) -> None:
    modem.send(SHORT)
    _smsd_sends(modem, status, tp_status)

    (report,) = _poll(modem).reports

    assert (report.attempt, report.state, report.cause) == (SHORT.attempt, state, cause)


def test_a_long_text_is_sent_when_its_last_part_is(modem: ModemGateway) -> None:
    modem.send(LONG)
    _smsd_sends(modem, "DeliveryOK", parts=1)

    (report,) = _poll(modem).reports

    assert report.state == "accepted"


def test_news_is_told_until_it_is_kept_and_then_no_more(modem: ModemGateway) -> None:
    modem.send(SHORT)
    _smsd_sends(modem)

    assert modem.poll(NOON).reports == modem.poll(NOON).reports != ()
    modem.kept(modem.poll(NOON))

    assert modem.poll(NOON).reports == ()


def test_what_is_settled_or_saved_leaves_smsds_file(modem: ModemGateway) -> None:
    modem.send(SHORT)
    _smsd_sends(modem, "DeliveryOK")
    _comes_in(modem, "帮助")

    _poll(modem)

    assert _run(modem, "select ID from sentitems union all select ID from inbox") == []


def test_a_text_of_another_program_is_left_alone(modem: ModemGateway) -> None:
    columns = "ID, CreatorID, Text, TextDecoded, UDH, Status, SenderID"
    _run(modem, f"insert into sentitems ({columns}) values (7, 'other', '', 'x', '', 'DeliveryOK', 'modem')")

    assert _poll(modem).reports == ()
    assert _run(modem, "select ID from sentitems") == [(7,)]


def test_what_waited_too_long_for_the_modem_is_taken_back(modem: ModemGateway) -> None:
    modem.send(LONG)
    _run(modem, "update outbox set SendingTimeOut = datetime('now', '-1 hour')")

    early = _poll(modem, later(NOON, minutes=59))
    late = _poll(modem, later(NOON, minutes=61))

    assert early.reports == ()
    assert [(report.state, report.cause) for report in late.reports] == [("failed", "later")]
    assert _run(modem, "select ID from outbox union all select ID from outbox_multipart") == []


@pytest.mark.parametrize("text", [SHORT, LONG], ids=["short", "long"])
def test_a_text_in_doubt_is_found_by_our_attempt(modem: ModemGateway, text: Outgoing) -> None:
    modem.send(text)
    (waiting,) = modem.find(WANG, NOON)
    _smsd_sends(modem)
    (gone,) = modem.find(WANG, NOON)

    assert (waiting.text, waiting.report.state, waiting.report.attempt) == (
        text.text,
        "accepted",
        text.attempt,
    )
    assert (gone.text, gone.report.state, gone.report.attempt) == (text.text, "sent", text.attempt)
    assert modem.find(CHEN, NOON) == []


@pytest.mark.parametrize(
    ("udh", "header"),
    [
        ("", None),
        ("050003D30201", Header(0xD3, 2, 1)),
        ("060804ABCD0302", Header(0xABCD, 3, 2)),
        ("0A05041582000000 03D30202", Header(0xD3, 2, 2)),
        ("050003D30200", None),
        ("050003D30203", None),
        ("0500", None),
        ("nonsense", None),
    ],
)
def test_the_header_of_a_part_is_read_whatever_stands_around_it(udh: str, header: Header | None) -> None:
    assert read_header(udh) == header


def test_parts_come_together_in_any_order_and_twice(modem: ModemGateway) -> None:
    for text, udh in [("三", "050003D30303"), ("一", "050003D30301"), ("一", "050003D30301")]:
        _comes_in(modem, text, udh)
    _comes_in(modem, "别人", "050003D30302", sender=CHEN)
    _comes_in(modem, "帮助", sender=CHEN)
    assert [text.text for text in _poll(modem).received] == ["帮助"]

    _comes_in(modem, "二", "050003D30302")

    assert [(text.sender, text.text) for text in _poll(modem).received] == [(WANG, "一二三")]


def test_a_part_that_stays_away_leaves_a_gap_after_five_minutes(modem: ModemGateway) -> None:
    _comes_in(modem, "投诉 水渠", "050003D30201")

    assert _poll(modem, later(NOON, minutes=1)).received == ()
    (received,) = _poll(modem, later(NOON, minutes=6)).received

    assert received.text == "投诉 水渠…"


def test_a_text_not_kept_comes_again_under_the_same_id(modem: ModemGateway) -> None:
    _comes_in(modem, "帮助")

    first, again = modem.poll(NOON).received, modem.poll(NOON).received

    assert first == again == (Received(first[0].provider_id, WANG, OWN_NUMBER, "帮助"),)


@pytest.mark.parametrize("missing", ["file", "tables"])
def test_a_missing_file_or_schema_stops_the_gateway_in_words(tmp_path: Path, missing: str) -> None:
    if missing == "tables":
        (tmp_path / "smsd.db").touch()
    modem = ModemGateway(tmp_path / "smsd.db", HandClock())

    with pytest.raises(HandOverError, match="modem_database") as raised:
        modem.send(SHORT)

    assert raised.value.kind == "stopped"
    assert modem.health().signal is None


def test_a_file_that_somebody_holds_is_tried_again(
    modem: ModemGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sms.gateways.modem.BUSY_S", 0.01)
    holder = sqlite3.connect(modem.database)
    holder.execute("begin exclusive")

    with pytest.raises(HandOverError) as raised:
        modem.send(SHORT)

    holder.close()
    assert raised.value.kind == "safe"


# The real SMSD


@contextmanager
def _smsd(folder: Path) -> Iterator[None]:
    program = shutil.which("gammu-smsd")
    assert program, "gammu-smsd 没有装；请用 python3 run.py test 运行测试，它会先装好。"
    (folder / "phone" / "sms" / "1").mkdir(parents=True)
    (folder / "rc").write_text(SMSD.format(folder=folder), encoding="utf-8")
    with subprocess.Popen(
        [program, "-c", str(folder / "rc")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield
        finally:
            process.terminate()


def test_a_real_smsd_sends_and_receives_through_its_dummy_phone(tmp_path: Path) -> None:
    folder = tmp_path / "smsd"
    folder.mkdir()
    _make_file(folder / "smsd.db")
    with make_hub(tmp_path / "place") as hub, _smsd(folder):
        modem = ModemGateway(folder / "smsd.db", hub.clock, OWN_NUMBER)
        sms = make_sms(hub.county, modem, SmsSettings(own_number=OWN_NUMBER))
        hub.file("13900001234")
        _comes_in(modem, "帮助", sender=CHEN)

        deadline = time.monotonic() + 60
        states: list[str] = []
        while states != ["sent", "sent"] and time.monotonic() < deadline:
            sms.worker.run_once()
            with hub.county.record.read() as connection:
                states = [row.state for row in connection.execute(outbox.select())]
            time.sleep(0.2)

        sent = _run(
            modem, "select DestinationNumber, TextDecoded from sentitems order by ID, SequencePosition"
        )
        health = modem.health()
        with hub.county.record.read() as connection:
            heard = [(row.gateway, row.state) for row in connection.execute(inbox.select())]

    assert states == ["sent", "sent"]
    words = {number: "".join(str(text) for to, text in sent if to == number) for number, _ in sent}
    assert "已提交" in words[WANG]
    assert "发办件号查进度" in words[CHEN]
    assert heard == [("modem", "answered")]
    assert (health.signal, health.battery) == (42, 100)
    assert health.seen_at > "2020"

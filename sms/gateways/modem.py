"""Texts through a local SIM: Gammu SMSD drives the modem, this gateway meets it in its SQLite file; it starts no SMSD.

SMSD's file is in the clear, so what is settled or saved is deleted from it. Rows carry our attempt as their creator, which
SMSD copies to what it sent: so a text is found again for certain, and another program's texts are left alone.
Source: gammu-smsd-tables(7), 3GPP TS 23.040 9.2.3.15 (delivery reports), 9.2.3.24 (user data headers).
"""

import contextlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlite_utils.utils import sqlite3

from content.clock import Clock, later, to_text
from sms.gateway import (
    Cause,
    HandedState,
    HandOverError,
    Health,
    Kind,
    Listed,
    Outgoing,
    Polled,
    Received,
    Report,
    Sent,
)
from sms.gateways import modem_inbound
from sms.segments import encoding_of, split

OURS = "xiangting"
BUSY_S = 5.0
LOCAL_TIME_SINCE = 18  # SMSD's schema version from which it writes local times
KEEP_SENT_DAYS = 4  # a report may come as late as the text is valid
CODINGS = {"GSM-7": "Default_No_Compression", "UCS-2": "Unicode_No_Compression"}
WORDS: dict[Kind, str] = {
    "safe": "短信猫的数据库正忙，短信没有交出去，会自动再试。",
    "ambiguous": "不知道短信猫收下了没有，十分钟后核对。",
    "stopped": "短信猫的数据库打不开或没有建好，请检查 gammu-smsd 和设置 modem_database。",
}
# SMSD's word for one part of a text -> our state.
STATES: dict[str, HandedState] = {
    "SendingOK": "sent",
    "SendingOKNoReport": "sent",
    "DeliveryPending": "sent",
    "DeliveryUnknown": "sent",
    "DeliveryOK": "delivered",
    "DeliveryFailed": "undelivered",
    "SendingError": "failed",
    "Error": "failed",
}
WORST_FIRST: tuple[HandedState, ...] = ("failed", "undelivered", "sent", "delivered")
# TP-Status of a failed delivery -> what we do; others are for good.
FAILURES: dict[int, Cause] = {
    0x41: "bad_number",  # incompatible destination
    0x43: "bad_number",  # not obtainable
    0x46: "later",  # its validity ran out: the phone was off
}
STILL_NO_LUCK = range(0x60, 0x80)  # a passing fault, but the centre has given up


@dataclass
class ModemGateway:
    """One SMSD with its file at `database`, whose tables it has (see docs/sms.md). own_number: the SIM's."""

    database: Path
    clock: Clock
    own_number: str = ""
    name: str = "modem"
    _references: Iterator[int] = field(default_factory=lambda: itertools.cycle(range(256)), repr=False)
    _first_seen: dict[int, str] = field(default_factory=dict, repr=False)
    _states: dict[str, str] = field(default_factory=dict, repr=False)  # attempt -> what was told and kept
    _settled: list[str] = field(default_factory=list, repr=False)
    _rows: dict[str, list[int]] = field(default_factory=dict, repr=False)  # inbound text -> its rows

    def send(self, outgoing: Outgoing) -> Sent:
        """Put a text, cut into its segments, into SMSD's outbox. HandOverError when it is not surely there."""
        creator = f"{OURS} {outgoing.attempt} {later(to_text(self.clock()), seconds=outgoing.valid_s)}"
        parts = split(outgoing.text)
        headers = [""]
        if len(parts) > 1:
            reference = next(self._references)
            headers = [f"050003{reference:02X}{len(parts):02X}{no:02X}" for no in range(1, len(parts) + 1)]
        coding = CODINGS[encoding_of(outgoing.text)]
        with self._open(to_write=True) as db:
            number = db.execute(
                """insert into outbox (DestinationNumber, Text, TextDecoded, Coding, UDH, Class, MultiPart,
                     RelativeValidity, DeliveryReport, CreatorID)
                   values (:to, :hex, :text, :coding, :header, -1, :is_long, :validity, 'yes', :creator)""",
                {
                    "to": outgoing.to,
                    "hex": _hex(parts[0]),
                    "text": parts[0],
                    "coding": coding,
                    "header": headers[0],
                    "is_long": "true" if len(parts) > 1 else "false",
                    "validity": _relative_validity(outgoing.valid_s),
                    "creator": creator,
                },
            ).lastrowid
            db.executemany(
                """insert into outbox_multipart (ID, SequencePosition, Text, TextDecoded, Coding, UDH, Class)
                   values (?, ?, ?, ?, ?, ?, -1)""",
                [
                    (number, place + 1, _hex(parts[place]), parts[place], coding, headers[place])
                    for place in range(1, len(parts))
                ],
            )
        return Sent(outgoing.attempt)

    def find(self, to: str, since: str) -> list[Listed]:
        """What SMSD has for this number, whatever its age: the attempt tells for certain which is which."""
        with self._open() as db:
            waiting = db.execute(
                """select CreatorID, InsertIntoDB, TextDecoded || coalesce((
                     select group_concat(TextDecoded, '') from (
                       select TextDecoded from outbox_multipart where ID = outbox.ID order by SequencePosition)), '')
                   from outbox where DestinationNumber = :to and CreatorID like :ours""",
                {"to": to, "ours": f"{OURS} %"},
            ).fetchall()
            listed = [
                Listed(Report(attempt, "accepted", attempt=attempt), to, text, at)
                for creator, at, text in waiting
                for attempt in [creator.split()[1]]
            ]
            for sent in _sent(db):
                if sent.to == to:
                    listed.append(Listed(sent.report, to, sent.text, sent.at))
        return listed

    def poll(self, now: str) -> Polled:
        """News of what SMSD sent, and texts that came in, whole ones and those whose rest stays away."""
        with self._open() as db:
            expired = _expired(db, now)
            sent = _sent(db)
            rows = db.execute(
                """select ID, SenderNumber, TextDecoded, coalesce(UDH, ''), ReceivingDateTime from inbox
                   where Processed = 'false' order by ID"""
            ).fetchall()
        if expired:
            self._take_back(expired)
        parts = [modem_inbound.Part(*row) for row in rows]
        self._first_seen = {part.id: self._first_seen.get(part.id, now) for part in parts}
        gathered = modem_inbound.gather(parts, self._first_seen, now)
        self._rows = {text.provider_id: text.rows for text in gathered}
        received = [Received(text.provider_id, text.sender, self.own_number, text.words) for text in gathered]
        self._settled = [one.report.attempt for one in sent if one.is_settled(now)]
        news = [one.report for one in sent if self._states.get(one.report.attempt) != one.report.state]
        return Polled((*map(_too_late, expired.values()), *news), tuple(received))

    def kept(self, polled: Polled) -> None:
        """Delete what is saved or settled from SMSD's file."""
        self._states |= {report.attempt: report.state for report in polled.reports}
        rows = [number for text in polled.received for number in self._rows[text.provider_id]]
        if not rows and not self._settled:
            return
        with self._open(to_write=True) as db:
            db.executemany("delete from inbox where ID = ?", [(number,) for number in rows])
            db.executemany(
                "delete from sentitems where CreatorID like ?",
                [(f"{OURS} {attempt} %",) for attempt in self._settled],
            )
        for attempt in self._settled:
            self._states.pop(attempt, None)
        self._settled = []

    def _take_back(self, expired: dict[int, str]) -> None:
        """After a day without the modem nobody wants yesterday's news."""
        with self._open(to_write=True) as db:
            for number in expired:
                db.execute("delete from outbox where ID = ?", (number,))
                db.execute("delete from outbox_multipart where ID = ?", (number,))

    def health(self) -> Health:
        """Signal, battery and when SMSD last saw the modem; nothing when its file cannot be read."""
        try:
            with self._open() as db:
                is_local = db.execute("select Version from gammu").fetchone()[0] >= LOCAL_TIME_SINCE
                row = db.execute(
                    """select Signal, Battery, strftime('%Y-%m-%dT%H:%M:%SZ', UpdatedInDB,
                         case when :is_local then 'utc' else '+0 days' end)
                       from phones order by UpdatedInDB desc limit 1""",
                    {"is_local": is_local},
                ).fetchone()
        except HandOverError:
            return Health()
        if row is None:
            return Health()
        signal, battery, seen_at = row
        return Health(seen_at or "", _percent(signal), _percent(battery))

    @contextlib.contextmanager
    def _open(self, *, to_write: bool = False) -> Iterator[sqlite3.Connection]:
        """SMSD's file in one transaction, held for moments only: SMSD itself waits for nobody."""
        try:
            db = sqlite3.connect(
                f"file:{self.database}?mode=rw", uri=True, timeout=BUSY_S, isolation_level=None
            )
        except sqlite3.Error as exc:
            raise HandOverError(WORDS["stopped"], "stopped") from exc
        try:
            db.execute("pragma secure_delete = on")
            db.execute("begin immediate" if to_write else "begin")
            yield db
            db.execute("commit")
        except sqlite3.OperationalError as exc:
            kind = _kind(exc)
            raise HandOverError(WORDS[kind], kind) from exc
        except sqlite3.Error as exc:
            raise HandOverError(WORDS["ambiguous"], "ambiguous") from exc
        finally:
            db.close()


@dataclass(frozen=True)
class _SentText:
    """A text in SMSD's list of what it sent, all its parts together."""

    report: Report
    to: str
    text: str
    at: str
    expires_at: str

    def is_settled(self, now: str) -> bool:
        """Whether no more news of it is to be expected."""
        is_final = self.report.state in ("delivered", "undelivered", "failed")
        return is_final or now > later(self.expires_at, days=KEEP_SENT_DAYS)


def _hex(text: str) -> str:
    """Words for SMSD in hex, so that no other program's UTF-8 decoder comes between."""
    return text.encode("utf-16-be").hex().upper()


def _relative_validity(valid_s: int) -> int:
    """TP-Validity-Period: steps of 5 minutes up to 12 hours (143), enough for the 10 hours of a hand-over."""
    return max(0, min(valid_s // 300 - 1, 143))


def _sent(db: sqlite3.Connection) -> list[_SentText]:
    rows = db.execute(
        """select CreatorID, DestinationNumber, InsertIntoDB, TextDecoded, Status, StatusError, UDH
           from sentitems where CreatorID like :ours order by ID, SequencePosition""",
        {"ours": f"{OURS} %"},
    ).fetchall()
    texts = []
    for creator, group in itertools.groupby(rows, key=lambda row: row[0]):
        _, attempt, expires_at = creator.split()
        parts = list(group)
        header = modem_inbound.read_header(parts[0][6] or "")
        report = _report(attempt, parts, header.total if header else 1)
        said = "".join(part[3] for part in parts)
        texts.append(_SentText(report, parts[0][1], said, parts[0][2], expires_at))
    return texts


def _report(attempt: str, parts: list[tuple], total: int) -> Report:
    """The worst of the parts counts, and while some are still to go the text is only accepted."""
    state, tp_status = min(
        ((STATES[part[4]], part[5]) for part in parts), key=lambda p: WORST_FIRST.index(p[0])
    )
    if state in ("sent", "delivered") and len(parts) < total:
        return Report(attempt, "accepted", attempt=attempt)
    cause: Cause = ""
    if state == "undelivered":
        cause = "later" if tp_status in STILL_NO_LUCK else FAILURES.get(tp_status, "refused")
    elif state == "failed":
        cause = "later"  # the modem could not: another day it may
    code = str(tp_status) if cause and tp_status >= 0 else ""
    return Report(attempt, state, code=code, cause=cause, attempt=attempt)


def _expired(db: sqlite3.Connection, now: str) -> dict[int, str]:
    """Texts too old that SMSD has not begun to send: row -> attempt."""
    rows = db.execute(
        """select ID, CreatorID from outbox
           where CreatorID like :ours and substr(CreatorID, -20) <= :now
             and SendingTimeOut < case when (select Version from gammu) >= :local_since
                                       then datetime('now', 'localtime') else datetime('now') end""",
        {"ours": f"{OURS} %", "now": now, "local_since": LOCAL_TIME_SINCE},
    ).fetchall()
    return {number: creator.split()[1] for number, creator in rows}


def _too_late(attempt: str) -> Report:
    return Report(attempt, "failed", code="expired", cause="later", attempt=attempt)


def _kind(exc: Exception) -> Kind:
    words = str(exc).lower()
    if "locked" in words or "busy" in words:
        return "safe"
    return "stopped" if "no such" in words or "unable to open" in words else "ambiguous"


def _percent(value: int) -> int | None:
    return value if 0 <= value <= 100 else None

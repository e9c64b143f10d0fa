"""What a person has to look at: texts that could not be delivered, complaints, odd senders; local, readable here only."""

from dataclasses import dataclass

import msgspec
import sqlalchemy as sa

from content import codes
from content.local import local_tables
from content.record.keys import NodeKeys
from content.record.store import Record, Transaction

# What staff are asked to do, by kind.
TASKS = {
    "phone_villager": "短信没有送到，请打电话告诉当事人。",
    "may_be_twice": "短信可能发了两次，请留意。",
    "gateway_stopped": "短信网关停了，请检查账号、余额和发送号码，处理好后点“恢复”。",
    "complaint": "有人发来意见或投诉，请按程序办理。",
    "lead": "有人发短信想请代办员帮忙办事，请打电话，或告诉村里的代办员。",
    "many_misses": "这个号码一天里多次查不到办件，请留意是否有人在试号。",
    "silenced": "这个号码反复发同样或看不懂的短信，已不再自动回复，请看一下。",
    "over_budget": "本村今天的短信用量已到上限，其余的明早再发。",
}

staff_notes = sa.Table(
    "sms_staff_notes",
    local_tables,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("kind", sa.String(24), nullable=False),
    sa.Column(
        "about", sa.String(80), nullable=False
    ),  # a message, an inbound text, a gateway, a number's fingerprint
    sa.Column("village", sa.String(12), nullable=False),
    sa.Column("at", sa.String(20), nullable=False),
    sa.Column("hidden", sa.LargeBinary),
    sa.Column("done_at", sa.String(20), nullable=False),
    sa.UniqueConstraint("kind", "about"),
)


@dataclass(frozen=True)
class StaffNote:
    """One thing to do. number and text: "" where they do not matter or were deleted after seven days."""

    id: str
    kind: str
    about: str
    village: str
    at: str
    number: str
    text: str

    @property
    def task(self) -> str:
        return TASKS[self.kind]


def add(
    transaction: Transaction,
    keys: NodeKeys,
    *,
    kind: str,
    about: str,
    at: str,
    village: str = "",
    number: str = "",
    text: str = "",
) -> None:
    """Leave a note for staff; one of the same kind about the same thing changes nothing. ValueError for no kind of ours."""
    if kind not in TASKS:
        raise ValueError(f"unknown kind of note {kind!r}")
    same = sa.select(staff_notes.c.id).where(staff_notes.c.kind == kind, staff_notes.c.about == about)
    if transaction.execute(same).first() is None:
        row = {
            "id": codes.new_code(),
            "kind": kind,
            "about": about,
            "village": village,
            "at": at,
            "hidden": keys.hide(msgspec.json.encode({"number": number, "text": text})),
            "done_at": "",
        }
        transaction.execute(sa.insert(staff_notes), row)


def open_notes(record: Record, *, village: str = "") -> list[StaffNote]:
    """What is still to be done, the oldest first; of one village if given."""
    statement = sa.select(staff_notes).where(staff_notes.c.done_at == "").order_by(staff_notes.c.at)
    if village:
        statement = statement.where(staff_notes.c.village == village)
    with record.read() as connection:
        rows = connection.execute(statement).all()
    return [_note(record.keys, row) for row in rows]


def finish(transaction: Transaction, note_id: str, at: str) -> None:
    """Somebody has done it."""
    transaction.execute(sa.update(staff_notes).where(staff_notes.c.id == note_id).values(done_at=at))


def finish_about(transaction: Transaction, kind: str, about: str, at: str) -> None:
    """What a note of this kind asks for has been done elsewhere."""
    done = sa.update(staff_notes).where(staff_notes.c.kind == kind, staff_notes.c.about == about)
    transaction.execute(done.where(staff_notes.c.done_at == "").values(done_at=at))


def _note(keys: NodeKeys, row: sa.Row) -> StaffNote:
    said = msgspec.json.decode(keys.reveal(row.hidden)) if row.hidden else {"number": "", "text": ""}
    return StaffNote(row.id, row.kind, row.about, row.village, row.at, said["number"], said["text"])

"""The outbox's tables, states and limits; what is done with them is outbox.py and delivery.py."""

from datetime import datetime, time, timedelta
from typing import Literal

import sqlalchemy as sa

from content.clock import VILLAGE_ZONE, from_text, to_text
from content.local import local_tables

MessageKind = Literal["code", "reply", "case_news", "notice"]

PRIORITY = {"code": 0, "reply": 1, "case_news": 2, "notice": 3}
EXPIRY_MINUTES = {"code": 10, "reply": 60, "case_news": 48 * 60, "notice": 24 * 60}
UNASKED = ("case_news", "notice")  # held at night, capped, ended by a stop

# A report only ever lifts a row; what comes late or contradicts is kept beside it. A carrier that says "delivered"
# after "undelivered" is believed: the villager has the text.
RANK = {
    "held": 0,
    "queued": 1,
    "leased": 2,
    "unknown": 2,
    "accepted": 3,
    "sent": 4,
    "undelivered": 5,
    "failed": 5,
    "expired": 5,
    "suppressed": 5,
    "canceled": 5,
    "delivered": 6,
}
FINAL = frozenset(state for state, rank in RANK.items() if rank >= 5)

QUIET_FROM, QUIET_TO = time(21), time(8)

outbox = sa.Table(
    "sms_outbox",
    local_tables,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("event", sa.String(120), nullable=False),  # what it is sent for
    sa.Column("recipient", sa.String(32), nullable=False),  # fingerprint of the number
    sa.Column("template", sa.String(40), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("village", sa.String(12), nullable=False),
    sa.Column("segments", sa.Integer, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("gateway", sa.String(32), nullable=False),  # "" until one may have taken it
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("retry_no", sa.Integer, nullable=False),
    sa.Column("is_flagged", sa.Boolean, nullable=False),  # sent again though the first may have gone out
    sa.Column("created_at", sa.String(20), nullable=False),
    sa.Column("due_at", sa.String(20), nullable=False),  # when to look at it next
    sa.Column("handed_at", sa.String(20), nullable=False),
    sa.Column("expires_at", sa.String(20), nullable=False),
    sa.Column("changed_at", sa.String(20), nullable=False),
    sa.Column("code", sa.String(16), nullable=False),
    sa.Column("hidden", sa.LargeBinary),  # number, text and parameters; emptied after seven days
    sa.UniqueConstraint("event", "recipient", "template"),
    sa.Index("sms_outbox_due", "state", "priority", "due_at"),
    sa.Index("sms_outbox_recipient", "recipient", "handed_at"),
)
attempts = sa.Table(
    "sms_attempts",
    local_tables,
    sa.Column("id", sa.String(24), primary_key=True),  # "<message>.<number>"
    sa.Column("message", sa.String(16), nullable=False),
    sa.Column("gateway", sa.String(32), nullable=False),
    sa.Column("provider_id", sa.String(64), nullable=False, index=True),
    sa.Column("at", sa.String(20), nullable=False),
    sa.Column("outcome", sa.String(16), nullable=False),  # leased | accepted | one of gateway.Kind
    sa.Column("code", sa.String(16), nullable=False),
)
reports = sa.Table(
    "sms_reports",
    local_tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("message", sa.String(16), nullable=False),
    sa.Column("provider_id", sa.String(64), nullable=False, index=True),
    sa.Column("at", sa.String(20), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("code", sa.String(16), nullable=False),
    sa.Column("effect", sa.String(16), nullable=False),  # applied | late | contradictory | orphan
)
gateways = sa.Table(
    "sms_gateways",
    local_tables,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("paused_until", sa.String(20), nullable=False),
    sa.Column("stopped_at", sa.String(20), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("last_out_at", sa.String(20), nullable=False),
)
opt_outs = sa.Table(
    "sms_opt_outs",
    local_tables,
    sa.Column("recipient", sa.String(32), primary_key=True),
    sa.Column("at", sa.String(20), nullable=False),
    sa.Column("source", sa.String(16), nullable=False),  # text | carrier
)
TABLES = (outbox, attempts, reports, gateways, opt_outs)


def is_quiet(now: str) -> bool:
    """Whether nothing unasked is sent at this moment: 21:00 to 08:00 in the village."""
    local = from_text(now).astimezone(VILLAGE_ZONE).time()
    return local >= QUIET_FROM or local < QUIET_TO


def next_morning(now: str) -> str:
    """The next 08:00 in the village, as UTC text."""
    local = from_text(now).astimezone(VILLAGE_ZONE)
    day = local.date() if local.time() < QUIET_TO else local.date() + timedelta(days=1)
    return to_text(datetime.combine(day, QUIET_TO, VILLAGE_ZONE))


def day_start(now: str) -> str:
    """The last midnight in the village, as UTC text."""
    local = from_text(now).astimezone(VILLAGE_ZONE)
    return to_text(datetime.combine(local.date(), time(0), VILLAGE_ZONE))

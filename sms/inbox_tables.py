"""The inbox's tables: what came in, the conversation of the last ten minutes, and which village a sender asks about."""

import sqlalchemy as sa

from content.local import local_tables

inbox = sa.Table(
    "sms_inbox",
    local_tables,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("gateway", sa.String(32), nullable=False),
    sa.Column("provider_id", sa.String(64), nullable=False),
    sa.Column("sender", sa.String(32), nullable=False),  # fingerprint
    sa.Column("words", sa.String(32), nullable=False),  # fingerprint of the text, to see repeats
    sa.Column("received_at", sa.String(20), nullable=False),
    sa.Column(
        "arrival", sa.BigInteger, nullable=False, server_default="0"
    ),  # microseconds, of one node never the same
    sa.Column("state", sa.String(16), nullable=False),  # new | answered | silent
    sa.Column("why", sa.String(24), nullable=False),  # the intent answered, or why it was not
    sa.Column("is_miss", sa.Boolean, nullable=False),
    sa.Column("village", sa.String(12), nullable=False),
    sa.Column("hidden", sa.LargeBinary),  # sender and text; emptied after seven days
    sa.UniqueConstraint("gateway", "provider_id"),
    sa.Index("sms_inbox_new", "state", "received_at"),
    sa.Index("sms_inbox_sender", "sender", "received_at"),
)
conversations = sa.Table(
    "sms_conversations",
    local_tables,
    sa.Column("sender", sa.String(32), primary_key=True),
    sa.Column("at", sa.String(20), nullable=False),
    sa.Column("hidden", sa.LargeBinary, nullable=False),
)
senders = sa.Table(
    "sms_senders",
    local_tables,
    sa.Column("sender", sa.String(32), primary_key=True),
    sa.Column("village", sa.String(12), nullable=False),
)
TABLES = (inbox, conversations, senders)

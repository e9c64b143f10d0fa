"""Drafts (草稿): publications on their way to a second person's signature, at the desk a committee member's.

Local, encrypted and crash-safe; what is signed becomes an event in the same commit that closes its draft, so nothing
is published twice and nothing signed is lost.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from content import codes
from content.account_names import AccountNames
from content.accounts import Account
from content.clock import to_text
from content.errors import NotFound, RuleError
from content.local import create, local_tables
from content.phone_links import PhoneLinks
from content.publications import Review
from content.record.store import Record, Transaction

# Who signs what: at a village the supervision committee, at the county (guides) somebody else who edits.
COMMITTEE, EDITORS = frozenset({"committee"}), frozenset({"county", "admin"})
SIGNERS = {
    "notice": COMMITTEE,
    "statement": COMMITTEE,
    "roll": COMMITTEE,
    "ledger": COMMITTEE,
    "guide": EDITORS,
}
_OWN_DRAFT = {"guide": "起草人不能自己核准，要由县里另一位工作人员核准。"}
# The author of what came in by command, until an agent takes it up.
IMPORTED = "import"
OPEN_STATES = ("draft", "submitted", "returned")

drafts = sa.Table(
    "drafts",
    local_tables,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("author", sa.String(64), nullable=False),
    sa.Column(
        "hidden", sa.LargeBinary, nullable=False
    ),  # the Draft's title and data, readable by this node only
    sa.Column("updated_at", sa.String(20), nullable=False),
    sa.Column("returned_reason", sa.Text, nullable=False),
    sa.Column("event", sa.String(80), nullable=False),
)


@dataclass(frozen=True)
class Draft:
    """A draft. kind: one of SIGNERS; state: "draft", "submitted", "returned", "published";
    data: what the kind's publication needs (see publishing.py, guide_drafts.py); overrides: "kind:text" -> reason;
    event: the published event's id."""

    id: str
    kind: str
    state: str
    author: str
    title: str
    data: dict[str, Any]
    overrides: dict[str, str]
    updated_at: str
    returned_reason: str = ""
    event: str = ""

    @property
    def digest(self) -> str:
        """Changes with every change of what would be published: a signature is given for one digest."""
        plain = {"title": self.title, "data": self.data, "overrides": self.overrides}
        return hashlib.sha256(msgspec.json.encode(plain, order="sorted")).hexdigest()


class Drafts:
    """The drafts of one node, with the links that lead a telephone to them and the account names they taught."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self.links, self.account_names = PhoneLinks(record), AccountNames(record)
        create(record, drafts)

    def start(self, kind: str, author: str, *, title: str, data: dict[str, Any]) -> str:
        """Keep a new draft; its id. ValueError for an unknown kind."""
        if kind not in SIGNERS:
            raise ValueError(f"unknown kind {kind!r}")
        draft_id = codes.new_code()
        row = {
            "id": draft_id,
            "kind": kind,
            "state": "draft",
            "author": author,
            "hidden": self._hide(title, data, {}),
            "updated_at": to_text(self._record.clock()),
            "returned_reason": "",
            "event": "",
        }
        with self._record.write() as transaction:
            transaction.execute(sa.insert(drafts), row)
        return draft_id

    def save(
        self,
        draft_id: str,
        *,
        title: str,
        data: dict[str, Any],
        overrides: dict[str, str] | None = None,
    ) -> Draft:
        """Keep what was changed. RuleError when it is waiting for a signature or published."""
        with self._record.write() as transaction:
            draft = self._editable(transaction, draft_id)
            kept = draft.overrides if overrides is None else overrides
            self._update(transaction, draft_id, "draft", hidden=self._hide(title, data, kept))
        return self.get(draft_id)

    def change(
        self,
        draft_id: str,
        make: Callable[[dict[str, Any]], dict[str, Any]],
        *,
        overrides: dict[str, str] | None = None,
    ) -> Draft:
        """Keep what `make` makes of the data as it now stands, so that a desk and a telephone that write at once
        lose nothing of each other's. RuleError as for `save`, and whatever `make` raises; nothing is changed then."""
        with self._record.write() as transaction:
            draft = self._editable(transaction, draft_id)
            data = make(draft.data)
            title = str(data.get("title", draft.title))
            kept = draft.overrides if overrides is None else overrides
            self._update(transaction, draft_id, "draft", hidden=self._hide(title, data, kept))
        return self.get(draft_id)

    def take_up(
        self, draft_id: str, author: str, complete: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> Draft:
        """Make an imported draft the author's own, with what `complete` makes of its data. RuleError when somebody has."""
        with self._record.write() as transaction:
            draft = self._find(transaction, draft_id)
            if draft.author != IMPORTED:
                raise RuleError("这份草稿已经有人接手了。", code="taken_up")
            hidden = self._hide(draft.title, complete(draft.data), draft.overrides)
            self._update(transaction, draft_id, "draft", author=author, hidden=hidden)
        return self.get(draft_id)

    def submit(self, draft_id: str, *, check: Callable[[Draft], None]) -> None:
        """Send a draft to the committee. check: raises RuleError while something keeps it from being published."""
        with self._record.write() as transaction:
            draft = self._find(transaction, draft_id)
            if draft.state not in ("draft", "returned"):
                raise RuleError("已经送审了。", code="not_editable")
            check(draft)
            self._update(transaction, draft_id, "submitted", returned_reason="")

    def give_back(self, draft_id: str, *, reason: str) -> None:
        """The committee returns a draft to its author. RuleError without a reason."""
        if not reason.strip():
            raise RuleError("退回要写明原因。", code="no_reason")
        with self._record.write() as transaction:
            draft = self._find(transaction, draft_id)
            if draft.state != "submitted":
                raise RuleError("这一件不在等待签字。", code="not_submitted")
            self._update(transaction, draft_id, "returned", returned_reason=reason.strip())

    def sign(
        self,
        draft_id: str,
        signer: Account,
        *,
        opinion: str,
        publish: Callable[[Transaction, Draft, Review], str],
        seen: str | None = None,
    ) -> str:
        """The second person signs: the publication's event and the draft's end are one commit; the event id.

        publish: appends the publication (see publishing.py); seen: the digest of what the signer has read.
        RuleError when the drafter signs, it was signed before, or it was changed after the signer read it.
        """
        with self._record.write() as transaction:
            draft = self._find(transaction, draft_id)
            if draft.state != "submitted":
                raise RuleError("这一件不在等待签字，可能已经有人签过了。", code="not_submitted")
            if signer.name == draft.author or not SIGNERS[draft.kind] & set(signer.roles):
                raise RuleError(
                    _OWN_DRAFT.get(draft.kind, "起草人不能自己签字，要由监委会成员签。"), code="own_draft"
                )
            if seen is not None and seen != draft.digest:
                raise RuleError("您看过以后，这一件又改过了。请重新看一遍再签。", code="changed_since")
            review = Review(signer.name, signer.display_name, opinion, to_text(self._record.clock()))
            event = publish(transaction, draft, review)
            # The event holds everything from here on; the draft's own copy is emptied.
            self._update(
                transaction, draft_id, "published", event=event, hidden=self._hide(draft.title, {}, {})
            )
        return event

    def get(self, draft_id: str) -> Draft:
        """One draft. NotFound when there is none."""
        with self._record.read() as connection:
            return self._find(connection, draft_id)

    def all_open(self) -> list[Draft]:
        """Drafts that are not published, the ones that wait for a signature first, then the newest."""
        statement = (
            sa.select(drafts)
            .where(drafts.c.state.in_(OPEN_STATES))
            .order_by(drafts.c.state != "submitted", drafts.c.updated_at.desc())
        )
        with self._record.read() as connection:
            return [self._draft(row) for row in connection.execute(statement)]

    def discard(self, draft_id: str) -> None:
        """Delete a draft that is not published."""
        with self._record.write() as transaction:
            transaction.execute(
                sa.delete(drafts).where(drafts.c.id == draft_id, drafts.c.state != "published")
            )

    def _editable(self, transaction: Transaction, draft_id: str) -> Draft:
        draft = self._find(transaction, draft_id)
        if draft.state not in ("draft", "returned"):
            raise RuleError("已经送审或发布，不能再改。要改请先退回。", code="not_editable")
        return draft

    def _find(self, source: Transaction | sa.Connection, draft_id: str) -> Draft:
        row = source.execute(sa.select(drafts).where(drafts.c.id == draft_id)).one_or_none()
        if row is None:
            raise NotFound("没有这份草稿，可能已经删除。", code="no_draft")
        return self._draft(row)

    def _update(self, transaction: Transaction, draft_id: str, state: str, **values: Any) -> None:
        values |= {"state": state, "updated_at": to_text(self._record.clock())}
        transaction.execute(sa.update(drafts).where(drafts.c.id == draft_id).values(**values))

    def _hide(self, title: str, data: dict[str, Any], overrides: dict[str, str]) -> bytes:
        plain = {"title": title, "data": data, "overrides": overrides}
        return self._record.keys.hide(msgspec.json.encode(plain))

    def _draft(self, row: sa.Row) -> Draft:
        plain = msgspec.json.decode(self._record.keys.reveal(row.hidden))
        return Draft(
            id=row.id,
            kind=row.kind,
            state=row.state,
            author=row.author,
            updated_at=row.updated_at,
            returned_reason=row.returned_reason,
            event=row.event,
            **plain,
        )

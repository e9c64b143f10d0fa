"""From a draft to what is published: screened, masked, and rebuilt from reviewed values; the uploaded file is never used.

A draft's data (made from files by drafting.py) is, by kind:
notice: {item, document (Document.as_dict), issuer, period, objection_days, images: [BlobRef]}
statement: the fields of statements.Statement and "entries": [fields of statements.Entry]
roll: the fields of rolls.Roll, "rows": [fields of rolls.RollRow] and "held": [fields of own_payments.Held]
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from sqlite_utils import Database

from content import finances, notices, own_payments, rolls, screening
from content.drafts import Draft
from content.intake import document as documents
from content.intake.document import Document, Paragraph, Picture, Table
from content.publications import Review
from content.record.blobs import BlobRef
from content.record.store import Record, StreamId, Transaction
from content.screening import Finding
from content.statements import Entry, Statement


@dataclass(frozen=True)
class Streams:
    """Our streams that a publication may go to; opened before the transaction begins."""

    public: StreamId
    county: StreamId


@dataclass(frozen=True)
class Doubt:
    """Personal data that screening found in a draft. place: where it stands, in words; reason: "" when it is masked."""

    place: str
    finding: Finding
    reason: str = ""

    @property
    def key(self) -> str:
        """What an override names it by."""
        return f"{self.finding.kind}:{self.finding.text}"


def streams_of(record: Record) -> Streams:
    """This village's two streams."""
    return Streams(record.own_stream("all"), record.own_stream("county"))


def screen(draft: Draft, office_phones: frozenset[str] = frozenset()) -> list[Doubt]:
    """What would be masked in this draft, or is published with a reason, in reading order."""
    return _screened(draft, office_phones)[1]


def preview(draft: Draft, office_phones: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The draft's data as it would be published: every finding masked unless there is a reason against it."""
    return _screened(draft, office_phones)[0]


def publish(
    transaction: Transaction,
    streams: Streams,
    db: Database,
    draft: Draft,
    review: Review,
    *,
    office_phones: frozenset[str] = frozenset(),
) -> str:
    """Append the publication that this draft has become; its event id. Raises RuleError as the kind's module does."""
    data, doubts = _screened(draft, office_phones)
    replaces = data.get("replaces", "")
    if draft.kind == "notice":
        overrides = tuple(notices.Override(d.finding.kind, d.reason) for d in doubts if d.reason)
        notice = replace(build_notice(data, draft), reviews=(review,), overrides=overrides)
        return notices.publish(transaction, streams.public, notice, replaces=replaces)
    if draft.kind == "statement":
        statement, entries = build_statement(data, draft.author)
        statement = replace(statement, reviews=(review,))
        return finances.publish(transaction, streams.public, statement, entries, replaces=replaces)
    roll, rows = build_roll(data, draft.author)
    held = msgspec.convert(data["held"], list[own_payments.Held])
    roll = replace(roll, reviews=(review,))
    return rolls.publish_roll(
        transaction, streams.public, streams.county, roll, rows, held, db=db, replaces=replaces
    )


def build_notice(data: dict[str, Any], draft: Draft) -> notices.Notice:
    """The notice of a draft, not yet signed."""
    document = documents.from_dict(data["document"])
    shown = {image.sha256 for image in document.images}
    images = msgspec.convert(data.get("images", []), list[BlobRef])
    return notices.Notice(
        item=data["item"],
        title=document.title or draft.title,
        document=document.as_dict(),
        issuer=data.get("issuer", ""),
        drafted_by=draft.author,
        reviews=(),
        period=data.get("period", ""),
        legal_basis=data.get("legal_basis", ""),
        objection_days=int(data.get("objection_days", 0)),
        images=tuple(ref for ref in images if ref.sha256 in shown),
        reason=data.get("reason", ""),
    )


def build_statement(data: dict[str, Any], author: str) -> tuple[Statement, list[Entry]]:
    """The statement of a draft, not yet signed, and its entries."""
    fields = {name: value for name, value in data.items() if name not in ("entries", "replaces", "problems")}
    statement = msgspec.convert({**fields, "drafted_by": author, "reviews": []}, Statement)
    return statement, msgspec.convert(data["entries"], list[Entry])


def build_roll(data: dict[str, Any], author: str) -> tuple[rolls.Roll, list[rolls.RollRow]]:
    """The roll of a draft, not yet signed, and its rows."""
    fields = {
        name: value for name, value in data.items() if name not in ("rows", "held", "replaces", "problems")
    }
    roll = msgspec.convert({**fields, "drafted_by": author, "reviews": []}, rolls.Roll)
    return roll, msgspec.convert(data["rows"], list[rolls.RollRow])


def _screened(draft: Draft, phones: frozenset[str]) -> tuple[dict[str, Any], list[Doubt]]:
    if draft.kind == "notice":
        return _screen_notice(draft, phones)
    names = ("summary", "payee", "handler", "approver") if draft.kind == "statement" else ("group", "name")
    key = "entries" if draft.kind == "statement" else "rows"
    rows = [[str(row.get(name) or "") for name in names] for row in draft.data.get(key, [])]
    clean, doubts = _screen_rows(rows, draft, phones, "第 {} 行")
    changed = [
        {**row, **dict(zip(names, cells, strict=True))}
        for row, cells in zip(draft.data.get(key, []), clean, strict=True)
    ]
    title, title_doubts = _screen_text(str(draft.data.get("title", "")), "标题", draft, phones)
    return {**draft.data, "title": title, key: changed}, [*title_doubts, *doubts]


def _screen_notice(draft: Draft, phones: frozenset[str]) -> tuple[dict[str, Any], list[Doubt]]:
    document = documents.from_dict(draft.data["document"])
    title, doubts = _screen_text(document.title, "标题", draft, phones)
    blocks: list[documents.Block] = []
    for number, block in enumerate(document.blocks, start=1):
        clean, found = _screen_block(block, f"第 {number} 段", draft, phones)
        blocks.append(clean)
        doubts += found
    clean_document = replace(document, title=title, blocks=tuple(blocks))
    if any(not doubt.reason for doubt in doubts):
        clean_document = _without_page_images(clean_document)
    return {**draft.data, "document": clean_document.as_dict()}, doubts


def _without_page_images(document: Document) -> Document:
    """The picture of a whole page still shows what was masked in its text."""
    kept = [number for number, image in enumerate(document.images) if image.role != "page"]
    place = {old: new for new, old in enumerate(kept)}
    blocks = [
        replace(block, image=place[block.image]) if isinstance(block, Picture) else block
        for block in document.blocks
        if not isinstance(block, Picture) or block.image in place
    ]
    return replace(document, blocks=tuple(blocks), images=tuple(document.images[n] for n in kept))


def _screen_block(
    block: documents.Block, place: str, draft: Draft, phones: frozenset[str]
) -> tuple[documents.Block, list[Doubt]]:
    if isinstance(block, Paragraph):
        text, doubts = _screen_text(block.text, place, draft, phones)
        return replace(block, text=text), doubts
    if isinstance(block, Table):
        rows, doubts = _screen_rows(block.rows, draft, phones, place + "表格第 {} 行")
        return Table(tuple(tuple(row) for row in rows)), doubts
    return block, []


def _screen_text(text: str, place: str, draft: Draft, phones: frozenset[str]) -> tuple[str, list[Doubt]]:
    doubts = [_doubt(place, finding, draft) for finding in screening.find(text, office_phones=phones)]
    return screening.mask(text, [doubt.finding for doubt in doubts if not doubt.reason]), doubts


def _screen_rows(
    rows: Sequence[Sequence[str]], draft: Draft, phones: frozenset[str], place: str
) -> tuple[list[list[str]], list[Doubt]]:
    """`rows` masked, and what was found; place: words with {} for the row's number."""
    clean = [list(row) for row in rows]
    doubts: list[Doubt] = []
    by_cell: dict[tuple[int, int], list[Finding]] = {}
    for found in screening.find_in_rows(rows, office_phones=phones):
        doubt = _doubt(place.format(found.row + 1), found.finding, draft)
        doubts.append(doubt)
        if not doubt.reason:
            by_cell.setdefault((found.row, found.column), []).append(found.finding)
    for (row, column), findings in by_cell.items():
        clean[row][column] = screening.mask(rows[row][column], findings)
    return clean, doubts


def _doubt(place: str, finding: Finding, draft: Draft) -> Doubt:
    reason = draft.overrides.get(f"{finding.kind}:{finding.text}", "").strip() if finding.can_override else ""
    return Doubt(place, finding, reason)

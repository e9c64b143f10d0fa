"""From a draft to what is published: screened, masked, and rebuilt from reviewed values; the uploaded file is never used.

A draft's data is, by kind:
notice: {item, document (Document.as_dict), issuer, period, objection_days, images: [BlobRef]}
statement: the fields of statements.Statement and "entries": [fields of statements.Entry]
roll: the fields of rolls.Roll, "rows": [fields of rolls.RollRow] and "held": [fields of own_payments.Held]
ledger: the fields of ledger_rows.Ledger and "rows": [fields of its kind's row there]
Any of them, when it corrects a publication: "replaces" (that one's event id) and "reason".
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from sqlite_utils import Database

from content import (
    disclosure,
    finances,
    ledger_checks,
    ledger_rows,
    ledgers,
    notices,
    own_payments,
    publications,
    recordings,
    roll_checks,
    rolls,
    screening,
)
from content import statements as statement_checks
from content.drafts import Draft
from content.errors import RuleError
from content.intake import document as documents
from content.intake.document import Document, Paragraph, Picture, Table
from content.publications import Review
from content.record.blobs import BlobRef
from content.record.events import MAX_BODY_BYTES
from content.record.store import Record, StreamId, Transaction
from content.screening import Finding
from content.statements import Entry, Statement

# Typed beside the content itself, and published with it.
_FIELDS = {
    "title": "标题",
    "issuer": "发布单位",
    "period": "所属时期",
    "batch": "批次",
    "programme": "补贴项目",
    "legal_basis": "依据",
    "reason": "更正原因",
}
_ROW_CELLS = {
    "statement": ("entries", ("voucher", "account", "summary", "payee", "handler", "approver")),
    "roll": ("rows", ("group", "name", "unit")),
}
_TABLE_OF_KIND = {"notice": "notices", "statement": "statements", "roll": "rolls", "ledger": "ledgers"}
_ROOM_FOR_SIGNATURE = 2048  # bytes of an event that the review and the overrides may take


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
    can_override: bool = False

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


def check(db: Database, draft: Draft, *, office_phones: frozenset[str] = frozenset()) -> None:
    """RuleError with a sentence for the agent while something keeps this draft from being published."""
    data = preview(draft, office_phones)
    _require_in_force(db, draft.kind, data.get("replaces", ""))
    if data.get("replaces") and not data.get("reason", "").strip():
        raise RuleError("更正要写明原因。", code="no_reason")
    if not str(data.get("title", "")).strip():
        raise RuleError("还没有标题，请写上标题。", code="no_title")
    if draft.kind == "notice":
        notice = build_notice(data, draft)
        _check_notice(db, notice)
        recordings.refuse_stale(data, notice)
    elif draft.kind == "statement":
        _refuse_errors(statement_checks.check(*build_statement(data, draft.author)))
    elif draft.kind == "ledger":
        _refuse_errors(ledger_checks.check(*build_ledger(data, draft.author)))
    else:
        _refuse_errors(roll_checks.check(*build_roll(data, draft.author)))


def refuse_personal_data(text: str) -> None:
    """RuleError when words that go out unmasked (an opinion, a reason) hold a number of a person."""
    if found := screening.find(text):
        words = "、".join(finding.text for finding in found)
        raise RuleError(f"这段话会公开，里面有个人信息：{words}。请删去再提交。", code="personal_data")


def publish(
    transaction: Transaction,
    streams: Streams,
    db: Database,
    draft: Draft,
    review: Review,
    *,
    office_phones: frozenset[str] = frozenset(),
) -> str:
    """Append the publication that this draft has become; its event id. Raises RuleError as the kind's module does,
    "gone" when what it corrects is no longer in force."""
    data, doubts = _screened(draft, office_phones)
    replaces = data.get("replaces", "")
    _require_in_force(db, draft.kind, replaces)
    overrides = tuple(
        publications.Override(d.finding.kind, _masked(d.reason, office_phones)) for d in doubts if d.reason
    )
    if draft.kind == "notice":
        notice = replace(build_notice(data, draft), overrides=overrides, reviews=(review,))
        return notices.publish(transaction, streams.public, notice, replaces=replaces)
    if draft.kind == "statement":
        statement, entries = build_statement(data, draft.author)
        statement = replace(statement, overrides=overrides, reviews=(review,))
        return finances.publish(transaction, streams.public, statement, entries, replaces=replaces)
    if draft.kind == "ledger":
        ledger, ledger_lines = build_ledger(data, draft.author)
        ledger = replace(ledger, overrides=overrides, reviews=(review,))
        return ledgers.publish(transaction, streams.public, ledger, ledger_lines, replaces=replaces)
    roll, rows = build_roll(data, draft.author)
    held = msgspec.convert(data["held"], list[own_payments.Held])
    roll = replace(roll, overrides=overrides, reviews=(review,))
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
        reading=recordings.ref_of(data),
    )


def build_statement(data: dict[str, Any], author: str) -> tuple[Statement, list[Entry]]:
    """The statement of a draft, not yet signed, and its entries."""
    statement = msgspec.convert({**data, "drafted_by": author, "reviews": []}, Statement)
    return statement, msgspec.convert(data["entries"], list[Entry])


def build_roll(data: dict[str, Any], author: str) -> tuple[rolls.Roll, list[rolls.RollRow]]:
    """The roll of a draft, not yet signed, and its rows."""
    roll = msgspec.convert({**data, "drafted_by": author, "reviews": []}, rolls.Roll)
    return roll, msgspec.convert(data["rows"], list[rolls.RollRow])


def build_ledger(data: dict[str, Any], author: str) -> tuple[ledger_rows.Ledger, list[ledger_rows.Row]]:
    """The ledger of a draft, not yet signed, and its rows. RuleError when a figure is missing."""
    ledger = msgspec.convert({**data, "drafted_by": author, "reviews": []}, ledger_rows.Ledger)
    return ledger, ledger_rows.rows_from(ledger.kind, data["rows"])


def _check_notice(db: Database, notice: notices.Notice) -> None:
    if disclosure.get_item(db, notice.item) is None:
        raise RuleError("请选择公开事项。", code="no_item")
    if not notice.document["blocks"]:
        raise RuleError("公告还没有内容，请写上正文。", code="no_content")
    size = len(msgspec.json.encode(notice)) + _ROOM_FOR_SIGNATURE
    if size > MAX_BODY_BYTES:
        over = round(100 * (size / MAX_BODY_BYTES - 1)) + 1
        raise RuleError(f"公告太长，超出 {over}%。请拆成几份公开。", code="too_long")


def _refuse_errors(problems: Sequence[statement_checks.Problem]) -> None:
    for problem in problems:
        if problem.severity == "error":
            where = f"{problem.where}：" if problem.where else ""
            raise RuleError(f"{where}{problem.detail}", code=problem.code)


def _require_in_force(db: Database, kind: str, replaces: str) -> None:
    """Two corrections of one version would both stand; the second must correct the first."""
    if replaces and publications.gone(db, _TABLE_OF_KIND[kind], [replaces]):
        raise RuleError("要更正的那一份已经更正或撤回过了。请打开现在有效的那一份，再做更正。", code="gone")


def _screened(draft: Draft, phones: frozenset[str]) -> tuple[dict[str, Any], list[Doubt]]:
    data, doubts = _screen_fields(draft, phones)
    if draft.kind == "notice":
        document, found = _screen_document(draft, phones)
        return {**data, "title": document.title, "document": document.as_dict()}, [*doubts, *found]
    key, names = (
        ("rows", ledger_rows.texts(data["kind"])) if draft.kind == "ledger" else _ROW_CELLS[draft.kind]
    )
    rows = [[str(row.get(name) or "") for name in names] for row in data.get(key, [])]
    clean, found = _screen_rows(rows, draft, phones, "第 {} 行")
    changed = [
        {**row, **dict(zip(names, cells, strict=True))}
        for row, cells in zip(data.get(key, []), clean, strict=True)
    ]
    return {**data, key: changed}, [*doubts, *found]


def _screen_fields(draft: Draft, phones: frozenset[str]) -> tuple[dict[str, Any], list[Doubt]]:
    clean: dict[str, str] = {}
    doubts: list[Doubt] = []
    for name, place in _FIELDS.items():
        if name in draft.data:
            clean[name], found = _screen_text(str(draft.data[name] or ""), place, draft, phones)
            doubts += found
    return {**draft.data, **clean}, doubts


def _screen_document(draft: Draft, phones: frozenset[str]) -> tuple[Document, list[Doubt]]:
    document = documents.from_dict(draft.data["document"])
    title, doubts = _screen_text(document.title, "标题", draft, phones)
    issuer, found = _screen_text(document.issuer, "落款", draft, phones)
    doubts += found
    blocks: list[documents.Block] = []
    for number, block in enumerate(document.blocks, start=1):
        clean, found = _screen_block(block, f"第 {number} 段", draft, phones)
        doubts += found
        if not (isinstance(clean, Paragraph) and not clean.text.strip()):
            blocks.append(clean)
    clean_document = replace(document, title=title, issuer=issuer, blocks=tuple(blocks))
    return _with_shown_images(clean_document, has_masks=any(not doubt.reason for doubt in doubts)), doubts


def _with_shown_images(document: Document, *, has_masks: bool) -> Document:
    """Only the pictures that the text shows; the picture of a whole page still shows what was masked in its text."""
    shown = {block.image for block in document.blocks if isinstance(block, Picture)}
    kept = [
        number
        for number, image in enumerate(document.images)
        if number in shown and not (has_masks and image.role == "page")
    ]
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
    said = draft.overrides.get(f"{finding.kind}:{finding.text}", "").strip()
    return Doubt(place, finding, said if finding.can_override else "", finding.can_override)


def _masked(text: str, phones: frozenset[str]) -> str:
    return screening.mask(text, screening.find(text, office_phones=phones))

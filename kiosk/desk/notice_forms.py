"""What is typed at a notice's form, put into the draft's data and back; it stores and shows nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from content import screening
from content.errors import RuleError
from content.intake import document as documents
from content.intake.document import Block, Document, Paragraph, Picture, Table
from content.intake.wording import tidy

Data = dict[str, Any]
Form = Mapping[str, str]

# A larger table is shown and can be taken out, but its cells are corrected in the file.
MAX_EDITABLE_CELLS = 400
MAX_OBJECTION_DAYS = 90
_HAN = re.compile(r"[\u3400-\u9fff]")


def notice_data(document: Document, *, item: str, issuer: str, objection_days: int) -> Data:
    """The data of a new notice draft (see content/publishing.py); its pictures are kept by the caller."""
    return {
        "item": item,
        "document": document.as_dict(with_hidden=True),
        "issuer": document.issuer or issuer,
        "period": "",
        "objection_days": objection_days,
        "images": [],
    }


@dataclass(frozen=True)
class Hidden:
    """What a file hides. telling: what a person should read, Chinese words and personal data; rest: mere properties."""

    telling: list[str]
    rest: list[str]


def hidden_of(document: Document) -> Hidden:
    """The hidden texts of a document, each kind in the order of the file."""
    telling = [text for text in document.hidden_text if _HAN.search(text) or screening.find(text)]
    return Hidden(telling, [text for text in document.hidden_text if text not in telling])


def document_of(data: Data) -> Document:
    """The draft's document with what was hidden in the file."""
    return documents.from_dict(data["document"])


def with_document(data: Data, document: Document) -> Data:
    """The data with another document."""
    return {**data, "document": document.as_dict(with_hidden=True)}


def with_typed(data: Data, form: Form) -> Data:
    """The data with what was typed. RuleError when the draft has other paragraphs than the form, so none is mixed up."""
    document = document_of(data)
    if form.get("blocks") != str(len(document.blocks)):
        raise RuleError(
            "这份草稿在另一个窗口里改过，这一页旧了。请复制您刚写的内容，打开新的一页再粘贴。",
            code="changed_elsewhere",
        )
    blocks = tuple(_typed_block(block, number, form) for number, block in enumerate(document.blocks))
    issuer = tidy(form.get("issuer", data.get("issuer", "")))
    title = tidy(form.get("title", document.title)).replace("\n", "")
    document = replace(document, title=title, issuer=issuer, blocks=blocks)
    typed = {
        "item": form.get("item", data["item"]),
        "issuer": issuer,
        "period": tidy(form.get("period", data.get("period", ""))),
        "objection_days": _days(form.get("objection_days", ""), data.get("objection_days", 0)),
        "is_looked_at": form.get("is_looked_at", "") == "1",
    }
    if data.get("replaces"):
        typed["reason"] = tidy(form.get("reason", data.get("reason", "")))
    return with_document({**data, **typed}, document)


def in_order(document: Document) -> Document:
    """The document after an ordinary save: a blank line parts a paragraph in two, an empty one goes."""
    blocks: list[Block] = []
    for block in document.blocks:
        if isinstance(block, Paragraph):
            texts = re.split(r"\n\s*\n", block.text)
            blocks += [replace(block, text=text.strip()) for text in texts if text.strip()]
        else:
            blocks.append(block)
    return replace(document, blocks=tuple(blocks))


def joined(document: Document, other: Document) -> Document:
    """`document` with the content of another file behind it."""
    first = len(document.images)
    blocks = [Picture(block.image + first) if isinstance(block, Picture) else block for block in other.blocks]
    if other.title and document.title:
        blocks.insert(0, Paragraph(other.title, level=1))
    whole = replace(
        document,
        title=document.title or other.title,
        issuer=document.issuer or other.issuer,
        date=document.date or other.date,
        blocks=(*document.blocks, *blocks),
        images=(*document.images, *other.images),
        problems=(*document.problems, *other.problems),
    )
    return documents.add_hidden(whole, other.hidden_text)


def without_block(document: Document, number: int) -> Document:
    """Without block `number` (from 0); a number that is not there changes nothing."""
    blocks = [block for place, block in enumerate(document.blocks) if place != number]
    return replace(document, blocks=tuple(blocks))


def with_paragraph(document: Document) -> Document:
    """With one more empty paragraph at the end."""
    return replace(document, blocks=(*document.blocks, Paragraph("")))


def is_editable(block: Block) -> bool:
    """Whether a table is small enough for a field per cell."""
    return isinstance(block, Table) and sum(map(len, block.rows)) <= MAX_EDITABLE_CELLS


def _typed_block(block: Block, number: int, form: Form) -> Block:
    if isinstance(block, Paragraph):
        return replace(block, text=tidy(form.get(f"block-{number}", block.text)))
    if isinstance(block, Table) and is_editable(block):
        return Table(
            tuple(
                tuple(tidy(form.get(f"cell-{number}-{r}-{c}", cell)) for c, cell in enumerate(row))
                for r, row in enumerate(block.rows)
            )
        )
    return block


def _days(typed: str, before: int) -> int:
    return min(int(typed), MAX_OBJECTION_DAYS) if re.fullmatch(r"[0-9]{1,3}", typed) else before

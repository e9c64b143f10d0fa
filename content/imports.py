"""Takes whole files into a node: what `run.py import KIND FILE` does for county IT and village agents."""

import csv
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import msgspec

from content import disclosure, drafting, guides, subsidies, villages
from content.clock import local_date
from content.drafts import IMPORTED, Drafts
from content.errors import IntakeError
from content.intake import upload
from content.intake.excel import read_roll, read_statement
from content.ledger_rows import TITLES
from content.node import Node
from content.record.blobs import BlobRef
from content.villages import Village

BY = IMPORTED


def import_file(node: Node, kind: str, path: Path) -> str:
    """Take one file; what was done, in words. IntakeError when this node cannot take this kind, or the file is wrong."""
    importers = FOR_COUNTY if node.is_county else FOR_VILLAGE
    if kind not in importers:
        where = "县" if node.is_county else "村"
        raise IntakeError(f"{where}节点不能导入 {kind}，可导入：{'、'.join(importers)}。", code="wrong_kind")
    try:
        words = importers[kind](node, path)
    except (ValueError, OSError) as exc:
        raise IntakeError(f"{path.name} 没有导入：{exc}", code="bad_file") from exc
    node.views.catch_up()
    return f"{path.name}：{words}"


def _regions(node: Node, path: Path) -> str:
    """A CSV of code, name, level, parent (the statistics bureau's area codes): every village of this county."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["code"]: row for row in csv.DictReader(file)}
    listed = [
        Village(
            code, row["name"], town=rows.get(row["parent"], {"name": ""})["name"], town_code=row["parent"]
        )
        for code, row in rows.items()
        if row["level"] == "village" and code.startswith(node.config.code)
    ]
    villages.list_villages(node.record, listed, by=BY)
    return f"登记了 {len(listed)} 个村"


def _catalogue(node: Node, path: Path) -> str:
    return _count(disclosure.set_item(node.record, disclosure.read_catalogue(path), by=BY), "项公开事项")


def _programmes(node: Node, path: Path) -> str:
    return _count(subsidies.set_standards(node.record, subsidies.read_programmes(path), by=BY), "条补贴标准")


def _guides(node: Node, path: Path) -> str:
    return _count(guides.publish(node.record, guides.load_guides(path), by=BY), "份办事指南")


def _count(done: Iterable[str], words: str) -> str:
    return f"导入了 {len(list(done))} {words}"


def _notice(node: Node, path: Path) -> str:
    """A Word, PDF, text or picture file becomes a draft; a committee member still has to sign it."""
    taken = upload.read(path, path.name)
    if taken.document is None:
        raise IntakeError("表格请用 statement 或 roll 导入。", code="wrong_kind")
    document = replace(taken.document, title=taken.document.title or path.stem)
    images = [
        BlobRef(node.blobs.put(i.data), i.media_type, len(i.data), i.width, i.height) for i in document.images
    ]
    data = {
        "item": "",
        "document": document.as_dict(with_hidden=True),
        "issuer": document.issuer,
        "images": msgspec.to_builtins(images),
    }
    return _draft(node, "notice", document.title, data)


def _statement(node: Node, path: Path) -> str:
    """A draft of the accounts in the file, and one of each ledger."""
    read, today = read_statement(path), local_date(node.clock())
    made = []
    for kind in drafting.ledger_kinds(read):
        title = f"{node.config.name}{TITLES[kind]}"
        data = drafting.ledger_data(read, kind, title=title, issuer="", today=today)
        made.append(_draft(node, "ledger", title, data))
    if read.tables:
        data = drafting.statement_data(read, title=path.stem, issuer="")
        made.insert(0, _draft(node, "statement", path.stem, data))
    if not made:
        raise IntakeError("表里只有表头，没有内容，请看看是不是选错了文件。", code="empty")
    return "；".join(made)


def _roll(node: Node, path: Path) -> str:
    read = read_roll(path)
    data = drafting.roll_data(read, node.keys, item="S2", title=path.stem, issuer="")
    columns = [column.as_dict() for column in read.columns]
    return _draft(node, "roll", path.stem, {**data, "columns": columns})


def _draft(node: Node, kind: str, title: str, data: dict[str, object]) -> str:
    draft_id = Drafts(node.record).start(kind, BY, title=title, data=data)
    return f"存为草稿 {draft_id}，请代办员在工作台首页接手、核对、送审"


FOR_COUNTY: dict[str, Callable[[Node, Path], str]] = {
    "regions": _regions,
    "catalogue": _catalogue,
    "programmes": _programmes,
    "guides": _guides,
}
FOR_VILLAGE: dict[str, Callable[[Node, Path], str]] = {
    "notices": _notice,
    "statement": _statement,
    "roll": _roll,
}

"""Looks a node over for county IT: what is well, what is not, and what to do; it changes nothing."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

from content import installed
from content.node import Node
from content.record import database
from content.record.verify import verify

MIN_FREE_BYTES = 1_000_000_000


@dataclass(frozen=True)
class Finding:
    """One thing looked at. words: what was found, and what to do when it is not well."""

    name: str
    is_well: bool
    words: str


def examine(node: Node) -> Iterator[Finding]:
    """Everything that is looked at, in order."""
    yield _sqlite()
    yield _disk(node)
    yield _key_files(node)
    yield _record(node)
    yield _views(node)
    yield _speech()
    yield _sheets()


def _sqlite() -> Finding:
    version = database.sqlite_version()
    words = ".".join(map(str, version))
    if version < database.SAFE_SQLITE:
        words += "：低于 3.51.3，断电时有丢提交的缺陷。请安装 pysqlite3，或升级 Python。"
    return Finding("SQLite", version >= database.SAFE_SQLITE, words)


def _disk(node: Node) -> Finding:
    free = shutil.disk_usage(node.home).free
    words = f"空闲 {free / 1e9:.1f} GB"
    return Finding(
        "磁盘", free >= MIN_FREE_BYTES, words if free >= MIN_FREE_BYTES else words + "，请清理到 1 GB 以上。"
    )


def _key_files(node: Node) -> Finding:
    """Keys that others may read are no secrets (POSIX only; on Windows the folder's own rights count)."""
    open_keys = [
        path.name
        for path in (node.home / "keys").glob("*.key")
        if os.name == "posix" and path.stat().st_mode & 0o077
    ]
    if open_keys:
        return Finding("密钥", False, f"{'、'.join(open_keys)} 别人也能读，请运行 chmod 600。")
    return Finding("密钥", True, "只有本用户能读")


def _record(node: Node) -> Finding:
    fault = next(iter(verify(node.record)), None)
    if fault is not None:
        return Finding("记录", False, f"{fault.where}：{fault.what}。请保留现场并联系县里。")
    return Finding("记录", True, f"{sum(stream.size for stream in node.record.streams())} 条，全部核对无误")


def _views(node: Node) -> Finding:
    aside = node.views.set_aside()
    if aside:
        return Finding(
            "视图",
            False,
            f"{len(aside)} 条读不懂，已放在一边；第一条：{aside[0]['kind']} {aside[0]['reason']}",
        )
    return Finding("视图", True, "全部读得懂")


def _speech() -> Finding:
    found = shutil.which("espeak-ng")
    words = found or "没有朗读程序，页面上没有“听”。Debian：apt install espeak-ng。"
    return Finding("朗读", found is not None, words)


def _sheets() -> Finding:
    is_well = installed.can_typeset()
    words = "可以打印 A4、A3 公开单"
    if not is_well:
        words = "不能打印公开单，页面上没有“打印”。Debian：apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0。"
    return Finding("打印", is_well, words)

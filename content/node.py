"""A node's home folder: what it is (village or county), its keys, record, views and files; opened and closed here."""

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from content.clock import Clock, system_clock
from content.errors import XiangtingError
from content.record.blobs import Blobs
from content.record.keys import Fence, NodeKeys, load_or_make
from content.record.store import Record
from content.views import Views


@dataclass(frozen=True)
class NodeConfig:
    """What node.json says. kind: "village" | "county"; code: 12 or 6 digits.

    hub_url and hub_key (the county's Ed25519 key, hex) are empty until a village is enrolled.
    """

    kind: str
    code: str
    name: str
    hub_url: str = ""
    hub_key: str = ""


@dataclass(frozen=True)
class Node:
    """Everything of one node that services share."""

    home: Path
    config: NodeConfig
    keys: NodeKeys
    record: Record
    views: Views
    blobs: Blobs
    clock: Clock

    @property
    def is_county(self) -> bool:
        return self.config.kind == "county"

    def close(self) -> None:
        self.record.close()


def init(home: Path, *, kind: str, code: str, name: str) -> NodeConfig:
    """Make a home folder. Raises XiangtingError when it already is one or the code does not fit the kind."""
    if (home / "node.json").exists():
        raise XiangtingError(f"{home} 里已经有一个节点，没有改动。", code="home_taken")
    digits = {"county": 6, "village": 12}[kind]
    if len(code) != digits or not code.isdigit():
        raise XiangtingError(f"区划代码 {code!r} 应为 {digits} 位数字。", code="bad_area_code")
    config = NodeConfig(kind, code, name)
    try:
        home.mkdir(parents=True, exist_ok=True)
        load_or_make(home / "keys")
        save_config(home, config)
    except OSError as exc:
        raise XiangtingError(
            f"不能写入 {home}：{exc.strerror}。请换一个文件夹。", code="home_read_only"
        ) from exc
    return config


def read_config(home: Path) -> NodeConfig:
    """Raises XiangtingError when the folder is no home or its node.json is damaged."""
    try:
        return msgspec.json.decode((home / "node.json").read_bytes(), type=NodeConfig)
    except FileNotFoundError as exc:
        raise XiangtingError(f"{home} 还不是节点，请先运行 init。", code="no_home") from exc
    except msgspec.DecodeError as exc:
        raise XiangtingError(f"{home / 'node.json'} 读不懂：{exc}", code="bad_home") from exc


def save_config(home: Path, config: NodeConfig) -> None:
    """Replace node.json as a whole: a power cut leaves the old one or the new one."""
    scratch = home / "node.json.tmp"
    with scratch.open("w", encoding="utf-8") as file:
        json.dump(msgspec.to_builtins(config), file, ensure_ascii=False, indent=2)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(home / "node.json")


def open_node(home: Path, *, database: str = "", clock: Clock = system_clock) -> Node:
    """Open the node in `home`. database: a PostgreSQL URL at a hub, "" for home/record.db."""
    config = read_config(home)
    keys = load_or_make(home / "keys")
    fence = Fence(home / "keys" / "fence.json")
    record = Record(database or str(home / "record.db"), keys, fence, origin=config.code, clock=clock)
    views = Views(home / "views.db", record)
    views.catch_up()
    return Node(home, config, keys, record, views, Blobs(home / "blobs"), clock)


def enrolled(node: Node, *, hub_url: str, hub_key: str) -> Node:
    """The node, now knowing its hub; kept in node.json."""
    config = replace(node.config, hub_url=hub_url, hub_key=hub_key)
    save_config(node.home, config)
    return replace(node, config=config)

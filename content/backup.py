"""A backup of a node in one file: the record and its files, never its keys; restoring opens a new epoch by itself."""

import contextlib
import tempfile
import zipfile
from pathlib import Path

from sqlite_utils.utils import sqlite3

from content.errors import XiangtingError
from content.node import Node

RECORD, CONFIG, BLOBS = "record.db", "node.json", "blobs"


def back_up(node: Node, path: Path) -> int:
    """Write the backup while the node may go on working; how many bytes. The file is there whole or not at all.

    XiangtingError for a record in PostgreSQL (its own tools back that up) and when the place cannot be written.
    """
    if not (node.home / RECORD).exists():
        raise XiangtingError(
            "记录在 PostgreSQL 里，请用 pg_dump 备份，再加上 blobs 文件夹。", code="other_database"
        )
    scratch = path.with_suffix(path.suffix + ".part")
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            zipfile.ZipFile(scratch, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            copy = Path(folder) / RECORD
            _copy_database(node.home / RECORD, copy)
            archive.write(copy, RECORD)
            archive.write(node.home / CONFIG, CONFIG)
            for blob in sorted((node.home / BLOBS).rglob("*")):
                if blob.is_file() and blob.suffix == "":
                    archive.write(blob, str(blob.relative_to(node.home)), zipfile.ZIP_STORED)
        scratch.replace(path)
    except OSError as exc:
        scratch.unlink(missing_ok=True)
        raise XiangtingError(
            f"备份没有写成：{exc.strerror}。请检查 {path.parent} 的空间和权限。", code="backup"
        ) from exc
    return path.stat().st_size


def restore(home: Path, path: Path) -> None:
    """Put a backup into `home`, which may hold keys but no record. The next start sees the fence and opens new epochs.

    XiangtingError when there is a record already, or the file is no backup.
    """
    if (home / RECORD).exists():
        raise XiangtingError(f"{home} 里已有记录，没有覆盖。请先把它移走。", code="home_taken")
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            is_ours = RECORD in names and all(_is_safe(name) for name in names)
            if not is_ours:
                raise XiangtingError(f"{path.name} 不是乡亭的备份。", code="not_a_backup")
            home.mkdir(parents=True, exist_ok=True)
            archive.extractall(home)
    except (OSError, zipfile.BadZipFile) as exc:
        raise XiangtingError(f"{path.name} 读不出来：{exc}", code="not_a_backup") from exc


def _is_safe(name: str) -> bool:
    return name in (RECORD, CONFIG) or (name.startswith(BLOBS + "/") and ".." not in name)


def _copy_database(source: Path, target: Path) -> None:
    """SQLite's own backup: a true copy at one moment, whoever is writing."""
    with (
        contextlib.closing(sqlite3.connect(source)) as live,
        contextlib.closing(sqlite3.connect(target)) as copy,
    ):
        live.backup(copy)

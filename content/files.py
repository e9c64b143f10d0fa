"""Which files the published events name: the only ones that are served to the public and that sync carries."""

from collections.abc import Iterable

from sqlite_utils import Database

from content.record.blobs import BlobRef, Blobs

SCHEMA = """
CREATE TABLE files (
    sha256 TEXT NOT NULL, origin TEXT NOT NULL, media_type TEXT NOT NULL, size INTEGER NOT NULL,
    PRIMARY KEY (sha256, origin)
);
"""


def note(db: Database, origin: str, refs: Iterable[BlobRef]) -> None:
    """Called by folds: an event of `origin` names these files."""
    for ref in refs:
        db.execute(
            "INSERT OR IGNORE INTO files VALUES (?, ?, ?, ?)", [ref.sha256, origin, ref.media_type, ref.size]
        )


def forget_unpublished(db: Database, blobs: Blobs, hashes: Iterable[str]) -> None:
    """Delete those of these files that no published event names: what is taken away of a draft shall not live on in the
    backups. The caller leaves out what other drafts name."""
    for sha256 in hashes:
        if media_type(db, sha256) is None:
            blobs.forget(sha256)


def media_type(db: Database, sha256: str) -> str | None:
    """The type of a published file, None when no published event names it."""
    row = db.execute("SELECT media_type FROM files WHERE sha256 = ? LIMIT 1", [sha256]).fetchone()
    return row[0] if row else None


def named_by(db: Database, origins: Iterable[str]) -> list[BlobRef]:
    """The files that events of these villages or counties name, in a fixed order."""
    refs = []
    for origin in origins:
        for row in db.query(
            "SELECT sha256, media_type, size FROM files WHERE origin = ? ORDER BY sha256", [origin]
        ):
            refs.append(BlobRef(**row))
    return refs

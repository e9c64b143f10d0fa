"""Photos of a case: cleaned, sealed to the county, kept and synced as files that nobody on the way can open."""

from dataclasses import dataclass

import msgspec

from content.errors import IntakeError, RecordError
from content.intake import upload
from content.record.blobs import BlobRef, Blobs
from content.record.keys import NodeKeys, seal

MEDIA_TYPE = "application/x-sealed"  # never shown: kiosk/files.py serves pictures only
MAX_PHOTOS = 12


@dataclass(frozen=True)
class SealedFile:
    """How a case's event names a sealed photo: nothing of what it shows. sha256 and size: of the sealed bytes."""

    sha256: str
    size: int

    @property
    def ref(self) -> BlobRef:
        """How sync names it."""
        return BlobRef(self.sha256, MEDIA_TYPE, self.size)


@dataclass(frozen=True)
class Photo:
    """What is inside a sealed file."""

    label: str
    media_type: str
    data: bytes


def keep(blobs: Blobs, label: str, data: bytes, name: str, county_seal_key: bytes) -> SealedFile:
    """Clean a photo (turned upright, smaller, nothing but pixels), seal it, keep it. IntakeError for what is no photo.

    label: the field it answers; it is sealed with it.
    """
    taken = upload.read(data, name)
    if taken.kind != "photo" or taken.document is None or not taken.document.images:
        raise IntakeError("这里要放照片（JPG 或 PNG）。请拍照，或选一张图片。", code="not_a_photo")
    image = taken.document.images[0]
    sealed = seal(msgspec.msgpack.encode(Photo(label, image.media_type, image.data)), county_seal_key)
    return SealedFile(blobs.put(sealed), len(sealed))


def open_photo(blobs: Blobs, file: SealedFile, keys: NodeKeys) -> Photo:
    """The photo, at the county. RecordError when it has not arrived yet, is damaged, or not ours to open."""
    if not blobs.has(file.sha256):
        raise RecordError("照片还没有从村里传到，请过一会儿再看。", code="not_arrived", is_retryable=True)
    try:
        return msgspec.msgpack.decode(keys.unseal(blobs.path(file.sha256).read_bytes()), type=Photo)
    except msgspec.MsgspecError as exc:
        raise RecordError("照片已损坏，打不开。", code="bad_photo") from exc

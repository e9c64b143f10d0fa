"""An agent's own reading of a notice (自己朗读) on its way with the draft: kept, tied to the words that were read, taken away."""

import hashlib
from typing import Any

import msgspec

from content import reading
from content.errors import RuleError
from content.intake.sound import MEDIA_TYPE, Sound
from content.notices import Notice
from content.record.blobs import BlobRef, Blobs

Data = dict[str, Any]


def kept(data: Data, blobs: Blobs, sound: Sound, notice: Notice) -> Data:
    """The draft's data with this recording of what `notice` says; another one takes the place of the first."""
    ref = BlobRef(blobs.put(sound.data), MEDIA_TYPE, len(sound.data))
    said = {"ref": msgspec.to_builtins(ref), "seconds": round(sound.seconds), "words": _digest(notice)}
    return {**data, "recording": said}


def removed(data: Data) -> Data:
    """The data without a recording."""
    return {name: value for name, value in data.items() if name != "recording"}


def ref_of(data: Data) -> BlobRef | None:
    """The recording's file, None without one."""
    said = data.get("recording")
    return msgspec.convert(said["ref"], BlobRef) if said else None


def is_stale(data: Data, notice: Notice) -> bool:
    """Whether the words were changed after they were read."""
    said = data.get("recording")
    return said is not None and said["words"] != _digest(notice)


def refuse_stale(data: Data, notice: Notice) -> None:
    """RuleError when what would be heard is not what would be read."""
    if is_stale(data, notice):
        raise RuleError(
            "录音以后文字又改过，听到的和看到的会不一样。请重录，或去掉录音。", code="stale_recording"
        )


def _digest(notice: Notice) -> str:
    return hashlib.sha256(reading.of_notice(notice).encode()).hexdigest()

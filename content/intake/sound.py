"""An agent's own reading of a notice: a WAV file taken apart and built anew, so that only samples remain; hears no words in it."""

import io
import wave
from dataclasses import dataclass
from typing import Final

from content.errors import IntakeError

MEDIA_TYPE: Final = "audio/wav"
SHORTEST_S: Final = 1.0
LONGEST_S: Final = 300.0
MAX_BYTES: Final = 12 * 1024 * 1024
_RATES: Final = range(8_000, 48_001)
_SAMPLE_BYTES: Final = 2


@dataclass(frozen=True)
class Sound:
    """A recording. data: a WAV file with nothing in it but its samples."""

    data: bytes
    seconds: float


def clean(data: bytes) -> Sound:
    """The recording rebuilt from its samples (16 bit, one or two channels): names, places and dates beside them are gone.

    The standard library reads it with a bounded amount of work, so no child process is asked. Raises IntakeError
    `not_a_sound`, `too_short`, `too_long`.
    """
    if len(data) > MAX_BYTES:
        raise _too_long()
    try:
        with wave.open(io.BytesIO(data)) as read:
            kind, frames = read.getparams(), read.readframes(MAX_BYTES)
    except (wave.Error, EOFError, ValueError) as exc:
        raise _not_a_sound() from exc
    if kind.sampwidth != _SAMPLE_BYTES or kind.nchannels not in (1, 2) or kind.framerate not in _RATES:
        raise _not_a_sound()
    whole = len(frames) - len(frames) % (kind.nchannels * _SAMPLE_BYTES)
    seconds = whole / (kind.nchannels * _SAMPLE_BYTES * kind.framerate)
    if seconds < SHORTEST_S:
        raise IntakeError("录音太短，没有听到内容。请再录一次。", code="too_short")
    if seconds > LONGEST_S:
        raise _too_long()
    return Sound(_built(kind.nchannels, kind.framerate, frames[:whole]), seconds)


def _built(channels: int, rate: int, frames: bytes) -> bytes:
    built = io.BytesIO()
    with wave.open(built, "wb") as written:
        written.setnchannels(channels)
        written.setsampwidth(_SAMPLE_BYTES)
        written.setframerate(rate)
        written.writeframes(frames)
    return built.getvalue()


def _not_a_sound() -> IntakeError:
    return IntakeError("这不是能用的录音（要 WAV 格式）。请在这一页上录，或换一个文件。", code="not_a_sound")


def _too_long() -> IntakeError:
    return IntakeError("录音最长 5 分钟。请只读要紧的，再录一次。", code="too_long")

"""Sound of published texts, made by a command (espeak-ng or a county's better voice) and kept in files; no threads here.

A file is named by its text, its voice and the rules of pronunciation: a changed text or table gets a new one.
"""

import hashlib
import logging
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from content import numerals, pronunciation, speech_text
from content.errors import XiangtingError

log = logging.getLogger(__name__)

VOICES = {"zh": "cmn-latn-pinyin", "en": "en"}  # `cmn` reads pinyin as English
INPUTS = ("pinyin", "characters")
MAX_CHARS = 1000  # about five minutes, 13 MB as WAV: nobody stands before a kiosk for longer
MAKE_S = 120
KEEP_UNUSED_S = 86_400
_MORE = "后面还有，请看屏幕。"
_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Passage:
    """A text to be read aloud. lang: "zh" (numbers are expanded first) or "en" (as it is)."""

    text: str
    lang: str = "zh"


@dataclass(frozen=True)
class Voice:
    """The command that makes sound: text on stdin, sound into {wav}; {voice} is the name espeak-ng knows it by.

    takes: what a Chinese text is handed over as, "pinyin" or "characters".
    """

    command: str
    takes: str

    def is_installed(self) -> bool:
        """Whether its program is there."""
        return bool(self._words()) and shutil.which(self._words()[0]) is not None

    def arguments(self, lang: str, wav: Path) -> list[str]:
        """The command as a list; nothing of the text is in it."""
        return [word.replace("{voice}", VOICES[lang]).replace("{wav}", str(wav)) for word in self._words()]

    def _words(self) -> list[str]:
        return shlex.split(self.command, posix=os.name == "posix")


class Speech:
    """The folder of sounds. A sound is there whole or not at all."""

    def __init__(self, folder: Path, voice: Voice) -> None:
        self._folder, self._voice = folder, voice
        self._rules = _rules_digest()
        folder.mkdir(parents=True, exist_ok=True)

    def find(self, passage: Passage) -> str:
        """The file name of a passage's sound, "" when it has not been made."""
        stem = self._stem(passage)
        return next(
            (f"{stem}.{kind}" for kind in ("ogg", "wav") if (self._folder / f"{stem}.{kind}").exists()), ""
        )

    def path(self, name: str) -> Path | None:
        """Where a sound is, None for a name that is not one's or not there: names come from outside."""
        stem, _dot, kind = name.partition(".")
        is_name = len(stem) == 32 and set(stem) <= set("0123456789abcdef") and kind in ("ogg", "wav")
        path = self._folder / name
        return path if is_name and path.exists() else None

    def make(self, passage: Passage) -> str:
        """Make the sound of a passage unless it is there; its file name. XiangtingError when the command fails."""
        if there := self.find(passage):
            return there
        spoken = _spoken(passage, takes_pinyin=self._voice.takes == "pinyin")
        with tempfile.TemporaryDirectory(dir=self._folder, prefix="making-") as scratch:
            wav = Path(scratch) / "sound.wav"
            _run(self._voice.arguments(passage.lang, wav), spoken)
            if _seconds(wav) == 0:
                raise XiangtingError("朗读程序没有做出声音，请检查设置 speech_command。", code="no_sound")
            sound = _smaller(wav)
            name = f"{self._stem(passage)}{sound.suffix}"
            sound.replace(self._folder / name)
        return name

    def forget_except(self, wanted: Iterable[Passage]) -> int:
        """Delete the sounds that are not wanted and a day old; how many that was."""
        kept, oldest = {self._stem(passage) for passage in wanted}, time.time() - KEEP_UNUSED_S
        unused = [p for p in self._sounds() if p.stem not in kept and p.stat().st_mtime < oldest]
        for path in unused:
            path.unlink()
        return len(unused)

    def _sounds(self) -> Iterator[Path]:
        return (path for path in self._folder.iterdir() if path.suffix in (".wav", ".ogg"))

    def _stem(self, passage: Passage) -> str:
        parts = (self._rules, self._voice.command, self._voice.takes, passage.lang, passage.text)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def make_speech(folder: Path, command: str, takes: str) -> Speech | None:
    """The sounds kept in `folder`; None where reading aloud is switched off (no command) or nothing is installed.

    XiangtingError when `takes` is neither "pinyin" nor "characters".
    """
    if takes not in INPUTS:
        raise XiangtingError(
            f"设置 speech_input 应为 {' 或 '.join(INPUTS)}，现在是 {takes!r}。", code="bad_setting"
        )
    voice = Voice(command, takes)
    return Speech(folder, voice) if voice.is_installed() else None


def _spoken(passage: Passage, *, takes_pinyin: bool) -> str:
    text = passage.text if len(passage.text) <= MAX_CHARS else passage.text[:MAX_CHARS] + "。\n" + _MORE
    if passage.lang != "zh":
        return text
    words = speech_text.expand(text)
    return _run([sys.executable, "-P", "-m", "content.pronunciation"], words) if takes_pinyin else words


def _run(command: list[str], text: str) -> str:
    """What a command says to this text on its stdin. XiangtingError when it fails or takes two minutes."""
    try:
        done = subprocess.run(
            command,
            input=text.encode(),
            capture_output=True,
            env={**os.environ, "PYTHONPATH": str(_ROOT)},
            timeout=MAKE_S,
            check=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.SubprocessError) as exc:
        log.warning("%s failed: %s", command[0], exc)
        raise XiangtingError(f"朗读程序 {command[0]} 没有做成。", code="no_sound") from exc
    return done.stdout.decode()


def _seconds(wav: Path) -> float:
    """How long a sound is, 0 for a file that is none."""
    try:
        with wave.open(str(wav)) as sound:
            return sound.getnframes() / sound.getframerate()
    except (OSError, EOFError, wave.Error):
        return 0


def _smaller(wav: Path) -> Path:
    """As Ogg Vorbis, a tenth of the size, where the machine has oggenc."""
    ogg = wav.with_suffix(".ogg")
    if (encoder := shutil.which("oggenc")) is None:
        return wav
    _run([encoder, "--quiet", "--quality", "2", "--output", str(ogg), str(wav)], "")
    return ogg


def _rules_digest() -> str:
    total = hashlib.sha256()
    for path in (numerals.__file__, speech_text.__file__, pronunciation.__file__, pronunciation.TABLE):
        total.update(Path(path).read_bytes())
    return total.hexdigest()

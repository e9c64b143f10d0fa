"""Reading aloud: sound is really made, ahead of the reader, and where no engine is installed there is no key for it."""

import json
import shutil
import sys
import threading
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from public_pages import Pages, app_of, open_pages

from content.drafts import Drafts
from content.errors import XiangtingError
from content.sessions import Sessions
from content.settings import Settings
from content.speaker import Speaker
from content.speech import Passage, Speech, Voice, make_speech
from kiosk.app import create_app
from kiosk.public import spoken
from kiosk.services import Services

ESPEAK = Settings().speech_command
# A stand-in for a county's better voice: it keeps what it was told and makes half a second of silence.
VOICE_PY = """
import json, pathlib, sys, wave
wav, voice = sys.argv[1:3]
text = sys.stdin.buffer.read().decode()
if "坏" in text: sys.exit(3)
with open(pathlib.Path(__file__).with_name("said.jsonl"), "a", encoding="utf-8") as said:
    said.write(json.dumps([voice, text]) + "\\n")
with wave.open(wav, "wb") as sound:
    sound.setnchannels(1); sound.setsampwidth(2); sound.setframerate(8000); sound.writeframes(b"\\0\\0" * 4000)
"""


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """Where the stand-in keeps what it was told."""
    (tmp_path / "voice.py").write_text(VOICE_PY, encoding="utf-8")
    return tmp_path / "said.jsonl"


@pytest.fixture
def speech(told: Path) -> Speech:
    command = f"'{sys.executable}' '{told.with_name('voice.py')}' {{wav}} {{voice}}"
    return Speech(told.parent / "speech", Voice(command, "characters"))


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    with open_pages(tmp_path_factory.mktemp("speech")) as pages:
        yield pages


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="no espeak-ng on this machine")
@pytest.mark.parametrize(
    "passage",
    [Passage("收进12,345.60元，已还款。"), Passage("Income 12,345.60 yuan.", "en")],
    ids=["Chinese", "English"],
)
def test_espeak_makes_a_sound_longer_than_half_a_second(tmp_path: Path, passage: Passage) -> None:
    made = make_speech(tmp_path, ESPEAK, "pinyin")
    assert made is not None

    path = made.path(made.make(passage))

    assert path is not None
    if path.suffix == ".wav":
        with wave.open(str(path)) as sound:
            assert sound.getnframes() / sound.getframerate() > 0.5
    assert path.stat().st_size > 2_000


def test_better_voice_gets_characters_with_numbers_said(speech: Speech, told: Path) -> None:
    speech.make(Passage("还款12元"))

    assert _said(told) == [["cmn-latn-pinyin", "还款十二元"]]


def test_sound_is_made_once_and_again_when_the_text_changes(speech: Speech, told: Path) -> None:
    first, again, other = (speech.make(Passage(text)) for text in ("一", "一", "二"))

    assert first == again != other
    assert len(_said(told)) == 2


def test_long_text_says_that_there_is_more(speech: Speech, told: Path) -> None:
    speech.make(Passage("修路。" * 2000))

    assert _said(told)[0][1].endswith("后面还有，请看屏幕。")
    assert len(_said(told)[0][1]) < 1100


@pytest.mark.parametrize("name", ["../keys/node.key", "a" * 32, "a" * 32 + ".wav", "b.wav", ""])
def test_name_from_outside_leads_nowhere(speech: Speech, name: str) -> None:
    assert speech.path(name) is None


@pytest.mark.parametrize(
    "command", ["", "no-such-voice-here -w {wav}"], ids=["switched off", "not installed"]
)
def test_without_an_engine_there_is_no_speech(tmp_path: Path, command: str) -> None:
    assert make_speech(tmp_path, command, "pinyin") is None


def test_wrong_setting_is_named(tmp_path: Path) -> None:
    with pytest.raises(XiangtingError, match="speech_input"):
        make_speech(tmp_path, ESPEAK, "wav")


def test_voice_that_fails_is_told_and_not_tried_again(speech: Speech) -> None:
    with pytest.raises(XiangtingError, match="没有做成"):
        speech.make(Passage("坏"))
    speaker = Speaker(speech, lambda: 1)
    speaker.start(lambda: [Passage("坏"), Passage("好")])
    _wait_for(lambda: bool(speaker.find(Passage("好"))))
    speaker.stop()

    assert not speaker.ask(Passage("坏"))


def test_what_is_published_is_made_ahead_and_after_a_restart(speech: Speech, told: Path) -> None:
    published, generation = [Passage("第一份")], [1]
    speaker = Speaker(speech, lambda: generation[0])
    speaker.start(lambda: published)
    _wait_for(lambda: bool(speaker.find(published[0])))
    speaker.stop()
    published.append(Passage("第二份"))

    restarted = Speaker(speech, lambda: generation[0])
    restarted.start(lambda: published)
    _wait_for(lambda: bool(restarted.find(published[1])))
    restarted.stop()

    assert len(_said(told)) == 2


def test_what_a_reader_waits_for_goes_first(speech: Speech, told: Path) -> None:
    gate = threading.Event()

    def published() -> list[Passage]:
        gate.wait(5)
        return [Passage(f"第{number}份") for number in "一二三"]

    speaker = Speaker(speech, lambda: 1)
    speaker.start(published)
    assert speaker.ask(Passage("等着听"))
    gate.set()
    _wait_for(lambda: len(_said(told)) == 4)
    speaker.stop()

    assert _said(told)[0][1] == "等着听"


def test_pages_have_the_key_and_play_what_was_made(pages: Pages, speech: Speech) -> None:
    speaker, client = _listening(pages, speech)
    notice = pages.notice(title="关于修路的公告")
    addresses = [
        f"/notices/{notice}",
        f"/finances/{pages.statement}",
        f"/rolls/{pages.roll}",
        "/programmes/耕地地力保护补贴",
        "/guides/QX-G06",
        *("/help", "/contacts", "/open/party", "/finances/trend"),
    ]

    assert all("listen=1" in client.get(address).text for address in addresses)
    coming = client.get(f"/notices/{notice}?listen=1")
    assert "正在准备声音" in coming.text
    assert coming.headers["Cache-Control"] == "no-store"
    speaker.start()
    try:
        _wait_for(lambda: "<audio" in client.get(f"/notices/{notice}?listen=1").text)
    finally:
        speaker.stop()
    ready = client.get(f"/notices/{notice}?listen=1").text
    source = ready.partition('<audio class="sound" controls autoplay src="')[2].partition('"')[0]
    with client.get(source, headers={"Range": "bytes=0-3"}) as sound:
        assert (sound.status_code, sound.data, sound.mimetype) == (206, b"RIFF", "audio/wav")


def test_the_nodes_queue_holds_what_the_pages_ask_for(pages: Pages, speech: Speech) -> None:
    _speaker, client = _listening(pages, speech)
    notice = pages.notice(title="会被朗读的公告")
    for passage in spoken.published(
        client.application, pages.village.views.read(), pages.village.config.code
    ):
        speech.make(passage)

    for address in (
        f"/notices/{notice}",
        f"/finances/{pages.statement}",
        f"/rolls/{pages.roll}",
        "/guides/QX-G06",
    ):
        assert "<audio" in client.get(f"{address}?listen=1").text
    client.set_cookie("look", "en")
    assert "<audio" in client.get(f"/finances/{pages.statement}?listen=1").text


def test_accounts_are_read_in_the_readers_language_and_rolls_without_names(
    pages: Pages, speech: Speech, told: Path
) -> None:
    app = _listening(pages, speech)[1].application
    passages = list(spoken.published(app, pages.village.views.read(), pages.village.config.code))

    assert any(passage.lang == "en" and "yuan" in passage.text for passage in passages)
    assert not any(name in passage.text for passage in passages for name in pages.names)


def test_without_an_engine_pages_have_no_key(pages: Pages) -> None:
    page = app_of(pages.village).test_client().get(f"/finances/{pages.statement}?listen=1")

    assert page.status_code == 200
    assert "key-listen" not in page.text
    assert "<audio" not in page.text


def _listening(pages: Pages, speech: Speech):  # type: ignore[no-untyped-def]
    node = pages.village
    speaker = Speaker(speech, lambda: node.views.generation)
    wired = Services(node=node, sessions=Sessions(node.record), drafts=Drafts(node.record), speaker=speaker)
    return speaker, create_app(wired).test_client()


def _said(told: Path) -> list[list[str]]:
    return (
        [json.loads(line) for line in told.read_text(encoding="utf-8").splitlines()] if told.exists() else []
    )


def _wait_for(is_so: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)

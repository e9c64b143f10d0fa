"""An agent's own reading of a notice: recorded, signed with it, heard first at the kiosk, gone when it is taken away."""

import io
import re
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_village import Browser, Desk, make_desk, sign, upload
from nodes import VILLAGE
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect
from walking import World

from content import demo_people, notices
from content.errors import IntakeError
from content.intake import sound

SECRET = "柳河村一组周桂芳家"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with make_desk(tmp_path) as made:
        yield made


@pytest.fixture
def agent(desk: Desk) -> Browser:
    return desk.signed_in("zhou")


@pytest.fixture
def page(agent: Browser) -> str:
    answer = agent.post("/desk/notices/new", item="V1", text="停水通知\n\n明天上午停水，请大家先存好水。")
    assert answer.status_code == 303, answer.text
    return answer.location


def wav(
    seconds: float = 2, *, rate: int = 16_000, channels: int = 1, width: int = 2, tail: bytes = b""
) -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as written:
        written.setnchannels(channels)
        written.setsampwidth(width)
        written.setframerate(rate)
        written.writeframes(b"\x01\x02" * int(seconds * rate * channels * width / 2))
    return made.getvalue() + tail


def listed(text: str) -> bytes:
    """A chunk in which recorders write names and places."""
    said = text.encode()
    return b"LIST" + (len(said) + len(said) % 2).to_bytes(4, "little") + said + b"\0" * (len(said) % 2)


def test_only_samples_remain_of_a_recording() -> None:
    made = sound.clean(wav(2, tail=listed(SECRET)))

    assert made.data == wav(2)
    assert made.seconds == 2


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not_a_sound"),
        (b"RIFF\xff\xff\xff\xffWAVE", "not_a_sound"),
        (b"\x1aE\xdf\xa3webm", "not_a_sound"),
        (b"<html><script>alert(1)</script>", "not_a_sound"),
        (wav(2, width=1), "not_a_sound"),
        (wav(2, channels=6), "not_a_sound"),
        (wav(2, rate=96_000), "not_a_sound"),
        (wav(0.5), "too_short"),
        (wav(2)[:40], "not_a_sound"),
        (wav(301, rate=8_000), "too_long"),
        (b"RIFF" + b"\0" * (sound.MAX_BYTES + 1), "too_long"),
    ],
    ids=[
        "nothing",
        "header",
        "webm",
        "html",
        "8 bit",
        "six channels",
        "96 kHz",
        "half",
        "cut",
        "long",
        "big",
    ],
)
def test_what_is_no_short_recording_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(IntakeError) as refused:
        sound.clean(data)

    assert refused.value.code == code


def test_the_agents_voice_goes_first_at_the_kiosk_even_where_no_engine_is(
    desk: Desk, agent: Browser, page: str
) -> None:
    agent.post(f"{page}/reading", file=upload(wav(tail=listed(SECRET)), "a.wav"))
    agent.send(page, "submit")
    assert "<audio" in desk.signed_in("wu").get(page.replace("notices", "review")).text
    sign(desk.signed_in("wu"), page.rsplit("/", 1)[1])

    (line,) = notices.page(desk.village.views.read(), VILLAGE).lines
    shown = desk.visit(f"/notices/{line.id}?listen=1").text

    played = re.search(r'<audio[^>]* src="([^"]+)"', shown)
    assert played is not None
    heard = desk.visit(played[1])
    assert heard.mimetype == "audio/wav"
    assert heard.data == wav()
    assert SECRET.encode() not in heard.data


def test_words_changed_after_the_reading_are_not_published_with_it(
    desk: Desk, agent: Browser, page: str
) -> None:
    agent.post(f"{page}/reading", file=upload(wav(), "a.wav"))

    refused = agent.send(page, "submit", title="停水和停电通知")
    told = agent.get(f"{page}/reading").text
    agent.post(f"{page}/reading/remove")

    assert refused.status_code == 422
    assert "请重录，或去掉录音" in refused.text
    assert "请重录，或去掉录音" in told
    assert agent.send(page, "submit").status_code == 303


def test_a_reading_that_was_taken_away_is_published_nowhere(desk: Desk, agent: Browser, page: str) -> None:
    agent.post(f"{page}/reading", file=upload(wav(), "a.wav"))
    sha256 = desk.only_draft().data["recording"]["ref"]["sha256"]
    agent.post(f"{page}/reading/remove")
    agent.send(page, "submit")
    sign(desk.signed_in("wu"), page.rsplit("/", 1)[1])

    (line,) = notices.page(desk.village.views.read(), VILLAGE).lines

    assert "listen=1" not in desk.visit(f"/notices/{line.id}").text
    assert desk.visit(f"/files/{sha256}").status_code == 404


def test_a_telephone_reads_and_records_by_the_code(desk: Desk, agent: Browser, page: str) -> None:
    agent.post(f"{page}/reading/phone")
    link = desk.drafts.links.of_draft(desk.only_draft().id)
    assert link is not None
    phone = Browser(desk.app.test_client())

    words = phone.get(f"/by-phone/{link.token}").text
    sent = phone.post(f"/by-phone/{link.token}/reading", file=upload(wav(), "a.wav"))
    refused = phone.post(f"/by-phone/{link.token}/reading", file=upload(b"x", "a.wav"))

    assert "明天上午停水" in words
    assert sent.status_code == 303
    assert refused.status_code == 422
    assert desk.only_draft().data["recording"]["seconds"] == 2


def test_the_microphone_is_recorded_in_a_browser(world: World, browser: Chromium) -> None:
    context = browser.new_context(base_url=world.village_url, permissions=["microphone"])
    page = context.new_page()
    page.goto("/sign-in?next=/desk/notices/new")
    page.fill("[name=name]", "zhou")
    page.fill("[name=password]", demo_people.PASSWORD)
    page.press("[name=password]", "Enter")
    page.select_option("[name=item]", "V1")
    page.fill("[name=text]", "停水通知\n\n明天上午停水，请大家先存好水。")
    page.click("main form button.big")
    page.click("text=自己朗读（可不录）")

    page.click("[data-start]")
    expect(page.locator("[data-clock]")).to_contain_text(re.compile("0:0[2-9]"), timeout=20_000)
    page.click("[data-stop]")

    page.wait_for_selector("audio")
    heard = context.request.get(page.locator("audio").get_attribute("src") or "").body()
    with wave.open(io.BytesIO(heard)) as made:
        assert made.getframerate() == 16_000
        assert 1 < made.getnframes() / 16_000 < 60
        assert any(made.readframes(made.getnframes()))  # the beep of the test's microphone
    page.click("text=去掉录音")
    page.wait_for_selector("audio", state="detached")
    page.goto(page.url.removesuffix("/reading"))
    page.click("summary:has-text('不要这份草稿了')")
    page.click("text=删除草稿")
    context.close()

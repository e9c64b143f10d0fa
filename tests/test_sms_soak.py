"""What text messages promise, at length: random schedules, mutated webhooks, guesses; the full run is `run.py soak`."""

import random
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

import pytest
from sms_places import VILLAGE, make_hub
from soak import IS_SOAK
from test_sms_outbox import Story
from test_sms_webhook import BASE, FORM, SID, TEXT_URL, _make_site, sign

from content import codes, villages
from sms import replies
from sms.commands import Understood
from sms.questions import Question

SCHEDULES, PARTS = (10_000, 100) if IS_SOAK else (40, 4)
REQUESTS = 10_000 if IS_SOAK else 300
GUESSES = 1_000_000 if IS_SOAK else 3_000
IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None

ANSWERS = (
    *("ok", "safe", "pause", "ambiguous", "lost_answer", "5xx_after"),
    *("cut_before", "cut_after", "opted_out"),
)
KINDS = ("reply", "case_news", "notice", "code")
STATES = ("sent", "delivered", "undelivered", "failed")


def _step(chance: random.Random) -> tuple[str, object, str]:
    """Texts to send, answers and power cuts to come, callbacks one by one or all twice and backwards, clock jumps."""
    what = chance.choice(("put", "put", "put", "answers", "cut", "report", "burst", "turn"))
    value: object = chance.randrange(5)
    extra = chance.choice(KINDS)
    if what == "answers":
        value, extra = [chance.choice(ANSWERS) for _ in range(chance.randrange(5))], ""
    elif what == "cut":
        value, extra = chance.randrange(1, 9), chance.choice(("before", "after"))
    elif what in ("report", "burst"):
        value, extra = chance.randrange(10), chance.choice(STATES)
    elif what == "turn":
        value = chance.choice((chance.randrange(-60, 800), -24 * 60, 3 * 24 * 60))
    return what, value, extra


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(PARTS))
def test_no_schedule_loses_a_text_or_knowingly_sends_one_twice(part: int) -> None:
    for number in range(SCHEDULES // PARTS):
        chance = random.Random(part * 1_000_000 + number)
        with TemporaryDirectory(dir=IN_MEMORY) as folder:
            Story(Path(folder)).play([_step(chance) for _ in range(chance.randrange(2, 15))])


def _flip(chance: random.Random, text: str) -> str:
    """The text with one character changed, left out or doubled."""
    place = chance.randrange(len(text))
    other = chance.choice([char for char in "AZaz09+/=%柳" if char != text[place]])
    changed = (other, "", text[place] * 2)[chance.randrange(3)]
    return text[:place] + changed + text[place + 1 :]


def _mutated(chance: random.Random) -> tuple[str, dict[str, Any]]:
    """An address and a request that differ in one thing from what Twilio signed."""
    form, address, signature = dict(FORM), TEXT_URL, sign(BASE + TEXT_URL, FORM)
    more: dict[str, Any] = {"content_type": "application/x-www-form-urlencoded"}
    what = chance.randrange(8)
    field = chance.choice(sorted(form))
    if what == 0:
        signature = _flip(chance, signature)
    elif what == 1:
        form[field] = _flip(chance, form[field])
    elif what == 2:
        del form[field]
    elif what == 3:
        form[_flip(chance, field)] = form.pop(field)
    elif what == 4:
        address += chance.choice(("?a=1", "?", "?%20", "?Body=x")) + str(chance.randrange(1000))
    elif what == 5:
        more["content_type"] = chance.choice(
            ("application/json", "text/plain", "multipart/form-data; boundary=x")
        )
    elif what == 6:
        signature = sign(BASE + TEXT_URL, FORM, token=f"guessed-{chance.randrange(10**9)}")
    body = urlencode(form)
    if what == 7:
        body += "&" + urlencode({field: form[field]})
    return address, more | {"data": body, "headers": {"X-Twilio-Signature": signature}}


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_no_mutated_request_is_accepted(tmp_path: Path) -> None:
    chance = random.Random(1)
    with make_hub(tmp_path) as hub:
        site = _make_site(hub)
        accepted = 0
        for _ in range(REQUESTS):
            address, request = _mutated(chance)
            accepted += site.client.post(address, **request).status_code < 400
        genuine = site.post()

        assert accepted == 0
        assert genuine == 200
        assert [row.provider_id for row in site.texts()] == [SID]


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_no_guess_of_a_case_number_discloses_anything(tmp_path: Path) -> None:
    chance = random.Random(2)
    with make_hub(tmp_path) as hub:
        real = [hub.file("13900001234") for _ in range(3)]
        db = hub.county.views.read()
        village = villages.get(db, VILLAGE)
        seen: set[str] = set()
        for number in range(GUESSES):
            guess = codes.new_code(chance.randbytes)
            if number % 3 == 1:
                guess = chance.choice(real)[: chance.randrange(1, 9)].ljust(8, guess[0]) + guess[-1]
            elif number % 1000 == 0:
                guess = chance.choice(real)  # hit, and still a stranger
            question = Question(
                Understood("case_status", {"case_no": guess}), "【柳河村】", "zh", date(2026, 11, 23), village
            )
            seen.add(replies.answer(question, db).wording.text)

        assert len(seen) == 1
        assert not any(case_no in text for text in seen for case_no in real)

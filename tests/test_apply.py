"""Filing at the kiosk: question by question with an agent's PIN at the end, photos sealed, and nothing left behind."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from desk_village import MOBILE, RESIDENT_ID, Browser, Desk, make_place_with_desk
from nodes import Place
from PIL import Image
from werkzeug.datastructures import FileStorage

from content import case_photos, cases, demo_people, guides
from content.case_photos import SealedFile
from content.cases import Case
from content.clock import local_date
from content.drafts import Drafts
from content.errors import RecordError
from content.guide_fields import FormField
from content.sessions import Sessions
from kiosk.app import create_app
from kiosk.services import Services

NAME, PIN = "甘香水", "739164"
FIELDS = (
    FormField("出生日期", "date", hint="照身份证上的填。"),
    FormField("家庭人口", "number", least=1, most=20),
    FormField("发放方式", "choice", options=("社保卡", "存折")),
    FormField("证件照", "photo"),
    FormField("情况", "text", is_required=False, most=200),
)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, Desk]]:
    """A county with a guide that has a form of its own; zhou has a PIN at the village's machine."""
    with make_place_with_desk(tmp_path_factory.mktemp("apply")) as (place, desk):
        guide = guides.in_force(place.county.views.read(), "QX-G01", on=local_date(place.clock()))
        assert guide is not None
        guides.publish(
            place.county.record, [replace(guide, version=guide.version + 1, fields=FIELDS)], by="test"
        )
        place.county.views.catch_up()
        place.sync()
        answer = desk.signed_in("zhou").post("/desk/pin", pin=PIN, again=PIN)
        assert answer.status_code == 303, answer.text
        yield place, desk


def photo() -> FileStorage:
    held = io.BytesIO()
    Image.merge("RGB", [Image.effect_noise((320, 240), 60) for _ in "RGB"]).save(held, "JPEG")
    return FileStorage(io.BytesIO(held.getvalue()), "证件.jpg")


class Kiosk:
    """Taps: each posts what the page in front holds, with one thing changed."""

    def __init__(self, desk: Desk) -> None:
        self._browser = Browser(desk.app.test_client())
        self.page = self._browser.get("/apply/QX-G01").text

    def tap(self, **pressed: object) -> str:
        held = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', self.page))
        answer = self._browser.post("/apply/QX-G01", **{**held, **pressed})
        if answer.status_code == 303:
            answer = self._browser.get(answer.location)
        self.page = answer.text
        return self.page

    def keys(self, text: str) -> None:
        for char in text:
            self.tap(key=char)

    def fill_in(self) -> None:
        """Everything up to the page where it is read once more."""
        self.tap(goto="name")
        self.tap(name=NAME, next="1")
        self.keys(MOBILE)
        self.tap(next="1")
        if "身份证号" in self.page:
            self.keys(RESIDENT_ID)
            self.tap(next="1")
        self.keys("19500305")
        self.tap(next="1")
        self.keys("3")
        self.tap(next="1")
        self.tap(**{"field-2": "存折"})
        self.tap(**{"field-3": photo(), "next": "1"})
        self.tap(**{"field-4": "", "next": "1"})
        assert "请看一遍" in self.page, self.page

    def confirm(self, pin: str, agent: str = "zhou") -> str:
        self.tap(goto="agent")
        self.tap(goto="pin", agent=agent)
        self.keys(pin)
        return self.page


def newest(place: Place) -> Case:
    place.sync()
    row = (
        place.county.views.read()
        .execute("SELECT case_no FROM cases ORDER BY filed_at DESC, event DESC")
        .fetchone()
    )
    found = cases.get(place.county.views.read(), row[0])
    assert found is not None
    return found


def count(desk: Desk) -> int:
    number: int = desk.village.views.read().execute("SELECT COUNT(*) FROM cases").fetchone()[0]
    return number


def test_a_case_is_filed_question_by_question_and_confirmed_by_an_agents_pin(
    both: tuple[Place, Desk],
) -> None:
    place, desk = both
    kiosk = Kiosk(desk)
    kiosk.fill_in()
    shown = kiosk.page

    done = kiosk.confirm(PIN)

    for answer in (NAME, MOBILE, "1950-03-05", "存折", "已拍照"):
        assert answer in shown
    assert "交上去了" in done
    case = newest(place)
    assert (case.channel, case.by) == ("kiosk", "zhou")
    form = cases.open_case(case, place.county.keys)
    assert (form.name, form.phone) == (NAME, MOBILE)
    assert form.answers == {"出生日期": "1950-03-05", "家庭人口": "3", "发放方式": "存折"}


def test_a_photo_is_sealed_at_the_village_synced_and_opened_only_at_the_county(
    both: tuple[Place, Desk],
) -> None:
    place, desk = both
    kiosk = Kiosk(desk)
    kiosk.fill_in()
    kiosk.confirm(PIN)
    case = newest(place)
    for _ in range(20):  # a photo travels in pieces
        place.sync()
    (file,) = case.photos

    opened = case_photos.open_photo(place.county.blobs, file, place.county.keys)

    assert (opened.label, opened.media_type) == ("证件照", "image/jpeg")
    assert Image.open(io.BytesIO(opened.data)).size == (320, 240)
    with pytest.raises(RecordError):
        case_photos.open_photo(desk.village.blobs, file, desk.village.keys)
    assert not desk.village.blobs.path(file.sha256).read_bytes().startswith(b"\xff\xd8")
    assert desk.visit(f"/files/{file.sha256}").status_code == 404


def test_a_name_is_written_with_big_keys_where_there_is_no_keyboard(both: tuple[Place, Desk]) -> None:
    kiosk = Kiosk(both[1])
    kiosk.tap(goto="name")
    for letter in "GAN":
        kiosk.tap(letter=letter)
    assert 'name="take" value="甘"' in kiosk.page

    kiosk.tap(take="甘")

    assert 'name="name" value="甘"' in kiosk.page


def test_who_walks_away_leaves_nothing_behind(both: tuple[Place, Desk]) -> None:
    _place, desk = both
    before = count(desk)
    kiosk = Kiosk(desk)
    kiosk.fill_in()

    kept = b"".join(path.read_bytes() for path in desk.village.home.rglob("*") if path.is_file())
    leave = kiosk._browser.get("/leave")
    again = kiosk._browser.get("/apply/QX-G01")

    assert count(desk) == before
    for private in (NAME, MOBILE, RESIDENT_ID):
        assert private.encode() not in kept
        assert private not in leave.text + again.text


def test_the_number_is_shown_once_and_the_page_is_kept_by_nobody(both: tuple[Place, Desk]) -> None:
    _place, desk = both
    kiosk = Kiosk(desk)
    kiosk.fill_in()
    asked = kiosk._browser.post("/apply/QX-G01", goto="check", name=NAME)
    kiosk.confirm(PIN)

    second = kiosk._browser.get("/apply-done")

    assert asked.headers["Cache-Control"] == "no-store"
    assert second.status_code == 303


@pytest.mark.parametrize(
    ("pin", "agent"),
    [
        pytest.param("739165", "qian", id="an-agent-without-a-pin"),
        pytest.param(PIN, "wu", id="a-committee-member"),
        pytest.param(PIN, "nobody", id="nobody-of-that-name"),
    ],
)
def test_without_an_agents_own_pin_nothing_is_filed_and_nothing_is_lost(
    both: tuple[Place, Desk], pin: str, agent: str
) -> None:
    _place, desk = both
    before = count(desk)
    kiosk = Kiosk(desk)
    kiosk.fill_in()

    page = kiosk.confirm(pin, agent)

    assert "口令不对" in page
    assert count(desk) == before
    assert NAME in page


def test_five_wrong_pins_lock_it_for_a_while(both: tuple[Place, Desk]) -> None:
    _place, desk = both
    agent = desk.signed_in("both")
    assert agent.post("/desk/pin", pin="285017", again="285017").status_code == 303
    kiosk = Kiosk(desk)
    kiosk.fill_in()
    kiosk.confirm("111111", "both")
    for _ in range(4):
        kiosk.keys("111111")

    kiosk.keys("285017")

    assert "十五分钟" in kiosk.page


@pytest.mark.parametrize(
    ("pressed", "words"),
    [
        pytest.param({"at": "name", "name": " ", "next": "1"}, "申请人姓名", id="no-name"),
        pytest.param({"at": "phone", "phone": "123", "next": "1"}, "还没点全", id="short-phone"),
        pytest.param({"at": "field-1", "field-1": "99", "next": "1"}, "不能大于 20", id="too-many-people"),
        pytest.param({"at": "field-0", "field-0": "20230229", "next": "1"}, "没有这一天", id="no-such-day"),
        pytest.param({"at": "field-2", "field-2": "现金", "next": "1"}, "社保卡、存折", id="not-offered"),
        pytest.param({"at": "field-3", "next": "1"}, "请拍“证件照”的照片", id="no-photo"),
        pytest.param({"at": "field-3", "field-3": "forged", "next": "1"}, "请拍", id="a-photo-of-nobody"),
    ],
)
def test_a_wrong_answer_is_told_on_its_own_page(
    both: tuple[Place, Desk], pressed: dict[str, str], words: str
) -> None:
    answer = Browser(both[1].app.test_client()).post("/apply/QX-G01", **pressed)

    assert answer.status_code == 422
    assert words in answer.text


def test_a_date_is_asked_for_in_digits_whatever_else_its_hint_says(both: tuple[Place, Desk]) -> None:
    browser = Browser(both[1].app.test_client())

    asked = browser.post("/apply/QX-G01", goto="field-0").text

    assert "照身份证上的填。 点八个数字" in asked


@pytest.mark.parametrize("pin", ["12345", "1234567", "abcdef", "111111", "123456", "987654"])
def test_a_pin_that_is_no_pin_is_refused(both: tuple[Place, Desk], pin: str) -> None:
    answer = both[1].signed_in("zhou").post("/desk/pin", pin=pin, again=pin)

    assert answer.status_code == 422


def test_the_desk_files_the_same_form_and_keeps_the_photo_when_something_is_wrong(
    both: tuple[Place, Desk],
) -> None:
    place, desk = both
    agent = desk.signed_in("zhou")
    form = {"name": NAME, "phone": MOBILE, "id_number": RESIDENT_ID, "note": ""}
    fields = {"field-0": "1950-03-05", "field-1": "很多", "field-2": "存折", "field-4": ""}

    wrong = agent.post("/desk/cases/new/QX-G01", **form, **fields, **{"field-3": photo()})
    token = re.search(r'name="field-3" value="([^"]+)"', wrong.text)

    assert wrong.status_code == 422
    assert "要填数字" in wrong.text
    assert token is not None
    again = agent.post("/desk/cases/new/QX-G01", **form, **{**fields, "field-1": "3", "field-3": token[1]})
    assert again.status_code == 303
    assert len(newest(place).photos) == 1


def test_an_applicant_is_found_again_by_phone_or_id_and_by_nothing_else(both: tuple[Place, Desk]) -> None:
    _place, desk = both
    agent = desk.signed_in("zhou")
    form = {"name": NAME, "phone": "13900007777", "id_number": RESIDENT_ID, "note": ""}
    number = agent.post("/desk/cases/new/QX-G02", **form).location.split("/")[3]

    by_phone = agent.post("/desk/cases/person", phone="139 0000 7777", id_number="")
    by_id = agent.post("/desk/cases/person", phone="", id_number=RESIDENT_ID)
    nobody = agent.post("/desk/cases/person", phone="13900007778", id_number="")
    nothing = agent.post("/desk/cases/person", phone="", id_number=" ")

    assert number[:4] in by_phone.text
    assert number[:4] in by_id.text
    assert "没有办件" in nobody.text
    assert nothing.status_code == 422
    assert NAME not in by_phone.text + by_id.text


def test_only_who_handles_the_case_sees_its_photos(both: tuple[Place, Desk]) -> None:
    place, desk = both
    kiosk = Kiosk(desk)
    kiosk.fill_in()
    kiosk.confirm(PIN)
    case = newest(place)
    for _ in range(20):
        place.sync()
    (file,) = case.photos
    county = Services(
        node=place.county, sessions=Sessions(place.county.record), drafts=Drafts(place.county.record)
    )
    app = create_app(county)
    app.config.update(WTF_CSRF_ENABLED=False)
    clerk = app.test_client()
    address = f"/county/cases/{case.case_no}/photos/{file.sha256}"

    assert clerk.get(address).status_code == 303
    clerk.post("/sign-in", data={"name": "county", "password": demo_people.PASSWORD})
    answer = clerk.get(address)

    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "image/jpeg"
    assert answer.headers["Cache-Control"] == "no-store"
    assert clerk.get(f"/county/cases/{case.case_no}/photos/{'0' * 64}").status_code == 404
    assert "证件照</a>" in clerk.get(f"/county/cases/{case.case_no}").text
    assert SealedFile(file.sha256, file.size) == file

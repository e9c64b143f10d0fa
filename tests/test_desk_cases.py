"""A case filed at the desk for somebody: sealed to the county, followed, completed, handed out."""

import datetime
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_village import MOBILE, RESIDENT_ID, Browser, Desk, make_desk, make_place_with_desk, upload
from nodes import Place
from PIL import Image

from content import case_joint, case_lists, case_photos, cases, guides, villages
from content.errors import RecordError

NAME = "甘香水"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with make_desk(tmp_path) as made:
        yield made


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[Place, Desk]]:
    with make_place_with_desk(tmp_path) as made:
        yield made


def guide_that(desk: Desk, *, needs_id: bool) -> str:
    db = desk.village.views.read()
    for line in guides.list_guides(db, on=datetime.date(2026, 11, 2)):
        guide = guides.in_force(db, line.id, on=datetime.date(2026, 11, 2))
        assert guide is not None
        if needs_id == any(m.required and "身份证" in m.name for m in guide.materials):
            return line.id
    raise AssertionError("no such guide in the demonstration data")


def file_one(browser: Browser, guide_id: str, **changes: str) -> str:
    """File a case; its number."""
    form = {"name": NAME, "phone": MOBILE, "id_number": RESIDENT_ID, "note": "户口簿改日补"}
    answer = browser.post(f"/desk/cases/new/{guide_id}", **{**form, **changes})
    assert answer.status_code == 303, answer.text
    return answer.location.split("/")[3]


def test_a_case_is_filed_from_a_guide_and_its_number_is_shown_big_and_in_groups(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    case_no = file_one(agent, guide_that(desk, needs_id=True))

    receipt = agent.get(f"/desk/cases/{case_no}/receipt").text
    assert f'<p class="desk-number">{case_no[:4]}-{case_no[4:8]}-{case_no[8]}</p>' in receipt
    assert case_no[:4] in agent.get("/desk/cases").text
    assert desk.nudges


def test_nothing_of_the_applicant_is_readable_in_the_village(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    case_no = file_one(agent, guide_that(desk, needs_id=True))

    pages = [
        agent.get(page).text
        for page in (f"/desk/cases/{case_no}", f"/desk/cases/{case_no}/receipt", "/desk/cases")
    ]
    kept = b"".join(path.read_bytes() for path in desk.village.home.rglob("*") if path.is_file())
    for secret in (NAME, MOBILE, RESIDENT_ID, "户口簿改日补"):
        assert not any(secret in page for page in pages)
        assert secret.encode() not in kept


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": " "}, "姓名"),
        ({"phone": "12"}, "电话"),
        ({"id_number": "332526197003120001"}, "身份证号不对"),
        ({"id_number": ""}, "要用身份证"),
        ({"note": "长" * 4001}, "最多写"),
    ],
    ids=["no name", "a short phone", "a wrong id", "no id", "a long note"],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    desk: Desk, changes: dict[str, str], words: str
) -> None:
    form = {
        "name": NAME,
        "phone": MOBILE,
        "id_number": RESIDENT_ID,
        "note": "情况",
        "materials": "0",
    } | changes

    answer = desk.signed_in("zhou").post(f"/desk/cases/new/{guide_that(desk, needs_id=True)}", **form)

    assert answer.status_code == 422
    assert words in answer.text
    for typed in form.values():
        assert typed in answer.text
    assert 'value="0" checked' in answer.text


def test_all_that_is_wrong_with_the_applicant_is_marked_at_once(desk: Desk) -> None:
    answer = desk.signed_in("zhou").post(
        f"/desk/cases/new/{guide_that(desk, needs_id=True)}", name="", phone="12", id_number="33252"
    )

    assert answer.status_code == 422
    for field in ("name", "phone", "id_number"):
        assert f'id="error-{field}"' in answer.text
    assert case_lists.list_cases(desk.village.views.read()).total == 0


def test_an_id_may_be_left_out_where_the_guide_does_not_ask_for_it(desk: Desk) -> None:
    guide_id = guide_that(desk, needs_id=False)

    file_one(desk.signed_in("zhou"), guide_id, id_number="")

    assert case_lists.list_cases(desk.village.views.read()).total == 1


def test_before_the_county_is_known_the_page_says_so_and_keeps_the_form(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    guide_id = guide_that(desk, needs_id=True)
    monkeypatch.setattr(villages, "get_county", lambda db: None)
    agent = desk.signed_in("zhou")

    answer = agent.post(f"/desk/cases/new/{guide_id}", name=NAME, phone=MOBILE, id_number=RESIDENT_ID)

    assert "密封钥匙" in agent.get(f"/desk/cases/new/{guide_id}").text
    assert answer.status_code == 422
    assert "密封钥匙" in answer.text
    assert NAME in answer.text


def test_what_the_county_asks_for_is_handed_in_once_and_whole(both: tuple[Place, Desk]) -> None:
    place, desk = both
    agent = desk.signed_in("zhou")
    case_no = file_one(agent, guide_that(desk, needs_id=True))
    place.sync()
    county = place.county
    county.views.catch_up()
    cases.ask_supplement(
        county.record,
        county.views.read(),
        case_no,
        items=("户口簿首页", "收入证明"),
        reason="缺两样",
        due_on=datetime.date(2026, 11, 20),
        by="county",
    )
    place.sync()
    page = f"/desk/cases/{case_no}"
    assert "收入证明" in agent.get(page).text

    half = agent.post(f"{page}/supplement", **{"item-0": "已拍照 4 页", "item-1": ""})
    assert half.status_code == 422
    assert "已拍照 4 页" in half.text
    whole = agent.post(f"{page}/supplement", **{"item-0": "已拍照 4 页", "item-1": "村里开的证明"})
    assert whole.status_code == 303

    place.sync()
    county.views.catch_up()
    found = cases.get(county.views.read(), case_no)
    assert found is not None
    assert cases.open_supplement(found.timeline[-1], county.keys)["收入证明"] == "村里开的证明"
    assert cases.open_case(found, county.keys).name == NAME


def test_a_closed_case_is_marked_as_fetched(both: tuple[Place, Desk]) -> None:
    place, desk = both
    agent = desk.signed_in("zhou")
    case_no = file_one(agent, guide_that(desk, needs_id=True))
    refused = agent.post(f"/desk/cases/{case_no}/collect")
    assert refused.status_code == 422
    place.sync()
    county = place.county
    county.views.catch_up()
    for move in (cases.accept, cases.decide, cases.close):
        more = {"outcome": "granted"} if move is cases.decide else {}
        move(county.record, county.views.read(), case_no, by="county", **more)  # type: ignore[operator]
        county.views.catch_up()
    place.sync()

    assert agent.post(f"/desk/cases/{case_no}/collect").status_code == 303
    found = cases.get(desk.village.views.read(), case_no)
    assert found is not None
    assert found.state == "collected"


def test_another_villages_case_is_not_there(desk: Desk) -> None:
    agent = desk.signed_in("zhou")

    assert agent.get("/desk/cases/7K2M9QXD4").status_code == 404
    assert agent.get("/desk/cases/new/no-such-guide").status_code == 404


def test_a_guide_is_found_by_a_word(desk: Desk) -> None:
    agent = desk.signed_in("zhou")
    db = desk.village.views.read()
    first = guides.list_guides(db, on=datetime.date(2026, 11, 2))[0]

    found = agent.get(f"/desk/cases/new?words={first.name[:2]}").text

    assert f"/desk/cases/new/{first.id}" in found
    assert "没有找到" in agent.get("/desk/cases/new?words=没有这种事").text


def test_a_case_that_is_with_the_village_is_worked_on_at_its_desk_and_handed_back(
    both: tuple[Place, Desk],
) -> None:
    place, desk = both
    agent, county = desk.signed_in("zhou"), place.county
    case_no = file_one(agent, guide_that(desk, needs_id=True))
    place.sync()
    assert "/move/step" not in agent.get(f"/desk/cases/{case_no}").text
    record, db = county.record, county.views.read()
    cases.accept(record, db, case_no, by="county")
    county.views.catch_up()
    case_joint.hand_over(record, db, case_no, to="LHC-BM", reason="请入户看一看", by="county")
    county.views.catch_up()
    place.sync()

    agent.post(f"/desk/cases/{case_no}/move/step", no="1")
    wrong = agent.post(f"/desk/cases/{case_no}/move/handover", to="MZJ", handover_reason=" ")
    agent.post(f"/desk/cases/{case_no}/move/handover", to="MZJ", handover_reason="看过了，情况属实")
    place.sync()

    assert "请写明转交的原因" in wrong.text
    assert agent.post(f"/desk/cases/{case_no}/move/decide", outcome="granted").status_code == 404
    found = cases.get(db, case_no)
    assert found is not None
    assert [move.kind for move in found.timeline] == [
        "case_accepted",
        "case_handed_over",
        "case_step_done",
        "case_handed_over",
    ]
    assert found.department == "MZJ"


@pytest.mark.parametrize("typed", ["户口簿首页", ""], ids=["with words", "alone"])
def test_a_photo_goes_with_what_was_missing_and_stays_sealed(both: tuple[Place, Desk], typed: str) -> None:
    place, desk = both
    agent, county = desk.signed_in("zhou"), place.county
    case_no = file_one(agent, guide_that(desk, needs_id=True))
    place.sync()
    due_on = datetime.date(2026, 11, 20)
    cases.ask_supplement(
        county.record,
        county.views.read(),
        case_no,
        items=("户口簿",),
        reason="缺",
        due_on=due_on,
        by="county",
    )
    county.views.catch_up()
    place.sync()
    picture = io.BytesIO()
    Image.effect_noise((200, 120), 50).save(picture, "PNG")

    answer = agent.post(
        f"/desk/cases/{case_no}/supplement",
        **{"item-0": typed, "photo-0": upload(picture.getvalue(), "户口簿.png")},
    )
    place.sync()
    place.sync()

    assert answer.status_code == 303, answer.text
    found = cases.get(county.views.read(), case_no)
    assert found is not None
    (photo,) = found.all_photos
    assert case_photos.open_photo(county.blobs, photo, county.keys).label == "户口簿"
    with pytest.raises(RecordError):
        case_photos.open_photo(desk.village.blobs, photo, desk.village.keys)

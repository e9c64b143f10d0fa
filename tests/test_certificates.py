"""Electronic certificates: signed, checked by anybody, read by nobody but the county and the holder, and taken back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import msgspec
import pypdfium2
import pytest
from county_console import APPLICANT, ID, PHONE, Console, make_console, plain
from nodes import VILLAGE

from content import cases, certificates, codes
from content.certificates import Certificate
from content.clock import local_date
from content.errors import RecordError, RuleError
from content.node import Node

STATEMENT = "准予发放高龄津贴，每月 80 元。"


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    made = make_console(tmp_path_factory.mktemp("certificates"))
    yield made
    made.place.close()


def close_case(console: Console, outcome: str = "granted") -> str:
    case_no = console.file_case()
    staff = console.client("county")
    for move, form in (
        ("accept", {}),
        ("decide", {"outcome": outcome, "decision_reason": "材料核对过"}),
        ("close", {"delivery": "certificate"}),
    ):
        assert staff.post(f"/county/cases/{case_no}/{move}", data=form).status_code == 303
    return case_no


def issue(console: Console, case_no: str, **form: str) -> Certificate:
    data = {"statement": STATEMENT, **form}
    answer = console.client("county").post(f"/county/cases/{case_no}/certificate", data=data)
    assert answer.status_code == 303, plain(answer.text)
    case = cases.get(console.place.county.views.read(), case_no)
    assert case is not None
    number = case.timeline[-1].body.certificate_no
    return seen_at(console.place.county, number)


def seen_at(node: Node, number: str) -> Certificate:
    found = certificates.get(node.views.read(), number, today=local_date(node.clock()))
    assert found is not None
    return found


def test_a_certificate_is_valid_everywhere_and_says_who_holds_it_nowhere(console: Console) -> None:
    case_no = close_case(console)

    issued = issue(console, case_no).issued
    console.place.sync()

    village = console.place.villages[VILLAGE]
    assert seen_at(village, issued.number).state == "valid"
    page = console.app.test_client().get(f"/v/{VILLAGE}/verify/{issued.number}")
    assert page.status_code == 200
    assert "有效" in plain(page.text)
    assert issued.issued_by in plain(page.text)
    for private in (APPLICANT, PHONE, ID, STATEMENT, case_no):
        assert private not in page.text
        assert private not in msgspec.json.encode(issued).decode()


def test_only_the_county_opens_what_a_certificate_says(console: Console) -> None:
    case_no = close_case(console)
    number = issue(console, case_no).issued.number
    console.place.sync()
    county, village = console.place.county, console.place.villages[VILLAGE]
    at_county, at_village = (cases.get(node.views.read(), case_no) for node in (county, village))
    assert at_county is not None
    assert at_village is not None

    content, written = certificates.open_content(at_county, county.keys, number)

    assert (content.holder, content.holder_id, content.statement) == (APPLICANT, ID, STATEMENT)
    assert certificates.is_what_was_signed(seen_at(county, number).issued, written)
    assert not certificates.is_what_was_signed(seen_at(county, number).issued, written.replace(b"80", b"90"))
    with pytest.raises(RecordError):
        certificates.open_content(at_village, village.keys, number)
    in_clear = "".join(path.read_bytes().decode("latin-1") for path in village.home.glob("*.db*"))
    assert APPLICANT.encode().decode("latin-1") not in in_clear
    assert STATEMENT.encode().decode("latin-1") not in in_clear


def test_the_holder_fetches_the_pdf_with_the_case_and_nobody_else_does(console: Console) -> None:
    case_no = close_case(console)
    number = issue(console, case_no).issued.number
    holder = console.app.test_client()
    page = holder.post(
        f"/v/{VILLAGE}/case", data={"number": case_no, "last4": PHONE[-4:], "field": "last4", "find": "1"}
    )
    assert codes.grouped(number) in plain(page.text)
    form = page.text.partition("/case/certificate")[2]
    token = form.partition('name="token" value="')[2].partition('"')[0]

    answer = holder.post(f"/v/{VILLAGE}/case/certificate", data={"token": token})
    forged = holder.post(f"/v/{VILLAGE}/case/certificate", data={"token": token[:-3] + "abc"})

    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    text = pypdfium2.PdfDocument(answer.data)[0].get_textpage().get_text_range().replace("\r\n", "")
    for shown in (APPLICANT, ID, "每月 80 元", codes.grouped(number)):
        assert shown in text
    assert forged.status_code == 303


@pytest.mark.parametrize(
    ("holder", "words"),
    [
        pytest.param(APPLICANT, "姓名和签发时一样", id="the-name-that-was-signed"),
        pytest.param("王阿公", "可能被改过", id="another-name"),
    ],
)
def test_whoever_has_the_paper_may_compare_the_name(console: Console, holder: str, words: str) -> None:
    number = issue(console, close_case(console)).issued.number

    answer = console.app.test_client().post(f"/v/{VILLAGE}/verify/{number}", data={"holder": holder})

    assert words in plain(answer.text)


def test_guessing_names_is_stopped_after_five(console: Console) -> None:
    number, client = issue(console, close_case(console)).issued.number, console.app.test_client()
    for guess in "赵钱孙李周":
        client.post(f"/v/{VILLAGE}/verify/{number}", data={"holder": guess})

    answer = client.post(f"/v/{VILLAGE}/verify/{number}", data={"holder": APPLICANT})

    assert "十五分钟" in plain(answer.text)
    assert "姓名和签发时一样" not in plain(answer.text)


def test_a_revoked_certificate_says_so_to_everybody_and_why(console: Console) -> None:
    case_no = close_case(console)
    number = issue(console, case_no).issued.number
    staff = console.client("county")

    staff.post(f"/county/cases/{case_no}/certificates/{number}/revoke", data={"reason": "replaced"})
    again = staff.post(
        f"/county/cases/{case_no}/certificates/{number}/revoke",
        data={"reason": "replaced"},
        follow_redirects=True,
    )
    console.place.sync()

    for node in (console.place.county, console.place.villages[VILLAGE]):
        assert (seen_at(node, number).state, seen_at(node, number).reason) == ("revoked", "replaced")
    page = plain(console.app.test_client().get(f"/v/{VILLAGE}/verify/{number}").text)
    assert "已撤销" in page
    assert "重新签发" in page
    assert "不用再撤" in plain(again.text)


def test_the_holder_is_told_that_it_was_revoked_and_fetches_it_no_more(console: Console) -> None:
    case_no = close_case(console)
    number = issue(console, case_no).issued.number
    revoke = f"/county/cases/{case_no}/certificates/{number}/revoke"
    console.client("county").post(revoke, data={"reason": "withdrawn"})

    page = console.app.test_client().post(
        f"/v/{VILLAGE}/case", data={"number": case_no, "last4": PHONE[-4:], "field": "last4", "find": "1"}
    )

    assert "已撤销：依法撤销" in plain(page.text)
    assert "/case/certificate" not in page.text


def test_a_certificate_expires_on_the_day_it_names(console: Console) -> None:
    county = console.place.county
    number = issue(console, close_case(console), valid_until="2026-12-01").issued.number

    found = [certificates.get(county.views.read(), number, today=date(2026, 12, day)) for day in (1, 2)]

    assert [one.state for one in found if one] == ["valid", "expired"]


def test_a_changed_certificate_is_not_the_countys(console: Console) -> None:
    found = issue(console, close_case(console))
    db = console.place.county.views.read()

    for change in (
        {"title": "结婚证"},
        {"valid_until": "2099-01-01"},
        {"signature": "00"},
        {"digest": "0" * 64},
    ):
        assert certificates.is_signed(db, found.issued)
        assert not certificates.is_signed(db, replace(found.issued, **change))


def test_an_unknown_number_is_unknown(console: Console) -> None:
    answer = console.app.test_client().get(f"/v/{VILLAGE}/verify/{codes.new_code()}")

    assert answer.status_code == 404


def test_what_was_denied_has_no_certificate(console: Console) -> None:
    case_no = close_case(console, "denied")

    page = console.client("county").get(f"/county/cases/{case_no}").text
    county = console.place.county
    with pytest.raises(RuleError, match="没有批准"):
        certificates.issue(
            county.record, county.views.read(), county.keys, case_no, statement=STATEMENT, by="li"
        )

    assert "/certificate" not in page


def test_another_township_neither_opens_nor_revokes_it(console: Console) -> None:
    case_no = close_case(console)
    number = issue(console, case_no).issued.number
    far = console.client("farother")

    assert far.get(f"/county/cases/{case_no}/certificates/{number}.pdf").status_code == 404
    assert (
        far.post(
            f"/county/cases/{case_no}/certificates/{number}/revoke", data={"reason": "replaced"}
        ).status_code
        == 404
    )
    assert seen_at(console.place.county, number).state == "valid"

"""The county's portal for everybody: search over all villages, guides, figures; nothing that tells who."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from content.drafts import Drafts
from content.node import Node
from content.sessions import Sessions
from kiosk.app import create_app
from kiosk.services import Services


@pytest.fixture(scope="module")
def app(generated: Node) -> Flask:
    services = Services(node=generated, sessions=Sessions(generated.record), drafts=Drafts(generated.record))
    made = create_app(services)
    made.config.update(TESTING=True)
    return made


@pytest.fixture
def visitor(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        yield client


def villages_of(page: str) -> set[str]:
    return set(re.findall(r"/v/(\d{12})/", page))


def test_search_finds_in_every_village_and_names_it_on_each_hit(
    visitor: FlaskClient, generated: Node
) -> None:
    named = dict(generated.views.read().execute("SELECT code, name || ' ' || town FROM villages").fetchall())

    page = visitor.get("/?q=发放名册").text
    lines = re.findall(r'<li><a class="line-link".*?</li>', page, re.DOTALL)

    assert villages_of(page) == set(named)
    for line in lines:
        [code] = villages_of(line)
        assert named[code] in line


def test_search_can_be_narrowed_to_one_village(visitor: FlaskClient, generated: Node) -> None:
    code, name = generated.views.read().execute("SELECT code, name FROM villages ORDER BY code").fetchone()

    page = visitor.get(f"/?q=发放名册&village={code}").text

    assert villages_of(page) == {code}
    assert f"{name} " in page
    assert f'<option value="{code}" selected>' in page


def test_what_was_searched_for_stays_and_a_guide_leads_to_the_countys_page(visitor: FlaskClient) -> None:
    page = visitor.get("/?q=高龄津贴申领").text

    assert 'value="高龄津贴申领"' in page
    assert 'href="/guides/QX-G06"' in page


@pytest.mark.parametrize(
    ("address", "words"),
    [
        pytest.param("/guides", "最低生活保障金给付", id="all guides"),
        pytest.param("/guides?by=theme&tag=社会保险", "城乡居民基本养老保险参保登记", id="a theme"),
        pytest.param("/guides?q=残疾人证", "残疾人证办理", id="a word"),
        pytest.param("/guides?q=没有这种事", "没有这样的指南", id="nothing"),
        pytest.param("/guides/QX-G06", "承诺时限", id="one guide"),
        pytest.param("/statistics", "该公开没公开", id="figures of the county"),
        pytest.param("/statistics?town=330999101", "柳河镇", id="figures of a town"),
        pytest.param("/statistics?village=330999101201", "柳河村", id="figures of a village"),
        pytest.param("/statistics?village=nonsense&since=x", "清溪县", id="nonsense"),
        pytest.param("/disclosure", "项，最久", id="what each village owes"),
        pytest.param("/disclosure?town=330999101", "柳河村", id="what one town's villages owe"),
    ],
)
@pytest.mark.parametrize("look", ["", "en"], ids=["Chinese", "English"])
def test_every_portal_page_opens_for_everybody_and_may_be_kept(
    app: Flask, address: str, words: str, look: str
) -> None:
    client = app.test_client()
    client.set_cookie("look", look)

    answer = client.get(address)

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"  # what the page cache keeps says so
    assert look or words in answer.text


def test_a_page_too_far_leads_to_the_last_one(visitor: FlaskClient) -> None:
    answer = visitor.get("/disclosure?page=9")

    assert (answer.status_code, answer.location) == (303, "/disclosure?page=1")


def test_an_unknown_guide_is_not_there(visitor: FlaskClient) -> None:
    assert visitor.get("/guides/QX-G99").status_code == 404


def test_figures_show_how_many_did_not_rate_and_no_lone_percentage(visitor: FlaskClient) -> None:
    page = visitor.get("/statistics").text

    assert "没有评价" in page
    assert "满意率" not in page
    assert re.search(r"按时 \d+ 件，占 [\d.]+%", page)


def test_too_few_ratings_are_not_spread_out(visitor: FlaskClient, generated: Node) -> None:
    """A month's two ratings in one village would tell who said what."""
    rows = generated.views.read().execute(
        "SELECT village, COUNT(*) FROM cases WHERE score > 0 AND closed_on >= '2026-10' GROUP BY 1 HAVING COUNT(*) < 5"
    )
    few = rows.fetchone()
    assert few is not None

    page = visitor.get(f"/statistics?village={few[0]}&since=2026-10&until=2026-10").text

    assert "免得猜出是谁评的" in page
    assert "非常不满意" not in page


def test_the_front_leads_to_guides_and_figures_and_says_what_is_overdue(visitor: FlaskClient) -> None:
    page = visitor.get("/").text

    assert 'href="/guides"' in page
    assert 'href="/statistics"' in page
    assert re.search(r"超期 \d+ 件，该公开没公开 \d+ 项", page)


def test_a_paper_of_any_village_is_checked_from_the_front(visitor: FlaskClient) -> None:
    link = re.search(r'href="(/v/\d+/verify)"', visitor.get("/").text)

    assert link is not None
    assert "纸上的编号" in visitor.get(link[1]).text


def test_what_each_village_owes_stands_by_section_and_adds_up(visitor: FlaskClient) -> None:
    page = visitor.get("/disclosure").text

    owed = [int(number) for number in re.findall(r"(\d+) 项，最久", page)]
    whole = re.search(r"该公开没公开</span><span class=\"stat-value\">(\d+)", page)

    assert whole is not None
    assert sum(owed) == int(whole[1]) > 0
    assert re.findall(r'<th scope="col">(..)</th>', page) == ["党务", "村务", "财务", "惠农"]
    assert re.search(r'href="/v/\d{12}/open/party"', page)

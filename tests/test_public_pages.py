"""The villagers' pages at the kiosk and at the portal: what is published is shown, in words, with a way back."""

import re
from collections.abc import Iterator
from html import unescape
from itertools import pairwise
from pathlib import Path

import pytest
from nodes import OTHER_VILLAGE, VILLAGE
from public_pages import Pages, app_of, client_of, open_pages
from samples import keep_file

from content import finances, notices
from content.node import init, open_node
from kiosk.access import ACCESS
from kiosk.printing import pdf


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    with open_pages(tmp_path_factory.mktemp("pages")) as opened:
        yield opened


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/", ["农历", "党务", "联系值班", "柳河村"]),
        ("/open/party", ["党组织设置与党员构成", "有事就公开"]),
        ("/open/village", ["宅基地申请与审批"]),
        ("/open/finance", ["十月收支公开", "期末结余", "已公开"]),
        ("/open/subsidy", ["我的补贴", "算一算", "名册"]),
        ("/open/finance/notices", ["这里还没有公告"]),
        ("/item/F2", ["十月收支公开", "依据"]),
        ("/item/P1", ["这一项村里还没有公开过"]),
        ("/finances", ["十月收支公开", "结余"]),
        ("/finances/trend", ["2026年10月", "同样的数字"]),
        ("/programmes", ["耕地地力保护补贴", "县里还没有登记本地标准"]),
        ("/programmes/耕地地力保护补贴", ["131.42", "河南省洛阳市老城区", "2023", "lylc.gov.cn"]),
        ("/calculator", ["耕地地力保护补贴"]),
        ("/rolls", ["只公开总数", "户，共"]),
        ("/mine", ["点名字每个字拼音的头一个字母"]),
        ("/guides", ["困难救助", "生育"]),
        ("/guides?by=group", ["老年人"]),
        ("/guides/list?life_event=建房", ["农村村民宅基地占用农用地审批"]),
        ("/guides/list?q=火星", ["没有这样的指南"]),
        ("/case", ["第一步"]),
        ("/case/thanks", ["评价收到了"]),
        ("/search", ["低保", "宅基地"]),
        ("/search?q=火星", ["没有找到“火星”"]),
        ("/contacts", ["周桂芳", "0578-0000110"]),
        ("/help", ["从首页开始", "没有网也能查"]),
    ],
)
def test_a_page_of_the_kiosk_says_what_it_is_for(pages: Pages, address: str, words: list[str]) -> None:
    response = pages.kiosk.get(address)

    assert response.status_code == 200
    for word in words:
        assert word in response.text


@pytest.mark.parametrize(
    "address",
    [
        "/notices/000000000",
        "/notices/000000000/pages/1",
        "/finances/000000000",
        "/finances/000000000/entries",
        "/rolls/000000000",
        "/programmes/没有的补贴",
        "/calculator/R999",
        "/guides/QX-G99",
        "/item/Z9",
        "/open/nothing",
        "/open/nothing/notices",
        "/proof/notice/000000000",
        "/proof/nothing/000000000",
    ],
)
def test_what_is_not_there_is_said_in_words(pages: Pages, address: str) -> None:
    response = pages.kiosk.get(address)

    assert response.status_code == 404
    assert "这里没有内容" in response.text


def test_every_link_of_the_kiosk_and_of_the_portal_leads_somewhere(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "typeset", lambda *_: b"%PDF")  # which takes a second; test_printing.py does it
    for client, start in ((pages.kiosk, "/"), (pages.portal, f"{pages.home}/")):
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            address = waiting.pop()
            if (key := re.sub(r"[?&]back=[^&]*", "", address)) in seen:
                continue
            seen.add(key)
            response = client.get(address)
            assert response.status_code == 200, address
            if response.mimetype != "text/html":
                continue  # a sheet to print
            links = re.findall(r'<a [^>]*href="(/[^"#]*)"', response.text)
            waiting += [unescape(link) for link in links if not link.startswith(("/look", "/static"))]
        assert len(seen) > 60
        assert all(address.startswith(start) for address in seen)


def test_every_page_is_in_the_table_of_access(pages: Pages) -> None:
    for node in (pages.village, pages.place.county):
        endpoints = {str(rule.endpoint) for rule in app_of(node).url_map.iter_rules()}
        public = {endpoint for endpoint in endpoints if endpoint.startswith("public.")}

        assert public
        assert public <= set(ACCESS)


def test_a_notice_shows_its_text_its_signature_and_its_objection_window(pages: Pages) -> None:
    code = pages.notice(title="饮水工程公示", text="水厂开工。", item="V4", objection_days=7)

    text = pages.kiosk.get(f"/notices/{code}").text

    assert "水厂开工。" in text
    assert "吴桂花" in text
    assert "正在公示，到 2026年11月9日 为止" in text
    assert "等县里核对" in text


def test_a_corrected_notice_and_the_one_before_lead_to_each_other(pages: Pages) -> None:
    first = pages.notice(title="账目公示", text="三千元。", item="F6")
    event = notices.get(pages.village.views.read(), first)
    assert event is not None
    second = pages.notice(
        title="账目公示（更正）", text="四千元。", item="F6", replaces=event.event, reason="少写了一千"
    )

    old, new = (pages.kiosk.get(f"/notices/{code}").text for code in (first, second))

    assert "这一份已经被更正" in old
    assert f"/notices/{second}" in old
    assert "已更正 1 次。这一次的原因：少写了一千" in new
    assert f"/notices/{first}" in new
    assert "<del>三千元。</del>" in new
    assert "<ins>四千元。</ins>" in new
    assert "改了什么" not in old
    assert "账目公示（更正）" in pages.kiosk.get("/item/F6").text


def test_a_withdrawn_notice_stays_readable_with_its_reason(pages: Pages) -> None:
    code = pages.notice(title="发错的通知", item="V2")
    found = notices.get(pages.village.views.read(), code)
    assert found is not None
    record = pages.village.record
    stream = record.own_stream("all")
    with record.write() as transaction:
        notices.withdraw(transaction, stream, found.event, reason="发错了村", by="zhou")
    pages.village.views.catch_up()

    assert "这一份已经撤回。原因：发错了村" in pages.kiosk.get(f"/notices/{code}").text
    assert "发错的通知" not in pages.kiosk.get("/open/village/notices").text


def test_notices_are_listed_eight_a_page_with_a_way_to_the_rest(pages: Pages) -> None:
    for number in range(9):
        pages.notice(title=f"支部会议第{number}次", item="P5")

    first, second = (pages.kiosk.get(f"/item/P5?page={page}").text for page in (1, 2))

    assert len(set(re.findall("支部会议第[0-9]次", first))) == 8
    assert set(re.findall("支部会议第[0-9]次", second)).isdisjoint(re.findall("支部会议第[0-9]次", first))
    assert "page=2" in first
    assert "第 2 页，共 2 页" in second


def test_the_proof_page_says_in_words_that_nothing_was_altered(pages: Pages) -> None:
    pages.sync()

    text = pages.kiosk.get(f"/proof/statement/{pages.statement}").text

    assert "一个字、一分钱都没有改" in text
    assert f"{pages.statement[:4]}-{pages.statement[4:8]}-{pages.statement[8:]}" in text
    assert "xiangting/" in text


def test_a_notice_that_the_county_has_not_seen_is_waiting(pages: Pages) -> None:
    code = pages.notice(title="刚发的公告")

    assert "县里还没有收到" in pages.kiosk.get(f"/proof/notice/{code}").text


def test_a_statement_gives_four_figures_a_sentence_bars_and_the_same_numbers(pages: Pages) -> None:
    text = pages.kiosk.get(f"/finances/{pages.statement}").text
    found = finances.get(pages.village.views.read(), pages.statement)
    assert found is not None

    for figure in ("86,532.45", "73,438.92", "24,930.10", "135,041.27"):
        assert figure in text
    assert "账上比期初多了 48,508.82 元" in text
    assert text.count('class="chart"') == 2
    assert "同样的数字" in text
    assert f"共 {found.statement.entry_count} 笔" in text


def test_entries_can_be_read_one_by_one_and_by_account(pages: Pages) -> None:
    all_entries = finances.entries(pages.village.views.read(), pages.statement, size=100).lines
    one = all_entries[0]

    listed = pages.kiosk.get(f"/finances/{pages.statement}/entries").text
    of_account = pages.kiosk.get(
        f"/finances/{pages.statement}/entries", query_string={"account": one.account}
    ).text
    alone = pages.kiosk.get(f"/finances/{pages.statement}/entries/1").text

    assert one.summary in listed
    assert one.summary in of_account
    others = [entry.summary for entry in all_entries if entry.account != one.account]
    assert not any(summary in of_account for summary in others)
    assert one.voucher in alone
    assert pages.kiosk.get(f"/finances/{pages.statement}/entries/999").status_code == 404


def test_a_roll_shows_names_by_group_and_a_sensitive_one_only_its_totals(pages: Pages) -> None:
    named = pages.kiosk.get(f"/rolls/{pages.roll}").text
    totals = pages.kiosk.get(f"/rolls/{pages.totals_roll}").text

    assert pages.names[0] in named
    assert "全村" in named
    assert "只公开总数，不公开名字" in totals
    assert "户主" not in totals


def test_a_guide_has_its_eight_openings_materials_steps_and_result(pages: Pages) -> None:
    text = pages.kiosk.get("/guides/QX-G13").text

    for words in ("八公开", "审批依据", "承诺时限", "收费标准", "带什么", "怎么办", "办好拿到", "投诉"):
        assert words in text


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("耕地地力保护补贴", "补贴标准"),
        ("十月收支", "收支账"),
        ("db", "补贴标准"),
        ("宅基地", "办事指南"),
    ],
    ids=["a programme", "a statement", "initials", "a guide"],
)
def test_a_search_names_the_kind_of_each_hit(pages: Pages, words: str, kind: str) -> None:
    assert kind in pages.kiosk.get("/search", query_string={"q": words}).text


def test_letters_are_added_and_erased_by_big_buttons(pages: Pages) -> None:
    def typed(text: str, key: str) -> str:
        shown = pages.kiosk.get("/search", query_string={"q": text, "key": key}).text
        found = re.search(r'name="q" value="([^"]*)"', shown)
        assert found is not None
        return found[1]

    assert typed("D", "B") == "DB"
    assert typed("DB", "←") == "D"
    assert typed("DB", "×") == ""
    assert typed("DB", "<") == "DB"


def test_htmx_gets_the_results_alone_and_a_reader_without_script_the_page(pages: Pages) -> None:
    piece = pages.kiosk.get("/search?q=低保", headers={"HX-Request": "true"}).text
    page = pages.kiosk.get("/search?q=低保").text

    assert piece.lstrip().startswith('<section id="results"')
    assert piece.strip() in page


def test_the_way_back_never_leaves_the_kiosk(pages: Pages) -> None:
    text = pages.kiosk.get("/guides/QX-G13?back=https://example.com/").text

    assert '<a class="key key-back" href="/guides">' in text


def test_the_portal_shows_a_village_under_its_code_and_no_other(pages: Pages) -> None:
    code = pages.notice(title="门户上也看得到")
    pages.sync()

    assert "门户上也看得到" in pages.portal.get(f"{pages.home}/notices/{code}").text
    assert pages.portal.get(f"/v/{OTHER_VILLAGE}/").status_code == 404
    assert pages.portal.get(f"/v/{OTHER_VILLAGE}/notices/{code}").status_code == 404
    assert "在村里的机器上查" in pages.portal.get(f"{pages.home}/mine").text


def test_a_page_on_the_kiosk_has_a_code_for_the_phone_and_the_portal_has_none(pages: Pages) -> None:
    address = f"/finances/{pages.statement}"

    assert f"http://portal.test/v/{VILLAGE}{address}" in pages.kiosk.get(address).text
    assert "二维码" not in pages.portal.get(f"{pages.home}{address}").text


@pytest.mark.parametrize("look", ["en", "large", "en.large", "contrast"])
def test_every_kind_of_page_is_there_in_every_look(pages: Pages, look: str) -> None:
    pages.kiosk.set_cookie("look", look)
    try:
        for address in (
            "/",
            "/open/finance",
            f"/finances/{pages.statement}",
            f"/rolls/{pages.roll}",
            "/guides/QX-G13",
        ):
            assert pages.kiosk.get(address).status_code == 200
    finally:
        pages.kiosk.delete_cookie("look")


def test_a_task_of_the_public_takes_at_most_four_taps(pages: Pages) -> None:
    """Entry by entry is the deepest page of all."""
    path = ["/", "/open/finance", f"/finances/{pages.statement}", f"/finances/{pages.statement}/entries"]
    path.append(f"/finances/{pages.statement}/entries/1")

    assert len(path) - 1 <= 4
    for here, there in pairwise(path):
        links = [unescape(link) for link in re.findall(r'href="([^"]+)"', pages.kiosk.get(here).text)]
        assert any(link.split("?")[0] == there for link in links), there


def test_pages_may_be_kept_but_never_one_with_a_form(pages: Pages) -> None:
    assert pages.kiosk.get("/open/party").headers["Cache-Control"] == "no-cache"
    assert pages.kiosk.get("/case").headers["Cache-Control"] == "no-store"
    assert pages.kiosk.get("/mine").headers["Cache-Control"] == "no-store"


def test_kept_page_is_right_at_once_after_a_publication(pages: Pages) -> None:
    pages.place.clock.forward(minutes=1)
    kept = [pages.kiosk.get("/").text for _ in range(2)]
    pages.notice(title="刚刚贴出来的公告")

    assert "刚刚贴出来的公告" not in kept[0]
    assert kept[0] == kept[1]
    assert "刚刚贴出来的公告" in pages.kiosk.get("/").text


def test_a_page_image_comes_nearer_and_moves_by_buttons(pages: Pages) -> None:
    ref = keep_file(pages.village, b"\xff\xd8\xff made up")
    image = {"media_type": "image/jpeg", "width": 1000, "height": 1400, "sha256": ref.sha256, "role": "page"}
    words = {"kind": "paragraph", "text": "见原件。", "level": None, "align": "left"}
    document = {"title": "扫描件", "issuer": "", "date": "", "blocks": [words], "images": [image]}
    code = pages.notice(title="扫描件", document=document, images=(ref,))
    address = f"/notices/{code}/pages/1"

    whole, nearer, edge, nonsense = (
        pages.kiosk.get(address + asked).text
        for asked in ("", "?zoom=2&x=1&y=2", "?zoom=2&x=99&y=-3", "?zoom=9&x=a")
    )

    assert f'href="{address}"' in pages.kiosk.get(f"/notices/{code}").text
    assert ref.sha256 in whole
    assert 'viewBox="0 0 1000 1400"' in whole
    assert 'viewBox="250 700 500 700"' in nearer
    assert 'viewBox="500 0 500 700"' in edge
    assert 'viewBox="0 0 1000 1400"' in nonsense
    assert pages.kiosk.get(f"/notices/{code}/pages/2").status_code == 404


def test_voucher_or_picture_is_seen_larger_and_leads_back(pages: Pages) -> None:
    ref = keep_file(pages.village, b"\xff\xd8\xff a voucher")
    pages.notice(title="附凭证", images=(ref,))

    page = pages.kiosk.get(f"/photo/{ref.sha256}?back=/contacts&zoom=2&x=1").text

    assert f"/files/{ref.sha256}" in page
    assert 'viewBox="250 0 500 500"' in page
    assert "back=/contacts&amp;zoom=3" in page
    assert 'class="key key-back" href="/contacts"' in page
    assert pages.kiosk.get("/photo/" + "0" * 64).status_code == 404


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, "先点数字"),
        ({"quantity": "2.08"}, "273.35"),
        ({"quantity": "2.08", "paid": "273.35"}, "一分不差"),
        ({"quantity": "2.08", "paid": "273.34"}, "四舍五入"),
        ({"quantity": "2.08", "paid": "270"}, "实际少发 3.35 元。按这个标准，发的钱正好是 2.05 亩"),
        ({"quantity": "2.08", "paid": "300"}, "实际多发 26.65 元"),
        ({"quantity": "2.0", "key": "8"}, "273.35"),
        ({"quantity": "2.08", "field": "paid", "key": "5"}, "实际少发"),
        ({"quantity": "两亩"}, "先点数字"),
        ({"quantity": "0"}, "先点数字"),
        ({"quantity": "9" * 40, "paid": "x"}, "9999999 亩"),
    ],
)
def test_a_sum_is_worked_out_from_what_was_typed(pages: Pages, asked: dict[str, str], words: str) -> None:
    assert words in pages.kiosk.get("/calculator/R01", query_string=asked).text


def test_a_village_without_anything_yet_says_so_on_every_page(tmp_path: Path) -> None:
    init(tmp_path / "new", kind="village", code=VILLAGE, name="新村")
    node = open_node(tmp_path / "new")
    client = client_of(node)

    for address, words in (
        ("/", "还没有公告"),
        ("/open/village", "公开目录还没有到"),
        ("/open/finance/notices", "这里还没有公告"),
        ("/finances", "还没有公开收支账"),
        ("/finances/trend", "还没有公开收支账"),
        ("/rolls", "还没有公开名册"),
        ("/programmes", "补贴标准还没有到"),
        ("/calculator", "补贴标准还没有到"),
        ("/guides", "办事指南还没有到"),
        ("/contacts", "还没有填"),
        ("/search?q=低保", "没有找到"),
        ("/case", "第一步"),
        ("/mine", "拼音"),
    ):
        response = client.get(address)
        assert response.status_code == 200, address
        assert words in response.text, address
    node.close()

"""What a villager reads on the phone after texting: the right thing, to the right person, in few words."""

import random
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
from sms_places import CHEN, OTHER_VILLAGE, VILLAGE, WANG, ZHAO, Hub, make_hub

from content import cases, codes, feedback, finances, notices, ratings, subsidies
from content.notices import Notice, Review
from content.rating_states import Contacted, Fixed, FollowedUp
from content.statements import Entry, Statement
from content.villages import Village, list_village
from sms import conversations, staff_notes, templates
from sms.outbox_tables import outbox
from sms.segments import count_segments
from sms.service import make_sms


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with make_hub(tmp_path) as made:
        yield made


@pytest.fixture
def case_no(hub: Hub) -> str:
    """Wang's case, accepted, its news sent."""
    number = hub.file("13900001234")
    cases.accept(hub.county.record, hub.county.views.read(), number, by="clerk")
    hub.sync()
    hub.work()
    return number


def _publish_notice(hub: Hub, title: str, words: str = "现将有关情况公示如下。") -> None:
    document = {"title": title, "blocks": [{"text": words}]}
    review = Review("li", "李监督", "同意", hub.clock.text)
    stream = hub.village.record.own_stream("all")
    with hub.village.record.write() as transaction:
        notices.publish(transaction, stream, Notice("V1", title, document, "村委会", "chen", (review,)))
    hub.clock.turn(seconds=1)
    hub.sync()


def _publish_month(hub: Hub, month: int, closing_fen: int) -> None:
    review = Review("li", "李监督", "同意", hub.clock.text)
    start, end = f"2026-{month:02d}-01", f"2026-{month:02d}-28"
    statement = Statement(
        f"{month}月收支", start, end, closing_fen - 1000, 1500, 500, closing_fen, "村委会", "chen", (review,)
    )
    entries = [Entry("经营收入", "租金", 1500, 0), Entry("管理费用", "办公", 0, 500)]
    stream = hub.village.record.own_stream("all")
    with hub.village.record.write() as transaction:
        finances.publish(transaction, stream, statement, entries)
    hub.sync()


# Cases: who may know what


@pytest.mark.parametrize(
    "spell",
    [
        lambda no: no,
        lambda no: f"CX {no}",
        lambda no: f"查{no.lower()}",
        lambda no: f"你好请问我的事办得怎么样了 编号 {no}",
        lambda no: no.replace("0", "O").replace("1", "l"),
        lambda no: codes.grouped(no),
        lambda no: "".join(chr(ord(char) + 0xFEE0) for char in no),
    ],
    ids=["bare", "command", "small", "chatter", "look-alikes", "grouped", "full-width"],
)
def test_the_number_on_file_reads_the_state_in_any_spelling(hub: Hub, case_no: str, spell: object) -> None:
    (answer,) = hub.text(WANG, spell(case_no))  # type: ignore[operator]

    assert f"办件{case_no}已受理，应在12月14日前办结" in answer


def test_another_phone_reads_one_neutral_sentence_and_the_owner_gets_the_answer(
    hub: Hub, case_no: str
) -> None:
    before = len(hub.screen(WANG))

    someone_elses = hub.text(CHEN, f"CX {case_no}")
    unknown = hub.text(ZHAO, f"CX {codes.new_code()}")

    assert someone_elses == unknown
    assert case_no not in someone_elses[0]
    (answer,) = hub.screen(WANG)[before:]
    assert "已受理" in answer


def test_asking_again_and_again_does_not_flood_the_owner(hub: Hub, case_no: str) -> None:
    before = len(hub.screen(WANG))

    for words in ("CX {}", "查{}", "{}", "请问{}"):
        hub.text(CHEN, words.format(case_no))
        hub.text(ZHAO, words.format(case_no))

    assert len(hub.screen(WANG)) == before + 1


def test_guessing_case_numbers_discloses_nothing_and_staff_are_told(hub: Hub, case_no: str) -> None:
    chance = random.Random(7)
    seen = set()
    for _ in range(8):
        for _ in range(4):
            guess = codes.new_code(lambda count: chance.randbytes(count))
            seen.update(hub.text(CHEN, f"CX {guess}"))
            seen.update(hub.text(CHEN, f"CX {case_no[:-1]}{guess[-1]}"))
        hub.clock.turn(minutes=11)

    assert not any("已受理" in text for text in seen)
    assert len([text for text in seen if "如有这个办件" in text]) == 1


def test_without_a_number_the_newest_own_case_is_told_and_a_stranger_is_asked_for_one(
    hub: Hub, case_no: str
) -> None:
    (own,) = hub.text(WANG, "办件进度")
    (stranger,) = hub.text(CHEN, "办件进度")

    assert case_no in own
    assert "请发9位办件号" in stranger


def test_an_english_question_about_a_case_is_answered_in_english(hub: Hub, case_no: str) -> None:
    (answer,) = hub.text(WANG, f"status {case_no}")

    assert answer == f"Case {case_no}: accepted, due by 2026-12-14."


def test_a_closed_case_is_rated_once_by_a_lone_digit(hub: Hub, case_no: str) -> None:
    db = hub.county.views.read()
    cases.decide(hub.county.record, db, case_no, outcome="granted", by="clerk")
    hub.sync()
    cases.close(hub.county.record, db, case_no, by="clerk")
    hub.sync()
    hub.work()

    (thanks,) = hub.text(WANG, "5")
    hub.text(WANG, "4")

    case = cases.get(db, case_no)
    assert "谢谢您的评价：5分" in thanks
    assert case is not None
    assert case.status.rating is not None
    assert case.status.rating.score == 5


def test_a_low_rating_promises_a_call_and_leaves_the_comment_to_staff(hub: Hub, case_no: str) -> None:
    db = hub.county.views.read()
    cases.decide(hub.county.record, db, case_no, outcome="granted", by="clerk")
    hub.sync()
    cases.close(hub.county.record, db, case_no, by="clerk")
    hub.sync()
    hub.work()

    (answer,) = hub.text(WANG, "非常不满意，跑了三趟")

    assert "会有人联系您" in answer
    assert [note.kind for note in staff_notes.open_notes(hub.county.record)] == ["complaint"]


def test_what_was_put_right_is_rated_once_more_by_its_word(hub: Hub, case_no: str) -> None:
    db, record = hub.county.views.read(), hub.county.record
    cases.decide(record, db, case_no, outcome="granted", by="clerk")
    hub.sync()
    cases.close(record, db, case_no, by="clerk")
    hub.sync()
    hub.work()
    hub.text(WANG, "1")
    village = hub.village.config.code
    (too_early,) = hub.text(WANG, "评价 4")
    ratings.contact(record, db, village, case_no, Contacted("phone", "跑了三趟"), by="clerk")
    hub.county.views.catch_up()
    ratings.fix(record, db, village, case_no, Fixed("上门补办了", "当面告诉了本人"), by="clerk")
    hub.work()

    (thanks,) = hub.text(WANG, "评价 4")
    (again,) = hub.text(WANG, "评价 2")

    assert "没有等着评价的" in too_early
    assert "谢谢您的评价：4分" in thanks
    assert "没有等着评价的" in again
    assert ratings.status_of(db, village, case_no).followed == FollowedUp(4)


# What is published


def test_notices_are_listed_and_read_by_their_digit_page_by_page(hub: Hub) -> None:
    _publish_notice(hub, "水渠维修公示", "村东水渠维修工程已经竣工。" * 12)
    _publish_notice(hub, "先进评选公示")

    (listed,) = hub.text(WANG, "公告")
    (first,) = hub.text(WANG, "2")
    (second,) = hub.text(WANG, "m")

    assert "1.先进评选公示 2.水渠维修公示" in listed
    assert first.startswith("水渠维修公示（11月23日）")
    assert first.endswith("回M下一页【柳河村】")
    assert second.startswith("村东水渠") or "水渠" in second
    assert count_segments(first) == count_segments(second) == 1


def test_a_topic_finds_its_notice(hub: Hub) -> None:
    _publish_notice(hub, "宅基地审批公示")
    _publish_notice(hub, "先进评选公示")

    (listed,) = hub.text(WANG, "公告 宅基地")

    assert "1.宅基地审批公示" in listed
    assert "先进" not in listed


def test_accounts_are_told_by_month_to_the_fen(hub: Hub) -> None:
    _publish_month(hub, 9, 1234567)
    _publish_month(hub, 10, 8653245)

    (latest,) = hub.text(WANG, "财务")
    (asked,) = hub.text(WANG, "村里9月份的账公布了没")
    (missing,) = hub.text(WANG, "CW 3")
    (english,) = hub.text(WANG, "finance")

    assert "2026年10月收入15.00元，支出5.00元，结余86,532.45元" in latest
    assert "2026年9月" in asked
    assert "12,345.67" in asked
    assert "3月的账还没有公布" in missing
    assert "balance 86,532.45" in english


def test_a_subsidy_is_told_by_this_countys_own_rate_and_by_no_others(hub: Hub) -> None:
    path = Path(subsidies.__file__).parent / "data" / "programmes.csv"
    subsidies.set_standards(hub.county.record, subsidies.read_programmes(path), by="test")
    hub.county.views.catch_up()

    (answer,) = hub.text(WANG, "补贴 耕地")

    assert "本县标准还没有录入" in answer
    assert "131.42" not in answer


def test_a_guide_says_what_to_bring_where_and_how_long(hub: Hub) -> None:
    pages = hub.text(WANG, "办残疾证要带什么材料")
    while "下一页" in pages[-1]:
        pages += hub.text(WANG, "更多")
    whole = "".join(pages)

    for words in ("残疾人证办理", "居民身份证", "户口簿", "残联窗口", "7个工作日", "0578-0000101"):
        assert words in whole
    assert all(count_segments(page) == 1 for page in pages)


@pytest.mark.parametrize(
    "words", ["怎么办低保", "banshi yanglao", "办事 医保", "孩子刚生下来上户口去哪办", "我想建房怎么申请"]
)
def test_the_usual_words_find_their_guide(hub: Hub, words: str) -> None:
    (answer,) = hub.text(WANG, words)

    assert "：带" in answer


# Talking


def test_help_shows_what_can_be_asked_and_its_digits_work(hub: Hub) -> None:
    (menu,) = hub.text(WANG, "帮助")
    (chosen,) = hub.text(WANG, "5")

    assert "办件号" in menu
    assert "能办的事" in chosen


def test_the_next_page_is_there_after_a_restart_and_gone_after_ten_minutes(hub: Hub, tmp_path: Path) -> None:
    hub.text(WANG, "怎么办低保")
    hub.sms = make_sms(hub.county, hub.gateway, hub.sms.settings)
    (second,) = hub.text(WANG, "m")
    hub.clock.turn(minutes=11)
    (late,) = hub.text(WANG, "m")

    assert "(2/" in second
    assert "没有下一页" in late


def test_stop_ends_news_and_not_answers(hub: Hub) -> None:
    (farewell,) = hub.text(WANG, "td")
    case_no = hub.file("13900001234")
    hub.work()
    (answer,) = hub.text(WANG, case_no)
    hub.text(WANG, "Y")
    cases.accept(hub.county.record, hub.county.views.read(), case_no, by="clerk")
    hub.sync()
    hub.work()

    assert "已退订" in farewell
    assert "已提交" in answer
    assert "已受理" in hub.screen(WANG)[-1]


def test_an_id_number_is_not_asked_for_and_its_sender_is_warned(hub: Hub) -> None:
    (answer,) = hub.text(WANG, "我身份证号332526194805060009查一下")

    assert "请不要用短信发身份证号" in answer
    assert "332526" not in answer


def test_a_complaint_is_filed_for_the_county_and_answered_to_its_sender_alone(hub: Hub) -> None:
    (receipt,) = hub.text(WANG, "TS 公示栏三个月没换了")
    db, keys = hub.county.views.read(), hub.county.keys
    (line,) = feedback.list_open(db, area=VILLAGE)
    said = feedback.get(db, VILLAGE, line.no)
    assert said is not None
    form = feedback.open_form(said, keys)
    assert line.no in receipt
    assert (said.kind, said.channel, form.text, form.phone) == (
        "complaint", "sms", "公示栏三个月没换了", "13900001234",
    )  # fmt: skip

    feedback.answer(hub.county.record, db, VILLAGE, line.no, answer="已换上新的公示栏。", by="clerk")
    hub.county.views.catch_up()
    hub.work()
    news = hub.screen(WANG)[-1]
    (answer,) = hub.text(WANG, line.no)
    (stranger,) = hub.text(CHEN, line.no)

    assert "有答复" in news
    assert "新的公示栏" not in news
    assert "已换上新的公示栏" in answer
    assert "如有这个办件" in stranger


def test_a_complaint_is_heard_in_a_flood_of_questions(hub: Hub) -> None:
    for words in ("公告", "财务", "补贴", "办事", "低保", "医保"):
        hub.text(WANG, words)

    (receipt,) = hub.text(WANG, "投诉 水渠坏了")

    assert "编号" in receipt


def test_a_complaint_filed_before_a_crash_is_filed_once(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.gateway.type_text(WANG, "投诉 水渠坏了")
    with monkeypatch.context() as patched:
        patched.setattr(conversations, "save", _power_cut)
        hub.sms.worker.run_once()

    hub.work()

    (line,) = feedback.list_open(hub.county.views.read(), area=VILLAGE)
    assert line.no in hub.screen(WANG)[-1]


def _power_cut(*_: object) -> None:
    raise OSError("power cut")


def test_after_five_complaints_a_day_a_person_sorts(hub: Hub) -> None:
    for number in range(6):
        hub.text(WANG, f"投诉 第{number}盏路灯不亮")

    (note,) = staff_notes.open_notes(hub.county.record)
    assert len(feedback.list_open(hub.county.views.read(), area=VILLAGE)) == 5
    assert (note.kind, note.number) == ("complaint", WANG)
    assert "第5盏" in note.text


def test_with_two_villages_the_sender_is_asked_once_which_one(hub: Hub) -> None:
    list_village(hub.county.record, Village(OTHER_VILLAGE, "上坪村", "柳河镇", OTHER_VILLAGE[:9]), by="test")
    hub.county.views.catch_up()
    _publish_notice(hub, "水渠维修公示")

    (question,) = hub.text(WANG, "公告")
    (answer,) = hub.text(WANG, "柳河村的")
    hub.clock.turn(hours=2)
    (again,) = hub.text(WANG, "公告")

    assert "哪个村" in question
    assert "水渠维修公示" in answer
    assert "水渠维修公示" in again


@pytest.mark.parametrize("text", ["柳河村", "我是柳河镇柳河村的。"])
def test_who_only_names_the_village_is_told_what_to_ask_and_remembered(hub: Hub, text: str) -> None:
    list_village(hub.county.record, Village(OTHER_VILLAGE, "上坪村", "柳河镇", OTHER_VILLAGE[:9]), by="test")
    hub.county.views.catch_up()
    _publish_notice(hub, "水渠维修公示")

    (menu,) = hub.text(WANG, text)
    (answer,) = hub.text(WANG, "公告")

    assert menu == hub.text(WANG, "帮助")[0]
    assert "水渠维修公示" in answer


def test_the_village_of_ones_own_case_need_not_be_named(hub: Hub, case_no: str) -> None:
    list_village(hub.county.record, Village(OTHER_VILLAGE, "上坪村", "柳河镇", OTHER_VILLAGE[:9]), by="test")
    hub.county.views.catch_up()
    _publish_notice(hub, "水渠维修公示")

    (answer,) = hub.text(WANG, "公告")

    assert "水渠维修公示" in answer


# The words themselves

FILLED = {
    "number": "+8613700000000",
    "matter": "城乡居民基本养老保险参保登记",
    "case_no": "Q7K2M9XFP",
    "no": "Q7K2M9XFP",
    "due_on": "12月14日",
    "due_iso": "2026-12-14",
    "phone": "0578-0000110",
    "items": "户口簿复印件、一寸照片、银行卡复印件、村委会证明、授权委托书、承诺书、劳动合同",
    "count": "7",
    "step": "入户调查与材料初审",
    "next_step": "乡镇审核确认",
    "collect_at": "柳河镇便民服务中心一楼综合窗口",
    "when": "工作日8:30-17:00",
    "score": "5",
    "example": "柳河村",
    "topic": "柳河村的公告",
    "period": "2026年10月",
    "income": "1,265,964.31",
    "expense": "1,059,388.50",
    "closing": "1,286,532.45",
    "name": "高龄津贴",
    "materials": "户口簿、身份证、一寸照片、银行卡",
    "department": "县农业农村局",
    "carrier": "邮政速递",
    "tracking_no": "EM123456789CN",
    "code": "123456",
    "colour": "黄牌",
    "about": "群众意见Q7K2-M9XF-P",
    "clock": "受理期限",
    "rectify_by": "12月24日",
}
PAGED = {
    "notices",
    "notice_detail",
    "subsidies",
    "subsidy",
    "guides",
    "guide",
    "new_notice",
    "feedback_answer",
}


@pytest.mark.parametrize("key", sorted(set(templates.WORDINGS) - PAGED))
def test_every_wording_fits_one_segment_even_with_long_words(key: str) -> None:
    wording = templates.word(key, FILLED, signature="【大柘镇柳河村】")

    assert count_segments(wording.text) == 1, wording.text


def test_the_longest_wording_that_fits_is_taken() -> None:
    short = templates.word("case_accepted", FILLED | {"matter": "办件"}, signature="【柳河村】").text
    long = templates.word("case_accepted", FILLED | {"matter": "很长" * 30}, signature="【柳河村】").text

    assert short.startswith("【柳河村】您的办件")
    assert long == "【柳河村】办件Q7K2M9XFP已受理，承诺12月14日前办结。"


def test_rows_keep_template_and_parameters_for_gateways_that_send_only_templates(
    hub: Hub, case_no: str
) -> None:
    with hub.county.record.read() as connection:
        row = connection.execute(sa.select(outbox).where(outbox.c.template == "case_accepted")).one()
    said = msgspec.json.decode(hub.county.keys.reveal(row.hidden))

    assert said["parameters"]["case_no"] == case_no
    assert said["parameters"]["due_on"] == "12月14日"
    assert row.village == VILLAGE

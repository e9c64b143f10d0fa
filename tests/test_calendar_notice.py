"""A year's holiday notice read as it is announced: the real ones give the days that chinesecalendar has."""

from datetime import date, timedelta

import chinese_calendar
import pytest

from content import calendar, calendar_notice
from content.calendar import Calendar, YearTable
from content.errors import RuleError

# 国办发明电〔2023〕7号, 国办发明电〔2024〕12号, 国办发明电〔2025〕7号: the dates as they stand there.
NOTICES = {
    2024: """一、元旦：1月1日放假，与周末连休。
二、春节：2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。鼓励各单位结合带薪年休假等制度落实，安排职工在除夕（2月9日）休息。
三、清明节：4月4日至6日放假调休，共3天。4月7日（星期日）上班。
四、劳动节：5月1日至5日放假调休，共5天。4月28日（星期日）、5月11日（星期六）上班。
五、端午节：6月10日放假，与周末连休。
六、中秋节：9月15日至17日放假调休，共3天。9月14日（星期六）上班。
七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。""",
    2025: """一、元旦：1月1日（周三）放假1天，不调休。
二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
三、清明节：4月4日（周五）至6日（周日）放假，共3天。
四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。""",
    2026: """一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。""",
}


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_a_real_notice_gives_every_day_of_its_year(year: int) -> None:
    read = Calendar({year: calendar_notice.read(NOTICES[year], year)})

    days = [date(year, 1, 1) + timedelta(days=n) for n in range(364)]
    wrong = [day for day in days if read.is_workday(day) != chinese_calendar.is_workday(day)]

    assert wrong == []


@pytest.mark.parametrize("year", [2019, 2024, 2025, 2026])
def test_a_table_comes_back_from_its_own_lines(year: int) -> None:
    table = calendar.table_of(Calendar(), year)

    again = calendar_notice.read(calendar_notice.write(table), year)

    assert (set(again.holidays), set(again.workdays)) == (set(table.holidays), set(table.workdays))


@pytest.mark.parametrize(
    ("text", "holidays", "workdays"),
    [
        pytest.param("1月1日放假", ["2027-01-01"], [], id="one day"),
        pytest.param("2026年12月31日至1月2日放假", None, [], id="backwards"),
        pytest.param(
            "2026年12月31日至2027年1月1日放假，1月3日上班",
            ["2026-12-31", "2027-01-01"],
            ["2027-01-03"],
            id="over the new year",
        ),
        pytest.param("2027-05-01 至 2027-05-02 放假", ["2027-05-01", "2027-05-02"], [], id="in digits"),
        pytest.param("春节：2 月 6 日 到 7 日\n休息", ["2027-02-06", "2027-02-07"], [], id="with spaces"),
        pytest.param("2月30日放假", None, [], id="no such day"),
        pytest.param("1月1日放假，1月3日", None, [], id="nothing said of a day"),
        pytest.param("请各单位遵照执行", None, [], id="no day"),
        pytest.param("", None, [], id="empty"),
    ],
)
def test_lines_are_read_or_refused_in_words(
    text: str, holidays: list[str] | None, workdays: list[str]
) -> None:
    if holidays is None:
        with pytest.raises(RuleError):
            calendar_notice.read(text, 2027)
        return

    table = calendar_notice.read(text, 2027)

    assert table == YearTable(
        2027, tuple(map(date.fromisoformat, holidays)), tuple(map(date.fromisoformat, workdays))
    )

"""What the words around a table say: the village, the period, the programme of a roll."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date

from content.intake.dates import Period, find_day, find_period, months, plain_digits

_NOT_A_VILLAGE = ("农村", "乡村", "本村", "全村", "各村", "我村", "行政村", "自然村", "示范村")
_VILLAGE = re.compile(r"([\u4e00-\u9fff]{1,5}?(?:村(?:村(?![民委级务集股组]))?|社区))(?!集体|民组|名)")
_HIGHER_AREA = re.compile(r"^.*?(?:省|自治区|市|县|(?<!社)区|镇|乡(?!村)|街道)(?=[\u4e00-\u9fff])")


def find_village(texts: Iterable[str]) -> str | None:
    """The village the titles name ('柳河村' in '清溪县柳河镇柳河村2026年…'), else None."""
    for text in texts:
        for run in re.findall(r"[\u4e00-\u9fff]+", unicodedata.normalize("NFKC", text)):
            while (shorter := _HIGHER_AREA.sub("", run, count=1)) != run:
                run = shorter
            found = _VILLAGE.search(run)
            if found and not found[1].endswith(_NOT_A_VILLAGE):
                return found[1]
    return None


def period_of(texts: Iterable[str]) -> Period | None:
    """The period that the texts name, the first that names one; else the month of the first full day."""
    texts = list(texts)
    named = next((period for text in texts if (period := find_period(text))), None)
    if named:
        return named
    day = day_of(texts)
    return months(day.year, day.month, day.month) if day else None


def day_of(texts: Iterable[str]) -> date | None:
    """The first full day in the texts, the day of making or posting the sheet passed over."""
    return next((day for text in texts if (day := find_day(text))), None)


def batch_of(captions: Iterable[str]) -> str | None:
    """The batch of a roll: '2026-06', '2026Q3', '2026H1' or '2026', as exactly as the captions say.

    A title that names only the year is made exact by a dated line under it.
    """
    captions = list(captions)
    period = next((found for text in captions if (found := find_period(text))), None)
    day = day_of(captions)
    if day and (period is None or (period.months == 12 and day.year == period.start.year)):
        return f"{day:%Y-%m}"
    if period is None:
        return None
    year, first = period.start.year, period.start.month
    names = {
        1: f"{year}-{first:02d}",
        3: f"{year}Q{(first + 2) // 3}",
        6: f"{year}H{1 if first == 1 else 2}",
        12: str(year),
    }
    return names.get(period.months, f"{period.start:%Y-%m}/{period.end:%Y-%m}")


_ROLL_WORDS = re.compile(
    r"(?:资金|人员|对象|农户|发放|兑付|到户|公示|公开|花?名册|清册|清单|明细|登记|汇总|统计|情况|审批|信息|册|表|名单)+$"
)
# '补贴项目：耕地地力保护补贴' beside the general title of a card's list.
_NAMED = re.compile(r"(?:补贴|补助|资金|发放)项目(?:名称)?\s*[:：]\s*([\u4e00-\u9fff]{3,20})")
_FULL_NAMES = (
    (r"城乡(?:居民)?低保|城乡(?:居民)?最低生活保障", "城乡最低生活保障"),
    (r"城市(?:居民)?低保|城市(?:居民)?最低生活保障", "城市最低生活保障"),
    (r"低保|最低生活保障", "农村最低生活保障"),
    (r"特困|五保", "农村特困人员基本生活"),
    (r"残疾人?两补", "残疾人两项补贴"),
)
_SENSITIVE = re.compile(r"低保|最低生活|特困|五保|残疾|孤儿|困境|救助|救济|救灾|慰问|困难|艾滋|精神")


def find_programme(captions: Iterable[str], *, pays_right_holders: bool = False) -> str | None:
    """The programme a roll's title names, short names written out ('农村低保' is 农村最低生活保障).

    A forest payment that names no other level is taken for the national scheme, which villages mean by the bare
    word; a roll of right holders says so, because the standard is shared between them and the manager.
    """
    captions = list(captions)
    if named := next((found for text in captions if (found := _NAMED.search(text))), None):
        return _full_name(named[1], pays_right_holders)
    for text in captions:
        plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
        if not _ROLL_WORDS.search(re.sub(r"\([^()]*\)$", "", plain)):
            continue
        name = _ROLL_WORDS.sub("", title_core(plain))
        if name:
            return _full_name(name, pays_right_holders)
    return None


def title_core(title: str) -> str:
    """A title without the village and the period in front and a bracketed note behind."""
    core = re.sub(r"\([^()]*\)$", "", plain_digits(title))
    core = re.sub(r"^.*?(?:19|20)\d\d年?度?", "", core)
    core = re.sub(r"^(?:第?[一二三四1-4]季度?|[上下]半年|\d{1,2}(?:[-至]\d{1,2})?月份?)", "", core)
    village = find_village([core])
    return core.partition(village)[2] if village else core


def _full_name(name: str, pays_right_holders: bool) -> str:
    if "公益林" in name:
        named_level = re.search(r"国家级|省级|市级|县级|地方", name)
        holder = "(权利人)" if pays_right_holders else ""
        return f"{'' if named_level else '国家级'}{name}{holder}"
    return next((full for pattern, full in _FULL_NAMES if re.search(pattern, name)), name)


def is_sensitive(programme: str) -> bool:
    """Whether a list of names under this programme would tell who is poor, ill or disabled."""
    return _SENSITIVE.search(programme) is not None

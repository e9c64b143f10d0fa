"""The figures as tables, the same for the page, the spreadsheet and the paper: words and cells, no markup."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from content.ratings import SCORES
from content.statistics import Figures, Line, Report, Saved, Share
from kiosk.county.scope_form import month_name
from kiosk.public.words import SCORES as SCORE_WORDS
from kiosk.spreadsheets import Cell, Sheet

NONE = "—"
# The definitions of content/statistics.py, for the reader's language; a test compares them.
DEFINITION_WORDS = (
    (lazy_gettext("收件数"), lazy_gettext("统计期内提交的办件")),
    (lazy_gettext("办结数"), lazy_gettext("统计期内办结的办件，不含不予受理")),
    (
        lazy_gettext("按时办结率"),
        lazy_gettext("期限内作出决定的办结数 ÷ 有时限的办结数；有承诺时限的按承诺，没有的按法定"),
    ),
    (lazy_gettext("当日办结率"), lazy_gettext("受理当天作出决定的办结数 ÷ 办结数")),
    (lazy_gettext("承诺提速率"), lazy_gettext("(法定时限 − 承诺时限) ÷ 法定时限，只算两个时限都有的办结件")),
    (
        lazy_gettext("实际提速率（比法定）"),
        lazy_gettext("(法定时限 − 实际用时) ÷ 法定时限，只算有法定时限的办结件"),
    ),
    (
        lazy_gettext("实际提速率（比承诺）"),
        lazy_gettext("(承诺时限 − 实际用时) ÷ 承诺时限，只算有承诺时限的办结件"),
    ),
    (lazy_gettext("超期数"), lazy_gettext("今天已经过了期限还没有办的，与统计期无关；等申请人补正的不算")),
    (lazy_gettext("黄牌、红牌"), lazy_gettext("统计期内发出、没有撤销的牌")),
    (lazy_gettext("异议答复"), lazy_gettext("统计期内提出的异议，其中已经答复的")),
    (
        lazy_gettext("好差评"),
        lazy_gettext("统计期内办结（含不予受理）的各档评价数和没有评价的数；申诉成立的不计入"),
    ),
    (
        lazy_gettext("翻看页数"),
        lazy_gettext("统计期内自助机、门户网上打开的页数，不记是谁；自动回到的首页不算"),
    ),
    (lazy_gettext("短信条数"), lazy_gettext("统计期内回答了的来信和交给网关的去信")),
    (
        lazy_gettext("少于5"),
        lazy_gettext("办事、我的补贴、我要说等自己的事按 5 的整数算，不到 5 的写“少于5”；合计按写出来的加"),
    ),
)


@dataclass(frozen=True)
class Column:
    """A column of figures. share: its counts stand beside it where it is a rate."""

    label: str
    value: Callable[[Figures], Any]


def percent(rate: Share | Saved) -> str:
    """ "95.2%", or a dash of nothing."""
    return NONE if rate.percent is None else f"{rate.percent:.1f}%"


def share_words(share: Share) -> str:
    """A rate with its two counts: "95.2%（190/200）"."""
    return _("%(percent)s（%(part)s/%(whole)s）", percent=percent(share), part=share.part, whole=share.whole)


def work_columns() -> list[Column]:
    """What is counted of cases and cards."""
    return [
        Column(_("收件数"), lambda one: one.received),
        Column(_("办结数"), lambda one: one.closed),
        Column(_("有时限的"), lambda one: one.timed),
        Column(_("按时办结"), lambda one: one.on_time),
        Column(_("按时办结率"), lambda one: percent(one.on_time_share)),
        Column(_("当日办结"), lambda one: one.same_day),
        Column(_("当日办结率"), lambda one: percent(one.same_day_share)),
        Column(_("承诺提速率"), lambda one: percent(one.promise_saves)),
        Column(_("实际提速率（比法定）"), lambda one: percent(one.saved_of_law)),
        Column(_("实际提速率（比承诺）"), lambda one: percent(one.saved_of_promise)),
        Column(_("不予受理"), lambda one: one.refused),
        Column(_("现在在办"), lambda one: one.open),
        Column(_("现在超期"), lambda one: one.overdue),
        Column(_("黄牌"), lambda one: one.yellow),
        Column(_("红牌"), lambda one: one.red),
    ]


def rating_columns() -> list[Column]:
    """The whole distribution, and how many did not rate."""
    levels = [Column(str(SCORE_WORDS[score]), _of_score(score)) for score in SCORES]
    return [
        *levels,
        Column(_("申诉成立不计入"), lambda one: one.excluded),
        Column(_("没有评价"), lambda one: one.ratings.unrated),
        Column(_("可评价的"), lambda one: one.ratings.finished),
    ]


def saying_columns() -> list[Column]:
    """What villagers said, and what of it has its answer."""
    return [
        Column(_("群众意见"), lambda one: one.feedback),
        Column(_("已答复"), lambda one: one.feedback_answered),
        Column(_("其中异议"), lambda one: one.objections),
        Column(_("异议已答复"), lambda one: one.objections_answered),
    ]


def sheet(title: str, first: str, columns: Sequence[Column], lines: Sequence[Line], total: Figures) -> Sheet:
    """A table of these lines with the whole at its foot."""
    head = [first, *(column.label for column in columns)]
    body = [_cells(line.name, columns, line.figures) for line in lines]
    return Sheet(title, head, body, _cells(_("合计"), columns, total))


def sheets(found: Report, group_word: str, *, is_of_places: bool) -> list[Sheet]:
    """Every table of a report. is_of_places: whether its lines are towns or villages, which feedback belongs to."""
    months = [Line(line.key, month_name(line.key), line.figures) for line in found.months]
    work, rated, said = work_columns(), rating_columns(), saying_columns()
    now = {_("现在在办"), _("现在超期")}
    monthly = [column for column in work if column.label not in now]
    made = [
        sheet(_("按%(what)s", what=group_word), group_word, work, found.lines, found.total),
        sheet(_("按月"), _("月份"), monthly, months, found.total),
        sheet(_("好差评"), group_word, rated, found.lines, found.total),
    ]
    by = (group_word, found.lines) if is_of_places else (_("月份"), months)
    return [*made, sheet(_("群众意见"), by[0], said, by[1], found.total)]


def _cells(name: str, columns: Sequence[Column], figures: Figures) -> list[Cell]:
    return [name, *(column.value(figures) for column in columns)]


def _of_score(score: int) -> Callable[[Figures], int]:
    return lambda one: one.ratings.counts[score]

"""The village's accounts: statements, their figures as bars, entry by entry, and the trend over months."""

from flask import Blueprint, abort, g, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from content import changes, finance_charts, finances, proofs
from content.finance_charts import AccountTotal
from content.finances import PublishedStatement
from content.money import yuan
from content.speech import Passage
from content.statements import Entry, Statement
from kiosk import charts, listening
from kiosk.pages import local_day, page_number, services, show
from kiosk.public.addresses import Answer, back_to, phone_code
from kiosk.public.paging import make_pager
from kiosk.public.words import local_month

TREND_MONTHS = 24


def register(public: Blueprint) -> None:
    """Add this module's pages to the blueprint."""
    public.add_url_rule("/finances", "statements", statements)
    public.add_url_rule("/finances/trend", "trend", trend)
    public.add_url_rule("/finances/<statement_id>", "statement", statement)
    public.add_url_rule("/finances/<statement_id>/entries", "entries", entries)
    public.add_url_rule("/finances/<statement_id>/entries/<int:no>", "entry", entry)


def statements() -> Answer:
    """The statements in force, the latest period first."""
    number = page_number()
    page = finances.list_statements(services().node.views.read(), g.village, number=number)
    return show(
        "public/statements.html",
        back=url_for("public.section", section="finance"),
        section="finance",
        part="statements",
        page=page,
        pager=make_pager(number, page.total),
    )


def trend() -> Answer:
    """Income and expense month by month: one sentence, columns, and the same numbers in a table."""
    months = finance_charts.trend(services().node.views.read(), g.village, TREND_MONTHS)
    if months:
        listening.offer(Passage(_trend_sentence(months), "en" if str(get_locale()) == "en" else "zh"))
    return show(
        "public/trend.html",
        back=url_for("public.section", section="finance"),
        section="finance",
        part="trend",
        months=months,
        sentence=_trend_sentence(months) if months else "",
        chart=_trend_chart(months) if months else None,
    )


def statement(statement_id: str) -> Answer:
    """One statement: four figures, one sentence, the largest accounts as bars and all of them in a table."""
    wired = services()
    db = wired.node.views.read()
    found = _existing(statement_id)
    totals = finance_charts.totals_by_account(db, statement_id)
    versions = finances.versions(db, statement_id)
    place = [version.id for version in versions].index(found.id)
    listening.offer(passage_of(found.statement, totals))
    return show(
        "public/statement.html",
        back=back_to(url_for("public.statements")),
        found=found,
        figures=found.statement,
        sentence=_sentence(found.statement, totals),
        totals=totals,
        income_bars=_bars(totals, "income"),
        expense_bars=_bars(totals, "expense"),
        before=versions[place - 1] if place else None,
        changes=changes.between(_lines(versions[place - 1]), _lines(found)) if place else [],
        corrections=len(versions) - 1,
        proof=proofs.state_of(wired.node.record, found.event),
        code=phone_code(),
    )


def entries(statement_id: str) -> Answer:
    """A statement's entries one by one, of one account if asked."""
    db = services().node.views.read()
    found = _existing(statement_id)
    account, number = request.args.get("account", ""), page_number()
    page = finances.entries(db, statement_id, account=account, number=number)
    return show(
        "public/entries.html",
        back=url_for("public.statement", statement_id=statement_id),
        found=found,
        account=account,
        accounts=[total.account for total in finance_charts.totals_by_account(db, statement_id)],
        page=page,
        pager=make_pager(number, page.total),
    )


def entry(statement_id: str, no: int) -> Answer:
    """One entry with everything that is known of it and the picture of its voucher."""
    found = _existing(statement_id)
    lines = finances.entries(services().node.views.read(), statement_id, number=no, size=1).lines
    if not lines:
        abort(404)
    return show(
        "public/entry.html",
        back=back_to(url_for("public.entries", statement_id=statement_id)),
        found=found,
        entry=lines[0],
    )


def _existing(statement_id: str) -> PublishedStatement:
    found = finances.get(services().node.views.read(), statement_id)
    if found is None or found.village != g.village:
        abort(404)
    return found


def _lines(version: PublishedStatement) -> list[str]:
    """What stands on a statement, a line for each figure and each entry, to be compared with another version."""
    figures = version.statement
    page = finances.entries(services().node.views.read(), version.id, size=max(1, figures.entry_count))
    return [
        figures.title,
        _("期初 %(amount)s 元", amount=yuan(figures.opening_fen)),
        *(_line(one) for one in page.lines),
        _("期末结余 %(amount)s 元", amount=yuan(figures.closing_fen)),
    ]


def _line(one: Entry) -> str:
    side = _("收入") if one.income_fen else _("支出")
    return f"{local_day(one.date)} {one.summary}，{side} {yuan(one.income_fen or one.expense_fen)}"


def _bars(totals: list[AccountTotal], side: str) -> Markup | None:
    """The largest accounts of one side; a red reversal has no length and stands in the table only."""
    is_income = side == "income"
    shown = finance_charts.for_chart(totals, side="income" if is_income else "expense")
    bars = [
        charts.Bar(total.account or _("没有写科目"), amount)
        for total in shown
        if (amount := total.income_fen if is_income else total.expense_fen) > 0
    ]
    if not bars:
        return None
    title = _("收入都来自哪里") if is_income else _("钱都花在哪里")
    return charts.bar_chart(bars, chart_id=f"bars-{side}", title=title, unit=_("元"))


def _trend_chart(months: list[finance_charts.MonthTotal]) -> Markup:
    return charts.trend_chart(
        [month.month for month in months],
        [
            charts.Series(_("收入"), [month.income_fen for month in months], "village"),
            charts.Series(_("支出"), [month.expense_fen for month in months], "subsidy", is_open=True),
        ],
        chart_id="trend",
        title=_("每月收入和支出"),
    )


def _trend_sentence(months: list[finance_charts.MonthTotal]) -> str:
    """What the columns say, for somebody who does not read them."""
    income, expense = (sum(month.income_fen for month in months), sum(month.expense_fen for month in months))
    words = _(
        "这 %(count)s 个月一共收进 %(income)s 元，花掉 %(expense)s 元，",
        count=len(months),
        income=yuan(income),
        expense=yuan(expense),
    )
    change = income - expense
    if change >= 0:
        words += _("收的比花的多 %(amount)s 元。", amount=yuan(change))
    else:
        words += _("花的比收的多 %(amount)s 元。", amount=yuan(-change))
    largest = max(months, key=lambda month: month.expense_fen)
    return words + _(
        "花得最多的是%(month)s，%(amount)s 元。",
        month=local_month(largest.month),
        amount=yuan(largest.expense_fen),
    )


def _sentence(figures: Statement, totals: list[AccountTotal]) -> str:
    """What the figures say, for somebody who does not read tables."""
    change = figures.closing_fen - figures.opening_fen
    words = _("收进 %(income)s 元，花掉 %(expense)s 元，", **_yuan(figures))
    if change > 0:
        words += _("账上比期初多了 %(amount)s 元。", amount=yuan(change))
    elif change < 0:
        words += _("账上比期初少了 %(amount)s 元。", amount=yuan(-change))
    else:
        words += _("账上的钱和期初一样多。")
    largest = max(totals, key=lambda total: total.expense_fen, default=None)
    if largest and largest.expense_fen > 0 and largest.account:
        words += _(
            "花得最多的是“%(account)s”，%(amount)s 元。",
            account=largest.account,
            amount=yuan(largest.expense_fen),
        )
    return words


def passage_of(figures: Statement, totals: list[AccountTotal]) -> Passage:
    """The one sentence of a statement, in the reader's language."""
    lang = "en" if str(get_locale()) == "en" else "zh"
    title = "" if lang == "en" else f"{figures.title}。\n"
    return Passage(title + _sentence(figures, totals), lang)


def _yuan(figures: Statement) -> dict[str, str]:
    return {"income": yuan(figures.income_fen), "expense": yuan(figures.expense_fen)}

"""Ledgers in words (kinds, one plain sentence, how a lease stands, bars), at the kiosk and at the desk."""

import re
from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from markupsafe import Markup

from content import contract_terms, ledger_sums
from content.ledger_rows import (
    ASSET_SIDE,
    LIABILITY_SIDE,
    PAYABLE,
    RECEIVABLE,
    Contract,
    Row,
)
from content.ledger_sums import DebtSums
from content.money import yuan
from kiosk import charts

COUNTED_DAYS = 732  # two years and more are told in years: nobody plans by 1864 days

KINDS = {
    "assets": lazy_gettext("资产"),
    "money": lazy_gettext("货币资金"),
    "resources": lazy_gettext("资源"),
    "contracts": lazy_gettext("合同"),
    "debts": lazy_gettext("债权债务"),
    "balance_sheet": lazy_gettext("资产负债表"),
}
SIDES = {
    RECEIVABLE: lazy_gettext("别人欠村里的（应收款）"),
    PAYABLE: lazy_gettext("村里欠别人的（应付款）"),
    ASSET_SIDE: lazy_gettext("有什么（资产）"),
    LIABILITY_SIDE: lazy_gettext("钱从哪里来（负债和权益）"),
}


def standing_words(contract: Contract, today: date) -> list[tuple[str, str]]:
    """How a lease stands, each as (words, look of a tag); the worst first."""
    stands = contract_terms.standing(contract, today)
    said: list[tuple[str, str]] = []
    if stands.owed_fen:
        said.append((_("欠租 %(amount)s 元", amount=yuan(stands.owed_fen)), "alarm"))
    if stands.days_left is None:
        said.append((_("没有写到期日"), "plain"))
    elif stands.is_expired:
        said.append((_("已过期 %(days)s 天", days=-stands.days_left), "alarm"))
    elif stands.days_left == 0:
        said.append((_("今天到期"), "warn"))
    elif stands.days_left < COUNTED_DAYS:
        look = "warn" if stands.is_soon else "ok"
        said.append((_("还有 %(days)s 天到期", days=stands.days_left), look))
    else:
        said.append((_("还有 %(years)s 年多到期", years=stands.days_left // 366), "ok"))
    return said


def sentence(kind: str, rows: Sequence[Row], today: date) -> str:
    """What a ledger says, for somebody who does not read tables; "" where its lines do not allow one."""
    return {
        "assets": _assets,
        "money": _money,
        "resources": _resources,
        "contracts": lambda found: _contracts(found, today),
        "debts": _debts,
        "balance_sheet": _balance,
    }[kind](rows)


def bars_title(kind: str, side: str = "") -> str:
    """What the bars of a kind compare, of one side of the debts; "" for a kind without bars."""
    titles = {"assets": _("哪样资产最值钱"), "resources": _("哪一块地最大")}
    sides = {RECEIVABLE: _("谁欠村里最多"), PAYABLE: _("村里欠谁最多")}
    return titles.get(kind, "") or sides.get(side, "")


def bars(kind: str, rows: Sequence[Row], *, side: str = "") -> Markup | None:
    """The largest of these rows as at most six bars; None where there are fewer than two to compare."""
    title = bars_title(kind, side)
    drawn = [charts.Bar(_label(name), amount) for name, amount in ledger_sums.largest(rows)] if title else []
    if len(drawn) < 2:
        return None
    chart_id = f"bars-{kind}" + {RECEIVABLE: "-in", PAYABLE: "-out"}.get(side, "")
    unit = _("亩") if kind == "resources" else _("元")
    return charts.bar_chart(drawn, chart_id=chart_id, title=title, unit=unit)


def _label(name: str) -> str:
    """What fits over a bar: "清溪县第二建筑队（质保金）" without what it is for, which the table says."""
    return _("其他") if name == ledger_sums.REST else re.sub(r"[（(][^（(]*[）)]$", "", name) or name


def _assets(rows: Sequence[Row]) -> str:
    original, net = ledger_sums.asset_sums(rows)
    return _(
        "村集体一共有 %(count)s 项资产，置办时花了 %(original)s 元，现在账上还值 %(net)s 元。",
        count=len(rows),
        original=yuan(original),
        net=yuan(net),
    )


def _money(rows: Sequence[Row]) -> str:
    book, actual = ledger_sums.money_sums(rows)
    told = _("账上应有 %(book)s 元，清点实有 %(actual)s 元，", book=yuan(book), actual=yuan(actual))
    if actual == book:
        return told + _("一分不差。")
    if actual < book:
        return told + _("少了 %(amount)s 元。", amount=yuan(book - actual))
    return told + _("多了 %(amount)s 元。", amount=yuan(actual - book))


def _resources(rows: Sequence[Row]) -> str:
    area = f"{ledger_sums.area_sum(rows).normalize():f}"
    return _("村集体一共有 %(area)s 亩土地、山林和水面。", area=area)


def _contracts(rows: Sequence[Row], today: date) -> str:
    stands = [contract_terms.standing(row, today) for row in rows if isinstance(row, Contract)]
    expired, soon = sum(one.is_expired for one in stands), sum(one.is_soon for one in stands)
    owed = sum(one.owed_fen for one in stands)
    told = _("一共 %(count)s 份合同，", count=len(stands))
    if expired:
        told += _("%(count)s 份已经过期，", count=expired)
    if soon:
        told += _("%(count)s 份快到期，", count=soon)
    return told + (_("还有 %(amount)s 元租金没有交。", amount=yuan(owed)) if owed else _("租金都交齐了。"))


def _debts(rows: Sequence[Row]) -> str:
    claims, debts = ledger_sums.debt_sums(rows, RECEIVABLE), ledger_sums.debt_sums(rows, PAYABLE)
    said = [
        _("别人欠村里 %(amount)s 元（%(change)s）", amount=yuan(claims.closing_fen), change=_change(claims)),
        _("村里欠别人 %(amount)s 元（%(change)s）", amount=yuan(debts.closing_fen), change=_change(debts)),
    ]
    return _("%(claims)s；%(debts)s。", claims=said[0], debts=said[1])


def _change(sums: DebtSums) -> str:
    difference = sums.closing_fen - sums.opening_fen
    if difference > 0:
        return _("比期初多 %(amount)s 元", amount=yuan(difference))
    if difference < 0:
        return _("比期初少 %(amount)s 元", amount=yuan(-difference))
    return _("和期初一样")


def _balance(rows: Sequence[Row]) -> str:
    sums = ledger_sums.balance_sums(rows)
    if sums.assets_fen is None or sums.debts_fen is None or sums.own_fen is None:
        return ""
    return _(
        "村集体的家底一共 %(assets)s 元，其中欠别人和专门用途的 %(debts)s 元，真正属于集体的 %(own)s 元。",
        assets=yuan(sums.assets_fen),
        debts=yuan(sums.debts_fen),
        own=yuan(sums.own_fen),
    )

"""Reads a register of leases and says which have run out and where rent is owed."""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from content.intake.dates import parse_day
from content.intake.findings import Problem, yuan
from content.intake.ledgers import check_totals, data_rows, plain_decimal
from content.intake.reading import Reader
from content.intake.statement import Contract

# Long enough to call a village meeting and let the land again before the lease ends.
EXPIRES_SOON = timedelta(days=90)


def read_contracts(reader: Reader, as_of: date) -> tuple[list[Contract], list[Problem]]:
    """Every lease of the register, with what needs doing on the day `as_of`."""
    contracts: list[Contract] = []
    problems: list[Problem] = []
    for row, lessee in data_rows(reader.table, "lessee"):
        contract = _read_contract(reader, row, lessee)
        contracts.append(contract)
        problems += _judge(contract, f"第{row + 1}行", as_of)
    for role, amounts in (
        ("due", [contract.rent_due_fen for contract in contracts]),
        ("paid", [contract.rent_paid_fen for contract in contracts]),
        ("owed", [contract.rent_owed_fen for contract in contracts]),
    ):
        problems += check_totals(reader, role, amounts)
    return contracts, problems


def _read_contract(reader: Reader, row: int, lessee: str) -> Contract:
    table = reader.table
    start, end = reader.partial_day(row, "start"), reader.partial_day(row, "end")
    if table.has("term") and not (start or end):
        start, end = _term(reader.text(row, "term"))
    due, paid = (reader.amount(row, table.column(role)).or_zero for role in ("due", "paid"))
    if table.has("owed"):
        owed = reader.amount(row, table.column("owed")).or_zero
    else:
        owed = due - paid if table.has("paid") and due is not None and paid is not None else None
    return Contract(
        no=reader.text(row, "no"),
        lessee=lessee,
        object=reader.text(row, "object"),
        area_mu=plain_decimal(reader.number(row, table.column("area"))),
        boundaries=reader.text(row, "boundaries"),
        start_on=start,
        end_on=end,
        rent_due_fen=due,
        rent_paid_fen=paid,
        rent_owed_fen=owed,
        memo=reader.text(row, "memo"),
    )


def _term(text: str | None) -> tuple[str | None, str | None]:
    """Both ends of a term in one cell: '2022.1.1-2031.12.31'."""
    found = re.findall(r"\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?", text or "")
    days = []
    for written in found[:2]:
        try:
            days.append(parse_day(written))
        except ValueError:
            return None, None
    ends = [day.isoformat() for day in days if day]
    return (ends[0], ends[1]) if len(ends) == 2 else (None, None)


def _judge(contract: Contract, where: str, as_of: date) -> Iterable[Problem]:
    name = contract.no or contract.lessee
    about = {"contract": name}
    end = date.fromisoformat(contract.end_on) if contract.end_on and len(contract.end_on) == 10 else None
    if end and end < as_of:
        detail = f"{name}于{end}到期，请收回或重新发包并签订合同。"
        yield Problem("contract_expired", where, detail, "warning", about)
    elif end and end - as_of <= EXPIRES_SOON:
        yield Problem("expires_soon", where, f"{name}于{end}到期，请提前商议是否续租。", "info", about)
    if contract.rent_owed_fen is not None and contract.rent_owed_fen > 0:
        detail = f"{name}（{contract.lessee}）欠缴{yuan(contract.rent_owed_fen)}元，请催收并写明原因。"
        yield Problem("rent_overdue", where, detail, "warning", about)
    due, paid, owed = contract.rent_due_fen, contract.rent_paid_fen, contract.rent_owed_fen
    if due is not None and paid is not None and owed is not None and due - paid != owed:
        detail = f"{name}应收{yuan(due)}元、实收{yuan(paid)}元，欠缴应是{yuan(due - paid)}元，表上写{yuan(owed)}元，请核对。"
        yield Problem("rent_mismatch", where, detail, "error", about)

"""Accounts: what a line of the journal belongs to. A chart is data; nothing below knows a single account.

CHART["1002"] == Account("1002", AccountType.ASSET, Bilingual(zh="银行存款", en="Bank deposits"))
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from tongban.core.values.text import Bilingual


class AccountType(StrEnum):
    """The five elements of double entry. The first and the fourth grow by debits, the others by credits."""

    ASSET = "asset"
    LIABILITY = "liability"
    INCOME = "income"
    EXPENSE = "expense"
    EQUITY = "equity"

    @property
    def grows_by_debit(self) -> bool:
        return self in (AccountType.ASSET, AccountType.EXPENSE)


@dataclass(frozen=True, slots=True)
class Account:
    """One account of a chart. A contra account (累计摊销) has the type of what it reduces."""

    code: str
    type: AccountType
    name: Bilingual


Chart = Mapping[str, Account]
"""Accounts by code."""


class UnknownAccount(ValueError):
    """A line names an account that the chart does not have."""


def chart(*accounts: Account) -> Chart:
    """A chart of these accounts. Raises ValueError when two have the same code."""
    found = {account.code: account for account in accounts}
    if len(found) != len(accounts):
        raise ValueError("two accounts of a chart have the same code")
    return MappingProxyType(found)


def natural(account: Account, net_fen: int) -> int:
    """A balance as a statement shows it: positive when the account has grown. `net_fen` is debits less credits."""
    return net_fen if account.type.grows_by_debit else -net_fen


CHART: Final[Chart] = chart(
    Account("1002", AccountType.ASSET, Bilingual(zh="银行存款", en="Bank deposits")),
    Account("1122", AccountType.ASSET, Bilingual(zh="应收账款", en="Accounts receivable")),
    Account("1405", AccountType.ASSET, Bilingual(zh="存货-数据资源", en="Inventory: data resources")),
    Account(
        "1701", AccountType.ASSET, Bilingual(zh="无形资产-数据资源", en="Intangible assets: data resources")
    ),
    Account(
        "1702",
        AccountType.ASSET,
        Bilingual(zh="累计摊销-数据资源", en="Accumulated amortisation: data resources"),
    ),
    Account(
        "1703", AccountType.ASSET, Bilingual(zh="无形资产减值准备", en="Impairment of intangible assets")
    ),
    Account("1602", AccountType.ASSET, Bilingual(zh="累计折旧", en="Accumulated depreciation")),
    Account(
        "2202",
        AccountType.LIABILITY,
        Bilingual(zh="应付账款-数据来源部门", en="Payable to contributing departments"),
    ),
    Account("2211", AccountType.LIABILITY, Bilingual(zh="应付职工薪酬", en="Payroll payable")),
    Account(
        "222101",
        AccountType.LIABILITY,
        Bilingual(zh="应交税费-应交增值税(销项税额)", en="VAT payable: output tax"),
    ),
    Account(
        "222102",
        AccountType.LIABILITY,
        Bilingual(zh="应交税费-应交增值税(进项税额)", en="VAT payable: input tax"),
    ),
    Account(
        "530101",
        AccountType.EXPENSE,
        Bilingual(zh="研发支出-费用化支出", en="Research expenditure, expensed"),
    ),
    Account(
        "530102",
        AccountType.ASSET,
        Bilingual(zh="研发支出-资本化支出(数据资源)", en="Development expenditure, capitalised"),
    ),
    Account("6001", AccountType.INCOME, Bilingual(zh="主营业务收入", en="Revenue")),
    Account("6401", AccountType.EXPENSE, Bilingual(zh="主营业务成本", en="Cost of revenue")),
    Account("6602", AccountType.EXPENSE, Bilingual(zh="管理费用", en="Administrative expenses")),
    Account("6701", AccountType.EXPENSE, Bilingual(zh="资产减值损失", en="Impairment loss")),
)
"""What an operator of data products books on. Codes after 企业会计准则—应用指南 (recalled), names for data resources
after 财会〔2023〕11号."""

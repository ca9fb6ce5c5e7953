"""Writing to an operator's journal: every entry goes through `core/ledger`, so none that does not balance exists.

Called inside the transaction of an action, never alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext_noop as msg

from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import NotNow
from tongban.core.ledger import accounts, journal
from tongban.core.ledger.journal import Entry, Line
from tongban.work.market import locks, models

KINDS: Final = {
    "income": msg("Income of a month"),
    "sharing": msg("Shares of the contributing departments"),
    "development": msg("Development cost that meets the five conditions"),
    "in-use": msg("Data resource ready for use"),
    "amortisation": msg("Amortisation of a month"),
    "reversal": msg("Reversal"),
}
BANK, RECEIVABLE, ASSET, ACCUMULATED = "1002", "1122", "1701", "1702"
PAYABLE, TAX, DEVELOPMENT, REVENUE, COST = "2202", "222101", "530102", "6001", "6401"


def post(
    *,
    acting: Acting,
    book: str,
    kind: str,
    root: UUID,
    month: str,
    lines: Iterable[Line],
    reverses: models.JournalEntry | None = None,
) -> models.JournalEntry:
    """Append an entry to a book. Raises a refusal of `core/ledger` for one that does not balance."""
    entry = journal.check(Entry(tuple(lines)), accounts.CHART)
    locks.book(book)
    last = models.JournalEntry.objects.filter(book=book).aggregate(last=Max("number"))["last"] or 0
    row = models.JournalEntry.objects.create(
        book=book,
        number=last + 1,
        day=acting.today,
        kind=kind,
        root=root,
        month=month,
        reverses=reverses,
        at=acting.now,
        by=acting.actor,
    )
    models.JournalLine.objects.bulk_create(
        models.JournalLine(
            entry=row,
            position=position,
            account=line.account,
            debit_fen=line.debit_fen,
            credit_fen=line.credit_fen,
            party=line.party,
        )
        for position, line in enumerate(entry.lines, start=1)
    )
    return row


def reverse(*, acting: Acting, row: models.JournalEntry) -> models.JournalEntry:
    """Undo an entry by its opposite. Raises NotNow when that was done before."""
    locks.book(row.book)
    if models.JournalEntry.objects.filter(reverses=row).exists():
        raise NotNow("This entry has been reversed already.")
    lines = journal.reverse(entry_of(row)).lines
    return post(
        acting=acting,
        book=row.book,
        kind="reversal",
        root=row.root,
        month=row.month,
        lines=lines,
        reverses=row,
    )


def entry_of(row: models.JournalEntry) -> Entry:
    """A stored entry as the ledger knows it; one that was made unbalanced behind our back cannot be read."""
    return Entry(
        tuple(
            Line(line.account, line.debit_fen, line.credit_fen, line.party)
            for line in sorted(row.lines.all(), key=lambda line: line.position)
        )
    )


def balances(rows: Iterable[models.JournalEntry]) -> list[tuple[accounts.Account, int]]:
    """(account, balance as a statement shows it) in the chart's order, of what was booked on."""
    net = journal.balances(entry_of(row) for row in rows)
    return [
        (account, accounts.natural(account, net[code]))
        for code, account in accounts.CHART.items()
        if code in net
    ]

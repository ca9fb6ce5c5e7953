"""One entitlement as its owner and the office see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tongban.base.kit import words as kit_words
from tongban.base.kit.acting import Acting
from tongban.core.packs.model_data import Policy
from tongban.core.packs.pack import Pack
from tongban.core.rules.explain import from_json
from tongban.core.values.calendar import DueDate
from tongban.work.policies import models, queries, words
from tongban.work.policies.actions import events
from tongban.work.policies.pages import view
from tongban.work.policies.states import ANSWERABLE, RESERVING, Event, State, possible

STEPS = {Event.CONFIRM: "confirm", Event.REFUSE: "refuse", Event.CONTEST: "contest"}


@dataclass(frozen=True, slots=True)
class Card:
    row: models.Entitlement
    subject: Any
    """Of identity; None when it no longer exists."""
    pack: Pack
    policy: Policy
    word: str
    tone: str
    basis: tuple[view.Basis, ...]
    conditions: list[view.Condition]
    amount_lines: tuple[view.Line, ...]
    budget: queries.BudgetLine | None
    confirm_by: DueDate | None
    """While it is the owner's turn."""
    late: bool
    """The last day to answer has passed and the clock has not run yet."""
    steps: tuple[str, ...]
    """Of the owner: `confirm`, `refuse`, `contest`."""
    reserves: bool
    organ: Any
    payer: Any
    contest: models.Contest | None
    history: list[dict[str, Any]]
    place: int | None
    """In the line of a list, from 1, while it waits there."""

    @property
    def heading(self) -> str:
        """What it is for its owner, in one line: nothing is called due that is not."""
        amount = {"amount": words.amount(self.policy, self.row.amount_fen)}
        money = self.policy.is_money
        match State(self.row.state):
            case State.PAID:
                return (
                    _("Paid to you: %(amount)s") if money else _("Handed over to you: %(amount)s")
                ) % amount
            case State.EXHAUSTED if money:
                return _("You qualify for %(amount)s, and no money is left") % amount
            case State.EXHAUSTED:
                return _("You qualify for %(amount)s, and nothing is left") % amount
            case State.RECLAIMED:
                return (
                    _("To be paid back: %(amount)s") % {"amount": words.amount(self.policy, _owed(self.row))}
                    if money
                    else _("To be given back: %(amount)s") % amount
                )
            case State.REFUSED | State.LAPSED | State.WITHDRAWN | State.REPAID | State.RETURNED:
                return _("Not due any more: %(amount)s") % amount
            case _:
                return _("Due to you: %(amount)s") % amount

    @property
    def own_word(self) -> str:
        """The state as its owner reads it."""
        return words.own_state(self.row.state, money=self.policy.is_money)

    @property
    def ground(self) -> str:
        """On what the data was read, in words."""
        if self.row.ground == "consent":
            return _("You consented to being looked for. You can end that at any time.")
        return _(
            "A duty of the office: the articles below say that the office looks and nobody applies. Only what the conditions name was read."
        )


def card(row: models.Entitlement, subject: Any, acting: Acting) -> Card:
    pack, policy = events.pack_and_policy(row)
    state = State(row.state)
    word, tone = words.state(row.state, money=policy.is_money)
    turn = state in ANSWERABLE and row.confirm_by is not None
    late = bool(turn and row.confirm_by and acting.today > row.confirm_by)
    contest = models.Contest.objects.filter(entitlement=row).first()
    open_to_owner = (
        ()
        if late
        else tuple(STEPS[e] for e in STEPS if e in possible(state) and not (e is Event.CONTEST and contest))
    )
    return Card(
        row=row, subject=subject, pack=pack, policy=policy, word=word, tone=tone, basis=view.bases(pack, row.articles),
        conditions=view.conditions(pack, policy, row.findings["conditions"], row.facts),
        amount_lines=view.lines(pack, from_json(row.findings["amount"]), row.facts), budget=queries.line_of(row),
        confirm_by=DueDate(row.confirm_by, row.provisional) if turn and row.confirm_by else None, late=late, steps=open_to_owner,
        reserves=state in RESERVING, organ=view.organ(pack, row.organisation), payer=view.organ(pack, row.payer or ""),
        contest=contest, history=history(row, pack, policy), place=queries.place_in_line(row),
    )  # fmt: skip


def _owed(row: models.Entitlement) -> int:
    claim = row.reclaim or {}
    return int(claim.get("principal_fen", 0)) + int(claim.get("interest_fen", 0))


def history(row: models.Entitlement, pack: Pack, policy: Policy) -> list[dict[str, Any]]:
    """Everything that happened, oldest first, and everybody who saw the whole account number."""
    items = []
    for event in row.events.order_by("sequence"):
        title, tone = words.event(event.event, money=policy.is_money)
        items.append({"title": title, "at": event.at, "by": _by(event, pack), "tone": tone})
    for entry in queries.account_read(row):
        items.append(
            {
                "title": _("The account number was read for the payment"),
                "at": entry.at,
                "by": _by(entry, pack),
                "tone": "",
            }
        )
    return sorted(items, key=lambda item: item["at"])


def _by(event: Any, pack: Pack) -> str:
    """A role and an office, never a name."""
    if event.role == "system":
        return _("by the system")
    organ = pack.organisations.get(event.organisation or "")
    if organ is not None:
        return view.in_language(organ.name)
    return _(kit_words.ROLES.get(event.role, event.role))

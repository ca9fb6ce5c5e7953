"""The three rates (三率): response, solution, satisfaction. Pure: from the events of tickets to numbers with their tickets.

    response      = contacted within the term          / dispatched, and contacted or past that term
    solution      = called back and solved             / called back
    satisfaction  = called back and (basically) satisfied / called back

北京市接诉即办工作条例 art. 32 names the rates; the formulas are working ones (appeals.md section 4, recalled). Who was not
reached is in no denominator of the last two: not good, not bad. "Partly solved" counts as not solved. A ticket that was
reopened was not solved, whatever was said before or after. Merged tickets were never dispatched and count nowhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Final

from tongban.core.packs.model_data import ComplaintClass
from tongban.work.hotline import clocks
from tongban.work.hotline.states import Event, Happening, State, replay

FEW: Final = 30
"""Numbers over fewer tickets are shown and not ranked."""
SOLVED: Final = frozenset({"yes"})
SATISFIED: Final = frozenset({"satisfied", "basically"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one ticket says for the rates and the indicators. None: not known (yet), and in no rate that needs it."""

    number: str
    complaint_class: str | None
    time_class: str | None
    place: str
    organisation: str | None
    """The unit in charge; None until it is dispatched."""
    received_on: date
    dispatched_on: date | None
    """Day of the dispatch to that unit: it counts in the period of this day."""
    closed: bool
    responded_in_time: bool | None
    on_time: bool | None
    """Answered within the class's term, each time it was to be handled."""
    called_back: bool
    solved: bool | None
    satisfied: bool | None
    disputed: bool


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with the tickets behind it, by number."""

    met: tuple[str, ...]
    counted: tuple[str, ...]

    @property
    def share(self) -> Fraction | None:
        """None over no tickets."""
        return Fraction(len(self.met), len(self.counted)) if self.counted else None

    @property
    def percent(self) -> str:
        """With one decimal, halves away from zero: `66.7`. Empty over no tickets."""
        if not self.counted:
            return ""
        tenths = (2000 * len(self.met) + len(self.counted)) // (2 * len(self.counted))
        return f"{tenths // 10}.{tenths % 10}"

    @property
    def few(self) -> bool:
        return len(self.counted) < FEW

    @property
    def missed(self) -> tuple[str, ...]:
        met = set(self.met)
        return tuple(number for number in self.counted if number not in met)


@dataclass(frozen=True, slots=True)
class Rates:
    response: Rate
    solution: Rate
    satisfaction: Rate
    dispatched: tuple[str, ...]
    """Every ticket dispatched in the period."""


def outcome(
    *,
    number: str,
    place: str,
    history: Sequence[Happening],
    kind: ComplaintClass | None,
    frame: clocks.Frame,
    now: datetime,
) -> Outcome:
    """What a ticket with this history, in order, says at `now`."""
    events = [h.event for h in history]
    handled = clocks.cycles(history)
    answers = next((h.detail for h in reversed(history) if h.event is Event.CALL_BACK), None)
    reopened = Event.REOPEN in events
    state = replay(history)
    in_charge = next((h.detail["organisation"] for h in reversed(history) if h.event is Event.DISPATCH), None)
    return Outcome(
        number=number,
        complaint_class=kind.id if kind else None,
        time_class=kind.time_class if kind else None,
        place=place,
        organisation=in_charge if handled else None,
        received_on=_day(history[0].at, frame),
        dispatched_on=_day(handled[0].start, frame) if handled else None,
        closed=state is State.CLOSED,
        responded_in_time=_within(handled[0].contacted, clocks.contact_due(handled[0], kind), now)
        if handled and kind
        else None,
        on_time=_all_in_time(handled, kind, frame, now) if kind else None,
        called_back=answers is not None,
        solved=None if answers is None else answers["solved"] in SOLVED and not reopened,
        satisfied=None if answers is None else answers["satisfied"] in SATISFIED,
        disputed=Event.OBJECT in events,
    )


def rates(outcomes: Iterable[Outcome]) -> Rates:
    """The three rates over these tickets; those that were never dispatched are left out."""
    dispatched = [o for o in outcomes if o.dispatched_on is not None]
    called = [o for o in dispatched if o.called_back]
    return Rates(
        response=_rate((o.number, o.responded_in_time) for o in dispatched),
        solution=_rate((o.number, o.solved) for o in called),
        satisfaction=_rate((o.number, o.satisfied) for o in called),
        dispatched=tuple(o.number for o in dispatched),
    )


def by_unit(outcomes: Iterable[Outcome]) -> dict[str, Rates]:
    """Unit -> its rates, by id."""
    units: dict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        if one.organisation is not None:
            units[one.organisation].append(one)
    return {unit: rates(units[unit]) for unit in sorted(units)}


def _rate(marks: Iterable[tuple[str, bool | None]]) -> Rate:
    known = [(number, good) for number, good in marks if good is not None]
    return Rate(
        met=tuple(number for number, good in known if good), counted=tuple(number for number, _ in known)
    )


def _within(happened: datetime | None, due: clocks.Due, now: datetime) -> bool | None:
    """Whether it happened in time; None while it has not and still may."""
    if happened is not None:
        return happened < due.end
    return False if now >= due.end else None


def _all_in_time(
    handled: Sequence[clocks.Cycle], kind: ComplaintClass, frame: clocks.Frame, now: datetime
) -> bool | None:
    marks = [_within(c.replied, frame.term(c.start, kind.feedback_within), now) for c in handled]
    if False in marks:
        return False
    return None if None in marks or not marks else True


def _day(at: datetime, frame: clocks.Frame) -> date:
    return at.astimezone(frame.zone).date()

"""Small histories for tests: `story("submit 2026-03-02", "accept 2026-03-03")`, and random ones that may happen."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import strategies as st

from tongban.core.procedures.model import CaseEvent, Event, Terms
from tongban.core.procedures.states import EDGES, Marks, next_state
from tongban.core.values.calendar import WorkCalendar
from tongban.core.values.duration import Duration, Unit

CALENDAR = WorkCalendar(
    id="default",
    known_until=date(2026, 12, 31),
    rest_days=frozenset(date(2026, 5, d) for d in (1, 4, 5)),
    working_days=frozenset({date(2026, 5, 9)}),
)


def days(amount: int, unit: Unit = Unit.WORKING_DAYS) -> Duration:
    return Duration(amount, unit)


def terms(**changed: object) -> Terms:
    """A permit as the Administrative Licensing Law has it, promised in 7 of 20 days."""
    usual: dict[str, object] = {
        "promised": days(7),
        "statutory": days(20),
        "extension": 10,
        "notify_missing": days(5),
        "deliver": days(10),
        "tolerance": days(5),
        "verify": days(20),
        "remedy": days(10),
        "objection": days(60, Unit.CALENDAR_DAYS),
        "review": days(10),
    }
    return Terms(**(usual | changed))  # type: ignore[arg-type]


def story(*lines: str) -> tuple[CaseEvent, ...]:
    """`event day` per line; events of one day follow each other by a minute."""
    return tuple(
        _event(Event(line.split()[0]), date.fromisoformat(line.split()[1]), n) for n, line in enumerate(lines)
    )


def _event(event: Event, day: date, minute: int) -> CaseEvent:
    at = datetime.combine(day, time(1), tzinfo=UTC) + timedelta(minutes=minute)
    return CaseEvent(event, day, at)


@st.composite
def histories(draw: st.DrawFn, longest: int = 8) -> tuple[CaseEvent, ...]:
    """A history that the table of states allows, on days of spring 2026."""
    state, marks, day = None, Marks(), date(2026, 3, 2)
    events: list[CaseEvent] = []
    for minute in range(draw(st.integers(1, longest))):
        ways = sorted({e.event for e in EDGES if e.from_state is state and marks.permit(e.event)})
        if not ways:
            break
        event = draw(st.sampled_from(ways))
        day += timedelta(days=draw(st.integers(0, 6)))
        events.append(_event(event, day, minute))
        state, marks = next_state(state, event), marks.after(event)
    return tuple(events)

"""The next question to ask."""

from __future__ import annotations

from tongban.core.planning.model import Plan, Question


def next_question(plan: Plan) -> Question | None:
    """The unknown fact expected to settle most; None once nothing is left to ask."""
    return plan.questions[0] if plan.questions else None

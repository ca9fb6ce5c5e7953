"""Days as documents write them: plain text, and said to be provisional where the calendar is not known yet."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.base.kit.templatetags.kit import day
from tongban.core.values.calendar import DueDate


def of_moment(moment: datetime | None) -> str:
    """The civil day of an instant."""
    return str(day(timezone.localtime(moment).date())) if moment else ""


def of_due(value: DueDate | date | None) -> str:
    if isinstance(value, DueDate):
        written = str(day(value.day))
        return f"{written} ({_('provisional')})" if value.provisional else written
    return str(day(value)) if value else ""


def of_iso(text: Any, *, later: int = 0) -> str:
    """A civil day written in ISO, or one that many days later."""
    return str(day(date.fromisoformat(text) + timedelta(days=later))) if text else ""

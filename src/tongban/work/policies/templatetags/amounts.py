"""Amounts of policies in templates: {% load amounts %} {{ effect.cost_after|amount_of:policy }}"""

from __future__ import annotations

from typing import Any

from django import template

from tongban.core.packs.model_data import Policy
from tongban.work.policies import words

register = template.Library()


@register.filter
def amount_of(amount: Any, policy: Policy) -> str:
    """Money, months, or units of what the policy offers."""
    return words.amount(policy, int(amount))

"""Amounts of policies in templates: {% load amounts %} {{ effect.cost_after|amount_of:policy }}"""

from __future__ import annotations

from typing import Any

from django import template

from tongban.core.packs.model_data import Policy
from tongban.work.policies.pages import view

register = template.Library()


@register.filter
def amount_of(amount: Any, policy: Policy) -> str:
    """Money, months, or units of what the policy offers."""
    return view.amount_text(policy, int(amount))

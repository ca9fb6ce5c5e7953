"""Rules are printed one way, with the brackets they need and no others."""

from __future__ import annotations

import pytest
from tests.core.rules.city import rule

from tongban.core.rules.printing import print_node


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("((cold_dishes)) and (open_kitchen OR true)", "cold_dishes AND (open_kitchen OR TRUE)"),
        ("(cold_dishes AND open_kitchen) OR TRUE", "cold_dishes AND open_kitchen OR TRUE"),
        ("NOT cold_dishes AND NOT (score = 1)", "NOT cold_dishes AND NOT (score = 1)"),
        ("NOT NOT cold_dishes", "NOT (NOT cold_dishes)"),
        ("NOT score IN (1, -2)", "score NOT IN (1, -2)"),
        ("NOT (score IS NOT NULL)", "score IS NULL"),
        ("score - (score - 1) != 2", "score - (score - 1) <> 2"),
        ("(score - score) - 1 = (score * 2) + 1", "score - score - 1 = score * 2 + 1"),
        ("score * (score + 1) / (score * 2) > 1", "score * (score + 1) / (score * 2) > 1"),
        ("-(-score) = - -1", "-(-score) = 1"),
        ("-(score + 1) = -ABS(score)", "-(score + 1) = -ABS(score)"),
        ("invested = 1000.5", "invested = 1000.50"),
        ("invested = -3", "invested = -3"),
        ("shop_name = 'it''s' -- a remark", "shop_name = 'it''s'"),
        ("opened > date '2026-01-31'", "opened > DATE '2026-01-31'"),
        ("round(area) = area", "ROUND(area, 0) = area"),
        ("Case when cold_dishes then 1 else 0 end = 1", "CASE WHEN cold_dishes THEN 1 ELSE 0 END = 1"),
        ("add_months(opened, 3) > moved", "add_months(opened, 3) > moved"),
    ],
)
def test_a_rule_is_printed_one_way(text: str, printed: str) -> None:
    assert print_node(rule(text).root) == printed
    assert rule(printed).root == rule(text).root

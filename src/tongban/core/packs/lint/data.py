"""What a pack says about data, money, voice and sight: policies, products, complaints, indicators, goals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from tongban.core.packs import model, model_data, names
from tongban.core.packs.content import Content, Merged
from tongban.core.packs.lint.vocabulary import repeated
from tongban.core.packs.pack import Problem
from tongban.core.packs.walk import Path

SMALLEST_CELL: Final = 3
"""A count of one or two says something about somebody in particular."""


def policies(content: Content) -> Iterator[Problem]:
    """Dates that are none or hold for no day, conditions named twice, and a year with two budgets."""
    for merged, policy in content.entries("policies", model_data.Policy):
        first, problem = _date(merged, ("valid_from",), policy.valid_from)
        yield from problem
        end, problem = _date(merged, ("valid_to",), policy.valid_to)
        yield from problem
        if first and end and end <= first:
            message = f"the policy holds from {first} and no longer on {end}: for no day"
            hint = "valid_to is the first day on which it no longer holds"
            yield merged.problem("dates", message, hint, path=("valid_to",))
        yield from repeated(merged, ("conditions",), "id", (condition.id for condition in policy.conditions))
        yield from repeated(merged, ("budget",), "year", (str(budget.year) for budget in policy.budget))
        yield from _shared_out(merged, policy)
        if policy.effect == "units" and (policy.offer is None or policy.unit is None):
            message = "what is offered is not money, and nothing says what it is and how it is counted"
            hint = "add offer: land, premises, funds or talent, and unit: the words for what is counted"
            yield merged.problem("offer", message, hint, path=("effect",))
        for index, rule in enumerate(policy.clawback):
            if rule.interest is not None and rule.returns != "all-with-interest":
                message = f"a rate of interest is named, and {rule.returns} brings no interest"
                yield merged.problem(
                    "interest", message, "take interest away, or let it return all-with-interest",
                    path=("clawback", index, "interest"),
                )  # fmt: skip


def _shared_out(merged: Merged, policy: model_data.Policy) -> Iterator[Problem]:
    """What a budget is shared out by has to be there, and what is found at once cannot wait for a list."""
    for index, budget in enumerate(policy.budget):
        path: Path = ("budget", index, "order")
        if budget.order == "score" and policy.score is None:
            message = "the budget goes by scores, and the policy has none"
            yield merged.problem(
                "score", message, "add score: a whole number, or take another order", path=path
            )
        if budget.partial and budget.order == "pro-rata":
            message = "everybody is given the same share, so nobody is the last in line"
            yield merged.problem("partial", message, "take partial away", path=("budget", index, "partial"))


def products(content: Content) -> Iterator[Problem]:
    """A price above its ceiling, cells that name people, and fields that the counted licence does not have."""
    for merged, product in content.entries("products", model_data.Product):
        if product.price_fen > product.ceiling_fen:
            message = f"the price, {product.price_fen} fen, passes the ceiling, {product.ceiling_fen} fen"
            yield merged.problem(
                "price-above-ceiling", message, "lower the price to the ceiling", path=("price_fen",)
            )
        if product.minimum_cell < SMALLEST_CELL:
            message = f"cells of {product.minimum_cell} can be traced to people"
            hint = f"suppress cells below {SMALLEST_CELL} at least"
            yield merged.problem("small-cell", message, hint, path=("minimum_cell",))
        yield from repeated(merged, ("dimensions",), "dimension", product.dimensions)
        yield from repeated(
            merged, ("contributors",), "authority", (entry.authority for entry in product.contributors)
        )
        yield from _trade(content, merged, product)


def complaints(content: Content) -> Iterator[Problem]:
    """Two classes with one code; a class without a path or with the same word twice. Classes may share words."""
    seen: dict[str, str] = {}
    for merged, leaf in content.entries("complaints", model_data.ComplaintClass):
        if leaf.code in seen:
            message = f"the class {seen[leaf.code]} has the code {leaf.code} too"
            yield merged.problem(
                "duplicate-code", message, "give each class a code of its own", path=("code",)
            )
        seen.setdefault(leaf.code, leaf.id)
        if not leaf.path:
            message = "the class stands under nothing"
            yield merged.problem("no-path", message, "add path: the names above it", path=("path",))
        yield from repeated(merged, ("words",), "word", (word.strip().casefold() for word in leaf.words))
        for index, word in enumerate(leaf.words):
            if not word.strip():
                yield merged.problem("empty-word", "a word is empty", "take it out", path=("words", index))


def goals(content: Content) -> Iterator[Problem]:
    """The day of a goal is a date, and what it wants can be reached."""
    for merged, goal in content.entries("goals", model_data.Goal):
        _, problem = _date(merged, ("by",), goal.by)
        yield from problem
        yield from _percent(merged, ("target_percent",), goal.target_percent)
    for merged, indicator in content.entries("indicators", model_data.Indicator):
        yield from _percent(merged, ("frontier_percent",), indicator.frontier_percent)


def resources(content: Content) -> Iterator[Problem]:
    """Data that is not shared needs a law that says so; what is open to all cannot be closed to offices."""
    for merged, resource in content.entries("resources", model.Resource):
        if resource.sharing == "none" and not resource.sharing_basis:
            message = "data is withheld from sharing only where law or regulation says so"
            hint = "add sharing_basis: [act-id#number]"
            yield merged.problem("sharing-basis", message, hint, path=("sharing",))
        if resource.sharing == "none" and resource.openness != "none":
            message = "data that offices may not share cannot be open to society"
            yield merged.problem("openness", message, "write openness: none", path=("openness",))


def _trade(content: Content, merged: Merged, product: model_data.Product) -> Iterator[Problem]:
    by_trade = "trade" in product.dimensions
    if by_trade and product.trade_field is None:
        message = "counts by trade need the field of the licence that says the trade"
        yield merged.problem("trade-field", message, "add trade_field: ...", path=("dimensions",))
    if product.trade_field is None:
        return
    if not by_trade:
        message = "the field of the trade is not used: trade is not among the dimensions"
        yield merged.problem("trade-field", message, "take it out, or add trade", path=("trade_field",))
    kind = content.get("licences", model.LicenceKind, product.licence)
    fields = [field.id for field in kind.fields] if kind else []
    if kind and product.trade_field not in fields:
        hint = names.did_you_mean(product.trade_field, fields) or "its fields: " + ", ".join(fields)
        message = f'the licence {kind.id} has no field "{product.trade_field}"'
        yield merged.problem("unknown-field", message, hint, path=("trade_field",))


def _percent(merged: Merged, path: Path, value: int | None) -> Iterator[Problem]:
    if value is not None and not 0 <= value <= 100:
        yield merged.problem(
            "percent", f"{value} is not a percentage of a share", "write 0 to 100", path=path
        )


def _date(merged: Merged, path: Path, text: str | None) -> tuple[date | None, list[Problem]]:
    """The day that a text names; None with a problem when it names none."""
    if text is None:
        return None, []
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        message = f'must be a date such as 2026-01-31, and is "{text}"'
        return None, [merged.problem("wrong-type", message, path=path)]
    return day, []

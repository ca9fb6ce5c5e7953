"""Units of numbers: which of them go together, and what a product or a quotient is counted in.

    m2 and m2 add; m2 and person do not; person / m2 is a unit of its own; m2 / m2 has none.

A number without a unit (every literal, and a fact that declares none) goes with any unit.
"""

from __future__ import annotations

from collections import Counter

_SINGULAR = {"days": "day", "months": "month", "years": "year", "hours": "hour", "persons": "person"}


def agree(left: str | None, right: str | None) -> bool:
    """Whether numbers of these units may be added and compared."""
    return left is None or right is None or _powers(left) == _powers(right)


def multiply(left: str | None, right: str | None) -> str | None:
    if left is None or right is None:
        return left or right
    powers = _powers(left)
    for name, power in _powers(right).items():
        powers[name] += power
    return _print(powers)


def divide(left: str | None, right: str | None) -> str | None:
    """The unit of a quotient; unknown (None) when a number without a unit is divided."""
    if left is None or right is None:
        return left
    powers = _powers(left)
    for name, power in _powers(right).items():
        powers[name] -= power
    return _print(powers)


def _powers(unit: str) -> Counter[str]:
    powers: Counter[str] = Counter()
    above, *below = unit.split("/")
    for part, sign in [(above, 1), *((part, -1) for part in below)]:
        for name in part.split("*"):
            if name != "1":
                powers[_SINGULAR.get(name, name)] += sign
    return Counter({name: power for name, power in powers.items() if power})


def _print(powers: Counter[str]) -> str | None:
    above = [name for name in sorted(powers) for _ in range(powers[name])]
    below = [name for name in sorted(powers) for _ in range(-powers[name])]
    if not above and not below:
        return None
    return "/".join(["*".join(above) or "1", *below])

"""Where the calculator's situations stay while somebody is at it: encrypted in the session, gone with it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from cryptography.exceptions import InvalidTag
from django.http import HttpRequest

from tongban.work.policies import sealing
from tongban.work.policies.calculator import situation as situations
from tongban.work.policies.calculator.situation import Situation

MOST_ASIDE: Final = 3
_SLOT: Final = "calculator"
_KEY: Final = "calculator"
_ROW: Final = uuid5(NAMESPACE_URL, "calculator:session")


@dataclass(slots=True)
class State:
    """Of one kind of subject: the situation that is asked about, and those that were set aside to compare with."""

    now: Situation
    aside: list[Situation] = field(default_factory=list[Situation])


def of(request: HttpRequest, kind: situations.Kind) -> State:
    held = _read(request).get(kind)
    if held is None:
        return State(Situation(kind))
    try:
        return State(situations.from_json(held["now"]), [situations.from_json(one) for one in held["aside"]])
    except (ValueError, KeyError, TypeError):
        return State(Situation(kind))


def begun(request: HttpRequest) -> list[str]:
    """For which kinds of subject something was told."""
    return list(_read(request))


def put(request: HttpRequest, kind: situations.Kind, state: State | None) -> None:
    """None forgets everything of this kind."""
    held = _read(request)
    if state is None:
        held.pop(kind, None)
    else:
        aside = state.aside[-MOST_ASIDE:]
        held[kind] = {"now": state.now.to_json(), "aside": [one.to_json() for one in aside]}
    if held:
        request.session[_SLOT] = sealing.sealed(_KEY, _ROW, json.dumps(held, ensure_ascii=False)).hex()
    else:
        request.session.pop(_SLOT, None)


def _read(request: HttpRequest) -> dict[str, Any]:
    try:
        held = json.loads(sealing.opened(_KEY, _ROW, bytes.fromhex(request.session.get(_SLOT, ""))))
    except (ValueError, InvalidTag, IndexError):
        return {}
    return held if isinstance(held, dict) else {}

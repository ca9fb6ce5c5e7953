"""What an upper layer may not do to a service from below: the "same at five levels" elements (五级十二同, recalled).

    name, kind, statutory term, basis, authority, result    may not change
    promised, extension, time to notify and to deliver      may only shrink
    materials, signers and conditions                       may only fall away, or be asked of fewer
    fee                                                     may only fall
    promised case                                           may become an instant one, and not the other way
    consultations                                           may be shorter, and not fall away; a city asks others besides
    inspection                                              may be sooner, by more officers; never less than below
    ending                                                  may hear the holder longer; never less than below, nor by one officer
    correction, objection                                   may give the applicant more time, and not less
    renewal                                                 may not change

A service with `locked: false` is free. A layer is held against the national one at the bottom, and against those of
a province or city below it. A layer for reuse anywhere (jurisdiction 000000, above another) only offers its numbers:
whoever installs it sets their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

from tongban.core.packs import model, shapes, tree
from tongban.core.packs.content import Content, Merged
from tongban.core.packs.pack import Position, Problem
from tongban.core.values.duration import Unit

COUNTRY: Final = "000000"
_DAYS: Final = (Unit.WORKING_DAYS, Unit.CALENDAR_DAYS)
_HOURS: Final = 8
"""Hours of a day at work: a promise in hours is shorter than one in days up to here."""
_ALWAYS: Final = "TRUE"
_NOWHERE: Final = Position("")
_NOTHING: Final = tree.List((), _NOWHERE)
_EMPTY: Final[dict[str, tree.Node]] = {
    **dict.fromkeys(("requires", "signers", "conditions", "blocked_when"), tree.List((), _NOWHERE)),
    "fee_fen": tree.plain("0", _NOWHERE),
}
_FIXED: Final = (
    "name",
    "kind",
    "authority",
    "national_list",
    "health_or_safety",
    "statutory",
    "renewal",
    "articles",
    "result",
)


def locks(content: Content) -> Iterator[Problem]:
    """A problem for each field that a layer loosened or changed although a layer below locked the service."""
    binding = {manifest.id for manifest in content.manifests[1:] if manifest.jurisdiction != COUNTRY}
    binding |= {manifest.id for manifest in content.manifests[:1]}
    for merged, service in content.entries("services", model.Service):
        for name, spoken in merged.history.items() if _is_locked(merged, service) else ():
            broken = _broken_by(name)
            bound: tuple[str, tree.Node] | None = None
            for layer, value in _since_owner(merged, name, spoken) if broken else ():
                if bound and broken and (how := broken(bound[1], value)):
                    message = f"the layer {layer} {how}, and {bound[0]} locks it"
                    hint = f"leave {name} as it is below, or make it a service of its own"
                    where = merged.problem("", message, path=(name,)).message
                    yield Problem(value.position, "lock", where, hint)
                if layer in binding:
                    bound = layer, value


def _since_owner(
    merged: Merged, name: str, spoken: tuple[tuple[str, tree.Node], ...]
) -> tuple[tuple[str, tree.Node], ...]:
    """With what the layer that made the service says by leaving a list or the fee out: none."""
    owner = merged.layers["id"]
    if name not in _EMPTY or spoken[0][0] == owner:
        return spoken
    return ((owner, _EMPTY[name]), *spoken)


def _is_locked(merged: Merged, service: model.Service) -> bool:
    """By the lowest layer: one above cannot open what is locked."""
    spoken = merged.history.get("locked", ())
    owner = merged.layers.get("id")
    return service.locked or not spoken or spoken[0][0] != owner


def _broken_by(name: str) -> Callable[[tree.Node, tree.Node], str | None] | None:
    if name in _FIXED:
        return _changed
    return {
        "promised": _longer,
        "notify_missing": _longer,
        "deliver": _longer,
        "requires": partial(_more, "material", "asks for"),
        "signers": partial(_more, "id", "asks for the signature of"),
        "conditions": partial(_more, "id", "adds the condition"),
        "blocked_when": partial(_more, "when", "adds a block:"),
        "fee_fen": _dearer,
        "case_type": _slower,
        "consultations": _asks_less,
        "inspection": _looks_less,
        "ending": _hears_less,
        "correction": _waits_less,
        "objection": _reviews_less,
    }.get(name)


def _changed(before: tree.Node, after: tree.Node) -> str | None:
    return None if _plain(before) == _plain(after) else "changes it"


def _longer(before: tree.Node, after: tree.Node) -> str | None:
    old, new = _term(before), _term(after)
    if old is None or new is None:
        return None
    if old.unit in _DAYS and new.unit is Unit.HOURS:
        return None if new.amount <= _HOURS * old.amount else f"lengthens it to {new.amount} hours"
    if old.unit is not new.unit:
        return f"counts it in {new.unit.value} instead of {old.unit.value}"
    if new.amount > old.amount:
        return f"lengthens it from {old.amount} to {new.amount}"
    if new.extension > old.extension:
        return f"lengthens its extension from {old.extension} to {new.extension}"
    return None


def _more(key: str, verb: str, before: tree.Node, after: tree.Node) -> str | None:
    old, new = _items(before, key), _items(after, key)
    added = [name for name in new if name not in old]
    if added:
        return f"{verb} {', '.join(added)}"
    stricter = [name for name, item in new.items() if _is_stricter(old[name], item)]
    return f"makes {', '.join(stricter)} stricter" if stricter else None


def _is_stricter(before: tree.Table, after: tree.Table) -> bool:
    """Whether an item of the same key may hit more people than before: its rule is another, it is asked in other
    cases (a `when` may only join where there was none), or a secondary material has become a main one."""
    if _written(before, "rule") != _written(after, "rule"):
        return True
    asked = _written(before, "when") or _ALWAYS
    if asked not in (_ALWAYS, _written(after, "when")):
        return True
    return _written(before, "tier") == "secondary" != _written(after, "tier")


def _asks_less(before: tree.Node, after: tree.Node) -> str | None:
    """What a consultation loses: its place in the list, its days, the opinion that silence cannot give."""
    old, new = _items(before, "id"), _items(after, "id")
    gone = [name for name in old if name not in new]
    if gone:
        return f"no longer asks for {', '.join(gone)}"
    for name, item in old.items():
        if how := _longer_within(item, new[name]):
            return f"{how} ({name})"
        if _written(new[name], "silence") == "no-objection" != _written(item, "silence"):
            return f"lets silence answer {name}"
        if _is_true(item, "required") and not _is_true(new[name], "required"):
            return f"makes {name} optional"
        if _written(item, "authority") != _written(new[name], "authority"):
            return f"asks somebody else for {name}"
    return None


def _looks_less(before: tree.Node, after: tree.Node) -> str | None:
    if not isinstance(before, tree.Table):
        return None
    if not isinstance(after, tree.Table):
        return "takes it away"
    fewer = int(_written(after, "officers") or 2) < int(_written(before, "officers") or 2)
    drawn = (_written(before, "drawn") or "true") == "true" != (_written(after, "drawn") or "true")
    looks = [set(_items(one.fields.get("looks", _NOTHING), "id")) for one in (before, after)]
    missing = sorted(looks[0] - looks[1])
    if missing:
        return f"no longer looks at {', '.join(missing)}"
    if _is_true(before, "required") and not _is_true(after, "required"):
        return "makes it optional"
    if _is_true(after, "stops_clock") and not _is_true(before, "stops_clock"):
        return "lets it stop the clock"
    if fewer or drawn:
        return "sends fewer officers" if fewer else "no longer draws who goes"
    return _longer_within(before, after)


def _longer_within(before: tree.Table, after: tree.Table) -> str | None:
    old, new = before.fields.get("within"), after.fields.get("within")
    return _longer(old, new) if old is not None and new is not None else None


def _is_true(item: tree.Table, key: str) -> bool:
    return _written(item, key) == "true"


def _hears_less(before: tree.Node, after: tree.Node) -> str | None:
    """What a holder loses before something granted ends: the second officer, the time for speaking, the hearing."""
    if not isinstance(before, tree.Table):
        return None
    if not isinstance(after, tree.Table):
        return "takes it away"
    if _is_true(before, "two_officers") and not _is_true(after, "two_officers"):
        return "no longer asks for two officers"
    old, new = before.fields.get("heard"), after.fields.get("heard")
    if not isinstance(old, tree.Table):
        return None
    if not isinstance(new, tree.Table):
        return "no longer hears the holder"
    if isinstance(old.fields.get("hearing"), tree.Table) and not isinstance(
        new.fields.get("hearing"), tree.Table
    ):
        return "takes the hearing away"
    return _shorter_within(old, new)


def _waits_less(before: tree.Node, after: tree.Node) -> str | None:
    if not isinstance(before, tree.Table) or not isinstance(after, tree.Table):
        return None
    return _shorter_within(before, after)


def _reviews_less(before: tree.Node, after: tree.Node) -> str | None:
    if not isinstance(before, tree.Table):
        return None
    if not isinstance(after, tree.Table):
        return "takes it away"
    old, new = before.fields.get("review"), after.fields.get("review")
    slower = _longer(old, new) if old is not None and new is not None else None
    return _shorter_within(before, after) or slower


def _shorter_within(before: tree.Table, after: tree.Table) -> str | None:
    """Whether whoever has that time has less of it."""
    old, new = (_term(one.fields["within"]) if "within" in one.fields else None for one in (before, after))
    if old is None or new is None:
        return None
    if old.unit is not new.unit:
        return f"counts it in {new.unit.value} instead of {old.unit.value}"
    return f"shortens it from {old.amount} to {new.amount}" if new.amount < old.amount else None


def _dearer(before: tree.Node, after: tree.Node) -> str | None:
    old, new = str(_plain(before)), str(_plain(after))
    if old.isdecimal() and new.isdecimal() and int(new) > int(old):
        return f"raises it from {old} to {new} fen"
    return None


def _slower(before: tree.Node, after: tree.Node) -> str | None:
    return (
        "turns an instant case into a promised one" if _plain(after) == "promised" != _plain(before) else None
    )


def _term(node: tree.Node) -> model.Term | None:
    try:
        return model.Term.model_validate(shapes.data(node, model.Term))
    except ValueError:
        return None  # said elsewhere


def _items(node: tree.Node, key: str) -> dict[str, tree.Table]:
    """By what names each of them."""
    items = node.items if isinstance(node, tree.List) else ()
    tables = [item for item in items if isinstance(item, tree.Table)]
    return {name: item for item in tables if (name := _written(item, key)) is not None}


def _written(item: tree.Table, key: str) -> str | None:
    value = item.fields.get(key)
    return value.text if isinstance(value, tree.Scalar) else None


def _plain(node: tree.Node) -> Any:
    return shapes.data(node, Any)

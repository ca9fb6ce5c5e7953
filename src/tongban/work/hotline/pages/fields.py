"""Fields of the hotline's forms, as `kit/parts/field.html` draws them, and what a form sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.http import HttpRequest

from tongban.base.kit.refusals import Refusal


@dataclass(frozen=True)
class Given:
    """A form that could not be carried out: shown again with what was typed and what is wrong."""

    typed: Mapping[str, str] = field(default_factory=dict)
    refusal: Refusal | None = None
    step: str = ""
    """Which form of the page it was."""

    def value(self, name: str, step: str = "") -> str:
        return self.typed.get(name, "") if step == self.step else ""

    def error(self, name: str, step: str = "") -> str:
        return self.refusal.fields.get(name, "") if self.refusal and step == self.step else ""

    @property
    def status(self) -> int:
        return self.refusal.status if self.refusal else 200


def sent(request: HttpRequest, *names: str, step: str = "") -> dict[str, str]:
    """What the form of a step sent for these names, without characters that a database cannot hold."""
    return {name: request.POST.get(_own(name, step), "").replace("\x00", "") for name in names}


def version_of(request: HttpRequest) -> int:
    """The version of what the form showed; a form without one is an old one."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


def text(
    name: str, label: str, *, given: Given, step: str = "", value: str = "", hint: str = "", longest: int, required: bool = True,
    kind: Literal["text", "textarea"] = "text",
) -> dict[str, Any]:  # fmt: skip
    """A line or a box of text."""
    made = _field(name, label, given=given, step=step, hint=hint, required=required)
    return {
        **made,
        "kind": kind,
        "value": given.value(name, step) or value,
        "max_length": longest,
    }


def choice(
    name: str, label: str, options: Iterable[tuple[str, str]], *, given: Given, step: str = "", value: str = "", hint: str = "",
    required: bool = True, kind: Literal["radio", "select"] = "radio",
) -> dict[str, Any]:  # fmt: skip
    """One of several answers; `options` are (value, label)."""
    made = _field(name, label, given=given, step=step, hint=hint, required=required)
    chosen = given.value(name, step) or value
    drawn = [
        {
            "id": f"{made['id']}-{position}",
            "value": code,
            "label": words,
            "checked": code == chosen,
            "help": "",
        }
        for position, (code, words) in enumerate(options)
    ]
    return {**made, "kind": kind, "options": drawn, "value": chosen}


def errors_of(fields: Iterable[dict[str, Any]]) -> list[dict[str, str]]:
    """The entries of `kit/parts/errors.html`."""
    return [
        {
            "id": f["options"][0]["id"] if f["kind"] == "radio" else f["id"],
            "label": f["short"],
            "message": f["error"],
        }
        for f in fields
        if f["error"]
    ]


def _own(name: str, step: str) -> str:
    """The name in the page, where several forms may each have a `note`."""
    return f"{step}-{name}" if step else name


def _field(name: str, label: str, *, given: Given, step: str, hint: str, required: bool) -> dict[str, Any]:
    own = _own(name, step)
    error = given.error(name, step)
    described = [f"{own}-{part}" for part, there in (("hint", hint), ("error", error)) if there]
    return {
        "name": own, "id": f"field-{own}", "label": label, "short": label, "hint": hint, "why": "", "unit": "", "text": "",
        "options": (), "error": error, "required": required, "readonly": False, "source": None,
        "described_by": " ".join(described),
    }  # fmt: skip

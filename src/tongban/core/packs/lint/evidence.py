"""What is held and handed in: licences, registries and materials."""

from __future__ import annotations

from collections.abc import Iterator

from tongban.core.packs import model, names
from tongban.core.packs.content import Content, Merged
from tongban.core.packs.lint.vocabulary import repeated
from tongban.core.packs.pack import Problem

_WAYS = ("licence", "registry", "upload", "form", "commitment")


def licence_fields(content: Content) -> Iterator[Problem]:
    """Each field of a licence is filled by a fact or by the act of issuing, and by one of them only."""
    for merged, kind in content.entries("licences", model.LicenceKind):
        yield from repeated(merged, ("fields",), "id", (field.id for field in kind.fields))
        for index, field in enumerate(kind.fields):
            if (field.fact is None) == (field.given is None):
                how = "nothing fills" if field.fact is None else "both a fact and the act of issuing fill"
                message = f"{how} the field {field.id}"
                yield merged.problem(
                    "licence-field", message, "set fact or given, not both", path=("fields", index)
                )
        if kind.validity.years is not None and kind.validity.years < 1:
            message = "a licence is valid for at least a year, or without end when years is left out"
            yield merged.problem("validity", message, "correct years", path=("validity", "years"))


def registries(content: Content) -> Iterator[Problem]:
    """The key of a registry is one of its fields."""
    for merged, registry in content.entries("resources", model.Resource):
        fields = [field.id for field in registry.fields]
        yield from repeated(merged, ("fields",), "id", fields)
        if registry.key not in fields:
            hint = names.did_you_mean(registry.key, fields) or "its fields: " + ", ".join(fields)
            message = f'the key "{registry.key}" is not a field of this registry'
            yield merged.problem("unknown-field", message, hint, path=("key",))


def materials(content: Content) -> Iterator[Problem]:
    """Each alternative of a material is one way to meet it."""
    for merged, material in content.entries("materials", model.Material):
        for index, alternative in enumerate(material.alternatives):
            ways = [way for way in _WAYS if getattr(alternative, way)]
            if len(ways) != 1:
                message = f"an alternative is one of {', '.join(_WAYS)}, and this sets {' and '.join(ways) or 'none'}"
                yield merged.problem(
                    "alternative-kind", message, "set exactly one", path=("alternatives", index)
                )
            yield from _companions(content, merged, material, index)


def _companions(content: Content, merged: Merged, material: model.Material, index: int) -> Iterator[Problem]:
    """What a way takes besides is itself plain: it brings no question and nothing further along."""
    for place, name in enumerate(material.alternatives[index].along_with):
        path = ("alternatives", index, "along_with", place)
        companion = content.get("materials", model.Material, name)
        if name == material.id:
            yield merged.problem(
                "along-with", "a material cannot come along with itself", "take it out", path=path
            )
        elif companion and any(way.when or way.along_with for way in companion.alternatives):
            message = f'"{name}" has conditions or companions of its own'
            hint = "name materials whose alternatives have no when and no along_with"
            yield merged.problem("along-with", message, hint, path=path)

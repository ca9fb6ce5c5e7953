"""Who acts: organisations, the roles they fill, and how the place presents itself."""

from __future__ import annotations

from collections.abc import Iterator

from tongban.core.packs import model, model_data, names
from tongban.core.packs.content import Content, Merged
from tongban.core.packs.pack import Problem
from tongban.core.values import identifiers


def organisations(content: Content) -> Iterator[Problem]:
    """Credit codes with a wrong check character."""
    for merged, organisation in content.entries("organisations", model.Organisation):
        problem = identifiers.check_credit_code(organisation.credit_code)
        if problem:
            hint = "copy it again from the certificate"
            yield merged.problem("credit-code", problem, hint, path=("credit_code",))


def bindings(content: Content) -> Iterator[Problem]:
    """Where organisations exist, one of them fills each role that has to act: in a service of a life event, a policy,
    a product or a goal. A complaint whose unit this place lacks goes to whoever runs the hotline."""
    known = content.known("organisations")
    if not known:
        return
    if len(known) > len(content.models.get("organisations", {})):
        return  # an organisation that could not be read may be the one
    bound = {entry.authority for _, entry in content.entries("organisations", model.Organisation)}
    for merged, field, authority in _acting(content):
        if authority not in bound and authority in content.known("authorities"):
            message = f'no organisation of this place fills the role "{authority}"'
            hint = f"add an organisation with authority: {authority}"
            yield merged.problem("unbound-authority", message, hint, path=(field,))


def brands(content: Content) -> Iterator[Problem]:
    """A place with organisations has a brand, and its seal is a file of the pack."""
    top = content.top
    if content.known("organisations") and "brand" not in top.table.fields:
        message = "a layer with organisations needs a brand: the name, tagline and seal of its portal"
        yield top.problem("brand-missing", message, "add brand: {name: ..., tagline: ..., seal: name.svg}")
    brand = content.manifests[-1].brand if content.manifests else None
    if brand and brand.seal not in content.assets:
        hint = names.did_you_mean(brand.seal, content.assets) or "add it to assets/"
        message = f'there is no drawing "{brand.seal}" in assets/'
        yield top.problem("unknown-asset", message, hint, path=("brand", "seal"))


def _acting(content: Content) -> Iterator[tuple[Merged, str, str]]:
    """Entry, field and role of everybody who has to act."""
    offered = {
        name for _, event in content.entries("life-events", model.LifeEvent) for name in event.services
    }
    for merged, service in content.entries("services", model.Service):
        if service.id in offered:
            yield merged, "authority", service.authority
    for merged, policy in content.entries("policies", model_data.Policy):
        yield merged, "authority", policy.authority
    for merged, product in content.entries("products", model_data.Product):
        yield merged, "operator", product.operator
    for merged, goal in content.entries("goals", model_data.Goal):
        yield merged, "owner", goal.owner

"""The offices of this node as issuers: their keys, their entries in the trust list."""

from __future__ import annotations

from dataclasses import replace

from tongban.base.kit import keys
from tongban.core.packs.model import Organisation
from tongban.core.packs.pack import Pack
from tongban.records.licences import sdjwt, trust


def key_of(organisation: str) -> tuple[sdjwt.PrivateKey, str]:
    """(private key, kid) of an organisation; made on first use."""
    key = keys.signing_key(f"issuer-{organisation}", "ES256")
    return key, sdjwt.signing_key(key).kid


def may_issue(pack: Pack, organisation: Organisation) -> set[str]:
    """Types that an organisation issues by the role it fills."""
    return {
        trust.type_of(kind.id) for kind in pack.licences.values() if kind.issuer == organisation.authority
    }


def of_node(pack: Pack) -> dict[str, trust.Issuer]:
    """Every organisation of the pack that issues licences, with its current key."""
    made: dict[str, trust.Issuer] = {}
    for organisation in pack.organisations.values():
        types = may_issue(pack, organisation)
        if types:
            key, kid = key_of(organisation.id)
            jwk = {**sdjwt.signing_key(key, kid).public_jwk(), "kid": kid}
            identifier = trust.issuer_id(organisation.place, organisation.id)
            made[identifier] = trust.Issuer(
                identifier, organisation.id, organisation.name, {kid: jwk}, frozenset(types)
            )
    return made


def published() -> trust.TrustList:
    """This node's list as it was published last; empty before the first time."""
    path = trust.file_of_node()
    return trust.read(path) if path.exists() else trust.TrustList()


def known(pack: Pack) -> dict[str, trust.Issuer]:
    """The issuers of now and what the published list still knows: old keys and dissolved offices signed licences
    that are in use, and a kind that a new pack dropped was issued lawfully before."""
    before = published().issuers
    made = dict(before)
    for identifier, issuer in of_node(pack).items():
        old = before.get(identifier)
        if old is not None:
            issuer = replace(
                issuer,
                keys={**old.keys, **issuer.keys},
                types=(old.types or frozenset()) | (issuer.types or frozenset()),
            )
        made[identifier] = issuer
    return made

"""A small place with two offices, their licences, and the people who may or may not see them."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric import ec

from tongban.base.kit.acting import Acting
from tongban.core.packs import model
from tongban.core.packs.pack import Pack
from tongban.core.values.identifiers import credit_check_character, organisation_check_character
from tongban.core.values.text import Bilingual
from tongban.records.licences import sdjwt, trust

PLACE = "990100"
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 25)


def credit_code(sequence: int, prefix: str = "11") -> str:
    body = f"{prefix}{PLACE}MBDEM{sequence:03d}"
    body += organisation_check_character(body[8:])
    return body + credit_check_character(body)


def bilingual(zh: str, en: str) -> Bilingual:
    return Bilingual(zh=zh, en=en)


def field(id: str, zh: str, en: str, **more: Any) -> model.LicenceField:
    return model.LicenceField(id=id, label=bilingual(zh, en), **more)


def make_pack() -> Pack:
    """Two offices, a permit of five years, a long-term certificate whose field is called `status`."""
    permit = model.LicenceKind(
        id="food-permit",
        name=bilingual("食品经营许可证", "Food business permit"),
        holder="either",
        issuer="market",
        type_code=credit_code(18) + "001",
        validity=model.Validity(years=5),
        fields=(
            field("number", "许可证编号", "Permit number", given="number", always_shown=True),
            field("name", "经营者名称", "Business", given="holder_name"),
            field("holder_id", "信用代码", "Credit code", given="holder_id"),
            field("address", "经营场所", "Premises", fact="address"),
            field("area", "面积", "Floor area", fact="area"),
            field("issuer", "发证机关", "Issued by", given="issuer", always_shown=True),
            field("valid_to", "有效期至", "Valid until", given="valid_to", always_shown=True),
        ),
    )
    certificate = model.LicenceKind(
        id="household-certificate",
        name=bilingual("户口证明", "Household certificate"),
        holder="person",
        issuer="police",
        type_code=credit_code(26) + "001",
        validity=model.Validity(),
        fields=(
            field("status", "户别", "Household status", fact="household"),
            field("licence", "证件", "Paper", fact="paper"),
            field("holder_id", "公民身份号码", "Identity number", given="holder_id"),
        ),
    )
    organisations = {
        id: model.Organisation(id=id, authority=role, name=name, place=PLACE, credit_code=credit_code(number))
        for number, (id, role, name) in enumerate(
            [
                ("city-market", "market", bilingual("演示市市场监督管理局", "Demo City Market Regulation")),
                ("city-police", "police", bilingual("演示市公安局", "Demo City Police")),
            ],
            start=1,
        )
    }
    facts = {
        name: model.Fact(id=name, subject="enterprise", type=type, label=bilingual(name, name))
        for name, type in {"address": "text", "area": "integer", "household": "text", "paper": "text"}.items()
    }
    manifest = model.Manifest(
        id="cn-demo",
        version="1.0.0",
        name=bilingual("演示市", "Demo City"),
        jurisdiction=PLACE,
        licence="Apache-2.0",
    )
    nothing: dict[str, Any] = {
        name: MappingProxyType({})
        for name in (
            "laws", "code_lists", "parameters", "calendars", "authorities", "places", "resources", "materials",
            "services", "life_events",
        )
    }  # fmt: skip
    return Pack(
        manifest=manifest,
        layers=(manifest,),
        digest="sha256:" + "0" * 64,
        facts=facts,
        organisations=organisations,
        licences={permit.id: permit, certificate.id: certificate},
        **nothing,
    )


@dataclass
class Place:
    """The small place inside a database."""

    pack: Pack
    system: Acting

    def subject(self, name: str = "云边小馆", identifier: str | None = None, kind: str = "enterprise") -> Any:
        from tongban.base.identity.models import Subject

        return Subject.objects.create(kind=kind, name=name, identifier=identifier, created_at=NOW)

    def account(self, username: str, person: Any = None) -> Any:
        from tongban.base.identity.models import Account

        person = person or self.subject(username, kind="person")
        return Account.objects.create(username=username, person=person, password="!")

    def issue(
        self, holder: Any, *, decision: UUID | None = None, kind: str = "food-permit", **more: Any
    ) -> Any:
        from tongban.records.licences import actions

        declared = self.pack.licences[kind]
        organisation = next(o for o in self.pack.organisations.values() if o.authority == declared.issuer)
        given: dict[str, Any] = {
            "acting": self.system,
            "decision": decision or uuid4(),
            "kind": declared,
            "pack": self.pack,
            "organisation": organisation,
            "holder": holder,
            "holder_name": holder.name,
            "values": {
                "address": "青石街 18 号",
                "area": 46,
                "status": "城镇",
                "licence": "纸质",
                "undeclared": "x",
            },
            "on": TODAY,
        }
        return actions.issue(**{**given, **more})

    def officer(self, organisation: str, *, role: str = "officer", place: str = PLACE) -> Acting:
        return Acting(uuid4(), None, None, 1, organisation, role, place, "official duty", NOW, "r" * 8)

    def applicant(self, subject: Any, mandate: UUID | None = None) -> Acting:
        return Acting(
            uuid4(), subject.pk, mandate, None, None, "applicant", PLACE, "own matter", NOW, "r" * 8
        )


class Office:
    """An office that signs licence files without a database: its key, its id, a trust list that holds it."""

    def __init__(self, organisation: str = "city-market", types: frozenset[str] | None = None) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        signing = sdjwt.signing_key(self.key)
        self.kid, self.jwk = signing.kid, {**signing.public_jwk(), "kid": signing.kid}
        self.id = trust.issuer_id(PLACE, organisation)
        name = bilingual("演示市市场监督管理局", "Demo City Market Regulation")
        self.issuer = trust.Issuer(self.id, organisation, name, {self.kid: self.jwk}, types)
        self.trust = trust.TrustList({self.id: self.issuer}, NOW)

    def sign(self, header: dict[str, Any] | None = None, **payload: Any) -> str:
        """Any JWT this office could be made to sign, with no disclosures."""
        head = {"typ": "dc+sd-jwt", "alg": "ES256", "kid": self.kid} | (header or {})
        body = {"iss": self.id, "vct": "urn:tongban:licence:food-permit"} | payload
        text = f"{b64(json.dumps(head).encode())}.{b64(json.dumps(body).encode())}"
        return f"{text}.{b64(sdjwt.signing_key(self.key).sign(text.encode()))}~"

    def issue(self, **more: Any) -> str:
        """A permit of three fields, in force for a day either side of NOW."""
        given = {
            "disclosable": ["name", "area"],
            "always": ["number"],
            "vct": "urn:tongban:licence:food-permit",
            "issuer": self.id,
            "key": self.key,
            "kid": self.kid,
            "issued_at": NOW - timedelta(days=1),
            "valid_from": NOW - timedelta(days=1),
            "valid_to": NOW + timedelta(days=1),
        }
        return sdjwt.issue({"name": "云边小馆", "area": 46, "number": "JY1"}, **{**given, **more})


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def disclosure(*parts: Any) -> tuple[str, str]:
    """(disclosure, digest) of `salt, name, value` or `salt, value`."""
    text = b64(json.dumps(parts).encode())
    return text, b64(hashlib.sha256(text.encode()).digest())

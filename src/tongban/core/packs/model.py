"""What a pack can say: one class per kind of content, in the order a reader meets them.

A pack is a folder of YAML files. Each file in `facts/`, `services/`, ... holds a list of entries of that kind,
each with an `id`. A layer that `extends` another adds entries, replaces single fields of entries with the same
id, or takes an entry away with `remove: true`. Nothing here is code, and nothing here names a city.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from tongban.core.packs.model_base import (
    ArticleId,
    Cited,
    Confidence,
    Entry,
    Id,
    Model,
    Name,
    Rule,
    SpeaksOf,
    Term,
)
from tongban.core.packs.model_guide import Channels, Codes, FeeLine, Gap, Question, Step
from tongban.core.packs.model_rights import Answering, Ending, Objection, Renewal
from tongban.core.packs.model_signers import Signer
from tongban.core.packs.model_tests import Expectation, PackTest
from tongban.core.packs.model_visits import Consultation, Inspection
from tongban.core.values.text import Bilingual

__all__ = [
    "ArticleId",
    "Cited",
    "Confidence",
    "Entry",
    "Expectation",
    "Id",
    "Model",
    "Name",
    "PackTest",
    "Rule",
    "Term",
]

# -- pack.yaml ---------------------------------------------------------------------------------------------


class Brand(Model):
    """How the portal of this layer presents itself."""

    name: Bilingual
    tagline: Bilingual
    seal: str
    """File name of an SVG inside the pack."""
    headline: Bilingual | None = None
    promise: Bilingual | None = None
    disclaimer: Bilingual | None = None
    """One line at the foot of every page, for example that all data is fictional."""


class Manifest(Model):
    id: Id
    version: Annotated[str, StringConstraints(pattern=r"^\d+\.\d+\.\d+$")]
    name: Bilingual
    jurisdiction: Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
    """Division code (GB/T 2260); 000000 is the whole country."""
    extends: Id | None = None
    """Id of the layer below; it lies in a sibling folder of that name."""
    licence: str
    """SPDX id of the content's licence."""
    maintainers: tuple[str, ...] = ()
    time_zone: str = "Asia/Shanghai"
    brand: Brand | None = None


# -- law, vocabulary ---------------------------------------------------------------------------------------


class Article(Model):
    number: str
    text: Bilingual
    """The content in our own words, not a quotation."""
    in_force_from: date | None = None
    in_force_to: date | None = None
    """First day on which it is no longer in force."""
    source: str | None = None
    confidence: Confidence = Confidence.RECALLED


class Law(Entry):
    name: Bilingual
    number: str | None = None
    articles_: tuple[Article, ...] = Field(alias="contains")


class CodeItem(Model):
    code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]+$")]
    label: Bilingual
    help: Bilingual | None = None


class CodeList(Entry):
    name: Bilingual
    items: tuple[CodeItem, ...]


class FactSource(Model):
    """One place a fact's value can come from. Exactly one of the first three is set."""

    licence: Id | None = None
    registry: Id | None = None
    answer: bool = False
    field: Name | None = None
    """Field of the licence or the registry resource. None: the field whose `fact` this is; without such a field a
    boolean fact is true when the licence or row is held at all."""


class Fact(Cited):
    id: Name
    subject: Literal["person", "household", "enterprise", "project", "place"]
    type: Annotated[str, StringConstraints(pattern=r"^(boolean|integer|decimal\(\d\)|money|date|text|code)$")]
    codes: Id | None = None
    """Code list, for type `code`."""
    label: Bilingual
    question: Bilingual | None = None
    """Asked in everyday words. A fact without a question can only come from a licence or registry."""
    help: Bilingual | None = None
    none: Bilingual | None = None
    """The answer that there is none, in the words of a choice beside the field; without it every subject has a value."""
    unit: str | None = None
    unit_label: Bilingual | None = None
    minimum: int | None = None
    """Smallest possible value, in the fact's unit; money in whole yuan."""
    maximum: int | None = None
    max_length: int = 200
    sensitivity: Literal[1, 2, 3, 4] = 2
    """Protection grade; 4 is sensitive personal information."""
    sources: tuple[FactSource, ...] = ()
    """In order of trust. Empty: only the subject can say."""
    effort: Literal["tap", "type", "look-up"] = "tap"
    """How hard it is for a person to answer."""
    priors: dict[str, Annotated[Decimal, Field(ge=0, le=1)]] = {}
    """How many of all people give an answer, by `yes` and `no` or by code; the rest is shared out evenly. It only says
    which question comes first and never decides anything."""
    speaks_of: SpeaksOf | None = None


class DatedValue(Cited):
    valid_from: date
    valid_to: date | None = None
    """First day on which the value no longer holds; None: until further notice."""
    value: Any
    """Money is written in yuan with two digits after the point: 1000.00."""


class Parameter(Cited):
    id: Name
    label: Bilingual
    type: Annotated[str, StringConstraints(pattern=r"^(boolean|integer|decimal\(\d\)|money|date|text)$")]
    unit: str | None = None
    values: tuple[DatedValue, ...]


class Calendar(Entry):
    known_until: date
    """Last day that the published calendar covers; later due dates are provisional."""
    rest_days: tuple[date, ...]
    """Weekdays that are holidays."""
    working_days: tuple[date, ...]
    """Weekend days that are worked (调休)."""


# -- who ---------------------------------------------------------------------------------------------------


class Authority(Entry):
    """A role that law gives to some organ, for example market regulation."""

    name: Bilingual


class Organisation(Entry):
    """An organ of this place that fills a role."""

    authority: Id
    name: Bilingual
    place: Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
    credit_code: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{18}$")]
    address: Bilingual | None = None
    phone: str | None = None
    review_body: Bilingual | None = None
    """Where to ask for reconsideration (行政许可法 art. 38 needs it in a refusal)."""
    court: Bilingual | None = None


class Place(Cited):
    code: Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
    name: Bilingual
    parent: str | None = None

    @property
    def id(self) -> str:
        return self.code


# -- what is held ------------------------------------------------------------------------------------------


class LicenceField(Model):
    id: Name
    label: Bilingual
    fact: Name | None = None
    """Fact whose value fills the field when the licence is issued."""
    given: (
        Literal["number", "issuer", "issue_date", "valid_from", "valid_to", "holder_name", "holder_id"] | None
    ) = None
    """Filled by the act of issuing instead of a fact."""
    always_shown: bool = False
    """Cannot be withheld in a presentation."""


class Validity(Cited):
    years: int | None = None
    """None: long-term (长期)."""


class LicenceKind(Entry):
    name: Bilingual
    holder: Literal["person", "legal_person", "either", "object"]
    issuer: Id
    """Authority role."""
    type_code: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{21}$")]
    """GB/T 36904 licence type code."""
    validity: Validity
    fields: tuple[LicenceField, ...]


class ResourceField(Model):
    id: Name
    label: Bilingual
    fact: Name | None = None
    element: Id | None = None
    """Data element whose meaning the field has."""
    type: (
        Annotated[str, StringConstraints(pattern=r"^(boolean|integer|decimal\(\d\)|money|date|text|code)$")]
        | None
    ) = None
    """None: that of its fact or its data element."""
    grade: Literal[1, 2, 3, 4] = 2


class Resource(Entry):
    """A registry that a department keeps and others may look one row up in, for a purpose."""

    name: Bilingual
    summary: Bilingual | None = None
    sharing: Literal["unconditional", "conditional", "none"] = "conditional"
    """Sharing attribute (共享属性)."""
    sharing_basis: tuple[ArticleId, ...] = ()
    """What restricts the sharing; needed for `none`."""
    update_frequency: Literal["real-time", "daily", "weekly", "monthly", "quarterly", "yearly"] | None = None
    openness: Literal["open", "conditional", "none"] = "none"
    """Open attribute (开放属性): whether society may use it."""
    steward: Id
    """Authority role."""
    key: Name
    """Field by which one row is found."""
    key_fact: Name
    """Fact that holds the key's value."""
    fields: tuple[ResourceField, ...]


# -- services ----------------------------------------------------------------------------------------------


class UploadSpec(Model):
    formats: tuple[Literal["pdf", "jpg", "png"], ...] = ("pdf", "jpg", "png")
    max_mb: Annotated[int, Field(ge=1, le=50)] = 20


class Alternative(Model):
    """One way to meet a requirement. Exactly one of licence, registry, upload, form, commitment is set."""

    licence: Id | None = None
    registry: Id | None = None
    upload: UploadSpec | None = None
    form: bool = False
    """Drawn up from the answers; nothing to hand in."""
    commitment: Bilingual | None = None
    """Text that the applicant signs on the page."""
    name: Bilingual | None = None
    """Name of this alternative where it differs from the material's ("lease")."""
    along_with: tuple[Id, ...] = ()
    """Materials that this way takes besides ("consent of the owner"): it is met by all of them together, as a list of
    evidence in CCCEV. Each has plain alternatives, without `when` or `along_with` of its own."""
    when: Rule | None = None


class Material(Entry):
    name: Bilingual
    note: Bilingual | None = None
    channel: Literal["applicant", "government", "other"]
    """来源渠道 (GB/T 39046-2020)."""
    kind: Literal["original", "copy", "both"] | None = None
    paper: bool | None = None
    """Whether paper is wanted; None: electronic, unless the applicant prefers paper."""
    copies: Annotated[int, Field(ge=0)] | None = None
    issued_by: Bilingual | None = None
    filling_notes: Bilingual | None = None
    acceptance_standard: Bilingual | None = None
    """受理标准: what it must show to be taken."""
    alternatives: Annotated[tuple[Alternative, ...], Field(min_length=1)]
    """Any one of these will do."""


class Requirement(Cited):
    """A material that a service needs."""

    material: Id
    tier: Literal["main", "secondary"] = "main"
    """Without a main material the review cannot run (主审要件); only a secondary one can be deferred."""
    when: Rule = "TRUE"
    purpose: Bilingual | None = None


class Tolerance(Cited):
    """Terms of tolerant acceptance (容缺受理)."""

    within: Term
    on_default: Literal["withdrawn", "terminated"] = "withdrawn"


class Block(Cited):
    """A situation in which the service cannot be granted, said before anybody fills a form."""

    when: Rule
    reason: Bilingual


class Condition(Cited):
    """An acceptance condition (受理条件) that the platform checks and an officer sees with its finding."""

    id: Id
    label: Bilingual
    rule: Rule


class Variant(Cited):
    """A way the service runs in a given situation; the first that applies wins."""

    id: Id
    name: Bilingual
    when: Rule
    on_commitment: bool = False
    """Decided on the applicant's promise and checked afterwards (告知承诺, 优化营商环境条例 art. 40)."""
    verify: Term | None = None
    """From the decision to the check whether the promise is kept; needed where it is decided on commitment."""
    remedy: Term | None = None
    """For putting right what that check has found; None: a promise that is not kept ends the decision at once."""
    excluded_for: Term | None = None
    """How long nobody whose promise was found untrue can go this way again; None: until the record is repaired."""
    case_type: Literal["instant", "promised"] | None = None
    statutory: Term | None = None
    promised: Term | None = None
    note: Bilingual | None = None


class Registration(Model):
    """The result founds its holder and gives it a unified social credit code (GB 32100-2015)."""

    by: Name
    """Fact whose code decides the kind of body."""
    prefixes: dict[str, Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{2}$")]]
    """Code of that fact to the first two characters: registering department and kind of body."""


class Result(Model):
    name: Bilingual
    licence: Id | None = None
    """Kind issued on approval; None: a receipt or a record."""
    registration: Registration | None = None


class Alone(Cited):
    """What the service costs an applicant who does it by itself, for the four reductions."""

    steps: Annotated[int, Field(ge=1)]
    visits: Annotated[int, Field(ge=0)]


class Service(Entry):
    name: Bilingual
    summary: Bilingual | None = None
    kind: Literal["permit", "confirmation", "payment", "record", "public_service", "registration"]
    case_type: Literal["instant", "promised"]
    authority: Id
    national_list: bool = True
    health_or_safety: bool = False
    """Matters of public safety, health, life: no tolerant acceptance (湘西州政办发〔2022〕29号 art. 2)."""
    applies_when: Rule = "TRUE"
    applies_because: Bilingual | None = None
    blocked_when: tuple[Block, ...] = ()
    conditions: tuple[Condition, ...] = ()
    automatic: bool = False
    """Granted by the platform at once when every condition passes; anything else goes to an officer."""
    statutory: Term | None = None
    promised: Term
    notify_missing: Term | None = None
    """Time to list every defect once; passed in silence, the case counts as accepted (行政许可法 art. 32)."""
    correction: Answering | None = None
    """None: a correction notice waits for its answer without end."""
    renewal: Renewal | None = None
    """What it prolongs; None: it grants something new."""
    deliver: Term | None = None
    variants: tuple[Variant, ...] = ()
    form: tuple[Name, ...] = ()
    """Facts that the application form must hold."""
    requires: tuple[Requirement, ...] = ()
    tolerance: Tolerance | None = None
    signers: tuple[Signer, ...] = ()
    """Who signs besides the applicant."""
    result: Result
    consultations: tuple[Consultation, ...] = ()
    inspection: Inspection | None = None
    objection: Objection | None = None
    """None: only the remedies of law."""
    ending: Ending | None = None
    """None: one officer decides, on what the service itself rests on."""
    fee_fen: Annotated[int, Field(ge=0)] = 0
    fee_basis: Bilingual | None = None
    fee_lines: tuple[FeeLine, ...] = ()
    alone: Alone
    codes: Codes | None = None
    objects: tuple[Literal["person", "enterprise", "institution", "organisation", "organ", "other"], ...] = ()
    """Service objects (GB/T 39046-2020 appendix A)."""
    themes: tuple[str, ...] = ()
    scope: tuple[Literal["national", "cross-province", "cross-city", "cross-county"], ...] = ()
    """Handling scope (通办范围)."""
    quantity_limit: Bilingual | None = None
    channels: Channels | None = None
    steps: tuple[Step, ...] = ()
    consultation: Bilingual | None = None
    complaint: Bilingual | None = None
    rights: Bilingual | None = None
    """Rights and duties of the applicant."""
    questions: tuple[Question, ...] = ()
    locked: bool = True
    """Layers above may only tighten it: shorter promises, fewer materials; see `lint.locks`."""


class LifeEvent(Entry):
    name: Bilingual
    summary: Bilingual
    icon: str = "layers"
    """Name of a lucide icon."""
    subject: Literal["person", "enterprise", "household", "project"]
    lead: Id
    services: Annotated[tuple[Id, ...], Field(min_length=1)]
    search: tuple[str, ...] = ()
    """Words people use for it, in any language."""
    together: Alone
    """Steps and visits when done as one thing."""
    name_fact: Name | None = None
    """Fact that names the subject in lists (the shop's name)."""
    complete: bool = True
    """False: declared only as far as the sources at hand go; see `gaps`."""
    gaps: tuple[Gap, ...] = ()
    """What is missing, shown on its page."""
    season: Bilingual | None = None
    """When it can be applied for, if not all year round."""


KINDS: dict[str, tuple[str, type[BaseModel]]] = {
    # folder: (attribute of Pack, model)
    "laws": ("laws", Law),
    "code-lists": ("code_lists", CodeList),
    "facts": ("facts", Fact),
    "parameters": ("parameters", Parameter),
    "calendars": ("calendars", Calendar),
    "authorities": ("authorities", Authority),
    "organisations": ("organisations", Organisation),
    "places": ("places", Place),
    "licences": ("licences", LicenceKind),
    "resources": ("resources", Resource),
    "materials": ("materials", Material),
    "services": ("services", Service),
    "life-events": ("life_events", LifeEvent),
}

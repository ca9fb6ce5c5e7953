"""What a pack says to readers: official documents, words, collections, knowledge, and how a service is used.

The same grammar as `model.py`, whose classes these rest on.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from tongban.core.packs.model_base import Cited, Entry, Id, Model, Name
from tongban.core.values.text import Bilingual

# -- parts of a service (GB/T 39046-2020 table 4) ------------------------------------------------------------


class Depth(StrEnum):
    """How far a service is handled online (网上办理深度, recalled)."""

    INFORMATION = "information"  # Ⅰ
    PRE_CHECK = "pre-check"  # Ⅱ
    ACCEPTANCE = "acceptance"  # Ⅲ: one visit to hand over originals
    WHOLE = "whole"  # Ⅳ: no visit


class Channels(Model):
    """Where and how a service is handled (办理形式)."""

    depth: Depth = Depth.WHOLE
    counter: bool = True
    mobile: bool = True
    terminal: bool = False
    courier_in: bool = False
    courier_out: bool = False
    appointment: bool = False
    visits: Annotated[int, Field(ge=0)] = 0
    """Visits to a counter that are needed (到办事现场次数)."""
    visit_reason: Bilingual | None = None
    """Why somebody must come; needed when `visits` is above 0."""


class Step(Cited):
    """A step inside the authority (办理流程): named, with who does it and how long it may take."""

    id: Id
    name: Bilingual
    by: Bilingual | None = None
    working_days: Annotated[int, Field(ge=0)] | None = None
    special: bool = False
    """A special procedure that stops the clock (行政许可法 art. 45)."""


class FeeLine(Cited):
    name: Bilingual
    standard: Bilingual
    reducible: bool = False


class Question(Model):
    """A question that people ask often, with its answer (常见问题)."""

    question: Bilingual
    answer: Bilingual


class Codes(Model):
    """Codes of the two lists (基本编码, 实施编码); opaque, never parsed."""

    basic: Annotated[str, Field(max_length=12)] | None = None
    implementation: Annotated[str, Field(max_length=36)] | None = None
    item_type: Annotated[str, Field(pattern=r"^\d{2}$")] | None = None
    """GB/T 39046-2020 appendix A: 01 permit, 05 payment, 07 confirmation, 10 other, 20 public service, ..."""


# -- documents, words, collections, knowledge ------------------------------------------------------------------


class DocumentKind(StrEnum):
    """Official documents that a case produces (recalled list; GB/T 39046 leaves their text to places)."""

    RECEIPT = "receipt"  # 收件凭证
    CORRECTION = "correction"  # 补正告知书
    ACCEPTANCE = "acceptance"  # 受理通知书
    DEEMED_ACCEPTANCE = "deemed-acceptance"  # 视为受理告知书: nobody asked for anything in time
    NON_ACCEPTANCE = "non-acceptance"  # 不予受理决定书
    SPECIAL_PROCEDURE = "special-procedure"  # 特别程序告知书
    EXTENSION = "extension"  # 延期通知书
    GRANT = "grant"  # 准予许可决定书
    REFUSAL = "refusal"  # 不予许可决定书
    APPROVAL = "approval"  # 同意办理决定书: in favour, on a service that is no permit
    REJECTION = "rejection"  # 不予办理决定书: against, on a service that is no permit
    DEEMED_RENEWAL = "deemed-renewal"  # 视为准予延续告知书: nothing was decided before the last day
    DELIVERY = "delivery"  # 送达回证
    TOLERANCE = "tolerance"  # 容缺受理告知承诺书
    COMMITMENT = "commitment"  # 告知承诺书
    VERIFICATION = "verification"  # 承诺核查结果告知书: the promise is kept
    REMEDY = "remedy"  # 责令限期整改通知书: it is not, or not yet
    ENDING_NOTICE = "ending-notice"  # 拟撤销（撤回、注销）告知书: before it ends, with the right to be heard
    HEARING_NOTICE = "hearing-notice"  # 听证通知书
    NEW_DATES = "new-dates"  # 办理期限变更告知书
    ANNULMENT = "annulment"  # 撤销决定书
    RECALL = "recall"  # 撤回决定书
    CANCELLATION = "cancellation"  # 注销决定书
    OBJECTION = "objection"  # 异议受理通知书
    REVIEW = "review"  # 复核决定书
    INSPECTION = "inspection"  # 现场核查通知书
    INSPECTION_RECORD = "inspection-record"  # 现场核查记录
    TERMINATION = "termination"  # 终止办理通知书
    WITHDRAWAL = "withdrawal"  # 撤回申请确认书: taken back, or counted as taken back


class Document(Entry):
    """The text of an official document, with places for what the case fills in: `{applicant}`, `{service}`."""

    kind: DocumentKind
    title: Bilingual
    body: Bilingual
    """Markdown. Names in braces are those of `documents.PLACEHOLDERS`."""


class Term(Entry):
    """A word of the glossary, explained on tap (术语)."""

    term: Bilingual
    definition: Bilingual
    also: tuple[str, ...] = ()
    """Other words for it that people use, in any language; search knows them."""


class Collection(Entry):
    """One kind of thing (一类事): life events, policies and services of one trade or stage of life."""

    name: Bilingual
    summary: Bilingual
    icon: str = "layers"
    stage: Literal[
        "entry", "hiring", "tax-and-fees", "operation", "construction", "exit",
        "birth", "education", "employment", "daily-life", "home", "travel", "medical", "assistance",
        "elder-care", "after-death",
    ] | None = None  # fmt: skip
    """Stage of the life cycle (国办发〔2025〕24号)."""
    life_events: tuple[Id, ...] = ()
    services: tuple[Id, ...] = ()
    policies: tuple[Id, ...] = ()


class Knowledge(Entry):
    """A page in our own words about an event, a service or a policy. Written as Markdown with front matter."""

    title: Bilingual
    about: tuple[Id, ...] = ()
    """Ids of life events, services and policies."""
    in_force_from: date | None = None
    in_force_to: date | None = None
    """First day on which it no longer holds."""
    body: Bilingual
    """Markdown."""


class Gap(Model):
    """Something that the sources at hand do not say (for events that are declared only as far as known)."""

    what: Bilingual
    fact: Name | None = None


GUIDE_KINDS: dict[str, tuple[str, type[BaseModel]]] = {
    # folder: (attribute of Pack, model)
    "documents": ("documents", Document),
    "glossary": ("glossary", Term),
    "collections": ("collections", Collection),
    "knowledge": ("knowledge", Knowledge),
}

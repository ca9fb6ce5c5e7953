"""What a pack says about data, money, voice and sight: policies, products, complaints, indicators, goals.

The same grammar as `model.py`, whose classes these rest on.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from tongban.core.packs.model import Term
from tongban.core.packs.model_base import ArticleId, Cited, Confidence, Entry, Id, Model, Name, Rule
from tongban.core.packs.model_rules import OnUndefined
from tongban.core.values import money
from tongban.core.values.text import Bilingual

# -- data standards ----------------------------------------------------------------------------------------


class Element(Entry):
    """A data element (数据元, GB/T 18391): one meaning that fields of many registries share."""

    name: Bilingual
    definition: Bilingual
    type: Annotated[str, StringConstraints(pattern=r"^(boolean|integer|decimal\(\d\)|money|date|text|code)$")]


# -- policies ----------------------------------------------------------------------------------------------


class PolicyCondition(Cited):
    """One condition of a policy, with its words and its article."""

    id: Id
    label: Bilingual
    rule: Rule
    on_undefined: OnUndefined = "refer"


class Budget(Cited):
    """Money set aside for a policy in a year, in fen; of an offer, what there is of it in its own unit."""

    year: Annotated[int, Field(ge=2000, le=2200)]
    total_fen: Annotated[int, Field(ge=0)]
    order: Literal["first-come", "score", "pro-rata"] = "first-come"
    """先到先得, 择优, 按比例折扣兑现. The last two are shared out when a list is complete, in a round."""
    partial: bool = False
    """Whether the last in line is given what is left when that is less than the amount."""


class Stacking(Cited):
    """How a policy goes together with others about the same matter (不重复享受、从高不重复、就高补差、可叠加)."""

    group: Id
    """Policies of one group are about the same matter."""
    rule: Literal["exclusive", "higher-of", "top-up", "sum", "sum-with-cap", "sequence"]
    cap_fen: Annotated[int, Field(ge=0)] | None = None
    """For sum-with-cap."""


class Clawback(Cited):
    """What must be paid back, and when."""

    when: Bilingual
    returns: Literal["all", "all-with-interest", "pro-rata"]
    within_months: Annotated[int, Field(ge=1)] | None = None
    interest: Name | None = None
    """Parameter with the yearly rate, for all-with-interest. None: the office states it."""


class CompetitionGround(Model):
    """Why a policy may turn on what the fair competition review objects to (公平竞争审查条例 art. 10)."""

    reason: Bilingual
    articles: Annotated[tuple[ArticleId, ...], Field(min_length=1)]
    """The law, administrative regulation or approval of the State Council that it rests on."""
    source: str | None = None
    confidence: Confidence = Confidence.RECALLED


class Policy(Entry):
    """A subsidy or benefit, written once (政策). A sample is marked by its confidence."""

    name: Bilingual
    summary: Bilingual
    authority: Id
    subject: Literal["person", "enterprise"]
    valid_from: str
    """ISO date; the first day on which an entitlement can arise."""
    valid_to: str | None = None
    """ISO date, exclusive."""
    conditions: Annotated[tuple[PolicyCondition, ...], Field(min_length=1)]
    """All of them must hold."""
    effect: Literal["payment", "tax-saved", "tax-due", "levy", "months", "units"] = "payment"
    """What `amount` is. Only payments and units become entitlements; the others are told by the calculator. `units` are of an
    offer that is not money (要素配置): land, premises, places for talents, a loan fund."""
    offer: Literal["land", "premises", "funds", "talent"] | None = None
    """For `units`."""
    unit: Bilingual | None = None
    """For `units`: what is counted, such as square metres."""
    amount: Rule
    """A money expression; for `months` and `units` a whole number."""
    score: Rule | None = None
    """A whole number, the more the earlier, for budgets in the order of scores."""
    on_undefined: OnUndefined = "refer"
    """Of the amount."""
    once_per: Literal["subject", "person", "year"] = "subject"
    budget: tuple[Budget, ...] = ()
    confirm_within: Term
    """How long the subject may think about it."""
    fair_competition_review: str
    """Date or reference of the review (公平竞争审查条例 art. 18). Of a policy for firms it may not say nothing."""
    fair_competition_ground: CompetitionGround | None = None
    """Answers for rules that name a firm, reward tax paid or go by the place of registration."""
    legality_review: str | None = None
    level: Literal["national", "province", "city", "district"] | None = None
    path: Literal["no-application", "instant", "review", "tax-filing"] = "no-application"
    """免申即享, 即申即享, 申报制, or by the tax return."""
    stacking: tuple[Stacking, ...] = ()
    publicity: Term | None = None
    pay_within: Term | None = None
    clawback: tuple[Clawback, ...] = ()
    explain: Bilingual | None = None
    """In everyday words: who gets what."""

    @property
    def is_money(self) -> bool:
        """Whether amounts and budgets are fen; otherwise whole months, or whole units of an offer."""
        return self.effect not in ("months", "units")

    def written(self, amount: int, *, grouped: bool = False) -> str:
        """An amount as tables hold it: yuan with two digits, or a whole number."""
        if self.is_money:
            return money.written(amount, grouped=grouped)
        return f"{amount:{',' if grouped else ''}}"


# -- data products -----------------------------------------------------------------------------------------


class Contributor(Model):
    """A department whose data goes into a product, and its weight in the revenue."""

    authority: Id
    weight: Annotated[int, Field(ge=1)]


class Product(Entry):
    """A data product (数据产品): counts over a pinned snapshot, never rows."""

    name: Bilingual
    summary: Bilingual
    kind: Literal["model", "report", "visualisation", "index", "engine", "service"]
    operator: Id
    """Authority role of the operating body (运营机构)."""
    licence: Id
    """Licence kind that is counted."""
    dimensions: Annotated[tuple[Literal["month", "district", "trade"], ...], Field(min_length=1)]
    trade_field: Name | None = None
    """Field of the licence kind that says the trade."""
    minimum_cell: Annotated[int, Field(ge=2)]
    """Cells with fewer are suppressed in the base relation."""
    price_fen: Annotated[int, Field(ge=0)]
    """Per delivered call."""
    ceiling_fen: Annotated[int, Field(ge=0)]
    """Government-guided ceiling (发改价格〔2025〕65号); the price may not pass it."""
    free_for: tuple[Literal["public-governance", "public-welfare"], ...] = (
        "public-governance",
        "public-welfare",
    )
    contributors: Annotated[tuple[Contributor, ...], Field(min_length=1)]
    operator_share_percent: Annotated[int, Field(ge=0, le=100)]
    """Of the net income, before the contributors share the rest."""
    tax_percent: Annotated[int, Field(ge=0, le=20)] = 6
    development_cost_fen: Annotated[int, Field(ge=0)]
    """Capitalised cost (CAS 6), amortised straight-line."""
    useful_months: Annotated[int, Field(ge=1)]


# -- complaints --------------------------------------------------------------------------------------------


class ComplaintClass(Entry):
    """A leaf of the complaint taxonomy (诉求分类) with its time class and the unit in charge."""

    code: Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
    path: tuple[Bilingual, ...]
    """Names above it, from the top."""
    name: Bilingual
    time_class: Literal["A", "B", "C", "D"]
    dispatch_within: Term
    feedback_within: Term
    authority: Id
    words: tuple[str, ...] = ()
    """Words and phrases that speak for this class; the longest match weighs most."""


# -- indicators --------------------------------------------------------------------------------------------


class Indicator(Entry):
    """A number computed from the platform's own logs (无感监测), in the rule language over the log's facts (`logs.py`).

    A share is the sum of `numerator` over the sum of `denominator` over all records that `counts`; both are integer
    or boolean expressions (a true counts one).
    """

    name: Bilingual
    summary: Bilingual
    log: Literal["cases", "applications", "entitlements", "tickets"]
    counts: Rule = "TRUE"
    numerator: Rule
    denominator: Rule
    complement: bool = False
    """Show one minus the share (a compression, a rate of what did not happen)."""
    better: Literal["higher", "lower"]
    unit: Literal["percent"] = "percent"
    frontier_percent: int | None = None
    """What a good place reaches, for the score."""


class Goal(Entry):
    """What a pilot or a leader wants, tied to an indicator."""

    name: Bilingual
    owner: Id
    indicator: Id
    target_percent: int
    by: str
    """ISO date."""


DATA_KINDS: dict[str, tuple[str, type[BaseModel]]] = {
    "elements": ("elements", Element),
    "policies": ("policies", Policy),
    "products": ("products", Product),
    "complaints": ("complaints", ComplaintClass),
    "indicators": ("indicators", Indicator),
    "goals": ("goals", Goal),
}

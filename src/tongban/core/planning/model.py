"""The plan and its parts. A plan is computed from the pack and what is known; nobody draws it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tongban.core.rules.explain import Finding
from tongban.core.values.calendar import DueDate
from tongban.core.values.duration import Duration


@dataclass(frozen=True, slots=True)
class Held:
    """Evidence that is already at hand: a valid licence, or a registry row found for this subject."""

    kind: str
    """`licence` or `registry`."""
    id: str
    """Id of the licence kind or of the registry resource."""
    reference: str
    """Licence identifier or row key, for the record."""
    valid_to: date | None = None


class Applies(StrEnum):
    YES = "yes"
    MAYBE = "maybe"
    NO = "no"


@dataclass(frozen=True, slots=True)
class PlannedService:
    id: str
    applies: Applies
    finding: Finding
    """Why: the trace of `applies_when`."""
    variant: str | None
    """Id of the variant in force, None: the standard way. Undecided variants count as the standard way."""
    case_type: str
    promised: Duration
    statutory: Duration | None
    waits_for: tuple[str, ...]
    """Services of this plan whose result this one consumes as evidence."""
    starts: date
    """Earliest day its clock can start (submission day, or the promised end of what it waits for)."""
    due_promised: DueDate
    due_statutory: DueDate | None
    materials: tuple[str, ...]
    """Ids of its planned materials."""
    blocks: tuple[int, ...]
    """Indexes into the service's `blocked_when` that are definitely met."""
    conditions: tuple[tuple[str, Finding], ...]
    """(condition id, finding)."""


class Status(StrEnum):
    HELD = "held"  # a licence or registry supplies it now
    PRODUCED = "produced"  # another service of this plan will produce it
    FORM = "form"  # drawn up from the answers
    COMMIT = "commit"  # to be signed on the page
    UPLOAD = "upload"  # the applicant must hand it in
    DEFERRABLE = "deferrable"  # may be handed in later (容缺)
    MISSING = "missing"  # only a licence or registry can supply it, and none does


@dataclass(frozen=True, slots=True)
class Option:
    """One way to meet a material."""

    alternative: int
    """Index in the pack's material."""
    status: Status
    open: bool
    """An unknown fact decides whether it is admitted."""


@dataclass(frozen=True, slots=True)
class PlannedMaterial:
    id: str
    services: tuple[str, ...]
    """Services of the plan that need it; it is asked for once."""
    status: Status
    alternative: int
    """Index of the chosen alternative in the pack's material."""
    ways: tuple[Option, ...]
    """Every way that is or may be open in this situation, the least trouble to the applicant first. The first one is taken
    unless the applicant prefers another."""
    reference: str | None
    """Reference of the held evidence."""
    produced_by: str | None
    """Service that produces it."""
    certain: bool
    """False while an unknown fact decides whether it is needed, or whether its alternative is admitted."""
    main: bool
    deferred: bool = False
    """The applicant chose to hand it in later; only ever true of a deferrable one."""

    @property
    def options(self) -> tuple[int, ...]:
        """Indexes of all alternatives open in this situation, cheapest first."""
        return tuple(way.alternative for way in self.ways)

    @property
    def brought(self) -> bool:
        """Whether nobody but the applicant can supply it, and it is surely needed."""
        return self.certain and self.status in (Status.UPLOAD, Status.DEFERRABLE)


class Part(StrEnum):
    """What an open question decides."""

    APPLIES = "applies"  # whether a service is needed at all
    BLOCK = "block"  # whether something stands against it; `entry` is the index of the block
    VARIANT = "variant"  # in which way it runs
    CONDITION = "condition"  # whether a condition of acceptance is met
    NEEDED = "needed"  # whether a material is needed
    ALTERNATIVE = "alternative"  # whether a material can be met in an easier way
    FORM = "form"  # nothing; the form of the service has to hold it
    SIGN = "sign"  # who has to sign besides the applicant; `entry` is the id of the signer
    LOOK_UP = "look-up"  # nothing itself; a registry finds other answers by it. `entry` is the resource


@dataclass(frozen=True, slots=True)
class Because:
    """One reason for which a question is asked."""

    part: Part
    service: str
    entry: str = ""
    """Id of the variant, condition, material, signer or registry, index of the block."""
    rule: str = ""
    """Text of the undecided rule."""
    articles: tuple[str, ...] = ()
    """Its legal ground."""


@dataclass(frozen=True, slots=True)
class Question:
    fact: str
    settles: int
    """How many undecided rules it takes part in."""
    services: tuple[str, ...]
    """Services it bears on."""
    required: bool
    """True: a form field that must be filled; False: it decides what applies."""
    later: bool = False
    """True: it bears only on services of which another open question decides whether they apply. Asking it can wait,
    and often it falls away."""
    because: tuple[Because, ...] = ()
    """Why it is asked: everything that it decides or fills."""
    records: tuple[tuple[str, str], ...] = ()
    """What could answer it instead of the subject, in order of trust: (`licence` or `registry`, id). Only what has not been
    looked at yet: with the subject's consent the question may fall away."""


@dataclass(frozen=True, slots=True)
class Burden:
    steps: int
    days: int
    """Working days by promise."""
    materials: int
    """Papers the applicant must bring."""
    visits: int

    def __add__(self, other: Burden) -> Burden:
        return Burden(
            self.steps + other.steps,
            self.days + other.days,
            self.materials + other.materials,
            self.visits + other.visits,
        )


@dataclass(frozen=True, slots=True)
class Plan:
    event: str
    at: date
    pack_digest: str
    services: tuple[PlannedService, ...]
    """Those that apply or may apply, in an order in which evidence flows."""
    not_needed: tuple[PlannedService, ...]
    materials: tuple[PlannedMaterial, ...]
    questions: tuple[Question, ...]
    """Facts still worth asking, best first. Empty: complete."""
    form: tuple[str, ...]
    """Facts that the applying services' forms hold."""
    finish_promised: DueDate | None
    finish_statutory: DueDate | None
    promised_days: int
    """Working days from `at` to `finish_promised`."""
    statutory_days: int
    critical_path: tuple[str, ...]
    each_alone: tuple[tuple[str, Burden], ...]
    """What each service that surely applies would take by itself, by its id."""
    together: Burden

    @property
    def alone(self) -> Burden:
        """All of them, one after another."""
        return sum((burden for _service, burden in self.each_alone), Burden(0, 0, 0, 0))

    @property
    def complete(self) -> bool:
        return not self.questions

    @property
    def blocked(self) -> tuple[PlannedService, ...]:
        return tuple(s for s in self.services if s.blocks)

    def service(self, service_id: str) -> PlannedService | None:
        return next((s for s in (*self.services, *self.not_needed) if s.id == service_id), None)

    def material(self, material_id: str) -> PlannedMaterial | None:
        return next((m for m in self.materials if m.id == material_id), None)

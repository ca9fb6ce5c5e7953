"""What the page of one case shows to those who handle it. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from tongban.base.files import queries as files
from tongban.base.kit.acting import Acting
from tongban.base.kit.templatetags.kit import called, role_name
from tongban.base.kit.text import in_language
from tongban.base.notices import queries as notices
from tongban.core.packs.model import Material, Service
from tongban.core.packs.pack import Pack
from tongban.core.procedures.model import Clock
from tongban.core.rules import explain
from tongban.core.rules.states import ABSENT, Known
from tongban.core.values.calendar import DueDate
from tongban.work.cases import form, models, signing, worklist
from tongban.work.cases import replay as replays
from tongban.work.cases.actions import commitments, decisions, hearings, revocations
from tongban.work.cases.grounds import GROUNDS
from tongban.work.cases.letters import citing
from tongban.work.cases.letters.matter import OUTCOMES
from tongban.work.cases.pages import content, documents
from tongban.work.cases.pages import officer_findings as findings
from tongban.work.cases.pages import officer_words as words

OPEN_TO_CLERKS = 2
"""Highest protection grade of facts that window clerks see; the rest is for the officer in charge."""


@dataclass(frozen=True, slots=True)
class FactLine:
    id: str
    label: str
    text: str
    source: str
    from_office: bool
    """A licence or a registry says so; the applicant cannot change it here."""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """One material of a case and how it is met now."""

    id: str
    material: Material
    status: str
    """A key of `officer_words.WAYS`."""
    main: bool
    purpose: Any
    row: models.Material | None
    upload: Any
    """Row of base/files; None unless it was uploaded."""
    earlier: tuple[Any, ...]
    """Uploads that were replaced, newest first."""
    commitment: Any
    can_be_uploaded: bool
    shown: str
    """Name of the licence and of the other place that has shown it; empty when none has."""

    @property
    def word(self) -> str:
        return _(words.WAYS[self.status][0])

    @property
    def tone(self) -> str:
        return words.WAYS[self.status][1]


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another case of the same application: service, organ and state, nothing else."""

    service: Any
    organ: Any
    state: str


class CaseView:
    """Everything the page of a case needs; parts are computed when a template asks for them."""

    def __init__(self, acting: Acting, case: models.Case) -> None:
        self.acting, self.case = acting, case
        self.application = case.application
        self.pack: Pack = form.pack_of(case.application, acting)
        self.service: Service = self.pack.services[case.service]
        self.variant = form.variant_of(self.service, case.variant)
        self.clock: Clock = form.clock_of(case, self.pack, acting.today)
        self.row = worklist.rows_of([case], acting.today)[0]
        self.terms = form.terms_from_json(case.terms)
        self.decision = case.decision
        self.for_officer = acting.role == "officer"
        self.proposal = revocations.open_proposal(case)
        """An end of what was granted that waits for its holder to be heard, or for a second officer."""
        self.heard = hearings.of(self.proposal)
        self.objection = case.objections.order_by("made_at").last()
        """The last one, reviewed or not."""

    @property
    def organ(self) -> Any:
        return self.pack.organisations[self.case.organisation]

    @property
    def called(self) -> str:
        """The applicant's name."""
        return called(self.row.applicant)

    @property
    def time_left(self) -> str:
        return words.time_left(self.row)

    @property
    def event(self) -> Any:
        return self.pack.life_events[self.application.event].name

    @cached_property
    def facts(self) -> list[FactLine]:
        """The facts of the service's form, in the pack's order."""
        typed = form.facts_of(self.application, self.pack)
        return [self._fact(name, typed.get(name)) for name in self.service.form if name in self.pack.facts]

    @cached_property
    def checks(self) -> list[findings.Check]:
        """Automatic checks: as stored once decided, computed with today's facts before."""
        if self.decision is not None:
            stored = {
                name: explain.from_json(data) for name, data in self.decision.findings["conditions"].items()
            }
            return findings.checks_of(self.pack, self.case.service, stored, self.decision.facts)
        now = decisions.conditions(self.case, self.pack)
        return findings.checks_of(self.pack, self.case.service, now, self.application.answers)

    @property
    def passed(self) -> int:
        return sum(check.outcome == "pass" for check in self.checks)

    @property
    def why(self) -> Mapping[str, Any]:
        finding = explain.from_json(self.case.why)
        return {
            "because": self.service.applies_because,
            "always": self.service.applies_when.strip().upper() == "TRUE",
            "lines": findings.lines_of(finding, self.pack, self.application.answers),
        }

    @cached_property
    def articles(self) -> list[citing.Basis]:
        return citing.bases(self.pack, findings.cited_by((self.service, *self.service.conditions)))

    @cached_property
    def papers(self) -> list[Paper]:
        rows: dict[str, list[models.Material]] = {}
        for row in self.application.materials.filter(material__in=self.case.materials).order_by(
            "-created_at"
        ):
            rows.setdefault(row.material, []).append(row)
        requirements = {r.material: r for r in self.service.requires}
        return [
            self._paper(name, rows.get(name, []), requirements.get(name))
            for name in self.case.materials
            if name in self.pack.materials
        ]

    @cached_property
    def missing(self) -> list[str]:
        """Names of materials that keep it from being granted."""
        return [
            in_language(paper.material.name)
            for paper in self.papers
            if paper.status in ("missing", "deferred")
        ]

    @property
    def siblings(self) -> list[Sibling]:
        others = self.application.cases.exclude(pk=self.case.pk).order_by("number")
        return [
            Sibling(self.pack.services[c.service].name, self.pack.organisations[c.organisation].name, c.state)
            for c in others
        ]

    @property
    def timeline(self) -> list[dict[str, Any]]:
        """What happened, oldest first, and the day that binds the office next."""
        items = [_happened(event) for event in self.case.events.order_by("sequence")]
        if self.row.due is not None and self.clock.running:
            title = (
                _("List every defect, or accept") if self.clock.notify_by else _("Decide by the promised day")
            )
            items.append({"title": title, "day": self.row.due, "next": True})
        return items

    @property
    def latest(self) -> dict[str, Any]:
        return _happened(self.case.events.latest("sequence"))

    @property
    def clocks(self) -> list[tuple[str, DueDate | None, str]]:
        """(name, day, note) of every clock that has begun."""
        clock = self.clock
        lines = [
            (_("List defects by"), clock.notify_by, _("Silence after that day counts as acceptance.")),
            (
                _("Accepted on"),
                clock.accepted_on,
                _("By silence, as the law has it.") if clock.deemed_accepted else "",
            ),
            (_("Promised day"), clock.promised, ""),
            (_("Statutory day"), clock.statutory, ""),
            (_("Deferred materials by"), clock.materials_by, ""),
            (_("Deliver by"), clock.deliver_by, ""),
            (_("Corrections come by"), clock.correct_by, _("Later it counts as taken back.")),
            (_("Licence ends on"), clock.renews_until, _("Not decided by then, it is renewed by silence.")),
            (_("Holder may speak until"), clock.state_by, _("Nothing ends before.")),
            (_("Hold the hearing by"), clock.hearing_by, ""),
            (_("Check the promise by"), clock.verify_by, ""),
            (_("Review by"), clock.review_by, _("By an officer who had no part in the decision.")),
            (_("To be put right by"), clock.remedy_by, _("Then look again.")),
        ]
        return [line for line in lines if line[1] is not None]

    @property
    def documents(self) -> list[dict[str, Any]]:
        """Of this case only, oldest first."""
        found = notices.documents_of(self.application.pk).filter(about=self.case.pk)
        return [documents.entry(one, self.pack, self.case) for one in found]

    @property
    def corrections(self) -> list[dict[str, Any]]:
        return [
            {
                "correction": correction,
                "defects": [(self.name_of(d["kind"], d["id"]), d["text"]) for d in correction.defects],
            }
            for correction in self.case.corrections.order_by("requested_at")
        ]

    @property
    def signatures(self) -> list[signing.Given]:
        """Of those who had to sign besides the applicant."""
        return signing.given_for(self.case, self.pack)

    @property
    def had_a_part(self) -> bool:
        """Whether the officer who looks had a part in what is objected to."""
        return self.objection is not None and str(self.acting.actor) in self.objection.decided["by"]

    @property
    def review_outcome(self) -> str:
        """What the review has come to; empty while it is not made."""
        return _(OUTCOMES[self.objection.outcome]) if self.objection and self.objection.outcome else ""

    @property
    def service_name(self) -> str:
        return in_language(self.service.name)

    @property
    def ground(self) -> str:
        """On what ground an end is proposed."""
        return _(GROUNDS[self.proposal.ground].label) if self.proposal else ""

    @property
    def may_carry_out(self) -> bool:
        """Whether what is proposed can be carried out now, by the one who looks."""
        if self.proposal is None or (self.proposal.two_officers and self.proposed_by_me):
            return False
        speaking = self.clock.state_by is not None and self.acting.today <= self.clock.state_by.day
        return self.clock.hearing_by is None and not speaking

    @property
    def proposed_by_me(self) -> bool:
        return self.proposal is not None and self.proposal.proposed_by == self.acting.actor

    @cached_property
    def exclusion(self) -> models.Exclusion | None:
        """Whom this case keeps from commitments."""
        return models.Exclusion.objects.filter(case=self.case).first()

    @property
    def excluded_until(self) -> date | None:
        return commitments.excluded_until(self.exclusion) if self.exclusion else None

    @cached_property
    def replay(self) -> replays.Replay | None:
        return replays.replay(self.decision) if self.decision is not None else None

    @property
    def differences(self) -> list[tuple[str, str, replays.Difference]]:
        """(what, about which condition or fact, the difference)."""
        found = self.replay.differences if self.replay else ()
        labels = {c.id: in_language(c.label) for c in self.service.conditions}
        return [
            (_(words.DIFFERENCES[d.kind]), labels.get(d.about) or self.name_of("fact", d.about), d)
            for d in found
        ]

    def name_of(self, kind: str, identifier: str) -> str:
        """Label of a fact or name of a material; the id when the pack has neither."""
        if kind == "material" and identifier in self.pack.materials:
            return in_language(self.pack.materials[identifier].name)
        if kind == "fact" and identifier in self.pack.facts:
            return in_language(self.pack.facts[identifier].label)
        return identifier

    def _fact(self, name: str, state: Any) -> FactLine:
        fact, answer = self.pack.facts[name], self.application.answers.get(name)
        line = FactLine(
            id=name,
            label=in_language(fact.label),
            text=findings.state_text(
                self.pack, name, state if isinstance(state, Known) or state is ABSENT else None
            ),
            source=findings.source_text(self.pack, answer),
            from_office=answer is not None and answer["source"] != "answer",
        )
        if not self.for_officer and fact.sensitivity > OPEN_TO_CLERKS:
            return replace(line, text="", source="", hidden=True)
        return line

    def _paper(self, name: str, rows: list[models.Material], requirement: Any) -> Paper:
        material = self.pack.materials[name]
        current = next((row for row in rows if row.replaced_at is None), None)
        status = current.way if current else "deferred" if name in self.case.deferred else "missing"
        signed = current is not None and current.way == "commit"
        return Paper(
            id=name,
            material=material,
            status=status,
            main=requirement is None or requirement.tier == "main",
            purpose=requirement.purpose if requirement else None,
            row=current,
            upload=files.upload(current.upload) if current and current.upload else None,
            earlier=tuple(
                files.upload(row.upload) for row in rows if row.replaced_at is not None and row.upload
            ),
            commitment=next((a.commitment for a in material.alternatives if a.commitment), None)
            if signed
            else None,
            can_be_uploaded=any(a.upload for a in material.alternatives),
            shown=content.shown_elsewhere(self.pack, self.application.evidence, current),
        )


def uploads_of(case: models.Case) -> frozenset[Any]:
    """Ids of every file that was ever handed in for a material of this case."""
    rows = case.application.materials.filter(material__in=case.materials).exclude(upload=None)
    return frozenset(rows.values_list("upload", flat=True))


def _happened(event: models.CaseEvent) -> dict[str, Any]:
    title, tone = words.EVENTS[event.event]
    by = _("the platform") if event.role == "system" else role_name(event.role)
    at: datetime = event.at
    return {"title": _(title), "at": at, "by": by, "note": event.note, "tone": tone}

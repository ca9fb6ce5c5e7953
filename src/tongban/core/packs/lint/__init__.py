"""Every mistake in the merged content, found in one run.

Each check reads the whole content and yields its problems; none stops the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from tongban.core.packs.content import Content
from tongban.core.packs.lint import (
    brackets,
    calendars,
    circles,
    data,
    evidence,
    fair_competition,
    guide,
    locks,
    organs,
    pack_tests,
    references,
    retention,
    rights,
    services,
    signers,
    visits,
    vocabulary,
)
from tongban.core.packs.pack import Problem

CHECKS: Final[tuple[Callable[[Content], Iterable[Problem]], ...]] = (
    references.unknown_names,
    vocabulary.code_lists,
    vocabulary.facts,
    vocabulary.parameters,
    brackets.bracket_tables,
    brackets.relations,
    vocabulary.laws,
    calendars.calendars,
    organs.organisations,
    organs.bindings,
    organs.brands,
    evidence.licence_fields,
    evidence.registries,
    evidence.materials,
    services.terms,
    services.tolerance,
    services.commitment,
    services.repeats,
    signers.signers,
    rights.renewals,
    rights.answers,
    rights.hearings,
    visits.consultations,
    visits.inspections,
    retention.retention,
    retention.kept_as_long,
    locks.locks,
    circles.circles,
    data.policies,
    fair_competition.reviews,
    data.products,
    data.complaints,
    data.goals,
    data.resources,
    guide.official_documents,
    guide.knowledge,
    guide.glossary,
    pack_tests.tests,
)


def lint(content: Content) -> tuple[Problem, ...]:
    """Everything wrong with the content, apart from its rules."""
    return tuple(problem for check in CHECKS for problem in check(content))

"""The periods of a case are those of its service, or of the variant that sets its own."""

from tongban.core.packs import model
from tongban.core.procedures.terms import terms
from tongban.core.values.duration import Duration, Unit
from tongban.core.values.text import Bilingual

NAME = Bilingual("消防安全检查", "Fire safety inspection")
ORDINARY = model.Service(
    id="fire-check",
    name=NAME,
    kind="permit",
    case_type="promised",
    authority="fire",
    statutory=model.Term(amount=10, extension=5),
    promised=model.Term(amount=7),
    notify_missing=model.Term(amount=5),
    tolerance=model.Tolerance(within=model.Term(amount=10)),
    result=model.Result(name=NAME),
    alone=model.Alone(steps=4, visits=2),
)
COMMITMENT = model.Variant(id="commitment", name=NAME, when="TRUE", promised=model.Term(amount=1))


def test_the_standard_way_has_the_terms_of_the_service():
    found = terms(ORDINARY)
    assert found.promised == Duration(7, Unit.WORKING_DAYS)
    assert found.statutory == Duration(10, Unit.WORKING_DAYS)
    assert found.extension == 5
    assert found.tolerance == Duration(10, Unit.WORKING_DAYS)
    assert found.deliver is None


def test_a_variant_changes_only_what_it_sets():
    found = terms(ORDINARY, COMMITMENT)
    assert found.promised == Duration(1, Unit.WORKING_DAYS)
    assert found.statutory == Duration(10, Unit.WORKING_DAYS)


def test_without_a_law_the_promised_term_may_be_extended_by_its_own_extension():
    free = ORDINARY.model_copy(update={"statutory": None, "promised": model.Term(amount=3, extension=2)})
    assert terms(free).extension == 2

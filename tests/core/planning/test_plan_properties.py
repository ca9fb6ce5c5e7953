"""What holds for every plan, checked on small packs and facts made at random."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.planning.small_packs import MONDAY, licence, plan_of, row, unchecked_pack

from tongban.core.packs.facts import read_facts
from tongban.core.packs.pack import Pack
from tongban.core.planning.model import Applies, Held, Plan, Status
from tongban.core.planning.plan import plan

FACTS = ("a", "b", "c", "d", "e")
ATOMS = ("a", "b", "c", "d", "e > 2", "e BETWEEN 1 AND 3", "TRUE")
PLENTY = settings(max_examples=40, deadline=None)

rules = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.one_of(
        st.builds("NOT ({})".format, inner),
        st.builds("({} AND {})".format, inner, inner),
        st.builds("({} OR {})".format, inner, inner),
    ),
    max_leaves=4,
)
values = st.fixed_dictionaries(
    {name: st.booleans() | st.none() for name in FACTS[:4]} | {"e": st.integers(0, 4) | st.none()}
)


@st.composite
def packs(draw: st.DrawFn) -> Pack:
    """Four services; each may need the licences of earlier ones, and papers with two or three alternatives."""
    count = 4
    materials = [{"id": f"m{n}", "alternatives": draw(_alternatives(n))} for n in range(count + 1)]
    materials += [{"id": "k0"}, {"id": "k1", "alternatives": [{"registry": "r"}, {"form": True}]}]
    services: list[dict[str, Any]] = []
    for n in range(count):
        needed = draw(st.lists(st.sampled_from(range(n + 1)), unique=True, max_size=3))
        service: dict[str, Any] = {
            "id": f"s{n}",
            "applies_when": draw(rules),
            "promised": {
                "amount": draw(st.integers(0, 9)),
                "unit": draw(st.sampled_from(["working_days", "calendar_days"])),
            },
            "requires": [
                {
                    "material": f"m{i}",
                    "when": draw(rules),
                    "tier": draw(st.sampled_from(["main", "secondary"])),
                }
                for i in needed
            ],
            "result": {"licence": f"l{n}"},
            "form": draw(st.lists(st.sampled_from(FACTS), unique=True, max_size=2)),
            "blocked_when": draw(st.lists(rules, max_size=1)),
        }
        if draw(st.booleans()):
            service["tolerance"] = {"within": {"amount": 5}}
        if draw(st.booleans()):
            service["variants"] = [{"id": "v", "when": draw(rules), "promised": {"amount": 1}}]
        services.append(service)
    return unchecked_pack(
        {
            "facts": [{"id": name} for name in FACTS[:4]] + [{"id": "e", "type": "integer"}],
            "licences": [{"id": f"l{n}"} for n in range(count)],
            "resources": [{"id": "r", "key_fact": "e"}],
            "materials": materials,
            "services": services,
        }
    )


@st.composite
def _alternatives(draw: st.DrawFn, n: int) -> list[dict[str, Any]]:
    """Material `m<n>` may come from services before `s<n>`, so that no circle can arise."""
    kinds: list[dict[str, Any]] = [{"upload": {}}, {"form": True}, {"registry": "r"}]
    kinds += [{"licence": f"l{i}"} for i in range(n)]
    chosen = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=3, unique_by=str))
    along = st.lists(st.sampled_from(["k0", "k1"]), unique=True, max_size=2)
    return [
        alternative
        | ({"when": draw(rules)} if draw(st.booleans()) else {})
        | ({"along_with": draw(along)} if draw(st.booleans()) else {})
        for alternative in chosen
    ]


held_evidence = st.sets(st.sampled_from(["r", "l0", "l1"])).map(
    lambda ids: tuple(row(i) if i == "r" else licence(i) for i in sorted(ids))
)


def deciding(found: Plan) -> set[str]:
    return {q.fact for q in found.questions if not q.required}


@PLENTY
@given(packs(), values, held_evidence, st.permutations(FACTS))
def test_an_answer_never_brings_back_a_question_that_had_gone(
    pack: Pack, answers: dict[str, Any], held: tuple[Held, ...], order: list[str]
):
    known: dict[str, Any] = {}
    before = deciding(plan_of(pack, known, held=held))
    for fact in order:
        known[fact] = answers[fact]
        after = deciding(plan_of(pack, known, held=held))
        assert after <= before - {fact}
        before = after


@PLENTY
@given(packs(), values, held_evidence)
def test_when_all_facts_are_known_nothing_is_asked_or_left_open(
    pack: Pack, answers: dict[str, Any], held: tuple[Held, ...]
):
    found = plan_of(pack, answers, held=held)
    assert found.questions == ()
    assert all(s.applies is Applies.YES for s in found.services)
    assert all(m.certain for m in found.materials)


@PLENTY
@given(packs(), values, held_evidence, st.sets(st.sampled_from(FACTS)))
def test_answering_what_is_asked_is_enough(
    pack: Pack, answers: dict[str, Any], held: tuple[Held, ...], start: set[str]
):
    """What was never asked changes neither services nor dates, nor how much trouble any material is."""
    known = {name: answers[name] for name in start}
    found = plan_of(pack, known, held=held)
    for _ in FACTS:
        if found.complete:
            break
        known[found.questions[0].fact] = answers[found.questions[0].fact]
        found = plan_of(pack, known, held=held)
    full = plan_of(pack, answers, held=held)
    assert found.complete
    assert _core(found) == _core(full)


def _core(found: Plan) -> tuple[Any, ...]:
    """What the applicant is told, apart from services that are blocked and so need nothing."""
    services = [(s.id, s.applies, s.blocks) for s in found.services]
    if any(s.blocks for s in found.services):
        return ([(i, a) for i, a, _ in services],)
    ways = [(m.id, m.status, m.services) for m in found.materials]
    return services, ways, found.finish_promised, found.critical_path


@PLENTY
@given(packs(), values, held_evidence, st.randoms(use_true_random=False))
def test_the_plan_is_the_same_in_whatever_order_facts_and_evidence_come(
    pack: Pack, answers: dict[str, Any], held: tuple[Held, ...], random: Any
):
    shuffled, evidence = list(answers.items()), list(held)
    random.shuffle(shuffled)
    random.shuffle(evidence)
    facts, _ = read_facts(pack, answers)
    others, _ = read_facts(pack, dict(shuffled))
    assert plan(pack, "event", facts, held, MONDAY) == plan(pack, "event", others, evidence, MONDAY)


@PLENTY
@given(packs(), values, held_evidence, st.sets(st.sampled_from(FACTS)))
def test_each_material_is_asked_for_once_and_from_services_of_the_plan(
    pack: Pack, answers: dict[str, Any], held: tuple[Held, ...], known: set[str]
):
    found = plan_of(pack, {name: answers[name] for name in known}, held=held)
    ids = [m.id for m in found.materials]
    assert len(ids) == len(set(ids))
    listed = {s.id for s in found.services}
    for material in found.materials:
        assert set(material.services) <= listed
        assert len(material.services) == len(set(material.services))
        assert material.alternative in material.options or not material.options
        for service in found.services:
            assert (material.id in service.materials) == (service.id in material.services)


@PLENTY
@given(packs(), values, held_evidence, st.sets(st.sampled_from(FACTS)))
def test_whatever_a_way_takes_along_is_asked_for_with_it(
    pack: Pack, answers: dict[str, Any], held: tuple[Held, ...], known: set[str]
):
    found = plan_of(pack, {name: answers[name] for name in known}, held=held)
    for material in found.materials:
        if material.options:
            for name in pack.materials[material.id].alternatives[material.alternative].along_with:
                companion = found.material(name)
                assert companion is not None
                assert set(material.services) <= set(companion.services)
                assert companion.certain or not material.certain


@PLENTY
@given(packs(), values, held_evidence, st.sets(st.sampled_from(FACTS)))
def test_a_consumer_of_evidence_never_starts_before_its_producer_ends(
    pack: Pack, answers: dict[str, Any], held: tuple[Held, ...], known: set[str]
):
    found = plan_of(pack, {name: answers[name] for name in known}, held=held)
    place = {s.id: n for n, s in enumerate(found.services)}
    for service in found.services:
        assert service.starts >= found.at
        assert service.due_promised.day >= service.starts
        assert service.id not in service.waits_for
        for before in service.waits_for:
            assert place[before] < place[service.id]
            assert found.service(before).due_promised.day <= service.starts
    for material in found.materials:
        if material.status is Status.PRODUCED:
            assert all(material.produced_by in found.service(s).waits_for for s in material.services)


@PLENTY
@given(packs(), values, st.sets(st.sampled_from(FACTS)))
def test_what_is_sure_stays_sure(pack: Pack, answers: dict[str, Any], known: set[str]):
    some = plan_of(pack, {name: answers[name] for name in known})
    full = plan_of(pack, answers)
    for service in (*some.services, *some.not_needed):
        if service.applies is not Applies.MAYBE:
            assert full.service(service.id).applies is service.applies
    for material in some.materials:
        if material.certain:
            assert full.material(material.id) is not None

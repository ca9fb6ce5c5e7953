"""Applications on their way: started, filled in, submitted."""

from __future__ import annotations

from typing import Any

from tests.factories.papers import pdf

ANSWERS: dict[str, object] = {
    "only_prepackaged": "false", "cold_dishes": "simple", "raw_seafood": "false", "fresh_drinks": "true", "pastry": "false",
    "sign": "normal", "tobacco": "false", "sewer": "false", "staff_need_health_check": "false", "by_agent": "false",
    "residential": "false", "fitout": "false", "fire_mode": "commitment", "chain": "false", "area": "320",
    "food_manager_name": "林晓晨", "phone": "13800001234", "near_school": "false", "grease_trap": "true",
}  # fmt: skip
FOUNDING: dict[str, object] = {
    "has_licence": "false", "entity": "individual", "shop_name": "青衢市青石区一禾小面", "business_scope": "catering",
    "address": "青衢市青石区柳岸街6号102室", "operator_name": "沈一禾",
}  # fmt: skip


def filled_draft(
    acting: Any, *, event: str = "open-restaurant", answers: dict[str, object] | None = None
) -> Any:
    """A draft with consent, every question answered and every material met: ready to submit."""
    from tongban.core.planning.model import Status
    from tongban.work.cases import form
    from tongban.work.cases.actions import drafts, submission

    draft = drafts.start(acting=acting, event=event)
    draft = drafts.consent(acting=acting, application=draft.id, given=True)
    given = {**ANSWERS, **(answers or {})}
    for _ in range(40):
        plan = form.plan_of(draft, form.pack_of(draft, acting), acting.today)
        asked = {q.fact: given[q.fact] for q in plan.questions}
        if not asked:
            break
        draft = drafts.answer(acting=acting, application=draft.id, answers=asked)
    plan = form.plan_of(draft, form.pack_of(draft, acting), acting.today)
    for material in submission.needed(plan):
        if material.status in (Status.UPLOAD, Status.DEFERRABLE):
            drafts.hand_in(
                acting=acting,
                application=draft.id,
                material=material.id,
                name=f"{material.id}.pdf",
                data=pdf(material.id),
            )
        elif material.status is Status.COMMIT:
            drafts.sign_commitment(acting=acting, application=draft.id, material=material.id)
    draft.refresh_from_db()
    return draft


def submitted(acting: Any, **options: Any) -> Any:
    from tongban.work.cases.actions import submission

    return submission.submit(acting=acting, application=filled_draft(acting, **options).id)

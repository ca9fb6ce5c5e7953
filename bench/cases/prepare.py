"""In a node's own process: drafts that only wait to be submitted. `python -m bench.cases.prepare CLIENTS DRAFTS`.

One draft is filled in by the actions of the portal; it is copied for as many applicants as clients, so often each.
Prints the ids, a line for each client.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any

from tongban.doors.cli import boot

EVENT = "open-restaurant"
CHOSEN = {"only_prepackaged": "true"}
"""The shop sells packed food only: registration, and a filing that waits for it."""


def main(clients: int, drafts: int) -> None:
    boot.django(owner=True)
    from django.db import connection
    from tests.factories import fixtures, node_setup

    city = fixtures.City(pack=None, now=datetime.now(UTC))
    made = _filled(city)
    copies = (
        "WITH copied AS MATERIALIZED (SELECT a.id AS old, uuidv7() AS new, p.account, p.person FROM cases_application a, "
        "unnest(%s::uuid[], %s::uuid[]) AS p(account, person), generate_series(1, %s) WHERE a.id = %s), "
        "rows AS (INSERT INTO cases_application SELECT (jsonb_populate_record(a, jsonb_build_object('id', c.new, "
        "'principal', c.person, 'subject', c.person, 'created_by', c.account))).* "
        "FROM copied c JOIN cases_application a ON a.id = c.old RETURNING id), "
        "materials AS (INSERT INTO cases_material SELECT (jsonb_populate_record(m, jsonb_build_object('id', uuidv7(), "
        "'application_id', c.new))).* FROM copied c JOIN cases_material m ON m.application_id = c.old) "
        "SELECT person, new FROM copied ORDER BY person"
    )
    accounts: list[Any] = [city.account(node_setup.APPLICANT.format(n)) for n in range(clients)]
    with connection.cursor() as cursor:
        cursor.execute(copies, [[a.pk for a in accounts], [a.person_id for a in accounts], drafts, made.pk])
        rows = cursor.fetchall()
    for account in accounts:
        print(*(draft for person, draft in rows if person == account.person_id))


def _filled(city: Any) -> Any:
    """As `shops.filled_draft`, without consent: no registry is asked."""
    from tests.factories import node_setup, shops
    from tests.factories.papers import pdf

    from tongban.core.planning.model import Status
    from tongban.work.cases import form
    from tongban.work.cases.actions import drafts, submission

    acting = city.acting(node_setup.APPLICANT.format(0), now=city.now)
    draft = drafts.start(acting=acting, event=EVENT)
    draft = drafts.consent(acting=acting, application=draft.id, given=False)
    given = {**shops.ANSWERS, **shops.FOUNDING, **CHOSEN, "operator_id": node_setup.identifier(0)}
    while True:
        plan = form.plan_of(draft, form.pack_of(draft, acting), acting.today)
        asked = {q.fact: given[q.fact] for q in plan.questions}
        if not asked:
            break
        draft = drafts.answer(acting=acting, application=draft.id, answers=asked)
    for material in submission.needed(plan):
        if material.status in (Status.UPLOAD, Status.DEFERRABLE):
            drafts.hand_in(
                acting=acting,
                application=draft.id,
                material=material.id,
                name="paper.pdf",
                data=pdf(material.id),
            )
        elif material.status is Status.COMMIT:
            drafts.sign_commitment(acting=acting, application=draft.id, material=material.id)
    return draft


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))

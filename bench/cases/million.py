"""In a node's own process: a city's year of cases, by SQL. `python -m bench.cases.million [CASES]`.

One real application is filled in, submitted and handled by the actions of the portal; its rows are copied with other
numbers, people, organs and days. Submissions come evenly over 365 days; a case is open for one to twelve days, one in
five hundred is still open long after that. A fifth of the applications stays with the organs of their services, so that
the largest organ has about a fifth of all cases; the others are spread over every organ of the pack.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from tongban.doors.cli import boot

CASES = 1_000_000
PEOPLE = 50_000
BUSY = "demo-market"
"""Officer of the largest organ."""


def main(cases: int) -> None:
    boot.django(owner=True)
    from django.db import connection
    from tests.factories import fixtures, shops

    from tongban.base.directory import queries as directory
    from tongban.work.cases.actions import decisions, handling, standings

    now = datetime.now(UTC)
    city: Any = fixtures.City(pack=None, now=now)
    made = shops.submitted(city.acting("demo-lin", for_firm=True))
    desks = {"demo-market", "demo-urban", "demo-fire"}
    for case in made.cases.filter(state="submitted"):
        for desk in desks:
            acting = city.acting(desk)
            if acting.organisation == case.organisation:
                handling.accept(acting=acting, number=case.number)
                decisions.decide(acting=acting, number=case.number, outcome="granted", reasons="All is well.")
    pack = directory.pack_in_force(now)
    organs = sorted(o.id for o in pack.organisations.values())
    each = made.cases.count()
    with connection.cursor() as cursor:
        for statement in _statements():
            cursor.execute(
                statement,
                {
                    "made": made.pk, "applications": cases // each, "people": PEOPLE, "organs": organs, "now": now,
                    "today": (now + timedelta(hours=8)).date(),
                },
            )  # fmt: skip
        standings.bring_up_to_date(now=now)
        for table in (
            "cases_case",
            "cases_caseevent",
            "cases_application",
            "cases_decision",
            "identity_subject",
        ):
            cursor.execute(f"VACUUM (ANALYZE) {table}")
        cursor.execute("SELECT count(*), count(*) FILTER (WHERE closed_at IS NULL) FROM cases_case")
        print(*cursor.fetchone())


def _statements() -> list[str]:
    """Each is run on its own; the first three speed the session up, triggers of foreign keys included."""
    application = (
        "INSERT INTO cases_application SELECT (jsonb_populate_record(a, jsonb_build_object('id', b.id, 'number', b.number, "
        "'principal', b.person, 'subject', b.person, 'name', '面馆' || b.n, 'submitted_at', b.at, 'submitted_on', b.day, "
        "'created_at', b.at, 'updated_at', b.at, 'stated', '{}'::jsonb, 'evidence', '[]'::jsonb, 'looked_up', '{}'::jsonb))).* "
        "FROM built b JOIN cases_application a ON a.id = %(made)s"
    )
    case = (
        "INSERT INTO cases_case SELECT (jsonb_populate_record(NULL::cases_case, to_jsonb(c) || jsonb_build_object('id', b.id, "
        "'number', b.number, 'application_id', b.application_id, 'organisation', b.organisation, 'state', b.state, "
        "'why', '{}'::jsonb, 'decision_id', b.decision_id, 'created_at', b.at, 'closed_at', b.closed_at, "
        "'afterwards', '', 'stands_on', CASE WHEN b.state <> 'completed' THEN '2000-01-01' END))).* FROM opened b JOIN cases_case c ON c.id = b.template"
    )
    event = (
        "INSERT INTO cases_caseevent (case_id, sequence, event, day, at, actor, role, note) "
        "SELECT o.id, e.sequence, e.event, o.day + e.later, o.at + e.later * interval '1 day', NULL, e.role, '' "
        "FROM opened o, (VALUES (1, 'submit', 0, 'applicant'), (2, 'accept', 1, 'officer'), (3, 'grant', 5, 'officer'), "
        "(4, 'deliver', 5, 'system')) AS e(sequence, event, later, role) "
        "WHERE e.sequence <= CASE o.state WHEN 'submitted' THEN 1 WHEN 'accepted' THEN 2 ELSE 4 END"
    )
    return [
        "SET session_replication_role = replica",
        "SET synchronous_commit = off",
        "SET work_mem = '128MB'",
        "CREATE TEMP TABLE people AS SELECT n, uuidv7() AS id FROM generate_series(1, %(people)s) n",
        "INSERT INTO identity_subject (id, kind, name, name_en, identifier, phone, created_at) "
        "SELECT id, 'person', '住户' || n, '', NULL, '', %(now)s FROM people",
        "CREATE TEMP TABLE built AS SELECT g.n, uuidv7() AS id, '990100-' || to_char(s.day, 'YYYYMMDD') || '-' || "
        "lpad(g.n::text, 7, '0') AS number, p.id AS person, s.day, "
        "s.day + time '10:00' + g.n %% 300 * interval '1 minute' AS at "
        "FROM generate_series(1, %(applications)s) AS g(n) JOIN people p ON p.n = 1 + g.n %% %(people)s, "
        "LATERAL (SELECT %(today)s::date - (g.n %% 365)::int AS day) s",
        application,
        "CREATE TEMP TABLE opened AS SELECT uuidv7() AS id, c.id AS template, b.id AS application_id, b.number || right(c.number, 3) AS number, "
        "CASE WHEN b.n %% 5 = 0 THEN c.organisation ELSE (%(organs)s::text[])[1 + (b.n * 7 + c.n) %% cardinality(%(organs)s::text[])] END "
        "AS organisation, b.day, b.at, CASE WHEN b.long OR %(today)s::date - b.day <= 1 + (b.n * 5 + c.n * 3) %% 12 THEN "
        "CASE WHEN %(today)s::date - b.day <= 1 THEN 'submitted' ELSE 'accepted' END ELSE 'completed' END AS state, "
        "NULL::uuid AS decision_id, NULL::timestamptz AS closed_at "
        "FROM (SELECT *, n %% 500 = 0 AS long FROM built) b, "
        "(SELECT id, number, organisation, row_number() OVER (ORDER BY number) AS n FROM cases_case WHERE application_id = %(made)s) c",
        "UPDATE opened SET decision_id = uuidv7(), closed_at = least(at + interval '5 days', %(now)s) WHERE state = 'completed'",
        case,
        event,
        "INSERT INTO cases_decision (id, case_id, outcome, reasons, articles, facts, findings, pack_digest, engine, automatic, decided_at, "
        "decided_on, decided_by, document, by_law) SELECT decision_id, id, 'granted', '符合条件。', '[]', '{}', '{}', '', '', false, closed_at, "
        "closed_at::date, NULL, number, '' FROM opened WHERE state = 'completed'",
        "SET session_replication_role = DEFAULT",
    ]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CASES)

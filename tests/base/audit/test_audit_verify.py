"""The audit names whatever was done to it behind its back, and the application's role cannot do it at all."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from psycopg.conninfo import make_conninfo
from tests.factories.fixtures import NOON

from tongban.base.audit import actions, models, queries
from tongban.base.audit.pages import recomputed
from tongban.base.audit.verify import verify
from tongban.base.engines import postgres
from tongban.base.kit import environment
from tongban.base.kit.acting import system

ACTING = system(NOON, "990100", "test")
APPEND_ONLY = queries.append_only_tables()


def chain_of(length: int) -> UUID:
    root = uuid4()
    with transaction.atomic():
        for n in range(length):
            actions.record(
                acting=ACTING,
                action=f"step.{n + 1}",
                root=root,
                object_kind="thing",
                object_id=root,
                detail={"n": n},
            )
    return root


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [str(value) for value in values])


def faults() -> list[tuple[str, int, str]]:
    return [(fault.chain, fault.sequence, fault.kind) for fault in verify().faults]


def test_what_nobody_touched_is_whole(db: None) -> None:
    root = chain_of(3)
    chain_of(2)
    actions.seal(now=NOON)
    chain_of(1)
    report = verify()
    assert report.sound
    assert (report.entries, report.chains, report.seals, report.unsealed) == (6, 3, 1, 1)
    assert recomputed(root).broken_at is None


@pytest.mark.parametrize(
    "column", ["action", "role", "place", "purpose", "object_kind", "object_id", "request_id"]
)
def test_a_changed_row_is_named(db: None, column: str) -> None:
    root = chain_of(3)
    sql(f"UPDATE audit_entry SET {column} = 'x' WHERE chain = %s AND sequence = 2", root)
    assert faults() == [(str(root), 2, "changed")]
    found = recomputed(root)
    assert (found.broken_at, found.fault) == (2, "changed")
    assert [line.fault for line in found.lines] == ["", "changed", ""]


def test_a_changed_detail_is_named(db: None) -> None:
    root = chain_of(2)
    sql("UPDATE audit_entry SET detail = '{\"n\": 7}' WHERE chain = %s AND sequence = 1", root)
    assert faults() == [(str(root), 1, "changed")]


def test_a_row_changed_together_with_its_hash_breaks_the_link_after_it(db: None) -> None:
    from tongban.base.audit import chain

    root = chain_of(3)
    row = models.Entry.objects.get(chain=root, sequence=2)
    row.action = "nothing.happened"
    sql(
        "UPDATE audit_entry SET action = %s, hash = %s WHERE chain = %s AND sequence = 2",
        row.action,
        chain.entry_hash(vars(row)),
        root,
    )
    assert faults() == [(str(root), 3, "broken-link")]
    assert recomputed(root).broken_at == 3


def test_a_row_deleted_from_the_middle_is_named(db: None) -> None:
    root = chain_of(4)
    sql("DELETE FROM audit_entry WHERE chain = %s AND sequence = 2", root)
    assert faults() == [(str(root), 2, "missing")]
    assert (recomputed(root).broken_at, recomputed(root).fault) == (3, "missing")


def test_a_sealed_tail_that_is_cut_off_is_named(db: None) -> None:
    root = chain_of(4)
    actions.seal(now=NOON)
    sql("DELETE FROM audit_entry WHERE chain = %s AND sequence > 2", root)
    assert faults() == [(str(root), 3, "cut-off")]
    assert (recomputed(root).broken_at, recomputed(root).fault) == (3, "cut-off")


def test_a_sealed_chain_that_is_gone_is_named(db: None) -> None:
    root = chain_of(2)
    actions.seal(now=NOON)
    sql("DELETE FROM audit_entry WHERE chain = %s", root)
    assert faults() == [(str(root), 1, "cut-off")]
    assert recomputed(root).broken_at == 1


def test_a_chain_rewritten_from_its_first_entry_differs_from_its_seal(db: None) -> None:
    from tongban.base.audit import chain

    root = chain_of(2)
    actions.seal(now=NOON)
    previous = chain.GENESIS
    for row in models.Entry.objects.filter(chain=root).order_by("sequence"):
        row.action, row.previous = "all.new", previous
        previous = chain.entry_hash(vars(row))
        sql(
            "UPDATE audit_entry SET action = %s, previous = %s, hash = %s WHERE id = %s",
            row.action,
            row.previous,
            previous,
            row.pk,
        )
    assert faults() == [(str(root), 2, "changed")]
    assert recomputed(root).broken_at == 2


def test_a_changed_seal_is_named(db: None) -> None:
    chain_of(1)
    actions.seal(now=NOON)
    chain_of(1)
    actions.seal(now=NOON + timedelta(days=1))
    sql("UPDATE audit_sealedhead SET length = 9 WHERE seal_id = (SELECT id FROM audit_seal WHERE number = 1)")
    assert "seal-broken" in {kind for _chain, _sequence, kind in faults()}


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
@pytest.mark.django_db(transaction=True)
def test_the_role_of_the_application_can_only_add(table: str, statement: str) -> None:
    url = _test_database()
    postgres.prepare_role(url, environment.APP_ROLE)
    postgres.grant(url, environment.APP_ROLE, append_only=APPEND_ONLY)
    chain_of(1)
    with transaction.atomic():
        sql(f"SET LOCAL ROLE {environment.APP_ROLE}")
        actions.record(acting=ACTING, action="still.added", root=uuid4(), object_kind="thing", object_id="1")
    with pytest.raises(ProgrammingError) as refused:
        _as_application(statement.format(table))
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)


def _as_application(statement: str) -> None:
    with transaction.atomic():
        sql(f"SET LOCAL ROLE {environment.APP_ROLE}")
        sql(statement)


def _test_database() -> str:
    """Where the test database is; Django gave it a name of its own."""
    given = connection.settings_dict
    parts = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return make_conninfo(**{key: given[name] for key, name in parts.items() if given[name]})

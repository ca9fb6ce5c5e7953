"""Writing to the audit: entries, messages, idempotent answers, seals. Called inside the transaction of an action."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils.module_loading import import_string
from procrastinate.contrib.django import app as jobs

from tongban.base.audit import chain, models
from tongban.base.kit import bulk, keys
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import KeyReused

DELIVER = "audit.deliver"
"""Name of the job that lets one subscriber hear one message."""
_LOOKED_BACK = 64
"""Heads among which that of a chain is looked for; further back it is read anew."""


def record(
    *,
    acting: Acting,
    action: str,
    root: UUID,
    object_kind: str,
    object_id: object,
    detail: Mapping[str, Any] | None = None,
) -> models.Entry:
    """Append one entry to the chain of `root`.

    Only this chain is locked, until the transaction ends. `detail` holds ids, codes and keyed digests: no personal
    value may reach it.
    """
    _require_transaction()
    last = _written_by_this_transaction(root) or _locked_head(root)
    entry = _entry(acting, action, object_kind, Noted(root, object_id, detail or {}), last)
    entry.save(force_insert=True)
    transaction.on_commit(_Head(root, entry.sequence, entry.hash))
    return entry


@dataclass(frozen=True, slots=True)
class Noted:
    """One of many entries that are appended at once."""

    root: UUID
    object_id: object
    detail: Mapping[str, Any]


def record_many(*, acting: Acting, action: str, object_kind: str, noted: Sequence[Noted]) -> None:
    """The same for many chains, each of them once, in a few queries.

    All of these chains are locked until the transaction ends: some thousand at once are the most that the database
    holds locks for.
    """
    _require_transaction()
    roots = [one.root for one in noted]
    if len(set(roots)) != len(roots):
        raise ValueError("a chain stands twice among entries that are appended at once")
    with (
        connection.cursor() as cursor
    ):  # in the order of the locks: two such writers wait and never for each other
        cursor.execute(
            "SELECT pg_advisory_xact_lock(lock) FROM (SELECT DISTINCT hashtextextended(root, 7) AS lock "
            "FROM unnest(%s::text[]) AS root ORDER BY lock) AS locks",
            [[str(root) for root in roots]],
        )
        cursor.execute(
            "SELECT DISTINCT ON (chain) chain, sequence, hash FROM audit_entry WHERE chain = ANY(%s::uuid[]) "
            "ORDER BY chain, sequence DESC",
            [roots],
        )
        last = {row[0]: (row[1], row[2]) for row in cursor.fetchall()}
    bulk.add([_entry(acting, action, object_kind, one, last.get(one.root)) for one in noted])
    transaction.on_commit(_Head(None, 0, ""))


def send(
    *, acting: Acting, kind: str, root: UUID, payload: Mapping[str, Any] | None = None
) -> models.Message:
    """Put a message into the outbox; every subscriber's job is enqueued in this very transaction."""
    _require_transaction()
    subscribers: tuple[str, ...] = import_string(settings.SUBSCRIPTIONS)[kind]
    message = models.Message.objects.create(
        kind=kind,
        root=root,
        payload=dict(payload or {}),
        at=acting.now,
        place=acting.place,
        request_id=acting.request_id,
    )
    for subscriber in subscribers:
        jobs.configure_task(DELIVER).defer(message_id=str(message.id), subscriber=subscriber)
    return message


def deliver(*, message_id: UUID, subscriber: str, now: datetime) -> bool:
    """Let one subscriber hear one message, once. True when it heard it now, False when it had before."""
    with transaction.atomic():
        message = models.Message.objects.get(pk=message_id)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 17))", [f"{message_id}:{subscriber}"]
            )
        if message.deliveries.filter(subscriber=subscriber).exists():
            return False
        import_string(subscriber)(message, now)
        models.Delivery.objects.create(message=message, subscriber=subscriber, at=now)
    return True


def once(
    *,
    acting: Acting,
    key: str,
    body: bytes,
    answer: Callable[[], dict[str, Any]],
    before: Callable[[], object] | None = None,
) -> tuple[dict[str, Any], bool]:
    """Run a write once per key: (its answer, whether this was a replay).

    The same key with the same body gives the first answer again; with another body: `KeyReused`. The key and the
    write commit together. `before` is for what has to be committed first: it runs outside the transaction, with the
    key held, unless the key was used; it may run again when the write then fails, so it must bear repetition.
    """
    owner = str(acting.actor or "visitor")
    digest = hashlib.sha256(body).hexdigest()
    if before is not None:
        with _held(f"{owner}:{key}"):
            if not models.IdempotencyKey.objects.filter(owner=owner, key=key).exists():
                before()
            return once(acting=acting, key=key, body=body, answer=answer)
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 11))", [f"{owner}:{key}"])
            known = models.IdempotencyKey.objects.filter(owner=owner, key=key).first()
            if known is None:
                result = answer()
                models.IdempotencyKey.objects.create(
                    owner=owner, key=key, body=digest, answer=result, at=acting.now
                )
                return result, False
    except IntegrityError:
        known = models.IdempotencyKey.objects.filter(owner=owner, key=key).first()
        if known is None:
            raise
    if known.body != digest:
        raise KeyReused("This idempotency key was used before with another request. Send a new key.")
    return known.answer, True


def seal(*, now: datetime) -> models.Seal | None:
    """Sign the heads of all chains that grew since the last seal; None when none did."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(13)")
            cursor.execute(
                "SELECT DISTINCT ON (e.chain) e.chain, e.sequence, e.hash FROM audit_entry e "
                "WHERE NOT EXISTS (SELECT 1 FROM audit_sealedhead h WHERE h.chain = e.chain AND h.length >= e.sequence) "
                "ORDER BY e.chain, e.sequence DESC"
            )
            heads = [(str(row[0]), row[1], row[2]) for row in cursor.fetchall()]
        if not heads:
            return None
        previous = models.Seal.objects.order_by("-number").first()
        root = chain.seal_root(previous.root if previous else chain.GENESIS, heads)
        key = keys.signing_key("audit", "Ed25519")
        sealed = models.Seal.objects.create(
            number=previous.number + 1 if previous else 1,
            at=now,
            root=root,
            heads=len(heads),
            signature=base64.urlsafe_b64encode(key.sign(root.encode())).decode(),  # type: ignore[call-arg]
            public_key=key.public_key()
            .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            .decode(),
        )
        models.SealedHead.objects.bulk_create(
            models.SealedHead(seal=sealed, chain=head[0], length=head[1], hash=head[2]) for head in heads
        )
    return sealed


def stamp(*, kind: str, now: datetime) -> None:
    """Say once whether this database is for demonstration or production."""
    with transaction.atomic():
        if not models.Stamp.objects.exists():
            models.Stamp.objects.create(kind=kind, at=now)


@dataclass(frozen=True, slots=True)
class _Head:
    """How far this transaction has written a chain whose lock it holds: most transactions write a chain several times.

    Kept among what Django calls after the commit: it drops this with the transaction, and with the savepoint, that it was
    written in. Without a root: many chains were written at once, and what was kept before says nothing any more.
    """

    root: UUID | None
    sequence: int
    hash: str

    def __call__(self) -> None:
        """Nothing is left to do after the commit."""


def _written_by_this_transaction(root: UUID) -> tuple[int, str] | None:
    for kept in reversed(connection.run_on_commit[-_LOOKED_BACK:]):
        head = kept[1]
        if isinstance(head, _Head) and head.root in (root, None):
            return (head.sequence, head.hash) if head.root == root else None
    return None


def _locked_head(root: UUID) -> tuple[int, str] | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [str(root)])
    return (
        models.Entry.objects.filter(chain=root).order_by("-sequence").values_list("sequence", "hash").first()
    )


@contextmanager
def _held(name: str) -> Iterator[None]:
    """Keep a key to this session, over several transactions: whoever comes with the same one waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 11))", [name])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 11))", [name])


def _entry(
    acting: Acting, action: str, object_kind: str, noted: Noted, last: tuple[int, str] | None
) -> models.Entry:
    """What follows on the last entry of its chain: (sequence, hash), or None."""
    sequence, previous = (last[0] + 1, last[1]) if last else (1, chain.GENESIS)
    entry = models.Entry(
        chain=noted.root,
        sequence=sequence,
        at=acting.now,
        action=action,
        actor=acting.actor,
        principal=acting.principal,
        mandate=acting.mandate,
        role=acting.role,
        organisation=acting.organisation,
        place=acting.place,
        purpose=acting.purpose[:120],
        request_id=acting.request_id,
        object_kind=object_kind,
        object_id=str(noted.object_id),
        detail=dict(noted.detail),
        previous=previous,
    )
    entry.hash = chain.entry_hash(vars(entry))
    return entry


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("audit entries and messages are written inside the transaction of an action")

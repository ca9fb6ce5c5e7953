"""What an auditor sees: entries, chains recomputed on the spot, seals. Ids and digests only, never a name or an answer.

Reading is recorded too: each look at a chain is an entry in a chain of the auditor's own.
"""

from __future__ import annotations

import base64
import csv
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import NAMESPACE_URL, UUID, uuid5

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.audit import actions, chain, models, queries, verify
from tongban.base.kit import access
from tongban.base.kit.acting import Acting

PAGE: Final = 50
_COLUMNS: Final = (
    "at", "chain", "sequence", "action", "actor", "principal", "mandate", "role", "organisation", "place", "purpose",
    "request_id", "object_kind", "object_id", "detail", "previous", "hash",
)  # fmt: skip
_WORDS: Final = {
    "changed": msg("changed after it was written"),
    "unsealed-change": msg("differs from the hash that was sealed"),
    "broken-link": msg("does not follow the entry before it"),
    "missing": msg("entries before it are gone"),
    "cut-off": msg("sealed entries at the end are gone"),
    "seal-broken": msg("the seal does not hold"),
}
"""Kinds of fault to what happened."""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a chain as recomputed now."""

    entry: models.Entry
    fault: str
    """Empty when its hash and its link to the entry before hold; else a key of `_WORDS`."""
    sealed: bool

    @property
    def detail(self) -> list[tuple[str, str]]:
        """What the entry holds besides, as the hash reads it."""
        return [
            (name, chain.canonical(value).decode())
            for name, value in self.entry.detail.items()
            if value is not None
        ]

    @property
    def word(self) -> str:
        return _(_WORDS[self.fault]) if self.fault else ""


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain as recomputed now."""

    id: UUID
    lines: tuple[Line, ...]
    broken_at: int | None
    """Number of the first entry that does not hold; None: the chain is whole."""
    fault: str
    unsealed: int
    """Entries at the end that no seal covers yet."""

    @property
    def word(self) -> str:
        return _(_WORDS[self.fault]) if self.fault else ""


@require_safe
@access.posts("auditor")
def entries(request: HttpRequest) -> HttpResponse:
    """The newest entries, filtered."""
    asked = _asked(request)
    found, problem = _filtered(asked)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page, "asked": asked, "problem": problem, "filter": _query(asked),
        "actions": sorted({entry.action for entry in page}),
    }  # fmt: skip
    return render(request, "audit/entries.html", context)


@require_safe
@access.posts("auditor")
def entries_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The same entries, all of them, with everything that goes into a hash: enough to recompute it elsewhere."""
    asked = _asked(request)
    found, _problem = _filtered(asked)
    _remember(
        request.acting, "audit.exported", "entries", {name: value for name, value in asked.items() if value}
    )
    response = StreamingHttpResponse(_written(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="audit-{request.acting.today}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
@access.posts("auditor")
def chains(request: HttpRequest) -> HttpResponse:
    """Every chain with the number of its entries, the one that grew last first."""
    upto = _entry_id(request) or queries.last_id()
    page = Paginator(queries.chains(upto), PAGE).get_page(request.GET.get("page"))
    return render(request, "audit/chains.html", {"page": page, "upto": upto})


@require_safe
@access.posts("auditor")
def chain_page(request: HttpRequest, chain_id: UUID) -> HttpResponse:
    """One chain with every hash, recomputed while the page is made; that it was looked at is recorded."""
    found = recomputed(chain_id)
    if not found.lines and found.broken_at is None:
        raise Http404
    _remember(
        request.acting,
        "audit.chain-read",
        str(chain_id),
        {"entries": len(found.lines), "whole": found.broken_at is None},
    )
    last = max((line.entry.pk for line in found.lines), default=0)
    upto, unsealed = min(_entry_id(request) or last, last), request.GET.get("unsealed") == "1"
    lines = [line for line in found.lines if line.entry.pk <= upto and not (unsealed and line.sealed)]
    page = Paginator(lines, PAGE).get_page(request.GET.get("page"))
    context = {
        "chain": found, "page": page, "own": chain_id == reading_chain(request.acting), "unsealed": unsealed,
        "part": unsealed or upto < last, "last": last,
    }  # fmt: skip
    return render(request, "audit/chain.html", context)


@require_safe
@access.posts("auditor")
def seals(request: HttpRequest) -> HttpResponse:
    """Every seal with its signature and its root recomputed now."""
    page = Paginator(queries.seals().prefetch_related("sealed_heads"), PAGE // 2).get_page(
        request.GET.get("page")
    )
    lines = [(seal, *_seal_holds(seal), verify.fingerprint(seal.public_key)) for seal in page]
    return render(request, "audit/seals.html", {"page": page, "lines": lines})


@require_safe
@access.posts("auditor")
def seal(request: HttpRequest, number: int) -> HttpResponse:
    """The chains that one seal covers, each with how far it had come."""
    found = queries.seals().filter(number=number).first()
    if found is None:
        raise Http404
    page = Paginator(found.sealed_heads.order_by("pk"), PAGE).get_page(request.GET.get("page"))
    return render(request, "audit/seal.html", {"seal": found, "page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@access.posts("auditor")
def verify_everything(request: HttpRequest) -> HttpResponse:
    """Recompute every hash of every chain and every seal; the answer is the page."""
    if request.method != "POST":
        return redirect("audit:entries")
    upto = queries.last_id()
    report = verify.verify()
    _remember(
        request.acting, "audit.verified", "everything",
        {"entries": report.entries, "chains": report.chains, "seals": report.seals, "faults": len(report.faults)},
    )  # fmt: skip
    faults = [(fault, _(_WORDS[fault.kind])) for fault in report.faults[:200]]
    hidden = len(report.faults) - len(faults)
    context = {"report": report, "faults": faults, "hidden": hidden, "upto": upto}
    return render(request, "audit/verified.html", context)


def recomputed(chain_id: UUID) -> Chain:
    """Every entry of a chain with its hash and link computed anew, and what the seals say about it."""
    sealed = dict(
        models.SealedHead.objects.filter(chain=chain_id).order_by("length").values_list("length", "hash")
    )
    last_sealed = max(sealed, default=0)
    lines: list[Line] = []
    previous, expected = chain.GENESIS, 1
    for entry in queries.entries_of(chain_id):
        lines.append(Line(entry, _fault(entry, previous, expected, sealed), entry.sequence <= last_sealed))
        previous, expected = entry.hash, entry.sequence + 1
    first = next((line for line in lines if line.fault), None)
    broken, fault = (first.entry.sequence, first.fault) if first else (None, "")
    if first is None and expected <= last_sealed:
        broken, fault = expected, "cut-off"
    return Chain(chain_id, tuple(lines), broken, fault, sum(not line.sealed for line in lines))


def reading_chain(acting: Acting) -> UUID:
    """Chain that holds what this auditor looked at."""
    return uuid5(NAMESPACE_URL, f"audit-reading:{acting.actor}")


def _fault(entry: models.Entry, previous: str, expected: int, sealed: Mapping[int, str]) -> str:
    if chain.entry_hash(vars(entry)) != entry.hash:
        return "changed"
    if entry.sequence in sealed and sealed[entry.sequence] != entry.hash:
        return "unsealed-change"
    if entry.sequence != expected:
        return "missing"
    return "" if entry.previous == previous else "broken-link"


def _seal_holds(seal: models.Seal) -> tuple[bool, bool]:
    """(whether the signature fits the root, whether the root follows from the seal before and the heads)."""
    before = (
        models.Seal.objects.filter(number__lt=seal.number)
        .order_by("-number")
        .values_list("root", flat=True)
        .first()
    )
    heads = [(str(head.chain), head.length, head.hash) for head in seal.sealed_heads.all()]
    return _signature_fits(seal), chain.seal_root(before or chain.GENESIS, heads) == seal.root


def _signature_fits(seal: models.Seal) -> bool:
    key = load_pem_public_key(seal.public_key.encode())
    try:
        key.verify(base64.urlsafe_b64decode(seal.signature), seal.root.encode())  # type: ignore[union-attr,call-arg]
    except (InvalidSignature, ValueError):
        return False
    return isinstance(key, Ed25519PublicKey)


def _asked(request: HttpRequest) -> dict[str, str]:
    return {
        name: request.GET.get(name, "").strip()[:80] for name in ("q", "action", "day", "upto", "unsealed")
    }


def _query(asked: Mapping[str, str]) -> str:
    return urlencode({name: value for name, value in asked.items() if value})


def _entry_id(request: HttpRequest) -> int:
    """Last entry that a list goes to, so that it is as long as the number that led to it; 0 for all."""
    text = request.GET.get("upto", "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _filtered(asked: Mapping[str, str]) -> tuple[QuerySet[models.Entry], str]:
    """Entries by chain, object id or application number, by action and by day; and what could not be understood."""
    found = queries.unsealed() if asked["unsealed"] == "1" else queries.newest()
    if asked["upto"].isdecimal() and len(asked["upto"]) < 19:
        found = found.filter(pk__lte=int(asked["upto"]))
    if text := asked["q"]:
        matches = (
            Q(object_id=text) | Q(detail__number=text.upper()) | Q(detail__cases__contains=[text.upper()])
        )
        with suppress(ValueError):  # no chain's id: then it can only be an object or a number
            matches |= Q(chain=UUID(text))
        found = found.filter(matches)
    if asked["action"]:
        found = found.filter(action__startswith=asked["action"])
    if asked["day"]:
        try:
            day = date.fromisoformat(asked["day"])
        except ValueError:
            return found.none(), _("Give a day as 2026-11-25.")
        found = found.filter(at__gte=_midnight(day), at__lt=_midnight(day + timedelta(days=1)))
    return found, ""


def _midnight(day: date) -> datetime:
    """The instant at which a civil day of the place begins."""
    return make_aware(datetime.combine(day, time.min))


class _Echo:
    """What the csv module writes to: hands each line on."""

    def write(self, line: str) -> str:
        return line


def _written(found: QuerySet[models.Entry]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(_COLUMNS)
    for entry in found.iterator(chunk_size=2000):
        yield writer.writerow([_plain(getattr(entry, column)) for column in _COLUMNS])


def _plain(value: Any) -> Any:
    """Written as the hash reads it (see `chain`)."""
    if isinstance(value, dict):
        return chain.canonical(value).decode()
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value


def _remember(acting: Acting, action: str, looked_at: str, detail: dict[str, Any]) -> None:
    """Write down that somebody looked: auditors are watched as well."""
    with transaction.atomic():
        actions.record(
            acting=acting.because("audit"), action=action, root=reading_chain(acting), object_kind="chain", object_id=looked_at,
            detail=detail,
        )  # fmt: skip

"""Files of a round: the list, what is to be paid or handed over, what came back from that, and the archive."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from tongban.base.kit import access as route
from tongban.base.kit import sheets
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import NotFound
from tongban.base.kit.templatetags.kit import called
from tongban.core.values import money
from tongban.work.policies import access, queries, words
from tongban.work.policies.actions import payments, rounds
from tongban.work.policies.pages import rounds as pages
from tongban.work.policies.pages.owner_steps import attempt

MOST_FILE: Final = 4_000_000
"""Bytes of a file of payments."""


@require_POST
@route.posts("officer")
@never_cache
@sensitive_variables("found")
def payment_file(request: HttpRequest, round_: UUID) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    found: list[payments.Payment] = []
    refusal = attempt(lambda: found.extend(payments.to_pay(acting=acting, round_=round_)))
    if refusal is not None:
        messages.error(request, str(refusal))
        return redirect("policies:round", round_)
    rows = [
        (str(one_.entitlement), one_.payee, one_.account, money.written(one_.amount_fen), one_.policy,
         one_.pay_by.isoformat() if one_.pay_by else "")
        for one_ in found
    ]  # fmt: skip
    return sheets.download(f"payments-{acting.today}", payments.COLUMNS, rows)


@require_POST
@route.posts("officer")
@never_cache
def allocation_file(request: HttpRequest, round_: UUID) -> HttpResponse:
    """Of an offer that is not money: what is to be handed over to whom, in the order of the list."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    found: list[payments.Allocation] = []
    refusal = attempt(lambda: found.extend(payments.to_hand_over(acting=acting, round_=round_)))
    if refusal is not None:
        messages.error(request, str(refusal))
        return redirect("policies:round", round_)
    policy = rounds.pack_and_policy(access.round_page(acting, round_))[1]
    subjects = queries.subjects_named({one_.subject for one_ in found})
    rows = [
        (str(one_.entitlement), called(subject), subject.identifier if subject else "", policy.written(one_.amount), words.unit(policy),
         policy.id, one_.hand_over_by.isoformat() if one_.hand_over_by else "")
        for one_ in found
        for subject in (subjects.get(one_.subject),)
    ]  # fmt: skip
    return sheets.download(f"places-{acting.today}", payments.ALLOCATION, rows)


@require_POST
@route.posts("officer")
def payment_results(request: HttpRequest, round_: UUID) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    upload = request.FILES.get("file")
    if upload is None or (upload.size or 0) > MOST_FILE:
        messages.error(
            request, _("Choose the file of payments, at most %(n)d MB.") % {"n": MOST_FILE // 1_000_000}
        )
        return redirect("policies:round", round_)
    row = access.round_page(acting, round_)
    raw = upload.read()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", errors="replace")
    result: list[tuple[int, list[payments.Misfit]]] = []
    refusal = attempt(lambda: result.append(payments.take_results(acting=acting, round_=round_, text=text)))
    if refusal is not None:
        messages.error(request, "; ".join(refusal.fields.values()) or str(refusal))
        return redirect("policies:round", round_)
    done, misfits = result[0]
    marked = (
        _("Marked as paid: %(n)d.")
        if rounds.pack_and_policy(row)[1].is_money
        else _("Marked as handed over: %(n)d.")
    )
    messages.success(request, marked % {"n": done})
    return pages.page(request, row, misfits=misfits) if misfits else redirect("policies:round", round_)


@require_safe
@route.posts("officer")
@never_cache
def table(request: HttpRequest, round_: UUID) -> HttpResponse:
    """The list as a file, without accounts."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    row = access.round_page(acting, round_)
    policy = rounds.pack_and_policy(row)[1]
    found = row.lines.select_related("entitlement").defer(
        "facts", "findings", "entitlement__facts", "entitlement__findings"
    )
    lines = list(found.order_by("rank", "subject"))
    names = queries.subjects_named({line.subject for line in lines})
    columns = (
        _("Place on the list"),
        _("Owner"),
        _("Amount by the rules"),
        _("Score"),
        _("Given"),
        _("Counted in"),
        _("Struck, because"),
        _("State"),
        _("Entitlement"),
    )
    rows = [
        (
            line.rank, called(names.get(line.subject)), policy.written(line.amount_fen), line.score, policy.written(line.given_fen),
            words.unit(policy), line.struck,
            words.state(line.entitlement.state, money=policy.is_money)[0] if line.entitlement else "", str(line.entitlement_id or ""),
        )
        for line in lines
    ]  # fmt: skip
    return sheets.download(f"round-{row.on}-{row.policy}", columns, rows)


@require_safe
@route.posts("officer")
@never_cache
def archive(request: HttpRequest, round_: UUID) -> HttpResponse:
    """The archive of a closed round, byte for byte what the digest in the audit was made of."""
    row = access.round_page(request.acting, round_)  # type: ignore[attr-defined]
    if row.archive is None:
        raise NotFound(_("There is no such list, or it is not yours to see."))
    headers = {
        "Content-Disposition": f'attachment; filename="round-{row.on}-{row.policy}.json"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(rounds.canonical(row.archive), content_type="application/json", headers=headers)

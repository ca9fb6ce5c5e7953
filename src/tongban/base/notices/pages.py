"""Where one wants to be told besides the portal: an address for each channel, confirmed by a code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tongban.base.kit import access
from tongban.base.kit.refusals import Invalid, NotFound, NotNow, Refusal
from tongban.base.kit.text import language
from tongban.base.notices import addresses as actions
from tongban.base.notices import channels, queries

NAMES: Final = {"mail": msg("E-mail"), "sms": msg("Text message")}
FIELDS: Final = {"mail": msg("E-mail address"), "sms": msg("Mobile number")}
FAILURES_SHOWN = 5


@access.applicant
@require_safe
@never_cache
def addresses(request: HttpRequest) -> HttpResponse:
    return _page(request)


@access.applicant
@require_POST
def set_address(request: HttpRequest, channel: str) -> HttpResponse:
    typed = request.POST.get("address", "").replace("\x00", "")[:300]
    return _done(
        request, channel, typed,
        lambda: actions.set_address(
            acting=request.acting, channel=channel, address=typed, language=language(),
            with_documents=request.POST.get("documents") == "yes",
        ),
        lambda row: _("Saved.") if row.confirmed_at else _("A code is on its way. Type it in below."),
    )  # fmt: skip


@access.applicant
@require_POST
def confirm(request: HttpRequest, channel: str) -> HttpResponse:
    typed = request.POST.get("code", "").replace("\x00", "")[:20]
    return _done(
        request, channel, typed,
        lambda: actions.confirm(acting=request.acting, channel=channel, code=typed),
        lambda row: _("Confirmed. From now on you are told there too."),
    )  # fmt: skip


@access.applicant
@require_POST
def ask_again(request: HttpRequest, channel: str) -> HttpResponse:
    return _done(
        request, channel, "",
        lambda: actions.ask_again(acting=request.acting, channel=channel),
        lambda row: _("A code is on its way. Type it in below."),
    )  # fmt: skip


@access.applicant
@require_POST
def remove(request: HttpRequest, channel: str) -> HttpResponse:
    return _done(
        request, channel, "",
        lambda: actions.remove(acting=request.acting, channel=channel),
        lambda row: _("Removed. Nothing more is sent there."),
    )  # fmt: skip


def _done(
    request: HttpRequest, channel: str, typed: str, act: Callable[[], Any], said: Callable[[Any], str]
) -> HttpResponse:
    """Act and go back to the page; a refusal keeps what was typed."""
    if channel not in channels.CHANNELS:
        raise Http404
    try:
        row = act()
    except (Invalid, NotNow, NotFound) as refusal:
        return _page(request, channel, typed, refusal)
    messages.success(request, said(row))
    return redirect("notices:addresses")


def _page(
    request: HttpRequest, channel: str = "", typed: str = "", refusal: Refusal | None = None
) -> HttpResponse:
    found = queries.addresses(request.acting)
    fields = getattr(refusal, "fields", {}) or {}
    now = request.acting.now
    ways = [
        {
            "channel": name,
            "name": _(NAMES[name]),
            "field": _(FIELDS[name]),
            "row": found.get(name),
            "usable": _usable(found.get(name)),
            "waiting": name in found
            and not _usable(found[name])
            and now - found[name].code_at <= actions.LASTS,
            "typed": typed if name == channel and name in fields else getattr(found.get(name), "address", ""),
            "error": fields.get(name, "") if name == channel else "",
            "code_error": fields.get("code", "") if name == channel else "",
        }
        for name in channels.CHANNELS
        if name in channels.offered() or name in found
    ]
    context = {
        "ways": ways,
        "refusal": refusal,
        "failures": list(queries.failures(request.acting)[:FAILURES_SHOWN]),
    }
    return render(request, "notices/addresses.html", context, status=refusal.status if refusal else 200)


def _usable(row: Any) -> bool:
    return row is not None and row.confirmed_at is not None and row.failed_at is None

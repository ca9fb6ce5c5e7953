"""Text that somebody typed or put into an address, without what a database cannot hold."""

from __future__ import annotations

from django.http import HttpRequest


def asked(request: HttpRequest, name: str, most: int = 60) -> str:
    """A parameter of the address."""
    return _clean(request.GET.get(name, ""))[:most]


def sent(request: HttpRequest, name: str, most: int = 4000) -> str:
    """A field of a form."""
    return _clean(request.POST.get(name, ""))[:most]


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()

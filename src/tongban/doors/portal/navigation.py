"""Which addresses the frame of a page offers to whom. Only pages that this node serves are offered."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import Resolver404, resolve
from django.utils.translation import gettext_noop as msg

from tongban.base.kit.acting import Acting
from tongban.work.hotline import access as hotline
from tongban.work.market import queries as market

Entry = tuple[str, str, str]
"""(address, msgid, icon)."""

RESIDENTS: tuple[Entry, ...] = (
    ("/services", msg("Services"), "layers"),
    ("/applications", msg("My applications"), "folder-open"),
    ("/licences", msg("My licences"), "wallet-cards"),
    ("/benefits", msg("Benefits"), "hand-coins"),
    ("/hotline", msg("Hotline"), "phone"),
    ("/ask", msg("Ask"), "message-circle-question-mark"),
)
AGENTS: tuple[Entry, ...] = (
    ("/services", msg("Services"), "layers"),
    ("/applications", msg("My applications"), "folder-open"),
)
"""Who acts under a mandate that is limited to some life events."""
VISITORS: tuple[Entry, ...] = (
    ("/services", msg("Services"), "layers"),
    ("/policies", msg("Policies"), "hand-coins"),
    ("/hotline", msg("Hotline"), "phone"),
    ("/ask", msg("Ask"), "message-circle-question-mark"),
    ("/performance", msg("Performance"), "chart-line"),
    ("/market", msg("Data market"), "store"),
)
OFFICERS: tuple[Entry, ...] = (
    ("/office", msg("Worklist"), "inbox"),
    ("/office/consultations", msg("Opinions"), "messages-square"),
    ("/hotline/assigned", msg("Tickets"), "phone"),
    ("/catalogue/requests", msg("Data sharing"), "share-2"),
    ("/office/entitlements", msg("Benefits"), "hand-coins"),
    ("/office/policy-desk", msg("Policy desk"), "sliders-horizontal"),
    ("/office/market", msg("Data market"), "store"),
    ("/office/performance", msg("Performance"), "chart-line"),
    ("/office/pilots", msg("Pilots"), "flask-conical"),
)
CLERKS: tuple[Entry, ...] = (
    ("/office", msg("Worklist"), "inbox"),
    ("/office/window", msg("Window"), "store"),
    ("/hotline/desk", msg("Hotline desk"), "phone"),
    ("/catalogue/requests", msg("Data sharing"), "share-2"),
    ("/office/performance", msg("Performance"), "chart-line"),
)
AUDITORS: tuple[Entry, ...] = (
    ("/audit", msg("Audit"), "scroll-text"),
    ("/office/market/journal", msg("Data market"), "store"),
    ("/services", msg("Services"), "layers"),
)
ABOUT: tuple[Entry, ...] = (
    ("/laws", msg("Legal basis"), "scale"),
    ("/glossary", msg("Glossary"), "book-open"),
    ("/policies", msg("Policies"), "hand-coins"),
    ("/catalogue", msg("Data catalogue"), "database"),
    ("/market", msg("Data market"), "store"),
    ("/performance", msg("Performance"), "chart-line"),
    ("/my-data", msg("My data"), "database"),
    ("/verify", msg("Verify a licence"), "badge-check"),
    ("/accessibility", msg("Accessibility"), "accessibility"),
    ("/privacy", msg("Privacy and data use"), "lock"),
    ("/api", msg("Interfaces"), "plug"),
)


ONLY_FOR: dict[str, Callable[[Acting], bool]] = {
    "/office/market": market.is_operator,
    "/hotline/desk": hotline.is_hotline,
    "/my-data": lambda acting: acting.post is None,
}
"""Pages that not everybody in the role may open."""


def of_role(role: str, acting: Acting | None) -> tuple[Entry, ...]:
    """The main navigation of a role."""
    table = {
        "applicant": RESIDENTS,
        "agent": AGENTS,
        "officer": OFFICERS,
        "clerk": CLERKS,
        "window": CLERKS,
        "auditor": AUDITORS,
    }
    return tuple(entry for entry in table.get(role, VISITORS) if _open_to(entry[0], acting))


def about(acting: Acting | None) -> tuple[Entry, ...]:
    """The foot of every page."""
    return tuple(entry for entry in ABOUT if _open_to(entry[0], acting))


def _open_to(path: str, acting: Acting | None) -> bool:
    only = ONLY_FOR.get(path)
    return exists(path) and (only is None or (acting is not None and only(acting)))


def exists(path: str) -> bool:
    """Whether this node serves a page at the path."""
    try:
        resolve(path)
    except Resolver404:
        return False
    return True

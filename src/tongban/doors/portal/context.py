"""What every page needs around its content. All of it is computed on first use: a part swapped in by htmx costs nothing.

Nothing here may fail: error pages are drawn with it, also before anybody signed in, before a pack is installed, and
while the database is away.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from tongban.base.audit import queries as audit
from tongban.base.directory import queries as directory
from tongban.base.identity import queries as identity
from tongban.base.kit import drawings, text, words
from tongban.core.packs.model import Brand
from tongban.core.packs.pack import Pack
from tongban.core.values.text import Bilingual
from tongban.doors.portal import navigation

log = logging.getLogger(__name__)
THEME_COOKIE = "tongban_theme"
THEMES = ("light", "dark")
PRODUCT = Bilingual(zh="通办", en="Tongban")


def frame(request: HttpRequest) -> dict[str, Any]:
    return {"frame": Frame(request)}


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the main navigation."""

    href: str
    label: str
    icon: str
    current: bool


@dataclass(frozen=True, slots=True)
class Language:
    code: str
    tag: str
    name: str
    current: bool


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody the person may act for; the first is the person."""

    id: UUID
    subject: Any
    self: bool
    current: bool


class Frame:
    top = "kit/parts/top.html"
    still = False
    """Whether the page is read from a file, where nothing can be started."""

    def __init__(self, request: HttpRequest, *, quiet: bool = False) -> None:
        self.request = request
        self.quiet = quiet
        """True asks the database for nothing."""
        self.acting = getattr(request, "acting", None)

    # -- brand

    @cached_property
    def pack(self) -> Pack | None:
        return self._tried(
            lambda: directory.pack_in_force(self.acting.now if self.acting else timezone.now())
        )

    @cached_property
    def brand(self) -> Brand | None:
        """Of the uppermost layer that has one."""
        layers = (self.pack.manifest, *reversed(self.pack.layers)) if self.pack else ()
        return next((layer.brand for layer in layers if layer.brand), None)

    @cached_property
    def brand_name(self) -> Bilingual:
        return self.brand.name if self.brand else PRODUCT

    @cached_property
    def brand_tagline(self) -> Bilingual | None:
        return self.brand.tagline if self.brand else None

    @cached_property
    def disclaimer(self) -> Bilingual | None:
        return self.brand.disclaimer if self.brand else None

    @cached_property
    def seal(self) -> str:
        svg = self.pack.assets.get(self.brand.seal) if self.pack and self.brand else None
        return drawings.inline(svg) if svg else ""

    # -- reader

    @property
    def language_tag(self) -> str:
        return text.TAGS[text.language()]

    @property
    def languages(self) -> list[Language]:
        active = text.language()
        return [Language(code, text.TAGS[code], name, code == active) for code, name in settings.LANGUAGES]

    @property
    def theme(self) -> str:
        chosen = self.request.COOKIES.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else ""

    @property
    def here(self) -> str:
        """Where a form of the frame comes back to."""
        return self.request.get_full_path() if self.request.method == "GET" else self.request.path

    # -- who

    @cached_property
    def account(self) -> Any:
        if self.quiet or self.acting is None or self.acting.actor is None:
            return None
        return self._tried(lambda: self.request.user if self.request.user.is_authenticated else None)

    @property
    def accounts(self) -> bool:
        """Whether this node has accounts to sign in to; a preview has none."""
        return navigation.exists("/sign-in")

    @cached_property
    def signed_in(self) -> bool:
        return self.account is not None

    @cached_property
    def person(self) -> Any:
        return self._tried(lambda: self.account.person) if self.account else None

    @cached_property
    def role(self) -> str:
        return self.acting.role if self.acting else "visitor"

    @cached_property
    def post_label(self) -> str:
        """Where and as what an officer serves; empty for everybody else."""
        if self.account is None or self.acting.post is None:
            return ""
        organ = self.pack.organisations.get(self.acting.organisation) if self.pack else None
        role = _(words.ROLES.get(self.role, self.role))
        return f"{text.in_language(organ.name)} · {role}" if organ else role

    @cached_property
    def principals(self) -> list[Principal]:
        """For whom the person may act; empty when it is only for themselves."""
        if self.account is None or self.person is None or self.acting.post is not None:
            return []
        mandates = self._tried(lambda: list(identity.mandates_of(self.person, self.acting.now))) or []
        if not mandates:
            return []
        subjects = [self.person, *{mandate.principal_id: mandate.principal for mandate in mandates}.values()]
        return [Principal(s.pk, s, s.pk == self.person.pk, s.pk == self.acting.principal) for s in subjects]

    @cached_property
    def demo(self) -> bool:
        """Whether this is somebody made up, and another of them may be chosen."""
        if self.account is None or not self.account.username.startswith("demo-"):
            return False
        return navigation.exists("/demo") and bool(self._tried(audit.is_demo))

    @cached_property
    def acting_for(self) -> Any:
        """The firm or person in whose name everything on this page happens, when it is not the person themselves."""
        if self.account is None or self.acting.mandate is None:
            return None
        return next((p.subject for p in self.principals if p.current and not p.self), None)

    @cached_property
    def nav(self) -> list[Item]:
        """Only what is there: a page that this node does not serve is not offered."""
        here = self.request.path
        entries = self._tried(lambda: navigation.of_role(self.role, self.acting)) or navigation.of_role(
            self.role, None
        )
        current = max(
            (e[0] for e in entries if here == e[0] or here.startswith(f"{e[0]}/")), key=len, default=""
        )
        return [Item(href, _(label), icon, href == current) for href, label, icon in entries]

    @property
    def about(self) -> list[Item]:
        entries = self._tried(lambda: navigation.about(self.acting)) or navigation.about(None)
        return [Item(href, _(label), icon, False) for href, label, icon in entries]

    def _tried(self, get: Any) -> Any:
        if self.quiet:
            return None
        try:
            return get()
        except LookupError:
            return None
        except (DatabaseError, ValueError):
            log.exception("the frame of %s is drawn without the database", self.request.path)
            self.quiet = True
            return None

"""Every room brings its own addresses in `urls.py`. A room without pages has none."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.utils.module_loading import module_has_submodule

from tongban.doors import api

PRODUCT = "tongban."


def _rooms() -> list[URLPattern | URLResolver]:
    rooms = [app for app in settings.INSTALLED_APPS if app.startswith(PRODUCT)]
    return [
        path("", include(f"{room}.urls"))
        for room in rooms
        if module_has_submodule(import_module(room), "urls")
    ]


def _api() -> list[URLPattern | URLResolver]:
    if not module_has_submodule(api, "api"):
        return []
    return [path("api/v1/", import_module("tongban.doors.api.api").api.urls)]


urlpatterns: list[URLPattern | URLResolver] = [*_rooms(), *_api()]

handler400 = "tongban.doors.portal.errors.bad_request"
handler403 = "tongban.doors.portal.errors.forbidden"
handler404 = "tongban.doors.portal.errors.not_found"
handler500 = "tongban.doors.portal.errors.broken"

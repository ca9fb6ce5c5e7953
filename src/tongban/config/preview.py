"""Settings of the preview: the portal's pages without accounts, sessions and a database."""

from __future__ import annotations

from tongban.config.settings import *  # noqa: F403
from tongban.config.settings import INSTALLED_APPS as _APPS
from tongban.config.settings import TEMPLATES as _TEMPLATES

DATABASES: dict[str, object] = {}
INSTALLED_APPS = [*_APPS, "tongban.doors.preview"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tongban.base.kit.middleware.ContentSecurityPolicy",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tongban.doors.preview.pages.Watching",
]
ROOT_URLCONF = "tongban.doors.preview.urls"
TEMPLATES = [
    {
        **_TEMPLATES[0],
        "OPTIONS": {
            **_TEMPLATES[0]["OPTIONS"],  # type: ignore[dict-item]
            "context_processors": [
                "django.template.context_processors.request",
                "tongban.doors.preview.pages.frame",
            ],
        },
    }
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True

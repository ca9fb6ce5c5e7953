"""Settings of the guidebook: the pages of the preview, drawn once for a folder of files."""

from __future__ import annotations

from tongban.base.kit import environment
from tongban.config.preview import *  # noqa: F403
from tongban.config.preview import INSTALLED_APPS as _APPS
from tongban.config.preview import TEMPLATES as _TEMPLATES

INSTALLED_APPS = [*_APPS, "tongban.doors.guidebook"]
ROOT_URLCONF = "tongban.doors.guidebook.urls"
TEMPLATES = [
    {
        **_TEMPLATES[0],
        "OPTIONS": {
            **_TEMPLATES[0]["OPTIONS"],  # type: ignore[dict-item]
            "context_processors": [
                "django.template.context_processors.request",
                "tongban.doors.guidebook.pages.frame",
            ],
        },
    }
]
GUIDEBOOK_PORTAL = environment.text("TONGBAN_URL")

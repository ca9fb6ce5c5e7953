"""Once a day the trust list is published anew, with every withdrawal known by then."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from tongban.base.directory import queries as directory
from tongban.base.kit.acting import system
from tongban.records.licences import actions


@app.periodic(cron="20 16 * * *")  # 00:20 in the usual time zone
@app.task(name="licences.publish-trust-list", queue="clock")
def publish_trust_list(timestamp: int) -> None:
    place = settings.PLACE or directory.default_place()
    actions.publish_trust_list(acting=system(timezone.now(), place, "the passing of time"))

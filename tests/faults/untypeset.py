"""The settings of a node that sets no document as PDF: that takes most of a worker's time, and tests of its own do it."""

from django.utils.module_loading import import_string

from tongban.config import settings as usual
from tongban.config.settings import *  # noqa: F403

HEARD: dict[str, tuple[str, ...]] = {**import_string(usual.SUBSCRIPTIONS), "notices.issued": ()}
SUBSCRIPTIONS = "tests.faults.untypeset.HEARD"

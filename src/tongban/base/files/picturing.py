"""Pages of uploads as pictures that are safe to show inside a page of ours: drawn anew by `drawing`, apart from the server."""

from __future__ import annotations

import os
import subprocess
import sys
from threading import BoundedSemaphore
from typing import Final

from django.utils.translation import gettext as _

from tongban.base.files import models, queries
from tongban.base.kit.refusals import NotFound, NotNow

SECONDS: Final = 20
"""That a reader waits for a page at most."""
_AT_ONCE: Final = BoundedSemaphore(2)
"""Processes that draw for one process of the server."""


def picture(upload: models.Upload, page: int) -> bytes:
    """A page of an upload, from 1, as a JPEG. Raises what `queries.content` raises, `NotFound` where there is no such page
    and `NotNow` where it cannot be drawn."""
    if not 1 <= page <= (upload.pages or 1):
        raise NotFound(_("The file has no such page."))
    data = queries.content(upload)
    words = [sys.executable, "-P", "-m", "tongban.base.files.drawing", upload.media_type, str(page)]
    known = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    try:
        with _AT_ONCE:
            drawn = subprocess.run(words, input=data, capture_output=True, timeout=SECONDS, env=known)
    except subprocess.TimeoutExpired:
        drawn = None
    if drawn is None or drawn.returncode or not drawn.stdout.startswith(b"\xff\xd8\xff"):
        raise NotNow(_("This page cannot be drawn. Download the file to look at it."))
    return drawn.stdout

"""A file on its way to a browser: always as a download, never as a page of ours; or as pictures that we have drawn of it.

`attachment` keeps it out of the window, `nosniff` keeps the browser from guessing another type, and the policy denies
whatever would be shown after all every script, request and origin. So a file that is two things at once (a picture that
is also a page, a PDF with markup in it) runs nowhere. No SVG, HTML or office format is taken in at all.
"""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from tongban.base.files import models, picturing, queries


def download(upload: models.Upload) -> HttpResponseBase:
    """The file in pieces. Raises what `queries.pieces` raises."""
    response = StreamingHttpResponse(queries.pieces(upload), content_type=upload.media_type)
    response.headers["Content-Length"] = str(upload.size)
    response.headers["Content-Disposition"] = content_disposition_header(True, upload.name) or "attachment"
    return _apart(response)


def picture(upload: models.Upload, page: int) -> HttpResponseBase:
    """One page of it as a picture, to be shown inside a page. Raises what `picturing.picture` raises."""
    return _apart(HttpResponse(picturing.picture(upload, page), content_type="image/jpeg"))


def _apart(response: HttpResponseBase) -> HttpResponseBase:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response

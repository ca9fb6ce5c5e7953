"""A file as a download, as a page of pictures, or as one of these; the views have found out already that it may be seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path

from tongban.base.files import queries, serving


def routes(path_: str, view: Callable[..., HttpResponseBase], name: str) -> list[URLPattern]:
    """The three of a file; the addresses of the two others follow from that of the download."""
    return [
        path(path_, view, name=name),
        path(f"{path_}/look", view, {"look": True}, name=f"{name}-look"),
        path(f"{path_}/pages/<int:page>", view, name=f"{name}-page"),
    ]


def served(
    request: HttpRequest, upload: Any, back: str, *, look: bool, page: int | None,
    frame: str = "kit/base.html",
) -> HttpResponseBase:  # fmt: skip
    """`upload`: a row of base/files; `back`: where one came from. Raises what `serving` raises."""
    try:
        if page is not None:
            return serving.picture(upload, page)
        if not look:
            return serving.download(upload)
    except FileNotFoundError as error:
        raise Http404 from error
    queries.refuse_unusable(upload)
    context = {
        "file": upload, "back": back, "frame": frame, "link": request.path.removesuffix("/look"),
        "pages": upload.pages or 1, "numbers": range(1, (upload.pages or 1) + 1),
    }  # fmt: skip
    return render(request, "cases/look.html", context)

"""Files that are two things at once: refused, or handed out so that the second thing never runs."""

from __future__ import annotations

import io
import zipfile
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject
from tests.factories.fixtures import NOON
from tests.factories.papers import pdf, png

from tongban.base.files import actions, inspection, serving
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid

PAGE = b"<html><script>alert(document.domain)</script></html>"
ALL = ("pdf", "jpg", "png")


def gif() -> bytes:
    buffer = io.BytesIO()
    Image.new("P", (4, 4)).save(buffer, "GIF")
    return buffer.getvalue()


def jpg(comment: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (16, 16)).save(buffer, "JPEG", comment=comment)
    return buffer.getvalue()


def pdf_with(change: Any) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(width=100, height=100)
    change(writer)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def with_script(writer: PdfWriter) -> None:
    script = {"/S": NameObject("/JavaScript"), "/JS": TextStringObject("app.alert('x')")}
    action = DictionaryObject({NameObject(key): value for key, value in script.items()})
    writer.root_object[NameObject("/OpenAction")] = action


def docx_bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 50_000_000)
    return buffer.getvalue()


def picture_bomb() -> bytes:
    buffer = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (gif() + PAGE, "wrong-format"),
        (b"GIF89a/*" + PAGE + b"*/=1;", "wrong-format"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "wrong-format"),
        (b'<?xml version="1.0"?><svg onload="alert(1)"/>', "wrong-format"),
        (PAGE + pdf(), "wrong-format"),
        (docx_bomb(), "wrong-format"),
        (b"PK\x05\x06" + bytes(18) + pdf(), "wrong-format"),
        (b"MZ" + pdf(), "executable"),
        (b"\x89PNG\r\n\x1a\n" + PAGE, "broken"),
        (b"\xff\xd8\xff" + PAGE, "broken"),
        (picture_bomb(), "too-large-picture"),
        (pdf_with(with_script), "active-content"),
        (pdf_with(lambda w: w.add_attachment("page.html", PAGE)), "active-content"),
        (pdf_with(lambda w: w.encrypt("secret")), "broken"),
    ],
    ids=["gif-html", "gif-js", "svg", "svg-xml", "html-pdf", "docx-bomb", "zip-pdf", "exe-pdf", "png-html", "jpg-html",
         "picture-bomb", "pdf-script", "pdf-attachment", "pdf-locked"],
)  # fmt: skip
def test_what_is_not_plainly_one_of_ours_is_refused(data: bytes, problem: str) -> None:
    assert inspection.inspect(data, ALL).problem == problem


def test_what_was_refused_is_kept_nowhere(db: None, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from tongban.base.files import models

    monkeypatch.setenv("TONGBAN_HOME", str(tmp_path))
    with pytest.raises(Invalid):
        take_in("x.png", gif() + PAGE)
    assert models.Upload.objects.count() == 0
    assert not (tmp_path / "files").exists()


@pytest.mark.parametrize(
    ("name", "data", "media_type"),
    [
        ("a.html", jpg(comment=PAGE), "image/jpeg"),
        ("a.svg", png() + PAGE, "image/png"),
        ("plan.pdf.html", pdf() + b"\n%" + PAGE, "application/pdf"),
        ("x\r\nContent-Type: text/html\r\n.pdf", pdf(), "application/pdf"),
        ('"; filename="x.html', pdf(), "application/pdf"),
    ],
)
def test_what_passes_and_is_something_else_too_comes_as_a_download_and_runs_nowhere(
    db: None, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, name: str, data: bytes, media_type: str
) -> None:
    monkeypatch.setenv("TONGBAN_HOME", str(tmp_path))
    response = serving.download(take_in(name, data))
    assert response.getvalue() == data
    assert response["Content-Type"] == media_type
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Length"] == str(len(data))
    assert not any("\n" in value or "\r" in value for value in response.headers.values())


def take_in(name: str, data: bytes) -> Any:
    acting = Acting(uuid4(), uuid4(), None, None, None, "applicant", "990100", "own matter", NOON, "r")
    return actions.take_in(
        acting=acting, owner=uuid4(), root=uuid4(), name=name, data=data, formats=ALL, max_bytes=10**7
    )

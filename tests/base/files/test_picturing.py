"""Pages of uploads as pictures: what is seen, what is gone, and what a hostile file can do."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image
from pypdf import PdfWriter
from tests.factories.fixtures import NOON
from tests.factories.papers import pdf, png

from tongban.base.files import actions, drawing, models, picturing, serving
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import NotFound, NotNow

pytestmark = pytest.mark.django_db
RED, BLUE = (250, 10, 10), (10, 10, 250)


def taken_in(name: str, data: bytes) -> models.Upload:
    acting = Acting(uuid4(), uuid4(), None, None, None, "applicant", "990100", "own matter", NOON, "r")
    return actions.take_in(
        acting=acting,
        owner=uuid4(),
        root=uuid4(),
        name=name,
        data=data,
        formats=("pdf", "jpg", "png"),
        max_bytes=10**7,
    )


def seen(upload: models.Upload, page: int = 1) -> Image.Image:
    drawn = picturing.picture(upload, page)
    with Image.open(io.BytesIO(drawn), formats=["JPEG"]) as picture:
        picture.load()
        return picture


def of_pages(*colours: tuple[int, int, int], size: tuple[int, int] = (300, 200)) -> bytes:
    """A PDF with a page of each colour."""
    buffer = io.BytesIO()
    first, *others = (Image.new("RGB", size, colour) for colour in colours)
    first.save(buffer, "PDF", save_all=True, append_images=others)
    return buffer.getvalue()


def near(found: Any, colour: tuple[int, int, int]) -> bool:
    return all(abs(one - other) < 12 for one, other in zip(found, colour, strict=True))


def test_each_page_of_a_pdf_is_drawn_and_no_other_is_there(db: Any) -> None:
    upload = taken_in("plan.pdf", of_pages(RED, BLUE))
    assert near(seen(upload, 1).getpixel((100, 100)), RED)
    assert near(seen(upload, 2).getpixel((100, 100)), BLUE)
    assert seen(upload).width == drawing.WIDTH
    for page in (0, 3):
        with pytest.raises(NotFound):
            picturing.picture(upload, page)


def test_a_photograph_is_turned_as_it_was_held_and_says_no_more_where_it_was_taken() -> None:
    picture = Image.new("RGB", (40, 20), RED)
    picture.paste(BLUE, (0, 0, 20, 20))  # on the left
    exif = Image.Exif()
    exif[0x0112] = 6  # held on its side: what is stored on the left belongs above
    exif[0x010E] = "99 Osmanthus Road"
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", exif=exif, quality=95, subsampling=0, comment=b"secret")
    found = seen(taken_in("photo.jpg", buffer.getvalue()))
    assert found.size == (20, 40)
    assert near(found.getpixel((10, 4)), BLUE)
    assert near(found.getpixel((10, 36)), RED)
    assert not found.getexif()
    assert "comment" not in found.info


def test_what_is_transparent_lies_on_white() -> None:
    buffer = io.BytesIO()
    Image.new("RGBA", (30, 30), (0, 0, 0, 0)).save(buffer, "PNG")
    assert near(seen(taken_in("seal.png", buffer.getvalue())).getpixel((15, 15)), (255, 255, 255))


def test_a_page_as_large_as_a_field_has_no_more_pixels_than_it_may() -> None:
    writer = PdfWriter()
    writer.add_blank_page(width=14_400, height=14_400 * 40)
    buffer = io.BytesIO()
    writer.write(buffer)
    found = seen(taken_in("roll.pdf", buffer.getvalue()))
    assert found.width * found.height <= drawing.PIXELS * 1.01


def test_what_cannot_be_drawn_is_said_and_stays_a_download(monkeypatch: pytest.MonkeyPatch) -> None:
    upload = taken_in("plan.pdf", pdf())
    monkeypatch.setattr(picturing.queries, "content", lambda _upload: b"%PDF-1.7 nothing else")
    with pytest.raises(NotNow, match="Download the file"):
        picturing.picture(upload, 1)


def test_whoever_waits_too_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picturing, "SECONDS", 0.001)
    with pytest.raises(NotNow, match="Download the file"):
        picturing.picture(taken_in("plan.png", png()), 1)


def test_the_process_that_draws_can_write_no_file_and_take_no_memory_without_end(tmp_path: Path) -> None:
    """Run with a drawing that does what a broken decoder might be made to do."""
    target = tmp_path / "written"
    for attack in (f"open({str(target)!r}, 'wb').write(b'x' * 10_000)", "bytearray(4 << 30)"):
        program = f"import sys; from tongban.base.files import drawing\ndrawing.photograph = lambda data: {attack}\ndrawing.main()"
        ended = subprocess.run(
            [sys.executable, "-c", program, "image/png", "1"], input=png(), capture_output=True
        )
        assert ended.returncode, attack
        assert not ended.stdout
    assert not target.exists() or not target.stat().st_size


def test_nobody_sees_what_is_not_known_to_be_clean() -> None:
    upload = taken_in("plan.png", png())
    upload.scan = "unscanned"
    with pytest.raises(NotNow, match="being checked"):
        picturing.picture(upload, 1)


def test_the_picture_comes_apart_from_the_pages_of_ours() -> None:
    answer = serving.picture(taken_in("plan.png", png()), 1)
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"] == "private, no-store"
    assert "Content-Disposition" not in answer

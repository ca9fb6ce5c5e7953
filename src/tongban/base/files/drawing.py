"""Draws one page of a file as a JPEG: `python -m tongban.base.files.drawing MEDIA_TYPE PAGE`, from standard input to output.

Meant to run as a process of its own (`picturing` starts it): the bytes are whatever somebody handed in, and what reads them
is a large program in C. It has little memory, little time, and may write no file. Nothing of the original leaves it, no
script, no link, no hidden layer, no place where a photograph was taken: only pixels.
"""

from __future__ import annotations

import io
import math
import resource
import sys
from typing import Any, Final

from PIL import Image, ImageOps

MEMORY: Final = 2 << 30
"""Bytes of address space: a picture of the largest size that is taken in, twice, and the programs themselves."""
SECONDS: Final = 15
"""Of the processor."""
WIDTH: Final = 1_400
PIXELS: Final = 6_000_000
"""At most, of the JPEG."""


def main() -> int:
    for kind, limit in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))
    media_type, page = sys.argv[1], int(sys.argv[2])
    data = sys.stdin.buffer.read()
    made = page_of(data, page) if media_type == "application/pdf" else photograph(data)
    plain = made.convert("RGB")
    # not the picture itself: a comment in the original would be written again
    pixels = Image.frombytes("RGB", plain.size, plain.tobytes())
    pixels.save(sys.stdout.buffer, "JPEG", quality=82, progressive=True)
    return 0


def page_of(data: bytes, page: int) -> Any:
    """A page of a PDF, from 1, without what is filled into forms by scripts."""
    import pypdfium2

    with pypdfium2.PdfDocument(data) as document:
        found = document[page - 1]
        return found.render(scale=_scale(*found.get_size()), may_draw_forms=False).to_pil()


def photograph(data: bytes) -> Any:
    """A picture as it is held, on white where it is transparent."""
    picture = Image.open(io.BytesIO(data), formats=["JPEG", "PNG"])
    scale = min(1.0, _scale(*picture.size))
    picture.draft("RGB", (math.ceil(picture.width * scale), math.ceil(picture.height * scale)))
    picture = ImageOps.exif_transpose(picture)
    picture.thumbnail((WIDTH, max(1, PIXELS // WIDTH)))
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        ground = Image.new("RGBA", picture.size, "white")
        ground.alpha_composite(picture)
        return ground
    return picture


def _scale(width: float, height: float) -> float:
    """So that it is as wide as a page of ours, and has no more pixels than it may."""
    return min(WIDTH / max(width, 1), math.sqrt(PIXELS / max(width * height, 1)))


if __name__ == "__main__":
    raise SystemExit(main())

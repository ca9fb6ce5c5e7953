"""Small real files to hand in: they pass the inspection because they are what they say."""

from __future__ import annotations

import io


def pdf(text: str = "plan") -> bytes:
    """A one-page PDF."""
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(width=300, height=200)
    writer.add_metadata({"/Title": text})
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def png() -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), (12, 90, 84)).save(buffer, "PNG")
    return buffer.getvalue()

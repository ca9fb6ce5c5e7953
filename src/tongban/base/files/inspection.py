"""What an upload really is. Decided by its content; the name and the declared type are only claims.

A file passes when its first bytes are those of an allowed format, the whole of it parses as that format, and it
carries nothing active (scripts, launch actions, embedded files). A picture is also bounded in pixels.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import Image
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

MAX_PIXELS = 60_000_000
MAX_PAGES = 300
MAX_OBJECTS = 20_000
ACTIVE_KEYS = frozenset(
    {
        "/JS",
        "/JavaScript",
        "/Launch",
        "/EmbeddedFile",
        "/EmbeddedFiles",
        "/RichMedia",
        "/XFA",
        "/OpenAction/JS",
    }
)
SIGNATURES = {"pdf": (b"%PDF-",), "png": (b"\x89PNG\r\n\x1a\n",), "jpg": (b"\xff\xd8\xff",)}
MEDIA_TYPES = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a file is (`format`), or why it is refused (`problem`: a stable code)."""

    format: str | None
    pages: int | None = None
    problem: str | None = None


def inspect(data: bytes, allowed: tuple[str, ...]) -> Finding:
    """Look at the whole content. Problems: empty, executable, wrong-format, broken, active-content, too-many-pages, too-large-picture."""
    if not data:
        return Finding(None, problem="empty")
    if (
        data[:2] == b"MZ"
        or data[:4] == b"\x7fELF"
        or data[:2] == b"#!"
        or data[:4] in (b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
    ):
        return Finding(None, problem="executable")
    found = next((name for name, heads in SIGNATURES.items() if data.startswith(heads)), None)
    if found is None or found not in allowed:
        return Finding(found, problem="wrong-format")
    return _inspect_pdf(data) if found == "pdf" else _inspect_picture(data, found)


def _inspect_picture(data: bytes, name: str) -> Finding:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=[{"jpg": "JPEG", "png": "PNG"}[name]]) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    return Finding(name, problem="too-large-picture")
                picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return Finding(name, problem="too-large-picture")
    except Exception:  # a hostile file may raise anything from a decoder
        return Finding(name, problem="broken")
    return Finding(name, pages=1)


def _inspect_pdf(data: bytes) -> Finding:
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted:
            return Finding("pdf", problem="broken")
        pages = len(reader.pages)
        if pages == 0:
            return Finding("pdf", problem="broken")
        if pages > MAX_PAGES:
            return Finding("pdf", problem="too-many-pages")
        if _is_active(reader):
            return Finding("pdf", pages, "active-content")
    except Exception:  # a hostile file may raise anything from a parser
        return Finding("pdf", problem="broken")
    return Finding("pdf", pages)


def _is_active(reader: PdfReader) -> bool:
    """Walk the document's objects from the trailer, bounded, and look for anything that acts."""
    waiting: list[object] = [reader.trailer]
    seen: set[tuple[int, int]] = set()
    visited = 0
    while waiting:
        visited += 1
        if visited > MAX_OBJECTS:
            return True  # more than we can look at: not accepted unseen
        item = waiting.pop()
        if isinstance(item, IndirectObject):
            key = (item.idnum, item.generation)
            if key in seen:
                continue
            seen.add(key)
            item = item.get_object()
        if isinstance(item, DictionaryObject):
            if ACTIVE_KEYS & set(item.keys()) or item.get("/S") in (
                "/JavaScript",
                "/Launch",
                "/ImportData",
                "/SubmitForm",
            ):
                return True
            waiting.extend(item.values())
        elif isinstance(item, ArrayObject):
            waiting.extend(item)
    return False

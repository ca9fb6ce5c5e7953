"""The service guide as files: every page of the portal that needs no server, in every language, with links between them.

    book.write(watched, Path("guide"))     index.html, app.css, en/services/food-permit.html, ...

The files can be opened from a disk, printed, and published by any web server. There are no scripts and no forms in them.
"""

from __future__ import annotations

import html
import json
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.wsgi import get_wsgi_application
from django.template.loader import render_to_string

from tongban.base.kit import text
from tongban.core.packs.pack import Pack

MANIFEST: Final = "guide.json"
"""Names every file of the guide, so that the next one takes away what is no longer in it."""
STYLE: Final = "app.css"

_DROPPED: Final = re.compile(
    r"""<script\b.*?</script>|<form\b.*?</form>|<link rel="icon"[^>]*>|<meta name="htmx-config"[^>]*>"""
    r"""| hx-[a-z-]+(:[a-z-]+)?=("[^"]*"|'[^']*')""",
    re.DOTALL,
)
_LINK: Final = re.compile(
    r"""<a\b(?P<before>[^>]*?) href="(?P<href>/[^"]*)"(?P<after>[^>]*)>(?P<inside>.*?)</a>""", re.DOTALL
)


class NotEmpty(ValueError):
    """The folder holds other things than a guide, which are not to be lost."""


def write(pack: Pack, folder: Path, progress: Callable[[Iterable[Any]], Iterable[Any]] = iter) -> int:
    """Writes the guide of the pack that is shown (`preview.watched`) into a folder; the number of pages.

    An older guide in the folder is replaced. Raises NotEmpty for a folder that holds anything else.
    """
    old = _held(folder)
    application = get_wsgi_application()
    paths = list(addresses(pack))
    known = {path: file_of(path) for path in paths}
    files: dict[str, bytes] = {}
    for language, path in progress([(code, path) for code, _ in settings.LANGUAGES for path in paths]):
        page = _rendered(application, path, language)
        files[f"{language}/{known[path]}"] = _still(page, language, path, known).encode()
    style = finders.find("kit/app.css")
    assert style is not None
    files[STYLE] = Path(style).read_bytes()
    files["index.html"] = _cover(pack).encode()
    files[MANIFEST] = _manifest(pack, files)
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    for name in old - files.keys():
        (folder / name).unlink(missing_ok=True)
    return len(paths) * len(settings.LANGUAGES)


def addresses(pack: Pack) -> Iterator[str]:
    """The address of each page of the guide."""
    yield from ("/", "/laws", "/glossary")
    for kind, entries in (
        ("events", pack.life_events),
        ("services", pack.services),
        ("collections", pack.collections),
        ("knowledge", pack.knowledge),
        ("laws", pack.laws),
    ):
        yield from (f"/{kind}/{entry}" for entry in sorted(entries))


def file_of(path: str) -> str:
    """`/services/food-permit` -> `services/food-permit.html`."""
    return "index.html" if path == "/" else f"{path.removeprefix('/')}.html"


def _held(folder: Path) -> frozenset[str]:
    """The files of the guide that the folder holds."""
    if not folder.is_dir() or not any(folder.iterdir()):
        return frozenset()
    try:
        names = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotEmpty(f"{folder} is not empty and holds no guide. Choose another folder.") from error
    inside = [name for name in names if isinstance(name, str) and ".." not in Path(name).parts]
    return frozenset(name for name in inside if not Path(name).is_absolute())


def _rendered(application: Any, path: str, language: str) -> str:
    """The page as the portal serves it to a visitor. Raises LookupError when it serves none."""
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_COOKIE": f"{settings.LANGUAGE_COOKIE_NAME}={language}",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        "wsgi.errors": None,
        "wsgi.multiprocess": False,
        "wsgi.multithread": False,
        "wsgi.run_once": False,
    }
    status: list[str] = []
    body = b"".join(application(environ, lambda line, _headers, _error=None: status.append(line)))
    if not status or not status[0].startswith("200"):
        raise LookupError(f"{path} cannot be drawn: {status[0] if status else 'no answer'}")
    return body.decode()


def _still(page: str, language: str, path: str, known: dict[str, str]) -> str:
    """The page as a file: links lead to other files, or to the portal if there is one."""
    here = f"{language}/{known[path]}"
    page = _DROPPED.sub("", page).replace(
        '<details class="fold', '<details open class="fold'
    )  # to be printed
    page = page.replace('href="/static/kit/app.css"', f'href="{_way(here, STYLE)}"')
    return _LINK.sub(lambda found: _link(found, here, language, known), page)


def _link(found: re.Match[str], here: str, language: str, known: dict[str, str]) -> str:
    address, mark, fragment = html.unescape(found["href"]).partition("#")
    address = address.partition("?")[0]
    for code, _name in settings.LANGUAGES:
        if address.startswith(f"/{code}/"):
            language, address = code, address.removeprefix(f"/{code}")
    if address == "/services":
        address = "/"
    if address in known:
        href = _way(here, f"{language}/{known[address]}") + mark + fragment
        return f'<a{found["before"]} href="{html.escape(href)}"{found["after"]}>{found["inside"]}</a>'
    return "" if "btn" in found["before"] + found["after"] else f"<span>{found['inside']}</span>"


def _way(here: str, there: str) -> str:
    return posixpath.relpath(there, posixpath.dirname(here))


def _cover(pack: Pack) -> str:
    """The first page: one link for each language."""
    brand = next((one.brand for one in reversed(pack.layers) if one.brand), None)
    languages = [
        (code, text.TAGS[code], name, text.in_language((brand or pack.manifest).name, code))
        for code, name in settings.LANGUAGES
    ]
    return render_to_string("guidebook/cover.html", {"languages": languages, "style": STYLE})


def _manifest(pack: Pack, files: Iterable[str]) -> bytes:
    said = {
        "pack": pack.manifest.id,
        "version": pack.manifest.version,
        "digest": pack.digest,
        "files": sorted([*files, MANIFEST]),
    }
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()

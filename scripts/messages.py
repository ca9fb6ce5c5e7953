"""Words of the pages: collect them, keep the Chinese catalogue, make the traditional one, compile both.

    python scripts/messages.py            collect, update, convert, compile; lists what has no translation yet
    python scripts/messages.py --check    write nothing; exit 1 when a translation is missing or a catalogue is stale

English is in the templates and the code. `zh_Hans` is written by people; `zh_Hant` is made from it by OpenCC.
Pure Python: no gettext programs are needed.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize
from opencc import OpenCC

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "tongban"
LOCALE = SOURCE / "base" / "kit" / "locale"
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""A fixed date in the headers, so that running this twice changes nothing."""

KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "msg": None,  # gettext_noop
    "gettext": None,
    "gettext_noop": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    # the message of a refusal is translated where the page is drawn
    **dict.fromkeys(("Refusal", "NotFound", "NotNow", "StaleVersion", "Invalid", "KeyReused", "TooLarge")),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--check", action="store_true", help="write nothing, exit 1 when something is missing"
    )
    check = parser.parse_args().check
    if not settings.configured:
        settings.configure(USE_I18N=True)

    chinese = updated(LOCALE / "zh_Hans" / "LC_MESSAGES" / "django.po", collected())
    stale = [
        path
        for path, content in files_of(chinese).items()
        if not path.exists() or path.read_bytes() != content
    ]
    if not check:
        for path, content in files_of(chinese).items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    elif stale:
        print("Stale: " + ", ".join(str(path.relative_to(ROOT)) for path in stale))
        print("Run: python scripts/messages.py")

    gaps = missing(chinese)
    for message in gaps:
        place = ", ".join(file for file, _ in message.locations)
        print(f"{place}: no Chinese for {message.id!r}", file=sys.stderr)
    print(f"{len(chinese)} messages, {len(gaps)} without Chinese")
    return 1 if check and (gaps or stale) else 0


def collected() -> Catalog:
    """Every message of templates and code, with the files that use it."""
    catalog = Catalog()
    for path in sorted((*SOURCE.rglob("*.html"), *SOURCE.rglob("*.txt"), *SOURCE.rglob("*.py"))):
        if "templates" not in path.parts and path.suffix != ".py":
            continue
        name = path.relative_to(ROOT).as_posix()
        for message, context in _messages(path):
            catalog.add(message, locations=[(name, 0)], context=context)
    return catalog


def updated(path: Path, fresh: Catalog) -> Catalog:
    """The catalogue on disk with exactly the messages that are used now."""
    catalog = Catalog(locale="zh_Hans", domain="django")
    if path.exists():
        with path.open("rb") as file:
            catalog = read_po(file, locale="zh_Hans", domain="django")
    catalog.update(fresh, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    _header(catalog)
    return catalog


def missing(catalog: Catalog) -> list[Message]:
    """Messages without a translation, with an unsure one, or with other placeholders than the English."""
    return [m for m in catalog if m.id and (m.fuzzy or not all(_strings(m)) or _placeholders_differ(m))]


def files_of(chinese: Catalog) -> dict[Path, bytes]:
    """What stands on disk: both catalogues, as text and compiled."""
    made: dict[Path, bytes] = {}
    for catalog, name in ((chinese, "zh_Hans"), (traditional(chinese), "zh_Hant")):
        folder = LOCALE / name / "LC_MESSAGES"
        text, compiled = io.BytesIO(), io.BytesIO()
        write_po(text, catalog, width=110, sort_output=True, ignore_obsolete=True, include_lineno=False)
        write_mo(compiled, catalog)
        made[folder / "django.po"] = text.getvalue()
        made[folder / "django.mo"] = compiled.getvalue()
    return made


def traditional(chinese: Catalog) -> Catalog:
    converter = OpenCC("s2tw")
    catalog = Catalog(locale="zh_Hant", domain="django")
    for message in chinese:
        if message.id:
            strings = tuple(converter.convert(string) for string in _strings(message))
            string = strings if isinstance(message.id, tuple) else strings[0]
            catalog.add(
                message.id, string, locations=message.locations, flags=message.flags, context=message.context
            )
    _header(catalog)
    return catalog


def _messages(path: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # templatize writes Python-like text in which indentation means nothing
        source = "\n".join(line.strip() for line in templatize(source, origin=str(path)).splitlines())
    for _line, function, message, _comments in extract_python(io.BytesIO(source.encode()), KEYWORDS, [], {}):
        parts = message if isinstance(message, tuple) else (message,)
        spec = KEYWORDS[function]
        context = next((parts[place[0] - 1] for place in spec or () if isinstance(place, tuple)), None)
        wanted = [place for place in spec or (1,) if isinstance(place, int)]
        found = tuple(parts[place - 1] for place in wanted if place <= len(parts))
        if found and all(isinstance(part, str) and part for part in found):
            yield (found if len(found) > 1 else found[0]), context


def _placeholders_differ(message: Message) -> bool:
    ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
    wanted = {name for text in ids for name in re.findall(r"%\(\w+\)[sd]", text)}
    return any(set(re.findall(r"%\(\w+\)[sd]", string)) != wanted for string in _strings(message))


def _strings(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, tuple | list) else (message.string or "",)


def _header(catalog: Catalog) -> None:
    catalog.project, catalog.version = "Tongban", "1"
    catalog.header_comment = "# Words of the pages. See scripts/messages.py."
    catalog.creation_date = catalog.revision_date = EPOCH
    catalog.last_translator, catalog.language_team = "Tongban contributors", "zh"
    catalog.fuzzy = False


if __name__ == "__main__":
    sys.exit(main())

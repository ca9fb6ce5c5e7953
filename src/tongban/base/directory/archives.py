"""Packs that somebody hands over: a folder, a ZIP or a tar, read into `{layer/path: bytes}` or refused whole.

    city-2.0.tar.gz                    ->  {"cn-city/pack.yaml": b"...", "cn-city/services/food.yaml": b"..."}
      cn-city/pack.yaml
      cn-city/services/food.yaml

An archive is hostile until it is read: nothing is unpacked to disk, no size that it states is believed, and one entry
that no pack needs (a link, a device, a path that leaves its layer) refuses all of it. Names with a leading dot are no
content and are left out, as in a folder.

    ArchiveRefused(Invalid)   what is wrong with which entry, and what to do
"""

from __future__ import annotations

import bz2
import io
import lzma
import stat
import struct
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext as _

from tongban.base.directory import sources
from tongban.base.kit.refusals import Invalid

MAX_ARCHIVE: Final = 20 * 1024 * 1024
"""Bytes of the archive itself."""
MAX_ENTRIES: Final = 10_000
MAX_RATIO: Final = 100
"""Unpacked bytes for each packed one; content of packs shrinks to a tenth at most."""
SMALL: Final = 1024 * 1024
"""What unpacks to less is no bomb, however well it was packed."""
MAX_NAME: Final = 240
"""Characters of a path."""
_TAR_ROOM: Final = sources.MAX_BYTES + MAX_ENTRIES * 1024
"""Bytes of the largest tar: its content and a header for each entry."""
_DECODER_MEMORY: Final = 128 * 1024 * 1024
_CENTRAL: Final = b"PK\x01\x02"
"""Begins each entry of a ZIP's directory."""
_ENCRYPTED: Final = 0x1
_BROKEN: Final = (
    tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, LookupError, NotImplementedError,
    OSError, OverflowError, RuntimeError, UnicodeError, ValueError,
)  # fmt: skip
"""What the readers raise at malformed archives."""


class ArchiveRefused(Invalid):
    """The archive cannot be taken; nothing of it was kept."""

    code = "archive-refused"


class _Entry(NamedTuple):
    """A file that an archive says it holds, not read yet."""

    name: str
    size: int
    read: Callable[[], bytes]


def read(path: Path, *others: Path) -> tuple[dict[str, bytes], str]:
    """The files of a pack and the name of its uppermost layer.

    Layers below it that are not in the archive, nor beside the folder, are taken from `others`. Raises
    `ArchiveRefused`, and `sources.NoSuchPack` where there is no pack at all.
    """
    found = path.resolve()
    if found.is_dir():
        return _folder(found, others), found.name
    if not found.is_file():
        raise sources.NoSuchPack(
            _("There is no file or folder %(path)s. Give the folder of a pack, or a ZIP or tar of it.") % {"path": path}
        )  # fmt: skip
    if found.stat().st_size > MAX_ARCHIVE:
        raise ArchiveRefused(
            _("%(name)s is larger than %(limit)s MB; a pack holds texts and small drawings.")
            % {"name": path.name, "limit": MAX_ARCHIVE // 1024 // 1024}
        )
    files = unpacked(found.read_bytes())
    top = _top(files)
    return {**_below(files, top, others), **files}, top


def unpacked(data: bytes) -> dict[str, bytes]:
    """The files of a ZIP or tar, keyed by their path in it. Raises `ArchiveRefused`."""
    if len(data) > MAX_ARCHIVE:
        raise ArchiveRefused(
            _("The archive is larger than %(limit)s MB.") % {"limit": MAX_ARCHIVE // 1024 // 1024}
        )
    try:
        if zipfile.is_zipfile(io.BytesIO(data)):
            return _collected(_zip_entries(data), len(data))
        return _collected(_tar_entries(data), len(data))
    except ArchiveRefused:
        raise
    except _BROKEN as error:
        raise ArchiveRefused(
            _("The archive cannot be read (%(reason)s). A pack comes as a folder, .zip, .tar, .tar.gz, .tar.bz2 or .tar.xz.")
            % {"reason": str(error) or type(error).__name__}
        ) from error  # fmt: skip


def refuse_links(root: Path) -> None:
    """A layer on disk holds plain files only: what a link points to is not in the pack. Raises `ArchiveRefused`."""
    for path in sorted(root.rglob("*")):
        if _hidden(path.relative_to(root).parts):
            continue
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise _refused(str(path), _("is a link or a device. Put a copy of the file in its place."))


def _folder(path: Path, others: tuple[Path, ...]) -> dict[str, bytes]:
    _refuse_links_below(path.name, (path.parent, *others))
    files = sources.read_layers(path.parent, path.name, *others)
    size = sum(len(data) for data in files.values())
    if size > sources.MAX_BYTES or len(files) > MAX_ENTRIES:
        raise _too_much()
    return files


def _refuse_links_below(top: str, folders: tuple[Path, ...]) -> None:
    """Before a byte is read through one: in the layer `top` and every layer below it."""
    layer: str | None = top
    seen: set[str] = set()
    while layer is not None and layer not in seen:
        seen.add(layer)
        root = sources.holder(layer, *folders) / layer
        refuse_links(root)
        manifest = root / "pack.yaml"
        layer = sources.extended(manifest.read_bytes()) if manifest.is_file() else None


# -- what is in it -----------------------------------------------------------------------------------------


def _collected(entries: Iterator[_Entry], packed: int) -> dict[str, bytes]:
    """Every file, once all names and sizes were found harmless: the first bad one ends it before a byte is read."""
    wanted: dict[str, _Entry] = {}
    spoken: dict[str, str] = {}
    total = 0
    for count, entry in enumerate(entries, start=1):
        total += entry.size
        if count > MAX_ENTRIES or total > sources.MAX_BYTES:
            raise _too_much()
        if total > max(SMALL, packed * MAX_RATIO):
            raise ArchiveRefused(
                _("The archive unpacks to more than %(ratio)s times its size; no content of a pack does.")
                % {"ratio": MAX_RATIO}
            )
        folded = _folded(entry.name)
        if folded in spoken:
            raise _refused(
                entry.name, _("stands there twice, or differs from %(other)s in case only. Keep one.") % {"other": spoken[folded]}
            )  # fmt: skip
        spoken[folded] = entry.name
        wanted[entry.name] = entry
    _refuse_files_as_folders(spoken)
    return {name: _whole(entry) for name, entry in wanted.items() if not _hidden(tuple(name.split("/")))}


def _whole(entry: _Entry) -> bytes:
    data = entry.read()
    if len(data) != entry.size:
        raise _refused(entry.name, _("has another size than the archive says."))
    return data


def _refuse_files_as_folders(spoken: dict[str, str]) -> None:
    for folded, name in spoken.items():
        steps = folded.split("/")
        for length in range(1, len(steps)):
            if (above := "/".join(steps[:length])) in spoken:
                raise _refused(
                    name, _("lies in %(other)s, which is a file. Rename one.") % {"other": spoken[above]}
                )


def _checked(name: str) -> str:
    """The path itself when it stays inside the archive. Raises `ArchiveRefused`."""
    steps = name.removeprefix("./").split("/")
    if name.startswith("/") or "\\" in name or ":" in name or ".." in steps:
        raise _refused(
            name, _("leaves its folder. Paths in a pack are relative and without `..`, `\\` or `:`.")
        )
    if not name.isprintable() or len(name) > MAX_NAME or any(step in ("", ".") for step in steps):
        raise _refused(name, _("is no plain path of at most %(most)s characters.") % {"most": MAX_NAME})
    return "/".join(steps)


def _folded(name: str) -> str:
    """Two names that this makes the same are one file on some systems."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _hidden(steps: tuple[str, ...]) -> bool:
    return any(step.startswith(".") for step in steps)


# -- ZIP ---------------------------------------------------------------------------------------------------


def _zip_entries(data: bytes) -> Iterator[_Entry]:
    if data.count(_CENTRAL) > MAX_ENTRIES:  # before zipfile makes an object of each
        raise _too_much()
    archive = zipfile.ZipFile(io.BytesIO(data))
    for item in archive.infolist():
        if item.is_dir():
            _checked(item.orig_filename.rstrip("/"))
            continue
        name = _checked(item.orig_filename)
        kind = stat.S_IFMT(item.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            raise _refused(name, _("is a link or a device. Put a copy of the file in its place."))
        if item.flag_bits & _ENCRYPTED:
            raise _refused(name, _("is encrypted. Pack it without a password."))
        if item.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _refused(name, _("is compressed in an unusual way. Use the ordinary ZIP (deflate)."))
        yield _Entry(name, item.file_size, _member(archive, item))


def _member(archive: zipfile.ZipFile, item: zipfile.ZipInfo) -> Callable[[], bytes]:
    def content() -> bytes:
        with archive.open(item) as stream:
            return stream.read(item.file_size + 1)  # one more than stated shows a wrong size

    return content


# -- tar ---------------------------------------------------------------------------------------------------


def _tar_entries(data: bytes) -> Iterator[_Entry]:
    archive = tarfile.TarFile(fileobj=io.BytesIO(_decompressed(data)))
    for item in archive:
        if item.isdir():
            if item.name.rstrip("/") != ".":
                _checked(item.name.rstrip("/"))
            continue
        name = _checked(item.name)
        if item.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or item.issparse():
            raise _refused(name, _("is a link or a device. Put a copy of the file in its place."))
        yield _Entry(name, item.size, _extracted(archive, item))


def _extracted(archive: tarfile.TarFile, item: tarfile.TarInfo) -> Callable[[], bytes]:
    def content() -> bytes:
        stream = archive.extractfile(item)
        return b"" if stream is None else stream.read()

    return content


def _decompressed(data: bytes) -> bytes:
    """The plain tar, never more of it than a pack can be: tarfile itself reads some headers whole."""
    opener = _opener(data)
    if opener is None:
        return data
    limit = min(_TAR_ROOM, max(SMALL, len(data) * MAX_RATIO) + MAX_ENTRIES * 1024)
    plain = bytearray()
    rest = data
    while rest and _opener(rest) is opener:  # parallel packers write several streams one after another
        stream = opener()
        plain += stream.decompress(rest, limit + 1 - len(plain))
        if len(plain) > limit:
            raise _too_much()
        if not stream.eof:
            raise EOFError("it ends in the middle")
        rest = stream.unused_data
    return bytes(plain)


def _gzip() -> Any:
    return zlib.decompressobj(wbits=31)


def _xz() -> Any:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_DECODER_MEMORY)


_OPENERS: Final[tuple[tuple[bytes, Callable[[], Any]], ...]] = (
    (b"\x1f\x8b", _gzip),
    (b"BZh", bz2.BZ2Decompressor),
    (b"\xfd7zXZ\x00", _xz),
)
"""How a compressed tar begins, and what reads it."""


def _opener(data: bytes) -> Callable[[], Any] | None:
    return next((opener for mark, opener in _OPENERS if data.startswith(mark)), None)


# -- layers ------------------------------------------------------------------------------------------------


def _top(files: dict[str, bytes]) -> str:
    """The layer of the archive that no other layer of it extends."""
    if "pack.yaml" in files:
        raise ArchiveRefused(
            _("pack.yaml lies at the top of the archive. Pack the layer's folder itself, so that it holds NAME/pack.yaml.")
        )  # fmt: skip
    layers = [name.split("/")[0] for name in files if name.count("/") == 1 and name.endswith("/pack.yaml")]
    below = {sources.extended(files[f"{layer}/pack.yaml"]) for layer in layers}
    tops = sorted(layer for layer in layers if layer not in below)
    if len(tops) != 1:
        raise ArchiveRefused(
            _("The archive holds several uppermost layers: %(layers)s. Pack one, with those below it.") % {"layers": ", ".join(tops)}
            if tops
            else _("The archive holds no layer: a folder with a pack.yaml that no other layer extends.")
        )  # fmt: skip
    strangers = sorted({name for name in files if name.split("/")[0] not in layers})
    if strangers:
        raise _refused(strangers[0], _("lies in no layer. A layer is a folder with a pack.yaml at its top."))
    return tops[0]


def _below(files: dict[str, bytes], top: str, others: tuple[Path, ...]) -> dict[str, bytes]:
    """The files of the first layer that the archive names and does not hold, and of all below that one."""
    layer: str | None = top
    seen: set[str] = set()
    while layer is not None and layer not in seen and f"{layer}/pack.yaml" in files:
        seen.add(layer)
        layer = sources.extended(files[f"{layer}/pack.yaml"])
    if layer is None or layer in seen or not others:
        return {}
    folder = sources.holder(layer, *others)
    if not (folder / layer / "pack.yaml").is_file():
        return {}  # the loader says who asked for it
    return sources.read_layers(folder, layer, *others)


def _refused(name: str, why: str) -> ArchiveRefused:
    plain = "".join(c if c.isprintable() else "?" for c in name)[:MAX_NAME]
    return ArchiveRefused(_("“%(entry)s” %(why)s Nothing was taken.") % {"entry": plain, "why": why})


def _too_much() -> ArchiveRefused:
    return ArchiveRefused(
        _("The pack has more than %(files)s files or %(size)s MB when unpacked.")
        % {"files": MAX_ENTRIES, "size": sources.MAX_BYTES // 1024 // 1024}
    )

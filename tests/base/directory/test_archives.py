"""A pack comes as a folder, a ZIP or a tar; whatever could reach beyond it is refused whole, with the entry named."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.core.packs import shop_pack

from tongban.base.directory import archives, sources
from tongban.base.directory.archives import ArchiveRefused
from tongban.core.packs import loader

FILES = shop_pack.files()
MANIFEST = b"id: land\nversion: 1.0.0\n"


def zipped(files: dict[str, bytes], **changes: object) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            for field, value in changes.items():
                setattr(info, field, value)
            archive.writestr(info, data)
    return buffer.getvalue()


def tarred(files: dict[str, bytes], *more: tarfile.TarInfo) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for info in more:
            archive.addfile(info)
    return buffer.getvalue()


def on_disk(folder: Path, files: dict[str, bytes] = FILES) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder / "city"


@pytest.mark.parametrize(
    ("ending", "pack"),
    [
        (".zip", zipped),
        (".tar", tarred),
        (".tar.gz", lambda files: gzip.compress(tarred(files))),
        (".tar.bz2", lambda files: bz2.compress(tarred(files))),
        (".tar.xz", lambda files: lzma.compress(tarred(files))),
    ],
)
def test_every_form_of_a_pack_reads_the_same(
    ending: str, pack: Callable[[dict[str, bytes]], bytes], tmp_path: Path
) -> None:
    path = tmp_path / f"any-name{ending}"
    path.write_bytes(pack(FILES))
    files, top = archives.read(path)
    assert (files, top) == (FILES, "city")
    assert archives.read(on_disk(tmp_path / "packs")) == (FILES, "city")
    assert loader.load(files, top).pack is not None


def test_streams_one_after_another_are_one_tar() -> None:
    whole = tarred(FILES)
    assert archives.unpacked(gzip.compress(whole[:700]) + gzip.compress(whole[700:])) == FILES


def test_layers_that_are_not_in_the_archive_are_taken_from_the_packs_folder(tmp_path: Path) -> None:
    on_disk(tmp_path / "packs")
    path = tmp_path / "city.zip"
    path.write_bytes(zipped({name: data for name, data in FILES.items() if name.startswith("city/")}))
    assert archives.read(path, tmp_path / "packs") == (FILES, "city")
    alone, _ = archives.read(path)
    assert [problem.code for problem in loader.load(alone, "city").problems] == ["unknown-layer"]


def test_names_with_a_dot_are_left_out_as_in_a_folder() -> None:
    more = {**FILES, "city/.DS_Store": b"x", "__MACOSX/city/._pack.yaml": b"x", ".git/config": b"x"}
    assert archives.unpacked(zipped(more)) == FILES
    assert archives.unpacked(tarred({f"./{name}": data for name, data in more.items()})) == FILES


BAD_NAMES = (
    "../evil.yaml", "/etc/evil.yaml", "city/../../evil.yaml", "city/..", "city\\evil.yaml", "c:/evil.yaml", "city//x.yaml",
    "city/./x.yaml", "city/x\n.yaml", "city/x\u202eyaml", "city/" + "x" * 240,
)  # fmt: skip


@pytest.mark.parametrize("pack", [zipped, tarred])
@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_path_that_leaves_the_folder_is_refused(
    pack: Callable[[dict[str, bytes]], bytes], name: str
) -> None:
    with pytest.raises(ArchiveRefused) as refused:
        archives.unpacked(pack({**FILES, name: b"x"}))
    assert refused.value.message.isprintable()
    assert name[:5].replace("\n", "?") in refused.value.message


def test_a_zip_name_with_a_hidden_end_is_refused() -> None:
    data = zipped({**FILES, "city/x.yamlZ.exe": b"x"}).replace(b"city/x.yamlZ.exe", b"city/x.yaml\0.exe")
    with pytest.raises(ArchiveRefused):
        archives.unpacked(data)


@pytest.mark.parametrize("pack", [zipped, tarred])
@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("City/Pack.yaml", "twice"),
        ("city/PACK.YAML", "twice"),
        ("city/pack.yaml/x.yaml", "which is a file"),
    ],
)
def test_names_that_are_one_on_some_systems_are_refused(
    pack: Callable[[dict[str, bytes]], bytes], name: str, why: str
) -> None:
    with pytest.raises(ArchiveRefused, match=why):
        archives.unpacked(pack({**FILES, name: b"x"}))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_entry_that_stands_there_twice_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("land/pack.yaml", MANIFEST)
        archive.writestr("land/pack.yaml", b"id: evil\n")
    with pytest.raises(ArchiveRefused, match="twice"):
        archives.unpacked(buffer.getvalue())
    with pytest.raises(ArchiveRefused, match="twice"):
        archives.unpacked(tarred({"land/pack.yaml": MANIFEST}, tarfile.TarInfo("land/pack.yaml")))


@pytest.mark.parametrize(
    "kind",
    [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.CONTTYPE],
)
def test_links_and_devices_of_a_tar_are_refused(kind: bytes) -> None:
    info = tarfile.TarInfo("city/services/link.yaml")
    info.type, info.linkname = kind, "/etc/passwd"
    with pytest.raises(ArchiveRefused, match="link or a device"):
        archives.unpacked(tarred(FILES, info))


def test_links_and_devices_of_a_zip_are_refused() -> None:
    for kind in (stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO):
        with pytest.raises(ArchiveRefused, match="link or a device"):
            archives.unpacked(zipped({"city/pack.yaml": b"/etc/passwd"}, external_attr=(kind | 0o777) << 16))


def test_links_in_a_folder_are_refused_and_what_they_point_to_is_not_read(tmp_path: Path) -> None:
    city = on_disk(tmp_path / "packs")
    (tmp_path / "secret.yaml").write_text("- id: secret\n")
    (city / "services").mkdir(exist_ok=True)
    (city / "services" / "extra.yaml").symlink_to(tmp_path / "secret.yaml")
    with pytest.raises(ArchiveRefused, match=r"extra\.yaml.*link"):
        archives.read(city)


def test_links_in_a_layer_below_are_refused_too(tmp_path: Path) -> None:
    city = on_disk(tmp_path / "packs")
    (tmp_path / "packs" / "land" / "facts" / "all.yaml").unlink()
    (tmp_path / "packs" / "land" / "facts" / "all.yaml").symlink_to("/dev/zero")
    with pytest.raises(ArchiveRefused, match=r"all\.yaml.*link"):
        archives.read(city)


def test_a_folder_larger_than_any_pack_is_refused(tmp_path: Path) -> None:
    city = on_disk(tmp_path / "packs")
    with (city / "README.md").open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    with pytest.raises(ArchiveRefused, match="50 MB"):
        archives.read(city)


def test_a_layer_below_that_leaves_the_folder_is_not_looked_for(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    on_disk(tmp_path, {"outside/pack.yaml": b"id: outside\n", "outside/laws/x.yaml": b"[]\n"})
    for below in ("../outside", str(outside), "..", ["../outside"], 7):
        manifest = f"id: city\nextends: {below}\n".encode()
        city = on_disk(tmp_path / "packs", {"city/pack.yaml": manifest})
        files = sources.read_layers(city.parent, "city")
        assert set(files) == {"city/pack.yaml"}
        found = loader.load(files, "city").problems
        assert {problem.code for problem in found} & {"unknown-layer", "wrong-type", "bad-value", "not-text"}
        path = tmp_path / "city.zip"
        path.write_bytes(zipped({"city/pack.yaml": manifest}))
        assert set(archives.read(path, tmp_path / "packs")[0]) == {"city/pack.yaml"}


# -- too much ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pack",
    [
        zipped, tarred, lambda files: gzip.compress(tarred(files)), lambda files: bz2.compress(tarred(files)),
        lambda files: lzma.compress(tarred(files)),
    ],
)  # fmt: skip
def test_a_hundred_megabytes_are_refused(pack: Callable[[dict[str, bytes]], bytes]) -> None:
    with pytest.raises(ArchiveRefused):
        archives.unpacked(pack({"city/pack.yaml": bytes(100 * 1024 * 1024)}))


def test_a_bomb_below_the_size_limit_is_refused_by_its_ratio() -> None:
    bomb = zipped({"city/pack.yaml": bytes(30 * 1024 * 1024)})
    with pytest.raises(ArchiveRefused, match="times its size"):
        archives.unpacked(bomb)


def test_a_size_that_is_a_lie_is_found_out() -> None:
    data = bytearray(zipped({"city/pack.yaml": b"id: city\n" * 100}))
    end = data.rindex(b"PK\x01\x02")
    data[end + 24 : end + 28] = (5).to_bytes(4, "little")
    with pytest.raises(ArchiveRefused):
        archives.unpacked(bytes(data))


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_too_many_entries_are_refused(pack: Callable[[dict[str, bytes]], bytes]) -> None:
    with pytest.raises(ArchiveRefused, match="10000 files"):
        archives.unpacked(pack({f"city/x{number}.yaml": b"" for number in range(archives.MAX_ENTRIES + 1)}))


def test_a_tar_header_that_is_itself_a_bomb_is_refused() -> None:
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.XHDTYPE, 8**11 - 1
    data = gzip.compress(header.tobuf(tarfile.USTAR_FORMAT) + bytes(100 * 1024 * 1024))
    with pytest.raises(ArchiveRefused):
        archives.unpacked(data)


def test_an_archive_of_twenty_megabytes_is_not_even_opened(tmp_path: Path) -> None:
    path = tmp_path / "big.zip"
    with path.open("wb") as file:
        file.truncate(archives.MAX_ARCHIVE + 1)
    with pytest.raises(ArchiveRefused, match="20 MB"):
        archives.read(path)


# -- no archive --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cut", [1, 10, 100, 500])
@pytest.mark.parametrize("pack", [zipped, lambda files: gzip.compress(tarred(files))])
def test_a_broken_archive_is_refused(pack: Callable[[dict[str, bytes]], bytes], cut: int) -> None:
    with pytest.raises(ArchiveRefused):
        archives.unpacked(pack(FILES)[:-cut])


@pytest.mark.parametrize("data", [b"PK", b"no archive at all", b"\x1f\x8b", b"BZh9", b"\xfd7zXZ\x00"])
def test_what_is_no_archive_is_refused(data: bytes) -> None:
    with pytest.raises(ArchiveRefused, match="cannot be read"):
        archives.unpacked(data)


def test_an_encrypted_zip_is_refused() -> None:
    data = bytearray(zipped({"city/pack.yaml": MANIFEST}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.rindex(mark) + offset] |= 1
    with pytest.raises(ArchiveRefused, match="password"):
        archives.unpacked(bytes(data))


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"pack.yaml": MANIFEST}, r"NAME/pack\.yaml"),
        ({"notes/readme.md": b"x"}, "no layer"),
        ({"land/pack.yaml": MANIFEST, "sea/pack.yaml": MANIFEST}, "land, sea"),
        ({"land/pack.yaml": MANIFEST, "stray/x.yaml": b"x"}, "stray/x.yaml"),
    ],
)
def test_an_archive_without_one_pack_is_told_what_to_do(
    files: dict[str, bytes], why: str, tmp_path: Path
) -> None:
    path = tmp_path / "some.zip"
    path.write_bytes(zipped(files))
    with pytest.raises(ArchiveRefused, match=why):
        archives.read(path)


def test_nothing_there_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(sources.NoSuchPack, match=r"missing\.zip"):
        archives.read(tmp_path / "missing.zip")
    with pytest.raises(sources.NoSuchPack, match=r"pack\.yaml"):
        archives.read(tmp_path)

"""`tongban pack watch`: problems after every save, and the pages of the portal without a database."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import pytest
from tests.core.packs import shop_pack

from tongban.base.directory.sources import NoSuchPack
from tongban.doors.preview.watched import Watched

BROKEN = "\n- {id: nothing-yet, name: {zh: 空, en: Empty}}\n"


def write(folder: Path) -> Path:
    """The small pack in a folder; the path of its upper layer."""
    for name, content in shop_pack.files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder / "city"


def append(path: Path, text: str) -> str:
    """Add to a file; what it held before."""
    before = path.read_text(encoding="utf-8")
    path.write_text(before + text, encoding="utf-8")
    return before


def test_a_change_of_any_layer_is_seen_and_the_last_sound_pack_stays(tmp_path: Path) -> None:
    watched = Watched(write(tmp_path))
    with pytest.raises(LookupError):
        watched.current()
    assert watched.look()
    sound = watched.current()
    assert not watched.look()
    services = tmp_path / "land" / "services" / "all.yaml"
    before = append(services, BROKEN)
    assert watched.look()
    assert {problem.code for problem in watched.problems} == {"missing-field"}
    assert watched.current() is sound
    services.write_text(before.replace("Shop permit", "Permit of a shop"), encoding="utf-8")
    assert watched.look()
    assert watched.problems == ()
    assert watched.current().services["shop-permit"].name.en == "Permit of a shop"
    assert watched.version == 3


def test_only_the_layers_are_looked_at_and_a_layer_that_comes_later_is_seen(tmp_path: Path) -> None:
    city = write(tmp_path)
    land = (tmp_path / "land").rename(tmp_path / "away")
    watched = Watched(city)
    assert watched.look()
    assert {problem.code for problem in watched.problems} >= {"unknown-layer"}
    beside = tmp_path / "letters" / "of-somebody.txt"
    beside.parent.mkdir()
    beside.write_text("nothing to do with the pack", encoding="utf-8")
    assert not watched.look()
    land.rename(tmp_path / "land")
    assert watched.look()
    assert watched.problems == ()


def test_a_manifest_that_is_away_while_it_is_saved_ends_nothing(tmp_path: Path) -> None:
    city = write(tmp_path)
    watched = Watched(city)
    assert watched.look()
    manifest = (city / "pack.yaml").rename(city / "pack.yaml~")
    assert not watched.look()
    manifest.rename(city / "pack.yaml")
    assert not watched.look()
    assert watched.current().manifest.id == "city"
    with pytest.raises(NoSuchPack):
        Watched(tmp_path / "nothing").look()


@dataclass
class Running:
    base: str
    folder: Path
    lines: Queue[str]

    def get(self, path: str) -> tuple[int, str]:
        request = urllib.request.Request(self.base + path, headers={"Accept-Language": "en"})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def said(self, words: str) -> str:
        """The next line of the terminal that holds these words."""
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                line = self.lines.get(timeout=1)
            except Empty:
                continue
            if words in line:
                return line
        raise AssertionError(f"nothing was said of {words!r}")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("watched")
    write(folder)
    env = {name: value for name, value in os.environ.items() if not name.startswith(("TONGBAN_", "DJANGO_"))}
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "tongban.doors.cli.main", "pack", "watch", str(folder / "city"), "--port", "0"],
        env={**env, "LC_ALL": "C.UTF-8", "TONGBAN_PACKS": str(folder)},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder,
    )  # fmt: skip
    lines: Queue[str] = Queue()
    Thread(target=lambda: [lines.put(line) for line in process.stdout or ()], daemon=True).start()
    found = Running("", folder, lines)
    try:
        address = re.search(r"http://localhost:\d+", found.said("Preview at"))
        assert address
        found.base = address[0]
        found.said("No problems")
        yield found
    finally:
        process.terminate()
        process.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def test_the_pages_of_the_portal_show_the_pack_without_a_database(running: Running) -> None:
    for path in ("/", "/services", "/events/open-shop", "/services/shop-permit", "/laws/shop-law", "/preview/questions/open-shop"):  # fmt: skip
        status, page = running.get(path)
        assert status == 200, path
        assert "preview.js" in page, path
        assert "/sign-in" not in page, path
    assert running.get("/events/none")[0] == 404
    assert running.get("/preview/questions/none")[0] == 404
    assert not (running.folder / ".tongban").exists()


def test_the_questions_go_on_with_each_answer(running: Running) -> None:
    first = running.get("/preview/questions/open-shop")[1]
    assert "How large?" in first
    assert "still open" in first
    small = running.get("/preview/questions/open-shop?area=5&kind=stall")[1]
    assert "does not apply" in small
    assert "No more questions" in small
    large = running.get("/preview/questions/open-shop?area=500")[1]
    assert "does not apply" not in large
    assert "Lease" in large
    wrong = running.get("/preview/questions/open-shop?area=many")[1]
    assert 'aria-invalid="true"' in wrong
    assert "many" in wrong


def test_a_save_is_checked_at_once_and_the_page_knows(running: Running) -> None:
    version = running.get("/preview/version")[1]
    services = running.folder / "land" / "services" / "all.yaml"
    before = append(services, BROKEN)
    try:
        assert "nothing-yet" in running.said("nothing-yet")
        assert running.get("/preview/version")[1] > version
        page = running.get("/")[1]
        assert "land/services/all.yaml" in page
        assert running.get("/events/open-shop")[0] == 200
    finally:
        services.write_text(before, encoding="utf-8")
    running.said("No problems")
    assert "land/services/all.yaml" not in running.get("/")[1]

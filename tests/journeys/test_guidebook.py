"""`tongban pack export --format html`: a folder of pages that leads nowhere outside itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser
from tests.core.packs import shop_pack
from tests.journeys.steps import looks_right

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("zh-hans", "zh-hant", "en")


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        self.ids.add(given.get("id") or "")
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))
        if tag == "link":
            self.loaded.append(str(given["href"]))
        assert not [name for name in given if name.startswith(("hx-", "on"))], (tag, given)


def export(out: Path, pack: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [
        Path(sys.executable).parent / "tongban",
        "pack",
        "export",
        pack,
        "--format",
        "html",
        "--out",
        out,
    ]
    environment = {**os.environ, "LC_ALL": "en_US.UTF-8", "TONGBAN_PACKS": str(pack.parent)}
    return subprocess.run([*command, *words], capture_output=True, text=True, env=environment, check=False)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small pack, drawn in a second."""
    root = tmp_path_factory.mktemp("packs")
    for name, content in shop_pack.files().items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root / "city"


@pytest.fixture(scope="module")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of the pack of a whole city."""
    out = tmp_path_factory.mktemp("out") / "guide"
    done = export(out, ROOT / "packs" / "cn-qingqu")
    assert done.returncode == 0, done.stderr
    assert f"pages in {out}. Open {out / 'index.html'}" in done.stdout
    return out


def test_every_service_and_event_has_a_page_in_every_language(guide: Path) -> None:
    for language in LANGUAGES:
        for name in ("index", "services/food-permit", "events/open-restaurant", "laws/food-safety-law"):
            assert (guide / language / f"{name}.html").is_file(), (language, name)
    names = {"en": "Food business permit", "zh-hans": "食品经营许可", "zh-hant": "食品經營許可"}
    for language, name in names.items():
        assert name in (guide / language / "services/food-permit.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(("width", "scheme", "page"), [(375, "dark", "zh-hans/index"), (1280, "light", "en/index"), (375, "light", "en/services/food-permit")])  # fmt: skip
def test_it_reads_well_from_a_disk(guide: Path, browser: Browser, width: int, scheme: str, page: str) -> None:
    shown = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    shown.goto((guide / f"{page}.html").as_uri())
    looks_right(shown)
    assert not shown.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    shown.close()


def test_each_link_leads_to_a_page_of_the_guide_and_to_a_place_in_it(guide: Path) -> None:
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in guide.rglob("*.html")}
    assert len(pages) > 3 * 100
    reached: set[Path] = set()
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            outside = parts.scheme or parts.netloc or parts.path.startswith("/")
            assert not outside, (path, link)
            there = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert there in pages, (path, link)
            reached.add(there)
            assert not parts.fragment or parts.fragment in pages[there].ids, (path, link)
    assert reached >= pages.keys() - {guide / "index.html"}


def test_nothing_in_it_runs_or_is_sent_and_all_it_loads_is_there(guide: Path) -> None:
    for path in guide.rglob("*.html"):
        page = Page(path.read_text(encoding="utf-8"))
        assert page.tags.isdisjoint({"script", "form", "iframe", "object"}), path
        for loaded in page.loaded:
            assert (path.parent / loaded).resolve().is_file(), (path, loaded)
        assert "csrf" not in path.read_text(encoding="utf-8")


def test_what_is_folded_on_the_portal_is_open_so_that_it_prints(guide: Path) -> None:
    page = (guide / "en/events/open-restaurant.html").read_text(encoding="utf-8")
    assert page.count("<details") == page.count("<details open") > 0


def test_the_manifest_names_every_file_and_the_pack(guide: Path) -> None:
    said = json.loads((guide / "guide.json").read_text(encoding="utf-8"))
    assert said["pack"] == "cn-qingqu"
    assert said["digest"].startswith("sha256:")
    found = {path.relative_to(guide).as_posix() for path in guide.rglob("*") if path.is_file()}
    assert set(said["files"]) == found


def test_a_new_guide_takes_the_place_of_the_old_and_of_nothing_else(city: Path, tmp_path: Path) -> None:
    out = tmp_path / "guide"
    out.mkdir()
    (out / "mine.txt").write_text("mine", encoding="utf-8")
    refused = export(out, city)
    assert refused.returncode == 1
    assert "is not empty and holds no guide. Choose another folder." in refused.stderr
    assert [path.name for path in out.iterdir()] == ["mine.txt"]
    (out / "guide.json").write_text(
        '{"files": ["en/services/gone.html", "../../outside", "guide.json"]}', encoding="utf-8"
    )
    (out / "en/services").mkdir(parents=True)
    (out / "en/services/gone.html").write_text("old", encoding="utf-8")
    (tmp_path.parent / "outside").write_text("not of the guide", encoding="utf-8")
    done = export(out, city, "--base", "https://portal.example")
    assert done.returncode == 0, done.stderr
    assert not (out / "en/services/gone.html").exists()
    assert (out / "mine.txt").exists()
    assert (tmp_path.parent / "outside").exists()
    event = (out / "en/events/open-shop.html").read_text(encoding="utf-8")
    assert 'href="https://portal.example/events/open-shop"' in event


@pytest.mark.parametrize("base", ["javascript:alert(1)", "https://portal.example/path", 'https://x"y'])
def test_an_address_that_is_no_portal_is_refused(base: str, city: Path, tmp_path: Path) -> None:
    done = export(tmp_path / "guide", city, "--base", base)
    assert done.returncode == 1
    assert "--base is a scheme and a host" in done.stderr
    assert not (tmp_path / "guide").exists()

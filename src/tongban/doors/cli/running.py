"""`tongban demo`, `tongban serve`, `tongban worker`, `tongban stop`: running a node."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from types import FrameType

import click

from tongban.base.kit import environment
from tongban.doors.cli import boot, lazily

SECONDS_TO_START = 120
"""A machine that is busy with other things takes half a minute."""
WORKER = (sys.executable, "-m", "tongban.doors.cli.main", "worker")
"""The command of a node's worker."""


class _Demo(lazily.Lazy):
    places = {"population": "tongban.doors.cli.populating:population"}


@click.group(cls=_Demo, invoke_without_command=True)
@click.pass_context
@click.option("--serve", "and_serve", is_flag=True, help="Start web and worker afterwards.")
def demo(context: click.Context, and_serve: bool) -> None:
    """Set up a database with demo people and content (once), and optionally serve it.

    Refuses a database that was set up for production.
    """
    if context.invoked_subcommand is not None:
        return
    from datetime import UTC, datetime

    started = time.monotonic()
    _say("Starting the database ...")
    boot.django(owner=True)
    boot.prepare()
    _say("Installing the packs ...")
    from tongban.base.audit import actions as audit
    from tongban.base.audit import queries as audited
    from tongban.doors.demo import content

    now = datetime.now(UTC)
    if audited.stamped() not in (None, "demo"):
        raise click.ClickException(
            "This database is for production. Demo content never goes there; set TONGBAN_HOME or TONGBAN_DATABASE_URL to another one."
        )
    audit.stamp(kind="demo", now=now)
    boot.install_packs(now)
    boot.publish_trust_list(now)
    people = content.load(now=now)
    _say(f"Ready after {time.monotonic() - started:.1f} s.")
    if and_serve:
        _serve(people)
    else:
        _introduce(people, environment.text("TONGBAN_PORT", "8000"))


@click.command()
def serve() -> None:
    """Set up or update the database of this node, then serve web and worker until Ctrl+C."""
    from datetime import UTC, datetime

    boot.django(owner=True)
    boot.prepare()
    from tongban.base.audit import actions as audit

    now = datetime.now(UTC)
    audit.stamp(kind="production", now=now)
    boot.install_packs(now)
    boot.publish_trust_list(now)
    _serve([])


@click.command(hidden=True)
def worker() -> None:
    """Work off the outbox and the clock until told to stop."""
    boot.django()
    from django.core.management import call_command

    call_command(
        "procrastinate",
        "worker",
        "--fetch-job-polling-interval",
        "0.5",
        "--concurrency",
        "2",
        "--shutdown-graceful-timeout",
        "10",
        verbosity=0,
    )


@click.command()
def stop() -> None:
    """Stop the node that serves from this TONGBAN_HOME."""
    path = environment.home() / "serve.pid"
    try:
        pid = int(path.read_text())
        os.kill(pid, signal.SIGTERM)
    except (FileNotFoundError, ValueError, ProcessLookupError):
        click.echo("Nothing is running here.")
        return
    for _ in range(150):
        if not path.exists():
            break
        time.sleep(0.1)
    click.echo("Stopped.")


def web_command(host: str, port: str) -> list[str]:
    """The web server of a node, as it is started wherever one is."""
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", environment.text("TONGBAN_WORKERS", "2"),
        "--host", host, "--port", port, "--blocking-threads", "8", "--backpressure", "64", "--log-level", "error", "--no-access-log",
        "--respawn-failed-workers",
        "tongban.config.wsgi:application",
    ]  # fmt: skip


def _serve(people: list[tuple[str, str]]) -> None:
    port = environment.text("TONGBAN_PORT", "8000")
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise click.ClickException(f"TONGBAN_PORT is {port!r}; it must be a port number such as 8000.")
    _require_free(int(port))
    env = {name: value for name, value in os.environ.items() if name != "TONGBAN_AS"}
    env["DJANGO_SETTINGS_MODULE"] = "tongban.config.settings"
    env["TONGBAN_PLACE"] = environment.text("TONGBAN_PLACE") or boot.place()
    host = environment.text("TONGBAN_BIND", "127.0.0.1")
    children = {"web": subprocess.Popen(web_command(host, port), env=env, start_new_session=True)}
    children["worker"] = subprocess.Popen(WORKER, env=env, start_new_session=True)
    pid_file = environment.home() / "serve.pid"
    pid_file.write_text(str(os.getpid()))
    stopping = False

    def finish(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, finish)
    signal.signal(signal.SIGINT, finish)
    _wait_until_answering(host, int(port), children["web"])
    _introduce(people, port)
    while not stopping:
        time.sleep(0.3)
        if children["web"].poll() is not None:
            click.echo("The web server ended unexpectedly; stopping.", err=True)
            break
        if children["worker"].poll() is not None:
            children["worker"] = subprocess.Popen(WORKER, env=env, start_new_session=True)
    _say("Stopping ...")
    for child in children.values():
        child.terminate()
    for child in children.values():
        try:
            child.wait(timeout=12)
        except subprocess.TimeoutExpired:
            child.kill()
    pid_file.unlink(missing_ok=True)


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise click.ClickException(
                f"Port {port} is in use. Stop what uses it (`tongban stop`), or choose another: TONGBAN_PORT=8080 make run"
            ) from error


def _wait_until_answering(host: str, port: int, web: subprocess.Popen[bytes]) -> None:
    for _ in range(SECONDS_TO_START * 10):
        if web.poll() is not None:
            raise click.ClickException("The web server did not start; its message is above.")
        with socket.socket() as probe:
            if probe.connect_ex((host, port)) == 0:
                return
        time.sleep(0.1)
    raise click.ClickException(f"The web server did not answer within {SECONDS_TO_START} seconds.")


def _introduce(people: list[tuple[str, str]], port: str) -> None:
    click.echo()
    click.echo(f"  Tongban (通办) serves  http://localhost:{port}")
    if people:
        click.echo(f"  Choose who you are at http://localhost:{port}/demo")
        width = max(len(name) for name, _ in people)
        for name, what in people:
            click.echo(f"    {name:<{width}}  {what}")
    click.echo("  Stop with Ctrl+C or `.venv/bin/tongban stop`; the data stays in " + str(environment.home()))
    click.echo()


def _say(text: str) -> None:
    click.echo(text, err=True)

"""`tongban pack watch PATH`: every problem after every save, and the pages as they will look."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from datetime import datetime
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, NoReturn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import click

from tongban.doors.cli import packs

if TYPE_CHECKING:
    from tongban.doors.preview.watched import Watched

EVERY: float = 0.5
"""Seconds between two looks at the files."""


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--port", default=8001, show_default=True, help="Of the preview; 0 for any free one.")
def watch(path: Path, port: int) -> None:
    """Check a pack again whenever a file is saved, and show its guide and its questions in the browser.

    Until Ctrl+C. Nothing is installed; while there are problems the pages show the pack as it was before them.
    """
    with tempfile.TemporaryDirectory(prefix="tongban-watch-") as home:
        os.environ["TONGBAN_HOME"] = home  # nothing of a node is touched
        watched = _watched(path.resolve())
        server = _serve(watched, port)
        try:
            _follow(watched)
        except KeyboardInterrupt:
            click.echo("Stopped.")
        finally:
            server.shutdown()
            server.server_close()


def _watched(path: Path) -> Watched:
    from tongban.doors.preview.watched import Watched

    watched = Watched(path, (packs.folder(),))
    watched.look()  # a folder without a pack ends here, before anything is served
    return watched


def _follow(watched: Watched) -> NoReturn:
    _say(watched)
    while True:
        time.sleep(EVERY)
        if watched.look():
            _say(watched)


def _say(watched: Watched) -> None:
    at = datetime.now().astimezone().strftime("%H:%M:%S")
    for problem in watched.problems:
        click.echo(f"  {packs.told(problem)}")
    pack = watched.pack
    if watched.problems or pack is None:
        click.echo(f"{at}  {len(watched.problems)} problems")
    else:
        click.echo(f"{at}  {len(pack.life_events)} life events, {len(pack.services)} services. No problems.")


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """The terminal is for problems."""


def _serve(watched: Watched, port: int) -> WSGIServer:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tongban.config.preview"
    import django
    from django.core.wsgi import get_wsgi_application

    django.setup()
    from tongban.base.directory import queries
    from tongban.doors.preview import watched as preview

    preview.show(watched, queries.show_instead)
    try:
        server = make_server("127.0.0.1", port, get_wsgi_application(), _Server, _Quiet)
    except OSError as error:
        raise click.ClickException(f"Port {port} is in use. Choose another: --port 8002") from error
    threading.Thread(target=server.serve_forever, daemon=True).start()
    click.echo(f"Preview at http://localhost:{server.server_port}  (Ctrl+C to stop)")
    return server

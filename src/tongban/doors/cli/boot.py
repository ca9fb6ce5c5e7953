"""Starting the database and Django for the commands that need them; most do not."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

import click

from tongban.base.kit import environment


def needs_database(group: click.Group) -> click.Group:
    """Start the database before any command of `group` runs (but not for --help)."""
    inner = group.callback

    def callback(**parameters: object) -> None:
        if not {"-h", "--help"} & set(sys.argv):
            django()
        if inner is not None:
            inner(**parameters)

    group.callback = callback
    return group


def django(*, owner: bool = False) -> None:
    """Database and Django in this process. As the owner only for migrations and installation."""
    start_database()
    if owner:
        os.environ["TONGBAN_AS"] = "owner"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.config.settings")
    import django as framework

    framework.setup()
    if not owner:
        _require_migrated()


def start_database() -> str:
    """URL of the database: that of the environment, else of the embedded server, started if need be."""
    from tongban.base.engines import postgres

    url = environment.text("TONGBAN_DATABASE_URL") or postgres.start(environment.home() / "postgres")
    os.environ["TONGBAN_DATABASE_URL"] = url
    return url


def prepare() -> None:
    """Bring the database to this version: role, migrations, rights, static files. Safe to repeat."""
    from django.conf import settings
    from django.core.management import call_command

    from tongban.base.engines import postgres

    url = os.environ["TONGBAN_DATABASE_URL"]
    postgres.prepare_role(url, environment.APP_ROLE)
    call_command("migrate", verbosity=0, interactive=False)
    postgres.grant(url, environment.APP_ROLE, append_only=_append_only())
    stamp = Path(settings.STATIC_ROOT) / ".version"
    wanted = _static_version()
    if not stamp.exists() or stamp.read_text() != wanted:
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(wanted)


def _append_only() -> tuple[str, ...]:
    """Tables of all rooms that web and worker may only add to."""
    from tongban.base.audit import queries as audit
    from tongban.work.hotline import queries as hotline
    from tongban.work.market import queries as market
    from tongban.work.policies import queries as policies

    return tuple(table for room in (audit, policies, market, hotline) for table in room.append_only_tables())


def install_packs(now: datetime) -> None:
    """Install the uppermost pack of the packs folder; does nothing when its digest is in force already, or was until
    another was added by hand."""
    from django.conf import settings

    from tongban.base.directory import actions, sources
    from tongban.base.kit.acting import system

    top = sources.top_layer(settings.PACKS)
    acting = system(now, settings.PLACE, "installation")
    try:
        files = sources.read_layers(settings.PACKS, top)
        actions.install_pack(acting=acting, files=files, top=top, again=False)
    except actions.PackRefused as refused:
        from tongban.doors.cli import packs

        for problem in refused.problems:
            click.echo(str(packs.told(problem)), err=True)
        raise click.ClickException(
            f"The pack {top} has {len(refused.problems)} problems; nothing was installed."
        ) from refused


def publish_trust_list(now: datetime) -> None:
    """Write the public keys of this node's issuers to `$TONGBAN_HOME/trust-list.json`."""
    from django.conf import settings

    from tongban.base.directory import queries
    from tongban.base.kit.acting import system
    from tongban.records.licences import actions

    actions.publish_trust_list(acting=system(now, settings.PLACE or queries.default_place(), "installation"))


def place() -> str:
    """Division code of the place this node serves: that of the pack in force."""
    from tongban.base.directory import queries

    return queries.default_place()


def _require_migrated() -> None:
    from django.db import ProgrammingError, connection

    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM audit_entry LIMIT 1")
    except ProgrammingError as error:
        raise click.ClickException(
            "This database is empty. Run `tongban demo` for a trial or `tongban serve` to set it up."
        ) from error


def _static_version() -> str:
    """Changes whenever a static file of ours does."""
    import hashlib

    import tongban
    from tongban import __version__

    root = Path(tongban.__file__).parent
    digest = hashlib.sha256(__version__.encode())
    for path in sorted(root.glob("*/*/static/**/*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()

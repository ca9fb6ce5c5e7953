"""`tongban NOUN VERB`: the command line. Rooms bring their own groups; this module only assembles them."""

from __future__ import annotations

import sys
from functools import cache

import click

from tongban import __version__
from tongban.doors.cli import lazily

_HERE = "tongban.doors.cli"


class Commands(lazily.Lazy):
    places = {
        "ask": f"{_HERE}.asking:ask",
        "audit": "tongban.base.audit.commands:audit",
        "decision": "tongban.work.cases.commands:decision",
        "demo": f"{_HERE}.running:demo",
        "demo-two": f"{_HERE}.two:demo_two",
        "demo-two-prepare": f"{_HERE}.two:prepare",
        "doctor": f"{_HERE}.doctor:doctor",
        "files": "tongban.base.files.commands:files",
        "inspection": "tongban.work.cases.commands:inspection",
        "licence": "tongban.records.licences.commands:licence",
        "notice": "tongban.base.notices.commands:notice",
        "pack": f"{_HERE}.packs:pack",
        "peer": f"{_HERE}.peers:peer",
        "plan": f"{_HERE}.plans:plan",
        "policy": f"{_HERE}.policies:policy",
        "ready": f"{_HERE}.reading:show_ready",
        "retention": f"{_HERE}.retaining:retention",
        "rule": f"{_HERE}.rules.commands:rule",
        "serve": f"{_HERE}.running:serve",
        "stop": f"{_HERE}.running:stop",
        "worker": f"{_HERE}.running:worker",
    }
    needing_the_database = ("audit", "decision", "files", "inspection", "notice", "peer", "retention")

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = super().get_command(ctx, cmd_name)
        if cmd_name in self.needing_the_database and isinstance(found, click.Group):
            return _with_database(found)
        return found


@cache
def _with_database(group: click.Group) -> click.Group:
    from tongban.doors.cli import boot

    return boot.needs_database(group)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tongban")
def cli() -> None:
    """Tongban (通办): the operating software of a digital government."""


def main() -> None:
    """Entry point. Mistakes of the user end in one plain line and exit 1 or 2, never in a stack trace."""
    from tongban.base.directory.sources import NoSuchPack
    from tongban.base.engines.postgres import DatabaseUnavailable
    from tongban.base.kit.refusals import Refusal

    try:
        cli(prog_name="tongban")
    except (DatabaseUnavailable, NoSuchPack, Refusal) as error:
        click.echo(f"tongban: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()

"""`tongban NOUN VERB`: the command line. Rooms bring their own groups; this module only assembles them."""

from __future__ import annotations

import sys

import click

from tongban import __version__
from tongban.base.audit.commands import audit
from tongban.doors.cli import boot, doctor, packs, plans, proving, reading, running, scaffold, two
from tongban.doors.cli.rules import commands as rules
from tongban.records.licences.commands import licence
from tongban.work.cases.commands import decision


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tongban")
def cli() -> None:
    """Tongban (通办): the operating software of a digital government."""


cli.add_command(running.demo)
cli.add_command(running.serve)
cli.add_command(running.worker)
cli.add_command(running.stop)
cli.add_command(plans.plan)
for command in (*reading.COMMANDS, *scaffold.COMMANDS):
    packs.pack.add_command(command)
packs.pack.add_command(proving.prove)
cli.add_command(packs.pack)
cli.add_command(reading.show_ready)
cli.add_command(rules.rule)
cli.add_command(licence)
cli.add_command(boot.needs_database(audit))
cli.add_command(boot.needs_database(decision))
cli.add_command(doctor.doctor)
two.install(cli)


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

"""`tongban demo population`: a synthetic population to try policies on."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from tongban.base.kit import environment
from tongban.base.kit.terminal import terminal_language
from tongban.doors.cli import packs, plans

FOLDER = "populations"
FILES = {"enterprise": "enterprise.parquet", "person": "person.parquet"}


@click.command()
@click.option(
    "--enterprises",
    type=click.IntRange(0, 100_000_000),
    default=100_000,
    show_default=True,
    help="How many; 0 writes none.",
)
@click.option(
    "--persons",
    type=click.IntRange(0, 100_000_000),
    default=100_000,
    show_default=True,
    help="How many; 0 writes none.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**31),
    default=1,
    show_default=True,
    help="The same seed, the same population.",
)
@click.option(
    "--unknown",
    type=click.FloatRange(0, 0.9),
    default=0.03,
    show_default=True,
    help="Share of each fact that is not known.",
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Folder; that of this node by default."
)
@click.option(
    "--at", type=click.DateTime(["%Y-%m-%d"]), help="Civil date as of which it is; today by default."
)
@click.option("--pack", "path", type=click.Path(exists=True, path_type=Path), help="Folder of a pack.")
@click.option("--place", help="Or the place whose pack it is.")
@click.option("--force", is_flag=True, help="Write over a population that is there.")
def population(
    enterprises: int, persons: int, seed: int, unknown: float, out: Path | None, at: datetime | None, path: Path | None,
    place: str | None, force: bool,
) -> None:  # fmt: skip
    """Draw a population in which nobody exists, with a column for each fact that policies read.

    In the folder of this node the policy desk finds it.
    """

    from tongban.doors.demo.synthetic.draws import EPOCH
    from tongban.doors.demo.synthetic.population import write

    if unknown != unknown:  # a range lets "nan" pass
        raise click.ClickException("--unknown is a share from 0 to 0.9.")
    if at is not None and at.date() < EPOCH:
        raise click.ClickException(f"--at is a day from {EPOCH} on.")
    chinese = terminal_language() == "zh"
    wanted = {"enterprise": enterprises, "person": persons}
    if not any(wanted.values()):
        raise click.ClickException("Say how many: --enterprises N or --persons M.")
    folder = out or environment.home() / FOLDER
    there = [
        folder / FILES[kind] for kind, rows in wanted.items() if rows and (folder / FILES[kind]).exists()
    ]
    if there and not force:
        raise click.ClickException(
            f"{there[0]} is there already. Choose another folder with --out, or write over it with --force."
        )
    pack = packs.of_place(place, path)
    day = plans.day_of(pack, at)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.ClickException(f"The folder {folder} cannot be made: {error.strerror}.") from error
    for kind, rows in wanted.items():
        if not rows:
            continue
        with click.progressbar(
            length=rows, label={"enterprise": "Enterprises", "person": "Persons"}[kind], file=sys.stderr
        ) as bar:
            try:
                facts = write(
                    pack,
                    kind,
                    folder / FILES[kind],
                    rows=rows,
                    seed=seed,
                    at=day,
                    unknown=unknown,
                    progress=bar.update,
                )
            except OSError as error:
                raise click.ClickException(
                    f"{folder / FILES[kind]} cannot be written: {error.strerror or error}."
                ) from error
        if chinese:
            click.echo(f"{folder / FILES[kind]}：{rows:,} 行，{len(facts)} 项情况。都是虚构的。")
        else:
            click.echo(f"{folder / FILES[kind]}: {rows:,} rows, {len(facts)} facts. Nobody in it exists.")

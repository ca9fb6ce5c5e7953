"""`tongban pack show | impact | diff | compare | gaps` and `tongban ready`: asking packs what they say."""

from __future__ import annotations

import csv
import itertools
import json
import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from tongban.base.directory import sources
from tongban.core.packs import differences, impact, loader, names, ready, why
from tongban.core.packs.pack import Pack
from tongban.core.planning import packtests
from tongban.core.values.text import Bilingual
from tongban.doors.cli import packs

_MOODS = {"better": "+", "worse": "-", "neutral": " "}


def _console() -> Console:
    return Console(soft_wrap=True, highlight=False)


@click.command()
@click.argument("entry_id", metavar="ID")
@click.option(
    "--pack", "path", type=click.Path(path_type=Path), help="A pack folder; else the one of --place."
)
@click.option("--place", help="Division code or pack id.")
@click.option("--why", "with_layers", is_flag=True, help="Print each value with the layer that set it.")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
def show(entry_id: str, path: Path | None, place: str | None, with_layers: bool, as_json: bool) -> None:
    """Print an entry as merged, in every kind that has this ID."""
    loaded = _loaded(place, path)
    content = loaded.content
    if content is None:
        raise click.ClickException("The layers of this pack cannot be read; see `tongban pack lint`.")
    found = why.find(content, entry_id)
    if not found:
        known = {name for entries in content.merged.values() for name in entries}
        hint = names.did_you_mean(entry_id, known)
        raise click.ClickException(f"The pack has no entry '{entry_id}'" + (f" ({hint})." if hint else "."))
    if as_json:
        click.echo(json.dumps([_as_json(merged) for merged in found], ensure_ascii=False, indent=2))
        return
    for merged in found:
        click.echo(f"{merged.folder}/{merged.id}")
        for field in why.fields(merged):
            last = field.said[-1]
            if not with_layers:
                click.echo(f"  {field.name}: {last.text}")
                continue
            click.echo(f"  {field.name}: {last.text}\n      {last.layer}  {last.position}")
            for said in reversed(field.said[:-1]):
                click.echo(f"      instead of {said.text}  {said.layer}  {said.position}")


@click.command("impact")
@click.argument("article")
@click.option("--pack", "path", type=click.Path(path_type=Path))
@click.option("--place")
@click.option("--cases", is_flag=True, help="Count the running cases of this node too (needs its database).")
@click.option("--json", "as_json", is_flag=True)
def show_impact(article: str, path: Path | None, place: str | None, cases: bool, as_json: bool) -> None:
    """List everything that rests on ARTICLE, such as administrative-licensing-law#42, or on a whole law."""
    found = packs.of_place(place, path)
    try:
        uses = impact.impact(found, article)
    except KeyError:
        hint = names.did_you_mean(article, impact.articles(found)) or "see `tongban pack show LAW`"
        raise click.ClickException(f"The pack has no article '{article}' ({hint}).") from None
    running = _running(impact.services_of(found, uses)) if cases else {}
    if as_json:
        rows = [{"kind": use.noun, "id": use.id, "path": use.path, "through": use.through} for use in uses]
        click.echo(json.dumps({"uses": rows, "running_cases": running}, ensure_ascii=False, indent=2))
        return
    for use in uses:
        where = f" ({use.path})" if use.path else ""
        through = f", which reads {use.through}" if use.through else ""
        click.echo(f"{use.noun} {use.id}{where}{through}")
    click.echo(f"{len(uses)} places rest on {article}.")
    for service, count in sorted(running.items()):
        click.echo(f"{count} running cases of {service}")
    if cases and not running:
        click.echo("No running case rests on it.")


@click.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True)
def diff(old: Path, new: Path, as_json: bool) -> None:
    """Tell in plain words what changes from the pack OLD to the pack NEW, and for whom."""
    found = differences.differences(packs.read_clean(old), packs.read_clean(new))
    if as_json:
        rows = [
            {"kind": d.folder, "id": d.id, "zh": d.what.zh, "en": d.what.en, "mood": d.mood, "whom": d.whom}
            for d in found
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for d in found:
        click.echo(f"{_MOODS[d.mood]} {_both(d.name)}: {_both(d.what)}")
        if d.whom:
            click.echo(f"      for: {d.whom}")
    click.echo(f"{len(found)} differences." if found else "Nothing that people would notice changes.")


@click.command("compare")
@click.argument("here")
@click.argument("there")
@click.option("--csv", "as_csv", is_flag=True, help="The table as CSV.")
@click.option("--all", "everything", is_flag=True, help="Also services that are the same in both.")
def compare_places(here: str, there: str, as_csv: bool, everything: bool) -> None:
    """Lay two places side by side: days, visits, materials, conditions, numbers. A place is a code, an id or a folder."""
    first, second = _place(here), _place(there)
    ours, theirs = first.manifest.id, second.manifest.id
    rows = [row for row in differences.compare(first, second) if everything or not row.same]
    numbers = differences.numbers(first, second)
    head = [
        "service",
        *(f"{what} {place}" for what in ("days", "visits", "only") for place in (ours, theirs)),
    ]
    lines = [_compared(row) for row in rows]
    lines += [[_both(number.label), *number.values, "", "", "", ""] for number in numbers]
    if as_csv:
        csv.writer(sys.stdout).writerows([head, *lines])
        return
    _table(head, lines[: len(rows)])
    if numbers:
        click.echo()
        _table(["number", ours, theirs], [line[:3] for line in lines[len(rows) :]])
    different = len({row.id for row in rows if not row.same})
    click.echo(f"\n{different} services and {len(numbers)} numbers differ.")


def _compared(row: differences.Row) -> list[str]:
    return [
        _both(row.name),
        *map(_both, row.days),
        *("" if visits is None else str(visits) for visits in row.visits),
        "; ".join(map(_both, (*row.only_here, *row.conditions_here))),
        "; ".join(map(_both, (*row.only_there, *row.conditions_there))),
    ]


@click.command()
@click.option("--pack", "path", type=click.Path(path_type=Path))
@click.option("--place")
def gaps(path: Path | None, place: str | None) -> None:
    """List what the life events of a pack are still missing, and how complete each is."""
    found = packs.of_place(place, path)
    tests: dict[str, int] = {}
    for test in (test for layer in found.layer_tests.values() for test in layer):
        if test.event:
            tests[test.event] = tests.get(test.event, 0) + 1
    for event in found.life_events.values():
        state = "complete" if event.complete else f"{len(event.gaps)} gaps"
        count = tests.get(event.id, 0)
        click.echo(f"{event.id}  {_both(event.name)}: {state}, {len(event.services)} services, {count} tests")
        for gap in event.gaps:
            click.echo(f"    {_both(gap.what)}")


@click.command("ready")
@click.argument("place")
@click.option("--json", "as_json", is_flag=True)
def show_ready(place: str, as_json: bool) -> None:
    """How ready PLACE is, in three percentages: dependencies, data, scenes (业务通、数据通、场景通)."""
    found = _place(place)
    outcomes = packtests.run_tests(found, all_layers=True)
    events = {(layer, test.name): test.event for layer, tests in found.layer_tests.items() for test in tests}
    passed = [(event, one.ok) for one in outcomes if (event := events.get((one.layer, one.name)))]
    shares = {
        "business": (Bilingual("业务通", "dependencies resolved"), ready.business(found)),
        "data": (Bilingual("数据通", "facts with a live source"), ready.data(found)),
        "scenes": (Bilingual("场景通", "life events whose tests pass"), ready.scenes(found, passed)),
    }
    if as_json:
        rows = {
            name: {
                "percent": share.percent,
                "done": share.done,
                "total": share.total,
                "missing": share.missing,
            }
            for name, (_, share) in shares.items()
        }
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for label, share in shares.values():
        click.echo(f"{share.percent:3} %  {_both(label)}: {share.done} of {share.total}")
        for noun, pairs in itertools.groupby(share.missing, lambda missing: missing.split(" ")[0]):
            listed = ", ".join(missing.removeprefix(f"{noun} ") for missing in pairs)
            click.echo(
                textwrap.fill(f"{noun}: {listed}", 100, initial_indent=" " * 9, subsequent_indent=" " * 11)
            )


def _loaded(place: str | None, path: Path | None) -> loader.Loaded:
    if path is not None:
        return packs.read(path)
    folder = packs.folder()
    if place is None:
        return packs.read(folder / sources.top_layer(folder))
    return packs.read(folder / packs.of_place(place, None).manifest.id)


def _place(name: str) -> Pack:
    """By folder, division code or id."""
    path = Path(name)
    return packs.read_clean(path) if (path / "pack.yaml").exists() else packs.of_place(name, None)


def _running(services: Iterable[str]) -> dict[str, int]:
    """Running cases of these services on this node, by service."""
    from tongban.doors.cli import boot

    boot.django()
    from tongban.work.cases import queries

    return queries.running_by_service(services)


def _as_json(merged: Any) -> dict[str, Any]:
    return {
        "kind": merged.folder,
        "id": merged.id,
        "fields": {
            field.name: [
                {"layer": said.layer, "value": said.text, "at": str(said.position)} for said in field.said
            ]
            for field in why.fields(merged)
        },
    }


def _both(text: Bilingual) -> str:
    return text.zh if text.zh == text.en else f"{text.zh} {text.en}"


def _table(head: list[str], lines: list[list[str]]) -> None:
    table = Table(box=None, pad_edge=False)
    for name in head:
        table.add_column(name, overflow="fold")
    for line in lines:
        table.add_row(*line)
    _console().print(table)

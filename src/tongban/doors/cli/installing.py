"""`tongban pack add | list | remove | freeze`: packs of this installation, and when each governs."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tongban.base.kit.terminal import terminal_language
from tongban.doors.cli import boot, packs

if TYPE_CHECKING:
    from tongban.base.directory.actions import PackRefused
    from tongban.base.directory.installing import Checked, Incomplete, Period
    from tongban.base.kit.acting import Acting

DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--from", "first", type=DAY, help="First day on which it is in force; now if not given.", metavar="DATE"
)
@click.option("--dry-run", is_flag=True, help="Check and tell everything, write nothing.")
@click.option("--incomplete", is_flag=True, help="Add it although its place lacks bindings.")
@click.option(
    "--frozen",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Refuse any other pack than those of this file of `pack freeze`.",
)
def add(path: Path, first: datetime | None, dry_run: bool, incomplete: bool, frozen: Path | None) -> None:
    """Install the pack at PATH: a folder, a ZIP or a tar. Running cases keep the pack they were submitted under."""
    start()
    from django.utils.translation import gettext as _

    from tongban.base.directory import actions, archives, installing

    files, top = archives.read(path, packs.folder())
    try:
        checked = installing.check(files, top)
    except actions.PackRefused as refused:
        _tell_problems(refused)
        raise click.ClickException(
            _("Problems of the pack: %(count)s. Nothing was installed.") % {"count": len(refused.problems)}
        ) from None
    if frozen is not None:
        _require_frozen(checked, frozen)
    click.echo(f"{checked.top} {checked.pack.manifest.version}")
    click.echo(f"digest {checked.pack.digest}")
    _tell_missing(checked)
    acting = acting_for("a pack is added")
    day = first.date() if first else None
    if dry_run:
        begins = installing.starts(checked, day, acting.now)
        if checked.missing and not incomplete:
            raise _refused(installing.Incomplete(checked.place, checked.missing))
        click.echo(
            _("It would be in force for %(place)s from %(moment)s. Nothing was written.")
            % {"place": checked.place, "moment": moment(begins)}
        )
        return
    _add(acting, checked, day, incomplete)


def _add(acting: Acting, checked: Checked, first: date | None, incomplete: bool) -> None:
    from django.utils.translation import gettext as _

    from tongban.base.directory import installing

    try:
        begins = installing.add_pack(acting=acting, checked=checked, first=first, incomplete=incomplete)
    except installing.Incomplete as missing:
        raise _refused(missing) from None
    if begins is None:
        click.echo(_("It governs %(place)s then already; nothing changes.") % {"place": checked.place})
        return
    if begins <= acting.now:
        boot.publish_trust_list(acting.now)
    click.echo(
        _("In force for %(place)s from %(moment)s.") % {"place": checked.place, "moment": moment(begins)}
    )


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
def list_(as_json: bool) -> None:
    """The installed packs: digest, and where and when each is in force."""
    start()
    from django.utils.translation import gettext as _

    from tongban.base.directory import installing

    found = installing.versions(_now())
    if as_json:
        click.echo(json.dumps([_as_json(one) for one in found], ensure_ascii=False, indent=2))
        return
    for one in found:
        click.echo(f"{one.layer} {one.version}  {one.digest}")
        for period in one.periods:
            click.echo(f"    {_told(period)}")
        if one.pilots:
            click.echo("    " + _("pilots that rest on it: %(count)s") % {"count": one.pilots})
    if not found:
        click.echo(_("No pack is installed here. Install one with: tongban pack add PATH"))


@click.command()
@click.argument("name", metavar="DIGEST")
def remove(name: str) -> None:
    """Remove an installed pack that nothing rests on: by its digest, the beginning of it, or LAYER@VERSION."""
    start()
    from django.utils.translation import gettext as _

    from tongban.base.directory import installing

    found = installing.remove_pack(acting=acting_for("a pack is removed"), name=name)
    click.echo(
        _("%(layer)s %(version)s is removed.") % {"layer": found.layer, "version": found.version}
        + f"  {found.digest}"
    )


@click.command()
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file instead of the terminal.",
)
def freeze(output: Path | None) -> None:
    """Write down what is in force and what is to come, with the digest of every layer: for `pack add --frozen`."""
    start()
    import yaml

    from tongban.base.directory import installing

    now = _now()
    text = "# tongban pack add PATH --frozen THIS-FILE\n" + yaml.safe_dump(
        installing.frozen(now, here()), allow_unicode=True, sort_keys=False, width=200
    )
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
        click.echo(str(output))


def start() -> None:
    """The database, Django, and the language of the terminal."""
    boot.django()
    from django.utils import translation

    translation.activate("zh-hans" if terminal_language() == "zh" else "en")


def here() -> str:
    """Code of the place that this node serves; empty before the first pack."""
    from django.conf import settings

    return settings.PLACE or boot.place()


def acting_for(purpose: str) -> Acting:
    from tongban.base.kit.acting import system

    return system(_now(), here(), purpose)


def moment(at: datetime) -> str:
    """In the time of the place that this node serves."""
    from django.utils import timezone

    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def _now() -> datetime:
    return datetime.now(UTC)


def _require_frozen(checked: Checked, frozen: Path) -> None:
    from tongban.base.directory import installing

    try:
        installing.require_frozen(checked, frozen.read_bytes())
    except installing.FrozenOtherwise as apart:
        for line in apart.lines:
            click.echo(line, err=True)
        raise


def _tell_problems(refused: PackRefused) -> None:
    for problem in refused.problems:
        click.echo(str(packs.told(problem)), err=True)


def _tell_missing(checked: Checked) -> None:
    """Each binding that the place lacks, in one line: what, which role must be filled, who needs it."""
    from django.utils.translation import gettext as _

    words = {
        "authority": _("authority unbound: %(id)s (%(name)s). No organisation has `authority: %(role)s`."),
        "registry": _(
            "registry unmapped: %(id)s (%(name)s). No organisation fills %(role)s, which keeps it."
        ),
        "licence": _("licence unbound: %(id)s (%(name)s). No organisation fills %(role)s, which issues it."),
    }
    for one in checked.missing:
        name = one.name.zh if terminal_language() == "zh" else one.name.en
        click.echo(words[one.kind] % {"id": one.id, "name": name, "role": one.authority}, err=True)
        click.echo("    " + _("needed by: %(users)s") % {"users": ", ".join(one.needed_by)}, err=True)


def _refused(missing: Incomplete) -> click.ClickException:
    from django.utils.translation import gettext as _

    return click.ClickException(
        missing.message
        + " "
        + _("Add the organisations to the place's own layer, or add the pack as it is with --incomplete.")
    )


def _told(period: Period) -> str:
    from django.utils.translation import gettext as _

    words = {"in force": _("in force"), "scheduled": _("to come"), "past": _("past")}
    end = moment(period.valid_to) if period.valid_to else ""
    return f"{period.place}  {moment(period.valid_from)} – {end}  {words[period.state]}"


def _as_json(one: Any) -> dict[str, Any]:
    return {
        "layer": one.layer,
        "version": one.version,
        "digest": one.digest,
        "installed_at": one.installed_at.isoformat(),
        "pilots": one.pilots,
        "periods": [
            {
                "place": period.place,
                "from": period.valid_from.isoformat(),
                "to": period.valid_to.isoformat() if period.valid_to else None,
                "state": period.state,
            }
            for period in one.periods
        ],
    }

"""`tongban plan EVENT`: what an event needs for what is known, as text or JSON."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
import yaml

from tongban.base.kit.terminal import terminal_language
from tongban.core.packs import facts as packfacts
from tongban.core.packs.pack import Pack
from tongban.core.planning import choice, to_json
from tongban.core.planning import plan as planning
from tongban.core.planning.model import Applies, Held, Plan, Status
from tongban.core.rules.states import Facts
from tongban.doors.cli import packs


@click.command()
@click.argument("event")
@click.option("--place", help="Division code or pack id; the uppermost pack by default.")
@click.option("--pack", "path", type=click.Path(path_type=Path), help="Folder of a pack instead of a place.")
@click.option(
    "--at", "at", type=click.DateTime(["%Y-%m-%d"]), help="Civil date; today at the place by default."
)
@click.option(
    "--facts", "facts_file", type=click.Path(path_type=Path), help="YAML or JSON file of fact: value."
)
@click.option("--held", multiple=True, help="Licence kind or registry resource at hand; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="The whole plan as JSON.")
def plan(
    event: str,
    place: str | None,
    path: Path | None,
    at: datetime | None,
    facts_file: Path | None,
    held: tuple[str, ...],
    as_json: bool,
) -> None:
    """Compute which services EVENT needs, in what order, with which materials, until when, and what is still to ask."""
    pack = packs.of_place(place, path)
    require_event(pack, event)
    facts = facts_from(pack, facts_file)
    result = planning.plan(pack, event, facts, [held_of(pack, name) for name in held], day_of(pack, at))
    if as_json:
        click.echo(json.dumps(to_json.plan(result, pack), ensure_ascii=False, indent=2))
    else:
        click.echo(as_text(result, pack, terminal_language()))


def require_event(pack: Pack, event: str) -> None:
    """Raises ClickException for an event that the pack does not have."""
    if event not in pack.life_events:
        known = ", ".join(sorted(pack.life_events))
        raise click.ClickException(
            f"There is no life event {event!r} in {pack.manifest.id}. There are: {known}"
        )


def facts_from(pack: Pack, file: Path | None) -> Facts:
    """The facts of a file; exits 1 with every mistake in it."""
    facts, problems = packfacts.read_facts(pack, _read(file), file=str(file or "facts"))
    for problem in problems:
        click.echo(str(packs.told(problem)), err=True)
    if problems:
        sys.exit(1)
    return facts


def day_of(pack: Pack, at: datetime | None) -> date:
    """The day that is asked for, else today at the place."""
    return at.date() if at else datetime.now(ZoneInfo(pack.manifest.time_zone)).date()


def as_text(plan: Plan, pack: Pack, language: str) -> str:
    """The plan for a terminal, in `zh` or `en`."""
    zh = language == "zh"
    say = (lambda chinese, english: chinese) if zh else (lambda chinese, english: english)
    event = pack.life_events[plan.event]
    lines = [f"{event.name.get(language)}  ({pack.manifest.id}, {plan.at})", ""]
    mark = {Applies.YES: "●", Applies.MAYBE: "○", Applies.NO: " "}
    for service in plan.services:
        declared = pack.services[service.id]
        organ = next(
            (o.name for o in pack.organisations.values() if o.authority == declared.authority),
            pack.authorities[declared.authority].name,
        )
        line = f"{mark[service.applies]} {declared.name.get(language)} · {organ.get(language)} · {service.starts} → {service.due_promised.day}"
        if service.due_promised.provisional:
            line += say("（暂定）", " (provisional)")
        if service.waits_for:
            line += say(" · 等待：", " · waits for: ") + ", ".join(
                pack.services[s].name.get(language) for s in service.waits_for
            )
        lines.append(line)
        if service.applies is Applies.YES and declared.applies_because:
            lines.append(f"    {declared.applies_because.get(language)}")
        lines += [f"    ✕ {declared.blocked_when[i].reason.get(language)}" for i in service.blocks]
    words = {
        Status.HELD: say("免交", "held"), Status.PRODUCED: say("随办产生", "produced on the way"), Status.FORM: say("自动生成", "drawn up for you"),
        Status.COMMIT: say("在线签署", "to sign"), Status.UPLOAD: say("需上传", "to upload"), Status.DEFERRABLE: say("可容缺", "deferrable"),
        Status.MISSING: say("缺少", "missing"),
    }  # fmt: skip
    lines += ["", say("材料", "Materials")]
    for material in plan.materials:
        lines.append(
            f"  {words[material.status]:<12} {pack.materials[material.id].name.get(language)}"
            + ("" if material.certain else " ?")
        )
        if said := choice.chosen(material, pack):
            lines.append(f"      {said.get(language)}")
    asked = [question for question in plan.questions if not question.later]
    if asked:
        lines += ["", say(f"还有 {len(asked)} 个问题", f"Questions left: {len(asked)}")]
        for question in asked:
            text = pack.facts[question.fact].question
            lines.append(f"  {question.fact}: {text.get(language) if text else ''}")
    lines += ["", say("对比分别办理", "Compared with doing each alone")]
    for label, alone, together in (
        (say("环节", "steps"), plan.alone.steps, plan.together.steps),
        (say("工作日", "working days"), plan.alone.days, plan.together.days),
        (say("材料", "materials"), plan.alone.materials, plan.together.materials),
        (say("跑动", "visits"), plan.alone.visits, plan.together.visits),
    ):
        lines.append(f"  {label}: {alone} → {together}")
    return "\n".join(lines)


def _read(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        content = yaml.safe_load(sys.stdin if str(file) == "-" else file.read_text(encoding="utf-8"))
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise click.ClickException(f"{file} is not YAML or JSON: {error}") from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise click.ClickException(f"{file} must hold `fact: value` lines.")
    return content


def held_of(pack: Pack, name: str) -> Held:
    """A licence or a registry's row that is at hand. Raises ClickException."""
    if name in pack.licences:
        return Held("licence", name, f"--held {name}")
    if name in pack.resources:
        return Held("registry", name, f"--held {name}")
    raise click.ClickException(
        f"{name!r} is neither a licence kind nor a registry. Licences: {', '.join(sorted(pack.licences))}; registries: {', '.join(sorted(pack.resources))}"
    )

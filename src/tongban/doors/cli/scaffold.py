"""`tongban pack new | add-event | add-service`: the first lines of a pack, to be written on by hand.

What is written is complete and passes `tongban pack lint`: an author changes words and numbers, and adds. A file
that exists is never overwritten; an entry is put at the end of its file, whose other lines stay as they are.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import click

from tongban.core.packs import tree
from tongban.core.packs.content import key_of
from tongban.doors.cli import packs

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

_MANIFEST = """\
id: {id}
version: 0.1.0
name: {{zh: {zh}, en: {en}}}
jurisdiction: "{place}"  # division code; 000000 is the whole country
{extends}licence: Apache-2.0
"""
_README = """\
# {en}

{zh}

Check it with `tongban pack lint {folder}` and try it with `tongban pack test {folder}`.
"""
_EVENT = """\
- id: {id}
  name: {{zh: {zh}, en: {en}}}
  summary: {{zh: {zh}, en: {en}}}  # one sentence in everyday words
  subject: {subject}  # person, household, enterprise or project
  lead: {authority}  # the authority that answers for the whole
  services: [{service}]  # no order: it follows from who consumes whose licence
  search: []  # words that people use for it
  together: {{steps: 1, visits: 0, confidence: design}}
  confidence: design
"""
_SERVICE = """\
- id: {id}
  name: {{zh: {zh}, en: {en}}}
  summary: {{zh: {zh}, en: {en}}}  # one sentence in everyday words
  kind: public_service  # permit, confirmation, payment, record, public_service or registration
  case_type: promised  # or instant
  authority: {authority}
  applies_when: TRUE  # a rule over facts, for example: area >= 50
  promised: {{amount: 5, confidence: design}}  # working days, unless unit says otherwise
  # statutory: {{amount: 20, articles: [act-id#number], source: where it was read, confidence: recalled}}
  form: []  # facts that its form must hold
  requires: []  # - {{material: id, tier: main, confidence: design}}
  result: {{name: {{zh: 办理结果, en: Result}}}}
  alone: {{steps: 3, visits: 1, confidence: design}}
  confidence: design
"""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--zh", required=True, help="Its name in Chinese.")
@click.option("--en", required=True, help="Its name in English.")
@click.option(
    "--extends", help="Id of the layer below it, for example cn: a folder beside it, or of this installation."
)
@click.option("--place", default="000000", show_default=True, help="Division code.")
def new(folder: Path, zh: str, en: str, extends: str | None, place: str) -> None:
    """Begin a pack in FOLDER; the folder's name becomes its id."""
    name = folder.resolve().name
    require_id(name)
    if (folder / "pack.yaml").exists():
        raise click.ClickException(f"{folder}/pack.yaml exists already.")
    beside, installed = folder.resolve().parent, packs.folder()
    if extends and not any((place / extends / "pack.yaml").exists() for place in (beside, installed)):
        raise click.ClickException(f"There is no layer '{extends}' beside {folder}, and none in {installed}.")
    if not re.fullmatch(r"\d{6}", place):
        raise click.ClickException(f"--place is a division code of six digits, and not '{place}'.")
    folder.mkdir(parents=True, exist_ok=True)
    below = f"extends: {extends}\n" if extends else ""
    text = _MANIFEST.format(id=name, zh=_quoted(zh), en=_quoted(en), place=place, extends=below)
    (folder / "pack.yaml").write_text(text, encoding="utf-8")
    if not (folder / "README.md").exists():
        (folder / "README.md").write_text(_README.format(zh=zh, en=en, folder=folder), encoding="utf-8")
    click.echo(f"{folder}/pack.yaml is written. Next: tongban pack add-event {folder} ID --zh ... --en ...")


@click.command("add-event")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("event_id", metavar="ID")
@click.option("--zh", required=True)
@click.option("--en", required=True)
@click.option("--service", required=True, help="Id of its first service.")
@click.option("--authority", required=True, help="Role of the authority that leads it.")
@click.option(
    "--subject",
    default="person",
    show_default=True,
    type=click.Choice(["person", "household", "enterprise", "project"]),
)
def add_event(
    folder: Path, event_id: str, zh: str, en: str, service: str, authority: str, subject: str
) -> None:
    """Add a life event to a pack."""
    values = {
        "id": event_id,
        "zh": _quoted(zh),
        "en": _quoted(en),
        "service": service,
        "authority": authority,
    }
    _append(folder, "life-events", event_id, _EVENT.format(**values, subject=subject))


@click.command("add-service")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("service_id", metavar="ID")
@click.option("--zh", required=True)
@click.option("--en", required=True)
@click.option("--authority", required=True, help="Role of the authority that handles it.")
@click.option("--file", "name", help="Name of its file, without .yaml; else the service's id.")
def add_service(folder: Path, service_id: str, zh: str, en: str, authority: str, name: str | None) -> None:
    """Add a service to a pack, in a file of its own or at the end of another."""
    text = _SERVICE.format(id=service_id, zh=_quoted(zh), en=_quoted(en), authority=authority)
    _append(folder, "services", service_id, text, name)


def _append(folder: Path, kind: str, entry_id: str, text: str, name: str | None = None) -> None:
    """Put the entry at the end of its file. Nothing is written when the id is taken or the file cannot be read."""
    require_id(entry_id)
    if name is not None:
        require_id(name)
    if not (folder / "pack.yaml").exists():
        raise click.ClickException(
            f"{folder} is no pack: it has no pack.yaml. Begin with `tongban pack new`."
        )
    for file in sorted((folder / kind).glob("*.yaml")):
        node, problems = tree.read(str(file), file.read_bytes())
        if problems:
            raise click.ClickException(f"{problems[0]}; mend the file first.")
        items = node.items if isinstance(node, tree.List) else ()
        ids = [tree.child(item, key_of(kind)) for item in items]
        if any(isinstance(found, tree.Scalar) and found.text == entry_id for found in ids):
            raise click.ClickException(f"{file} holds '{entry_id}' already.")
    target = folder / kind / f"{name or entry_id}.yaml"
    target.parent.mkdir(exist_ok=True)
    before = target.read_text(encoding="utf-8") if target.exists() else ""
    if before and not before.endswith("\n"):
        before += "\n"
    target.write_text(before + text, encoding="utf-8")
    click.echo(f"{target} holds it. Check with: tongban pack lint {folder}")


def _quoted(text: str) -> str:
    """As YAML reads it back, whatever signs it holds."""
    return json.dumps(text, ensure_ascii=False)


def require_id(name: str) -> None:
    """Raises ClickException for what cannot name an entry or a content file."""
    if not _ID.fullmatch(name):
        raise click.ClickException(
            f"'{name}' cannot be an id: small letters and digits, with - between words, such as open-bookshop."
        )

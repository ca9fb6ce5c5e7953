"""`tongban licence verify | trust-list`. Verifying needs neither a database nor a network."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import click

from tongban.base.kit import environment
from tongban.core.values.text import Bilingual
from tongban.records.licences import evidence_lists as lists
from tongban.records.licences import sdjwt, trust, verification

CIVIL_TIME = "Asia/Shanghai"
"""Zone of the day given with --at."""


@click.group()
def licence() -> None:
    """E-licences: is one genuine, and whose signatures count."""


@licence.command()
@click.argument("file", type=click.File("rb"))
@click.option(
    "--trust",
    "trust_file",
    type=click.Path(path_type=Path),
    help="Trust list; by default this node's own and those of its neighbours.",
)
@click.option(
    "--at",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day asked about (YYYY-MM-DD); today if left out.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def verify(file: BinaryIO, trust_file: Path | None, day: datetime | None, as_json: bool) -> None:
    """Check a licence file offline: who issued it, to whom, until when. Exit 0 when it is valid, 1 otherwise."""
    now = datetime.combine(day.date(), time(12), ZoneInfo(CIVIL_TIME)) if day else datetime.now(UTC)
    result = verification.verify(file.read(sdjwt.MAX_BYTES + 1), _trust_list(trust_file), now)
    if as_json:
        click.echo(json.dumps(_document(result), ensure_ascii=False, indent=2))
    else:
        for line in _lines(result, "zh" if _chinese() else "en"):
            click.echo(line)
    sys.exit(0 if result.good else 1)


@licence.command("trust-list")
@click.option(
    "--write", is_flag=True, help="Publish it anew, with keys and withdrawals of now (needs the database)."
)
def trust_list(write: bool) -> None:
    """Print this node's published trust list: its issuers, their public keys, withdrawn licences."""
    path = _publish() if write else trust.file_of_node()
    if write:
        click.echo(str(path))
    elif path.exists():
        click.echo(path.read_text(encoding="utf-8"), nl=False)
    else:
        raise click.ClickException(
            f"No trust list was published yet at {path}. Publish it: tongban licence trust-list --write"
        )


def _publish() -> Path:
    import django

    from tongban.base.engines import postgres

    postgres.start()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.config.settings")
    django.setup()

    from django.db import DatabaseError

    from tongban.base.kit.acting import system
    from tongban.records.licences import actions

    try:
        return actions.publish_trust_list(
            acting=system(datetime.now(UTC), "", "publication of the trust list")
        )
    except LookupError as error:
        raise click.ClickException(str(error)) from error
    except DatabaseError as error:
        raise click.ClickException(
            "This database is not set up yet. Run `tongban demo` or `tongban serve` first."
        ) from error


def _trust_list(given: Path | None) -> trust.TrustList:
    path = given or trust.file_of_node()
    neighbours = [] if given else list(lists.others())
    if not path.exists() and not neighbours:
        raise click.ClickException(
            f"There is no trust list at {path}. Name one with --trust FILE (a node publishes its own at "
            "/trust-list.json), or write this node's with: tongban licence trust-list --write"
        )
    try:
        own = [trust.read(path)] if path.exists() else []
        return trust.merge([*own, *neighbours])
    except trust.TrustListInvalid as error:
        raise click.ClickException(str(error)) from error


_LABELS = {
    "kind": Bilingual(zh="证照", en="Licence"),
    "issuer": Bilingual(zh="签发机关", en="Issued by"),
    "holder": Bilingual(zh="持有人", en="Issued to"),
    "number": Bilingual(zh="证照编号", en="Number"),
    "valid_from": Bilingual(zh="生效日期", en="Valid from"),
    "valid_to": Bilingual(zh="有效期至", en="Valid until"),
}
_LONG_TERM = Bilingual(zh="长期", en="no end date")


def _lines(result: verification.Verification, language: str) -> list[str]:
    """The answer in one line, then what the file shows, then what was not checked."""
    rows: list[tuple[Bilingual, Any]] = []
    if result.issuer is not None:
        rows += [
            (_LABELS[name], getattr(result, name))
            for name in ("kind", "issuer", "holder", "number", "valid_from")
        ]
        rows.append((_LABELS["valid_to"], result.valid_to or (_LONG_TERM if result.identifier else None)))
    # what the head of the licence states already is not said twice
    said = {str(value) for _, value in rows} | {
        result.issuer and result.issuer.zh,
        result.issuer and result.issuer.en,
    }
    rows += [
        (shown.label, shown.value) for shown in result.fields if _written(shown.value, language) not in said
    ]
    table = [
        (_clean(label.get(language)), _written(value, language)) for label, value in rows if value is not None
    ]
    wide = max((_width(label) for label, _ in table), default=0)
    lines = [result.message.get(language), *([""] if table else [])]
    lines += [f"  {label}{' ' * (wide - _width(label))}  {value}" for label, value in table]
    return [_clean(line) for line in [*lines, *(["", result.note.get(language)] if result.note else [])]]


def _document(result: verification.Verification) -> dict[str, Any]:
    """Whoever runs the command has the file: its number and fields are not held back from them."""
    fields = [{"label": {"zh": f.label.zh, "en": f.label.en}, "value": f.value} for f in result.fields]
    return verification.as_json(result) | {
        "number": result.number, "identifier": result.identifier, "fields": fields,
    }  # fmt: skip


def _written(value: Any, language: str) -> str:
    if isinstance(value, Bilingual):
        return value.get(language)
    if isinstance(value, dict) and set(value) == {"zh", "en"}:
        return _clean(str(value[language]))
    return _clean(
        value
        if isinstance(value, str)
        else str(value)
        if hasattr(value, "isoformat")
        else json.dumps(value, ensure_ascii=False)
    )


def _clean(text: str) -> str:
    """Without control characters: a file must not be able to steer the terminal of whoever checks it."""
    return "".join(character if character.isprintable() else "�" for character in text)


def _width(text: str) -> int:
    """Columns on a terminal; Chinese characters take two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def _chinese() -> bool:
    spoken = environment.text("LC_ALL") or environment.text("LC_MESSAGES") or environment.text("LANG")
    return spoken.lower().startswith("zh")

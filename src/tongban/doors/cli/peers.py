"""`tongban peer show | add | list | refresh | suspend | resume` and `tongban pack fetch | install`: other nodes.

Here the rooms meet that must not know each other: `base/peers` brings another node's files, `records/licences` keeps
its trust list.
"""

from __future__ import annotations

import getpass
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tongban.base.kit import environment
from tongban.doors.cli import boot, packs

if TYPE_CHECKING:
    from tongban.base.kit.acting import Acting
    from tongban.base.peers.cards import Card


@click.group()
def peer() -> None:
    """Other nodes: compare keys, trust, fetch their trust lists."""


@peer.command()
@click.option(
    "--json", "as_json", is_flag=True, help="Print the card as JSON, to hand to another administrator."
)
def show(as_json: bool) -> None:
    """This node's card and the fingerprint of its key."""
    from tongban.base.peers import node

    try:
        card = node.card(_now(), address())
    except (LookupError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(card.document(), ensure_ascii=False))
    else:
        _print_card(card)


@peer.command()
@click.argument("source")
@click.option("--fingerprint", help="The fingerprint that the other administrator read out to you.")
@click.option("--replace-key", is_flag=True, help="The node has a new key; its old one no longer counts.")
def add(source: str, fingerprint: str | None, replace_key: bool) -> None:
    """Add the node at SOURCE: its address, or a file with its card. Trusted once its fingerprint is confirmed."""
    from tongban.base.peers import actions, cards

    card = _card(source)
    _print_card(card)
    if fingerprint is not None and not cards.same_fingerprint(card.fingerprint, fingerprint):
        raise click.ClickException(
            "The fingerprints differ. This is not the node you were told of; nothing was added."
        )
    sure = fingerprint is not None or (
        sys.stdin.isatty() and click.confirm("Did the other administrator read out this very fingerprint?")
    )
    found = actions.add_peer(
        acting=_acting("another node is added"),
        card=card,
        trusted=sure,
        by=getpass.getuser(),
        replace_key=replace_key,
    )
    click.echo(f"{found.node} {found.base_url}: {found.state}")
    if not sure:
        click.echo(f"Compare the fingerprint, then run: tongban peer add {source} --fingerprint ...")
        return
    _refresh(found, must=False)


@peer.command("list")
def list_() -> None:
    """Known nodes, their state and how old their trust lists are."""
    from tongban.base.peers import cards, queries
    from tongban.records.licences import evidence_lists as lists

    for found in queries.peers():
        published = lists.of(found.node).published
        age = f"trust list of {published:%Y-%m-%d %H:%M} UTC" if published else "no trust list"
        click.echo(
            f"{found.node}  {found.state:<9}  {found.base_url}  {age}  {found.name_zh} {found.name_en}"
        )
        click.echo(f"        {cards.fingerprint(found.key)}")


@peer.command()
@click.argument("node", required=False)
def refresh(node: str | None) -> None:
    """Fetch the trust list of NODE, or of every trusted node."""
    from tongban.base.peers import queries

    found = [one for one in queries.trusted() if node in (None, one.node)]
    if not found:
        raise click.ClickException(f"{node or 'No node'} is not a trusted peer. See: tongban peer list")
    for one in found:
        _refresh(one, must=node is not None)


@peer.command()
@click.argument("node")
@click.option("--reason", required=True, help="Why; kept with the peer.")
def suspend(node: str, reason: str) -> None:
    """Answer nothing more of NODE, send it nothing, and forget its trust list."""
    from tongban.base.peers import actions
    from tongban.records.licences import evidence_lists as lists

    actions.suspend(acting=_acting("another node is suspended"), node_code=node, reason=reason)
    lists.forget(node)
    click.echo(f"{node} is suspended. Licences of its offices no longer verify here.")


@peer.command()
@click.argument("node")
@click.option("--reason", required=True, help="Why; kept with the peer.")
def resume(node: str, reason: str) -> None:
    """Trust a suspended NODE again, with the key it had."""
    from tongban.base.peers import actions

    _refresh(
        actions.resume(acting=_acting("another node is trusted again"), node_code=node, reason=reason),
        must=False,
    )
    click.echo(f"{node} is trusted again.")


@click.command()
@click.argument("node")
@click.argument("layer")
@click.option("--replace", is_flag=True, help="Put it in place of another version of the layer.")
def fetch(node: str, layer: str, replace: bool) -> None:
    """Fetch LAYER of the pack of NODE into this node's packs folder, if it passes the checks here."""
    boot.django()
    from django.conf import settings

    from tongban.base.peers import cards, layers

    listed = layers.listing(_asked(node, cards.PACKS)).get(layer)
    if listed is None:
        raise click.ClickException(f"{node} does not publish a layer {layer!r}.")
    files = layers.unpacked(_asked(node, f"{cards.PACKS}/{layer}"), layer, listed.digest)
    try:
        layers.check(files, settings.PACKS, layer)
    except layers.LayerRefused as refused:
        for problem in refused.problems:
            click.echo(str(packs.told(problem)), err=True)
        raise
    origin = {"peer": node, "digest": listed.digest, "fetched": _now().isoformat(timespec="seconds")}
    new = layers.keep(files, settings.PACKS, layer, origin=origin, replace=replace)
    _record_fetch(node, layer, listed.digest)
    words = "fetched into" if new else "already there, unchanged, in"
    click.echo(f"{layer} {listed.version} ({listed.licence}) {words} {settings.PACKS / layer}")
    click.echo(f"digest {listed.digest}")


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
def install(path: Path) -> None:
    """Put the pack at PATH in force for its place, and publish the keys of its offices."""
    boot.django()
    from tongban.base.directory import actions, sources

    packs.read_clean(path)
    folder = path.resolve()
    pack = actions.install_pack(
        acting=_acting("installation of a pack"),
        files=sources.read_layers(folder.parent, folder.name),
        top=folder.name,
    )
    boot.publish_trust_list(_now())
    click.echo(f"{pack.manifest.id} {pack.manifest.version} is in force for {pack.manifest.jurisdiction}")
    click.echo(f"digest {pack.digest}")


def address() -> str:
    """Where other nodes reach this one."""
    return environment.text("TONGBAN_URL") or f"http://localhost:{environment.text('TONGBAN_PORT', '8000')}"


def _card(source: str) -> Card:
    from tongban.base.peers import cards, wire
    from tongban.base.peers.refusals import NoAnswer

    try:
        if "://" not in source:
            return cards.parse(Path(source).read_bytes())
        return wire.fetch_card(source, now=_now)
    except (cards.CardInvalid, NoAnswer, OSError) as error:
        raise click.ClickException(f"{source}: {error}") from error


def _refresh(found: Any, *, must: bool) -> None:
    """Fetch and keep a trust list. Without `must` a peer that is away is only reported."""
    from tongban.base.peers import cards
    from tongban.records.licences import evidence_lists as lists

    try:
        kept = lists.store(found.node, _asked(found.node, cards.TRUST_LIST))
    except (click.ClickException, lists.ListRefused) as error:
        message = error.message if isinstance(error, click.ClickException) else str(error)
        if must:
            raise click.ClickException(message) from error
        click.echo(
            f"Its trust list was not fetched: {message}. Later: tongban peer refresh {found.node}", err=True
        )
        return
    click.echo(f"trust list of {found.node}: {len(kept.issuers)} offices")


def _asked(node: str, path: str) -> bytes:
    """The body of a peer's good answer, or one plain line and exit 1."""
    from tongban.base.peers import queries, wire
    from tongban.base.peers.refusals import NoAnswer

    found = queries.trusted_peer(node)
    if found is None:
        raise click.ClickException(f"{node} is not a trusted peer. See: tongban peer list")
    try:
        answer = wire.call(found, "GET", path, now=_now)
    except NoAnswer as error:
        raise click.ClickException(f"{found.base_url}: {error}") from error
    if not answer.ok:
        try:
            code = str(json.loads(answer.body)["code"])[:40]
        except (ValueError, KeyError, TypeError):
            code = str(answer.status)
        raise click.ClickException(f"{found.base_url} refused: {code}")
    return answer.body


def _record_fetch(node: str, layer: str, digest: str) -> None:
    from django.db import transaction

    from tongban.base.audit import actions as audit
    from tongban.base.peers import queries

    with transaction.atomic():
        audit.record(
            acting=_acting("a pack layer is fetched"), action="pack.fetched", root=queries.chain_of(node),
            object_kind="pack-layer", object_id=layer, detail={"digest": digest, "peer": node},
        )  # fmt: skip


def _print_card(card: Card) -> None:
    click.echo(f"node         {card.node}  {card.name.zh} / {card.name.en}")
    click.echo(f"address      {card.url}")
    click.echo(f"fingerprint  {card.fingerprint}")


def _acting(purpose: str) -> Acting:
    from tongban.base.kit.acting import system
    from tongban.base.peers import node

    return system(_now(), node.code(), purpose)


def _now() -> datetime:
    return datetime.now(UTC)

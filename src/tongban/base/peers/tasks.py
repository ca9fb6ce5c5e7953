"""Jobs between nodes: send, try again, forget nonces."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from tongban.base.kit.acting import system
from tongban.base.peers import actions, cards, node, queries
from tongban.base.peers.refusals import NoAnswer

SWEEP_AFTER = timedelta(minutes=10)


@app.task(name=actions.DELIVER, queue="peers", retry=RetryStrategy(max_attempts=8, exponential_wait=2))
def deliver(request_id: str) -> None:
    """Raises for the queue to try again a little later; after its last attempt the sweep goes on."""
    if not _deliver(UUID(request_id)):
        raise NoAnswer(f"request {request_id} is not answered yet")


@app.periodic(cron="*/15 * * * *")
@app.task(name="peers.sweep", queue="clock")
def sweep(timestamp: int) -> None:
    """Try what a killed worker or a long absence of the peer left. Harmless to run at any time."""
    for queued in queries.waiting(timezone.now() - SWEEP_AFTER)[:200]:
        _deliver(queued.id)


@app.periodic(cron="35 16 * * *")  # 00:35 in the usual time zone, after every node has published
@app.task(name="peers.refresh-trust-lists", queue="clock")
def refresh_trust_lists(timestamp: int) -> None:
    """Ask every trusted peer for its trust list; whoever keeps the lists hears the answers."""
    now = timezone.now()
    acting = system(now, node.code(), "the passing of time")
    for peer in queries.trusted():
        actions.send_later(
            acting=acting, peer=peer, kind=actions.TRUST_LIST, key=f"trust-list:{peer.node}:{now:%Y-%m-%d}",
            root=queries.chain_of(peer.node), method="GET", path=cards.TRUST_LIST,
        )  # fmt: skip


@app.periodic(cron="7 * * * *")
@app.task(name="peers.forget-nonces", queue="clock")
def forget_nonces(timestamp: int) -> None:
    actions.forget_nonces(now=timezone.now())


def _deliver(request_id: UUID) -> bool:
    acting = system(timezone.now(), node.code(), "request to another node")
    return actions.deliver(request_id=request_id, clock=timezone.now, acting=acting)

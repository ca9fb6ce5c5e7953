"""Recompute every hash of the audit and compare it with the seals: what an auditor runs, who trusts nothing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from tongban.base.audit import chain, models


@dataclass(frozen=True, slots=True)
class Fault:
    """One place where the audit does not hold."""

    chain: str
    sequence: int
    kind: str
    """`changed`, `missing`, `broken-link`, `cut-off`, `seal-broken`."""
    message: str


@dataclass(slots=True)
class Report:
    entries: int = 0
    chains: int = 0
    seals: int = 0
    unsealed: int = 0
    """Entries after the last seal: whole in themselves, but their end is not yet signed."""
    keys: set[str] = field(default_factory=set)
    """Fingerprints of the keys that sealed. Compare them with the one the
    node has published: whoever owns the database could seal anew with a key of their own."""
    faults: list[Fault] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not self.faults


def verify() -> Report:
    """Walk all chains and all seals. Memory does not grow with the number of entries."""
    report = Report()
    sealed = _check_seals(report)
    for chain_id, entries in _chains():
        report.chains += 1
        previous, expected, hashes_wanted = chain.GENESIS, 1, dict(sealed.pop(chain_id, []))
        last_sealed = max(hashes_wanted, default=0)
        for entry in entries:
            report.entries += 1
            number = entry["sequence"]
            if number != expected:
                report.faults.append(
                    Fault(chain_id, expected, "missing", f"entries {expected} to {number - 1} are gone")
                )
            elif entry["previous"] != previous:
                report.faults.append(
                    Fault(chain_id, number, "broken-link", "does not follow the entry before it")
                )
            if chain.entry_hash(entry) != entry["hash"]:
                report.faults.append(
                    Fault(
                        chain_id,
                        number,
                        "changed",
                        f"entry {entry['id']} ({entry['action']}, {entry['at']:%Y-%m-%d %H:%M:%S}) was changed after it was written",
                    )
                )
            if number in hashes_wanted and hashes_wanted[number] != entry["hash"]:
                report.faults.append(
                    Fault(chain_id, number, "changed", "differs from the hash that was sealed")
                )
            report.unsealed += number > last_sealed
            previous, expected = entry["hash"], number + 1
        if expected <= last_sealed:
            report.faults.append(
                Fault(
                    chain_id,
                    expected,
                    "cut-off",
                    f"entries {expected} to {last_sealed} were sealed and are gone",
                )
            )
    for chain_id, heads in sealed.items():
        report.faults.append(
            Fault(chain_id, 1, "cut-off", f"a sealed chain of {max(n for n, _ in heads)} entries is gone")
        )
    return report


def fingerprint(public_key: str) -> str:
    """Of a sealing key in PEM form, for people to compare: 16 hex digits of its SHA-256."""
    return hashlib.sha256(public_key.encode()).hexdigest()[:16]


def _chains() -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    from itertools import groupby

    rows = (
        models.Entry.objects.order_by("chain", "sequence")
        .values("id", "hash", *chain.FIELDS)
        .iterator(chunk_size=2000)
    )
    for chain_id, entries in groupby(rows, key=lambda row: row["chain"]):
        yield str(chain_id), entries


def _check_seals(report: Report) -> dict[str, list[tuple[int, str]]]:
    heads_of: dict[str, list[tuple[int, str]]] = {}
    previous = chain.GENESIS
    for expected, seal in enumerate(models.Seal.objects.order_by("number"), start=1):
        report.seals += 1
        heads = [(str(h.chain), h.length, h.hash) for h in seal.sealed_heads.all()]
        where = f"seal {seal.number}"
        if seal.number != expected:
            report.faults.append(Fault(where, expected, "seal-broken", f"seal {expected} is gone"))
        if chain.seal_root(previous, heads) != seal.root:
            report.faults.append(Fault(where, seal.number, "seal-broken", "the sealed heads were changed"))
        key = load_pem_public_key(seal.public_key.encode())
        report.keys.add(fingerprint(seal.public_key))
        try:
            if not isinstance(key, Ed25519PublicKey):
                raise InvalidSignature
            key.verify(base64.urlsafe_b64decode(seal.signature), seal.root.encode())
        except InvalidSignature:
            report.faults.append(Fault(where, seal.number, "seal-broken", "the signature does not fit"))
        for chain_id, length, digest in heads:
            heads_of.setdefault(chain_id, []).append((length, digest))
        previous = seal.root
    return heads_of

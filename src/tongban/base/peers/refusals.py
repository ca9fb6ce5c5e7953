"""Why a request of another node is not answered, or its answer is not believed.

PeerRefused
├── Unsigned      401  carries no signature of this protocol
├── Forged        401  the signature, or the digest of the body, does not fit
├── Expired       401  older than two minutes, or from the future
├── Downgraded    401  covers less than it must, or uses another algorithm
├── Misdirected   421  signed for another node
├── UnknownPeer   403  nobody here has compared the fingerprint of its key
├── NotTrusted    403  known, but pending or suspended
└── Replayed      409  its nonce has been used
NoAnswer               the peer cannot be reached, or what came is not its signed answer: try again later
"""

from __future__ import annotations

from tongban.base.kit.refusals import Refusal


class PeerRefused(Refusal):
    status = 401
    code = "peer-refused"


class Unsigned(PeerRefused):
    code = "unsigned"


class Forged(PeerRefused):
    code = "forged"


class Expired(PeerRefused):
    code = "expired"


class Downgraded(PeerRefused):
    code = "downgraded"


class Misdirected(PeerRefused):
    status = 421
    code = "misdirected"


class UnknownPeer(PeerRefused):
    status = 403
    code = "unknown-peer"


class NotTrusted(PeerRefused):
    status = 403
    code = "not-trusted"


class Replayed(PeerRefused):
    status = 409
    code = "replayed"


class NoAnswer(Exception):
    """No genuine answer came; the message says why, without anything that the other side said."""

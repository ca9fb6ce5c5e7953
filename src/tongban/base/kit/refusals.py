"""Refusals: what a person may not do or got wrong, as exceptions that doors turn into pages and problem details.

Refusal
├── NotFound        404  also for what one may not know of
├── NotNow          409  the state does not allow it (any more)
├── StaleVersion    412  somebody else changed it in the meantime
├── Invalid         422  fields with messages
├── KeyReused       422  an idempotency key came back with another body
└── TooLarge        413
"""

from __future__ import annotations

from collections.abc import Mapping


class Refusal(Exception):
    status = 400
    code = "refused"

    def __init__(self, message: str, *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = dict(fields or {})


class NotFound(Refusal):
    status = 404
    code = "not-found"


class NotNow(Refusal):
    status = 409
    code = "not-now"


class Gone(Refusal):
    status = 410
    code = "gone"


class StaleVersion(Refusal):
    status = 412
    code = "stale-version"


class Invalid(Refusal):
    status = 422
    code = "invalid"


class KeyReused(Refusal):
    status = 422
    code = "idempotency-key-reused"


class TooLarge(Refusal):
    status = 413
    code = "too-large"

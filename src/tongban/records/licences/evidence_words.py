"""What states and reasons of requests for evidence are called on pages."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_noop as msg

ASKED: Final = {
    # state of a request made here: (word, tone of the tag)
    "asked": (msg("On its way to the other place"), "info"),
    "told": (msg("Waits for your consent there"), "warn"),
    "collecting": (msg("Being fetched"), "info"),
    "held": (msg("Held as evidence"), "ok"),
    "refused": (msg("Not given"), "bad"),
    "failed": (msg("Could not be delivered"), "bad"),
    "expired": (msg("Expired"), "bad"),
}
CONSENTS: Final = {
    "asked": (msg("Waits for your answer"), "warn"),
    "agreed": (msg("You agreed"), "ok"),
    "refused": (msg("You refused"), "bad"),
    "withdrawn": (msg("You withdrew your consent"), "bad"),
    "used": (msg("Handed over, once"), "ok"),
    "expired": (msg("Expired"), "bad"),
}
REASONS: Final = {
    "no-consent": msg("You have not agreed at the other place yet. Agree there first, then fetch it."),
    "no-answer": msg("The other place did not answer. Try again later."),
    "refused": msg("The other place refused: the holder said no, or it may not give this."),
    "withdrawn": msg("The consent was withdrawn before it was used."),
    "used": msg("This consent was used before. Ask anew."),
    "expired": msg("The time for this request is over, or the licence has expired."),
    "changed": msg("What came does not match what you asked for. Nothing was kept."),
    "unknown-request": msg("The other place does not know this request."),
    "no-licence": msg("The licence you chose is no longer valid."),
    "too-many": msg("The other place has too many open requests from here. Try again later."),
    "not-trusted": msg("The other place does not trust this one at present."),
    "unknown-peer": msg("The other place does not trust this one at present."),
    "invalid": msg("The other place has no licence of this kind with these fields."),
    "not-ours": msg("The issuer is not on the trust list of that place. Nothing was kept."),
    "forged": msg("The signature of the licence does not hold. Nothing was kept."),
    "revoked": msg("The licence was revoked."),
    "suspended": msg("The licence is suspended."),
    "other-kind": msg("Another kind of licence came. Nothing was kept."),
    "other-holder": msg("The licence of somebody else came. Nothing was kept."),
    "too-much": msg("More came than you asked for. Nothing was kept."),
    "cannot-tell": msg("The trust list kept here does not have the issuer's key. Nothing was kept."),
}
OTHERWISE: Final = msg("It was not given. The other place did not say why in a way this one knows.")

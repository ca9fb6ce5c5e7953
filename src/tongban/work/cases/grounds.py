"""On what ground something that was granted may end before its time, and what each ground leads to.

    annul    撤销  it should never have been granted: it counts as never granted (行政许可法 art. 69)
    recall   撤回  lawful, and no longer possible for the public good: from today on, with compensation (art. 8)
    cancel   注销  it has come to its end and is struck off: from today on (art. 70)

Which article a place cites for each stands in the pack (`Service.ending`); the grounds are those of the law.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_noop as msg

from tongban.core.procedures.model import Event


@dataclass(frozen=True, slots=True)
class Ground:
    event: Event
    label: str
    """A msgid."""
    of_promise: bool = False
    """Only where it was granted on commitment, and as long as nobody has found the promise kept."""
    unheard: bool = False
    """It harms nobody, or nobody is left to be heard: it ends at once. Every other ground is told first (art. 7)."""
    excludes: bool = False
    """Whoever gave the promise cannot go that way again for a while (安阳市政务服务条例 art. 29)."""


GROUNDS: Final[dict[str, Ground]] = {
    "commitment-untrue": Ground(
        Event.ANNUL, msg("What was promised in the commitment is not true"), of_promise=True, excludes=True
    ),
    "commitment-unkept": Ground(
        Event.ANNUL,
        msg("What was promised was still not kept after the time for putting it right"),
        of_promise=True,
        excludes=True,
    ),
    "deceit": Ground(Event.ANNUL, msg("It was obtained by deceit, bribery or other improper means")),
    "not-eligible": Ground(Event.ANNUL, msg("It was granted to somebody who does not meet the conditions")),
    "beyond-powers": Ground(
        Event.ANNUL, msg("It was granted beyond powers, or by abuse or neglect of office")
    ),
    "procedure": Ground(Event.ANNUL, msg("It was granted against the procedure of law")),
    "law-changed": Ground(Event.RECALL, msg("The law it rests on was amended or repealed")),
    "circumstances-changed": Ground(
        Event.RECALL, msg("Circumstances have changed greatly, and the public good demands it")
    ),
    "own-wish": Ground(Event.CANCEL, msg("Its holder has asked for it"), unheard=True),
    "term-ended": Ground(Event.CANCEL, msg("Its term has ended and was not renewed"), unheard=True),
    "holder-gone": Ground(
        Event.CANCEL, msg("Its holder has died, has lost legal capacity or has been dissolved"), unheard=True
    ),
    "impossible": Ground(Event.CANCEL, msg("Force majeure has made it impossible to use")),
}

ARTICLES_OF: Final = {Event.ANNUL: "annul", Event.RECALL: "recall", Event.CANCEL: "cancel"}
"""Event to the field of `packs.model_rights.Ending` that names its articles."""

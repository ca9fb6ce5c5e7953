"""Who has to sign an application besides the one who submits it (共同签署)."""

from __future__ import annotations

from tongban.core.packs.model_base import Cited, Id, Name, Rule
from tongban.core.values.text import Bilingual


class Signer(Cited):
    """Somebody whose signature a service needs before the application is submitted.

    Exactly one of `by` and `representative` is set. Whoever submits signs by that, and is not asked once more.
    """

    id: Id
    name: Bilingual
    """The part they have, in everyday words: the other parent."""
    when: Rule = "TRUE"
    by: tuple[Name, ...] = ()
    """Facts that hold identity numbers: everybody named by one of them signs."""
    representative: bool = False
    """The legal representative of the firm that applies, where an agent submits for it."""

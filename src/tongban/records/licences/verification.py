"""Is this licence good? One line says who issued it, to whom, and until when it is valid.

Works without a database: `verify` needs the file and a trust list. A portal also passes `status_lookup`, which asks
the issuing node's own rows; without it the answer says what could not be checked. From a file whose signature did not
check out nothing is repeated: a forger's words are not shown under the platform's name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tongban.core.values.text import Bilingual
from tongban.records.licences import document, sdjwt
from tongban.records.licences.trust import TrustList

StatusLookup = Callable[[str, str], str | None]
"""(issuer id, identifier) -> `valid`, `suspended`, `revoked`, `superseded`, `unknown`; None: another node's."""


@dataclass(frozen=True, slots=True)
class Verification:
    outcome: str
    """`valid`, `expired`, `not-yet-valid`, `suspended`, `revoked`, `not-ours`, `forged`, `unreadable`, `cannot-tell`."""
    message: Bilingual
    note: Bilingual | None = None
    """What the answer does not cover."""
    issuer: Bilingual | None = None
    kind: Bilingual | None = None
    holder: str | None = None
    number: str | None = None
    identifier: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    """Last day. None beside a known `identifier`: long-term."""
    fields: tuple[document.Shown, ...] = ()
    checked_online: bool = False

    @property
    def good(self) -> bool:
        return self.outcome == "valid"

    @property
    def masked_number(self) -> str | None:
        """Enough to compare with the paper at hand, too little to look a licence up by."""
        number = self.number
        if number is None or len(number) < 6:
            return number and "*" * len(number)
        return number[:2] + "*" * (len(number) - 6) + number[-4:]


def verify(
    token: str | bytes, trust: TrustList, now: datetime, status_lookup: StatusLookup | None = None
) -> Verification:
    """Judge a licence file. Never raises, whatever it is given."""
    outcome = sdjwt.check(_unwrapped(token), trust, now)
    if outcome.issuer is None or not outcome.claims:
        return Verification(outcome.code, outcome.reason)
    read = document.read(outcome.claims, outcome.issuer.name)
    status = status_lookup(outcome.issuer.id, read.identifier or "") if status_lookup else None
    online = status is not None
    if status is None:
        status = trust.withdrawal(outcome.issuer, read.identifier)
    code = _ruled(outcome.code, status)
    return Verification(
        outcome=code,
        message=_message(code, status, outcome.issuer.name, read),
        note=None if online else _offline_note(trust),
        issuer=outcome.issuer.name,
        kind=read.kind,
        holder=read.holder,
        number=read.number,
        identifier=read.identifier,
        valid_from=read.valid_from,
        valid_to=read.valid_to,
        fields=read.fields,
        checked_online=online,
    )


def as_json(result: Verification) -> dict[str, Any]:
    """The public form: never a field beyond these."""
    return {
        "outcome": result.outcome,
        "message": _pair(result.message),
        "note": _pair(result.note),
        "issuer": _pair(result.issuer),
        "kind": _pair(result.kind),
        "holder": result.holder,
        "number": result.masked_number,
        "valid_from": result.valid_from.isoformat() if result.valid_from else None,
        "valid_to": result.valid_to.isoformat() if result.valid_to else None,
        "checked_online": result.checked_online,
    }


def _ruled(code: str, status: str | None) -> str:
    """A withdrawal outranks the dates; a licence that its own node does not know is not vouched for."""
    if status in {"revoked", "superseded"}:
        return "revoked"
    if status == "unknown":
        return "cannot-tell"
    if status == "suspended" and code != "expired":
        return "suspended"
    return code


def _message(code: str, status: str | None, issuer: Bilingual, read: document.Document) -> Bilingual:
    last = read.valid_to.isoformat() if read.valid_to else None
    zh = f"由{issuer.zh}颁发给{read.holder or '（未出示姓名的持有人）'}，" + (
        f"有效期至 {last}。" if last else "长期有效。"
    )
    until = f"valid until {last}" if last else "valid without an end date"
    en = f"issued by {issuer.en} to {read.holder or 'a holder who is not named here'}, {until}."
    if code == "valid":
        return Bilingual(zh=f"证照有效：{zh}", en=f"Valid: {en}")
    if code == "expired":
        zh, en = zh.replace("有效期至", "有效期止于"), en.replace("valid until", "was valid until")
    word = _WORDS["superseded" if status == "superseded" else code]
    return Bilingual(zh=f"{word.zh}：{zh}", en=f"{word.en}: {en}")


_WORDS: Mapping[str, Bilingual] = {
    "expired": Bilingual(zh="证照已过期", en="Expired"),
    "not-yet-valid": Bilingual(zh="证照尚未生效", en="Not valid yet"),
    "suspended": Bilingual(zh="证照已暂扣，目前不得使用", en="Suspended, not to be relied on"),
    "revoked": Bilingual(zh="证照已撤销或注销，不得使用", en="Revoked, not to be relied on"),
    "superseded": Bilingual(
        zh="证照已由新版本取代，不得使用", en="Replaced by a newer licence, not to be relied on"
    ),
    "cannot-tell": Bilingual(
        zh="签名无误，但签发机关的登记中没有这份证照，请向其查询",
        en="Signed correctly, but the issuer's register does not have it; ask the issuer",
    ),
}


def _offline_note(trust: TrustList) -> Bilingual:
    if trust.published is None:
        return Bilingual(
            zh="未联网核查状态：之后的暂扣或撤销无从得知。",
            en="Its status was not checked online: a suspension or revocation would not be known here.",
        )
    day = trust.published.date().isoformat()
    return Bilingual(
        zh=f"未联网核查状态：只核对了截至 {day} 的信任名单中的暂扣和撤销。",
        en=f"Its status was not checked online: only withdrawals on the trust list of {day} were.",
    )


def _unwrapped(token: str | bytes) -> str | bytes:
    """Without the white space that copying from a mail or a screen leaves in a long line."""
    return token if len(token) > 2 * sdjwt.MAX_BYTES else type(token)().join(token.split())  # type: ignore[arg-type]


def _pair(text: Bilingual | None) -> dict[str, str] | None:
    return {"zh": text.zh, "en": text.en} if text else None

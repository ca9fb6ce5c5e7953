"""Where mail goes, out of one address: `smtp+tls://user:password@mail.city.example:587`.

smtp://       without encryption, for a server on the same machine    port 25
smtp+tls://   STARTTLS                                                port 587
smtps://      TLS from the first byte                                 port 465
console:      development: onto the terminal of web and worker
file:/folder  development: one file for each mail
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

_BACKENDS = "django.core.mail.backends"
_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
TIMEOUT_SECONDS = 20


class BadMailAddress(ValueError):
    """TONGBAN_MAIL cannot be read; the message says what it should look like and holds no password."""


def settings(address: str) -> dict[str, Any]:
    """Django's settings for an address; without one nothing is ever sent. Raises BadMailAddress."""
    if not address:
        return {"EMAIL_BACKEND": f"{_BACKENDS}.dummy.EmailBackend"}
    parts = urlsplit(address)
    if parts.scheme == "console":
        return {"EMAIL_BACKEND": f"{_BACKENDS}.console.EmailBackend"}
    if parts.scheme == "file" and parts.path:
        return {
            "EMAIL_BACKEND": f"{_BACKENDS}.filebased.EmailBackend",
            "EMAIL_FILE_PATH": unquote(parts.path),
        }
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in _PORTS or not parts.hostname or port == -1:
        raise BadMailAddress(
            "TONGBAN_MAIL cannot be read. Write smtp+tls://user:password@mail.city.example:587 "
            "(smtps:// or smtp:// without encryption), console: or file:/folder; signs in a password as %40."
        )
    return {
        "EMAIL_BACKEND": f"{_BACKENDS}.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or _PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": TIMEOUT_SECONDS,
    }

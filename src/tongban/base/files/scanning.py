"""The malware scanner: an interface, and ClamAV's daemon behind it.

    TONGBAN_SCANNER=clamd:/run/clamav/clamd.ctl | clamd:HOST:PORT | none

The daemon's protocol is a dozen lines (INSTREAM: length and bytes, again and again, then a zero length; one line comes
back). Client libraries for it have no bound on the whole exchange or are no longer kept, so it is spoken here, with one
deadline for everything and a bound on what the other side may say.
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

_MOST_SAID: Final = 4096
_PIECE: Final = 64 * 1024


class BadScannerAddress(ValueError):
    """`TONGBAN_SCANNER` cannot be read."""


class ScannerGone(Exception):
    """Nobody answers: a matter of the machine, not of this file. Try again, as long as it takes."""


class ScannerFailed(Exception):
    """The scanner was there and gave no finding: too large for it, too slow, nonsense, hung up."""


@dataclass(frozen=True, slots=True)
class Finding:
    malware: str | None
    """Name of what was found; None: nothing."""


class Scanner(Protocol):
    def scan(self, pieces: Iterable[bytes]) -> Finding:
        """Look at the bytes. Raises `ScannerGone` or `ScannerFailed`."""
        ...

    def version(self) -> str:
        """Program and signatures, to be kept with each finding. Raises as `scan` does."""
        ...


def scanner(address: str, *, seconds: float = 60) -> Scanner | None:
    """The scanner of a setting; None: there is none. Raises `BadScannerAddress`."""
    if address in ("", "none"):
        return None
    kind, _colon, rest = address.partition(":")
    if kind == "clamd" and rest.startswith("/"):
        return Clamd(rest, seconds)
    host, _colon, port = rest.rpartition(":")
    if kind == "clamd" and host and port.isdigit() and 0 < int(port) < 65536:
        return Clamd((host.strip("[]"), int(port)), seconds)
    raise BadScannerAddress(
        f"TONGBAN_SCANNER is {address!r}; write clamd:/run/clamav/clamd.ctl, clamd:127.0.0.1:3310 or none"
    )


class Clamd:
    """ClamAV's daemon at a unix socket or at (host, port)."""

    def __init__(self, address: str | tuple[str, int], seconds: float) -> None:
        self._address, self._seconds = address, seconds

    def scan(self, pieces: Iterable[bytes]) -> Finding:
        said = self._exchange(b"zINSTREAM\0", pieces)
        found = re.fullmatch(r"stream: (?:(?P<malware>[^\r\n]{1,200}) FOUND|OK)", said)
        if found is None:
            raise ScannerFailed(f"the scanner says {said[:120]!r}")
        return Finding(found["malware"])

    def version(self) -> str:
        said = self._exchange(b"zVERSION\0", None)
        if not said.startswith("ClamAV"):
            raise ScannerFailed(f"not ClamAV: {said[:120]!r}")
        return said[:80]

    def _exchange(self, command: bytes, pieces: Iterable[bytes] | None) -> str:
        deadline = time.monotonic() + self._seconds
        try:
            connection = self._connect(deadline)
        except OSError as error:
            raise ScannerGone(f"no scanner at {self._address}: {error}") from error
        with connection:
            try:
                self._send(connection, command, deadline)
                if pieces is not None:
                    self._stream(connection, pieces, deadline)
            except TimeoutError as error:
                raise ScannerFailed(f"the scanner took longer than {self._seconds:g} s") from error
            except OSError:
                pass  # it may have hung up early because it has said why: listen
            return self._listen(connection, deadline)

    def _connect(self, deadline: float) -> socket.socket:
        seconds = min(5.0, _left(deadline))
        if not isinstance(self._address, str):
            return socket.create_connection(self._address, timeout=seconds)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(seconds)
        try:
            connection.connect(self._address)
        except OSError:
            connection.close()
            raise
        return connection

    def _stream(self, connection: socket.socket, pieces: Iterable[bytes], deadline: float) -> None:
        for piece in pieces:
            for start in range(0, len(piece), _PIECE):
                part = piece[start : start + _PIECE]
                self._send(connection, len(part).to_bytes(4, "big") + part, deadline)
        self._send(connection, bytes(4), deadline)

    @staticmethod
    def _send(connection: socket.socket, data: bytes, deadline: float) -> None:
        connection.settimeout(_left(deadline))
        connection.sendall(data)

    def _listen(self, connection: socket.socket, deadline: float) -> str:
        said = b""
        try:
            while b"\0" not in said and b"\n" not in said:
                connection.settimeout(_left(deadline))
                more = connection.recv(1024)
                if not more:
                    break
                said += more
                if len(said) > _MOST_SAID:
                    raise ScannerFailed("the scanner says more than an answer holds")
        except TimeoutError as error:
            raise ScannerFailed(f"the scanner took longer than {self._seconds:g} s") from error
        except OSError as error:
            raise ScannerFailed(f"the scanner hung up: {error}") from error
        if not said:
            raise ScannerFailed("the scanner hung up without a word")
        return re.split(r"[\0\n]", said.decode("utf-8", "replace"))[0].strip()


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left

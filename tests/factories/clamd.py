"""A clamd to talk to, on a real socket: it speaks the protocol, or breaks it in one way."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The test file of the anti-malware industry: harmless, and found by every scanner."""


class Clamd:
    """Answers one connection after another. `mood` is how it behaves; `seen` what it was given to look at."""

    def __init__(self, path: Path) -> None:
        self.mood = "sound"
        self.limit = 25 * 1024 * 1024
        self.seen: list[bytes] = []
        self.address = f"clamd:{path}"
        self._path = path
        self._listener: socket.socket | None = None
        self.start()

    def start(self) -> None:
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(self._path))
        self._listener.listen(8)
        threading.Thread(target=self._serve, args=(self._listener,), daemon=True).start()

    def stop(self) -> None:
        if self._listener is not None:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
            self._path.unlink()

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _peer = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            try:
                command = self._until_zero(connection)
                if command == b"zVERSION":
                    connection.sendall(b"ClamAV 1.4.3/27800/Mon Mar  2 08:00:00 2026\0")
                elif command == b"zINSTREAM":
                    self._look(connection)
                else:
                    connection.sendall(b"UNKNOWN COMMAND\0")
            except OSError:
                return

    def _look(self, connection: socket.socket) -> None:
        if self.mood == "hangs-up":
            return
        data = b""
        while size := int.from_bytes(self._exactly(connection, 4), "big"):
            if len(data) + size > self.limit:
                connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
            data += self._exactly(connection, size)
        self.seen.append(data)
        if self.mood == "silent":
            time.sleep(30)
        elif self.mood == "garbage":
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n<html>")
        elif self.mood == "endless":
            for _ in range(10_000):
                connection.sendall(b"x" * 1024)
        elif EICAR in data:
            connection.sendall(b"stream: Win.Test.EICAR_HDB-1 FOUND\0")
        else:
            connection.sendall(b"stream: OK\0")

    @staticmethod
    def _until_zero(connection: socket.socket) -> bytes:
        said = b""
        while not said.endswith(b"\0"):
            more = connection.recv(1)
            if not more:
                raise OSError
            said += more
        return said[:-1]

    @staticmethod
    def _exactly(connection: socket.socket, size: int) -> bytes:
        data = b""
        while len(data) < size:
            more = connection.recv(min(65536, size - len(data)))
            if not more:
                raise OSError
            data += more
        return data


@pytest.fixture
def clamd(tmp_path: Path) -> Iterator[Clamd]:
    daemon = Clamd(tmp_path / "clamd.ctl")
    yield daemon
    daemon.stop()

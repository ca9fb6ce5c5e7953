"""Somebody who uses a running node over HTTP: signed in as one of the demo people, with the token of the session."""

from __future__ import annotations

import http.client
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

API = "/api/v1"
IDLE = 2.0
"""Seconds after which a connection is opened anew: the server may have closed it."""
BOUNDARY = "tongban-boundary"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    """By name in lower case."""
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Caller:
    """One connection, kept open; opened anew after whatever has gone wrong, which is raised (OSError, HTTPException)."""

    def __init__(self, base: str, *, timeout: float = 20) -> None:
        self.address = urlsplit(base).netloc
        self.timeout = timeout
        self.cookies: dict[str, str] = {}
        self._connection: http.client.HTTPConnection | None = None
        self._used = 0.0

    def enter(self, username: str) -> None:
        """Become one of the demo people."""
        page = self.send("GET", "/demo").body.decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None, page[:400]
        said = urlencode({"username": username, "csrfmiddlewaretoken": token[1]}).encode()
        answer = self.send("POST", "/demo/enter", said, {"content-type": "application/x-www-form-urlencoded"})
        assert answer.status == 302, (username, answer.status)

    def call(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """An operation of the API, with JSON."""
        data = b"" if body is None else json.dumps(body).encode()
        return self.send(method, API + path, data, {"content-type": "application/json", **(headers or {})})

    def upload(self, path: str, name: str, data: bytes, headers: Mapping[str, str] | None = None) -> Answer:
        """A file for the API, as a form sends it."""
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = head.encode() + data + f"\r\n--{BOUNDARY}--\r\n".encode()
        kind = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
        return self.send("PUT", API + path, body, {**kind, **(headers or {})})

    def send(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        if time.monotonic() - self._used > IDLE:
            self.close()
        self._used = time.monotonic()
        if self._connection is None:
            self._connection = http.client.HTTPConnection(self.address, timeout=self.timeout)
        sent = {"accept-language": "en", "host": self.address, **(headers or {})}
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        token = next((value for name, value in self.cookies.items() if name.endswith("_csrf")), None)
        if token is not None:
            sent["x-csrftoken"] = token
        try:
            self._connection.request(method, path, body, sent)
            response = self._connection.getresponse()
            answer = Answer(
                response.status, {k.lower(): v for k, v in response.getheaders()}, response.read()
            )
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                self.cookies |= {key: morsel.value for key, morsel in SimpleCookie(value).items()}
        if response.will_close:
            self.close()
        return answer

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

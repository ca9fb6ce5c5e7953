"""Talking to the scanner: what it finds, and every way in which it does not answer."""

from __future__ import annotations

import socket
import time

import pytest
from tests.factories.clamd import EICAR, Clamd

from tongban.base.files import scanning
from tongban.base.files.scanning import BadScannerAddress, ScannerFailed, ScannerGone


def ask(clamd: Clamd, data: bytes = b"plan", seconds: float = 5) -> str | None:
    found = scanning.scanner(clamd.address, seconds=seconds)
    assert found is not None
    return found.scan([data[:3], data[3:]]).malware


def test_a_clean_file_is_clean_and_was_seen_whole(clamd: Clamd) -> None:
    data = bytes(range(256)) * 1000
    assert ask(clamd, data) is None
    assert clamd.seen == [data]


def test_malware_is_found_by_its_name(clamd: Clamd) -> None:
    assert ask(clamd, b"%PDF-1.4 " + EICAR) == "Win.Test.EICAR_HDB-1"


def test_the_version_is_kept_with_a_finding(clamd: Clamd) -> None:
    found = scanning.scanner(clamd.address)
    assert found is not None
    assert found.version() == "ClamAV 1.4.3/27800/Mon Mar  2 08:00:00 2026"


@pytest.mark.parametrize(
    ("mood", "words"),
    [("garbage", "HTTP/1.1"), ("endless", "more than an answer"), ("hangs-up", "hung up"), ("silent", "longer than 0.5 s")],
)  # fmt: skip
def test_no_finding_is_never_taken_for_clean(clamd: Clamd, mood: str, words: str) -> None:
    clamd.mood = mood
    before = time.monotonic()
    with pytest.raises(ScannerFailed, match=words):
        ask(clamd, seconds=0.5)
    assert time.monotonic() - before < 3


def test_a_file_above_its_limit_is_not_clean(clamd: Clamd) -> None:
    clamd.limit = 100_000
    with pytest.raises(ScannerFailed, match=r"size limit exceeded|hung up"):
        ask(clamd, b"x" * 3_000_000)


def test_a_scanner_that_is_gone_is_told_apart(clamd: Clamd) -> None:
    clamd.stop()
    with pytest.raises(ScannerGone, match="no scanner at"):
        ask(clamd)


def test_a_scanner_at_a_port_that_nobody_listens_on_is_gone() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    found = scanning.scanner(f"clamd:127.0.0.1:{port}")
    assert found is not None
    with pytest.raises(ScannerGone):
        found.version()


def test_no_scanner_is_said_in_two_ways() -> None:
    assert scanning.scanner("none") is scanning.scanner("") is None


@pytest.mark.parametrize("address", ["clamd", "clamd:", "clamd:host", "clamd:host:0", "clamd:host:x", "other:/a", "/run/clamd"])  # fmt: skip
def test_a_slip_in_the_address_is_told_with_what_to_write(address: str) -> None:
    with pytest.raises(BadScannerAddress, match=r"clamd:/run/clamav/clamd\.ctl"):
        scanning.scanner(address)

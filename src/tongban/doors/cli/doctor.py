"""`tongban doctor`: what is missing on this machine and how to get it."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import click

from tongban.base.kit import environment


@click.command()
def doctor() -> None:
    """Check this machine and this node. Exit 1 when something needed is missing."""
    checks: tuple[Callable[[], tuple[str, bool | None, str]], ...] = (
        _python,
        _libraries,
        _home,
        _packs,
        _database,
        _port,
        _documents,
        _mail,
        _scanner,
        _browser,
    )
    failed = False
    for check in checks:
        name, good, text = check()
        failed |= good is False
        click.echo(f"{ {True: 'ok     ', False: 'MISSING', None: 'note   '}[good] } {name}: {text}")
    sys.exit(1 if failed else 0)


def _python() -> tuple[str, bool | None, str]:
    version = sys.version.split()[0]
    return (
        "Python",
        sys.version_info >= (3, 11),
        version if sys.version_info >= (3, 11) else f"{version}; install 3.11 or newer",
    )


def _libraries() -> tuple[str, bool | None, str]:
    absent = []
    for requirement in importlib.metadata.requires("tongban") or []:
        name = requirement.split(";")[0].split("[")[0].split(">")[0].split("=")[0].split("<")[0].strip()
        try:
            importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            absent.append(name)
    return (
        "Libraries",
        not absent,
        "all installed" if not absent else f"{', '.join(absent)} missing; run `make setup`",
    )


def _home() -> tuple[str, bool | None, str]:
    home = environment.home()
    free = shutil.disk_usage(home).free // 2**20
    if not os.access(home, os.W_OK):
        return "Data folder", False, f"{home} cannot be written; set TONGBAN_HOME to a folder of yours"
    return (
        "Data folder",
        free > 500,
        f"{home}, {free} MB free" + ("" if free > 500 else "; make room, 500 MB are needed"),
    )


def _packs() -> tuple[str, bool | None, str]:
    from tongban.base.directory import sources
    from tongban.doors.cli import packs

    folder = Path(environment.text("TONGBAN_PACKS") or environment.default_packs())
    try:
        loaded = packs.read(folder / sources.top_layer(folder))
    except sources.NoSuchPack as error:
        return "Packs", False, str(error)
    if loaded.pack is None:
        return "Packs", False, f"{len(loaded.problems)} problems; run `tongban pack lint`"
    return "Packs", True, f"{loaded.pack.manifest.id} {loaded.pack.manifest.version} in {folder}"


def _database() -> tuple[str, bool | None, str]:
    from tongban.base.engines import postgres
    from tongban.doors.cli import boot

    try:
        url = boot.start_database()
        with postgres.connection(url) as connection:
            row = connection.execute("SELECT current_setting('server_version'), current_user").fetchone()
    except postgres.DatabaseUnavailable as error:
        return "Database", False, str(error)
    return "Database", True, f"PostgreSQL {row[0]} as {row[1]}" if row else "PostgreSQL"


def _port() -> tuple[str, bool | None, str]:
    import socket

    port = environment.text("TONGBAN_PORT", "8000")
    with socket.socket() as probe:
        probe.settimeout(1)
        used = port.isdigit() and probe.connect_ex(("127.0.0.1", int(port))) == 0
    return (
        "Port",
        None if used else True,
        f"{port} is in use (by this node, or set TONGBAN_PORT)" if used else f"{port} is free",
    )


def _documents() -> tuple[str, bool | None, str]:
    from tongban.base.notices import typesetting

    problem = typesetting.problem()
    return "Documents as PDF", not problem, problem or "typesetter and Chinese font installed"


def _mail() -> tuple[str, bool | None, str]:
    """Sends nothing: it only knocks at the server of the settings, and signs in where they hold a password."""
    from tongban.base.kit import mail

    address = environment.text("TONGBAN_MAIL")
    if not address:
        return "Mail", None, "none; notices are in the inbox only. docs/guide/mail.md says how to set it up"
    try:
        found = mail.settings(address)
    except mail.BadMailAddress as error:
        return "Mail", False, str(error)
    if "EMAIL_HOST" not in found:
        return "Mail", True, f"{address.partition(':')[0]}, for development"
    server = f"{found['EMAIL_HOST']}:{found['EMAIL_PORT']}"
    import smtplib

    try:
        kind = smtplib.SMTP_SSL if found["EMAIL_USE_SSL"] else smtplib.SMTP
        with kind(found["EMAIL_HOST"], found["EMAIL_PORT"], timeout=5) as connection:
            if found["EMAIL_USE_TLS"]:
                connection.starttls()
            if found["EMAIL_HOST_USER"]:
                connection.login(found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"])
    except (OSError, smtplib.SMTPException) as error:
        return (
            "Mail",
            False,
            f"{server} does not answer as it should ({type(error).__name__}: {error}); check TONGBAN_MAIL",
        )
    return "Mail", True, f"{server} answers"


def _scanner() -> tuple[str, bool | None, str]:
    from tongban.base.files import scanning

    address = environment.text("TONGBAN_SCANNER", "none")
    try:
        scanner = scanning.scanner(address, seconds=5)
        if scanner is None:
            return (
                "Malware scanner",
                None,
                "none; files are checked for what they are, not for malware. docs/guide/files.md says how to set one up",
            )
        return "Malware scanner", True, scanner.version()
    except (scanning.BadScannerAddress, scanning.ScannerGone, scanning.ScannerFailed) as error:
        return "Malware scanner", False, f"{error}; until it answers, no new file can be used"


def _browser() -> tuple[str, bool | None, str]:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return (
        "Browser for the journeys",
        True if found else None,
        found or "none; only tests need it: `make browser`",
    )

"""What the environment says. The only module that reads it."""

from __future__ import annotations

import os
from pathlib import Path

APP_ROLE = "tongban_app"
"""Database role of web and worker: it can add to the audit, never change or delete."""


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def flag(name: str) -> bool:
    return text(name).lower() in {"1", "true", "yes", "on"}


def words(name: str, default: str) -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def home(*, make: bool = True) -> Path:
    """The data folder, made on first use unless `make` says not to."""
    folder = Path(text("TONGBAN_HOME", ".tongban")).expanduser().resolve()
    if make:
        folder.mkdir(parents=True, exist_ok=True, mode=0o755)
    return folder


def default_packs() -> str:
    """`packs` in the working folder, else the one of the checkout."""
    here = Path("packs")
    return str(here.resolve() if here.is_dir() else Path(__file__).resolve().parents[4] / "packs")


def database() -> tuple[str, str | None]:
    """(URL, role to take on). As the owner (migrations, demo stamp) no role is taken on."""
    owner = text("TONGBAN_DATABASE_URL", "postgresql:///tongban")
    if text("TONGBAN_AS") == "owner":
        return owner, None
    weaker = text("TONGBAN_APP_DATABASE_URL")
    return (weaker, None) if weaker else (owner, APP_ROLE)

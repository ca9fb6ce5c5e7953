"""A data folder of the version before: its rows get their addresses, and its files are found, read and resealed."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from tests.factories.fixtures import NOON
from tests.factories.papers import pdf

from tongban.base.files import queries, resealing, store
from tongban.base.kit import keys

BEFORE = [("files", "0002_made_by_the_platform")]


@pytest.mark.django_db(transaction=True)
def test_a_folder_of_the_version_before_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGBAN_HOME", str(tmp_path))
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes("files")
    executor = MigrationExecutor(connection)
    executor.migrate(BEFORE)
    try:
        old: Any = executor.loader.project_state(BEFORE).apps.get_model("files", "Upload")
        data = pdf("of before")
        digest = hashlib.sha256(data).hexdigest()
        row = old.objects.create(
            id=uuid4(), owner=uuid4(), uploaded_by=uuid4(), name="plan.pdf", media_type="application/pdf", size=len(data),
            digest=digest, pages=1, checked_at=NOON, created_at=NOON,
        )  # fmt: skip
        name = keys.keyed_digest(digest)
        path = tmp_path / "files" / name[:2] / name
        path.parent.mkdir(parents=True)
        nonce = secrets.token_bytes(12)
        path.write_bytes(nonce + AESGCM(keys.secret("files")).encrypt(nonce, data, digest.encode()))
    finally:
        MigrationExecutor(connection).migrate(newest)
    upload = queries.upload(row.id)
    assert (upload.address, upload.scan, upload.usable) == (name, "exempt", True)
    assert queries.content(upload) == data
    assert resealing.reseal().done == 1
    assert store.key_number(name) == 1
    assert queries.content(upload) == data

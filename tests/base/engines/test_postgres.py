"""The embedded server starts wherever the wheel runs."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

START = """
import sys
from pathlib import Path
import psycopg
from tongban.base.engines import postgres
with psycopg.connect(postgres.start(Path(sys.argv[1]))) as session:
    print(session.execute("SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'tongban'").fetchone()[0])
"""


@pytest.mark.parametrize("name", ["LC_ALL", "LANG"])
def test_a_locale_that_the_machine_lacks_does_not_keep_the_database_from_starting(name: str) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "LANG"))}
    with tempfile.TemporaryDirectory(prefix="tongban-pg-") as home:
        Path(home).chmod(0o755)  # the server does not run as root
        done = subprocess.run(
            [sys.executable, "-c", START, f"{home}/data"],
            env=environment | {name: "zz_ZZ.UTF-8"}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.stdout == "UTF8\n", done.stderr

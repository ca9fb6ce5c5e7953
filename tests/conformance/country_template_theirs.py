"""OpenFisca's country template in an environment of its own, and what it computes.

The environment is made by pip once and kept in the user's cache folder: OpenFisca pins its own NumPy and pytest, which
need not be ours. `country_template.txt` pins every part by its hash. TONGBAN_CACHE names another folder.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PINNED = HERE / "country_template.txt"
RUN = HERE / "country_template_run.py"


class NotHere(Exception):
    """OpenFisca cannot be installed: what pip says."""


@dataclass(frozen=True)
class Template:
    python: Path
    files: Path
    """Folder of the template's own files: parameters/, tests/, reforms/."""

    def run(self, *words: str | Path, given: object = None) -> Any:
        """What `country_template_run.py` writes. Raises CalledProcessError after having shown what it said."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "out.json"
            command = [str(word) for word in (self.python, RUN, *words, file)]
            done = subprocess.run(
                command, input=json.dumps(given), capture_output=True, text=True, env=_alone()
            )
            if done.returncode:
                print(done.stdout[-3000:], done.stderr[-3000:])
            done.check_returncode()
            return json.loads(file.read_text(encoding="utf-8"))


def install() -> Template:
    """The template, installed now unless it was before. Raises NotHere, and ValueError for a file with another hash."""
    version = ".".join(map(str, sys.version_info[:3]))
    key = hashlib.sha256(PINNED.read_bytes() + version.encode()).hexdigest()[:16]
    folder = _cache() / f"openfisca-{key}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    python, complete = folder / "bin" / "python", folder / "complete"
    with (folder.parent / f"openfisca-{key}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two runs at once make it once
        if not (complete.exists() and python.exists()):
            venv.create(folder, with_pip=True, clear=True)
            words = ("-m", "pip", "install", "--quiet", "--no-input", "--require-hashes", "-r")
            done = subprocess.run([python, *words, PINNED], capture_output=True, text=True, env=_alone())
            if done.returncode and "DO NOT MATCH THE HASHES" in done.stderr:
                raise ValueError(done.stderr)
            if done.returncode:
                raise NotHere((done.stderr.strip() or done.stdout.strip()).splitlines()[-1])
            complete.touch()
    return Template(python, next(folder.glob("lib/python*/site-packages/openfisca_country_template")))


def _cache() -> Path:
    if named := os.environ.get("TONGBAN_CACHE"):
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tongban"


def _alone() -> Mapping[str, str]:
    """Without what belongs to the run of our own tests: the other interpreter runs a pytest of its own."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "PYTHON"))}

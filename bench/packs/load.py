"""Packs read from their files: run with `python -m bench.packs.load [--most 5000]`.

- The national pack with the three layers of a city upon it: merged, checked and compiled, and taken from the shelf of a node.
- Packs of 100 to 5,000 services, which are those of the national pack over and over under other names: what one service
  takes must not grow with the number of services.

Each measurement is made in a process of its own, whose peak of memory is said beside it. Seconds are those of the
processor, after the modules have been imported.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import process_time
from typing import Any

import yaml

from tongban.base.directory import loading, sources
from tongban.core.packs import loader

PACKS = Path(__file__).resolve().parents[2] / "packs"
NATION, CITY = "cn", "cn-qingqu"
SIZES = (100, 500, 1_000, 2_500, 5_000)
PER_FILE = 100
COLD, KEPT = 2.0, 0.3
"""Limits in seconds."""
GROWTH = 1.5
"""Of the time per service, from the second smallest pack to the largest."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--most", type=int, default=SIZES[-1], help="services of the largest pack")
    parser.add_argument("--only", nargs=2, metavar=("HOW", "SERVICES"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only:
        print(json.dumps(_measure(given.only[0], int(given.only[1]))))
        return 0
    over: list[str] = []
    with tempfile.TemporaryDirectory() as home:
        print("the packs that come with Tongban, a city on its province on what is shared on the nation")
        cold, kept = _best("files", 0, home), _best("shelf", 0, home)
        print(f"  {cold['services']} services, {cold['rules']} rules, {cold['files']} files")
        over += _say("from files", cold, COLD)
        over += _say("from the shelf", kept, KEPT)
        print("\nlarger ones")
        found = {
            size: (_best("files", size, home), _best("shelf", size, home))
            for size in (*(size for size in SIZES if size < given.most), given.most)
        }
        for size, (cold, kept) in found.items():
            print(
                f"  {size:>6,} services  {cold['seconds']:6.2f} s  {cold['seconds'] / size * 1000:5.2f} ms each"
                f"   from the shelf {kept['seconds']:5.2f} s   {cold['peak'] / 2**20:5.0f} MB"
            )
        sizes = list(found)
        each = [found[size][0]["seconds"] / size for size in (sizes[min(1, len(sizes) - 1)], sizes[-1])]
        growth = each[1] / each[0]
        print(f"  one service, largest to {sizes[min(1, len(sizes) - 1)]:,}: {growth:.2f} (limit {GROWTH})")
        over += ["growth"] * (growth > GROWTH)
    if over:
        print(f"\nnot held: {', '.join(over)}")
    return bool(over)


def _say(name: str, found: dict[str, Any], limit: float) -> list[str]:
    print(f"  {name:<15} {found['seconds']:6.3f} s  (limit {limit})   {found['peak'] / 2**20:.0f} MB")
    return [name] if found["seconds"] > limit else []


def _best(how: str, services: int, home: str) -> dict[str, Any]:
    """The fastest of three processes: whatever else the machine does only adds."""
    command = [sys.executable, "-m", "bench.packs.load", "--only", how, str(services)]
    env = {**os.environ, "TONGBAN_HOME": home}
    runs = [
        json.loads(subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout)
        for _ in range(3)
    ]
    return min(runs, key=lambda run: run["seconds"])


def _measure(how: str, services: int) -> dict[str, Any]:
    files, top = _larger(services) if services else (sources.read_layers(PACKS, CITY), CITY)
    if how == "shelf":
        loading.load(files, top)  # puts it there, at the first run
        loading.forget()
    start = process_time()
    found = loading.load(files, top) if how == "shelf" else loader.load(files, top)
    seconds = process_time() - start
    pack = found.pack
    assert pack is not None, found.problems[:3]
    return {
        "seconds": seconds,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        * (1 if sys.platform == "darwin" else 1024),
        "services": len(pack.services),
        "rules": len(pack.rules),
        "files": len(files),
    }


def _larger(services: int) -> tuple[dict[str, bytes], str]:
    """The national pack with a layer upon it that has copies of its services, so many that there are `services`."""
    files = sources.read_layers(PACKS, NATION)
    own = [
        entry
        for path, content in sorted(files.items())
        if path.startswith(f"{NATION}/services/")
        for entry in yaml.load(content, yaml.CSafeLoader)
    ]
    head = yaml.load(files[f"{NATION}/pack.yaml"], yaml.CSafeLoader)
    if services <= len(own):
        return files, NATION
    copies = [_copy(own[number % len(own)], number) for number in range(services - len(own))]
    files["large/pack.yaml"] = _yaml({**head, "id": "large", "extends": NATION, "jurisdiction": "970000"})
    for start in range(0, len(copies), PER_FILE):
        files[f"large/services/part-{start}.yaml"] = _yaml(copies[start : start + PER_FILE])
    return files, "large"


def _copy(service: dict[str, Any], number: int) -> dict[str, Any]:
    """Under another id, with rules of another text, as equal texts are compiled once."""
    copy = {**service, "id": f"{service['id']}-{number}"}
    if "applies_when" in copy:
        copy["applies_when"] = _other(copy["applies_when"], number)
    if "conditions" in copy:
        copy["conditions"] = [{**one, "rule": _other(one["rule"], number)} for one in copy["conditions"]]
    return copy


def _other(rule: str, number: int) -> str:
    return f"({rule}) AND {number} >= 0"


class _Plain(yaml.CSafeDumper):
    """Writes everything out: packs have no aliases."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _yaml(content: object) -> bytes:
    return yaml.dump(content, Dumper=_Plain, allow_unicode=True, sort_keys=False).encode()


if __name__ == "__main__":
    sys.exit(main())

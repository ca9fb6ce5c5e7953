"""What the product imports is declared: a node that `make run` has installed lacks nothing that one of its pages uses."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "tongban"
OPTIONAL = {
    # module: the only ones that may import it, and say what to install where it is missing
    "duckdb": {"base/engines/duckdb.py"},
    "pyspark": {"base/engines/spark.py"},
    "z3": {"core/rules/prove"},
}
PART_OF = {"pydantic-core": "pydantic"}


def test_everything_that_is_imported_is_a_dependency_or_guarded() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {_name(one) for one in project["dependencies"]}
    distributions = packages_distributions()
    undeclared = set()
    for path in SRC.rglob("*.py"):
        here = path.relative_to(SRC).as_posix()
        for module in _imported(path) - set(sys.stdlib_module_names) - {"tongban"}:
            if any(here.startswith(place) for place in OPTIONAL.get(module, ())):
                continue
            names = {_name(one) for one in distributions.get(module, [module])}
            if not {PART_OF.get(name, name) for name in names} & declared:
                undeclared.add((module, here))
    assert not undeclared


def _imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {one.name.split(".")[0] for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def _name(requirement: str) -> str:
    return re.split(r"[\[<>=~! ]", requirement)[0].lower().replace("_", "-")

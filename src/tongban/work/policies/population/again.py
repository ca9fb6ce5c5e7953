"""A result brought up to date: only policies whose rules or numbers changed, and only subjects whose facts did.

    again/
      since.json     the result before, by path and the digest of its manifest, and the policies that were run again
      policies/      a run of the changed policies over everybody
      subjects/      a run of the other policies over the subjects that changed
      changed.parquet, changes.json   their rows, where the record of the result before was laid beside the population
      keys.parquet   those subjects, with those of whom nothing came out, and those who are gone
      known-*.parquet, needs.json     the record of everybody as known now

`rows` reads such a folder, or a plain one, as one result; what is in the newer folder takes the place of what is before it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from tongban.core.planning.population import Matcher
from tongban.core.rules.to_numpy.given import Needs
from tongban.work.policies.population import changes, parts, record, run, sources
from tongban.work.policies.population import rows as result_rows
from tongban.work.policies.population.checking import Checker
from tongban.work.policies.population.rows import Count
from tongban.work.policies.population.run import MANIFEST, OtherRun, Outcome
from tongban.work.policies.population.sources import Source

SINCE: Final = "since.json"
KEYS: Final = "keys.parquet"
CHANGED, CHANGES = "changed.parquet", "changes.json"
POLICIES, SUBJECTS = "policies", "subjects"
_FORMAT: Final = 2


@dataclass(frozen=True, slots=True)
class Again:
    """What was run again."""

    changed: tuple[str, ...]
    """Policies, over everybody."""
    policies: Outcome | None
    subjects: Outcome | None
    found: Found | None = None
    """Who changed, where that was found out and not said."""


@dataclass(frozen=True, slots=True)
class Found:
    changed: int
    """Subjects that are new or of whom other things are known."""
    gone: int
    rejected: int
    """Rows that could not be read: they are in `rejected.csv`, and their subjects in no result."""


def digests(folder: Path) -> dict[str, str]:
    """Policy to the digest it was run under, last. Raises OtherRun for a folder that holds no finished result."""
    since = _since(folder)
    if since is not None:
        return {**digests(Path(since["since"])), **since["digests"]}
    held = _manifest(folder)
    if not held["finished"]:
        raise OtherRun(f"The run in {folder} is not finished. Let it end first.")
    return dict(held["key"]["policies"])


def not_money(folder: Path) -> frozenset[str]:
    """Policies whose amounts are months or units."""
    since = _since(folder)
    if since is None:
        return frozenset(_manifest(folder)["key"]["not_money"])
    newer = (folder / name for name in (POLICIES, SUBJECTS) if (folder / name / MANIFEST).exists())
    return not_money(Path(since["since"])).union(*(not_money(one) for one in newer))


def run_again(
    before: Path, source: Source, changed: Source | None, checker: Checker, matcher: Matcher, engine: str, out: Path, *,
    url: str | None = None, progress: Callable[[int], None] = lambda _rows: None,
) -> Again:  # fmt: skip
    """Runs the policies that are others than in the result `before` over `source`, and all other policies over the rows of
    `changed`, the subjects whose facts are others now. Without `changed` they are found by what the result before knew of
    each; where it was made from the same file, nobody is another.

    Raises OtherRun when `before` is no result, has other policies or does not tell what it knew, and what `run.run` raises.
    """
    held = digests(before)
    if missing := sorted(set(held) - set(matcher.conditions)):
        raise OtherRun(
            f"{before} holds policies that are not asked for now: {', '.join(missing[:5])}. Ask for the same."
        )
    now = {name: matcher.digest(name) for name in matcher.conditions}
    others = tuple(name for name in now if held.get(name) != now[name])
    same = tuple(name for name in now if name not in others)
    out.mkdir(parents=True, exist_ok=True)
    said = {
        "format": _FORMAT, "since": str(before.resolve()), "before": _digest_of(before), "digests": {name: now[name] for name in others},
        "population": source.digest(), "told": changed is not None,
    }  # fmt: skip
    book = out / SINCE
    if book.exists() and json.loads(book.read_text(encoding="utf-8")) != said:
        raise OtherRun(f"{out} brings another result up to date. Choose another folder.")
    if not book.exists() and any(out.iterdir()):
        raise OtherRun(f"{out} is not empty and holds no run. Choose another folder.")
    book.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    by_policies = by_subjects = None
    if others:
        part, checks = _part(matcher, checker, others)
        by_policies = run.run(
            source, checks, part, engine, out / POLICIES,
            url=url, progress=progress, differ=_differ(before, source, checker.key), remember=False,
        )  # fmt: skip
    found = None
    if changed is not None:
        _keep_keys([changed], checker.key, None, out / KEYS)
    elif not _same_population(before, source, checker.key):
        found = _find(before, source, checker, matcher, same, out, progress)
        changed = sources.open_source(str(out / CHANGED)) if found.changed else None
    if changed is not None and same:
        part, checks = _part(matcher, checker, same)
        by_subjects = run.run(
            changed, checks, part, engine, out / SUBJECTS, url=url, progress=progress, remember=False
        )
    return Again(others, by_policies, by_subjects, found)


def tables(folder: Path, policies: frozenset[str] | None = None) -> Iterator[Any]:
    """The rows of a result as Arrow tables, the newest first. `policies`: only these.

    Raises OtherRun where a result that it rests on is gone or has changed.
    """
    since = _since(folder)
    if since is None:
        held = _manifest(folder)
        for part in held["parts"]:
            yield _chosen(_read(folder / part["file"]), policies, None)
        return
    before = Path(since["since"])
    if not before.is_dir() or _digest_of(before) != since["before"]:
        raise OtherRun(
            f"{folder} rests on {before}, which is not there any more as it was. Run the policies over everybody."
        )
    for name in (POLICIES, SUBJECTS):
        if (folder / name / MANIFEST).exists():
            yield from tables(folder / name, policies)
    replaced = frozenset(since["digests"])
    kept = frozenset(digests(folder)) - replaced
    wanted = kept if policies is None else kept & policies
    keys = _keys(folder / KEYS)
    for table in tables(before, wanted):
        yield _chosen(table, None, keys)


def counts(folder: Path) -> dict[str, Count]:
    """What each policy comes to in rows; nobody counts those to whom nothing is due here, since no row tells them."""
    found = {name: Count() for name in digests(folder)}
    for table in tables(folder):
        for name, count in result_rows.counted(table).items():
            found[name].add(count)
    return found


def write(folder: Path, out: Path) -> int:
    """One plain set of files of a result that was brought up to date; how many rows."""
    from pyarrow import parquet

    if out.exists() and any(out.iterdir()):
        raise OtherRun(f"{out} is not empty. Choose another folder.")
    out.mkdir(parents=True, exist_ok=True)
    total = 0
    for number, table in enumerate(one for one in tables(folder) if one.num_rows):
        parquet.write_table(table, out / f"part-{number:05}.parquet", use_dictionary=list(result_rows.CODED))
        total += table.num_rows
    return total


def _find(
    before: Path, source: Source, checker: Checker, matcher: Matcher, same: tuple[str, ...], out: Path,
    progress: Callable[[int], None],
) -> Found:  # fmt: skip
    """Who changed; once for a folder."""
    if (out / CHANGES).is_file():
        return Found(**json.loads((out / CHANGES).read_text(encoding="utf-8")))
    held, needs = _record(before)
    read = _part(matcher, checker, same)[0].needs
    if lacking := sorted(
        (read.facts.keys() | read.fields.keys()) - (needs.facts.keys() | needs.fields.keys())
    ):
        raise OtherRun(
            f"{before} knows nothing of {', '.join(lacking[:5])}, so that nobody can tell who changed. Name the subjects that "
            "changed with --changed, or run the policies over everybody."
        )
    whole = Needs(
        {**needs.facts, **matcher.needs.facts},
        {name: {**needs.fields.get(name, {}), **matcher.needs.fields.get(name, {})}
         for name in needs.fields.keys() | matcher.needs.fields.keys()},
    )  # fmt: skip
    looking = Checker(checker.key, whole, checker.ranges, checker.codes)
    changes_ = changes.since(held, source, looking, out, out / CHANGED, progress)
    changed = [sources.open_source(str(changes_.path))] if changes_.path else []
    _keep_keys(changed, checker.key, changes_.gone, out / KEYS)
    parts.write_rejected(out, changes_.rejected)
    found = Found(changes_.changed, len(changes_.gone), len({one.row for one in changes_.rejected}))
    (out / CHANGES).write_text(json.dumps(asdict(found)) + "\n", encoding="utf-8")
    return found


def _record(folder: Path) -> tuple[Path, Needs]:
    """The folder that holds what was known of everybody at the time of a result, and what that was. Raises OtherRun."""
    needs = record.needs_of(folder)
    if needs is not None:
        return folder, needs
    since = _since(folder)
    if since is None or since.get("told", True):
        raise OtherRun(
            f"{folder} does not say what was known of each subject, so that nobody can tell who changed. Name the subjects that "
            "changed with --changed, or run the policies over everybody."
        )
    return _record(Path(since["since"]))  # made of the same population


def _same_population(before: Path, source: Source, key: str) -> bool:
    since, now = _since(before), source.digest()
    if now is None or _first(before)["key"]["key"] != key:
        return False
    return now == (_manifest(before)["key"]["digest"] if since is None else since.get("population"))


def _differ(before: Path, source: Source, key: str) -> bool:
    """Whether a run over the same rows has found already that every one has a key of its own."""
    held = _first(before)
    same = source.digest() is not None and held["key"]["digest"] == source.digest()
    return same and held["key"]["key"] == key and held["differ"]


def _first(folder: Path) -> dict[str, Any]:
    """The manifest of the run that a result goes back to."""
    since = _since(folder)
    return _manifest(folder) if since is None else _first(Path(since["since"]))


def _part(matcher: Matcher, checker: Checker, policies: tuple[str, ...]) -> tuple[Matcher, Checker]:
    """Both for some of the policies."""
    part = Matcher(
        {name: dict(zip(matcher.conditions[name], list(matcher.rules_of(name).values())[:-1], strict=True)) for name in policies},
        {name: matcher.rules[name] for name in policies}, matcher.parameters, matcher.at,
    )  # fmt: skip
    fresh = Checker(checker.key, part.needs, checker.ranges, checker.codes)
    return part, replace(fresh)


def _keep_keys(changed: Sequence[Source], key: str, gone: Any, path: Path) -> None:
    import pyarrow
    from pyarrow import parquet

    columns = [
        batch.table[key].cast(pyarrow.string()) for one in changed for batch in one.batches(frozenset({key}))
    ]
    chunks = [chunk for column in columns for chunk in column.chunks] + ([] if gone is None else [gone])
    parquet.write_table(pyarrow.table({"subject": pyarrow.chunked_array(chunks, pyarrow.string())}), path)


def _keys(path: Path) -> Any:
    if not path.exists():
        return None
    from pyarrow import parquet

    return parquet.read_table(path)["subject"].combine_chunks()


def _chosen(table: Any, policies: frozenset[str] | None, without: Any) -> Any:
    import pyarrow
    import pyarrow.compute as compute

    if policies is not None:
        table = table.filter(
            compute.is_in(
                table["policy"].cast(pyarrow.string()), pyarrow.array(sorted(policies), pyarrow.string())
            )
        )
    if without is not None and table.num_rows:
        table = table.filter(compute.invert(compute.is_in(table["subject"].cast(pyarrow.string()), without)))
    return table


def _read(path: Path) -> Any:
    from pyarrow import ArrowException, parquet

    try:
        return parquet.read_table(path, schema=result_rows.schema())
    except (ArrowException, OSError) as error:
        raise sources.BadSource(f"{path} cannot be read: {str(error).splitlines()[0]}") from error


def _since(folder: Path) -> dict[str, Any] | None:
    path = folder / SINCE
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        held: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise OtherRun(f"{folder} holds no result of `tongban policy match`.") from error
    return held


def _digest_of(folder: Path) -> str:
    """Of what a result is, however long it takes to read."""
    book = folder / (SINCE if (folder / SINCE).is_file() else MANIFEST)
    said = book.read_bytes()
    for name in (POLICIES, SUBJECTS):
        inner = folder / name / MANIFEST
        said += inner.read_bytes() if inner.is_file() else b""
    return hashlib.sha256(said).hexdigest()

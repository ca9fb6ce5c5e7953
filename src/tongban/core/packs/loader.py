"""Loading a pack: from files to merged, checked and compiled content, or to every reason why not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

from tongban.core.packs import digest, kinds, layers, lint, merge, model, names, rule_texts, shapes
from tongban.core.packs.content import Content, Merged, key_of
from tongban.core.packs.layers import TESTS, Layer
from tongban.core.packs.pack import Pack, Problem


@dataclass(frozen=True, slots=True)
class Loaded:
    """A pack, or None and the problems that its authors must solve first."""

    pack: Pack | None
    problems: tuple[Problem, ...]
    content: Content | None = None
    """What the layers say, with where and by whom; None when not even the layers can be told apart."""


def load(files: Mapping[str, bytes], top: str) -> Loaded:
    """The pack whose uppermost layer is `top`.

    `files` maps `layer/path` ("cn/pack.yaml", "cn-city/services/food.yaml") to file contents; layers outside the
    chain of `top` are ignored. All problems come at once, ordered by place. Only when a file cannot be read at
    all do the checks wait that look for names across files, since a name may stand in that file.
    """
    read = layers.resolve(files, top)
    problems = list(read.problems)
    if not read.chain:
        return Loaded(None, _ordered(problems))
    content, found = _content(read.chain)
    if any(problem.code == "unknown-layer" for problem in problems):
        found = [problem for problem in found if problem.code != "missing-field"]  # a layer below may have it
    problems += found
    tests, found = _layer_tests(read.chain)
    problems += found
    compiled = rule_texts.Compiled()
    if read.whole:
        problems += lint.lint(content)
        compiled, found = rule_texts.compile_all(content)
        problems += found
    if problems:
        return Loaded(None, _ordered(problems), content)
    return Loaded(_pack(content, compiled, tests), (), content)


def _content(chain: tuple[Layer, ...]) -> tuple[Content, list[Problem]]:
    """The merged content and what kept parts of it from being read. Its tests are those of the uppermost layer."""
    merged, problems = merge.merge(chain, kinds.KINDS)
    tests, found = merge.merge(chain[-1:], (TESTS,))
    merged |= tests
    problems += found
    models: dict[str, dict[str, BaseModel]] = {folder: {} for folder in merged}
    for folder, entries in merged.items():
        kind = model.PackTest if folder == TESTS else kinds.KINDS[folder][1]
        for entry_id, entry in entries.items():
            read, found = shapes.read(entry, kind)
            problems += _as_slip(entry, entries, chain, found)
            if read is not None:
                models[folder][entry_id] = read
    heads = [Merged("pack.yaml", layer.id, layer.manifest, {}) for layer in chain]
    manifests: list[model.Manifest] = []
    for head in heads:
        manifest, found = shapes.read(head, model.Manifest)
        problems += found
        manifests += [manifest] if manifest else []
    whole = tuple(manifests) if len(manifests) == len(chain) else ()
    assets = {name: drawing for layer in chain for name, drawing in layer.assets.items()}
    return Content(merged, models, whole, heads[-1], assets), problems


def _as_slip(
    entry: Merged, entries: Mapping[str, Merged], chain: tuple[Layer, ...], found: list[Problem]
) -> list[Problem]:
    """An incomplete entry of an upper layer that nearly has the name of one below was meant to change that one."""
    key = key_of(entry.folder)
    first = entry.layers[key]
    if first == chain[0].id or not any(problem.code == "missing-field" for problem in found):
        return found
    hint = names.did_you_mean(
        entry.id, (other.id for other in entries.values() if other.layers[key] != first)
    )
    if not hint:
        return found
    message = f"no layer below {first} has it to change, and it is not complete"
    return [entry.problem("unknown-entry", message, hint)]


def _layer_tests(
    chain: tuple[Layer, ...],
) -> tuple[dict[str, tuple[model.PackTest, ...]], list[Problem]]:
    """The tests of each layer, from the bottom up. What they name is checked with the layer that wrote them."""
    tests: dict[str, tuple[model.PackTest, ...]] = {}
    problems: list[Problem] = []
    for layer in chain:
        merged, found = merge.merge((layer,), (TESTS,))
        problems += found
        read = [shapes.read(entry, model.PackTest) for entry in merged[TESTS].values()]
        problems += (problem for _, mistakes in read for problem in mistakes)
        tests[layer.id] = tuple(test for test, _ in read if test is not None)
    return tests, problems


def _pack(
    content: Content, compiled: rule_texts.Compiled, tests: Mapping[str, tuple[model.PackTest, ...]]
) -> Pack:
    by_attribute: dict[str, Any] = {
        attribute: MappingProxyType(content.models[folder]) for folder, (attribute, _) in kinds.KINDS.items()
    }
    of_kinds = {folder: content.models[folder] for folder in kinds.KINDS}
    return Pack(
        manifest=content.manifests[-1],
        layers=content.manifests,
        digest=digest.digest(content.manifests, of_kinds, content.assets),
        tests=tests[content.manifests[-1].id],
        layer_tests=MappingProxyType(dict(tests)),
        rules=MappingProxyType(compiled.rules),
        amounts=MappingProxyType(compiled.amounts),
        indicator_rules=MappingProxyType(compiled.indicators),
        provenance=MappingProxyType(merge.provenance({kind: content.merged[kind] for kind in kinds.KINDS})),
        assets=MappingProxyType(dict(content.assets)),
        **by_attribute,
    )


def _ordered(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem once, in the order in which an author meets them."""
    return tuple(
        sorted(
            dict.fromkeys(problems),
            key=lambda problem: (problem.position.file, problem.position.line, problem.position.column),
        )
    )

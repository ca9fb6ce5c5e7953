"""What the prover finds in the rules of a pack: parts nobody can meet, branches never taken, gaps below brackets.

Lint says what cannot be; this says what cannot be meant, and shows a subject. It takes longer, so it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache, partial

from tongban.core.packs import parameters, rule_texts
from tongban.core.packs.content import Content
from tongban.core.packs.lexicon import lexicon_of
from tongban.core.packs.model_data import Policy
from tongban.core.packs.pack import Pack, Problem
from tongban.core.rules import ir
from tongban.core.rules.narrate.speech import Speech
from tongban.core.rules.narrate.subjects import subject_in_words
from tongban.core.rules.problems import RuleProblem
from tongban.core.rules.prove.findings import Finding
from tongban.core.rules.prove.lint import lint


def proofs(
    content: Content,
    pack: Pack,
    at: date,
    language: str,
    step: Callable[[], None] = lambda: None,
) -> Iterator[Problem]:
    """Every finding at each place where the rule's text stands, with the parameters in force on the civil date `at`.

    A policy that is not in force then is looked at on the nearest day on which it is. A rule that is a plain TRUE or FALSE was meant so. `step` is called after each rule. Raises ProverMissing
    without z3.
    """
    lexicon = lexicon_of(pack)
    speech = Speech(lexicon, language)
    codes = lexicon.vocabulary.code_lists
    on = cache(partial(parameters.resolve, pack))
    found: dict[tuple[str, date], list[RuleProblem]] = {}
    for merged, path, rule in rule_texts.compiled(content, pack):
        day = _nearest(pack.policies[merged.id], at) if merged.folder == "policies" else at
        key = rule.text, day
        if key not in found:
            known = [] if isinstance(rule.root, ir.Literal) else lint(rule, on(day), codes=codes)
            found[key] = [_problem(one, speech) for one in known]
        for problem in found[key]:
            yield rule_texts.in_place(merged, path, problem)
        step()


def _nearest(policy: Policy, at: date) -> date:
    """The day nearest to `at` on which an entitlement can arise."""
    begun = max(at, date.fromisoformat(policy.valid_from))
    return min(begun, date.fromisoformat(policy.valid_to) - timedelta(1)) if policy.valid_to else begun


def _problem(one: Finding, speech: Speech) -> RuleProblem:
    shown = subject_in_words(one.facts, speech.lexicon.vocabulary, speech) if one.facts else None
    hint = speech.say("例如：", "for example: ") + shown if shown else None
    return RuleProblem(one.code, one.message.get(speech.language), one.line, one.column, hint)

"""Fair competition review of policies for firms (公平竞争审查条例, 2024).

    art. 18   a policy whose review record is blank or says nothing is an error: such a pack cannot be put in force
    art. 10   a rule that picks out single firms, rewards tax paid or goes by the place of registration is flagged

A flag does not refuse the pack, for whether a law allows the preference is for people to judge. The policy answers with
`fair_competition_ground`, which names that law. What a fact speaks of is declared (`speaks_of`), never guessed by name.

Taxable income and turnover are not tax paid. A policy that is itself about tax (tax-saved, tax-due, levy) may read it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from tongban.core.packs import rule_texts
from tongban.core.packs.content import Content
from tongban.core.packs.model_base import SpeaksOf
from tongban.core.packs.model_data import Policy
from tongban.core.packs.pack import Pack, Problem
from tongban.core.packs.walk import Path
from tongban.core.rules import ir
from tongban.core.rules.problems import RuleProblem
from tongban.core.rules.rule import Rule
from tongban.core.rules.types import Kind

ABOUT_TAX: Final = ("tax-saved", "tax-due", "levy")
"""Effects of policies that are tax or a levy, and not money given for it."""
_NOTHING: Final = re.compile(
    "无|暂无|没有|空|略|不详|未知|待定|待办|待补充?|待填写?|待审[查核]?|[尚还]?[未没]审[查核]?|(正在)?审[查核]中|正在审[查核]"
    "|n|a|na|nil|no|none|null|unknown|pending|later|soon|missing|empty|tobe(done|reviewed|added)|(under|in)review"
    "|not(yet)?(reviewed)?|no(review)?(record)?|unreviewed"
)
"""What is written in place of a record, without its signs and spaces."""
_PLACEHOLDER: Final = re.compile(r"(todo|fixme|tbd|tba|tbc|xxx)\b", re.IGNORECASE)
_APART: Final = re.compile(r"[()\[\]{}<>/|,;:、。\"']")
_SAID: Final[dict[SpeaksOf, tuple[str, str]]] = {
    "identity": ("names-a-firm", 'this picks out single firms: "{}" is held against fixed values'),
    "tax-paid": ("rewards-tax", 'this rewards the tax that a firm pays: it reads "{}"'),
    "registration": ("place-of-registration", 'this goes by where a firm is registered: it reads "{}"'),
}
"""Code and message by what the fact speaks of."""
_HINT: Final = (
    "take it out, or name the law that allows it: "
    "fair_competition_ground: {reason: {zh: ..., en: ...}, articles: [act-id#number]}"
)


def reviews(content: Content) -> Iterator[Problem]:
    """Policies for firms whose review record says nothing."""
    for merged, policy in content.entries("policies", Policy):
        if policy.subject == "enterprise" and says_nothing(policy.fair_competition_review):
            message = (
                "there is no record of the fair competition review, without which no policy may be issued"
            )
            hint = "write the date and the number of the review, as in 2025-11-20, review no. 12 of 2025"
            yield merged.problem("no-review", message, hint, path=("fair_competition_review",))


def flags(content: Content, pack: Pack) -> tuple[Problem, ...]:
    """Every rule of a sound pack that the review would object to and no ground answers for, with its place."""
    return tuple(
        rule_texts.in_place(content.merged["policies"][name], path, problem)
        for name, path, problem in _found(pack)
    )


def is_flagged(pack: Pack) -> bool:
    """The same without places, for which the files would have to be read again."""
    return next(_found(pack), None) is not None


def says_nothing(record: str) -> bool:
    """Whether a record is blank or a placeholder: `-`, 无, 待审查, none, TODO (in brackets, in both languages too).

    A sentence is a record, also one that says why there is none to be had.
    """
    pieces = [piece.strip() for piece in _APART.split(unicodedata.normalize("NFKC", record))]
    words = [word for piece in pieces if (word := re.sub(r"[\W_]+", "", piece).casefold())]
    return all(map(_NOTHING.fullmatch, words)) or any(map(_PLACEHOLDER.match, pieces))


def _found(pack: Pack) -> Iterator[tuple[str, Path, RuleProblem]]:
    marks = _marks(pack)
    for policy in pack.policies.values() if marks else ():
        if policy.subject != "enterprise" or policy.fair_competition_ground is not None:
            continue
        for path, rule in _rules(pack, policy):
            for mark, node, name in sorted(set(_objections(rule.root, marks)), key=_order):
                if mark == "tax-paid" and policy.effect in ABOUT_TAX:
                    continue
                code, said = _SAID[mark]
                yield policy.id, path, RuleProblem(code, said.format(name), node.line, node.column, _HINT)


def _marks(pack: Pack) -> dict[str, SpeaksOf]:
    """By fact and `relation.field`: what it speaks of."""
    found: dict[str, SpeaksOf | None] = {name: fact.speaks_of for name, fact in pack.facts.items()}
    for relation in pack.relations.values():
        found |= {f"{relation.id}.{field.id}": field.speaks_of for field in relation.fields}
    return {name: mark for name, mark in found.items() if mark is not None}


def _rules(pack: Pack, policy: Policy) -> Iterator[tuple[Path, Rule]]:
    for index, condition in enumerate(policy.conditions):
        yield ("conditions", index, "rule"), pack.rule(condition.rule)
    yield ("amount",), pack.amount(policy.id)
    if policy.score is not None:
        yield ("score",), pack.score(policy.id)


def _objections(root: ir.Node, marks: dict[str, SpeaksOf]) -> Iterator[tuple[SpeaksOf, ir.Node, str]]:
    """What is read that may not be, with the place and the name of the fact."""
    for node in ir.walk(root):
        name = _name(node)
        mark = marks.get(name) if name else None
        if name and mark and (mark != "identity" or node.type.kind is Kind.BOOLEAN):
            yield mark, node, name
        for held in _held_against(node):
            if marks.get(held) == "identity":
                yield "identity", node, held


def _held_against(node: ir.Node) -> Iterator[str]:
    """Names of facts whose values a comparison holds against fixed ones: literals, parameters, the rows of a table."""
    match node:
        case ir.Compare():
            for side, other in ((node.left, node.right), (node.right, node.left)):
                if any(map(_is_fixed, _values(other))):
                    yield from filter(None, map(_name, _values(side)))
        case ir.In() | ir.Between() | ir.Bracket():
            yield from filter(None, map(_name, _values(node.operand)))
        case _:
            pass


def _values(node: ir.Node) -> Iterator[ir.Node]:
    """Where the value of a node can come from; conditions on the way are looked at by themselves."""
    match node:
        case ir.Case():
            for part in (*(value for _, value in node.branches), node.otherwise):
                yield from _values(part)
        case ir.Literal() | ir.Parameter() | ir.Fact() | ir.Member():
            yield node
        case _:
            for part in ir.children(node):
                yield from _values(part)


def _is_fixed(node: ir.Node) -> bool:
    """A blank text names nobody: it asks whether there is a name at all."""
    return isinstance(node, ir.Parameter) or (isinstance(node, ir.Literal) and node.value != "")


def _name(node: ir.Node) -> str | None:
    """Of a fact, or of a field of a relation."""
    if isinstance(node, ir.Member):
        return f"{node.relation}.{node.name}"
    return node.name if isinstance(node, ir.Fact) else None


def _order(found: tuple[SpeaksOf, ir.Node, str]) -> tuple[int, int, str]:
    return found[1].line, found[1].column, found[2]

"""From a finding to a narration: each condition with what was needed, what was found, whose word it is.

    ✗ Rent support: not met
      all of these:
        ✗ Floor area — needed: at least 60 m²; found: 45 m² (business licence, 2026-03-01); not met
        ✓ Open-air trade — needed: no; found: no; met

A finding that was stored long ago is narrated as well: the conditions are read again from their text. Where a name
is no longer in the vocabulary, the text stands for itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tongban.core.rules import ir, steps
from tongban.core.rules.changes.change import Way
from tongban.core.rules.check import compile_rule
from tongban.core.rules.explain import FactUse, Finding, Outcome, ParameterUse
from tongban.core.rules.narrate import arithmetic
from tongban.core.rules.narrate.lexicon import Lexicon
from tongban.core.rules.narrate.narration import Line, Narration, Read, Worked
from tongban.core.rules.narrate.phrases import Phrases
from tongban.core.rules.narrate.speech import Speech
from tongban.core.rules.narrate.ways import tell_way
from tongban.core.rules.states import Absent, Brackets, Facts, Known, Members, Parameters
from tongban.core.rules.types import Kind, Type
from tongban.core.values.text import Bilingual

_TEXT: Final = Type(Kind.TEXT)
_SIDED = ir.Compare | ir.Between | ir.In | ir.IsNull
_SAID: Final[dict[Outcome, Bilingual]] = {
    "pass": Bilingual("符合", "met"),
    "fail": Bilingual("不符合", "not met"),
    "unknown": Bilingual("待定", "open"),
    "undefined": Bilingual("无法判断", "cannot be said"),
}


def narrate(
    finding: Finding,
    lexicon: Lexicon,
    language: str,
    *,
    type: Type | None = None,
    heading: Bilingual | None = None,
    articles: Sequence[Bilingual] = (),
    changes: Sequence[Way] = (),
) -> Narration:
    """The finding in `zh` or `en`.

    `type` is what the rule was compiled to be, so that plain numbers of an amount are read as yuan. `heading` and
    `articles` are those of the whole; `changes` are ways to another outcome, as `certify.changes` finds them.
    """
    speech = Speech(lexicon, language)
    rule = compile_rule(finding.text, lexicon.vocabulary, expect=type).rule
    line = _Telling(speech).line(finding, rule.root if rule else None)
    return Narration(
        language=language,
        heading=heading.get(language) if heading else "",
        line=line,
        articles=tuple(article.get(language) for article in articles),
        changes=tuple(tell_way(way, speech) for way in changes),
    )


@dataclass(frozen=True, slots=True)
class _Telling:
    speech: Speech

    def line(self, finding: Finding, node: ir.Node | None) -> Line:
        """`node` is the finding's typed form; None when its text can no longer be read."""
        match node:
            case ir.And() | ir.Or() if len(node.operands) == len(finding.children):
                return self._junction(finding, node)
            case ir.Not(operand=ir.And() | ir.Or() as inside) if finding.children:
                return self._negated(finding, inside)
            case ir.Not(operand=inside) if finding.children:
                within = finding.children[0]
                if isinstance(inside, ir.Not) and within.children:  # NOT NOT x says what x says
                    return self.line(within.children[0], inside.operand)
                return self._condition(finding, within, inside, negated=True)
            case None:
                return self._unreadable(finding)
            case _:
                return self._condition(finding, finding, node)

    def _junction(self, finding: Finding, node: ir.And | ir.Or) -> Line:
        say = self.speech.say
        label = (
            say("须全部符合", "all of these")
            if isinstance(node, ir.And)
            else say("须符合其一", "one of these")
        )
        parts = zip(finding.children, node.operands, strict=True)
        return self._whole(finding, label, tuple(self.line(part, operand) for part, operand in parts))

    def _negated(self, finding: Finding, inside: ir.And | ir.Or) -> Line:
        say = self.speech.say
        label = (
            say("不得全部符合", "not all of these")
            if isinstance(inside, ir.And)
            else say("均不得符合", "none of these")
        )
        parts = zip(finding.children[0].children, inside.operands, strict=True)
        return self._whole(finding, label, tuple(self.line(part, operand) for part, operand in parts))

    def _whole(self, finding: Finding, label: str, parts: tuple[Line, ...]) -> Line:
        return Line(
            finding.outcome,
            self._said(finding),
            finding.text,
            label,
            parts=parts,
            reason=self._reason(finding),
        )

    def _condition(self, finding: Finding, read: Finding, node: ir.Node, *, negated: bool = False) -> Line:
        """A single condition, or a value. `read` holds what was read: the part below a NOT."""
        facts, parameters = _known(read.facts), _resolved(read.parameters)
        phrases = Phrases(self.speech, facts, parameters)
        tidy = self.speech.tidy
        condition = node.type.kind is Kind.BOOLEAN
        need = phrases.need(node, negated=negated) if condition else None
        judged = need.judged if need else node
        found = self._value(judged, facts, parameters)
        return Line(
            finding.outcome,
            self._said(finding) if condition or finding.outcome in ("unknown", "undefined") else found,
            finding.text,
            tidy(need.label if need else phrases.words(node)),
            needed=tidy(need.words) if need else "",
            found=found,
            read=(
                *(self._fact(use, node) for use in read.facts),
                *(self._parameter(use, node) for use in read.parameters),
            ),
            assumed=tuple(
                arithmetic.tell_assumption(one, phrases) for one in steps.assumptions(node, facts, parameters)
            ),
            steps=self._steps(node, phrases),
            articles=self._articles(read),
            reason=self._reason(finding),
        )

    def _steps(self, node: ir.Node, phrases: Phrases) -> tuple[Worked, ...]:
        looked_at = ir.children(node) if isinstance(node, _SIDED) else (node,)
        done = [step for part in looked_at for step in steps.steps(part, phrases.facts, phrases.parameters)]
        return arithmetic.tell_steps(done, phrases)

    def _value(self, node: ir.Node, facts: Facts, parameters: Parameters) -> str:
        if self.speech.withheld(node):
            return self._withheld()
        return self.speech.result(node.type, steps.result(node, node.type, facts, parameters))

    def _fact(self, use: FactUse, node: ir.Node) -> Read:
        source = self.speech.lexicon.sources.get(use.name)
        type = next(
            (part.type for part in ir.walk(node) if isinstance(part, ir.Fact) and part.name == use.name),
            _TEXT,
        )
        hidden = use.name in self.speech.lexicon.withheld
        return Read(
            use.name,
            self.speech.label(use.name),
            self._withheld() if hidden else self.speech.result(type, use.state),
            source.name.get(self.speech.language) if source else "",
            source.day.isoformat() if source and source.day else "",
            "fact",
        )

    def _parameter(self, use: ParameterUse, node: ir.Node) -> Read:
        say = self.speech.say
        match use.value:
            case None:
                value = say("该日期没有数值", "no value on this date")
            case Brackets(lower=lower):
                value = say(f"{len(lower)} 档", f"{len(lower)} brackets")
            case known:
                types = (
                    part.type
                    for part in ir.walk(node)
                    if isinstance(part, ir.Parameter) and part.name == use.name
                )
                value = self.speech.value(next(types, _TEXT), known)
        return Read(use.name, self.speech.label(use.name), value, "", "", "parameter")

    def _articles(self, finding: Finding) -> tuple[str, ...]:
        names = (*(use.name for use in finding.facts), *(use.name for use in finding.parameters))
        cited = self.speech.lexicon.articles
        found = (article.get(self.speech.language) for name in names for article in cited.get(name, ()))
        return tuple(dict.fromkeys(found))

    def _unreadable(self, finding: Finding) -> Line:
        """The text itself, where its names are no longer in the vocabulary."""
        if finding.children:
            parts = tuple(self.line(part, None) for part in finding.children)
            return self._whole(finding, finding.text, parts)
        reads = (self._stored(use) for use in finding.facts)
        return Line(
            finding.outcome,
            self._said(finding),
            finding.text,
            finding.text,
            read=tuple(reads),
            reason=self._reason(finding),
        )

    def _stored(self, use: FactUse) -> Read:
        type = self.speech.lexicon.vocabulary.facts.get(use.name, Type(Kind.CODE))
        hidden = use.name in self.speech.lexicon.withheld
        value = self._withheld() if hidden else self.speech.result(type, use.state)
        return Read(use.name, self.speech.label(use.name), value, "", "", "fact")

    def _said(self, finding: Finding) -> str:
        return _SAID[finding.outcome].get(self.speech.language)

    def _reason(self, finding: Finding) -> str:
        """Why there is no value; a rule that fails for it says so (`OnUndefined.NO`)."""
        if not finding.reason:
            return ""
        say, reason = self.speech.say, self.speech.reason(finding.reason)
        return reason + (
            say("；按规则视为不符合", "; the rule then says no") if finding.outcome == "fail" else ""
        )

    def _withheld(self) -> str:
        return self.speech.say("不公开", "withheld")


def _known(uses: Sequence[FactUse]) -> Facts:
    return {use.name: use.state for use in uses if isinstance(use.state, Known | Absent | Members)}


def _resolved(uses: Sequence[ParameterUse]) -> Parameters:
    return {use.name: use.value for use in uses if use.value is not None}

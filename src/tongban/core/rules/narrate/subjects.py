"""A subject in words: for the counter-example of a finding, and whoever else has to be shown facts in a line."""

from __future__ import annotations

from tongban.core.rules.narrate.speech import Speech
from tongban.core.rules.states import Facts, Members
from tongban.core.rules.types import Kind, Type, Vocabulary


def subject_in_words(facts: Facts, words: Vocabulary, speech: Speech) -> str:
    """What is known about one subject, in a line: `Floor area 45 m², Staff: 1 listed (Wage ¥5)`."""
    told: list[str] = []
    for name, state in facts.items():
        shown = (
            speech.label(name)
            + speech.say("：", " ")
            + speech.result(words.facts.get(name, Type(Kind.TEXT)), state)
        )
        if isinstance(state, Members) and any(state.rows):
            fields = words.relations.get(name, {})
            rows = (
                speech.listed(
                    speech.label(f"{name}.{field}")
                    + speech.say("：", " ")
                    + speech.result(fields[field], known)
                    for field, known in row.items()
                )
                for row in state.rows
            )
            shown += speech.say("（", " (") + "; ".join(rows) + speech.say("）", ")")
        told.append(shown)
    return speech.tidy(speech.say("，", ", ").join(told))

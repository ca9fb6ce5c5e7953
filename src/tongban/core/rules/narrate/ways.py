"""What would have to change, in words: `Floor area: at least 60 m² (now 45.0 m²)`."""

from __future__ import annotations

from tongban.core.rules.changes.change import Change, Form, Way
from tongban.core.rules.narrate.speech import Speech
from tongban.core.rules.types import Kind


def tell_way(way: Way, speech: Speech) -> str:
    """Every change of a way; all of them together give the result."""
    return speech.say("；", "; ").join(speech.tidy(_change(change, speech)) for change in way.changes)


def _change(change: Change, speech: Speech) -> str:
    label, words = speech.label(change.name), _words(change, speech)
    if change.before is None:
        now = speech.say("现未知", "not known now")
    elif change.name in speech.lexicon.withheld:
        now = ""
    else:
        now = speech.say("现为 ", "now ") + speech.result(change.type, change.before)
    return speech.say(f"{label}：{words}", f"{label}: {words}") + (
        speech.say(f"（{now}）", f" ({now})") if now else ""
    )


def _words(change: Change, speech: Speech) -> str:
    """What it has to be."""
    say, dated = speech.say, change.type.kind is Kind.DATE
    low, high = ("" if end is None else speech.value(change.type, end) for end in (change.low, change.high))
    listed = speech.listed(speech.value(change.type, value) for value in change.values)
    match change.form:
        case Form.AT_LEAST if low:
            return (
                say(f"不早于 {low}", f"{low} or later") if dated else say(f"不少于 {low}", f"at least {low}")
            )
        case Form.AT_MOST if high:
            return (
                say(f"不晚于 {high}", f"{high} or earlier")
                if dated
                else say(f"不超过 {high}", f"at most {high}")
            )
        case Form.BETWEEN if low and high:
            return say(f"在 {low} 至 {high} 之间", f"from {low} to {high}")
        case Form.ONE_OF:
            return say(f"{listed} 之一", f"one of {listed}")
        case Form.OTHER_THAN:
            return say(f"不是 {listed}", f"anything but {listed}")
        case _:
            return speech.result(change.type, change.after)

"""Charts as inline SVG: they follow the theme, print, and say in words what they show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from math import ceil
from zlib import crc32

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

Bar = tuple[str, int, int, int | None]
"""(label, first index, last index, index of the statutory day or None); indexes count the columns of the chart."""
Lane = tuple[str, Sequence[Bar]]

_LEFT, _TOP, _ROW, _BAR, _WIDTH = 168, 30, 40, 22, 860
_NARROW = 620
"""Width of a figure that stands in a column."""


def lanes(rows: Sequence[Lane], *, days: Sequence[str], title: str, today: int | None = None) -> SafeString:
    """Who works when: one lane per authority, bars over the working days `days` (short labels, one per column).

    A bar covers its first to its last day; the thin line behind it reaches to the statutory day. Each bar has its own
    row, so that its label can be read. Every name is escaped here.
    """
    columns = max(1, len(days))
    step = (_WIDTH - _LEFT - 12) / columns
    every = max(1, ceil(max((7 * _measure(day) for day in days), default=0) / step))
    parts: list[str] = []
    words: list[str] = []
    y = _TOP
    for label, bars in rows:
        parts.append(f'<line class="grid" x1="0" x2="{_WIDTH}" y1="{y}" y2="{y}"/>')
        parts.append(
            f'<text class="lane" x="0" y="{y + _ROW / 2 + 4:.0f}">{escape(_short(label, 24))}</text>'
        )
        for line, bar in enumerate(bars):
            parts.append(_bar(bar, y + line * _ROW, step))
            words.append(_words(label, bar, days))
        y += _ROW * max(1, len(bars))
    number = crc32(f"{title} {words}".encode())
    grid = "".join(
        f'<text x="{_LEFT + (index + 0.5) * step:.1f}" y="18" text-anchor="middle">{escape(days[index])}</text>'
        f'<line class="grid" x1="{_LEFT + index * step:.1f}" x2="{_LEFT + index * step:.1f}" y1="{_TOP - 6}" y2="{y}"/>'
        for index in range(0, len(days), every)
    )
    now = ""
    if today is not None and 0 <= today < columns:
        x = _LEFT + (today + 0.5) * step
        now = f'<line class="now" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 6}" y2="{y}"/>'
    svg = (
        f'<svg class="chart lanes" viewBox="0 0 {_WIDTH} {y + 6}" role="img" aria-labelledby="lanes-t{number} lanes-d{number}">'
        f'<title id="lanes-t{number}">{escape(title)}</title><desc id="lanes-d{number}">{escape(" ".join(words))}</desc>'
        f"{grid}{''.join(parts)}{now}</svg>"
    )
    drawn = f'<div class="chartwrap" tabindex="0" role="group" aria-label="{escape(title)}">{svg}</div>'
    return mark_safe(drawn)  # noqa: S308  # every name is escaped above


def _bar(bar: Bar, y: float, step: float) -> str:
    label, first, last, statutory = bar
    x, width = _LEFT + first * step + 1, max(4.0, (last - first + 1) * step - 2)
    top = y + (_ROW - _BAR) / 2
    law = ""
    if statutory is not None and statutory > last:
        end = min(_LEFT + (statutory + 1) * step - 2, _WIDTH - 4.0)
        law = (
            f'<line class="law" x1="{x + width:.1f}" x2="{end:.1f}" y1="{y + _ROW / 2:.1f}" y2="{y + _ROW / 2:.1f}"/>'
            f'<line class="law" x1="{end:.1f}" x2="{end:.1f}" y1="{top + 3:.1f}" y2="{top + _BAR - 3:.1f}"/>'
        )
    fits = width >= 7.5 * _measure(label)
    at, css, anchor = (x + 8, "in", "start") if fits else (x + width + 6, "out", "start")
    if not fits and _WIDTH - at < 7.5 * _measure(label):  # no room to the right: end at the left of the bar
        at, anchor = x - 6, "end"
    return (
        f'{law}<rect x="{x:.1f}" y="{top:.1f}" width="{width:.1f}" height="{_BAR}" rx="5"/>'
        f'<text class="{css}" x="{at:.1f}" y="{top + 15:.1f}" text-anchor="{anchor}">{escape(label)}</text>'
    )


def _words(lane: str, bar: Bar, days: Sequence[str]) -> str:
    label, first, last, statutory = bar
    said = _("%(lane)s: %(bar)s, %(first)s to %(last)s") % {
        "lane": lane, "bar": label, "first": _day(days, first), "last": _day(days, last),
    }  # fmt: skip
    if statutory is not None:
        said += _(", by law until %(day)s") % {"day": _day(days, statutory)}
    return said + "."


def _day(days: Sequence[str], index: int) -> str:
    return days[index] if 0 <= index < len(days) else _("working day %(n)d") % {"n": index + 1}


def _measure(label: str) -> float:
    """Width in units of one Latin letter; Han characters take nearly two."""
    return sum(1.75 if ord(character) > 0x2E80 else 1 for character in label) + 1


def _short(label: str, most: int) -> str:
    width = 0.0
    for index, character in enumerate(label):
        width += 1.75 if ord(character) > 0x2E80 else 1
        if width > most:
            return label[: index - 1] + "…"
    return label


def beside(
    rows: Sequence[tuple[str, int, int]], *, title: str, names: tuple[str, str], say: Callable[[int], str]
) -> SafeString:
    """Two bars for each row, one under the other: before and after. `say` writes an amount in words."""
    most = max((max(one, two) for _label, one, two in rows), default=0) or 1
    left, room, height = 130, _NARROW - 130 - 130, 46
    parts: list[str] = []
    for number, (label, *amounts) in enumerate(rows):
        top = 8 + number * height
        parts.append(f'<text x="0" y="{top + 22}">{escape(_short(label, 18))}</text>')
        for place, amount in enumerate(amounts):
            y, width = top + place * 18, max(1.0, room * amount / most)
            parts.append(
                f'<rect x="{left}" y="{y}" width="{width:.1f}" height="15" rx="3" fill="var(--c{2 - place})"/>'
                f'<text x="{left + width + 6:.1f}" y="{y + 12}">{escape(say(amount))}</text>'
            )
    said = [f"{label}: {names[0]} {say(one)}, {names[1]} {say(two)}." for label, one, two in rows]
    return _figure("beside", parts, 16 + len(rows) * height, title, said)


def curve(
    points: Sequence[tuple[str, int]], *, title: str, say: Callable[[int], str], marked: int | None = None
) -> SafeString:
    """How an amount moves over a row of values; the point at `marked` is what holds today."""
    if not points:
        return mark_safe("")
    height, left, top, bottom = 220, 125, 18, 34
    most = max(amount for _label, amount in points) or 1
    step = (_NARROW - left - 40) / max(1, len(points) - 1)
    places = [
        (left + n * step, top + (height - top - bottom) * (1 - amount / most))
        for n, (_label, amount) in enumerate(points)
    ]
    parts = [
        f'<line class="grid" x1="{left}" x2="{_NARROW - 40}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{escape(say(round(most * share)))}</text>'
        for share in (0, 0.5, 1)
        for y in (top + (height - top - bottom) * (1 - share),)
    ]
    path = "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    parts.append(f'<path d="{path}" fill="none" stroke="var(--c1)" stroke-width="2.5"/>')
    for number, ((label, _amount), (x, y)) in enumerate(zip(points, places, strict=True)):
        now = number == marked
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{6 if now else 4}" fill="var(--c{2 if now else 1})"/>'
        )
        parts.append(
            f'<text x="{x:.1f}" y="{height - 10}" text-anchor="middle">{escape(_short(label, 14))}</text>'
        )
    return _figure("curve", parts, height, title, [f"{label}: {say(amount)}." for label, amount in points])


def _figure(kind: str, parts: Sequence[str], height: int, title: str, said: Sequence[str]) -> SafeString:
    number = crc32(f"{kind} {title} {said}".encode())
    svg = (
        f'<svg class="chart" viewBox="0 0 {_NARROW} {height}" role="img" aria-labelledby="{kind}-t{number} {kind}-d{number}">'
        f'<title id="{kind}-t{number}">{escape(title)}</title><desc id="{kind}-d{number}">{escape(" ".join(said))}</desc>'
        f"{''.join(parts)}</svg>"
    )
    drawn = f'<div class="chartwrap" tabindex="0" role="group" aria-label="{escape(title)}">{svg}</div>'
    return mark_safe(drawn)  # noqa: S308  # every name is escaped above

"""Trends as inline SVG: they follow the theme, print, leave gaps where a number is missing, and say all in words."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby
from zlib import crc32

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

Point = tuple[str, float | None]
"""(label, percent or None where it is missing)."""
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 760, 260, 44, 22, 22, 28


def spark(points: Sequence[Point]) -> SafeString:
    """A line without scale for a card; the words stand beside it. Empty with fewer than two numbers."""
    values = [value for _label, value in points if value is not None]
    if len(values) < 2:
        return mark_safe("")
    low, high = min(values), max(values)
    step = 200 / max(1, len(points) - 1)
    runs = _runs(
        [
            None if v is None else (n * step, 34 - (v - low) / (high - low) * 32 if high > low else 18)
            for n, (_label, v) in enumerate(points)
        ]
    )
    paths = "".join(
        f'<path d="{_path(run)}" fill="none" stroke="var(--c1)" stroke-width="2" stroke-linecap="round" '
        f'vector-effect="non-scaling-stroke"/>'
        for run in runs
    )
    return mark_safe(  # noqa: S308  # numbers only
        f'<svg class="spark" viewBox="0 0 200 36" preserveAspectRatio="none" aria-hidden="true">{paths}</svg>'
    )


def trend(points: Sequence[Point], *, title: str, wanted: int | None = None) -> SafeString:
    """Percent by month on a scale, with the line of what a good place reaches."""
    values = [value for _label, value in points if value is not None]
    scale = _Scale.over([*values, *([float(wanted)] if wanted is not None else [])])
    step = (_WIDTH - _LEFT - _RIGHT) / max(1, len(points) - 1)
    places = [None if v is None else (_LEFT + n * step, scale.y(v)) for n, (_label, v) in enumerate(points)]
    parts = [scale.grid()]
    for n, (label, _value) in enumerate(points):
        if len(points) < 9 or n % 2 == (len(points) - 1) % 2:
            parts.append(_text(_LEFT + n * step, _HEIGHT - 8, label))
    if wanted is not None:
        y = scale.y(wanted)
        parts.append(
            f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="var(--c2)" stroke-width="2" '
            f'stroke-dasharray="6 4"/>'
        )
    parts += [_line(run, "var(--c1)") for run in _runs(places)]
    parts += [_dot(place, "var(--c1)") for place in places if place]
    said = [f"{label}: {_said(value)}" for label, value in points]
    if wanted is not None:
        said.append(_("A good place reaches %(n)d %%.") % {"n": wanted})
    return _svg(parts, title, said)


def before_after(lines: Sequence[tuple[str, float | None, float | None]], *, title: str) -> SafeString:
    """Two lines from before to after: the district of a pilot, drawn full, and the one it is compared with."""
    values = [v for _label, *pair in lines for v in pair if v is not None]
    scale = _Scale.over(values)
    left, right = _LEFT + 90, _WIDTH - _RIGHT - 190
    parts = [scale.grid(), _text(left, _HEIGHT - 8, _("Before")), _text(right, _HEIGHT - 8, _("Since"))]
    said: list[str] = []
    ends: list[float] = []
    for n, (label, before, after) in enumerate(lines):
        colour, dash = (("var(--c1)", ""), ("var(--c2)", ' stroke-dasharray="6 4"'))[min(n, 1)]
        ends_here = [(x, scale.y(v)) for x, v in ((left, before), (right, after)) if v is not None]
        parts += [_line(ends_here, colour, dash), *(_dot(end, colour) for end in ends_here)]
        if after is not None:
            y = scale.y(after) + 4
            while any(abs(y - other) < 16 for other in ends):
                y += 16
            ends.append(y)
            parts.append(_text(right + 12, y, f"{label} {_said(after)}", "start"))
        said.append(f"{label}: {_said(before)} → {_said(after)}")
    return _svg(parts, title, said)


class _Scale:
    """Percent to height: the least and the greatest number with room around them, on whole steps."""

    def __init__(self, low: float, high: float, step: int) -> None:
        self.low, self.high, self.step = low, high, step

    @classmethod
    def over(cls, values: Sequence[float]) -> _Scale:
        least, most = (min(values), max(values)) if values else (0.0, 100.0)
        step = next((s for s in (1, 2, 5, 10, 20, 50, 100, 500) if (most - least) / s <= 4), 2000)
        low, high = (least // step) * step, -(-most // step) * step
        return cls(low, high if high > low else low + step, step)

    def y(self, value: float) -> float:
        return _HEIGHT - _BOTTOM - (value - self.low) / (self.high - self.low) * (_HEIGHT - _BOTTOM - _TOP)

    def grid(self) -> str:
        marks = [self.low + n * self.step for n in range(round((self.high - self.low) / self.step) + 1)]
        return "".join(
            f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{self.y(m):.1f}" y2="{self.y(m):.1f}"/>'
            + _text(_LEFT - 8, self.y(m) + 4, f"{m:.0f}", "end")
            for m in marks
        )


def _svg(parts: Sequence[str], title: str, said: Sequence[str]) -> SafeString:
    number = crc32(f"{title} {said}".encode())
    svg = (
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-labelledby="trend-t{number} trend-d{number}">'
        f'<title id="trend-t{number}">{escape(title)}</title><desc id="trend-d{number}">{escape("; ".join(said))}</desc>'
        f"{''.join(parts)}</svg>"
    )
    drawn = f'<div class="chartwrap" tabindex="0" role="group" aria-label="{escape(title)}">{svg}</div>'
    return mark_safe(drawn)  # noqa: S308  # every word is escaped above


def _runs(places: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    """Stretches without a gap."""
    return [[p for p in run if p] for there, run in groupby(places, key=lambda p: p is not None) if there]


def _path(run: Sequence[tuple[float, float]]) -> str:
    if len(run) == 1:  # a single month: a short dash
        (x, y), *_rest = run
        return f"M{x - 1.5:.1f} {y:.1f} L{x + 1.5:.1f} {y:.1f}"
    return "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in run)


def _line(run: Sequence[tuple[float, float]], colour: str, more: str = "") -> str:
    if len(run) < 2:
        return ""
    return f'<path d="{_path(run)}" fill="none" stroke="{colour}" stroke-width="2.5" stroke-linejoin="round"{more}/>'


def _dot(place: tuple[float, float], colour: str) -> str:
    return f'<circle cx="{place[0]:.1f}" cy="{place[1]:.1f}" r="4" fill="{colour}"/>'


def _text(x: float, y: float, words: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _said(value: float | None) -> str:
    return _("missing") if value is None else f"{value:.1f} %".replace("-", "−")

"""Charts as SVG, one source for page, handout and saved figures: small arrays in, a ``Chart`` out.

Both parties' charts have the same scale and width, and a day has the same place in all of them. The value of a day is
that at its end; it is drawn from the day's morning to its evening. Nothing here runs the model.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import cycle
from typing import NamedTuple

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from twoway.analysis.figures.style import (
    BAD,
    FRAME_COLOURS,
    FRAME_HATCHES,
    INK,
    PARTY,
    PATTERN_COLOURS,
    PATTERN_HATCHES,
    ink_on,
)
from twoway.analysis.narrative.words.grammar import OTHER, counted, percent
from twoway.analysis.patterns import PATTERNS
from twoway.analysis.render.document import Table
from twoway.seminar.controls import QUESTION
from twoway.seminar.svg import Drawing, Element, Value, spread_labels, svg_text
from twoway.simulation.errors import listed

WIDTH = 560.0
"""Width of all charts, in units of the drawing."""
LEFT, RIGHT = 34.0, 150.0
"""Room for the scale on the left and for labels on the right of charts over days."""
DEFINITION, TONE, STRIP, OUTCOMES, OUTCOMES_GUESSED, MOVES = 150.0, 120.0, 44.0, 132.0, 180.0, 270.0
"""Heights of the charts, in units of the drawing."""
TOP = 2.0
"""Default end of the scale of tone, EPA units (2 is quite); higher values are drawn at the end."""
EVERY = 7
"""Days between two rows of a table over days."""
HALO: dict[str, Value] = {"paint_order": "stroke", "stroke": "#ffffff", "stroke_width": 3}
"""Outline that keeps text readable on top of a drawing."""
DASHES = {"client": "none", "keyworker": "7 3"}
"""Dashes of the parties' lines: solid for the client and dashed for the keyworker, as in all figures."""


class Chart(NamedTuple):
    """A chart: its *title*, the drawing (*svg*), a *sentence* that says what it shows, and its numbers (*table*)."""

    title: str
    svg: Markup
    sentence: str
    table: Table


class DayMark(NamedTuple):
    """A mark on a day: its *kind*, a key of ``MARKS``, a *text* if there is more to say, and the *party* it is of.

    Without a party, the mark is drawn for both.
    """

    day: int
    kind: str
    text: str = ""
    party: str = ""


TALKS = ("talk helped", "talk failed")
"""Kinds of marks of talks about the tension, by how they ended."""
MARKS = {
    "setting changed": ("M0 -5L5 0L0 5L-5 0z", True),
    "rupture": ("M-5 -4L5 -4L0 5z", True),
    "repair": ("M-5 4L5 4L0 -5z", False),
    "new keyworker": ("M-4 -4H4V4H-4z", False),
    TALKS[0]: ("M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z", False),
    TALKS[1]: ("M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z", True),
}
"""For each kind of mark its path around (0, 0), and whether it is filled."""
OWN_MARK = ("M0 -5L5 0L0 5L-5 0z", False)
"""The mark of events that an extension declares."""


class _DayAxis:
    """The horizontal axis: places of the days from the first to the *last* of the stay."""

    def __init__(self, last: int) -> None:
        self.last = max(1, last)
        self.wide = WIDTH - LEFT - RIGHT

    def evening(self, day: float) -> float:
        """The end of a day; of day 0, the beginning of the axis."""
        return LEFT + self.wide * min(day, self.last) / self.last

    def noon(self, day: int) -> float:
        """The middle of a day."""
        return self.evening(day - 0.5)

    def ticks(self) -> list[int]:
        """Days with a label."""
        step = next((step for step in (1, 7, 30) if self.last <= 8 * step), 60)
        later = range(step, self.last + 1, step)
        return [1, *(day for day in later if day > 1 and (day - 1) * 8 > self.last / 2)]

    def axis(self, drawing: Drawing, y: float) -> None:
        """Draw the axis with its labels.

        Parameters
        ----------
        drawing
            Drawing that it is added to.
        y
            Height of the axis; the labels are below it.
        """
        drawing.put("path", d=f"M{LEFT} {y}H{WIDTH - RIGHT}", stroke="#666666", fill="none")
        for day in self.ticks():
            x, anchor = (LEFT, "start") if day == 1 else (self.noon(day), "middle")
            label = f"day {day}" if day == 1 else str(day)
            drawing.words(x, y + 13, label, font_size=11, text_anchor=anchor, fill="#444444")

    def line(self, drawing: Drawing, day: int, top: float, bottom: float) -> None:
        """Draw the line of the day looked at.

        A script may move it: x of its transform is data-left + (day − ½) · data-wide ÷ data-last.

        Parameters
        ----------
        drawing
            Drawing that it is added to.
        day
            The day looked at.
        top, bottom
            Ends of the line.
        """
        where: dict[str, Value] = {"data-left": LEFT, "data-wide": self.wide, "data-last": self.last}
        group = drawing.put("g", class_="day", transform=f"translate({svg_text(self.noon(day))} 0)", **where)
        drawing.put("path", group, d=f"M0 {svg_text(top)}V{svg_text(bottom)}", stroke="#ffffff", stroke_width=4)
        drawing.put("path", group, d=f"M0 {svg_text(top)}V{svg_text(bottom)}", stroke=INK, stroke_width=1.5)

    def steps(self, heights: Sequence[float]) -> str:
        """Path of a line from the first morning to the last evening; ``heights[0]`` is the height on day 1."""
        parts = [f"M{svg_text(LEFT)} {svg_text(heights[0])}"]
        for row, height in enumerate(heights):
            parts.append(f"V{svg_text(height)}" if row else "")
            parts.append(f"H{svg_text(self.evening(row + 1))}")
        return "".join(parts)


def _draw_marks(drawing: Drawing, days: _DayAxis, marks: Sequence[DayMark], y: float) -> None:
    """Draw marks on their days at height *y*, each with its text as a title."""
    for mark in marks:
        group = drawing.put("g", class_="mark", transform=f"translate({svg_text(days.noon(mark.day))} {svg_text(y)})")
        drawing.put("title", group, _mark_text(mark))
        _glyph(drawing, group, mark.kind)


def _glyph(drawing: Drawing, into: Element, kind: str) -> None:
    """Draw the sign of a kind of mark."""
    path, filled = MARKS.get(kind, OWN_MARK)
    drawing.put("path", into, d=path, fill=INK if filled else "#ffffff", stroke=INK, stroke_width=1.5)


def _legend(drawing: Drawing, y: float, own: Iterable[str] = ()) -> None:
    """Draw the signs of all kinds of marks with their names, those of the user's *own* events last."""
    x = 10.0
    for kind in (*MARKS, *own):
        group = drawing.put("g", class_="legend", transform=f"translate({svg_text(x)} {svg_text(y - 4)})")
        _glyph(drawing, group, kind)
        drawing.words(x + 10, y, kind, font_size=11, fill="#444444")
        x += 22 + 6.4 * len(kind)


def _mark_text(mark: DayMark) -> str:
    """The day and the text of a mark."""
    return f"day {mark.day}: {mark.text or mark.kind}"


def _marks_sentence(marks: Sequence[DayMark]) -> str:
    """A sentence with all marks; empty if there are none."""
    return f" Marked: {'; '.join(map(_mark_text, marks))}." if marks else ""


def _table_days(days: int, now: int) -> list[int]:
    """Days that a table over days shows: the first, every seventh, the last, and the day looked at."""
    return sorted({1, *range(EVERY, days + 1, EVERY), days, min(now, days)})


def definition_chart(
    shares: NDArray[np.float64], frames: Sequence[str], party: str, day: int, last: int, key: str = ""
) -> Chart:
    """A party's definition of the relationship by day: weights of the frames, stacked from the first one up.

    Parameters
    ----------
    shares
        Weights of the frames at the end of each day, shape (days, K).
    frames
        Names of the frames for readers.
    party
        "client" or "keyworker".
    day, last
        The day looked at, and the last of the stay.
    key
        Prefix of the ids in the drawing, which must be unique on a page.
    """
    shares = np.asarray(shares, float)
    shown, days = len(shares), _DayAxis(last)
    title = f"The {party} takes this to be"
    now = min(day, shown)
    order = np.argsort(-shares[now - 1], kind="stable")[:2]
    most = [f"{frames[k]} ({percent(shares[now - 1, k])})" for k in order if shares[now - 1, k] > 0]
    began = int(shares[0].argmax())
    sentence = f"On day {now} of {last} the {party} takes the relationship mostly for {', then for '.join(most)}"
    sentence += f"; on day 1 mostly for {frames[began]} ({percent(shares[0, began])})." if now > 1 else "."
    drawing = Drawing(WIDTH, DEFINITION, key or f"definition-{party}", title, sentence)
    top, bottom = 24.0, DEFINITION - 18
    drawing.words(4, 13, title, font_size=13, fill=PARTY[party][0], font_weight="bold")
    heights = bottom - np.cumsum(shares, axis=1) * (bottom - top)
    looks = [
        look for look, _ in zip(zip(cycle(FRAME_COLOURS), cycle(FRAME_HATCHES), strict=False), frames, strict=False)
    ]
    end = svg_text(days.evening(shown))
    for k in reversed(range(len(frames))):  # each is drawn over the one above it
        colour, hatch = looks[k]
        path = f"{days.steps(list(heights[:, k]))}V{svg_text(bottom)}H{svg_text(LEFT)}z"
        drawing.put("path", d=path, class_="band", fill=drawing.fill(colour, hatch), stroke="#ffffff", stroke_width=0.4)
    edges = np.append(bottom, heights[-1])
    middles = list(((edges[:-1] + edges[1:]) / 2)[::-1])
    x = float(end) + 8
    for k, y in zip(reversed(range(len(frames))), spread_labels(middles, 18, top + 3, bottom - 7), strict=True):
        colour, hatch = looks[k]
        swatch: dict[str, Value] = {"width": 13, "height": 11, "stroke": "#666666", "stroke_width": 0.5}
        drawing.put("rect", x=x, y=y - 6, fill=drawing.fill(colour, hatch), **swatch)
        drawing.words(x + 18, y + 4, f"{frames[k]} {percent(shares[-1, k])}", font_size=11, **HALO)
    for share in (0.0, 0.5, 1.0):
        look: dict[str, Value] = {"font_size": 11, "text_anchor": "end", "fill": "#444444"}
        drawing.words(LEFT - 4, bottom - share * (bottom - top) + 4, f"{share:.0%}", **look)
    days.axis(drawing, bottom)
    days.line(drawing, day, top, bottom)
    rows = tuple((str(when), *(percent(share) for share in shares[when - 1])) for when in _table_days(shown, day))
    return Chart(title, drawing.svg(), sentence, Table(("day", *frames), rows, f"{title}, share of each frame."))


def tone_chart(
    positivity: NDArray[np.float64], negativity: NDArray[np.float64], party: str, day: int, last: int,
    marks: Sequence[DayMark] = (), top: float = TOP, key: str = "",
) -> Chart:  # fmt: skip
    """A party's tone toward the other by day: good tone as a line, bad tone as a hatched area below a thin line.

    Parameters
    ----------
    positivity, negativity
        Good and bad tone at the end of each day, EPA units, shape (days,) each.
    party
        "client" or "keyworker".
    day, last
        The day looked at, and the last of the stay.
    marks
        Marks to be drawn above; those of the other party are left out.
    top
        End of the scale, EPA units.
    key
        Prefix of the ids in the drawing, which must be unique on a page.
    """
    marks = [mark for mark in marks if mark.party in ("", party)]
    tones = np.stack([np.asarray(positivity, float), np.asarray(negativity, float)])
    shown, days, other = tones.shape[1], _DayAxis(last), OTHER[party]
    title = f"How the {other} feels to the {party}"
    now = min(day, shown)
    good, bad = tones[:, now - 1]
    sentence = f"On day {now} of {last} the {other} feels {good:.1f} good and {bad:.1f} bad to the {party}"
    sentence += f"; on day 1 {tones[0, 0]:.1f} good and {tones[1, 0]:.1f} bad." if now > 1 else "."
    sentence += " 1 is slightly, 2 quite." + _marks_sentence(marks)
    drawing = Drawing(WIDTH, TONE, key or f"tone-{party}", title, sentence)
    colour, ceiling, floor = PARTY[party][0], 36.0, TONE - 18
    drawing.words(4, 13, title, font_size=13, fill=colour, font_weight="bold")
    for value in np.arange(0.0, top + 0.01, 1.0):
        y = floor - value / top * (floor - ceiling)
        drawing.put("path", d=f"M{LEFT} {svg_text(y)}H{svg_text(WIDTH - RIGHT)}", stroke="#dddddd")
        above = "+" if value == top and tones.max() > top else ""
        look: dict[str, Value] = {"font_size": 11, "text_anchor": "end", "fill": "#444444"}
        drawing.words(LEFT - 4, y + 4, f"{value:.0f}{above}", **look)
    heights = floor - np.minimum(tones, top) / top * (floor - ceiling)
    area = f"{days.steps(list(heights[1]))}V{svg_text(floor)}H{svg_text(LEFT)}z"
    drawing.put("path", d=area, class_="bad-area", fill=drawing.fill("#E8D5D5", "//"))
    drawing.put("path", d=days.steps(list(heights[1])), class_="bad", stroke=BAD, stroke_width=1.2, fill="none")
    look_of_line: dict[str, Value] = {"stroke": colour, "stroke_width": 2.2, "stroke_dasharray": DASHES[party]}
    drawing.put("path", d=days.steps(list(heights[0])), class_="good", fill="none", **look_of_line)
    ends = [("good", tones[0, -1], heights[0, -1], colour), ("bad", tones[1, -1], heights[1, -1], BAD)]
    ends.sort(key=lambda end: end[2])
    places = spread_labels([end[2] for end in ends], 14, ceiling, floor - 7)
    for (name, value, _, ink), y in zip(ends, places, strict=True):
        drawing.words(days.evening(shown) + 8, y + 4, f"{name} {value:.1f}", fill=ink, **HALO)
    days.axis(drawing, floor)
    days.line(drawing, day, ceiling, floor)
    _draw_marks(drawing, days, marks, ceiling - 9)
    rows = tuple((str(when), *(f"{value:.2f}" for value in tones[:, when - 1])) for when in _table_days(shown, day))
    columns = ("day", "good tone", "bad tone")
    return Chart(title, drawing.svg(), sentence, Table(columns, rows, f"{title}, EPA units: 1 slightly, 2 quite."))


def event_strip(marks: Sequence[DayMark], day: int, last: int, of: str = "") -> Chart:
    """A strip of the days of a stay with marks, and the meaning of the marks.

    Parameters
    ----------
    marks
        The marks.
    day, last
        The day looked at, and the last of the stay.
    of
        Name of the story, where there is another one beside it.
    """
    days, title = _DayAxis(last), "What happened when"
    sentence = f"{f'{of}: day' if of else 'Day'} {day} of {last}.{_marks_sentence(marks) or ' Nothing is marked yet.'}"
    drawing = Drawing(WIDTH, STRIP, "strip", title, sentence)
    days.axis(drawing, 14)
    days.line(drawing, day, 1, 14)
    _draw_marks(drawing, days, marks, 8)
    own = dict.fromkeys(mark.kind for mark in marks if mark.kind not in MARKS)
    _legend(drawing, STRIP - 3, own)
    rows = tuple((str(mark.day), mark.kind, mark.text) for mark in marks)
    return Chart(title, drawing.svg(), sentence, Table(("day", "what", "told"), rows, title))


def outcome_chart(
    counts: Sequence[int], low: Sequence[float], high: Sequence[float], hands: Sequence[int] = (), of: str = "",
    key: str = "outcomes",
) -> Chart:  # fmt: skip
    """The number of pairs that end in each pattern, with the interval of the share.

    Parameters
    ----------
    counts
        Pairs by pattern, shape (3,).
    low, high
        Ends of the interval of each pattern's share, shape (3,) each.
    hands
        Hands raised for each pattern in answer to ``QUESTION``, if any.
    of
        Name of the setting, where there is another one beside it.
    key
        Prefix of the ids in the drawing, which must be unique on a page.
    """
    pairs, guesses = sum(counts), sum(hands)
    title = f"Where {counted(pairs, 'such pair')} end{'s' * (pairs == 1)} up{f': {of}' if of else ''}"
    share = [count / max(1, pairs) for count in counts]
    parts = [
        f"{count} end {name} ({percent(part)}, by luck {percent(least)} to {percent(most)})"
        for name, count, part, least, most in zip(PATTERNS, counts, share, low, high, strict=True)
    ]
    sentence = f"{f'{of}: of' if of else 'Of'} {counted(pairs, 'such pair')}, {listed(parts)}."
    guessed = [f"{hand} for {name}" for name, hand in zip(PATTERNS, hands, strict=False)]
    sentence += f" Asked “{QUESTION}”, of {counted(guesses, 'hand')} {listed(guessed)}." if guesses else ""
    height = OUTCOMES_GUESSED if guesses else OUTCOMES
    drawing = Drawing(WIDTH, height, key, title, sentence)
    drawing.words(4, 14, title, font_size=13, font_weight="bold")
    left, wide, each = 168.0, 292.0, (height - 42) / len(PATTERNS)
    for place, name in enumerate(PATTERNS):
        y = 24 + place * each
        drawing.words(left - 8, y + 15, name, text_anchor="end")
        look: dict[str, Value] = {"fill": drawing.fill(PATTERN_COLOURS[name], PATTERN_HATCHES[name])}
        drawing.put("rect", class_="bar", x=left, y=y, width=share[place] * wide, height=20, stroke="#333333", **look)
        least, most = (left + end[place] * wide for end in (low, high))
        middle = svg_text(y + 10)
        whisker = f"M{svg_text(least)} {middle}H{svg_text(most)}M{svg_text(least)} {svg_text(y + 5)}v10"
        whisker += f"M{svg_text(most)} {svg_text(y + 5)}v10"
        drawing.put("path", d=whisker, stroke="#ffffff", stroke_width=4, fill="none")
        drawing.put("path", class_="range", d=whisker, stroke="#111111", stroke_width=1.6, fill="none")
        beyond = max(most, left + share[place] * wide) + 8
        drawing.words(beyond, y + 15, f"{counts[place]} ({percent(share[place])})", font_weight="bold")
        if guesses:
            part = hands[place] / guesses
            outline: dict[str, Value] = {"fill": "#ffffff", "stroke": "#333333", "stroke_dasharray": "3 2"}
            drawing.put("rect", class_="hands", x=left, y=y + 24, width=part * wide, height=12, **outline)
            told_hands = f"{counted(hands[place], 'hand')} ({percent(part)})"
            drawing.words(left + part * wide + 8, y + 34, told_hands, font_size=11, fill="#444444")
    drawing.put("path", d=f"M{left} 22V{svg_text(height - 20)}", stroke="#666666", fill="none")
    below = f"Lines: what luck alone gives {counted(pairs, 'such pair')}, 95 times in 100."
    below += " Dashed bars: the show of hands." if guesses else ""
    drawing.words(4, height - 5, below, font_size=11, fill="#444444")
    rows = []
    for place, name in enumerate(PATTERNS):
        row = [name, str(counts[place]), percent(share[place]), f"{percent(low[place])} to {percent(high[place])}"]
        rows.append((*row, str(hands[place])) if guesses else tuple(row))
    columns = ("pattern at the end", "pairs", "share", "by luck alone", *(("hands",) if guesses else ()))
    return Chart(title, drawing.svg(), sentence, Table(columns, tuple(rows), title))


def transition_chart(counts: NDArray[np.int64], first: str, other: str) -> Chart:
    """The same pairs in two settings: a bar for each setting, and a ribbon for each move from pattern to pattern.

    Heights are numbers of pairs; a ribbon has the look of the pattern it comes from.

    Parameters
    ----------
    counts
        Pairs by pattern in the first setting (rows) and in the other (columns), shape (3, 3).
    first, other
        Names of the settings.
    """
    counts = np.asarray(counts, int)
    pairs, title = int(counts.sum()), "The same pairs, the same luck, in both"
    moved = [(int(counts[i, j]), i, j) for i in range(3) for j in range(3) if i != j and counts[i, j]]
    texts = [f"{n} move from {PATTERNS[i]} to {PATTERNS[j]}" for n, i, j in sorted(moved, key=lambda move: -move[0])]
    stay = pairs - sum(n for n, _, _ in moved)
    sentence = f"Of the {counted(pairs, 'pair')}, {stay} are in the same pattern with {first} and with {other}"
    sentence += f"; {listed(texts)}." if texts else "."
    drawing = Drawing(WIDTH, MOVES, "moves", title, sentence)
    drawing.words(4, 14, title, font_size=13, font_weight="bold")
    top, gap, width, x0, x1 = 44.0, 7.0, 44.0, 120.0, WIDTH - 164.0
    unit = (MOVES - top - 10 - 2 * gap) / max(1, pairs)
    sides = (counts.sum(axis=1), counts.sum(axis=0))
    starts = [top + unit * np.append(0, np.cumsum(side))[:3] + gap * np.arange(3) for side in sides]
    used = [starts[0].copy(), starts[1].copy()]
    middle = (x0 + width + x1) / 2
    for i in range(3):
        fill = drawing.fill(PATTERN_COLOURS[PATTERNS[i]], PATTERN_HATCHES[PATTERNS[i]])
        for j in range(3):
            high = unit * counts[i, j]
            if not high:
                continue
            a, b = used[0][i], used[1][j]
            used[0][i], used[1][j] = a + high, b + high
            near, far, mid = (svg_text(x) for x in (x0 + width, x1, middle))
            a0, a1, b0, b1 = map(svg_text, (a, a + high, b, b + high))
            path = f"M{near} {a0}C{mid} {a0} {mid} {b0} {far} {b0}V{b1}C{mid} {b1} {mid} {a1} {near} {a1}z"
            drawing.put(
                "path", class_="ribbon", d=path, fill=fill, fill_opacity="0.55", stroke="#666666", stroke_width=0.4
            )
            if high >= 11:
                drawing.words(x0 + width + 8, a + high / 2 + 4, str(counts[i, j]), font_size=11, **HALO)
    for side, (x, name) in enumerate(((x0, first), (x1, other))):
        drawing.words(x + width / 2, 34, _short(name), text_anchor="middle", font_weight="bold")
        for p, pattern in enumerate(PATTERNS):
            high, y = float(unit * sides[side][p]), float(starts[side][p])
            colour = PATTERN_COLOURS[pattern]
            look: dict[str, Value] = {"fill": drawing.fill(colour, PATTERN_HATCHES[pattern]), "stroke": "#333333"}
            drawing.put("rect", class_="bar", x=x, y=y, width=width, height=high, **look)
            if high >= 14:
                ink = ink_on(colour)
                outline: dict[str, Value] = {
                    "paint_order": "stroke",
                    "stroke": colour,
                    "stroke_width": 4,
                    "font_weight": "bold",
                }
                drawing.words(
                    x + width / 2, y + high / 2 + 4, str(sides[side][p]), text_anchor="middle", fill=ink, **outline
                )
        middles = [float(s + unit * n / 2) for s, n in zip(starts[side], sides[side], strict=True)]
        for p, y in enumerate(spread_labels(middles, 14, top + 6, MOVES - 14)):
            beside = (x - 8, "end") if side == 0 else (x + width + 8, "start")
            small = f" {sides[side][p]}" if unit * sides[side][p] < 14 else ""
            drawing.words(beside[0], y + 4, f"{_brief(PATTERNS[p])}{small}", text_anchor=beside[1])
    rows = tuple((PATTERNS[i], *(str(n) for n in counts[i]), str(counts[i].sum())) for i in range(3))
    rows += (("all", *(str(n) for n in counts.sum(axis=0)), str(pairs)),)
    table = Table((f"with {first}", *(f"{p} with {other}" for p in PATTERNS), "all"), rows, title)
    return Chart(title, drawing.svg(), sentence, table)


def _brief(pattern: str) -> str:
    """The first word of a pattern's name, for places without room for more."""
    return pattern.split(maxsplit=1)[0]


def _short(name: str) -> str:
    """A name cut to 30 characters in its middle: the end is what distinguishes two settings."""
    return name if len(name) <= 30 else f"{name[:12]}…{name[-17:]}"

"""Where pairs end up, as a part of the page: the question to a class that is to guess, or what came out.

Every word is escaped, as in ``twoway.seminar.panels``.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import numpy as np

from twoway.analysis.patterns import PATTERNS
from twoway.seminar.charts import Chart, moves, outcomes
from twoway.seminar.ensemble import PAIRS
from twoway.seminar.guess import QUESTION
from twoway.seminar.session import Session


def outcome_charts(session: Session) -> list[Chart]:
    """Where the pairs end up that have been lived so far: of two stories who moved, and then each of them."""
    lived, names, charts = session.outcomes, session.short_names, []
    if session.other is not None:
        one, other = session.order
        charts.append(moves(lived.moves(session.order), names[one], names[other]))
    for which in session.order:
        low, high = lived.range(which)
        of = names[which] if session.other is not None else ""
        hands = session.hands_of(which)
        charts.append(outcomes(lived.counts(which), list(low), list(high), hands, of, key=f"outcomes-{which}"))
    return charts


def results(session: Session) -> str:
    """Where such pairs end up; or the question, while the class is to guess."""
    if session.guessing:
        return _question(session)
    if not session.outcomes.pairs:
        whose = "Other people, other luck, the same settings"
        return f'<p class="hint">{whose}: run {PAIRS} pairs to see.{_hands_kept(session)}</p>'
    if session.other is not None:
        return _who_moved(session)
    (chart,) = outcome_charts(session)
    return f'<figure class="outcomes">{chart.svg}</figure>'


def _question(session: Session) -> str:
    """The form for a show of hands; of two stories it says about which."""
    about = f"<b>{escape(session.stays[session.asked_about].course.name)}.</b> " if session.other is not None else ""
    fields = "".join(
        f'<p><label for="h-{place}">{name}</label>'
        f'<input type="number" id="h-{place}" data-hand min="0" max="9999" value="0" inputmode="numeric"></p>'
        for place, name in enumerate(PATTERNS)
    )
    return f'<form data-form="hands"><p>{about}{QUESTION}</p>{fields}<button>Keep the show of hands</button></form>'


def _hands_kept(session: Session) -> str:
    """The show of hands before it is known what came out."""
    if session.guessed is None:
        return ""
    hands = zip(session.hands_of(session.guessed), PATTERNS, strict=True)
    about = f" about “{session.short_names[session.guessed]}”" if session.other is not None else ""
    return f" The show of hands{escape(about)} is kept: {', '.join(f'{n} {name}' for n, name in hands)}."


def _row(head: str, cells: Iterable[object]) -> str:
    return f'<tr><th scope="row">{head}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def _who_moved(session: Session) -> str:
    """From which pattern to which the same pairs go: a row for each in the one story, a column in the other.

    All pairs of either story stand at the end, with the range that luck alone gives, and beside them the hands that
    were raised about it.
    """
    lived, (one, other) = session.outcomes, session.order
    from_, to = (escape(session.short_names[which]) for which in (one, other))
    counts = lived.moves(session.order)
    before, after = session.hands_of(one), session.hands_of(other)
    brief = [name.split()[0] for name in PATTERNS]
    rows = [
        _row(name, [*counts[place], end, *before[place : place + 1]])
        for place, (name, end) in enumerate(zip(PATTERNS, _all(session, one), strict=True))
    ]
    raised = [f"of {sum(before)}"] if before else []
    rows.append(_row("all (range by luck)", [*_all(session, other), counts.sum(), *raised]))
    if after:
        rows.append(_row(f"hands, {to}", [*after, f"of {sum(after)}"]))
    head = [*brief, "all", *([f"hands, {from_}"] if before else [])]
    columns = "".join(f'<th scope="col">{name}</th>' for name in head)
    return (
        f"<p>{_told(counts, brief)}</p><table><thead><tr><td>↓ {from_} → {to}</td>{columns}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _told(counts: np.ndarray, brief: list[str]) -> str:
    """How many pairs end alike, and what most of the others do."""
    pairs, alike = int(counts.sum()), int(counts.trace())
    if alike == pairs:
        return f"{alike} of {pairs} pairs end alike."
    i, j = divmod(int((counts - np.diag(counts.diagonal())).argmax()), len(PATTERNS))
    most = f"{counts[i, j]} move from {brief[i]} to {brief[j]}, more than any other way"
    return f"{alike} of {pairs} pairs end alike; {most}."


def _all(session: Session, which: int) -> list[str]:
    """All pairs of a story by pattern, with the shares between which luck alone leaves them, in percent."""
    counts, (low, high) = session.outcomes.counts(which), session.outcomes.range(which)
    return [
        f"{n} <small>{100 * least:.0f}\u2013{100 * most:.0f}\u00a0%</small>"
        for n, least, most in zip(counts, low, high, strict=True)
    ]

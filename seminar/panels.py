"""Parts of the page as HTML: what a session shows, in the words of ``analysis`` and the charts of ``seminar.charts``.

The templates escape every text; no part has a style attribute or a script.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from twoway.analysis.narrative.interview import TORN
from twoway.analysis.narrative.sentences import ENCOUNTERS, put_down, read_differently
from twoway.analysis.narrative.words.grammar import (
    INFINITIVE,
    OTHER,
    PRONOUN,
    act_phrase,
    capitalised,
    emotion_phrase,
    named,
    percent,
    reading_noun,
)
from twoway.analysis.patterns import PATTERNS
from twoway.analysis.render.document import Piece
from twoway.analysis.render.html import as_fragment
from twoway.seminar.charts import (
    Chart,
    definition_chart,
    event_strip,
    outcome_chart,
    tone_chart,
    transition_chart,
)
from twoway.seminar.controls import MOST_HANDS, QUESTION, SLIDERS
from twoway.seminar.dyad_timeline import DyadTimeline, Position
from twoway.seminar.ensemble import PAIRS
from twoway.seminar.lessons import load_lesson, load_lessons
from twoway.seminar.recipe import changeable_settings, number_text, offered_scenario
from twoway.seminar.session import Session
from twoway.seminar.templates import render
from twoway.simulation.affect_control.frames import ROLES
from twoway.simulation.affect_control.lexicon import NEUTRAL
from twoway.simulation.events import EVENTS

TAKES = "Takes this to be"


def _heading(timeline: DyadTimeline, position: Position) -> str:
    """Heading of the latest event: the encounter, or the evening, in which it happened."""
    event = timeline.latest_event(position)
    if event is None:
        return "A quiet day." if position.day else "Before they meet."
    if event["event"] == "exchange":
        return f"{capitalised(ENCOUNTERS[event['encounter']][0])}."
    return EVENTS.find(event["event"]).heading or f"In the evening, the {event['actor']}."


def position_text(session: Session) -> str:
    """The day, and the number of exchanges so far in each story, as plain text."""
    if not session.position.day:
        return "Before the first day"
    numbers = [timeline.exchanges_so_far(session.position_in(timeline)) for timeline in session.timelines]
    return f"Day {session.position.day}, exchange{'s' * (len(numbers) > 1)} {' and '.join(map(str, numbers))}"


def account(session: Session) -> Markup:
    """The latest event of each story, narrated."""
    stories = []
    for timeline in session.timelines:
        position = session.position_in(timeline)
        heading = _heading(timeline, position)
        if 0 < position.events < session.position.events:  # more happens in the other story on this day
            heading = f"Last on this day: {heading[0].lower()}{heading[1:]}"
        stories.append(
            {
                "name": timeline.schedule.name if session.other else "",
                "question": "" if position.day or session.other else timeline.schedule.scenario.question,
                "heading": heading,
                "text": timeline.narrate(position),
            }
        )
    return render("account.html", stories=stories)


class CardLine(NamedTuple):
    """A line of a party's card: its *label*, its *text*, and a *small* text beside that."""

    label: str
    text: str
    small: str = ""


def _definition_line(timeline: DyadTimeline, side: int, position: Position) -> CardLine:
    """What a party takes the relationship to be: one frame, or two that it is torn between."""
    weights = timeline.state(side, position)["definition"]
    first, second = np.argsort(-weights, kind="stable")[:2]
    name = [named(timeline.resolved.frames.names[k]) for k in (first, second)]
    if weights[first] - weights[second] < TORN:
        return CardLine(TAKES, f"{name[0]}, or {name[1]}?", f"{percent(weights[first])}, {percent(weights[second])}")
    return CardLine(TAKES, name[0], percent(weights[first]))


def _expectation_line(timeline: DyadTimeline, side: int, position: Position) -> CardLine:
    """A party's likeliest next act, and the likeliest one if it were left to itself."""
    expected, role = timeline.expected_act(side, position), ROLES[side]
    other, day = PRONOUN[OTHER[role]], position.day
    most, freely = (
        act_phrase(act, other, expected.encounter, INFINITIVE, day) for act in (expected.act, expected.freely)
    )
    left_alone = f"; left to {PRONOUN[role].reflexive}, {freely}" if freely != most else ""
    return CardLine("Will likely", most, f"{percent(expected.chance)}{left_alone}")


def card_lines(timeline: DyadTimeline, side: int, position: Position) -> list[CardLine]:
    """Lines of a party's card; what it saw and felt is about the last act it read.

    Parameters
    ----------
    timeline
        The pair's stay.
    side
        Party: 0 the client, 1 the keyworker.
    position
        Position in the stay.
    """
    role, event = ROLES[side], timeline.last_read(side, position)
    now, expectation = _definition_line(timeline, side, position), _expectation_line(timeline, side, position)
    if event is None:
        return [now, expectation]
    seen, meant = (reading_noun(event[name], event["encounter"]) for name in ("seen", "act"))
    small = [f"on day {event['day']}"] * (event["day"] != position.day) + [f"meant as {meant}"] * (meant != seen)
    emotion = event["emotion_named"]
    feels = (
        emotion_phrase(emotion, PRONOUN[role], PRONOUN[OTHER[role]]) if emotion != NEUTRAL else "nothing in particular"
    )
    return [
        now,
        CardLine("Saw", seen, "; ".join(small)),
        CardLine("Put it down", put_down(event, role)),
        CardLine("Felt", feels),
        expectation,
    ]


class CardTable(NamedTuple):
    """Both parties' cards as one table: the *labels* of its rows, and for each party its lines by label.

    A party that has read nothing yet has fewer lines than there are labels.
    """

    labels: list[str]
    cards: dict[str, dict[str, CardLine]]


def card_table(cards: Sequence[Sequence[CardLine]]) -> CardTable:
    """Both parties' cards, of the client and of the keyworker, as one table."""
    labels = [line.label for line in max(cards, key=len)]
    by_label = [{line.label: line for line in card} for card in cards]
    return CardTable(labels, dict(zip(ROLES, by_label, strict=True)))


def cards(session: Session) -> Markup:
    """How client and keyworker see it: a card each, or a small table for each of two stories."""
    if session.other is None:
        lines = {role: card_lines(session.timeline, side, session.position) for side, role in enumerate(ROLES)}
        return render("cards.html", cards=lines)
    stories = []
    for timeline in session.timelines:
        position = session.position_in(timeline)
        # Without the expectation and the small texts: two tables stand side by side.
        both = [[line._replace(small="") for line in card_lines(timeline, side, position)[:-1]] for side in range(2)]
        stories.append({"name": timeline.schedule.name, **card_table(both)._asdict()})
    return render("story_cards.html", stories=stories)


def difference(session: Session) -> Markup:
    """How the two parties read the latest act differently; of two stories, where these differ first."""
    readings = None
    if session.other is None:
        event = session.timeline.latest_event(session.position)
        if event is not None and event["event"] == "exchange":
            readings = read_differently(event, session.timeline.resolved)
    return render(
        "difference.html",
        divergence=session.divergence_sentence(),
        button=session.divergence is not None,
        readings=readings,
    )


def _dyad_charts(session: Session, timeline: DyadTimeline, side: int, key: str) -> list[Chart]:
    """Charts of a party's definition and of its tone, over the days that have been looked at."""
    until, day, role = session.furthest, session.position.day, ROLES[side]
    frames = [named(name) for name in timeline.resolved.frames.names]
    marks = [mark for mark in timeline.marks if mark.day <= until]
    good, bad = timeline.tones(side, until)
    shares = timeline.definitions(side, until)
    return [
        definition_chart(shares, frames, role, day, timeline.last, f"definition-{role}-{key}"),
        tone_chart(good, bad, role, day, timeline.last, marks, key=f"tone-{role}-{key}"),
    ]


def day_charts(session: Session) -> list[list[Chart]]:
    """Charts over the days that have been looked at, in columns.

    Returns
    -------
    list of list of Chart
        For one story a column for each party, with its definition and its tone; for two stories a column for each
        story, with all four. Empty before the first day.
    """
    if not session.furthest:
        return []
    if session.other is None:
        return [_dyad_charts(session, session.timeline, side, "0") for side in range(2)]
    return [
        [chart for side in range(2) for chart in _dyad_charts(session, timeline, side, str(number))]
        for number, timeline in enumerate(session.timelines)
    ]


def charts(session: Session) -> Markup:
    """The charts over days, or before the first day the list of lessons."""
    columns = day_charts(session)
    if not columns:
        return lesson_list(session)
    kinds = ("definition", "tone") if session.other is None else ("his", "his-tone", "hers", "hers-tone")
    return render("charts.html", columns=[list(zip(kinds, column, strict=True)) for column in columns])


def numbers(session: Session) -> Markup:
    """The numbers of everything that is drawn, as tables."""
    groups: list[dict[str, object]] = [
        {"name": session.timelines[number].schedule.name if session.other else "", "charts": column}
        for number, column in enumerate(day_charts(session))
    ]
    if _outcomes_shown(session):
        groups.append({"name": "", "charts": outcome_charts(session)})
    return render("numbers.html", groups=groups)


def lesson_list(session: Session) -> Markup:
    """The lessons, each with a button that opens its recipe and one that opens its note."""
    now = session.recipe.lesson
    return render("lessons.html", lessons=load_lessons(), chosen=load_lesson(now).title if now else "")


def event_line(session: Session) -> Markup:
    """The days so far with their marks; of two stories, those of the story on the left."""
    marks = [mark for mark in session.timeline.marks if mark.day <= session.furthest]
    of = session.timeline.schedule.name if session.other else ""
    return event_strip(marks, max(1, session.position.day), session.timeline.last, of).svg


def sliders(session: Session) -> Markup:
    """The sliders, with the values that take effect on the next day."""
    now, usual = session.next_settings(), offered_scenario(session.recipe.scenario).context
    rows = [
        {
            "name": one.name,
            "label": one.label,
            "field": one.field,
            "low": f"{one.low:g}",
            "high": f"{one.high:g}",
            "step": f"{one.step:g}",
            "value": number_text(now[one.field]),
            "words": "|".join(f"{least:g}:{word}" for least, word in one.words),
            "text": one.value_text(now[one.field]),
            "meaning": one.meaning,
            "changed": now[one.field] != getattr(usual, one.name),
        }
        for one in SLIDERS
    ]
    return render("sliders.html", sliders=rows, compared=session.other is not None)


def meanings(session: Session) -> Markup:
    """The meaning of each slider, its unit and name in scenario files, and its values now and in the scenario."""
    now, usual = session.next_settings(), offered_scenario(session.recipe.scenario).context
    rows = [
        {
            "label": one.label,
            "meaning": one.meaning,
            "unit": changeable_settings()[one.field].unit,
            "value": number_text(now[one.field]),
            "usual": number_text(getattr(usual, one.name)),
            "field": one.field,
        }
        for one in SLIDERS
    ]
    return render("meanings.html", sliders=rows, day=session.next_day)


def side_by_side(session: Session, documents: Sequence[Sequence[Piece]]) -> Markup:
    """A document for each story as a part of the page; those of two stories side by side.

    Parameters
    ----------
    session
        The visitor's session.
    documents
        Pieces of the document of each story, in the order of the session's timelines.
    """
    parts = [as_fragment(pieces) for pieces in documents]
    if session.other is None:
        return parts[0]
    names = [timeline.schedule.name for timeline in session.timelines]
    return render("side_by_side.html", stories=list(zip(names, parts, strict=True)))


class NamedChart(NamedTuple):
    """A chart that can be saved: the name of its *file* without an ending, and its *label* among the others."""

    file: str
    chart: Chart
    label: str


def named_charts(session: Session) -> list[NamedChart]:
    """All charts that are drawn now, in the order of the page."""
    found = []
    for number, column in enumerate(day_charts(session)):
        story = f"-{number + 1}" if session.other else ""
        sides = [role for role in ROLES for _ in range(2)] if session.other else [ROLES[number]] * 2
        kinds = ("takes-this-to-be", "tone") * (len(column) // 2)
        of = f"{session.timelines[number].schedule.name}: " if session.other else ""
        found += [
            NamedChart(f"{side}-{kind}{story}", chart, f"{of}{chart.title}")
            for side, kind, chart in zip(sides, kinds, column, strict=True)
        ]
    if _outcomes_shown(session):
        names = ["where-pairs-end"]
        if session.other is not None:
            names = ["who-moved", *(f"where-pairs-end-{which + 1}" for which in session.order)]
        drawn = zip(names, outcome_charts(session), strict=True)
        found += [NamedChart(name, chart, chart.title) for name, chart in drawn]
    return found


def _outcomes_shown(session: Session) -> bool:
    """Whether there are outcomes, and the class may see them."""
    return session.ensemble.pairs > 0 and not session.guessing


def outcome_charts(session: Session) -> list[Chart]:
    """Charts of where the pairs end up that have been simulated; of two stories first who moved, then each story."""
    ensemble, names, drawn = session.ensemble, session.short_names, []
    if session.other is not None:
        one, other = session.order
        drawn.append(transition_chart(ensemble.transitions(session.order), names[one], names[other]))
    for which in session.order:
        low, high = ensemble.intervals(which)
        of = names[which] if session.other is not None else ""
        hands, key = session.hands_about(which), f"outcomes-{which}"
        drawn.append(outcome_chart(ensemble.counts(which), list(low), list(high), hands, of, key=key))
    return drawn


def outcomes(session: Session) -> Markup:
    """Where such pairs end up; while the class is guessing, the question."""
    if session.guessing:
        about = session.timelines[session.asked_about].schedule.name if session.other is not None else ""
        return render("question.html", about=about, question=QUESTION, patterns=PATTERNS, most=MOST_HANDS)
    if session.ensemble.pairs and session.other is not None:
        return _who_moved(session)
    guessed, hands, about = session.guessed_story, "", ""
    if guessed is not None:
        raised = zip(session.hands_about(guessed), PATTERNS, strict=True)
        hands = ", ".join(f"{count} {name}" for count, name in raised)
        about = session.short_names[guessed] if session.other is not None else ""
    chart = outcome_charts(session)[0] if session.ensemble.pairs else None
    return render("outcomes.html", chart=chart, pairs=PAIRS, hands=hands, about=about)


class PatternCount(NamedTuple):
    """Number of *pairs* in a pattern, and the 95 % *interval* of their share as text."""

    pairs: int
    interval: str


def _who_moved(session: Session) -> Markup:
    """Number of pairs by pattern in the one story (rows) and in the other (columns), with the hands about each.

    The totals of either story have their intervals.
    """
    one, other = session.order
    counts = session.ensemble.transitions(session.order)
    before, after = session.hands_about(one), session.hands_about(other)
    short = [name.split()[0] for name in PATTERNS]
    from_, to = (session.short_names[which] for which in session.order)
    rows: list[tuple[str, list[object]]] = [
        (name, [*counts[place].tolist(), total, *before[place : place + 1]])
        for place, (name, total) in enumerate(zip(PATTERNS, _pattern_counts(session, one), strict=True))
    ]
    raised = [f"of {sum(before)}"] if before else []
    rows.append(("all (range by luck)", [*_pattern_counts(session, other), int(counts.sum()), *raised]))
    if after:
        rows.append((f"hands, {to}", [*after, f"of {sum(after)}"]))
    columns = [*short, "all", *([f"hands, {from_}"] if before else [])]
    return render("who_moved.html", summary=_summary(counts, short), names=(from_, to), columns=columns, rows=rows)


def _summary(counts: NDArray[np.int64], short: list[str]) -> str:
    """A sentence: how many pairs end alike, and the most frequent move of the others."""
    pairs, alike = int(counts.sum()), int(counts.trace())
    if alike == pairs:
        return f"{alike} of {pairs} pairs end alike."
    i, j = divmod(int((counts - np.diag(counts.diagonal())).argmax()), len(PATTERNS))
    most = f"{counts[i, j]} move from {short[i]} to {short[j]}, more than any other way"
    return f"{alike} of {pairs} pairs end alike; {most}."


def _pattern_counts(session: Session, which: int) -> list[PatternCount]:
    """All pairs of a story by pattern, with the intervals of their shares in percent."""
    counts, (low, high) = session.ensemble.counts(which), session.ensemble.intervals(which)
    return [
        PatternCount(count, f"{100 * least:.0f}\u2013{100 * most:.0f}\u00a0%")
        for count, least, most in zip(counts, low, high, strict=True)
    ]

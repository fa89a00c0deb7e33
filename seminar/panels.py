"""Parts of the page as HTML: what a session shows, told in the words of ``analysis`` and drawn by ``twoway.seminar.charts``.

Every word that may have been typed is escaped; there is no style attribute and no script in any part.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

import numpy as np

from twoway.analysis.narrative.interview import TORN
from twoway.analysis.narrative.sentences import ENCOUNTERS, put_down, read_differently
from twoway.analysis.narrative.words.grammar import (
    INFINITIVE,
    OTHER,
    PRONOUN,
    act_seen,
    act_told,
    capitalised,
    felt,
    named,
    percent,
)
from twoway.analysis.render.document import Piece, as_fragment, table_html
from twoway.seminar.charts import Chart, Mark, definition, strip, tone
from twoway.seminar.dyad_timeline import Moment, PairsStay
from twoway.seminar.lessons import lesson, lessons
from twoway.seminar.outcome_panel import outcome_charts
from twoway.seminar.recipe import settings as declared_settings
from twoway.seminar.recipe import written
from twoway.seminar.session import Session
from twoway.seminar.sliders import SLIDERS
from twoway.simulation.affect_control.equations import NEUTRAL
from twoway.simulation.affect_control.frames import ROLES
from twoway.simulation.parameters.scenario import load

EVENING = {
    "talk_repaired": "The talk.", "talk_failed": "The talk.", "new_keyworker": "A change.",
}  # fmt: skip
"""What is told of first where it is neither an encounter nor somebody's evening."""


def _heading(stay: PairsStay, moment: Moment) -> str:
    """In what the thing told about happened."""
    event = stay.latest(moment)
    if event is None:
        return "A quiet day." if moment.day else "Before they meet."
    if event["event"] == "exchange":
        return f"{capitalised(ENCOUNTERS[event['encounter']][0])}."
    return EVENING.get(event["event"], f"In the evening, the {event['actor']}.")


def where(session: Session) -> str:
    """The day, and how many exchanges there have been so far in each story."""
    if not session.moment.day:
        return "Before the first day"
    numbers = [stay.exchange_number(session.moment_in(stay)) for stay in session.stays]
    return f"Day {session.moment.day}, exchange{'s' * (len(numbers) > 1)} {' and '.join(map(str, numbers))}"


def account(session: Session) -> str:
    """What happened, in each story that is looked at."""
    told = []
    for stay in session.stays:
        moment = session.moment_in(stay)
        name = f"<h3>{escape(stay.course.name)}</h3>" if session.other else ""
        begin = "" if moment.day or session.other else f"<p>{escape(stay.course.scenario.question)}</p>"
        heading = _heading(stay, moment)
        if 0 < moment.things < session.moment.things:  # more happens in the other story on this day
            heading = f"Last on this day: {heading[0].lower()}{heading[1:]}"
        words = f"<p><b>{escape(heading)}</b> {escape(stay.account(moment))}</p>"
        told.append(f"<div>{name}{begin}{words}</div>")
    return "".join(told)


class Line(NamedTuple):
    """A line of a party's card: what it is called, what it says, and what it says beside that, in small."""

    label: str
    says: str
    small: str = ""


def _view(stay: PairsStay, side: int, moment: Moment) -> Line:
    """What a party takes the relationship to be: one frame, or two it is torn between."""
    weights = stay.state(side, moment)["definition"]
    first, second = np.argsort(-weights, kind="stable")[:2]
    name = [named(stay.resolved.frames.names[k]) for k in (first, second)]
    if weights[first] - weights[second] < TORN:
        return Line(TAKES, f"{name[0]}, or {name[1]}?", f"{percent(weights[first])}, {percent(weights[second])}")
    return Line(TAKES, name[0], percent(weights[first]))


def _likely(stay: PairsStay, side: int, moment: Moment) -> Line:
    """What a party will likely do, and what it would if it were left to itself."""
    likely, role = stay.expectation(side, moment), ROLES[side]
    other, day = PRONOUN[OTHER[role]], moment.day
    most, freely = (act_told(act, other, likely.encounter, INFINITIVE, day) for act in (likely.act, likely.freely))
    himself = f"; left to {PRONOUN[role].reflexive}, {freely}" if freely != most else ""
    return Line("Will likely", most, f"{percent(likely.chance)}{himself}")


TAKES = "Takes this to be"


def lines_of(stay: PairsStay, side: int, moment: Moment) -> list[Line]:
    """A party's card; what has been seen and felt is that of the last act read."""
    role, event = ROLES[side], stay.reading(side, moment)
    now, likely = _view(stay, side, moment), _likely(stay, side, moment)
    if event is None:
        return [now, likely]
    seen, meant = (act_seen(event[name], event["encounter"]) for name in ("seen", "act"))
    small = [f"on day {event['day']}"] * (event["day"] != moment.day) + [f"meant as {meant}"] * (meant != seen)
    emotion = event["emotion_named"]
    feels = felt(emotion, PRONOUN[role], PRONOUN[OTHER[role]]) if emotion != NEUTRAL else "nothing in particular"
    return [
        now,
        Line("Saw", seen, "; ".join(small)),
        Line("Put it down", put_down(event, role)),
        Line("Felt", feels),
        likely,
    ]


def _card(lines: Sequence[Line]) -> str:
    told = (
        f"<dt>{one.label}</dt><dd>{escape(one.says)}{f' <small>{escape(one.small)}</small>' if one.small else ''}</dd>"
        for one in lines
    )
    return f"<dl>{''.join(told)}</dl>"


def both_cards(cards_of: Sequence[Sequence[Line]]) -> str:
    """Both parties' cards as one table; who has read nothing yet has fewer lines, and the table says so."""
    by_label = [{line.label: line for line in some} for some in cards_of]
    lines = "".join(
        f'<tr><th scope="row">{escape(label)}</th>{"".join(_cell(card.get(label)) for card in by_label)}</tr>'
        for label in max(by_label, key=len)
    )
    head = "".join(f'<th scope="col" class="{role}">The {role}</th>' for role in ROLES)
    return f"<table><thead><tr><td></td>{head}</tr></thead><tbody>{lines}</tbody></table>"


def _cell(line: Line | None) -> str:
    if line is None:
        return "<td>nothing yet</td>"
    return f"<td>{escape(line.says)}{f' <small>{escape(line.small)}</small>' if line.small else ''}</td>"


def cards(session: Session) -> str:
    """How the two see it: a card each; of two stories a small table each."""
    if session.other is None:
        sides = (
            f'<section class="card {role}" aria-label="The {role}"><h2>The {role}</h2>'
            f"{_card(lines_of(session.stay, side, session.moment))}</section>"
            for side, role in enumerate(ROLES)
        )
        return "".join(sides)
    told = []
    for number, stay in enumerate(session.stays):
        moment, name = session.moment_in(stay), escape(stay.course.name)
        # Without what each will likely do and without small print: two tables stand side by side.
        table = both_cards([[line._replace(small="") for line in lines_of(stay, s, moment)[:-1]] for s in range(2)])
        told.append(f'<section class="card story{number}" aria-label="{name}">{table}</section>')
    return "".join(told)


def apart(session: Session) -> str:
    """Where the two readings of the same act part; of two stories, where these part, and a way there."""
    if session.other is not None:
        button = '<button type="button" data-do="parted">Go there</button>' if session.parted else ""
        return f"<span>{escape(session.where_parted())}</span> {button}"
    event = session.stay.latest(session.moment)
    if event is None or event["event"] != "exchange":
        return ""
    told = read_differently(event, session.stay.resolved)
    return f"<b>Same act, read differently.</b> {escape(told)}" if told else ""


def charts_of(session: Session) -> list[list[Chart]]:
    """The charts of what has been lived: by party the definition and the tone; of two stories by story all four."""
    until, day = session.furthest, session.moment.day

    def drawn(stay: PairsStay, side: int, key: str) -> list[Chart]:
        role, frames = ROLES[side], [named(name) for name in stay.resolved.frames.names]
        marks = [mark for mark in stay.marks if mark.day <= until]
        good, bad = stay.tone(side, until)
        return [
            definition(stay.shares(side, until), frames, role, day, stay.last, f"definition-{role}-{key}"),
            tone(good, bad, role, day, stay.last, marks, key=f"tone-{role}-{key}"),
        ]

    if not until:
        return []
    if session.other is None:
        return [drawn(session.stay, side, "0") for side in range(2)]
    return [
        [chart for side in range(2) for chart in drawn(stay, side, str(number))]
        for number, stay in enumerate(session.stays)
    ]


def charts(session: Session) -> str:
    """The charts, or before the first day the lessons."""
    columns = charts_of(session)
    if not columns:
        return lesson_list(session)
    kinds = ("definition", "tone") if session.other is None else ("his", "his-tone", "hers", "hers-tone")
    return "".join(
        f"<div>{''.join(f'<figure class={kind}>{c.svg}</figure>' for kind, c in zip(kinds, column, strict=True))}</div>"
        for column in columns
    )


def numbers(session: Session) -> str:
    """The numbers of everything that is drawn, as tables."""
    named_tables = []
    for number, column in enumerate(charts_of(session)):
        name = f"<h3>{escape(session.stays[number].course.name)}</h3>" if session.other else ""
        named_tables.append(name + "".join(f"<p>{escape(c.sentence)}</p>{table_html(c.table)}" for c in column))
    if session.outcomes.pairs and not session.guessing:
        for chart in outcome_charts(session):
            named_tables.append(f"<p>{escape(chart.sentence)}</p>{table_html(chart.table)}")
    return "".join(named_tables) or "<p>Nothing has happened yet. Step on to the first day.</p>"


def lesson_list(session: Session) -> str:
    """The lessons, each with a button that opens its recipe and one that opens its note."""
    items = "".join(
        f'<li><button type="button" data-recipe="{escape(str(one.opening))}">'
        f'{escape(one.title)}</button> <button type="button" data-sheet="lessons" data-lesson="{one.name}" '
        f'aria-label="Note on: {escape(one.title)}">Note</button> <span>{escape(one.question)}</span></li>'
        for one in lessons()
    )
    now = session.recipe.lesson
    chosen = f"<p>Chosen: {escape(lesson(now).title)}</p>" if now else ""
    return (
        f'<section class="lessons" aria-label="Lessons"><h2>Lessons, each with a note for the lecturer</h2>{chosen}'
        f"<ul>{items}</ul></section>"
    )


def line(session: Session) -> str:
    """The days that have been, with what is marked; of two stories those of the one on the left."""
    marks: list[Mark] = [mark for mark in session.stay.marks if mark.day <= session.furthest]
    of = session.stay.course.name if session.other else ""
    return strip(marks, max(1, session.moment.day), session.stay.last, of).svg


def setting(session: Session) -> str:
    """The sliders, with the values that count from the next day on."""
    now, title = session.setting(), load(session.recipe.scenario)
    rows = []
    for one in SLIDERS:
        value, name = now[one.field], one.name
        words = "|".join(f"{least:g}:{word}" for least, word in one.words)
        changed = ' class="changed"' if value != getattr(title.context, name) else ""
        rows.append(
            f'<p{changed}><label for="s-{name}">{one.label}</label>'
            f'<input type="range" id="s-{name}" data-field="{one.field}" min="{one.low:g}" max="{one.high:g}" '
            f'step="{one.step:g}" value="{written(value)}" data-words="{escape(words)}" '
            f'aria-valuetext="{one.said(value)}" aria-describedby="m-{name}">'
            f'<output for="s-{name}">{one.said(value)}</output>'
            f'<span id="m-{name}" hidden>{escape(one.means)}</span></p>'
        )
    left = '<p class="hint">They change the story on the left.</p>' if session.other is not None else ""
    return "".join(rows) + left


def meanings(session: Session) -> str:
    """What each slider means: in words, in the unit and by the name of the scenario files, and where it stands."""
    now, usual = session.setting(), load(session.recipe.scenario).context
    head = ("slider", "what it is", f"from day {session.next_day} on", "in the scenario", "in scenario files")
    columns = "".join(f'<th scope="col">{name}</th>' for name in head)
    rows = []
    for one in SLIDERS:
        what = f"{escape(one.means)} <small>({escape(declared_settings()[one.field].unit)})</small>"
        cells = (what, written(now[one.field]), written(getattr(usual, one.name)), one.field)
        rows.append(f'<tr><th scope="row">{one.label}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>')
    return (
        "<p>A slider sets how the centre will be from the next day on; the past stays as it was. Drag it, or move it "
        "by a step with the arrow keys. ◆ marks what is not as in the scenario.</p>"
        f'<div class="wide"><table><thead><tr>{columns}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
    )


def side_by_side(session: Session, told: Sequence[Sequence[Piece]]) -> str:
    """What is told of each story as a part of the page; of two beside each other, as they are elsewhere."""
    if session.other is None:
        return as_fragment(told[0])
    parts = []
    for stay, pieces in zip(session.stays, told, strict=True):
        name = escape(stay.course.name)
        parts.append(f'<section aria-label="{name}"><h2>{name}</h2>{as_fragment(pieces)}</section>')
    return f'<div class="stories">{"".join(parts)}</div>'


class Figure(NamedTuple):
    """A chart that can be saved, the name of its file without an ending, and what it is called among the others."""

    name: str
    chart: Chart
    called: str


def figures(session: Session) -> list[Figure]:
    """Everything that is drawn now, in the order of the page."""
    found = []
    for number, column in enumerate(charts_of(session)):
        story = f"-{number + 1}" if session.other else ""
        sides = [role for role in ROLES for _ in range(2)] if session.other else [ROLES[number]] * 2
        kinds = ("takes-this-to-be", "tone") * (len(column) // 2)
        of = f"{session.stays[number].course.name}: " if session.other else ""
        found += [
            Figure(f"{side}-{kind}{story}", chart, f"{of}{chart.title}")
            for side, kind, chart in zip(sides, kinds, column, strict=True)
        ]
    if session.outcomes.pairs and not session.guessing:
        names = ["where-pairs-end"]
        if session.other is not None:
            names = ["who-moved", *(f"where-pairs-end-{which + 1}" for which in session.order)]
        found += [Figure(name, chart, chart.title) for name, chart in zip(names, outcome_charts(session), strict=True)]
    return found

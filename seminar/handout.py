"""The handout: one HTML file to take home, complete on paper and without scripts, that asks nothing of any network.

It has the settings that were looked at, questions to discuss, where such pairs end up (or room for a guess), and one
pair's stay from both sides. A few lines of script let the reader go through the days; all else works without them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import NamedTuple

from twoway.analysis.accounts import of_dyad, readings
from twoway.analysis.narrative.interview import Choice
from twoway.analysis.narrative.sentences import scene
from twoway.analysis.narrative.story import (
    TELLING,
    TIMELESS,
    chapter,
    chapters,
    interviews,
    numbered,
    verdict_and_interviews,
)
from twoway.analysis.narrative.words.grammar import named
from twoway.analysis.patterns import PATTERNS
from twoway.analysis.render.document import Block, Piece, as_html, table_html
from twoway.experiments.comparison.schedule import ScenarioSchedule, check_comparable
from twoway.seminar.charts import TALKS, Chart, definition, moves, outcomes, strip, tone
from twoway.seminar.dyad_timeline import PairsStay
from twoway.seminar.ensemble import PAIRS, Outcomes
from twoway.seminar.guess import QUESTION, Guess, settings_of
from twoway.seminar.lessons import lesson
from twoway.seminar.panels import both_cards, lines_of
from twoway.seminar.recipe import Recipe, written
from twoway.seminar.recipe import settings as declared_settings
from twoway.seminar.sliders import SLIDERS
from twoway.seminar.two_stories import CHANGED, UNCHANGED, courses, from_to
from twoway.simulation import SCOPE
from twoway.simulation.affect_control.frames import ROLES
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import all_declarations, load

MOST_SETTINGS, MOST_QUESTIONS, LONGEST_TITLE, LONGEST_QUESTION = 4, 5, 200, 500
"""Settings and questions that a handout may have, and characters of its title and of a question."""
REGULARLY = (1, 3, 7, 14, 30, 60, 90, 120, 150)
"""Days that are shown of every stay, besides those on which something is marked, and the last."""
MOST_MOMENTS = 16
"""Days that are shown at most."""
STYLE = """<style>
body { max-width: 72rem; overflow-wrap: anywhere; } main > p, main > blockquote, main > .pair, ol { max-width: 50rem; }
svg { width: 100%; height: auto; } .charts { display: grid; grid-template-columns: 1fr 1fr; gap: .4rem 1rem; }
.charts.one { grid-template-columns: 1fr; max-width: 42rem; }
.settings th[scope="row"] { font-weight: 400; } .settings td { white-space: nowrap; } .settings small { color: #444; }
ol.ask li { margin: .6rem 0; } code { font-size: .85em; }
.moment { margin: .8rem 0; padding: .1rem .9rem; border-left: 4px solid #666; break-inside: avoid; }
.moment h3 { margin: .5rem 0 0; } .moment p { margin: .3rem 0; }
.moment th.client { border-bottom: 3px solid #0072B2; } .moment th.keyworker { border-bottom: 3px dashed #B34700; }
.moment table { width: 100%; max-width: 60rem; table-layout: fixed; } .moment thead td { width: 9rem; }
.scrub { position: sticky; top: 0; background: #fff; padding: .5rem 0; z-index: 1;
  font: 16px/1.4 system-ui, sans-serif; }
.scrub input { width: min(40rem, 60vw); vertical-align: middle; } input:focus-visible { outline: 3px solid #0072B2; }
details { font: 14px/1.4 system-ui, sans-serif; } summary:focus-visible { outline: 3px solid #0072B2; }
@media (max-width: 46rem) { .charts { grid-template-columns: 1fr; } }
table.guess td { height: 2.2rem; min-width: 8rem; }
@page { size: A4; margin: 12mm 14mm; }
@media print { body { font-size: 9.5pt; line-height: 1.35; padding: 0; } h1 { font-size: 15pt; margin: 0; }
  h2 { font-size: 12pt; margin: 1rem 0 .2rem; } h3 { font-size: 10pt; margin: .6rem 0 .1rem; }
  p, blockquote, table { margin: .25rem 0; } table { font-size: 8.5pt; } p.note { font-size: 8pt; }
  .scrub, details { display: none; } ol.ask li { min-height: 4.5em; }
  .guess, .settings, .charts, .moment { break-inside: avoid; }
  .charts { grid-template-columns: 1fr 1fr; break-before: avoid; }
  .charts.one { grid-template-columns: 1fr; max-width: 12cm; }
  .moments { columns: 2; column-gap: 5mm; } .moment { margin: 0 0 .5rem; padding: 0 0 0 .5rem; border-left-width: 2px; }
  .moment h3 { margin: 0; } .moment p, .moment table { font-size: 7.5pt; } .moment .wide { overflow: visible; }
  .moment thead td { width: 3.8rem; } .moment th, .moment td { padding: .05rem .3rem .05rem 0; } }
</style>"""
SCRIPT = """
const range = document.getElementById("day"), moments = [...document.querySelectorAll(".moment")];
const show = () => {
  const day = Number(range.value), now = moments.findLast((one) => Number(one.dataset.day) <= day) || moments[0];
  for (const one of moments) one.hidden = one !== now;
  document.getElementById("at").textContent = "Day " + day;
  for (const line of document.querySelectorAll("g.day")) {
    const { left, wide, last } = line.dataset;
    line.setAttribute("transform", `translate(${Number(left) + (day - 0.5) * wide / last} 0)`);
  }
};
document.querySelector(".scrub").hidden = false;
range.addEventListener("input", show);
addEventListener("beforeprint", () => moments.forEach((one) => { one.hidden = false; }));
addEventListener("afterprint", show);
show();
"""
"""Shows the last moment up to the day chosen, and moves the day line; without it all moments are there."""


def handout(
    recipes: Sequence[Recipe], title: str = "", questions: Sequence[str] = (), with_outcomes: bool = True,
    guess: Guess | None = None,
) -> str:  # fmt: skip
    """The handout as the text of an HTML file.

    *recipes* are the settings, the first of them with the pair that is told; one that is held against a scenario counts
    for two. *title* and *questions* (at most five) are as typed; where there are none, they are those of the recipe's
    lesson, if it has one. Without outcomes (*with_outcomes*) the stay is told up to the recipe's day, or for a third
    of it, and there is room for a guess. *guess* is a show of hands; it stands beside the setting that it is about.

    Lives 200 pairs in each setting. Raises ``InputError`` for too many or too long things.
    """
    settings = _settings(recipes)
    first = recipes[0]
    taught = lesson(first.lesson) if first.lesson else None
    asked = list(questions or (taught.questions if taught else ()))
    title = title.strip() or (taught.title if taught else load(first.scenario).title)
    _check(title, asked)
    stay = PairsStay(settings[0].course, first.luck, first.place)
    until = stay.last if with_outcomes else first.day or max(1, stay.last // 3)
    body: list[Piece | str] = [
        STYLE,
        Block("title", title),
        *([Block("text", taught.question)] if taught else []),
        Block("note", f"{SCOPE} By convention the client is he, the keyworker she."),
        *_told_settings(settings),
    ]
    if asked:
        items = "".join(f"<li>{escape(question)}</li>" for question in asked)
        body += [Block("heading", "Questions"), f'<ol class="ask">{items}</ol>']
    order = from_to(first) if first.against is not None else (0, 1)
    body += _ends(settings, order, guess) if with_outcomes else _guess(settings)
    body += _stay(first, stay, until, with_outcomes)
    return as_html(title, body, script=SCRIPT)


class Shown(NamedTuple):
    """A setting of the handout: its *recipe*, held against nothing, and its *course* under a name of its own."""

    recipe: Recipe
    course: ScenarioSchedule


def _settings(recipes: Sequence[Recipe]) -> list[Shown]:
    """The settings of some recipes; what a recipe is held against is one of its own."""
    found: list[Shown] = []
    for recipe in recipes:
        own, *against = courses(recipe)
        found.append(Shown(replace(recipe, against=None), own))
        found += [Shown(Recipe(str(recipe.against), recipe.luck, recipe.pair), course) for course in against]
    if not 1 <= len(found) <= MOST_SETTINGS:
        raise InputError(f"a handout has 1 to {MOST_SETTINGS} settings; these are {len(found)}")
    names = _told_apart([(one.course.name, CHANGED if one.recipe.changes else UNCHANGED) for one in found])
    return [Shown(one.recipe, replace(one.course, name=name)) for one, name in zip(found, names, strict=True)]


def _check(title: str, questions: Sequence[str]) -> None:
    if len(questions) > MOST_QUESTIONS:
        raise InputError(f"a handout has at most {MOST_QUESTIONS} questions; these are {len(questions)}")
    for what, text, longest in (
        ("the title", title, LONGEST_TITLE),
        *((f"question {number}", text, LONGEST_QUESTION) for number, text in enumerate(questions, 1)),
    ):
        if len(text) > longest:
            raise InputError(f"{what} has {len(text)} characters; it may have {longest}")


def form(recipe: Recipe, guessing: bool) -> str:
    """The form that asks what a handout is to have; of a lesson its own questions to begin with.

    While a class is *guessing*, outcomes have to be asked for.
    """
    taught = lesson(recipe.lesson) if recipe.lesson else None
    title = taught.title if taught else load(recipe.scenario).title
    asked = (*(taught.questions if taught else ()), *[""] * MOST_QUESTIONS)[:MOST_QUESTIONS]
    questions = "".join(
        f'<p><label for="q{n}">Question {n}</label>'
        f'<textarea id="q{n}" name="question{n}" maxlength="{LONGEST_QUESTION}" rows="2">{escape(text)}</textarea></p>'
        for n, text in enumerate(asked, 1)
    )
    return (
        '<form class="handout"><p><label for="title">Title</label>'
        f'<input id="title" name="title" maxlength="{LONGEST_TITLE}" value="{escape(title)}"></p>{questions}'
        f'<div><input type="checkbox" id="with-outcomes" name="outcomes"{"" if guessing else " checked"}> '
        f'<label for="with-outcomes">with where {PAIRS} such pairs end up; without it, with room for a guess</label> '
        '<button type="button" data-save="handout" data-name="handout.html">Handout (one HTML file)</button></div>'
        "</form>"
    )


def _changes(recipe: Recipe) -> str:
    """What changes on the way, in a sentence; empty if nothing does."""
    sliders, told = {one.field: one for one in SLIDERS}, []
    for change in recipe.changes:
        declared = declared_settings()[change.field]
        name = sliders[change.field].label if change.field in sliders else change.field
        told.append(f"from day {change.day} on, {name} is {written(change.value)} ({declared.unit})")
    return f"Changed: {'; '.join(told)}." if told else ""


def _told_settings(settings: Sequence[Shown]) -> list[Piece | str]:
    several = len(settings) > 1
    pieces: list[Piece | str] = [Block("heading", "The settings" if several else "The setting")]
    for recipe, course in settings:
        told = " ".join(filter(None, [course.scenario.question, _changes(recipe)]))
        code = f'<p class="note">Recipe: <code>{escape(str(recipe))}</code></p>'
        pieces += [Block("subheading", course.name), Block("text", told), code]
    pieces.append(_where_sliders_stand(settings))
    if several and _same_people(settings):
        differs = "only what is set off in the table, or changed on the way, differs"
        pieces.append(Block("text", f"The people and their luck are the same in all of them; {differs}."))
    return pieces


def _same_people(settings: Sequence[Shown]) -> bool:
    """Whether the same people live with the same luck in all of some settings."""
    try:
        check_comparable([one.course for one in settings])
    except InputError:
        return False
    return len({one.recipe.luck for one in settings}) == 1


def _where_sliders_stand(settings: Sequence[Shown]) -> str:
    """What the settings are on the first day, as a table; what is not the same in all of them is set off.

    All that has a slider, and whatever else differs.
    """
    head = ["On the first day", *(one.course.name for one in settings)]
    days = [one.recipe.setting_on(1) for one in settings]
    rows = []

    def row(label: str, means: str, values: Sequence[str]) -> None:
        told = [escape(value) if len(set(values)) == 1 else f"<b>{escape(value)}</b>" for value in values]
        what = f'<th scope="row">{label} <small>{escape(means)}</small></th>'
        rows.append(f"<tr>{what}{''.join(f'<td>{value}</td>' for value in told)}</tr>")

    for one in SLIDERS:
        row(one.label, one.means, [one.said(day[one.field]) for day in days])
    shown = {one.field for one in SLIDERS}
    for declared in all_declarations():
        field = f"{declared.section}.{declared.name}"
        values = [
            day.get(field, getattr(getattr(one.course.scenario, declared.section), declared.name))
            for day, one in zip(days, settings, strict=True)
        ]
        if field not in shown and len(set(values)) > 1:
            row(field, f"{declared.meaning} ({declared.unit})", [written(value) for value in values])
    columns = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    return (
        f'<div class="wide"><table class="settings"><thead><tr>{columns}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _told_apart(named: Sequence[tuple[str, str]]) -> list[str]:
    """Names, with what is said beside each where one stands for several, and numbered where that does not help."""
    titles = [title for title, _ in named]
    names = [title if titles.count(title) == 1 else f"{title}, {beside}" for title, beside in named]
    return [name if names.count(name) == 1 else f"{name} ({place})" for place, name in enumerate(names, 1)]


def _guess(settings: Sequence[Shown]) -> list[Piece | str]:
    head = "".join(
        f'<th scope="col">{name}</th>' for name in ("pattern at the end", f"my guess, of {PAIRS}", "in fact")
    )
    rows = "".join(f'<tr><th scope="row">{name}</th><td></td><td></td></tr>' for name in PATTERNS)
    names = [f'<tr><th colspan="3" scope="rowgroup">{escape(one.course.name)}</th></tr>' for one in settings]
    bodies = "".join(f"<tbody>{name if len(names) > 1 else ''}{rows}</tbody>" for name in names)
    return [
        Block("heading", "Guess first"),
        Block("text", f"{QUESTION} Write down how many you expect of each, and why."),
        f'<table class="guess"><thead><tr>{head}</tr></thead>{bodies}</table>',
    ]


def _drawn(charts: Sequence[Chart], kind: str = "") -> str:
    inside = "".join(f"<div>{chart.svg}</div>" for chart in charts)
    return f'<div class="charts{f" {kind}" if kind else ""}">{inside}</div>'


def _numbers(charts: Sequence[Chart]) -> str:
    tables = "".join(table_html(chart.table) for chart in charts)
    return f"<details><summary>The numbers of what is drawn</summary>{tables}</details>"


def _ends(settings: Sequence[Shown], order: tuple[int, ...], guess: Guess | None) -> list[Piece | str]:
    """Where the pairs end up in each setting, and of two with the same people and luck, who moved, in that *order*."""
    pieces: list[Piece | str] = [Block("heading", "Where such pairs end up")]
    lived_in = [course for _, course in settings]
    about = [settings_of(recipe)[0] for recipe, _ in settings]
    guessed = max((place for place, one in enumerate(about) if guess is not None and one == guess.about), default=None)
    for place, (recipe, course) in enumerate(settings):
        lived = _lived(Outcomes([course.world], recipe.luck))
        low, high = lived.range()
        hands = guess.hands if guess is not None and place == guessed else ()
        chart = outcomes(lived.counts(), list(low), list(high), hands, key=f"ends-{place}")
        pieces += [
            Block("subheading", course.name),
            Block("text", chart.sentence),
            _drawn([chart], "one"),
            _numbers([chart]),
        ]
    if len(settings) == 2 and _same_people(settings):
        both = _lived(Outcomes([course.world for course in lived_in], settings[0].recipe.luck))
        one, other = order
        chart = moves(both.moves(order), lived_in[one].name, lived_in[other].name)
        pieces += [
            Block("subheading", "Who moved"),
            Block("text", chart.sentence),
            _drawn([chart], "one"),
            _numbers([chart]),
        ]
    return pieces


def _lived(ends: Outcomes) -> Outcomes:
    while not ends.done:
        ends.more()
    return ends


def _stay(recipe: Recipe, stay: PairsStay, until: int, to_the_end: bool) -> list[Piece | str]:
    """One pair's stay: charts, the moments with both cards, the story and what each would say."""
    frames = [named(name) for name in stay.resolved.frames.names]
    marks = [mark for mark in stay.marks if mark.day <= until]
    views = [definition(stay.shares(s, until), frames, role, until, stay.last) for s, role in enumerate(ROLES)]
    tones = [tone(*stay.tone(s, until), role, until, stay.last, marks) for s, role in enumerate(ROLES)]
    how_far = f"to the last day, day {until}" if to_the_end else f"up to day {until} of {stay.last}"
    moments = [_moment(stay, day) for day in days_shown(stay, until)]
    charts = [*views, *tones]
    happened = strip(marks, until, stay.last)
    return [
        Block("heading", "One pair, from both sides"),
        Block(
            "text", f"{stay.course.name}, pair {recipe.pair}, {how_far}. What one does, the other may see otherwise."
        ),
        f'<p class="scrub" hidden><label for="day">Go through the days</label> '
        f'<input type="range" id="day" min="1" max="{until}" value="1"> <output id="at" for="day">Day 1</output></p>',
        _drawn(charts),
        _drawn([happened], "one"),
        f'<div class="moments" aria-live="polite">{"".join(moments)}</div>',
        _numbers([*charts, happened]),
        *_story(stay, until, to_the_end),
    ]


def days_shown(stay: PairsStay, until: int) -> list[int]:
    """The days whose cards are shown: regular ones, those on which something is marked, and the last one.

    Where there is not room for all, talks are passed over first: they are the most frequent.
    A day on which the two did not meet is passed over for the next on which they did.
    """
    regular = {day for day in (*REGULARLY, until) if day <= until}
    marks = sorted(stay.marks, key=lambda mark: mark.kind in TALKS)
    marked = dict.fromkeys(mark.day for mark in marks if mark.day < until and mark.day not in regular)
    events = stay.tables.events
    met = sorted({int(day) for day in events.loc[events["event"] == "exchange", "day"] if day <= until}) or [until]
    wanted = [*regular, *list(marked)[: MOST_MOMENTS - len(regular)]]
    return sorted({next((day for day in met if day >= one), met[-1]) for one in wanted})


def _moment(stay: PairsStay, day: int) -> str:
    """One day: the last encounter on it, and both cards on its evening."""
    moment = stay.end_of(day)
    events = stay.tables.events
    today = events[(events["day"] == day) & (events["event"] == "exchange")]
    begin = today.index[today["exchange"] == 0]
    told = stay.account(moment)
    if len(begin):
        rows = today.loc[begin[-1] :].to_dict("records")
        told = scene(rows, stay.resolved, Choice(f"{'/'.join(map(str, stay.place))}/{day}"))
    table = both_cards([lines_of(stay, side, moment) for side in range(2)])
    return (
        f'<section class="moment" data-day="{day}"><h3>Day {day}</h3><p>{escape(told)}</p>'
        f'<div class="wide">{table}</div></section>'
    )


def _story(stay: PairsStay, until: int, to_the_end: bool) -> list[Piece]:
    """The stay as a story, and both interviews: to the end with the verdict, or up to a day without."""
    if to_the_end:
        told = chapters(stay.tables, stay.resolved, stay.place)[2:]
        spoken = verdict_and_interviews(stay.tables, stay.resolved, stay.place, until)
    else:
        own = of_dyad(stay.tables, stay.place)
        own = own._replace(events=numbered(own.events))
        read = readings(own, stay.resolved, until, TIMELESS)
        key = "/".join(map(str, stay.place))
        told = chapter(own, stay.resolved, read, None, (), 1, until, key, TELLING)
        spoken = interviews(stay.tables, stay.resolved, stay.place, until)
    below = [piece._replace(kind="subheading") if isinstance(piece, Block) and piece.kind == "heading" else piece
             for piece in told]  # fmt: skip
    return [Block("heading", "The story"), *below, *spoken]

"""The handout: one HTML file to take home, complete on paper and without scripts, that loads nothing from any network.

It has the settings that were looked at, questions to discuss, where such pairs end up (or room for a guess), and one
pair's stay from both sides. A few lines of script let the reader go through the days; all else works without them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from markupsafe import Markup

from twoway.analysis.matters import with_chains
from twoway.analysis.narrative.interview import PhraseChoice
from twoway.analysis.narrative.sentences import scene
from twoway.analysis.narrative.story import chapters, first_days, interviews, verdict_and_interviews
from twoway.analysis.narrative.words.grammar import named
from twoway.analysis.patterns import PATTERNS
from twoway.analysis.render.document import Block, Piece
from twoway.experiments.comparison.schedule import ScenarioSchedule, check_comparable
from twoway.seminar.charts import (
    TALKS,
    Chart,
    definition_chart,
    event_strip,
    outcome_chart,
    tone_chart,
    transition_chart,
)
from twoway.seminar.controls import (
    CHANGED,
    QUESTION,
    SLIDERS,
    UNCHANGED,
    ShowOfHands,
    from_to,
    guessed_settings,
    schedules_of,
)
from twoway.seminar.dyad_timeline import DyadTimeline
from twoway.seminar.ensemble import PAIRS, Ensemble
from twoway.seminar.lessons import load_lesson
from twoway.seminar.panels import CardLine, card_lines, card_table
from twoway.seminar.recipe import Recipe, changeable_settings, number_text, offered_scenario
from twoway.seminar.templates import FOLDER, as_html, render
from twoway.simulation.affect_control.frames import ROLES
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import all_declarations

MOST_SETTINGS, MOST_QUESTIONS, LONGEST_TITLE, LONGEST_QUESTION = 4, 5, 200, 500
"""Settings and questions that a handout may have, and characters of its title and of a question."""
REGULAR_DAYS = (1, 3, 7, 14, 30, 60, 90, 120, 150)
"""Days that are shown of every stay, besides the last and those with a mark."""
MOST_DAYS = 16
"""Most days that are shown."""
SCRIPT = (FOLDER / "handout.js").read_text("utf-8")
"""The script of a handout."""


def handout(
    recipes: Sequence[Recipe], title: str = "", questions: Sequence[str] = (), with_outcomes: bool = True,
    guess: ShowOfHands | None = None,
) -> str:  # fmt: skip
    """Make a handout; this simulates an ensemble of pairs for each setting.

    Parameters
    ----------
    recipes
        The settings, of which the first has the pair whose stay is told. A comparison counts as two settings.
    title
        Title as typed; by default that of the first recipe's lesson or scenario.
    questions
        Questions as typed, at most five; by default those of the first recipe's lesson, if it has one.
    with_outcomes
        Whether the handout shows where pairs end up. Without outcomes there is room for a guess, and the stay is told
        up to the recipe's day, or for a third of it.
    guess
        A show of hands, shown in the chart of the setting it is about.

    Returns
    -------
    str
        The text of an HTML file.

    Raises
    ------
    InputError
        If there are too many settings or questions, or texts are too long.
    """
    settings = _settings(recipes)
    first = recipes[0]
    lesson = load_lesson(first.lesson) if first.lesson else None
    questions = list(questions or (lesson.questions if lesson else ()))
    title = title.strip() or (lesson.title if lesson else offered_scenario(first.scenario).title)
    _check_texts(title, questions)
    timeline = DyadTimeline(settings[0].schedule, first.seed, first.dyad)
    until = timeline.last if with_outcomes else first.day or max(1, timeline.last // 3)
    order = from_to(first) if first.against is not None else (0, 1)
    marks = [mark for mark in timeline.marks if mark.day <= until]
    return as_html(
        title,
        (),
        script=SCRIPT,
        template="handout.html",
        lesson_question=lesson.question if lesson else "",
        settings=settings,
        setting_rows=_setting_rows(settings),
        same_people=_same_people(settings),
        questions=questions,
        outcomes=_outcomes(settings, order, guess) if with_outcomes else [],
        guess_question=QUESTION,
        pairs=PAIRS,
        patterns=PATTERNS,
        timeline=timeline,
        pair=first.pair,
        until=until,
        charts=_charts(timeline, until),
        strip=event_strip(marks, until, timeline.last),
        days=[_shown_day(timeline, day) for day in days_shown(timeline, until)],
        story=_story(timeline, until, with_outcomes),
    )


class HandoutSetting(NamedTuple):
    """A setting of the handout: its *recipe*, without a comparison, and its *schedule* under a distinct name."""

    recipe: Recipe
    schedule: ScenarioSchedule

    @property
    def text(self) -> str:
        """The question of the scenario, and the changes during the stay."""
        sliders, changes = {one.field: one for one in SLIDERS}, []
        for change in self.recipe.changes:
            declared = changeable_settings()[change.field]
            name = sliders[change.field].label if change.field in sliders else change.field
            changes.append(f"from day {change.day} on, {name} is {number_text(change.value)} ({declared.unit})")
        changed = f"Changed: {'; '.join(changes)}." if changes else ""
        return " ".join(filter(None, [self.schedule.scenario.question, changed]))


def _settings(recipes: Sequence[Recipe]) -> list[HandoutSetting]:
    """The settings of the recipes; the scenario a recipe is compared with is a setting of its own."""
    found: list[HandoutSetting] = []
    for recipe in recipes:
        own, *against = schedules_of(recipe)
        found.append(HandoutSetting(replace(recipe, against=None), own))
        found += [
            HandoutSetting(Recipe(str(recipe.against), recipe.seed, recipe.pair), schedule) for schedule in against
        ]
    if not 1 <= len(found) <= MOST_SETTINGS:
        raise InputError(f"a handout has 1 to {MOST_SETTINGS} settings; these are {len(found)}")
    names = _distinct_names([(one.schedule.name, CHANGED if one.recipe.changes else UNCHANGED) for one in found])
    return [
        HandoutSetting(one.recipe, replace(one.schedule, name=name)) for one, name in zip(found, names, strict=True)
    ]


def _check_texts(title: str, questions: Sequence[str]) -> None:
    """Refuse too many questions and too long texts."""
    if len(questions) > MOST_QUESTIONS:
        raise InputError(f"a handout has at most {MOST_QUESTIONS} questions; these are {len(questions)}")
    for what, text, longest in (
        ("the title", title, LONGEST_TITLE),
        *((f"question {number}", text, LONGEST_QUESTION) for number, text in enumerate(questions, 1)),
    ):
        if len(text) > longest:
            raise InputError(f"{what} has {len(text)} characters; it may have {longest}")


def handout_form(recipe: Recipe, guessing: bool) -> Markup:
    """The form that asks for the title, the questions and the contents of a handout.

    Parameters
    ----------
    recipe
        The recipe whose lesson or scenario gives the texts to begin with.
    guessing
        Whether the class is guessing; then outcomes have to be asked for.
    """
    lesson = load_lesson(recipe.lesson) if recipe.lesson else None
    questions = (*(lesson.questions if lesson else ()), *[""] * MOST_QUESTIONS)[:MOST_QUESTIONS]
    return render(
        "handout_form.html",
        title=lesson.title if lesson else offered_scenario(recipe.scenario).title,
        questions=questions,
        longest_title=LONGEST_TITLE,
        longest_question=LONGEST_QUESTION,
        guessing=guessing,
        pairs=PAIRS,
    )


def _same_people(settings: Sequence[HandoutSetting]) -> bool:
    """Whether all settings have the same people and the same seed."""
    try:
        check_comparable([one.schedule for one in settings])
    except InputError:
        return False
    return len({one.recipe.seed for one in settings}) == 1


class SettingRow(NamedTuple):
    """A row of the table of settings: a number's *label* and *meaning*, and its value in each setting."""

    label: str
    meaning: str
    cells: list[str]

    @property
    def differs(self) -> bool:
        """Whether the values are not all the same."""
        return len(set(self.cells)) > 1


def _setting_rows(settings: Sequence[HandoutSetting]) -> list[SettingRow]:
    """The settings on the first day: a row for each slider, and for every other number that differs."""
    days = [one.recipe.settings_on(1) for one in settings]
    rows = [SettingRow(one.label, one.meaning, [one.value_text(day[one.field]) for day in days]) for one in SLIDERS]
    sliders = {one.field for one in SLIDERS}
    for declared in all_declarations():
        field = f"{declared.section}.{declared.name}"
        values = [
            day.get(field, getattr(getattr(one.schedule.scenario, declared.section), declared.name))
            for day, one in zip(days, settings, strict=True)
        ]
        if field not in sliders and len(set(values)) > 1:
            meaning = f"{declared.meaning} ({declared.unit})"
            rows.append(SettingRow(field, meaning, [number_text(value) for value in values]))
    return rows


def _distinct_names(named_settings: Sequence[tuple[str, str]]) -> list[str]:
    """Distinct names made from pairs of a name and a note: the note is added to equal names, else a number."""
    titles = [title for title, _ in named_settings]
    names = [title if titles.count(title) == 1 else f"{title}, {note}" for title, note in named_settings]
    return [name if names.count(name) == 1 else f"{name} ({place})" for place, name in enumerate(names, 1)]


class HandoutOutcome(NamedTuple):
    """A chart of where pairs end up, under its *heading*."""

    heading: str
    chart: Chart


def _outcomes(
    settings: Sequence[HandoutSetting], order: tuple[int, ...], guess: ShowOfHands | None
) -> list[HandoutOutcome]:
    """Where the pairs end up in each setting; of two with the same people and seed also who moved, in that *order*."""
    found = []
    about = [guessed_settings(recipe)[0] for recipe, _ in settings]
    guessed = max((place for place, one in enumerate(about) if guess is not None and one == guess.about), default=None)
    for place, (recipe, schedule) in enumerate(settings):
        ensemble = _simulated(Ensemble([schedule.prepared], recipe.seed))
        low, high = ensemble.intervals()
        hands = guess.hands if guess is not None and place == guessed else ()
        chart = outcome_chart(ensemble.counts(), list(low), list(high), hands, key=f"ends-{place}")
        found.append(HandoutOutcome(schedule.name, chart))
    if len(settings) == 2 and _same_people(settings):
        both = _simulated(Ensemble([schedule.prepared for _, schedule in settings], settings[0].recipe.seed))
        one, other = (settings[which].schedule.name for which in order)
        found.append(HandoutOutcome("Who moved", transition_chart(both.transitions(order), one, other)))
    return found


def _simulated(ensemble: Ensemble) -> Ensemble:
    """The ensemble after all its pairs have been simulated."""
    while not ensemble.complete:
        ensemble.add_replicate()
    return ensemble


def _charts(timeline: DyadTimeline, until: int) -> list[Chart]:
    """Charts of both parties' definitions, then of their tones."""
    frames = [named(name) for name in timeline.resolved.frames.names]
    marks = [mark for mark in timeline.marks if mark.day <= until]
    sides = list(enumerate(ROLES))
    return [
        *(definition_chart(timeline.definitions(s, until), frames, role, until, timeline.last) for s, role in sides),
        *(tone_chart(*timeline.tones(s, until), role, until, timeline.last, marks) for s, role in sides),
    ]


def days_shown(timeline: DyadTimeline, until: int) -> list[int]:
    """The days whose cards are shown: regular ones, days with a mark, and the last one.

    Where there is not room for all, days with talks are left out first: they are the most frequent. A day on which the
    two did not meet is replaced by the next on which they did.

    Parameters
    ----------
    timeline
        The pair's stay.
    until
        Last day of the handout.

    Returns
    -------
    list of int
        Days in their order, at most ``MOST_DAYS``.
    """
    regular = {day for day in (*REGULAR_DAYS, until) if day <= until}
    marks = sorted(timeline.marks, key=lambda mark: mark.kind in TALKS)
    marked = dict.fromkeys(mark.day for mark in marks if mark.day < until and mark.day not in regular)
    events = timeline.tables.events
    met = sorted({int(day) for day in events.loc[events["event"] == "exchange", "day"] if day <= until}) or [until]
    wanted = [*regular, *list(marked)[: MOST_DAYS - len(regular)]]
    return sorted({next((day for day in met if day >= one), met[-1]) for one in wanted})


class ShownDay(NamedTuple):
    """A day of the handout: its last encounter as *text*, and both parties' cards in the evening."""

    day: int
    text: str
    labels: list[str]
    cards: dict[str, dict[str, CardLine]]


def _shown_day(timeline: DyadTimeline, day: int) -> ShownDay:
    """One day of the handout."""
    position = timeline.end_of(day)
    events = with_chains(timeline.tables.events)
    today = events[(events["day"] == day) & (events["event"] == "exchange")]
    begin = today.index[today["exchange"] == 0]
    text = timeline.narrate(position)
    if len(begin):
        rows = today.loc[begin[-1] :].to_dict("records")
        text = scene(rows, timeline.resolved, PhraseChoice(f"{'/'.join(map(str, timeline.dyad))}/{day}"))
    return ShownDay(day, text, *card_table([card_lines(timeline, side, position) for side in range(2)]))


def _story(timeline: DyadTimeline, until: int, to_the_end: bool) -> list[Piece]:
    """The stay as a story, and both interviews: to the end with the verdict, or up to a day without it."""
    stay = timeline.tables, timeline.resolved, timeline.dyad
    story = chapters(*stay)[2:] if to_the_end else first_days(*stay, until)
    spoken = (verdict_and_interviews if to_the_end else interviews)(*stay, until)
    below = [
        piece._replace(kind="subheading") if isinstance(piece, Block) and piece.kind == "heading" else piece
        for piece in story
    ]
    return [*below, *spoken]

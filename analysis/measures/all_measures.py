"""All measures of a run in one table, and the codebook that says what each means."""

from __future__ import annotations

from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from twoway.analysis.measures import (
    ambivalence,
    attribution,
    beginnings,
    change,
    climate,
    coercion,
    contact,
    criticism,
    deeds,
    growth,
    hostility,
    keyworkers,
    lasting,
    negativity,
    ratings,
    replies,
    ruptures,
    tracking,
    variance,
    warmth,
)
from twoway.analysis.measures import (
    pattern_mix as mix,
)
from twoway.analysis.measures.estimates import Gathering, Measure, units_of
from twoway.analysis.measures.panel import OF_DAYS as OF_PANEL
from twoway.analysis.measures.panel import Panel, panel
from twoway.analysis.patterns import on_days, rule_of
from twoway.analysis.tables import DYAD, require_columns
from twoway.simulation.columns import WHO
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import Resolved
from twoway.simulation.tables import Tables

Floats = NDArray[np.float64]
MODULES: tuple[ModuleType, ...] = (
    mix, ratings, growth, ruptures, variance, tracking, ambivalence,
    coercion, attribution, negativity, contact, keyworkers,
    replies, lasting, change, hostility, warmth, criticism, beginnings, climate, deeds,
)  # fmt: skip
ALL: tuple[Measure, ...] = tuple(measure for module in MODULES for measure in module.MEASURES)
"""Every measure there is, in the order of the table."""
OF_EVENTS = (
    *(column.name for column in WHO),
    "day", "event", "post", "encounter", "exchange", "actor", "bent", "act", "manner", "seen", "manner_seen",
    "person_share", "positivity", "negativity",
)  # fmt: skip
"""Columns of the events table that the measures use."""
OF_DAYS = (*OF_PANEL, "strain")
"""Columns of the days table that the measures use."""
OF_DYADS = tuple(dict.fromkeys((*keyworkers.OF_DYADS, *beginnings.OF_DYADS)))
"""Columns of the dyads table that the measures use."""


def codebook() -> pd.DataFrame:
    """What each measure means: columns measure, unit, counted (what its ``n`` counts) and meaning."""
    rows = [(measure.name, measure.unit, measure.counted, measure.meaning) for measure in ALL]
    return pd.DataFrame(rows, columns=["measure", "unit", "counted", "meaning"])


def when_measured(interviewed: tuple[int, int]) -> str:
    """Which measures are of which days, in a sentence.

    Parameters
    ----------
    interviewed
        First and last day of the interviews.
    """
    return (
        f"Patterns, classes and ambivalence: {on_days(interviewed)}, in the mean. Ratings, coercion and climate: as a "
        f"questionnaire on day {interviewed[1]}. All else: "
        "until that day or over the whole stay, as each says."
    )


def measures(tables: Tables, resolved: Resolved, day: int | None = None, seed: int = 0) -> pd.DataFrame:
    """Every measure of a run, with 95 % intervals.

    Parameters
    ----------
    tables
        Events, days and dyads of a run, none of them empty.
    resolved
        The scenario with its data files.
    day
        Day of the interviews, by default the days of the scenario's. Patterns are the mean of these days; what is of
        one day is of the last of them, and what happens over time of the whole stay.
    seed
        Seed of the rating noise and of the bootstrap.

    Returns
    -------
    DataFrame
        A row per measure and group. Columns measure, group, estimate, low, high, interval (how it was made, or why
        there is none), n, counted (what n counts), unit, meaning.

    Raises
    ------
    InputError
        If a table is empty, a column is missing, or the day is not in the table of days.
    """
    run = MeasuredRun(tables.dyads, len(tables.events), resolved, day, seed)
    run.add(tables)
    return run.measures()


class OfDyads(NamedTuple):
    """What is kept of each dyad to be put in relation with others; every array begins with an axis of dyads."""

    positivity: Floats
    """Both parties' good tone on the selected days, shape (dyads, 2, days), as in a ``Panel``; and so on."""
    negativity: Floats
    felt_coercion: Floats
    post: NDArray[np.int16]
    predecessors: NDArray[np.int16]
    distress: Floats
    formal: Floats
    warmth: Floats
    control: Floats
    put_down: Floats
    later: Floats
    change: Floats
    rise: Floats
    local_v: NDArray[np.bool_]


class MeasuredRun:
    """Measures of a run whose tables come in batches of whole centres, so that memory does not grow with the run.

    What a dyad contributes to sums is added up; what has to be put in relation with all other dyads (ranks, spreads) is
    kept by dyad, in few numbers: tones on some days, acts counted.

    Parameters
    ----------
    dyads
        Dyads of the whole run, with the columns ``OF_DYADS``.
    events
        Number of events of the whole run.
    resolved
        The scenario with its data files.
    day
        Day of the interviews, by default the days of the scenario's.
    seed
        Seed of the rating noise and of the bootstrap.

    Raises
    ------
    InputError
        If a column of the dyads is missing, or there are none.
    """

    def __init__(
        self, dyads: pd.DataFrame, events: int, resolved: Resolved, day: int | None = None, seed: int = 0
    ) -> None:
        require_columns(dyads, "dyads", OF_DYADS)
        self.dyads = dyads.sort_values(DYAD, ignore_index=True)
        self.resolved, self.seed, self._day = resolved, seed, day
        self._rule = rule_of(resolved.scenario)
        self.units = units_of(self.dyads, seed)
        self.gathering = Gathering(self.units)
        self._readings = negativity.Readings(len(dyads), events)
        self._spread = keyworkers.DailySpread()
        self._acts: list[pd.DataFrame] = []
        self._changes: list[pd.DataFrame] = []
        self._replies: pd.Series | None = None
        self._kept: OfDyads | None = None

    def add(self, tables: Tables) -> None:
        """Add some whole centres; centres come in their order.

        Parameters
        ----------
        tables
            Events and days of the centres, with the columns ``OF_EVENTS`` and ``OF_DAYS``; dyads are not looked at.

        Raises
        ------
        InputError
            If a table is empty, a column is missing, or the day is not in the table of days.
        """
        require_columns(tables.events, "events", OF_EVENTS)
        view, events, resolved = panel(tables.days), tables.events, self.resolved
        if self._kept is None:
            self.days = resolved.scenario.design.interviewed(int(view.days[-1]), self._day)
            self.selected = _selected(view, self.days)
        day, gathering = self.days[1], self.gathering
        own = gathering.next_dyads(len(view.dyads))
        if not view.dyads.equals(self.dyads[DYAD].iloc[own].reset_index(drop=True).astype(view.dyads.dtypes)):
            raise InputError("days: the dyads are not those of the table of dyads")
        patterns, found = mix.patterns_in(view, self.days, self._rule), ruptures.find_ruptures(view)
        ruptures.ruptures(view, found, gathering)
        tracking.tracking(view, gathering)
        ambivalence.much_of_both(view, gathering, self._rule)
        attribution.attribution(view, events, resolved, patterns, gathering)
        contact.contact(view, events, resolved, gathering)
        answers = replies.replies(view, events, resolved)
        replies.answering(view, answers, resolved, gathering)
        replies.hostile_runs(view, events, resolved, gathering)
        lasting.lasting(view, gathering, self._rule)
        hostility.hostility(view, events, resolved, gathering)
        deeds.deeds(view, events, patterns, gathering)
        counts = replies.counts_of(answers)
        self._replies = counts if self._replies is None else self._replies.add(counts, fill_value=0).astype(np.int64)
        self._readings.add(negativity.negative_readings(view, events, resolved), own)
        self._spread.add(view)
        acts = keyworkers.acts_by_keyworker(view, events, resolved)
        self._acts.append(acts.assign(row=acts["row"] + own.start))
        self._changes.append(keyworkers.changes_of_keyworker(view))
        courses: Any = growth.courses(view, found)
        some = np.flatnonzero(np.isin(view.days, self.selected))
        self._keep(
            own,
            OfDyads(
                np.moveaxis(view.positivity[:, :, some], 1, 0),
                np.moveaxis(view.negativity[:, :, some], 1, 0),
                view.felt_coercion[:, some],
                view.post[:, some].astype(np.int16),
                view.predecessors[:, some].astype(np.int16),
                criticism.distress_at_admission(view, tables.days),
                coercion.formal_control(view, events, resolved, day),
                *warmth.warm_and_controlling(view, events, resolved, warmth.late_day(view)),
                criticism.put_down_to_person(view, events, resolved, day),
                criticism.acts_a_month_later(view, events, resolved, day),
                *courses,
            ),
        )

    def _keep(self, own: slice, some: OfDyads) -> None:
        if self._kept is None:
            count = len(self.dyads)
            self._kept = OfDyads(*(np.empty((count, *one.shape[1:]), one.dtype) for one in some))
        for name in OfDyads._fields:
            getattr(self._kept, name)[own] = getattr(some, name)

    def measures(self) -> pd.DataFrame:
        """Every measure, when all dyads have come, as the function ``measures`` gives them."""
        if self._kept is None or self._replies is None:
            raise InputError("days: the table is empty")
        kept, units, seed, days, dyads = self._kept, self.units, self.seed, self.days, self.dyads
        day, gathered = days[1], self.gathering.rows
        view = Panel(
            dyads[DYAD],
            self.selected,
            np.moveaxis(kept.positivity, 0, 1),
            np.moveaxis(kept.negativity, 0, 1),
            kept.felt_coercion,
            kept.post,
            kept.predecessors,
        )
        courses = growth.shapes_of(growth.Courses(kept.change, kept.rise, kept.local_v), view, day)
        acts, changes = pd.concat(self._acts, ignore_index=True), pd.concat(self._changes, ignore_index=True)
        return pd.concat(
            [
                mix.mix(view, days, units, self._rule),
                ratings.ratings(view, day, units, seed=seed),
                growth.growth(view, courses, units),
                gathered(ruptures.MEASURES),
                variance.variance(view, units),
                variance.reciprocity(view, units),
                gathered(tracking.MEASURES),
                ambivalence.ambivalence(view, days, units, seed, self._rule),
                gathered([ambivalence.BOTH]),
                coercion.coercion(view, kept.formal, day, units, seed=seed),
                gathered(attribution.MEASURES),
                negativity.negativity(self._readings, units),
                gathered(contact.MEASURES),
                keyworkers.control_and_warmth(acts, units),
                keyworkers.fall_after_change(changes, self._spread.days(), units),
                keyworkers.deterioration_and_reserve(view, dyads, courses, units),
                gathered([replies.ANSWER]),
                replies.explained(self._replies),
                gathered([replies.RUNS, replies.ENDS]),
                gathered(lasting.MEASURES),
                change.change(view, units),
                gathered(hostility.MEASURES),
                warmth.warm_staff(view, kept.warmth, kept.control, units, seed),
                criticism.criticism(view, kept.put_down, kept.later, day, kept.distress, units),
                beginnings.brought(view, dyads, kept.distress, units, seed),
                climate.climate(view, day, seed),
                gathered(deeds.MEASURES),
            ],
            ignore_index=True,
        )


def _selected(view: Panel, interviewed: tuple[int, int]) -> NDArray[np.int64]:
    """Days on which dyads are compared with each other: those that ``OfDyads`` keeps."""
    first, last, day = int(view.days[0]), int(view.days[-1]), interviewed[1]
    view.at(day)
    single = {
        first, last, day, ratings.FIRST_DAY, beginnings.EARLY, change.EARLY, change.LATE, change.SECOND, change.THIRD,
        warmth.LATE, day + criticism.AFTER[1],
    }  # fmt: skip
    wanted = np.isin(view.days, list(single)) | (view.days % variance.EVERY == 0)
    wanted |= (view.days >= interviewed[0]) & (view.days <= day)
    wanted |= (view.days >= day - criticism.HELD) & (view.days <= day)
    return view.days[wanted]

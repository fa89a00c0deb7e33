"""All measures of a run in one table, and the codebook that says what each means."""

from __future__ import annotations

from types import ModuleType

import pandas as pd

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
from twoway.analysis.measures.estimates import Measure, units_of
from twoway.analysis.measures.panel import panel
from twoway.analysis.patterns import on_days, rule_of
from twoway.analysis.tables import require_columns
from twoway.simulation.columns import WHO
from twoway.simulation.parameters.scenario import Resolved
from twoway.simulation.tables import Tables

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
    require_columns(tables.events, "events", OF_EVENTS)
    require_columns(tables.dyads, "dyads", (*keyworkers.OF_DYADS, *beginnings.OF_DYADS))
    view = panel(tables.days)
    days = resolved.scenario.design.interviewed(int(view.days[-1]), day)
    day = days[1]
    view.at(day)
    events, units = tables.events, units_of(view.dyads, seed)
    rule = rule_of(resolved.scenario)
    patterns = mix.patterns_in(view, days, rule)
    found = ruptures.find_ruptures(view)
    courses = growth.shapes(view, day, found)
    distress = criticism.distress_at_admission(view, tables.days)
    return pd.concat(
        [
            mix.mix(view, days, units, rule),
            ratings.ratings(view, day, units, seed=seed),
            growth.growth(view, courses, units),
            ruptures.ruptures(view, found, units),
            variance.variance(view, units),
            variance.reciprocity(view, units),
            tracking.tracking(view, units),
            ambivalence.ambivalence(view, days, units, seed, rule),
            coercion.coercion(view, events, resolved, day, units, seed=seed),
            attribution.attribution(view, events, resolved, patterns, units),
            negativity.negativity(view, events, resolved, units),
            contact.contact(view, events, resolved, units),
            keyworkers.keyworkers(view, events, tables.dyads, resolved, courses, units),
            replies.replying(view, events, resolved, units),
            lasting.lasting(view, units, rule),
            change.change(view, units),
            hostility.hostility(view, events, resolved, units),
            warmth.warm_staff(view, events, resolved, units, seed),
            criticism.criticism(view, events, resolved, day, distress, units),
            beginnings.brought(view, tables.dyads, distress, units, seed),
            climate.climate(view, day, seed),
            deeds.deeds(view, events, patterns, units),
        ],
        ignore_index=True,
    )

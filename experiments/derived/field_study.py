"""Virtual field studies: many studies of a few pairs, simulated, interviewed and compared with the truth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from twoway.analysis.field_study.power import LEAST_STUDIES, Contrast, StudyPool
from twoway.analysis.field_study.power import simulate_field_studies as study_power
from twoway.analysis.field_study.text import field_study_sentences
from twoway.analysis.figures.field_study import what_a_study_could_see
from twoway.analysis.patterns import DEFAULT_RULE
from twoway.experiments.results.result import Result, derived
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import Scenario, changed, load
from twoway.simulation.run import Detail, PreparedScenario, simulate
from twoway.simulation.tables import check_seed

SCENARIO = "four-centres"
SPAN = (30, 150)
"""Days of the stay between which interviews take place, a day drawn for each pair. Assumed: people were interviewed
at different times of their stay; at which was not read. To be swept, for example 60..90."""
LATER = 30
"""Days from the first to the second interview. Assumed; to be swept 7..60."""
CONTRASTED = {"control": (1.0, 5.0), "formality": (0.2, 0.6), "transparency": (0.2, 0.8)}
"""Factors of the context that half of a study's centres have less of and half more: two values each, within the ranges
that are declared for them. Assumed: contexts that might be found side by side."""
NOTHING = "nothing"
"""The contrast of contexts that do not differ: what is named there is named wrongly."""
CONTRAST_STUDIES = 4
"""One in this number of studies is simulated for each contrast as well, twice for every pair; errors are wider."""
DAY_STREAM = 77_000_001
"""Number of the random stream of the interview days, which no other draws share."""


class Days(NamedTuple):
    """Between which days interviews take place, and how much later the second."""

    first: int
    last: int
    later: int


@derived("field-study")
def field_study(
    scenario: str = SCENARIO,
    pairs: int = 16,
    centres: int = 4,
    first_day: int = SPAN[0],
    last_day: int = SPAN[1],
    later: int = LATER,
    seed: int = 1,
    replicates: int = 10_000,
    threads: int = 2,
    progress: bool = False,
) -> Result:
    """Many small interview studies, and what they could conclude.

    Every study is a replicate of the scenario, with centres and people of its own.

    Parameters
    ----------
    scenario
        Name or path of a scenario.
    pairs
        Pairs in a study, a multiple of *centres*.
    centres
        Centres that the pairs are spread over, an even number.
    first_day, last_day
        Days between which interviews take place.
    later
        Days from the first to the second interview.
    seed
        Random seed, from 0.
    replicates
        Number of studies.
    threads
        Number of threads.
    progress
        Whether to show a bar.

    Raises
    ------
    InputError
        If the design or the days are invalid.
    """
    check_seed(seed, replicates)
    base = design_of(load(scenario), pairs, centres)
    days = Days(first_day, last_day, later)
    _check_days(days, base.design.days)
    if replicates < LEAST_STUDIES:
        raise InputError(f"studies = {replicates}; at least {LEAST_STUDIES} are needed, or chance is all one sees")
    when = interview_days(seed, (replicates, centres, base.design.clients), days)
    some = max(replicates // CONTRAST_STUDIES, LEAST_STUDIES)
    total = (replicates + 2 * some * len(CONTRASTED)) * centres
    with tqdm(total=total, unit="centre", desc="Simulating", disable=None if progress else True) as bar:
        world = PreparedScenario(base)
        pool = interviewed(world, seed, when, later, threads, bar)
        contrasts = [Contrast(NOTHING, pool.pattern, pool.pattern)]
        for factor, values in CONTRASTED.items():
            low, high = (
                interviewed(
                    world.with_scenario(changed(base, {f"context.{factor}": value})),
                    seed,
                    when[:some],
                    later,
                    threads,
                    bar,
                ).pattern
                for value in values
            )
            contrasts.append(Contrast(factor, low, high))
    found = study_power(pool, contrasts)
    tables = {
        "shares": found.truth,
        "conclusions": found.conclusions,
        "missed": found.missed,
        "centres-unlike": found.centres_unlike,
        "contexts": found.contexts,
        "second-interview": found.again,
        "twice": found.twice,
        "one-party-alone": found.one_sided,
        "pairs-needed": found.needed,
    }
    return Result(
        tables,
        {"what-a-study-could-see": lambda: what_a_study_could_see(found, pool.pattern, interview_phrase(days))},
        tuple(field_study_sentences(found, contrast_phrases(), *days)),
    )


def contrast_phrases() -> Mapping[str, str]:
    """A phrase for each contrast: the factor and its two values."""
    told = {factor: f"{factor} ({low:g} against {high:g})" for factor, (low, high) in CONTRASTED.items()}
    return {NOTHING: "nothing (the same context twice)"} | told


def interview_phrase(days: Days) -> str:
    """A phrase for the days of the interviews."""
    return f"on day {days.first}" if days.first == days.last else f"once on a day from {days.first} to {days.last}"


def design_of(scenario: Scenario, pairs: int, centres: int) -> Scenario:
    """The scenario with this number of pairs, spread evenly over this number of centres.

    Parameters
    ----------
    scenario
        Scenario of the studies.
    pairs
        Pairs in a study, a multiple of *centres*.
    centres
        Centres in a study, an even number from 2.

    Raises
    ------
    InputError
        If the pairs cannot be spread evenly, or the number of centres is odd or below 2.
    """
    if centres < 2 or centres % 2:
        raise InputError(
            f"centres = {centres}; it must be an even number from 2 on: half of the centres are compared to the rest"
        )
    if pairs < centres or pairs % centres:
        raise InputError(f"pairs = {pairs}; it must be a multiple of the {centres} centres: pairs are spread evenly")
    return changed(scenario, {"design.centres": centres, "design.clients": pairs // centres})


def _check_days(days: Days, length: int) -> None:
    """Refuse interviews that do not fit into the stay."""
    if not 1 <= days.first <= days.last:
        raise InputError(
            f"interview-day = {days.first}-{days.last}; write one day, or the first and the last as 30-150"
        )
    if days.later < 1:
        raise InputError(f"later = {days.later}; the second interview is at least a day after the first")
    if days.last + days.later > length:
        raise InputError(
            f"interview-day = {days.first}-{days.last}: the second interview, {days.later} days later, must be within "
            f"the {length} days of the stay, so the first is on day {length - days.later} at the latest"
        )


def interview_days(seed: int, shape: tuple[int, int, int], days: Days) -> NDArray[np.int64]:
    """The day on which each pair is interviewed; more studies leave the days of the first ones as they were.

    Parameters
    ----------
    seed
        Random seed, from 0.
    shape
        Numbers of studies, centres in a study, and pairs at a centre.
    days
        First and last possible day; ``later`` has no effect.

    Returns
    -------
    Days of the stay, from 1, in that shape.
    """
    return np.random.default_rng([seed, DAY_STREAM]).integers(days.first, days.last + 1, shape)


def interviewed(
    world: PreparedScenario, seed: int, when: NDArray[np.int64], later: int, threads: int, bar: tqdm[None] | None = None
) -> StudyPool:
    """Simulate studies and interview both parties of every pair on its day and some days *later*.

    Parameters
    ----------
    world
        The scenario of the studies, ready to be simulated.
    seed
        Random seed of the simulation, from 0.
    when
        Day of the first interview of every pair, from 1, shape (studies, centres, pairs at a centre).
    later
        Days from the first to the second interview; both must be within the stay.
    threads
        Number of threads.
    bar
        Progress bar, moved on by one for each centre; None for no bar.

    Returns
    -------
    Classes of both parties at both interviews, in the shape of *when*.
    """
    studies, _, pairs = when.shape
    length = world.scenario.design.days
    asked = np.empty((2, 2, *when.shape), np.int8)
    who = np.arange(pairs)
    for stay in simulate(world, seed, range(studies), Detail.DAYS, threads):
        shape = (length, pairs, 2)
        good, bad = (stay.days[name].reshape(shape) for name in ("positivity", "negativity"))
        day = when[stay.replicate, stay.centre] - 1
        for turn, on in enumerate((day, day + later)):
            asked[turn, :, stay.replicate, stay.centre] = DEFAULT_RULE.classes(good[on, who], bad[on, who]).T
        if bar is not None:
            bar.update(1)
    return StudyPool(*asked[0], *asked[1])

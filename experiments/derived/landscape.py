"""Landscapes of pairs: where dyads drift in each of some scenarios, with the same people and common random numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from tqdm import tqdm

from twoway.analysis.figures.landscape import LandscapePanel, landscapes
from twoway.analysis.landscape.drift import (
    BANDWIDTH,
    LAG,
    VIEWS,
    DyadPaths,
    LandscapeGrid,
    LandscapeView,
    drift_field,
    dyad_paths,
    landscape_grid,
    landscape_view,
    movements_of,
    sum_movements,
)
from twoway.analysis.landscape.fixed_points import (
    HOLDS,
    NOWHERE,
    RestPoints,
    basins,
    find_rest_points,
    node_places,
    noisy_paths,
    rest_point_shifts,
    splitting_probabilities,
)
from twoway.analysis.landscape.markov_checks import MarkovCheck, check_markov
from twoway.analysis.landscape.text import landscape_sentences
from twoway.analysis.patterns import at_day, rule_of, with_patterns
from twoway.analysis.tables import DYAD
from twoway.experiments.results.result import Result, derived
from twoway.experiments.results.tables import by_scenario
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import Scenario, load
from twoway.simulation.run import PreparedScenario
from twoway.simulation.tables import Tables, check_seed, run

FEWEST = 20
"""Replicates below which a bootstrap over them says little."""
FORESEEN_ON = 60
"""Day of the place from which the pattern in the end is foreseen, or the middle of a shorter stay."""
FROM_DAY = 31
"""Day from which pair-days are counted, and on which the two variables alone take over, to see where they lead."""
EVERY = 4
"""Steps on the grid between places from which it is asked where noise leads."""


class ViewedMovements(NamedTuple):
    """Movements of dyads in one view: grid, paths, sums by replicate, rest points, checks of the Markov property."""

    grid: LandscapeGrid
    paths: DyadPaths
    sums: NDArray[np.float64]
    resting: RestPoints
    autonomy: MarkovCheck


class Landscape(NamedTuple):
    """The landscape of one scenario in one view."""

    name: str
    panel: LandscapePanel
    resting: RestPoints
    autonomy: MarkovCheck
    basins: pd.DataFrame
    splitting: pd.DataFrame
    drift: pd.DataFrame


@derived("landscape")
def landscape(
    scenarios: Sequence[str],
    view: str = "leaning",
    seed: int = 1,
    replicates: int = 200,
    lag: int = LAG,
    bandwidth: float = BANDWIDTH,
    threads: int = 2,
    progress: bool = False,
) -> Result:
    """The landscape of each scenario, with common random numbers; the later ones are compared with the first.

    Parameters
    ----------
    scenarios
        Names or paths of scenarios, each once.
    view
        One of ``twoway.analysis.landscape.drift.VIEWS``.
    seed
        Random seed, from 0.
    replicates
        Replicates of each scenario, at least 20.
    lag
        Days of a movement.
    bandwidth
        Bandwidth of the estimate, a share of the view's range.
    threads
        Number of threads.
    progress
        Whether to show a bar.

    Raises
    ------
    InputError
        If there is no such view or scenario, or replicates are too few.
    """
    check_seed(seed, replicates)
    chosen = landscape_view(view)
    if replicates < FEWEST:
        raise InputError(f"replicates = {replicates}; at least {FEWEST} are needed, or nothing is sure")
    if not 0.01 <= bandwidth <= 0.3:
        raise InputError(f"bandwidth = {bandwidth}; it must be a share of the range from .01 to .3")
    loaded = _loaded(scenarios)
    found: list[Landscape] = []
    compared: list[dict[str, Any]] = []
    with tqdm(total=len(loaded), unit="scenario", desc="Simulating", disable=None if progress else True) as bar:
        for name, scenario in loaded.items():
            world = PreparedScenario(scenario)
            tables = run(world, seed, replicates, "days", threads)
            for other in VIEWS.values():
                seen = _viewed(tables, world, other, replicates, lag, bandwidth, seed)
                certain = seen.resting.table.loc[seen.resting.table["kind"] == HOLDS, "certain"].sum()
                candidate = {"scenario": name, "view": other.name, **seen.autonomy._asdict()}
                compared.append(candidate | {"certain_points": int(certain)})
                if other is chosen:
                    found.append(_landscape_of(name, seen, lag, seed))
            bar.update(1)
    tables_made = {
        "points": by_scenario({one.name: one.resting.table for one in found}),
        "how-many-points": by_scenario({one.name: one.resting.how_many for one in found}),
        "basins": by_scenario({one.name: one.basins for one in found}),
        "where-noise-leads": by_scenario({one.name: one.splitting for one in found}),
        "drift": by_scenario({one.name: one.drift for one in found}),
        "shifts": by_scenario(
            {one.name: rest_point_shifts(found[0].resting, one.resting, one.panel.grid) for one in found[1:]}
        ),
        "candidates": pd.DataFrame(compared),
    }
    sentences = landscape_sentences(
        chosen, lag, {one.name: one.resting for one in found}, {one.name: one.basins for one in found},
        {one.name: one.autonomy for one in found}, tables_made["shifts"], tables_made["candidates"],
    )  # fmt: skip
    panels = [one.panel for one in found]
    return Result(tables_made, {"landscapes": lambda: landscapes(panels, chosen, lag)}, tuple(sentences))


def _loaded(names: Sequence[str]) -> dict[str, Scenario]:
    if not names:
        raise InputError("a landscape needs at least one scenario")
    for name in names:
        if list(names).count(name) > 1:
            raise InputError(f"{name} is named twice")
    return {name: load(name) for name in names}


def _viewed(
    tables: Tables, world: PreparedScenario, view: LandscapeView, replicates: int, lag: int, bandwidth: float, seed: int
) -> ViewedMovements:
    """The movements of one scenario in one view, from its tables of days and dyads."""
    grid = landscape_grid(view, bandwidth)
    paths = dyad_paths(tables.days, world.resolved, view)
    movements = movements_of(paths, lag)
    sums = sum_movements(movements, grid, replicates)
    last = at_day(tables.days).sort_values(DYAD)
    end = with_patterns(last, rule_of(world.scenario))["pattern"].cat.codes.to_numpy()
    day = min(FORESEEN_ON, (paths.at.shape[1] + 1) // 2)
    tested = check_markov(movements, grid, lag, replicates, paths.at[:, day - 1], end, seed)
    return ViewedMovements(grid, paths, sums, find_rest_points(sums, grid, lag, seed), tested)


def _landscape_of(name: str, seen: ViewedMovements, lag: int, seed: int) -> Landscape:
    """The landscape of one scenario, from its movements in a view."""
    grid, walked, sums, rest, tested = seen
    whole = drift_field(sums.sum(axis=0), grid, lag)
    holds = rest.table[(rest.table["kind"] == HOLDS) & rest.table["certain"]]
    ends = holds[["client", "keyworker"]].to_numpy()
    places = node_places(grid)
    goal = basins(whole, grid, ends, places).reshape(len(grid.nodes), -1)
    goal[~whole.known] = NOWHERE
    length = walked.at.shape[1]
    day = min(FROM_DAY, max(1, length - lag))
    alone = noisy_paths(whole, grid, lag, walked.at[:, day - 1], length - day, np.random.default_rng(seed))[-1]
    rows = []
    for k, (where, row) in enumerate(zip(ends, holds.index, strict=True)):
        rows.append(
            (
                int(row),
                *where,
                *(_share(goal, grid, at, k) for at in (walked.at[:, day - 1 :], alone, walked.at[:, -1])),
            )
        )
    columns = ["point", "client", "keyworker", "of_pair_days", "by_the_picture_alone", "in_the_end"]
    asked = [k for k in np.flatnonzero(whole.known.ravel()) if not any(i % EVERY for i in divmod(k, len(grid.nodes)))]
    start = places[asked]
    shares = (
        splitting_probabilities(whole, grid, lag, ends, start, length, seed=seed)
        if len(ends) > 1
        else np.ones((len(start), 0))
    )
    led = pd.DataFrame(start, columns=["client", "keyworker"])
    for k, row in enumerate(holds.index[: shares.shape[1]]):
        led[f"to_point_{row}"] = shares[:, k]
    known = whole.known.ravel()
    mean, error = (values.reshape(-1, 2)[known] for values in (whole.drift, rest.error))
    noise = np.sqrt(np.maximum(np.diagonal(whole.diffusion, axis1=-2, axis2=-1), 0)).reshape(-1, 2)[known]
    drift = pd.DataFrame(
        {
            "client": places[known, 0], "keyworker": places[known, 1],
            "client_drift": mean[:, 0], "keyworker_drift": mean[:, 1],
            "client_error": error[:, 0], "keyworker_error": error[:, 1],
            "client_noise": noise[:, 0], "keyworker_noise": noise[:, 1],
            "movements": whole.seen.ravel()[known], "basin": goal.ravel()[known],
        }
    )  # fmt: skip
    density = sums[:, 0].sum(axis=0)
    shares_of_days = tuple(float(row[3]) for row in rows)
    panel = LandscapePanel(name, grid, whole, rest, goal, density, shares_of_days, len(walked.at))
    return Landscape(name, panel, rest, tested, pd.DataFrame(rows, columns=columns), led, drift)


def _share(goal: NDArray[np.int64], grid: LandscapeGrid, at: NDArray[np.float64], end: int) -> float:
    """Share of places that lie in the basin of an end, each counted with its nearest node."""
    node = np.rint(grid.place(at.reshape(-1, 2))).astype(int)
    return float((goal[node[:, 0], node[:, 1]] == end).mean())

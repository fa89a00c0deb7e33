"""The result of comparing scenarios: tables, figures and sentences; saved in a folder and opened again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from twoway.analysis.figures.comparison import differences_figure, moves_figure, two_contexts_by_day
from twoway.analysis.measures.paired_patterns import Codes
from twoway.experiments.comparison.schedule import ScenarioSchedule
from twoway.experiments.comparison.text import answer_sentences, divergence_sentences
from twoway.experiments.results.figures import save_figure
from twoway.experiments.results.manifest import (
    MANIFEST,
    Manifest,
    copy_inputs,
    number_in,
    read_manifest,
    saved_scenario,
    seed_and_replicates,
    write_manifest,
)
from twoway.experiments.results.provenance import provenance
from twoway.experiments.results.result import Result
from twoway.experiments.results.tables import saved_csv
from twoway.simulation.dynamics.policy_change import PolicyChange
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import Resolved

TABLES = ("differences", "moves", "partings", "days", "chains", "reliability", "outcomes")
NEEDED = ("model", "source_digest", "seed", "replicates", "schedules")
"""Fields of the manifest that are needed to make the comparison again."""


class Comparison(Result):
    """The same dyads in several schedules; every table names the later schedule in ``scenario``.

    Attributes
    ----------
    schedules
        The schedules; the later ones are compared with the first.
    differences
        Share of each pattern and its difference from the first schedule
        (see ``twoway.analysis.measures.paired_patterns.pattern_differences``).
    moves
        Dyads by pattern in the first and in the later schedule.
    partings
        A row per followed dyad: day, kind of difference and event at which its stories begin to differ; missing where
        they never do.
    days
        Share of the followed dyads in each pattern by day, for every schedule.
    chains
        Events of the few dyads whose outcomes differ most, side by side.
    outcomes
        Other outcomes in the first and in the later schedule, and their paired difference
        (see ``twoway.experiments.comparison.paired_outcomes``).
    codes
        By schedule the pattern of each dyad, shape (replicates, dyads); empty if opened from a folder.
    precision
        Half-width of intervals that was wanted; None if a number of replicates was.
    half_width
        Half the width of the widest interval.
    """

    def __init__(
        self,
        schedules: Sequence[ScenarioSchedule],
        seed: int,
        replicates: int,
        precision: float | None,
        half_width: float,
        tables: Mapping[str, pd.DataFrame | Callable[[], pd.DataFrame]],
        codes: tuple[Codes, ...] = (),
        folder: Path | None = None,
    ) -> None:
        self.schedules, self.seed, self.replicates = tuple(schedules), seed, replicates
        self.precision, self.half_width, self.codes = precision, half_width, codes
        names = [schedule.name for schedule in schedules]
        super().__init__(
            tables,
            self._figures(),
            lambda: (*answer_sentences(self), *divergence_sentences(self)),
            kind="comparison",
            arguments={"scenarios": list(names), "seed": seed, "replicates": replicates, "precision": precision},
            provenance=provenance(" against ".join([names[0], ", ".join(names[1:])]), seed, replicates),
            folder=folder,
        )

    @property
    def differences(self) -> pd.DataFrame:
        """Share of each pattern, and its difference from the first schedule."""
        return self.tables["differences"]

    @property
    def moves(self) -> pd.DataFrame:
        """Dyads by pattern in the first and in the later schedule."""
        return self.tables["moves"]

    @property
    def partings(self) -> pd.DataFrame:
        """Day and event from which the stories of each followed dyad differ."""
        return self.tables["partings"]

    @property
    def days(self) -> pd.DataFrame:
        """Share of the followed dyads in each pattern by day."""
        return self.tables["days"]

    @property
    def chains(self) -> pd.DataFrame:
        """Events of the dyads whose outcomes differ most, side by side."""
        return self.tables["chains"]

    @property
    def outcomes(self) -> pd.DataFrame:
        """Other outcomes, and their difference from the first schedule."""
        return self.tables["outcomes"]

    @property
    def reached(self) -> bool:
        """Whether every difference is known as precisely as was wanted (or no precision was wanted)."""
        return self.precision is None or self.half_width <= self.precision

    def _figures(self) -> dict[str, Figure | Callable[[], Figure]]:
        first = self.schedules[0]
        figures: dict[str, Figure | Callable[[], Figure]] = {
            "differences": lambda: differences_figure(self.differences, first.name, self.replicates)
        }
        for number, other in enumerate(self.schedules[1:], 1):
            own = f"-{number}" if len(self.schedules) > 2 else ""
            figures[f"who-moves{own}"] = partial(self._moves_figure, other)
            figures[f"both-by-day{own}"] = partial(self._days_figure, other)
        return figures

    def _moves_figure(self, other: ScenarioSchedule) -> Figure:
        return moves_figure(self.moves[self.moves["scenario"] == other.name], self.schedules[0].name)

    def _days_figure(self, other: ScenarioSchedule) -> Figure:
        first = self.schedules[0]
        days = self.days[self.days["scenario"].isin([first.name, other.name])]
        return two_contexts_by_day(days, [then.day for one in (first, other) for then in one.policy_changes])

    def write(self, folder: Path) -> None:
        """Write data files, tables, figures and manifest into a new, empty folder."""
        first = self.schedules[0].scenario
        inputs = copy_inputs(folder, Resolved(first))
        self.write_tables(folder)
        for name, figure in self.figures.items():
            save_figure(folder, name, figure, self.provenance)
        schedules = [
            {
                "name": schedule.name,
                "resolved_scenario": schedule.scenario.model_dump(mode="json"),
                "policy_changes": [
                    {"day": day, "resolved_scenario": then.model_dump(mode="json")}
                    for day, then in schedule.policy_changes
                ],
            }
            for schedule in self.schedules
        ]
        names = list(dict.fromkeys(self.outcomes["outcome"]))
        wanted = {"precision": self.precision, "half_width": self.half_width, "outcomes": names}
        write_manifest(folder, self.kind, self.provenance, {**wanted, "schedules": schedules, "inputs": inputs}, first)


def read_comparison(folder: Path) -> tuple[list[ScenarioSchedule], Manifest]:
    """Schedules (with the data files that were used) and manifest of a saved comparison."""
    manifest = read_manifest(folder, "comparison", NEEDED)
    seed, replicates = seed_and_replicates(folder, manifest)
    try:
        schedules = [
            ScenarioSchedule(
                str(one["name"]),
                saved_scenario(folder, manifest, one["resolved_scenario"], "schedules"),
                tuple(
                    PolicyChange(then["day"], saved_scenario(folder, manifest, then["resolved_scenario"], "schedules"))
                    for then in one["policy_changes"]
                ),
            )
            for one in manifest["schedules"]
        ]
    except (KeyError, TypeError, IndexError):
        raise InputError(
            f"{folder / MANIFEST}: is damaged (schedules are not written as name, resolved_scenario and policy_changes)"
        ) from None
    return schedules, manifest | {"seed": seed, "replicates": replicates}


def open_comparison(folder: Path) -> Comparison:
    """Open the folder of a saved comparison."""
    schedules, manifest = read_comparison(folder)
    half_width = number_in(folder, manifest, "half_width")
    tables = {name: partial(saved_csv, folder, manifest, name) for name in TABLES}
    return Comparison(
        schedules,
        manifest["seed"],
        manifest["replicates"],
        number_in(folder, manifest, "precision"),
        float("nan") if half_width is None else half_width,
        tables,
        folder=folder,
    )

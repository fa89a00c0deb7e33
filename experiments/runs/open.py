"""A run that was kept: its folder opened again, its tables checked, and a dyad found by its number."""

from __future__ import annotations

from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from twoway.experiments.results.folder import read_manifest, read_table
from twoway.simulation.compilation import source_digest
from twoway.simulation.run import PreparedScenario
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import Resolved
from twoway.simulation.tables import Tables, columns_of


class SavedRun:
    """The folder of a run, opened to be read: scenario, manifest and tables.

    Raises ``InputError`` if the folder is no run, was made by another version, or lacks a table that is needed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.scenario, self.manifest = read_manifest(folder)
        ours = f"two-way-process {version('two-way-process')}"
        if self.manifest["model"] != ours:
            raise InputError(
                f"{folder}: was made with {self.manifest['model']}, and this is {ours}; "
                f"run it again to read it (twoway run {self.manifest['scenario']})"
            )
        self.resolved = Resolved(self.scenario)

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return str(self.manifest["scenario"])

    @property
    def seed(self) -> int:
        """The seed of all luck."""
        return int(self.manifest["seed"])

    @property
    def note(self) -> dict[str, str]:
        """Provenance, as tables and figures carry it."""
        return {key: str(self.manifest[key]) for key in ("model", "source_digest", "scenario", "seed", "replicates")}

    def _table(self, name: str, replicates: range | None) -> pd.DataFrame:
        """One table, of all replicates or of some that follow each other."""
        path = self.folder / f"{name}.parquet"
        if not path.is_file():
            kept = str(self.manifest["keep"])
            hint = f": the run kept only the {kept}; run it again with --keep events" if kept != "events" else ""
            raise InputError(f"{path}: is missing{hint}")
        wanted = replicates and [("replicate", ">=", replicates.start), ("replicate", "<", replicates.stop)]
        frame = read_table(path, wanted or None).to_pandas()
        for column in columns_of(name, self.resolved):
            if column.name not in frame:
                raise InputError(f"{path}: the column '{column.name}' is missing")
        if frame.empty:
            raise InputError(f"{path}: holds no rows")
        return frame

    def tables(self, replicates: range | None = None) -> Tables:
        """Events, days and dyads, of all replicates or of some; a table or column that is missing is refused."""
        return Tables(*(self._table(name, replicates) for name in Tables._fields))

    def dyads(self) -> pd.DataFrame:
        """The table of dyads of all replicates, which every run keeps."""
        return self._table("dyads", None)

    @cached_property
    def world(self) -> PreparedScenario:
        """The scenario ready to be lived again, which only the very same model can do."""
        if self.manifest["source_digest"] != source_digest():
            raise InputError(
                f"{self.folder}: the model has changed since this run, so its stays cannot be lived again; "
                f"run it again (twoway run {self.name})"
            )
        return PreparedScenario(self.resolved)

    def dyad(self, number: int, replicate: int = 0) -> tuple[int, int, int]:
        """A dyad by its *number* in a replicate, counted through the centres from 0: (replicate, centre, dyad)."""
        design, replicates = self.scenario.design, int(self.manifest["replicates"])
        if not 0 <= replicate < replicates:
            raise InputError(f"--replicate {replicate}: {self.folder} has {_from_0(replicates, 'replicate')}")
        total = design.centres * design.clients
        if not 0 <= number < total:
            raise InputError(f"--dyad {number}: {self.folder} has {_from_0(total, 'dyad')}")
        return replicate, number // design.clients, number % design.clients

    def day(self, day: int | None) -> int:
        """A day of the stay, the last if none is given; one outside it is refused."""
        last = self.scenario.design.days
        if day is None:
            return last
        if not 1 <= day <= last:
            raise InputError(f"--day {day}: the stays in {self.folder} have days 1 to {last}")
        return day


def _from_0(count: int, noun: str) -> str:
    return f"only {noun} 0" if count == 1 else f"{noun}s 0 to {count - 1}"

"""The folder of a run: it appears whole or not at all, is never overwritten, and holds all it takes to run it again."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from matplotlib.figure import Figure

from simulation.compiled import source_digest
from simulation.meaning import read_toml
from simulation.refusal import Refusal
from simulation.scenario import Resolved, Scenario
from simulation.tables import Tables, columns_of, words_of

MANIFEST = "manifest.json"
FORMAT = 1
PACKAGES = ("numpy", "numba", "pandas", "pyarrow", "networkx", "mesa", "matplotlib", "pydantic")
INPUTS = {"lexicon": "lexicon", "equations": "equations", "frames": "frames", "situations": "situations"}


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """A new folder that takes its place at *target* only when all is written; a partial one is removed."""
    if target.exists():
        raise Refusal(f"{target}: exists already and is not overwritten; choose another folder with --out")
    partial = target.with_name(f".{target.name}.partial-{os.getpid()}")
    try:
        partial.mkdir(parents=True)
        yield partial
        partial.rename(target)
    except OSError as error:
        reasons = {
            errno.ENOSPC: "the disk is full",
            errno.EACCES: "it may not be written there",
            errno.EROFS: "the disk is read-only",
            errno.ENOTDIR: "a file is in the place of a folder",
            errno.ENOTEMPTY: "another run has written there meanwhile",
        }
        reason = reasons.get(error.errno or 0, error.strerror or str(error))
        raise Refusal(f"{target}: nothing was written, {reason}") from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def free_folder(name: str) -> Path:
    """A folder below ``runs`` that is not taken yet: the name itself, or with the next number."""
    taken, number = Path("runs") / name, 1
    while taken.exists():
        number += 1
        taken = Path("runs") / f"{name}-{number}"
    return taken


class TableWriter:
    """Writes the rows of one table to Parquet (and CSV) as they come; memory does not grow with the run."""

    def __init__(self, folder: Path, name: str, csv: bool, note: Mapping[str, str]) -> None:
        self.folder, self.name, self.csv, self.note = folder, name, csv, note
        self.rows = 0
        self._parquet: pq.ParquetWriter | None = None

    def write(self, rows: pd.DataFrame) -> None:
        """Append rows."""
        table = pa.Table.from_pandas(rows, preserve_index=False)
        table = table.replace_schema_metadata({**(table.schema.metadata or {}), **_bytes(self.note)})
        if self._parquet is None:
            self._parquet = pq.ParquetWriter(self.folder / f"{self.name}.parquet", table.schema, compression="zstd")
        self._parquet.write_table(table)
        if self.csv:
            rows.to_csv(self.folder / f"{self.name}.csv", mode="a", header=self.rows == 0, index=False)
        self.rows += len(rows)

    def close(self) -> None:
        """Finish the file."""
        if self._parquet is not None:
            self._parquet.close()
            self._parquet = None


def _bytes(note: Mapping[str, str]) -> dict[bytes, bytes]:
    return {f"twoway.{key}".encode(): value.encode() for key, value in note.items()}


def provenance(name: str, seed: int, replicates: int) -> dict[str, str]:
    """What every table and figure says of itself: model, sources, scenario, luck."""
    return {
        "model": f"two-way-process {version('two-way-process')}",
        "source_digest": source_digest(),
        "scenario": name,
        "seed": str(seed),
        "replicates": str(replicates),
    }


def copy_inputs(folder: Path, resolved: Resolved) -> dict[str, dict[str, str]]:
    """Copy the data files a run used into its folder; returns name and digest of each."""
    inputs = folder / "inputs"
    inputs.mkdir()
    files = {}
    for field in INPUTS:
        source = getattr(resolved, field).path
        content = source.read_bytes()
        (inputs / f"{field}.toml").write_bytes(content)
        files[field] = {"name": source.stem, "sha256": hashlib.sha256(content).hexdigest()}
    return files


def write_manifest(folder: Path, scenario: Scenario, note: Mapping[str, str], more: Mapping[str, Any]) -> None:
    """Write down all it takes to make the run again."""
    manifest = {
        "format": FORMAT,
        **note,
        **more,
        "python": ".".join(map(str, sys.version_info[:3])),
        "packages": {name: version(name) for name in PACKAGES},
        "resolved_scenario": scenario.model_dump(mode="json"),
        "scope": "Made-up people in a model; no forecast about anyone.",
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> tuple[Scenario, dict[str, Any]]:
    """Scenario (with the data files the run used) and manifest of a run's folder."""
    path = folder / MANIFEST
    if not path.is_file():
        raise Refusal(f"{folder}: is not the folder of a run (it has no {MANIFEST})")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        scenario = Scenario.model_validate(manifest["resolved_scenario"])
        seed, replicates = int(manifest["seed"]), int(manifest["replicates"])
        keep = str(manifest["keep"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Refusal(f"{path}: is damaged or of another version ({type(error).__name__})") from None
    if manifest.get("format") != FORMAT:
        raise Refusal(f"{path}: has format {manifest.get('format')!r}; this version reads format {FORMAT}")
    meaning = {field: str(folder / "inputs" / f"{field}.toml") for field in INPUTS}
    for field in meaning.values():
        read_toml(Path(field))
    used = scenario.model_copy(update={"meaning": scenario.meaning.model_copy(update=meaning)})
    return used, manifest | {"seed": seed, "replicates": replicates, "keep": keep}


def save_figure(folder: Path, name: str, figure: Figure, note: Mapping[str, str]) -> None:
    """Save a figure as PNG and SVG; both carry their provenance."""
    figures = folder / "figures"
    figures.mkdir(exist_ok=True)
    words = "; ".join(f"{key}: {value}" for key, value in note.items())
    figure.savefig(figures / f"{name}.png", dpi=130, metadata={"Software": note["model"], "Description": words})
    figure.savefig(figures / f"{name}.svg", metadata={"Creator": note["model"], "Description": words, "Date": None})


def write_codebook(folder: Path, resolved: Resolved, extra: Mapping[str, tuple[str, str]]) -> None:
    """A codebook for people with SPSS or Excel: each table's columns with unit, meaning and words."""
    rows = []
    for table in ("events", "days", "dyads"):
        for column in columns_of(table, resolved):
            words = ", ".join(words_of(column, resolved))
            rows.append((table, column.name, column.unit, column.meaning, words))
    rows += [("dyads", name, "word", meaning, words) for name, (meaning, words) in extra.items()]
    codebook = pd.DataFrame(rows, columns=["table", "column", "unit", "meaning", "words"])
    codebook.to_csv(folder / "codebook.csv", index=False)


def read_tables(folder: Path) -> dict[str, pa.Table]:
    """The Parquet tables of a run, by name, without their metadata."""
    tables = {}
    for name in Tables._fields:
        path = folder / f"{name}.parquet"
        if path.is_file():
            try:
                tables[name] = pq.read_table(path).replace_schema_metadata(None)
            except (pa.ArrowException, OSError):
                raise Refusal(f"{path}: cannot be read as Parquet") from None
    return tables

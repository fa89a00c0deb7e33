"""The folder of a run: it appears whole or not at all, is never overwritten, and holds all it takes to run it again."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from matplotlib import rc_context
from matplotlib.figure import Figure
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pydantic import ValidationError

from twoway.analysis.figures.style import said
from twoway.simulation import SCOPE
from twoway.simulation.affect_control.equations import read_toml
from twoway.simulation.columns import Column
from twoway.simulation.compilation import source_digest
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import Resolved, Scenario
from twoway.simulation.tables import Tables, check_seed, detail_of, words_of

MANIFEST = "manifest.json"
FORMAT = 1
PACKAGES = ("numpy", "numba", "pandas", "pyarrow", "networkx", "mesa", "matplotlib", "pydantic", "scipy")
NEEDED = ("model", "source_digest", "scenario", "seed", "replicates", "keep", "resolved_scenario")
"""What the manifest must hold for its run to be made again."""
OTHERS = {"run_digest": "a study", "courses": "a comparison", "arguments": "a result that rests on many runs"}
"""What else a folder with a manifest may hold, by a field that only its manifest has."""
INPUTS = {"lexicon": "lexicon", "equations": "equations", "frames": "frames", "situations": "situations"}


@contextmanager
def atomic_folder(target: Path) -> Iterator[Path]:
    """A new folder that takes its place at *target* only when all is written; a partial one is removed."""
    if target.exists():
        raise InputError(f"{target}: exists already and is not overwritten; choose another folder with --out")
    partial = target.with_name(f".{target.name}.partial-{uuid4().hex}")  # process numbers repeat on other machines
    new = [parent for parent in target.parents if not parent.exists()]
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
        raise InputError(f"{target}: nothing was written, {reason}") from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        for parent in new:
            with suppress(OSError):  # something stands in it: the run
                parent.rmdir()


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
        self._parquet: pq.ParquetWriter | None = None

    def write(self, rows: pd.DataFrame) -> None:
        """Append rows."""
        table = pa.Table.from_pandas(rows, preserve_index=False)
        table = table.replace_schema_metadata({**(table.schema.metadata or {}), **_bytes(self.note)})
        first = self._parquet is None
        if self._parquet is None:
            self._parquet = pq.ParquetWriter(self.folder / f"{self.name}.parquet", table.schema, compression="zstd")
        self._parquet.write_table(table)
        if self.csv:
            rows.to_csv(self.folder / f"{self.name}.csv", mode="a", header=first, index=False)

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


def write_manifest(folder: Path, scenario: Scenario | None, note: Mapping[str, str], more: Mapping[str, Any]) -> None:
    """Write down all it takes to make the run again; a result that rests on many scenarios has none of its own."""
    manifest = {
        "format": FORMAT,
        **note,
        **more,
        "python": ".".join(map(str, sys.version_info[:3])),
        "packages": {name: version(name) for name in PACKAGES},
        **({} if scenario is None else {"resolved_scenario": scenario.model_dump(mode="json")}),
        "scope": SCOPE,
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> tuple[Scenario, dict[str, Any]]:
    """Scenario (with the data files the run used) and manifest of a run's folder."""
    path = folder / MANIFEST
    if not path.is_file():
        raise InputError(f"{folder}: is not the folder of a run (it has no {MANIFEST})")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: is damaged ({error})") from None
    if not isinstance(manifest, dict):
        raise InputError(f"{path}: is damaged (it holds no fields)")
    if other := next((what for mark, what in OTHERS.items() if mark in manifest), None):
        raise InputError(f"{folder}: is the folder of {other}, not of a run")
    if manifest.get("format") != FORMAT:
        raise InputError(f"{path}: has format {manifest.get('format')!r}; this version reads format {FORMAT}")
    for field in NEEDED:
        if field not in manifest:
            raise InputError(f"{path}: is damaged ({field} is missing)")
    for field in ("seed", "replicates"):
        if not str(manifest[field]).isdecimal():
            raise InputError(f"{path}: {field} = {manifest[field]!r}; it must be a whole number")
    seed, replicates, keep = int(manifest["seed"]), int(manifest["replicates"]), str(manifest["keep"])
    try:
        check_seed(seed, replicates)
        detail_of(keep)
        scenario = Scenario.model_validate(manifest["resolved_scenario"])
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, ["resolved_scenario", *first["loc"]]))
        raise InputError(f"{path}: {field}: {first['msg'][0].lower()}{first['msg'][1:]}") from None
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    meaning = {field: str(folder / "inputs" / f"{field}.toml") for field in INPUTS}
    for field in meaning.values():
        read_toml(Path(field))
    used = scenario.model_copy(update={"meaning": scenario.meaning.model_copy(update=meaning)})
    return used, manifest | {"seed": seed, "replicates": replicates, "keep": keep}


def _about(figure: Figure, note: Mapping[str, str]) -> dict[str, str]:
    """What a figure's file says of it: what it shows, and all it takes to make it again."""
    return {"Title": said(figure), "Description": "; ".join(f"{key}: {value}" for key, value in note.items())}


def svg_of(figure: Figure, note: Mapping[str, str]) -> bytes:
    """A figure as SVG with its provenance.

    Text stays text: smaller, and it can be searched and read aloud. Lines are drawn to a tenth of a point, finer than
    any printer, in half the bytes.
    """
    file, about = BytesIO(), _about(figure, note)
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": about["Description"]}):
        figure.savefig(file, format="svg", metadata=about | {"Creator": note["model"], "Date": None})
    return re.sub(rb' d="[^"]*"', lambda path: re.sub(rb"(\.\d)\d+", rb"\1", path[0]), file.getvalue())


def png_of(figure: Figure, note: Mapping[str, str], dpi: int = 130, colours: int | None = None) -> bytes:
    """A figure as PNG with its provenance; with so many *colours* at most it is a fraction of the size."""
    file, about = BytesIO(), _about(figure, note) | {"Software": note["model"]}
    figure.savefig(file, format="png", dpi=dpi, metadata=about)
    if colours is None:
        return file.getvalue()
    small, kept = BytesIO(), PngInfo()
    for key, value in about.items():
        kept.add_itxt(key, value)
    with Image.open(file) as picture:
        picture.convert("RGB").quantize(colours).save(small, "PNG", optimize=True, pnginfo=kept)
    return small.getvalue()


def save_figure(folder: Path, name: str, figure: Figure, note: Mapping[str, str]) -> None:
    """Save a figure as PNG and SVG; both carry their provenance, and what they show in a sentence as their title."""
    figures = folder / "figures"
    figures.mkdir(exist_ok=True)
    (figures / f"{name}.png").write_bytes(png_of(figure, note))
    (figures / f"{name}.svg").write_bytes(svg_of(figure, note))


def write_codebook(folder: Path, resolved: Resolved, tables: Mapping[str, Iterable[Column]]) -> None:
    """A codebook for people with SPSS or Excel: the columns of each of the *tables* with unit, meaning and words."""
    rows = [
        (table, column.name, column.unit, column.meaning, ", ".join(words_of(column, resolved)))
        for table, columns in tables.items()
        for column in columns
    ]
    codebook = pd.DataFrame(rows, columns=["table", "column", "unit", "meaning", "words"])
    codebook.to_csv(folder / "codebook.csv", index=False)


def read_table(path: Path, rows: list[tuple[str, str, int]] | None = None) -> pa.Table:
    """A Parquet table without its metadata; *rows* as ``filters`` of ``pyarrow.parquet.read_table``."""
    try:
        return pq.read_table(path, filters=rows).replace_schema_metadata(None)
    except (pa.ArrowException, OSError):
        raise InputError(f"{path}: cannot be read as Parquet") from None


def read_tables(folder: Path) -> dict[str, pa.Table]:
    """The Parquet tables of a run, by name, without their metadata."""
    paths = {name: folder / f"{name}.parquet" for name in Tables._fields}
    return {name: read_table(path) for name, path in paths.items() if path.is_file()}


def refuse_existing(path: Path) -> None:
    """Refuse to write where something is already."""
    if path.exists():
        raise InputError(f"{path}: exists already and is not overwritten; choose another file with --out")


def replace_file(path: Path, text: str) -> None:
    """Write a text file in the place of an older one: it is the old or the new one, never half of either."""
    partial = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def write_new_file(path: Path, text: str) -> None:
    """Write a text file that appears whole or not at all, and never in the place of another."""
    refuse_existing(path)
    partial = path.with_name(f".{path.name}.partial-{os.getpid()}")
    try:
        partial.write_text(text, encoding="utf-8")
        os.link(partial, path)
    except FileExistsError:
        raise InputError(f"{path}: another process has written it meanwhile; it is not overwritten") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror or error})") from None
    finally:
        with suppress(OSError):
            partial.unlink()

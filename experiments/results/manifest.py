"""Manifests: the file in the folder of a saved result that says what it is and all it takes to compute it again."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from twoway.experiments.results.digests import DIGESTS, check_fields, checked, digests_of, saved_files
from twoway.experiments.results.folder import replace_file
from twoway.experiments.results.provenance import surroundings
from twoway.simulation import SCOPE
from twoway.simulation.data_files import DEEPEST, check_plain, read_file, read_toml
from twoway.simulation.errors import InputError
from twoway.simulation.extensions import load_extension
from twoway.simulation.parameters.scenario import FOLDERS, Resolved, Scenario, scenario_type

MANIFEST = "manifest.json"
FORMAT = 1
LARGEST_MANIFEST = 2**28
"""Bytes of the largest JSON file that is read."""
INPUTS = "inputs"
"""Folder of the copies of data files, inside that of a result."""
Manifest = dict[str, Any]
NOUNS = {"run": "a run", "comparison": "a comparison", "study": "a study"}
"""Names of kinds in messages; all other kinds are derived results."""


def noun(kind: str | None) -> str:
    """A kind of result as messages call it."""
    if kind is None:
        return "a run, a comparison, a study or a derived result"
    return NOUNS.get(kind, f"a derived result ({kind})")


def write_manifest(
    folder: Path, kind: str, note: Mapping[str, str], more: Mapping[str, object], scenario: Scenario | None = None
) -> None:
    """Write the manifest of a result.

    Parameters
    ----------
    folder
        Folder of the result.
    kind
        Kind of the result, as in ``RESULT_KINDS``.
    note
        Provenance by name.
    more
        Fields from which the result can be computed again.
    scenario
        Scenario of the result, of a comparison the first, saved with every number; None for none.
    """
    manifest = {
        "format": FORMAT,
        "kind": kind,
        **note,
        **more,
        **surroundings(),
        **({} if scenario is None else {"resolved_scenario": scenario.model_dump(mode="json")}),
        "scope": SCOPE,
    }
    save_manifest(folder, manifest, (path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST))


def save_manifest(folder: Path, manifest: Mapping[str, object], files: Iterable[Path]) -> None:
    """Write a whole manifest with its digests, in the place of an older one.

    Parameters
    ----------
    folder
        Folder of the result.
    manifest
        All its fields; digests among them are made anew.
    files
        Files below *folder* whose digests are written down: all that are opened again.
    """
    fields = {name: value for name, value in manifest.items() if name != DIGESTS}
    digests = digests_of(folder, json.loads(json.dumps(fields)), files)
    replace_file(folder / MANIFEST, json.dumps({**fields, DIGESTS: digests}, indent=2, ensure_ascii=False) + "\n")


def read_manifest(folder: Path, kind: str | None = None, needed: Iterable[str] = ()) -> Manifest:
    """Read the manifest of a saved result.

    Parameters
    ----------
    folder
        Folder of the result.
    kind
        Kind that the result must have; by default any.
    needed
        Fields that must be there.

    Raises
    ------
    InputError
        If the folder is not that of such a result, or the manifest is damaged or of another format.
    """
    path = folder / MANIFEST
    if not os.path.lexists(path):
        raise InputError(f"{folder}: is not the folder of {noun(kind)} (it has no {MANIFEST})")
    manifest = read_json(path)
    if not isinstance(manifest, dict):
        raise InputError(f"{path}: is damaged (it holds no fields)")
    found = manifest.get("kind")
    if kind is not None and found != kind:
        told = f"is the folder of {noun(found)}, not of" if isinstance(found, str) else "is not the folder of"
        raise InputError(f"{folder}: {told} {noun(kind)}")
    if not isinstance(found, str):
        raise InputError(f"{path}: is damaged (kind is missing)")
    if manifest.get("format") != FORMAT:
        raise InputError(f"{path}: has format {manifest.get('format')!r}; this version reads format {FORMAT}")
    for field in needed:
        if field not in manifest:
            raise InputError(f"{path}: is damaged ({field} is missing)")
    check_fields(path, manifest)
    return manifest


def read_json(path: Path) -> Any:
    """The data in a JSON file; ``InputError`` if it cannot be read, or holds what no file of a result does."""
    content = read_file(path, LARGEST_MANIFEST)
    try:
        data = json.loads(content.decode("utf-8"))
    except RecursionError:
        raise InputError(f"{path}: is damaged (it is nested more than {DEEPEST} deep)") from None
    except ValueError as error:
        raise InputError(f"{path}: is damaged ({error})") from None
    check_plain(path, data)
    return data


def saved_kind(folder: Path) -> str | None:
    """Kind of the result that a folder holds; None if it holds none."""
    try:
        return str(read_manifest(folder)["kind"])
    except InputError:
        return None


def seed_and_replicates(folder: Path, manifest: Manifest) -> tuple[int, int]:
    """Seed and number of replicates in a manifest.

    Parameters
    ----------
    folder
        Folder of the result, for the message.
    manifest
        Manifest with both fields.

    Raises
    ------
    InputError
        If one of them is no whole number.
    """
    for field in ("seed", "replicates"):
        if not str(manifest[field]).isdecimal():
            raise InputError(f"{folder / MANIFEST}: {field} = {manifest[field]!r}; it must be a whole number")
    return int(manifest["seed"]), int(manifest["replicates"])


def number_in(folder: Path, manifest: Manifest, field: str) -> float | None:
    """A number in a manifest; None if it is null or not there.

    Parameters
    ----------
    folder, manifest
        Folder of the result, and its manifest.
    field
        Name of the field.

    Raises
    ------
    InputError
        If something else stands there.
    """
    value = manifest.get(field)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise InputError(f"{folder / MANIFEST}: {field} = {value!r:.60}; it must be a number")
    return value


def copy_inputs(folder: Path, resolved: Resolved) -> dict[str, dict[str, str]]:
    """Copy data files and extensions of a scenario into the folder of a result.

    Parameters
    ----------
    folder
        New folder of the result.
    resolved
        Scenario with its data files and extensions.

    Returns
    -------
    ``name`` and ``sha256`` of each file, by its field of ``meaning`` or, of extensions, by the name of the copy without
    its ending.
    """
    inputs = folder / INPUTS
    inputs.mkdir()
    files = {}
    for field in FOLDERS:
        source = getattr(resolved, field).path
        content = read_file(source)
        (inputs / f"{field}.toml").write_bytes(content)
        files[field] = {"name": source.stem, "sha256": hashlib.sha256(content).hexdigest()}
    for number, extension in enumerate(resolved.extensions):
        copy = inputs / f"extension-{number}-{extension.path.name}"
        copy.write_bytes(read_file(extension.path))
        files[copy.stem] = {"name": extension.path.name, "sha256": extension.sha256}
    return files


def saved_scenario(
    folder: Path, manifest: Manifest, data: Mapping[str, object], where: str = "resolved_scenario"
) -> Scenario:
    """A scenario from a manifest, with the copies of data files and extensions in the folder.

    Parameters
    ----------
    folder, manifest
        Folder of the result, and its manifest.
    data
        Fields of the scenario in the manifest.
    where
        Field of the manifest that holds them, for messages.

    Raises
    ------
    InputError
        If the fields are no scenario, or a copy is missing or damaged.
    """
    files = saved_files(manifest, f"{INPUTS}/extension-*.py")
    extensions = tuple(load_extension(checked(folder, manifest, name)) for name in files)
    own = {"extensions": tuple(str(extension.path) for extension in extensions)}
    try:
        scenario = scenario_type(extensions).model_validate({**data, **own} if isinstance(data, Mapping) else data)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, [where, *first["loc"]]))
        raise InputError(f"{folder / MANIFEST}: {field}: {first['msg'][0].lower()}{first['msg'][1:]}") from None
    copies = {field: str(checked(folder, manifest, f"{INPUTS}/{field}.toml")) for field in FOLDERS}
    for path in copies.values():
        read_toml(Path(path))
    return scenario.model_copy(update={"meaning": scenario.meaning.model_copy(update=copies)})

"""Manifests hold all it takes to compute a result again."""

import hashlib
import json
import re

import pytest

from twoway.experiments.results.manifest import (
    copy_inputs,
    read_manifest,
    saved_kind,
    write_manifest,
)
from twoway.experiments.results.provenance import provenance
from twoway.experiments.runs.open import read_run
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import FOLDERS, Resolved, Scenario, load

NOTE = provenance("mine", 5, 2)


@pytest.fixture
def resolved():
    return Resolved(load("four-centres"))


def test_the_data_files_are_copied_with_their_digests(tmp_path, resolved):
    files = copy_inputs(tmp_path, resolved)
    assert set(files) == set(FOLDERS)
    for field, file in files.items():
        content = (tmp_path / "inputs" / f"{field}.toml").read_bytes()
        assert content == getattr(resolved, field).path.read_bytes()
        assert file["sha256"] == hashlib.sha256(content).hexdigest()
        assert file["name"] == getattr(resolved.scenario.meaning, field)


def test_a_manifest_gives_back_scenario_and_seed_with_the_copied_data(tmp_path, resolved):
    files = copy_inputs(tmp_path, resolved)
    more = {"detail": "days", "csv": False, "inputs": files}
    write_manifest(tmp_path, "run", NOTE, more, resolved.scenario)
    inputs, _ = read_run(tmp_path)
    assert (inputs.seed, inputs.replicates, inputs.detail) == (5, 2, "days")
    same = {"meaning": resolved.scenario.meaning}
    assert inputs.scenario.model_copy(update=same) == resolved.scenario
    assert inputs.scenario.meaning.frames == str(tmp_path / "inputs" / "frames.toml")
    assert Resolved(inputs.scenario).frames.names == resolved.frames.names


def test_a_scenario_with_every_digit_survives_the_manifest(tmp_path, resolved):
    context = resolved.scenario.context.model_copy(update={"control": 1 / 3, "formality": 0.1 + 0.2})
    scenario = resolved.scenario.model_copy(update={"context": context})
    copy_inputs(tmp_path, resolved)
    write_manifest(tmp_path, "run", NOTE, {"detail": "days"}, scenario)
    assert read_run(tmp_path)[0].scenario.context == context


def test_a_manifest_says_in_what_surroundings_the_run_was_made(tmp_path):
    write_manifest(tmp_path, "run", NOTE, {"detail": "events"}, Scenario())
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert {"numpy", "numba", "pandas", "pyarrow", "mesa"} <= set(manifest["packages"])
    assert all(re.match(r"\d+\.\d+", number) for number in manifest["packages"].values())
    assert re.fullmatch(r"3\.\d+\.\d+", manifest["python"])
    assert "no forecast" in manifest["scope"]


@pytest.mark.parametrize("kind", ["run", "comparison", "study"])
def test_a_folder_of_another_kind_is_refused_by_what_it_is(tmp_path, kind):
    write_manifest(tmp_path, "scoreboard", NOTE, {})
    with pytest.raises(InputError, match=rf"is the folder of a derived result \(scoreboard\), not of a {kind}"):
        read_manifest(tmp_path, kind)
    assert saved_kind(tmp_path) == "scoreboard"


def test_a_folder_without_a_manifest_is_no_result(tmp_path):
    assert saved_kind(tmp_path) is None
    with pytest.raises(InputError, match="is not the folder of a run, a comparison, a study or a derived result"):
        read_manifest(tmp_path)

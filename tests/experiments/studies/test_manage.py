"""A study that is kept can be made larger, joined, handed on and checked, and nothing that was run is lost."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.support.tiny_study import same, tiny

from twoway.experiments.studies import worker
from twoway.experiments.studies.designs import LatinHypercube, MorrisDesign, SobolDesign, Span
from twoway.experiments.studies.manage import export, extend, merge, replay, replay_sample
from twoway.experiments.studies.run import resume, run_study
from twoway.experiments.studies.store import SHARDS, Store
from twoway.simulation.errors import InputError

# More of it


def test_more_replicates_are_added_to_those_there_are(tmp_path, whole_table):
    folder = tmp_path / "s"
    run_study(tiny(replicates=2), folder, workers=1)
    shards = {path: path.read_bytes() for path in (folder / SHARDS).iterdir()}
    assert extend(folder, replicates=4).status().missing == 12
    assert same(resume(folder, workers=1).table, whole_table)
    assert all(path.read_bytes() == content for path, content in shards.items())


@pytest.mark.parametrize(
    ("design", "points"), [(LatinHypercube(size=4), 10), (SobolDesign(size=4), 32), (MorrisDesign(size=4), 30)]
)
def test_a_larger_design_keeps_the_points_it_had(tmp_path, design, points):
    study = tiny(
        design=design,
        inputs={"context.control": Span(high=4.0), "learning.perceptual_noise": Span(low=1.0)},
        replicates=1,
    )
    first = run_study(study, tmp_path / "s", workers=1).table
    extend(tmp_path / "s", size=8 if isinstance(design, SobolDesign) else 10)
    result = resume(tmp_path / "s", workers=1)
    assert result.status.points == points
    assert same(result.table.iloc[: len(first)], first)


def test_a_larger_sobol_design_is_the_one_a_larger_study_would_have(tmp_path):
    fields = {"inputs": {"context.control": Span(), "learning.perceptual_noise": Span()}, "replicates": 1}
    Store.create(tmp_path / "s", tiny(design=SobolDesign(size=4), **fields))
    larger, _ = tiny(design=SobolDesign(size=16), **fields).points()
    extended = extend(tmp_path / "s", size=16)
    pd.testing.assert_frame_equal(extended.design[list(larger)], larger)
    assert extended.study.design == SobolDesign(size=16)


def test_points_can_be_added_but_not_twice(tmp_path):
    folder = tmp_path / "s"
    run_study(tiny(replicates=1), folder, workers=1)
    more = pd.DataFrame({"context.strictness": [0.25, 0.5], "learning.perceptual_noise": [0.8, 0.8]})
    assert extend(folder, points=more).status().points == 7, "one of the two was there"
    with pytest.raises(InputError, match="holds all of them already"):
        extend(folder, points=more)
    with pytest.raises(InputError, match="inputs are"):
        extend(folder, points=more[["learning.perceptual_noise"]].iloc[:1])


# Handed on, checked, joined


def test_an_exported_table_says_what_its_columns_mean(tmp_path, whole_table):
    run_study(tiny(), tmp_path / "s", workers=1)
    for name in ("t.csv", "t2.parquet"):
        table, codebook = export(tmp_path / "s", tmp_path / name)
        read = pd.read_csv(table) if name.endswith("csv") else pd.read_parquet(table)
        assert list(pd.read_csv(codebook)["column"]) == list(read.columns) == list(whole_table.columns)
        assert pd.read_csv(codebook)[["unit", "meaning"]].notna().all(axis=None)
        assert np.allclose(read["client_tone"], whole_table["client_tone"], rtol=1e-6)
        with pytest.raises(InputError, match="exists already"):
            export(tmp_path / "s", tmp_path / name)
    with pytest.raises(InputError, match=r"must end in \.csv or \.parquet"):
        export(tmp_path / "s", tmp_path / "t.xlsx")


def test_runs_made_again_are_equal_and_changed_ones_are_found(tmp_path, monkeypatch):
    folder = tmp_path / "s"
    table = run_study(tiny(), folder, workers=1).table
    assert all(again.equal for again in replay_sample(folder, None))
    assert len(list(replay_sample(folder, 5))) == 5
    again = replay(folder, table["run"].iloc[7])
    assert again.equal
    assert again.now["client_tone"] == table["client_tone"].iloc[7]
    monkeypatch.setattr(worker, "compute_outcomes", lambda outcomes, _: [0.5] * len(list(outcomes)))
    assert not any(again.equal for again in replay_sample(folder, 5))
    with pytest.raises(InputError, match="has no such run"):
        replay(folder, "nothing-1")


def test_folders_of_different_studies_are_not_merged(tmp_path):
    run_study(tiny(replicates=1), tmp_path / "a", workers=1)
    run_study(tiny(replicates=1, seed=2), tmp_path / "b", workers=1)
    with pytest.raises(InputError, match="seed differs"):
        merge([tmp_path / "a", tmp_path / "b"], tmp_path / "c")
    assert not (tmp_path / "c").exists()


def test_three_parts_in_folders_of_their_own_are_the_whole_when_merged(tmp_path, whole_table):
    parts = [tmp_path / f"part-{i}" for i in (1, 2, 3)]
    counts = [run_study(tiny(), part, workers=1, shard=(i, 3)).status.done for i, part in enumerate(parts, 1)]
    assert counts == [8, 8, 8]
    merged = merge(parts, tmp_path / "merged")
    assert same(merged.table(), whole_table)
    assert all(Store(part).status().done == 8 for part in parts), "merging leaves the parts as they were"

"""Memory is a promise: a run is written, measured and verified some rows at a time, and the numbers are the same."""

import tracemalloc
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twoway.analysis.clustering import accounts_in
from twoway.analysis.measures.all_measures import MeasuredRun, measures
from twoway.analysis.measures.estimates import compact_weights
from twoway.analysis.statistics.bootstrap import drawn_sums, resampling_weights
from twoway.experiments.results.result import verify
from twoway.experiments.runs import run as runs
from twoway.experiments.runs.measured import measured
from twoway.experiments.runs.run import fitting_threads, foreseen, run_and_save
from twoway.simulation.parameters.scenario import load
from twoway.simulation.run import Detail, PreparedScenario
from twoway.simulation.tables import Tables, run

SMALL = load("four-centres", {"design.days": 40, "context.turnover": 2})
CENTRES = 24


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A run of 24 centres."""
    return run_and_save(SMALL, "four-centres", tmp_path_factory.mktemp("runs") / "run", replicates=6)


@pytest.fixture(scope="module")
def at_once(saved):
    """Its measures from whole tables."""
    return measures(saved.read_tables(), saved.resolved)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.sets(st.integers(1, CENTRES - 1), max_size=5))
def test_measures_are_the_same_in_whatever_batches_the_centres_come(saved, at_once, cuts):
    stays = saved.stays
    sums = MeasuredRun(stays.read("dyads"), stays.count("events"), saved.resolved)
    bounds = [0, *sorted(cuts), CENTRES]
    for first, end in pairwise(bounds):
        sums.add(stays.tables(range(first, end)))
    pd.testing.assert_frame_equal(sums.measures(), at_once, check_exact=False, rtol=1e-12, atol=1e-14)


def test_a_saved_run_is_measured_as_its_tables_are(saved, at_once):
    known = measured(saved)
    pd.testing.assert_frame_equal(known.measures, at_once, check_exact=False, rtol=1e-12, atol=1e-14)
    days = saved.read_tables().days
    pd.testing.assert_frame_equal(known.accounts, accounts_in(days, saved.resolved, known.interviewed))


def test_parts_cover_every_centre_once_and_are_counted_in_rows(saved):
    stays = saved.stays
    for rows in (1, 2_000, 10**9):
        parts = list(stays.parts(rows=rows))
        assert [centre for part in parts for centre in part] == list(range(CENTRES))
    assert len(list(stays.parts(rows=1))) == CENTRES
    assert len(list(stays.parts(rows=10**9))) == 1


@pytest.mark.parametrize("detail", ["events", "days", "dyads"])
def test_a_run_is_the_same_whether_centres_are_written_whole_or_in_parts(tmp_path, monkeypatch, detail):
    monkeypatch.setattr(runs, "ROWS_AT_ONCE", 37)  # a part of a centre
    folder = run_and_save(SMALL, "four-centres", tmp_path / "run", seed=2, replicates=2, detail=detail).folder
    tables = run(SMALL, seed=2, replicates=2, detail=detail)
    for name in Tables._fields[("events", "days", "dyads").index(detail) :]:
        written = pd.read_parquet(folder / f"{name}.parquet")
        whole = getattr(tables, name)
        pd.testing.assert_frame_equal(written[list(whole)], whole, check_exact=True)
    assert verify(folder).same


def held(prepared, replicates, seen):
    """Most rows that any sink was handed at once, and most memory that Python's objects took."""

    class Sink:
        def write(self, rows):
            seen.append(len(rows))

        def close(self):
            pass

    tracemalloc.start()
    runs._simulate_into({"events": Sink(), "days": Sink()}, prepared, 1, replicates, Detail.EVENTS, 1, False)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_four_times_as_many_stays_take_no_more_memory_to_simulate_and_hand_on(monkeypatch):
    monkeypatch.setattr(runs, "ROWS_AT_ONCE", 2_000)
    prepared, seen = PreparedScenario(load("ordinary", {"design.days": 30})), []
    held(prepared, 1, seen)
    few, many = held(prepared, 4, seen), held(prepared, 16, seen)
    assert max(seen) <= 2_000
    assert many < 1.1 * few


def test_four_times_as_many_stays_take_little_more_memory_to_measure(tmp_path):
    def peak(replicates):
        saved = run_and_save(SMALL, "four-centres", tmp_path / str(replicates), replicates=replicates)
        stays = saved.stays
        sums = MeasuredRun(stays.read("dyads"), stays.count("events"), saved.resolved)
        tracemalloc.start()
        for tables in stays.batches(rows=2_000):
            sums.add(tables)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(1)
    few, many = peak(2), peak(8)
    assert many - few < 6 * 16 * 20_000, "20 kB for each dyad; its events alone take 60 kB"


def test_large_centres_are_simulated_one_at_a_time_and_small_ones_on_all_threads():
    design = load("ordinary").design
    assert fitting_threads(design, Detail.EVENTS, 4) == 4
    assert fitting_threads(design.model_copy(update={"clients": 1000}), Detail.EVENTS, 4) == 1
    assert fitting_threads(design.model_copy(update={"clients": 1000}), Detail.DYADS, 4) == 1
    assert fitting_threads(design, Detail.EVENTS, 16, scenarios=4) < 16


@given(units=st.integers(2, 400), seed=st.integers(0, 2**32))
@settings(max_examples=20, deadline=None)
def test_compact_weights_are_the_same_draws(units, seed):
    weights = compact_weights(units, 30, seed)
    assert np.array_equal(weights, resampling_weights(units, 30, seed))
    parts = np.random.default_rng(seed).normal(size=(units, 3))
    np.testing.assert_allclose(drawn_sums(weights, parts), weights.astype(float) @ parts, rtol=1e-10, atol=1e-10)


def test_the_size_of_a_run_is_foretold_to_a_few_percent(tmp_path):
    prepared = PreparedScenario(SMALL)
    note = {"seed": "1", "replicates": "20", "scenario": "four-centres"}
    said = foreseen(prepared, note, Detail.EVENTS, True, 2)
    assert said.startswith("320 dyad-stays: about ")
    folder = run_and_save(SMALL, "four-centres", tmp_path / "run", replicates=20, csv=True).folder
    size = sum((folder / f"{name}.{ending}").stat().st_size for name in Tables._fields for ending in ("csv", "parquet"))
    foretold = float(said.rpartition("about ")[2].removesuffix(" MB.").replace(",", ""))
    assert foretold == pytest.approx(size / 1e6, rel=0.3)

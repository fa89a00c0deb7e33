"""Measures of the same people in two contexts: the same numbers as elsewhere, and differences that are differences."""

import pytest

from twoway.analysis.measures.all_measures import measures
from twoway.analysis.measures.paired_measures import measure_differences, run_sums
from twoway.analysis.patterns import with_patterns
from twoway.analysis.tables import sentiment_of
from twoway.simulation.parameters.scenario import Resolved, changed, load
from twoway.simulation.tables import run


@pytest.fixture(scope="module")
def scenario():
    return load("four-centres", {"design.days": 60, "context.turnover": 1})


@pytest.fixture(scope="module")
def whole(scenario):
    return run(scenario, replicates=8)


@pytest.fixture(scope="module")
def here(whole, scenario):
    return run_sums(whole, Resolved(scenario))


@pytest.fixture(scope="module")
def there(scenario):
    other = changed(scenario, {"context.control": 6})
    return run_sums(run(other, replicates=8), Resolved(other))


def test_each_measure_is_what_the_measure_of_that_name_is_elsewhere(here, whole, scenario):
    known = measures(whole, Resolved(scenario)).set_index(["measure", "group"])["estimate"]
    table = measure_differences(here, here)
    assert len(table) == len(here.sums) > 0
    for row in table.itertuples():
        assert row.first == pytest.approx(known[row.measure, row.group], nan_ok=True), row.measure


def test_nothing_differs_from_itself(here):
    table = measure_differences(here, here).dropna()
    assert (table[["difference", "low", "high", "se"]] == 0).all(axis=None)


def test_the_way_back_is_the_way_there_with_the_sign_turned(here, there):
    to, back = measure_differences(here, there), measure_differences(there, here)
    assert to["difference"].to_numpy() == pytest.approx(-back["difference"].to_numpy(), nan_ok=True)
    assert to["low"].to_numpy() == pytest.approx(-back["high"].to_numpy(), nan_ok=True)


def test_patterns_are_those_of_the_dyads_table_with_a_row_per_replicate(here, whole):
    assert here.patterns.shape == (8, len(whole.dyads) // 8)
    assert here.patterns.ravel().tolist() == with_patterns(whole.dyads)["pattern"].cat.codes.tolist()


def test_acts_that_were_not_read_as_bad_may_be_left_out(here, whole, scenario):
    resolved = Resolved(scenario)
    bad = sentiment_of(whole.events["seen"], resolved) < 0
    less = run_sums(whole._replace(events=whole.events[bad]), resolved)
    for kept, all_of_it in zip(less.sums, here.sums, strict=True):
        assert kept.parts == pytest.approx(all_of_it.parts)

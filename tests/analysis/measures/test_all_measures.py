"""All measures of tiny real runs: every row is explained, nothing is silently missing."""

import numpy as np
import pandas as pd
import pytest

from twoway.analysis.measures import beginnings
from twoway.analysis.measures.all_measures import ALL, OF_EVENTS, codebook, measures
from twoway.analysis.measures.estimates import BOUNDS, COLUMNS
from twoway.analysis.measures.keyworkers import OF_DYADS
from twoway.analysis.measures.panel import OF_DAYS
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import Resolved, load
from twoway.simulation.run import PreparedScenario
from twoway.simulation.tables import Tables, run


@pytest.fixture(scope="module")
def scenario():
    return load("four-centres", {"design.days": 60, "context.turnover": 2})


@pytest.fixture(scope="module")
def tables(scenario):
    return run(scenario, replicates=6)


@pytest.fixture(scope="module")
def result(tables, scenario):
    return measures(tables, Resolved(scenario), day=45)


def test_every_measure_of_the_codebook_is_there_and_no_other(result):
    book = codebook()
    assert book["measure"].is_unique
    assert list(dict.fromkeys(result["measure"])) == list(book["measure"])
    assert (book != "").all(axis=None)


def test_every_row_has_its_unit_and_meaning_and_stands_once(result):
    assert tuple(result) == COLUMNS
    assert not result.duplicated(["measure", "group"]).any()
    assert result[["unit", "meaning", "counted", "interval"]].notna().all(axis=None)


def test_what_is_not_known_says_why(result):
    missing, without = result["estimate"].isna(), result["low"].isna()
    assert result[missing]["interval"].str.startswith("not estimated: ").all()
    assert result[without & ~missing]["interval"].str.startswith("no interval: ").all()
    assert not result[~without]["interval"].str.contains("no interval|not estimated").any()
    assert (~missing).mean() > 0.9


def test_intervals_are_in_order_and_shares_are_shares(result):
    known = result.dropna(subset=["low"])
    assert (known["low"] <= known["high"]).all()
    differences = result["measure"].isin(["same_balance_difference", "attribution_excess"])
    shares = result[(result["unit"] == "share") & ~differences]["estimate"].dropna()
    assert shares.between(0, 1).all()
    assert result[differences]["estimate"].dropna().between(-1, 1).all()


def test_measures_by_day_and_by_seed(tables, scenario, result):
    resolved = Resolved(scenario)
    pd.testing.assert_frame_equal(measures(tables, resolved, day=45), result)
    other = measures(tables, resolved, day=45, seed=1)
    differ = set(result["measure"][~np.isclose(result["estimate"], other["estimate"], equal_nan=True)])
    assert differ <= {
        "rating_correlation", "rating_correlation_change", "felt_coercion_and_rating", "coercion_slope", "warm_staff",
        "explained_by_what_is_brought",
    }  # fmt: skip
    assert differ, "rating noise goes by the seed"
    assert not measures(tables, resolved, day=30)["estimate"].equals(result["estimate"])


def test_the_order_of_rows_changes_nothing(tables, scenario, result):
    turned = Tables(tables.events, *(table.iloc[::-1] for table in tables[1:]))
    pd.testing.assert_frame_equal(measures(turned, Resolved(scenario), day=45), result)


@pytest.mark.slow
@pytest.mark.parametrize(
    "changes",
    [
        {"design.centres": 1, "design.clients": 1, "design.days": 1},
        {"design.centres": 1, "design.clients": 1, "design.days": 35},
        {"design.days": 31, "context.caseload": 1},
        {"design.days": 10, "context.control": 0, "context.requests": 0, "context.everyday": 0, "context.planned": 0},
        {"design.days": 10, "context.turnover": 4},
    ],
    ids=str,
)
def test_little_to_measure_is_no_trouble(changes):
    scenario = load("four-centres", changes)
    table = measures(run(scenario), Resolved(scenario), day=scenario.design.days)
    assert set(table["measure"]) <= set(codebook()["measure"])
    assert table[table["estimate"].isna()]["interval"].str.startswith("not estimated: ").all()


@pytest.mark.parametrize(
    ("name", "column"),
    [
        *(("events", column) for column in OF_EVENTS),
        *(("days", column) for column in OF_DAYS),
        *(("dyads", column) for column in dict.fromkeys((*OF_DYADS, *beginnings.OF_DYADS))),
        ("days", "strain"),
    ],
)
def test_a_missing_column_is_refused_by_name(tables, scenario, name, column):
    without = tables._replace(**{name: getattr(tables, name).drop(columns=column)})
    with pytest.raises(InputError, match=f"{name}: the column '{column}' is missing"):
        measures(without, Resolved(scenario), day=45)


@pytest.mark.slow
@pytest.mark.parametrize("replicates", [1, 4])
def test_no_interval_goes_beyond_what_a_number_can_be_and_each_holds_its_estimate(replicates):
    prepared, declared = PreparedScenario(load("ordinary")), {measure.name: measure for measure in ALL}
    for seed in range(4):
        table = measures(run(prepared, seed=seed, replicates=replicates), prepared.resolved)
        for row in table.dropna(subset=["estimate"]).itertuples():
            measure = declared[row.measure]
            least, most = measure.bounds or BOUNDS.get(measure.unit, (-np.inf, np.inf))
            assert least <= row.estimate <= most, row
            if not np.isnan(row.low):
                assert least <= row.low <= row.estimate <= row.high <= most, row


def test_tables_and_days_that_were_not_kept_are_refused(tables, scenario):
    with pytest.raises(InputError, match="events: the table is empty"):
        measures(run(scenario, detail="days"), Resolved(scenario), day=45)
    with pytest.raises(InputError, match="day = 90; the table of days holds day 1 to 60"):
        measures(tables, Resolved(scenario), day=90)

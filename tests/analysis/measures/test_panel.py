"""The days table as arrays: whatever the order of its rows; what is missing is refused in words."""

import numpy as np
import pandas as pd
import pytest
from tests.support.handmade import days

from twoway.analysis.measures.panel import panel
from twoway.analysis.tables import require_columns
from twoway.simulation.errors import InputError

RATING = np.arange(24.0).reshape(2, 4, 3)


def test_client_and_keyworker_dyads_and_days_stand_where_they_belong():
    view = panel(days(RATING, centres=[0, 0, 1, 1], negativity=0.5, felt_coercion=2.0))
    assert np.array_equal(view.rating, RATING)
    assert (view.negativity == 0.5).all()
    assert (view.felt_coercion == 2).all()
    assert view.dyads["centre"].tolist() == [0, 0, 1, 1]
    assert view.dyads["dyad"].tolist() == [0, 1, 0, 1]
    assert view.days.tolist() == [1, 2, 3]
    assert view.at(2) == 1


def test_it_does_not_matter_in_which_order_the_rows_come():
    table = days(RATING)
    shuffled = table.sample(frac=1, random_state=1)
    for one, other in zip(panel(table), panel(shuffled), strict=True):
        assert np.array_equal(one, other)


def test_a_day_that_was_not_kept_is_refused_with_those_that_were():
    with pytest.raises(InputError, match="day = 4; the table of days holds day 1 to 3"):
        panel(days(RATING)).at(4)


@pytest.mark.parametrize("column", ["day", "party", "positivity", "felt_coercion", "predecessors"])
def test_a_missing_column_is_named(column):
    with pytest.raises(InputError, match=f"days: the column '{column}' is missing"):
        panel(days(RATING).drop(columns=column))


def test_a_misspelt_column_has_its_nearest_neighbour_named():
    with pytest.raises(InputError, match="did you mean 'positivty'"):
        panel(days(RATING).rename(columns={"positivity": "positivty"}))


def test_an_empty_table_says_how_to_get_a_full_one():
    with pytest.raises(InputError, match="events: the table is empty; keep = 'events'"):
        require_columns(pd.DataFrame({"day": []}), "events", ["day"])


@pytest.mark.parametrize("change", [lambda t: t.iloc[1:], lambda t: pd.concat([t, t.iloc[:1]])])
def test_a_dyad_with_a_row_too_few_or_too_many_is_named(change):
    with pytest.raises(InputError, match="dyad 0 of centre 0 in replicate 0 has not exactly one row"):
        panel(change(days(RATING)))


def test_an_event_of_a_dyad_without_days_is_refused():
    view = panel(days(RATING))
    events = pd.DataFrame({"replicate": [0, 3], "centre": [1, 0], "dyad": [0, 0]})
    with pytest.raises(InputError, match="events: dyad 0 of centre 0 in replicate 3 is not in the table of days"):
        view.rows_of(events, "events")
    assert view.rows_of(events.iloc[:1], "events").tolist() == [1]

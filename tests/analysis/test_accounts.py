"""What each of the two would say, as numbers: from its own state and readings alone."""

import pandas as pd
import pytest

from twoway.analysis.accounts import (
    PARTY,
    REMEMBERING,
    accounts,
    dyad_tables,
    memories,
    pair_of_accounts,
    weighted_readings,
)
from twoway.analysis.tables import DYAD
from twoway.simulation.affect_control.frames import KINDS, ROLES
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import Resolved, load
from twoway.simulation.tables import run

SCENARIO = load("four-centres", {"design.days": 30, "context.turnover": 3})
RESOLVED = Resolved(SCENARIO)
DAY = 24


@pytest.fixture(scope="module")
def tables():
    """Two replicates of four centres, a month each, with many a change of keyworker."""
    return run(SCENARIO, replicates=2)


@pytest.fixture(scope="module")
def table(tables):
    return accounts(tables, RESOLVED, DAY)


def test_every_party_of_every_dyad_gives_one_account(tables, table):
    assert len(table) == 2 * len(tables.dyads)
    assert not table.duplicated(PARTY).any()


def test_an_account_has_the_tone_of_that_day(tables, table):
    now = tables.days[tables.days["day"] == DAY].set_index(PARTY)
    mine = table.set_index(PARTY)
    for column in ("positivity", "negativity", "tension", "felt_coercion", "distance"):
        assert (mine[column] == now[column].loc[mine.index]).all()


def test_the_kinds_of_frames_share_the_definition_among_them(table):
    assert table[list(KINDS)].sum(axis=1).to_numpy() == pytest.approx(1.0)
    assert table[[f"{kind}_expected" for kind in KINDS]].sum(axis=1).to_numpy() == pytest.approx(1.0)
    assert (table["leading_share"] >= table["second_share"]).all()


def test_trouble_is_put_down_to_three_sources_that_share_it_or_to_none(table):
    trouble = table[["trouble_role", "trouble_strain", "trouble_person"]]
    some = trouble.notna().all(axis=1)
    assert some.any()
    assert trouble[some].sum(axis=1).to_numpy() == pytest.approx(1.0)
    assert trouble[~some].isna().all(axis=None)


def test_only_clients_feel_coerced(table):
    assert (table.loc[table["party"] == "keyworker", "felt_coercion"] == 0).all()
    assert (table.loc[table["party"] == "client", "felt_coercion"] > 0).any()


def test_the_other_sides_view_does_not_change_an_account(tables, table):
    theirs = tables.days.copy()
    other = theirs["party"] == "keyworker"
    theirs.loc[other, "positivity"] += 3.0
    again = accounts(tables._replace(days=theirs), RESOLVED, DAY)
    pd.testing.assert_frame_equal(again[again["party"] == "client"], table[table["party"] == "client"])


def test_what_happens_later_does_not_change_an_account(tables, table):
    earlier = tables._replace(events=tables.events[tables.events["day"] <= DAY])
    pd.testing.assert_frame_equal(accounts(earlier, RESOLVED, DAY), table)


def test_a_new_keyworker_tells_of_her_own_expectation_and_remembers_nothing_of_her_predecessor(tables, table):
    changes = tables.events[(tables.events["event"] == "new_keyworker") & (tables.events["day"] <= DAY)]
    last = changes.drop_duplicates(DYAD, keep="last")
    assert len(last)
    remembered = memories(weighted_readings(tables, RESOLVED, DAY))
    for change in last.itertuples():
        mine = (remembered[DYAD] == [change.replicate, change.centre, change.dyad]).all(axis=1)
        hers = remembered[mine & (remembered["party"] == "keyworker")]
        assert (hers["day"] > change.day).all()
    first = accounts(tables, RESOLVED, 1)
    joined = table.merge(first, on=PARTY, suffixes=("", "_at_first"))
    moved = (joined["personal_expected"] != joined["personal_expected_at_first"]) & (joined["party"] == "keyworker")
    assert moved.any()
    assert not (moved & (joined["party"] == "client")).any()


def test_the_weightiest_events_are_what_counted_most_and_lately(tables):
    read = weighted_readings(tables, RESOLVED, DAY)
    remembered = memories(read)
    assert remembered.groupby([*PARTY, remembered["felt"] < 0], observed=True).size().max() <= 2
    own = read[~(read["former"] & (read["party"] == "keyworker"))]
    own = own[(own["felt"] < 0) | (own["evaluation"] >= REMEMBERING.worth)]
    remembered = remembered[remembered.index.isin(own.index)]
    pd.testing.assert_series_equal(
        remembered.groupby(PARTY, observed=True)["weight"].max(), own.groupby(PARTY, observed=True)["weight"].max()
    )


def test_memory_holds_what_was_seen_and_not_what_was_done(tables):
    client, keyworker = pair_of_accounts(tables, RESOLVED, (0, 1, 2), DAY)
    events = dyad_tables(tables, (0, 1, 2)).events
    for account, actor in ((client, "keyworker"), (keyworker, "client")):
        for memory in (*account.good, *account.bad):
            rows = events[(events["day"] == memory.day) & (events["actor"] == actor) & (events["seen"] == memory.seen)]
            assert len(rows) >= 1


def test_the_record_says_what_the_table_says(tables, table):
    client, keyworker = pair_of_accounts(tables, RESOLVED, (1, 2, 3), DAY)
    mine = table[(table[DYAD] == [1, 2, 3]).all(axis=1)].set_index("party")
    for account in (client, keyworker):
        row = mine.loc[account.party]
        assert account.leading == row["leading"]
        for name in ("positivity", "negativity", "ambivalence", "personal", "felt_coercion", "met"):
            assert account.state[name] == row[name]


@pytest.mark.parametrize("day", [0, 31, -1])
def test_a_day_outside_the_stay_is_refused(tables, day):
    with pytest.raises(InputError, match="days 1 to 30"):
        accounts(tables, RESOLVED, day)


def test_a_dyad_that_does_not_exist_is_refused(tables):
    with pytest.raises(InputError, match="no dyad 9 of centre 1"):
        dyad_tables(tables, (0, 1, 9))


@pytest.mark.parametrize(
    ("table", "column"), [("events", "person_share"), ("days", "negativity"), ("dyads", "client_formal_first")]
)
def test_a_missing_column_is_refused_by_name(tables, table, column):
    without = getattr(tables, table).drop(columns=column)
    with pytest.raises(InputError, match=f"{table}: the column '{column}' is missing"):
        accounts(tables._replace(**{table: without}), RESOLVED, DAY)


def test_a_run_that_kept_no_events_cannot_give_accounts(tables):
    with pytest.raises(InputError, match="keep = 'events'"):
        accounts(tables._replace(events=tables.events.iloc[:0]), RESOLVED, DAY)


def test_both_sides_are_told_in_their_order(tables):
    assert tuple(account.party for account in pair_of_accounts(tables, RESOLVED, (0, 0, 0), DAY)) == ROLES

"""The Mesa model as Mesa users use it: plain numbers, batch runs, and a data collector that knows the patterns."""

from __future__ import annotations

import pandas as pd
import pytest
from mesa.batchrunner import batch_run

import twoway
from twoway.analysis.measures.panel import panel
from twoway.analysis.measures.ruptures import find_ruptures
from twoway.analysis.patterns import by_day
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import load

NUMBERS = {"days": 30, "clients": 5, "turnover": 2.0}
SCENARIO = load("strict-and-opaque", {"design.days": 30, "design.clients": 5, "context.turnover": 2.0})


@pytest.fixture(scope="module")
def collected() -> pd.DataFrame:
    centre = twoway.Centre("strict-and-opaque", seed=7, **NUMBERS)
    while centre.running:
        centre.step()
    return centre.datacollector.get_model_vars_dataframe().set_index("day")


@pytest.fixture(scope="module")
def tables() -> twoway.Tables:
    return twoway.run(SCENARIO, seed=7)


def test_plain_numbers_are_those_of_the_scenario() -> None:
    assert twoway.Centre("strict-and-opaque", **NUMBERS).prepared.scenario == SCENARIO
    again = twoway.Centre(twoway.Centre(SCENARIO).prepared, control=1.5)
    assert again.prepared.scenario.context.control == 1.5


@pytest.mark.parametrize(("number", "words"), [("contrl", "did you mean 'control'"), ("control", "from 0 to 14")])
def test_a_number_that_cannot_be_is_refused_with_the_nearest_or_the_range(number: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        twoway.Centre("ordinary", **{number: 99.0})


def test_the_collector_notes_the_shares_of_patterns_that_the_tables_have(
    collected: pd.DataFrame, tables: twoway.Tables
) -> None:
    patterns = by_day(tables.days)
    for short, name in (("friendly", "friendly and trustful"), ("conflicted", "ambivalent and conflicted")):
        there = (patterns["pattern"] == name).groupby(patterns["day"]).mean()
        assert collected[short].iloc[1:].tolist() == pytest.approx(there.tolist())
    assert (collected[["friendly", "polite", "conflicted"]].sum(axis=1) - 1).abs().max() < 1e-12


def test_the_collector_notes_the_mean_tone_that_the_tables_have(collected: pd.DataFrame, tables: twoway.Tables) -> None:
    for role in ("client", "keyworker"):
        mine = tables.days[tables.days["party"] == role].groupby("day")
        for name in ("positivity", "negativity"):
            there = mine[name].mean()
            assert collected[f"{role}_{name}"].iloc[1:].tolist() == pytest.approx(there.tolist())


def test_the_collector_counts_the_ruptures_that_the_measures_find(
    collected: pd.DataFrame, tables: twoway.Tables
) -> None:
    found = find_ruptures(panel(tables.days))
    assert collected["ruptures"].iloc[-1] == len(found) > 0
    assert collected["ruptures"].is_monotonic_increasing


def test_a_batch_run_ends_with_the_stay_and_reports_its_last_day() -> None:
    wanted = {"scenario": "strict-and-opaque", "control": [1.0, 5.0], "seed": 7, "days": 4, "clients": 2}
    rows = pd.DataFrame(batch_run(twoway.Centre, wanted, display_progress=False))
    assert set(rows["day"]) == {4}
    tones = rows.groupby("control")["client_positivity"].first()
    for control, tone in tones.items():
        changes = {"context.control": control, "design.days": 4, "design.clients": 2}
        days = twoway.run(load("strict-and-opaque", changes), seed=7).days
        assert tone == days.loc[(days["day"] == 4) & (days["party"] == "client"), "positivity"].mean()


def test_steps_after_the_last_day_change_nothing() -> None:
    centre = twoway.Centre("ordinary", days=2, clients=2)
    for _ in range(2):
        centre.step()
    then = centre.records()
    for _ in range(3):
        centre.step()
    assert not centre.running
    assert centre.day == 2
    assert (centre.records().days == then.days).all()
    assert len(centre.datacollector.get_model_vars_dataframe()) == 3

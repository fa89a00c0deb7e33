"""The landscape of a process that is known is found again, and its points of rest."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.double_well import NOISE, RATE, WELL, drift, well_paths

from twoway import load, run
from twoway.analysis.landscape.drift import (
    LAG,
    VIEWS,
    drift_field,
    dyad_paths,
    interpolate,
    landscape_grid,
    landscape_view,
    leaning,
    movements_of,
    sum_movements,
)
from twoway.analysis.landscape.fixed_points import (
    HOLDS,
    PASS,
    basins,
    find_rest_points,
    node_places,
    noisy_paths,
    rest_point_shifts,
    rest_points_of,
    splitting_probabilities,
)
from twoway.analysis.landscape.markov_checks import check_markov, forecast_skill
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import Resolved

UNITS = 50
GRID = landscape_grid(WELL, bandwidth=0.03)


@pytest.fixture(scope="module")
def well():
    """Movements of the double well, their sums, and the field."""
    some = movements_of(well_paths(units=UNITS), LAG)
    sums = sum_movements(some, GRID, UNITS)
    return some, sums, drift_field(sums.sum(axis=0), GRID, LAG)


@pytest.fixture(scope="module")
def rest(well):
    return find_rest_points(well[1], GRID, LAG, draws=60)


def test_the_drift_is_that_of_the_process_to_within_its_own_error(well, rest):
    _, _, whole = well
    x, y = np.meshgrid(GRID.nodes, GRID.nodes, indexing="ij")
    true = np.stack(drift(x, y), axis=-1)
    near = whole.known & (np.abs(x) < 1.3) & (np.abs(y) < 1.0)
    away = np.abs(whole.drift - true)[near]
    assert near.sum() > 200
    # A movement of several days is a little shorter than the drift where it sets out times the days.
    assert (away <= 3.5 * rest.error[near] + 0.2 * np.abs(true[near]) + 0.1 * RATE).mean() > 0.98


def test_the_noise_is_that_of_the_process(well):
    whole = well[2]
    centre = whole.diffusion[len(GRID.nodes) // 2, len(GRID.nodes) // 2]
    assert centre == pytest.approx(NOISE**2 * np.eye(2), abs=0.2 * NOISE**2)


def test_two_points_hold_and_one_is_a_pass_where_they_should_be_and_all_are_certain(rest):
    table = rest.table[rest.table["certain"]].sort_values("client")
    assert list(table["kind"]) == [HOLDS, PASS, HOLDS]
    for row, (x, y) in zip(table.to_dict("records"), [(-1, -0.5), (0, 0), (1, 0.5)], strict=True):
        assert (row["client"], row["keyworker"]) == pytest.approx((x, y), abs=0.12)
        assert row["client_low"] - 0.06 <= x <= row["client_high"] + 0.06
    holding = table[table["kind"] == HOLDS]
    assert (holding["fastest"] <= holding["slowest"]).all()
    slow, fast = ((np.exp(-rate * LAG) - 1) / LAG for rate in (RATE, 2 * RATE))
    # Two rates that are near come out alike (a turning), so their sum is known better than either.
    assert (holding["slowest"] + holding["fastest"]).to_numpy() == pytest.approx(slow + fast, rel=0.15)
    assert holding["slowest"].to_numpy() == pytest.approx(slow, rel=0.6)


def test_the_basins_part_at_the_pass(well, rest):
    ends = rest.table[rest.table["kind"] == HOLDS].sort_values("client")[["client", "keyworker"]].to_numpy()
    start = np.array([[-0.6, 0.6], [0.6, -0.6], [-1.2, 0.0], [1.2, 0.0]])
    assert basins(well[2], GRID, ends, start).tolist() == [0, 1, 0, 1]
    assert basins(well[2], GRID, np.empty((0, 2)), start).tolist() == [-1] * 4


def test_noise_leads_to_either_side_from_the_pass_and_to_the_near_one_from_a_well(well):
    ends = np.array([[-1.0, -0.5], [1.0, 0.5]])
    shares = splitting_probabilities(
        well[2], GRID, LAG, ends, np.array([[0.0, 0.0], [-1.0, -0.5], [0.7, 0.4]]), 300, paths=400
    )
    assert shares[0] == pytest.approx([0.5, 0.5], abs=0.15)
    assert shares[1, 0] == 1.0
    assert shares[2, 1] > 0.8
    assert (shares.sum(axis=1) <= 1 + 1e-12).all()


def test_the_picture_alone_comes_to_what_the_process_comes_to(well):
    whole = well_paths(units=UNITS)
    alone = noisy_paths(well[2], GRID, LAG, whole.at[:, 0], 120, np.random.default_rng(1))[-1]
    assert (alone[:, 0] > 0).mean() == pytest.approx((whole.at[:, -1, 0] > 0).mean(), abs=0.05)
    assert alone.std(axis=0) == pytest.approx(whole.at[:, -1].std(axis=0), rel=0.1)


def test_a_process_of_two_variables_is_found_to_explain_itself(well):
    at, end = well_paths(units=UNITS).at, None
    end = np.where(at[:, -1, 0] > 0, 0, 2).astype(np.int8)
    tested = check_markov(well[0], GRID, LAG, UNITS, at[:, 60], end)
    assert abs(tested.memory) < 0.03
    assert tested.early_late < 0.35
    assert tested.early_late_places < 0.3
    assert tested.own < 0.01
    assert tested.foresees > 0.4, "most stay in the well they are in"


def test_a_drift_that_turns_round_on_the_way_is_noticed(well):
    turned = well_paths(units=UNITS, late=60)
    some = movements_of(turned, LAG)
    end = np.zeros(len(turned.at), np.int8)
    tested = check_markov(some, GRID, LAG, UNITS, turned.at[:, 60], end)
    assert tested.early_late > 0.8
    assert tested.early_late_places > 0.5


def test_memory_is_noticed(well):
    some = well[0]
    generator = np.random.default_rng(0)
    extra = generator.normal(0, 0.3, (len(some.day) + 1, *some.move.shape[1:]))
    blurred = some._replace(start=some.start + extra[:-1], move=some.move + np.diff(extra, axis=0))
    end = np.zeros(some.move.shape[1], np.int8)
    tested = check_markov(blurred, GRID, LAG, UNITS, some.start[10], end)
    assert tested.memory_high < -0.05, "what is blurred jumps back"


@given(st.integers(0, 10_000))
def test_a_plane_of_drift_is_found_exactly_and_its_point_of_rest(seed):
    generator = np.random.default_rng(seed)
    turn, centre = generator.normal(0, 1, (2, 2)), generator.uniform(-1.5, 1.5, 2)
    places = node_places(GRID)
    flow = ((places - centre) @ turn.T).reshape(len(GRID.nodes), -1, 2)
    slope = np.broadcast_to(turn, (*flow.shape[:2], 2, 2))
    found = rest_points_of(flow, slope, np.ones(flow.shape[:2], bool), GRID)
    assert len(found) == 1
    assert (found[0].client, found[0].keyworker) == pytest.approx(tuple(centre), abs=1e-6)
    rates = np.linalg.eigvals(turn).real
    kind = HOLDS if rates.max() < 0 else "repels" if rates.min() > 0 else PASS
    assert found[0].kind == kind
    assert not rest_points_of(flow, slope, np.zeros(flow.shape[:2], bool), GRID), (
        "nothing is found where nothing is known"
    )


@given(st.floats(-2, 2), st.floats(-2, 2))
def test_what_is_given_at_the_nodes_is_met_between_them(x, y):
    places = node_places(GRID)
    values = (2 * places[:, 0] - places[:, 1] + 3).reshape(len(GRID.nodes), -1)
    assert interpolate(values, GRID, np.array([[x, y]]))[0] == pytest.approx(2 * x - y + 3)


def test_sums_over_replicates_are_those_of_all_movements(well):
    some, sums, _ = well
    assert sums[:, 0].sum() == some.move[..., 0].size
    assert sums[:, 1].sum() == pytest.approx(some.move[..., 0].sum())
    assert sums[:, 4].sum() == pytest.approx((some.move[..., 0] * some.move[..., 1]).sum())


def test_a_context_against_itself_moves_no_point(rest):
    table = rest_point_shifts(rest, rest, GRID)
    assert table["there"].all()
    assert (table[["client_moved", "client_low", "client_high", "keyworker_moved"]] == 0).all(axis=None)


def test_a_point_that_is_not_there_is_said_to_be_gone(rest):
    one = rest.table[(rest.table["kind"] == HOLDS) & (rest.table["client"] > 0)].index[0]
    fewer = rest._replace(table=rest.table.assign(certain=rest.table.index == one))
    table = rest_point_shifts(rest, fewer, GRID).sort_values("client")
    assert table["there"].tolist() == [False, True]


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3).filter(lambda some: sum(some) > 0.01))
def test_leaning_is_turned_round_where_personal_and_adversarial_change_places(some):
    shares = np.array(some) / sum(some)
    assert leaning(shares) == pytest.approx(-leaning(shares[::-1]))


@pytest.mark.parametrize("view", VIEWS)
def test_paths_are_those_of_the_table_of_days_whatever_the_order_of_its_rows(view):
    scenario = load("ordinary")
    scenario = scenario.model_copy(update={"design": scenario.design.model_copy(update={"clients": 3, "days": 8})})
    days, resolved = run(scenario, replicates=2, detail="days").days, Resolved(scenario)
    found = dyad_paths(days, resolved, VIEWS[view])
    assert found.at.shape == (6, 8, 2)
    assert found.unit.tolist() == [0, 0, 0, 1, 1, 1]
    mixed = dyad_paths(days.sample(frac=1, random_state=1), resolved, VIEWS[view])
    assert np.array_equal(found.at, mixed.at)
    if view == "tone":
        row = days.query("replicate == 1 and dyad == 2 and day == 5 and party == 'keyworker'").iloc[0]
        assert found.at[5, 4, 1] == pytest.approx(row["positivity"] - row["negativity"])
    with pytest.raises(InputError, match="not every dyad"):
        dyad_paths(days.iloc[1:], resolved, VIEWS[view])
    with pytest.raises(InputError, match="lag = 8"):
        movements_of(found, 8)


def test_a_view_that_does_not_exist_is_refused_with_the_nearest():
    with pytest.raises(InputError, match="did you mean 'leaning'"):
        landscape_view("leanin")


def test_nothing_is_foreseen_from_places_that_have_nothing_to_do_with_the_end():
    generator = np.random.default_rng(0)
    at, end = generator.uniform(-2, 2, (4000, 2)), generator.integers(0, 3, 4000).astype(np.int8)
    assert forecast_skill(at, end, GRID) == pytest.approx(0, abs=0.03)
    known = np.where(at[:, 0] > 0, 0, 1).astype(np.int8)
    assert forecast_skill(at, known, GRID) > 0.95
    assert pd.isna(forecast_skill(at, np.zeros(4000, np.int8), GRID))

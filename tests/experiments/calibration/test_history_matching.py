"""History matching where the answer is known: emulators, implausibility, and what remains."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.gaussian_process import GaussianProcessRegressor

from twoway.experiments.calibration import emulators
from twoway.experiments.calibration import history_matching as matching
from twoway.experiments.calibration.emulators import check_emulator, expected, fit_emulator, predict
from twoway.experiments.calibration.history_matching import (
    CUTOFF,
    LIKELY,
    emulated,
    implausible,
    meeting_others,
    remaining,
    sd_between_seeds,
    set_aside,
)
from twoway.experiments.calibration.priors import Priors, priors, sobol_points
from twoway.experiments.calibration.targets import Targets, facts_used, targets
from twoway.experiments.validation.fact_table import CALIBRATION, declared_facts
from twoway.simulation.action_tables import PLAIN
from twoway.simulation.affect_control.frames import KEYWORKER
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import OF_PEOPLE, Scenario
from twoway.simulation.random_streams import draws_of
from twoway.simulation.run import PreparedScenario
from twoway.simulation.situations import EncounterKind

LUCK = 0.05
numbers = st.floats(-5, 5)


def hill(points):
    """A smooth function of the first two of three numbers; the third does nothing."""
    return np.sin(3 * points[:, 0]) + points[:, 1] ** 2


@pytest.fixture(scope="module")
def emulator():
    points = sobol_points(128, 3, 1)
    luck = np.random.default_rng(1).normal(0, LUCK, 128)
    return fit_emulator(points, hill(points) + luck)


def test_an_emulator_says_what_the_function_is_between_the_points_and_how_far_off_it_may_be(emulator):
    points = sobol_points(256, 3, 2)
    mean, variance = predict(emulator, points)
    off = np.abs(mean - hill(points))
    assert off.max() < 0.15
    assert (off <= 1.96 * np.sqrt(variance)).mean() > 0.85
    truth = hill(points) + np.random.default_rng(2).normal(0, LUCK, 256)
    check = check_emulator(emulator, points, truth, LUCK)
    assert check.explained > 0.9
    assert 0.85 < check.covered <= 1


def test_what_is_predicted_is_what_the_fitted_process_itself_predicts(monkeypatch):
    fitted = []

    class Kept(GaussianProcessRegressor):
        def fit(self, *data):
            fitted.append(self)
            return super().fit(*data)

    monkeypatch.setattr(emulators, "GaussianProcessRegressor", Kept)
    points, others = sobol_points(64, 3, 1), sobol_points(50, 3, 2)
    emulator = fit_emulator(points, hill(points) + np.random.default_rng(1).normal(0, LUCK, 64))
    mean, deviation = fitted[0].predict(others - 0.5, return_std=True)
    variance = (deviation * emulator.spread) ** 2 - emulator.noise
    assert predict(emulator, others)[0] == pytest.approx(emulator.middle + emulator.spread * mean, abs=1e-9)
    assert predict(emulator, others)[1] == pytest.approx(variance, abs=1e-9)
    assert expected(emulator, others) == pytest.approx(predict(emulator, others)[0], abs=1e-12)


def test_chance_is_not_taken_for_an_effect_and_a_number_that_does_nothing_has_the_longest_length(emulator):
    assert np.sqrt(emulator.noise) == pytest.approx(LUCK, rel=0.4)
    assert emulator.lengths.argmax() == 2


def test_a_value_that_could_not_be_computed_does_not_spoil_the_others():
    points = sobol_points(64, 3, 3)
    values = hill(points)
    values[5] = np.nan
    mean, _ = predict(fit_emulator(points, values), points)
    assert np.abs(mean - hill(points)).max() < 0.2


def test_a_value_that_could_not_be_computed_is_not_asked_of_an_emulator(emulator):
    points = sobol_points(64, 3, 3)
    values = hill(points)
    whole = check_emulator(emulator, points[1:], values[1:], LUCK)
    values[0] = np.nan
    assert check_emulator(emulator, points, values, LUCK) == whole


def test_what_remains_is_where_the_function_may_be_accepted(emulator):
    goal = Targets(("hill",), np.array([0.2]), np.array([0.4]))
    found, share, aside = remaining([{0: emulator}], goal, 3, 200, 5)
    values = hill(found)
    assert len(found) == 200
    assert not aside
    assert ((found >= 0) & (found <= 1)).all()
    assert (implausible([{0: emulator}], goal, found) < CUTOFF).all()
    assert ((values > 0.1) & (values < 0.5)).all()
    everywhere = hill(sobol_points(4096, 3, 6))
    truly = ((everywhere >= 0.2) & (everywhere <= 0.4)).mean()
    assert truly <= share <= truly + 0.15
    assert np.ptp(found[:, 2]) > 0.9, "of what does not matter nothing is ruled out"
    assert len(np.unique(found, axis=0)) == len(found)


def test_with_a_lower_cutoff_less_remains(emulator):
    goal = Targets(("hill",), np.array([0.2]), np.array([0.4]))
    wide, narrow = (remaining([{0: emulator}], goal, 3, 200, 5, cutoff) for cutoff in (CUTOFF, LIKELY))
    assert (implausible([{0: emulator}], goal, narrow.points) < LIKELY).all()
    assert narrow.share < wide.share


def test_where_very_little_remains_the_points_lie_evenly_in_it(monkeypatch):
    """A box of a millionth in six numbers, of which one does not matter, is found over levels."""
    monkeypatch.setattr(matching, "expected", lambda part, points: points[:, part])
    monkeypatch.setattr(matching, "predict", lambda part, points: (points[:, part], np.full(len(points), 0.01**2)))
    goal, half = Targets(tuple("abcde"), np.full(5, 0.5), np.full(5, 0.5)), 0.01 * CUTOFF
    found, share, aside = remaining([{part: part for part in range(5)}], goal, 6, 1000, 5)
    assert not aside
    assert (np.abs(found[:, :5] - 0.5) < half).all()
    assert share == pytest.approx((2 * half) ** 5, rel=0.4)
    for number, (low, high) in enumerate([(0.5 - half, 0.5 + half)] * 5 + [(0, 1)]):
        counts, _ = np.histogram(found[:, number], 4, (low, high))
        assert np.abs(counts / 1000 - 0.25).max() < 0.07


def test_a_part_without_which_nothing_would_remain_is_set_aside_and_the_others_still_count(emulator):
    goal = Targets(("hill", "hill far off"), np.array([0.2, 8.0]), np.array([0.4, 9.0]))
    found = remaining([{0: emulator, 1: emulator}], goal, 3, 200, 5)
    without = remaining([{0: emulator}], goal, 3, 200, 5)
    assert found.aside == (1,)
    assert (implausible([{0: emulator}], goal, found.points) < CUTOFF).all()
    assert found.share == pytest.approx(without.share, rel=0.1)


@given(st.integers(1, 30), st.integers(0, 2**32 - 1), st.integers(1, 40))
def test_no_part_is_set_aside_that_need_not_be(parts, seed, wanted):
    chance = np.random.default_rng(seed)
    missed = chance.random((30, parts)) < chance.random(parts) ** 3
    aside = set_aside(missed, wanted)
    assert meeting_others(missed, aside).sum() >= min(wanted, 30)
    for part in aside:
        assert meeting_others(missed, [one for one in aside if one != part]).sum() < min(wanted, 30)


def test_where_enough_points_meet_every_part_none_is_set_aside():
    missed = np.zeros((10, 3), bool)
    missed[:6, 1] = True
    assert set_aside(missed, 4) == ()
    assert set_aside(missed, 5) == (1,)


def test_what_one_wave_has_ruled_out_no_later_wave_brings_back(emulator):
    goal = Targets(("hill",), np.array([0.2]), np.array([0.4]))
    points = sobol_points(256, 3, 9)
    few = sobol_points(16, 3, 10)
    other = fit_emulator(few, hill(few))
    one, both = (implausible(some, goal, points) for some in ([{0: emulator}], [{0: emulator}, {0: other}]))
    assert (both >= one).all()
    assert (both == np.maximum(one, implausible([{0: other}], goal, points))).all()


@pytest.mark.slow
def test_a_part_that_rules_out_nothing_needs_no_emulator():
    goal = Targets(("nothing", "hill"), np.array([-9.0, 0.2]), np.array([9.0, 0.4]))
    points = sobol_points(64, 3, 7)
    values = np.column_stack([hill(points), hill(points)])
    assert list(emulated(points, values, goal, 1)) == [1]


def test_a_part_that_can_nowhere_be_computed_is_named():
    goal = Targets(("hill", "nowhere"), np.zeros(2), np.ones(2))
    with pytest.raises(InputError, match="nowhere: could not be computed at any point"):
        emulated(sobol_points(8, 3, 7), np.column_stack([np.zeros(8), np.full(8, np.nan)]), goal, 1)


def test_below_the_ceiling_implausibility_is_exact(emulator):
    goal = Targets(("hill", "hill again"), np.array([0.2, 0.5]), np.array([0.4, 0.6]))
    points = sobol_points(128, 3, 8)
    both = [{0: emulator, 1: emulator}]
    full, cut = implausible(both, goal, points), implausible(both, goal, points, CUTOFF)
    assert (cut[full <= CUTOFF] == full[full <= CUTOFF]).all()
    assert (cut[full > CUTOFF] > CUTOFF).all()


def test_the_standard_error_is_the_same_wherever_the_values_lie_and_whatever_is_missing():
    chance = np.random.default_rng(1)
    values = np.arange(200)[:, None, None] + chance.normal(0, [0.5, 2.0], (200, 3, 2))
    assert sd_between_seeds(values) == pytest.approx([0.5, 2.0], rel=0.1)
    values[:20, 0, 0] = values[20, :, 1] = np.nan
    assert sd_between_seeds(values) == pytest.approx([0.5, 2.0], rel=0.1)


@given(numbers, numbers, st.floats(0.1, 3))
def test_nothing_is_beyond_what_is_accepted_inside_it(value, low, width):
    goal = Targets(("x",), np.array([low]), np.array([low + width]))
    beyond = float(goal.beyond(np.array([value]))[0])
    assert (beyond == 0) == (low <= value <= low + width)
    assert beyond == pytest.approx(max(low - value, value - low - width, 0))


def test_a_value_that_is_missing_is_infinitely_far_from_being_met():
    assert targets().beyond(np.full(len(targets().names), np.nan)).min() == np.inf


def test_only_facts_used_in_calibration_are_aimed_at():
    held_out = {one.id for one in declared_facts() if one.use != CALIBRATION}
    assert not held_out & set(facts_used())
    assert not held_out & {name.partition(":")[0] for name in targets().names}


def test_whatever_is_sampled_a_helper_who_must_search_feels_it():
    prepared = PreparedScenario(Scenario())
    frames, situations = prepared.resolved.frames.names, prepared.resolved.situations
    number = situations.turn(EncounterKind.CONTROL, KEYWORKER, 0)
    search = situations.turns[number].feasible.index("search")
    deflection = prepared.conditions(draws_of(1)).turns[number].disturbance[frames.index("care"), search, PLAIN]
    free = priors()
    assert free.high[free.names.index("learning.deflection_tolerance")] < deflection


def test_every_free_number_is_declared_and_no_context_is_free():
    free = priors()
    assert {name.partition(".")[0] for name in free.names} <= {*OF_PEOPLE, "stay"}
    assert (free.low < free.high).all()


@settings(max_examples=30)
@given(st.lists(st.floats(0, 1), min_size=2, max_size=2))
def test_the_unit_cube_is_the_priors_and_back(place):
    free = Priors(("a", "b"), np.array([-1.0, 3.0]), np.array([2.0, 3.5]))
    unit = np.array([place])
    assert free.unit(free.at(unit)) == pytest.approx(unit)

"""Felt coercion and formal control: what counts as formal, and slopes that are known."""

import numpy as np
import pytest
from tests.support.handmade import exchanges, panel_of, row
from tests.support.other_situations import going_on

from twoway.analysis.measures.coercion import HIGH, coercion, formal_control, mandated
from twoway.analysis.measures.estimates import units_of
from twoway.simulation.parameters.scenario import Resolved, Scenario, changed

N = 2000


def test_mandated_is_what_the_keyworker_opens_a_control_or_answers_a_request_with(resolved):
    events = exchanges(
        (0, 1, "keyworker", "control", 0, "search"),
        (0, 1, "client", "control", 1, "comply_with"),
        (0, 1, "client", "request", 0, "ask_about"),
        (0, 1, "keyworker", "request", 1, "refuse"),
        (0, 1, "keyworker", "everyday", 0, "greet"),
        (0, 1, "keyworker", "control", 0, "excuse"),
        (0, 1, "keyworker", None, None, None),
        bent=[0, 0, 0, 0, 0, 1, None],
    )
    assert mandated(events, resolved).tolist() == [True, False, False, True, False, False, False]


def test_in_a_request_that_goes_on_every_answer_of_the_keyworker_is_mandated(tmp_path):
    path = tmp_path / "going_on.toml"
    path.write_text(going_on(), encoding="utf-8")
    longer = Resolved(changed(Scenario(), {"meaning.situations": str(path)}))
    client, keyworker = ("client", "request_something_from"), ("keyworker", "refuse")
    events = exchanges(
        *((0, 1, actor, "request", number, act) for number, (actor, act) in enumerate([client, keyworker] * 3)), bent=0
    )
    assert mandated(events, longer).tolist() == [False, True] * 3


def test_formal_control_is_counted_per_week_until_the_day(resolved):
    view = panel_of(np.zeros((2, 2, 14)))
    searches = [(0, day, "keyworker", "control", 0, "search") for day in (1, 7, 8, 14)]
    events = exchanges(*searches, (1, 7, "keyworker", "control", 0, "search"))
    assert formal_control(view, events, resolved, 7).tolist() == [2, 1]
    assert formal_control(view, events, resolved, 14).tolist() == [2, 0.5]


def planted(resolved, felt_slope, formal_slope):
    """Measures of clients whose rating depends so on felt coercion and on formal control, which are correlated."""
    rng = np.random.default_rng(3)
    formal = rng.poisson(4, N)
    felt = 0.5 * (formal - 4) / 2 + rng.normal(size=N)
    rating = felt_slope * felt + formal_slope * (formal - 4) / 2 + 0.5 * rng.normal(size=N)
    view = panel_of(np.stack([rating, rating])[:, :, None].repeat(7, axis=2), felt_coercion=(felt + 9)[None, :, None])
    events = exchanges(
        *((dyad, 1, "keyworker", "control", 0, "search") for dyad, count in enumerate(formal) for _ in range(count))
    )
    return (
        coercion(view, formal_control(view, events, resolved, 7), 7, units_of(view.dyads)),
        rating.std(),
        felt.std(),
        formal.std() / 2,
    )


def test_planted_slopes_of_felt_and_formal_coercion_are_told_apart(resolved):
    table, rating, felt, _ = planted(resolved, -0.8, 0.0)
    mine, none = (row(table, "coercion_slope", f"{what}, true") for what in ("felt", "formal"))
    assert mine["low"] < -0.8 * felt / rating < mine["high"]
    assert none["low"] < 0 < none["high"]
    assert row(table, "felt_coercion_and_rating", "true")["estimate"] == pytest.approx(-0.85, abs=0.05)
    assert row(table, "formal_control", "all")["estimate"] == pytest.approx(4, abs=0.15)


def test_where_only_formal_control_matters_felt_coercion_has_no_slope(resolved):
    table, rating, _, formal = planted(resolved, 0.0, -0.8)
    none, mine = (row(table, "coercion_slope", f"{what}, true") for what in ("felt", "formal"))
    assert none["low"] < 0 < none["high"]
    assert mine["low"] < -0.8 * formal / rating < mine["high"]


def test_noise_weakens_what_is_observed(resolved):
    table = planted(resolved, -0.8, 0.0)[0]
    true, seen = (row(table, "felt_coercion_and_rating", how)["estimate"] for how in ("true", "observed"))
    assert true < seen < 0.6 * true


def test_high_is_what_lies_above_the_threshold(resolved):
    felt = np.array([HIGH, np.nextafter(HIGH, 1), 0, 1])
    view = panel_of(np.zeros((2, 4, 1)), felt_coercion=felt[None, :, None])
    events = exchanges((0, 1, "keyworker", "everyday", 0, "greet"))
    table = coercion(view, formal_control(view, events, resolved, 1), 1, units_of(view.dyads))
    assert row(table, "high_felt_coercion", "all")["estimate"] == 0.5
    assert row(table, "coercion_slope", "felt, true")["interval"].startswith("not estimated")

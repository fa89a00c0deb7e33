"""Beginnings: what clients bring along explains what it is made to explain."""

import numpy as np
import pytest
from tests.support.handmade import panel_of, row

from twoway.analysis.measures.beginnings import OF_DYADS, brought
from twoway.analysis.measures.estimates import units_of

N = 4000
BROUGHT = OF_DYADS[3:]


def explained(rating, known, distress):
    view = panel_of(np.broadcast_to(rating[None, :, None], (2, N, 14)))
    dyads = view.dyads.assign(**dict(zip(BROUGHT, known, strict=True))).sample(frac=1, random_state=1)
    return row(brought(view, dyads, distress, units_of(view.dyads)), "explained_by_what_is_brought", "all")["estimate"]


def test_noise_of_the_questionnaire_is_never_explained_and_the_rest_is_as_far_as_planted():
    rng = np.random.default_rng(2)
    known, distress, other = rng.normal(size=(4, N)), rng.normal(size=N), rng.normal(size=N)
    all_of_it = known.sum(axis=0) + distress
    reliable = explained(all_of_it, known, distress)
    assert 0.6 < reliable < 0.8, "a reliability of .77, and a ceiling"
    half = explained(all_of_it + np.sqrt(5) * other, known, distress)
    assert half == pytest.approx(reliable / 2, abs=0.03)
    assert explained(other, known, distress) < 0.01


def test_what_does_not_vary_explains_nothing_and_does_no_harm():
    rng = np.random.default_rng(3)
    known, distress = np.zeros((4, N)), rng.normal(size=N)
    known[0] = rng.normal(size=N)
    assert 0.6 < explained(known[0] + distress, known, distress) < 0.8


def test_two_that_say_the_same_count_once():
    rng = np.random.default_rng(4)
    known, distress = np.tile(rng.normal(size=N), (4, 1)), rng.normal(size=N)
    assert 0.6 < explained(known[0] + distress, known, distress) < 0.8

"""Other published sets of equations: typed in whole, and at face value about people and acts what the first one is."""

import numpy as np
import pytest

from twoway import AffectControl
from twoway.simulation.affect_control.equations import INPUTS, load_equations
from twoway.simulation.data_files import DATA, data_file

SHIPPED = sorted(path.stem for path in (DATA / "equations").glob("*.toml"))


@pytest.mark.parametrize("name", SHIPPED)
def test_what_someone_was_carries_over_into_the_impression_but_not_all_of_it(name):
    equations = load_equations(data_file("equations", name))
    terms = list(equations.impression_terms)
    for k, own in enumerate(INPUTS):
        assert 0.2 < equations.impression_coefficients[terms.index((k,)), k] < 1, own
    assert (np.abs(equations.impression_coefficients) < 1).all()
    assert len(set(terms)) == len(terms)


@pytest.mark.parametrize("name", SHIPPED)
def test_no_coefficient_repeats_the_one_above_it_where_both_are_large(name):
    table = load_equations(data_file("equations", name)).impression_coefficients
    large = np.abs(table) > 0.3
    assert not (large[1:] & large[:-1] & (table[1:] == table[:-1])).any(), "a misprint, as in the set of 2010"


@pytest.mark.parametrize("name", SHIPPED)
def test_the_equations_of_emotions_are_those_of_1978(name):
    first, other = (load_equations(data_file("equations", which)) for which in ("nc1978", name))
    assert first.emotion_terms == other.emotion_terms
    assert (first.emotion_coefficients == other.emotion_coefficients).all()


@pytest.mark.parametrize("name", SHIPPED)
def test_searching_suits_a_warden_and_comforting_a_nurse(name):
    def disturbs(actor, act, other):
        return AffectControl(equations=name).event(actor, act, other).deflection

    assert disturbs("warden", "search", "prisoner") < disturbs("nurse", "search", "patient")
    assert disturbs("nurse", "comfort", "patient") < disturbs("nurse", "insult", "patient")
    assert disturbs("friend", "help", "friend") < disturbs("friend", "threaten", "friend")


@pytest.mark.parametrize(("name", "term", "values"), [
    ("canada1985", "Be", [0.48, -0.025, -0.07, 0.735, 0.0, -0.055, 0.16, 0.09, 0.05]),
    ("canada1985", "Aa*Ba*Oa", [0.02, -0.005, -0.03, 0.025, 0.015, 0.0, 0.01, 0.005, 0.005]),
    ("germany2007", "1", [-0.38, -0.03, 0.10, -0.72, -0.05, 0.18, -0.15, -0.26, -0.57]),
    ("germany2007", "Bp*Oe", [-0.13, 0, 0, -0.10, 0.02, 0, 0, -0.06, -0.08]),
])  # fmt: skip
def test_some_lines_typed_a_second_time_are_the_same(name, term, values):
    equations = load_equations(data_file("equations", name))
    inputs = () if term == "1" else tuple(INPUTS.index(part) for part in term.split("*"))
    row = equations.impression_coefficients[equations.impression_terms.index(inputs)]
    assert row == pytest.approx(values)

"""Points simulated: each is what the facts become, and none is made twice."""

from io import StringIO

import pandas as pd
import pytest

from twoway.experiments.calibration.evaluate import FactPoint, evaluate_point, evaluate_points, seeds
from twoway.experiments.results.digests import digest_of
from twoway.experiments.validation.scoreboard import parts_of_facts
from twoway.simulation.errors import InputError

POINTS = tuple(
    FactPoint((("learning.perceptual_noise", noise), ("design.days", 65)), ("T14", "P4"), 3, 1) for noise in (0.6, 1.7)
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    kept = tmp_path_factory.mktemp("points")
    return evaluate_points(POINTS, "wave 1", 2, points_folder=kept), kept


def test_a_point_is_what_the_facts_become_there(made):
    table, _ = made
    for row, point in zip(table.to_dict("records"), POINTS, strict=True):
        assert row == pytest.approx(evaluate_point(point))
    parts = parts_of_facts(("P4",), 3, 1, dict(POINTS[0].defaults), intervals=False)
    assert table["P4: taken for about as good"][0] == parts["P4"]["taken for about as good"].estimate
    assert table["P4: taken for about as good"][0] > table["P4: taken for about as good"][1], "more noise, more error"


def text_of(path):
    """What stands in a file of evaluated points below its digest."""
    return path.read_text("utf-8").partition("\n")[2]


def write(path, text):
    """Write a file of evaluated points as it is written by the program."""
    path.write_text(f"{digest_of(text.encode())}\n{text}", encoding="utf-8")


def test_what_was_simulated_is_not_simulated_again(made, tmp_path):
    table, kept = made
    written = pd.read_csv(StringIO(text_of(kept / "wave 1.csv")))
    written["P4: taken for about as good"] = 0.123
    write(tmp_path / "wave 1.csv", written.to_csv(index=False))
    again = evaluate_points(POINTS, "wave 1", 1, points_folder=tmp_path)
    assert (again["P4: taken for about as good"] == 0.123).all()
    assert again.columns.equals(table.columns)


@pytest.mark.slow
def test_what_was_simulated_of_other_points_is_not_used(made, tmp_path):
    table, kept = made
    written = pd.read_csv(StringIO(text_of(kept / "wave 1.csv"))).assign(key="other")
    write(tmp_path / "wave 1.csv", written.to_csv(index=False))
    pd.testing.assert_frame_equal(evaluate_points(POINTS, "wave 1", 1, points_folder=tmp_path), table)


def test_points_that_were_changed_are_neither_used_nor_overwritten(made, tmp_path):
    _, kept = made
    path = tmp_path / "wave 1.csv"
    path.write_bytes((kept / "wave 1.csv").read_bytes() + b"0\n")
    with pytest.raises(InputError, match="was changed after it was written; delete it"):
        evaluate_points(POINTS, "wave 1", 1, points_folder=tmp_path)
    assert path.read_bytes() == (kept / "wave 1.csv").read_bytes() + b"0\n"


def test_seeds_differ_by_seed_and_purpose_and_do_not_change_when_more_are_wanted():
    some = [seeds(seed, what, 100) for seed in (1, 2) for what in ("wave 1", "wave 2")]
    assert len({one for own in some for one in own}) == 400
    assert seeds(1, "wave 1", 10) == some[0][:10]
    assert all(0 <= one < 2**63 for one in some[0])

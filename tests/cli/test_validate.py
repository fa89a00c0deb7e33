"""The commands that hold the model against facts: what they refuse, and what a calibration that is stopped leaves."""

import json
from contextlib import suppress

import pytest

from twoway.cli import main as command
from twoway.cli import validate as command_validate
from twoway.cli.validate import GROWING, SIZES, points_kept
from twoway.simulation.errors import InputError

ASKED = {"seed": 1, **{name.replace("-", "_"): int(default) for name, (default, _) in SIZES.items()}}


def begun(folder):
    """A calibration that was stopped after its first wave."""
    with suppress(KeyboardInterrupt), points_kept(folder, ASKED) as kept:
        (kept / "wave 1.csv").write_text("some points")
        raise KeyboardInterrupt
    return kept


@pytest.mark.parametrize("name", GROWING)
def test_a_calibration_that_was_stopped_may_go_on_as_a_larger_one(tmp_path, name):
    kept = begun(tmp_path / "mine")
    with points_kept(tmp_path / "mine", ASKED | {name: 2 * ASKED[name]}) as same:
        assert same == kept
        assert (kept / "wave 1.csv").read_text() == "some points"
    assert not kept.exists(), "once it is done they are not needed any more"


@pytest.mark.parametrize("name", sorted({*ASKED} - {*GROWING}))
def test_points_of_another_calibration_are_neither_used_nor_lost(tmp_path, name):
    kept = begun(tmp_path / "mine")
    said = f"--{name.replace('_', '-')} {ASKED[name]}"
    with pytest.raises(InputError, match=said), points_kept(tmp_path / "mine", ASKED | {name: 3}):
        pytest.fail("it was let in")
    assert (kept / "wave 1.csv").read_text() == "some points"
    assert json.loads((kept / command_validate.ASKED).read_text()) == ASKED


def test_an_interrupted_calibration_says_where_its_points_are_and_how_to_go_on(tmp_path, monkeypatch, capsys):
    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(command_validate, "compute_and_print", stopped)
    assert command.main(["calibrate", "--out", str(tmp_path / "mine")]) == command.INTERRUPTED
    told = capsys.readouterr().err
    assert f"points are saved in {tmp_path / 'mine.points'}, and the same command continues from there" in told
    assert "nothing was written" not in told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("calibrate", "--first", "0"), "must be a whole number from 1"),
        (("validate", "--replicates", "24"), "at least 25"),
        (("validate", "--draws", "100000"), "the posterior sample has 1 to"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_made(refused, arguments, said):
    out = ("--out", "mine") if arguments[0] == "calibrate" else ()
    assert said in refused(*arguments, *out)

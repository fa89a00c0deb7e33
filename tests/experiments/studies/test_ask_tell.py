"""A study that is asked for its points runs each once and refuses those it cannot run."""

from __future__ import annotations

import pandas as pd
import pytest
from tests.support.tiny_study import same, tiny

from twoway.experiments.studies.ask_tell import AskTellStudy
from twoway.experiments.studies.designs import AskTell, Span
from twoway.experiments.studies.store import SHARDS
from twoway.simulation.errors import InputError

ASKED = {
    "design": AskTell(),
    "inputs": {"context.control": Span(low=1.0, high=4.0), "learning.perceptual_noise": Span()},
}


def test_what_is_asked_again_is_not_run_again(tmp_path):
    search = AskTellStudy(tiny(**ASKED), tmp_path / "s", workers=1)
    first = search.evaluate([[2.0, 1.0], [3.0, 1.0]])
    shards = set((tmp_path / "s" / SHARDS).iterdir())
    again = AskTellStudy(tiny(**ASKED), tmp_path / "s", workers=1).evaluate(
        pd.DataFrame(first[["context.control", "learning.perceptual_noise"]])[::-1]
    )
    assert set((tmp_path / "s" / SHARDS).iterdir()) == shards
    assert same(again.reset_index(drop=True), first[::-1].reset_index(drop=True))
    assert list(first["runs"]) == [4, 4]
    table = search.store.table()
    assert first["client_tone"].iloc[1] == pytest.approx(table[table["point"] == 1]["client_tone"].mean())
    assert first["client_tone_variance"].iloc[0] == pytest.approx(table[table["point"] == 0]["client_tone"].var())


@pytest.mark.parametrize(
    ("points", "why"),
    [
        ([[0.5, 1.0]], r"point 0: context.control = 0.5; it must be a number from 1 to 4"),
        ([[2.0]], r"must be \(points, 2\)"),
        ([[2.0, float("nan")]], "learning.perceptual_noise = nan"),
        ([{"context.control": 2.0}], "point 0: names"),
        ([], "none were asked for|must be"),
    ],
)
def test_points_that_cannot_be_asked_are_refused(tmp_path, points, why):
    search = AskTellStudy(tiny(**ASKED), tmp_path / "s", workers=1)
    with pytest.raises(InputError, match=why):
        search.evaluate(points)
    assert search.store.status().points == 0

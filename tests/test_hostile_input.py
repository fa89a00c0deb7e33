"""A sample of what ``benchmarks/fuzz.py`` tries: nothing a user hands over fails otherwise than in a sentence."""

from __future__ import annotations

import signal

import pytest
from benchmarks.fuzz import fuzz

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="there are no alarms here")


@pytest.mark.parametrize(("kind", "count"), [("scenario", 60), ("study", 20), ("course", 40), ("recipe", 100)])
def test_a_mutated_text_is_read_or_refused_in_a_sentence(kind, count):
    found = fuzz({kind: count}, seed=7)[kind]
    assert set(found) <= {"read", "refused"}, found
    assert found["refused"] > count / 4


def test_a_damaged_folder_is_refused_in_a_sentence_or_read_as_it_was():
    found = fuzz({"folder": 16}, seed=7, results=("run", "study", "calibration"))["folder"]
    assert set(found) <= {"read", "refused"}, found
    assert found["refused"] > 4

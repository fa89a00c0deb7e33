"""A study of a few tiny runs, for the tests of all that is done with studies."""

from __future__ import annotations

import pandas as pd

from twoway.experiments.studies.study import Study

TINY = {"design.clients": 4, "design.days": 8}
INPUTS = {"context.strictness": (0.0, 0.5, 1.0), "learning.perceptual_noise": (0.8, 1.4)}


def tiny(**fields):
    return Study(
        **(
            {"title": "Tiny", "question": "Is it the same?", "changes": TINY, "inputs": INPUTS, "replicates": 4}
            | fields
        )
    )


def same(one, other):
    pd.testing.assert_frame_equal(one, other)
    return True

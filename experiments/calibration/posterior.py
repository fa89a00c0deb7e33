"""The posterior sample that comes with the model."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

POSTERIOR = Path(__file__).with_name("posterior.csv")
"""A row per accepted point of the calibration, a column per free number, such as ``learning.perceptual_noise``."""
MOSTLY = 0.9
"""Share of its draws, and of other variants of the model, in which a conclusion should hold; else the share is said."""


def shipped_posterior() -> pd.DataFrame:
    """The sample as a table."""
    return pd.read_csv(POSTERIOR)

"""Small studies of functions that are known, for the analyses."""

from __future__ import annotations

import numpy as np
import pandas as pd
from SALib.sample import sobol as saltelli


def runs_of(values, outcome="y"):
    """The runs table of outcomes by point and replicate."""
    points, replicates = values.shape
    return pd.DataFrame(
        {
            "point": np.repeat(np.arange(points), replicates),
            "replicate": np.tile(np.arange(replicates), points),
            outcome: values.ravel(),
        }
    )


def design_of(inputs, bounds, base, second=True, seed=1):
    """Saltelli's design as SALib writes it."""
    problem = {"num_vars": len(inputs), "names": list(inputs), "bounds": [bounds] * len(inputs)}
    return pd.DataFrame(saltelli.sample(problem, base, calc_second_order=second, seed=seed), columns=list(inputs))

"""How far two parties agree on what class their relationship is of."""

from __future__ import annotations

import numpy as np
import pandas as pd

from twoway.analysis.patterns import CLASSES, with_patterns


def agreement(dyads: pd.DataFrame) -> pd.DataFrame:
    """Number of dyads by the client's own class (rows) and the keyworker's (columns).

    Parameters
    ----------
    dyads
        Tone of both parties, a row per dyad.

    Returns
    -------
    DataFrame
        Shape (3, 3), both axes in the order of ``CLASSES``.
    """
    table = dyads if "client_class" in dyads else with_patterns(dyads)
    counts = pd.crosstab(table["client_class"], table["keyworker_class"])
    return counts.reindex(index=list(CLASSES), columns=list(CLASSES), fill_value=0)


def kappa(counts: pd.DataFrame) -> float:
    """Cohen's kappa (Cohen 1960, recalled) of a square table of counts: agreement beyond that of unrelated judgements.

    1 is full agreement, 0 that of chance; NaN where everybody is of one class and chance alone would agree.

    >>> kappa(pd.DataFrame([[2, 0], [0, 2]])), kappa(pd.DataFrame([[1, 1], [1, 1]]))
    (1.0, 0.0)
    """
    share = counts.to_numpy() / counts.to_numpy().sum()
    chance = float(share.sum(axis=0) @ share.sum(axis=1))
    return float("nan") if np.isclose(chance, 1) else float((np.trace(share) - chance) / (1 - chance))

"""Equations of affect control theory: the impressions events leave, deflection and emotion.

Heise 1979, 2007; Smith-Lovin & Heise 1988. Everything here is plain numpy and happens once, before a run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from twoway.simulation.affect_control.lexicon import SCALE
from twoway.simulation.arrays import Floats
from twoway.simulation.data_files import number_row, read_toml, table_of
from twoway.simulation.errors import InputError, nearest

RIDGE = 0.001
"""Pull of an emotion toward neutral where its equation nears singularity (assumed; others change by < 1 %)."""
INPUTS = ("Ae", "Ap", "Aa", "Be", "Bp", "Ba", "Oe", "Op", "Oa")
"""The nine inputs of an event: actor, behavior, object times evaluation, potency, activity."""
EMOTION_INPUTS = ("Me", "Mp", "Ma", "Ie", "Ip", "Ia")
"""The six inputs of the amalgam: emotion and identity."""


@dataclass(frozen=True)
class Equations:
    """How events change impressions, and impressions become emotions.

    ``impression_terms`` and ``emotion_terms`` hold, per term, the inputs whose product it is; ``impression`` has
    shape (terms, 9), ``emotion`` (terms, 3).
    """

    path: Path
    name: str
    source: dict[str, Any]
    impression_terms: tuple[tuple[int, ...], ...]
    impression_coefficients: Floats
    emotion_terms: tuple[tuple[int, ...], ...]
    emotion_coefficients: Floats

    def impression(self, actor: Floats, act: Floats, other: Floats) -> Floats:
        """Impressions an event leaves.

        tau'_k = sum_j c_jk g_j(x), with g_j the product of the inputs named in term j (Heise 2007).

        Parameters
        ----------
        actor, act, other
            Sentiments, shape (..., 3) each, EPA units; shapes are broadcast against each other.

        Returns
        -------
        Array of shape (..., 9), EPA units: evaluation, potency and activity of actor, act and other.
        """
        x = np.concatenate(np.broadcast_arrays(actor, act, other), axis=-1)
        return _products(self.impression_terms, x) @ self.impression_coefficients

    def deflection(self, actor: Floats, act: Floats, other: Floats) -> Floats:
        """How wrong an event feels: the squared distance of impression and sentiments, unweighted.

        Parameters
        ----------
        actor, act, other
            Sentiments, shape (..., 3) each, EPA units; shapes are broadcast against each other.

        Returns
        -------
        Array of shape (...), squared EPA units, at least 0.
        """
        x = np.concatenate(np.broadcast_arrays(actor, act, other), axis=-1)
        return ((x - self.impression(actor, act, other)) ** 2).sum(axis=-1)

    def squares(self, inputs: Iterable[int]) -> bool:
        """Whether some impression depends on a product of two of the *inputs*, given by their places in ``INPUTS``."""
        these = set(inputs)
        return any(sum(i in these for i in term) > 1 for term in self.impression_terms)

    def amalgam(self, emotion: Floats, identity: Floats) -> Floats:
        """What someone of an identity looks like who feels an emotion.

        Parameters
        ----------
        emotion, identity
            Sentiments, shape (..., 3) each, EPA units; shapes are broadcast against each other.

        Returns
        -------
        Array of shape (..., 3), EPA units.
        """
        x = np.concatenate(np.broadcast_arrays(emotion, identity), axis=-1)
        return _products(self.emotion_terms, x) @ self.emotion_coefficients

    def emotion(self, identity: Floats, impression: Floats, ridge: float = RIDGE) -> Floats:
        """What someone feels whose identity has come to look like an impression.

        The amalgam equation is solved for the emotion by least squares with a ridge toward 0, since its matrix nears
        singularity as the identity's evaluation falls, and clipped to the scale.

        Parameters
        ----------
        identity
            Sentiment of the identity, shape (..., 3), EPA units.
        impression
            Impression of the same person that the event has left, shape (..., 3), EPA units.
        ridge
            Pull toward 0, at least 0.

        Returns
        -------
        Sentiments, shape (..., 3), EPA units, within the scale.
        """
        identity, impression = np.broadcast_arrays(identity, impression)
        moods = np.concatenate([np.zeros((1, 3)), np.eye(3)])
        looks = self.amalgam(moods, identity[..., None, :])
        constant = looks[..., 0, :]
        matrix = np.swapaxes(looks[..., 1:, :] - constant[..., None, :], -1, -2)
        transposed = np.swapaxes(matrix, -1, -2)
        wanted = transposed @ (impression - constant)[..., None]
        felt = np.linalg.solve(transposed @ matrix + ridge * np.eye(3), wanted)[..., 0]
        return np.clip(felt, -SCALE, SCALE)


def _products(terms: tuple[tuple[int, ...], ...], x: Floats) -> Floats:
    """The product of the inputs named in each term, shape (..., terms)."""
    return np.stack([x[..., list(t)].prod(axis=-1) for t in terms], axis=-1)


def load_equations(path: Path) -> Equations:
    """Read a file of impression and emotion equations; every term is checked."""
    data = read_toml(path)
    parts: dict[str, tuple[tuple[tuple[int, ...], ...], Floats]] = {}
    for part, inputs, width in (("impression", INPUTS, 9), ("emotion", EMOTION_INPUTS, 3)):
        if not isinstance(data.get(part), dict) or not data[part]:
            raise InputError(f"{path}: a set of equations needs a table [{part}]")
        terms, rows = [], []
        for term, value in data[part].items():
            names = [] if term == "1" else term.split("*")
            for name in names:
                if name not in inputs:
                    raise InputError(f"{path}: {part}.'{term}' names no input '{name}'; {nearest(name, inputs)}")
            if part == "emotion" and sum(n.startswith("M") for n in names) > 1:
                raise InputError(
                    f"{path}: emotion.'{term}' is not linear in the emotion, so it cannot be solved for it"
                )
            terms.append(tuple(inputs.index(n) for n in names))
            rows.append(number_row(path, f"{part}.'{term}'", value, width))
        parts[part] = (tuple(terms), np.array(rows))
    source = table_of(path, data, "source")
    return Equations(path, str(source.get("name", path.stem)), source, *parts["impression"], *parts["emotion"])

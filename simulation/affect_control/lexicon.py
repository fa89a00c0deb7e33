"""Lexicons: measured sentiments of acts, identities and emotions.

All sentiments are (evaluation, potency, activity) on a scale from -4.3 to 4.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from twoway.simulation.arrays import Floats
from twoway.simulation.data_files import number_row, read_toml, table_of
from twoway.simulation.errors import InputError, nearest

SCALE = 4.3
"""Sentiments run from -SCALE to SCALE on each dimension (the field's rating scale)."""
TOO_CLOSE = 0.5
"""EPA units by which the second nearest emotion word must be farther away for the nearest to be named (assumed)."""
NEUTRAL = "neutral"
"""What is felt when the emotion is nearer to the scale's middle than to any measured word."""
COMPONENTS = ("acts", "identities", "emotions")


@dataclass(frozen=True)
class Lexicon:
    """Sentiments by term: ``acts``, ``identities`` and ``emotions``, each term -> [E, P, A, sd_E, sd_P, sd_A, n]."""

    path: Path
    name: str
    source: dict[str, Any]
    acts: dict[str, Floats]
    identities: dict[str, Floats]
    emotions: dict[str, Floats]
    family: dict[str, str]

    def sentiment(self, component: str, term: str) -> Floats:
        """Mean evaluation, potency and activity of a term.

        Parameters
        ----------
        component
            "acts", "identities" or "emotions".
        term
            Word of the lexicon.

        Returns
        -------
        Array of shape (3,), EPA units.

        Raises
        ------
        InputError
            If the lexicon has no such term; the message names the nearest.
        """
        table: dict[str, Floats] = getattr(self, component)
        if term not in table:
            raise InputError(f"{self.path}: {component} has no '{term}'; {nearest(term, table)}")
        return table[term][:3]

    def mean(self, component: str, terms: list[str]) -> Floats:
        """Mean sentiment of several terms.

        Parameters
        ----------
        component
            "acts", "identities" or "emotions".
        terms
            Words of the lexicon, at least one.

        Returns
        -------
        Array of shape (3,), EPA units.

        Raises
        ------
        InputError
            If the lexicon lacks one of the terms.
        """
        return np.mean([self.sentiment(component, t) for t in terms], axis=0)

    @property
    def terms(self) -> dict[str, tuple[str, ...]]:
        """Names of the acts, identities and emotions there are."""
        return {component: tuple(getattr(self, component)) for component in COMPONENTS}

    def resampled(self, draws: Floats) -> Lexicon:
        """The lexicon another sample of raters might have given.

        Each mean is shifted by a standard normal draw times SD / sqrt(n). *draws* has shape (terms, 3), rows in
        the order acts, identities, emotions; the result stays on the scale.
        """
        size = sum(map(len, self.terms.values()))
        if draws.shape != (size, 3):
            raise InputError(f"{self.path}: resampling needs draws of shape ({size}, 3), not {draws.shape}")
        shifted, start = {}, 0
        for component in COMPONENTS:
            table: dict[str, Floats] = getattr(self, component)
            rows = {}
            for z, (term, row) in zip(draws[start : start + len(table)], table.items(), strict=True):
                mean = np.clip(row[:3] + z * row[3:6] / np.sqrt(row[6]), -SCALE, SCALE)
                rows[term] = np.concatenate([mean, row[3:]])
            shifted[component] = rows
            start += len(table)
        return Lexicon(self.path, self.name, self.source, family=self.family, **shifted)

    def word(self, emotion: Floats) -> tuple[str, str]:
        """The nearest emotion word to a sentiment of shape (3,), and what may be named.

        The second is the word itself, or only its coarse family when the two nearest words are within
        ``TOO_CLOSE`` of each other in their distance to it, and ``NEUTRAL`` when no word is as near as neutral is.
        """
        terms = list(self.emotions)
        distances = np.linalg.norm(np.array([r[:3] for r in self.emotions.values()]) - emotion, axis=1)
        first, second = np.argsort(distances, kind="stable")[:2]
        word = terms[first]
        if np.linalg.norm(emotion) <= distances[first]:
            return word, NEUTRAL
        sure = distances[second] - distances[first] >= TOO_CLOSE
        return word, word if sure else self.family[word]


def load_lexicon(path: Path) -> Lexicon:
    """Read a lexicon file; every row is checked."""
    data = read_toml(path)
    tables: dict[str, dict[str, Floats]] = {}
    for component in COMPONENTS:
        if not isinstance(data.get(component), dict) or not data[component]:
            raise InputError(f"{path}: a lexicon needs a table [{component}] with at least one term")
        tables[component] = {}
        for term, value in data[component].items():
            row = np.array(number_row(path, f"{component}.{term}", value, 7))
            if (np.abs(row[:3]) > SCALE).any():
                raise InputError(f"{path}: {component}.{term} must have means from {-SCALE} to {SCALE}")
            if (row[3:6] < 0).any() or row[6] < 1:
                raise InputError(f"{path}: {component}.{term} must have SDs of at least 0 and at least 1 rater")
            tables[component][term] = row
    if len(tables["emotions"]) < 2:
        raise InputError(f"{path}: a lexicon needs at least two emotions")
    family = {}
    for name, words in table_of(path, data, "families").items():
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise InputError(f"{path}: families.{name} must be a list of emotions")
        for word in words:
            if word not in tables["emotions"]:
                raise InputError(f"{path}: families.{name} names '{word}'; {nearest(word, tables['emotions'])}")
            family[word] = name
    missing = sorted(set(tables["emotions"]) - set(family))
    if missing:
        raise InputError(f"{path}: families does not hold the emotion '{missing[0]}'")
    source = table_of(path, data, "source")
    return Lexicon(path, str(source.get("name", path.stem)), source, family=family, **tables)

"""What acts and people mean: measured sentiments, the impressions events leave, deflection and emotion.

Affect control theory (Heise 1979, 2007; Smith-Lovin & Heise 1988). All sentiments are (evaluation, potency,
activity) on a scale from -4.3 to 4.3. Everything here is plain numpy and happens once, before a run.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoway.simulation.errors import InputError, nearest

DATA = Path(__file__).parents[1] / "data"
"""Folder of the data files that come with the model."""
SCALE = 4.3
"""Sentiments run from -SCALE to SCALE on each dimension (the field's rating scale)."""
RIDGE = 0.001
"""Pull of an emotion toward neutral where its equation nears singularity (assumed; others change by < 1 %)."""
TOO_CLOSE = 0.5
"""EPA units by which the second nearest emotion word must be farther away for the nearest to be named (assumed)."""

LARGEST = 1e12
"""No number in a data file can be meant to be as large as this."""
NEUTRAL = "neutral"
"""What is felt when the emotion is nearer to the scale's middle than to any measured word."""

Floats = NDArray[np.float64]
INPUTS = ("Ae", "Ap", "Aa", "Be", "Bp", "Ba", "Oe", "Op", "Oa")
"""The nine inputs of an event: actor, behavior, object times evaluation, potency, activity."""
EMOTION_INPUTS = ("Me", "Mp", "Ma", "Ie", "Ip", "Ia")
"""The six inputs of the amalgam: emotion and identity."""
COMPONENTS = ("acts", "identities", "emotions")


def data_file(folder: str, name: str, beside: Path | None = None) -> Path:
    """The TOML file that *name* means: one shipped in *folder* of the data, or a path (relative to *beside*)."""
    shipped = DATA / folder / f"{name}.toml"
    if shipped.is_file() and not name.endswith(".toml"):
        return shipped
    path = Path(name) if beside is None else beside / name
    if path.suffix == ".toml" and path.is_file():
        return path
    names = [p.stem for p in (DATA / folder).glob("*.toml")]
    raise InputError(
        f"there is no '{name}'; {nearest(name, names)} (a shipped file of {folder}, or the path of a .toml file)"
    )


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file as a dictionary; a file that cannot be read or is broken is refused with its name and place."""
    try:
        text = path.read_text(encoding="utf-8")
        return tomllib.loads(text)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not a text file in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: is not valid TOML: {error}") from None


def _row(path: Path, field: str, value: object, length: int) -> list[float]:
    """A list of *length* finite numbers, or a refusal that names file and field."""
    if not isinstance(value, list) or len(value) != length:
        raise InputError(f"{path}: {field} must be a list of {length} numbers")
    for v in value:
        if isinstance(v, bool) or not isinstance(v, (int, float)) or not abs(v) < LARGEST:
            raise InputError(f"{path}: {field} holds {str(v)[:40]}, which is not a finite number")
    return [float(v) for v in value]


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
        """Mean evaluation, potency and activity of *term*, shape (3,), EPA units; an unknown term is refused."""
        table: dict[str, Floats] = getattr(self, component)
        if term not in table:
            raise InputError(f"{self.path}: {component} has no '{term}'; {nearest(term, table)}")
        return table[term][:3]

    def mean(self, component: str, terms: list[str]) -> Floats:
        """Mean sentiment of several terms, shape (3,)."""
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


def table_of(path: Path, data: dict[str, Any], name: str) -> dict[str, Any]:
    """A table of a file, empty if it is not there; anything else in its place is refused."""
    table = data.get(name, {})
    if not isinstance(table, dict):
        raise InputError(f"{path}: {name} must be a table")
    return table


def load_lexicon(path: Path) -> Lexicon:
    """Read a lexicon file; every row is checked."""
    data = read_toml(path)
    tables: dict[str, dict[str, Floats]] = {}
    for component in COMPONENTS:
        if not isinstance(data.get(component), dict) or not data[component]:
            raise InputError(f"{path}: a lexicon needs a table [{component}] with at least one term")
        tables[component] = {}
        for term, value in data[component].items():
            row = np.array(_row(path, f"{component}.{term}", value, 7))
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
        """Impressions an event leaves: sentiments of shape (..., 3) each, result (..., 9), EPA units.

        tau'_k = sum_j c_jk g_j(x), with g_j the product of the inputs named in term j (Heise 2007).
        """
        x = np.concatenate(np.broadcast_arrays(actor, act, other), axis=-1)
        return _products(self.impression_terms, x) @ self.impression_coefficients

    def deflection(self, actor: Floats, act: Floats, other: Floats) -> Floats:
        """How wrong an event feels: the squared distance of impression and sentiments, unweighted, shape (...)."""
        x = np.concatenate(np.broadcast_arrays(actor, act, other), axis=-1)
        return ((x - self.impression(actor, act, other)) ** 2).sum(axis=-1)

    def emotion(self, identity: Floats, impression: Floats, ridge: float = RIDGE) -> Floats:
        """What someone feels whose *identity* (3,) has come to look like *impression* (3,): a sentiment (3,).

        The amalgam equation is solved for the emotion by least squares with a *ridge* toward 0, since its matrix
        nears singularity as the identity's evaluation falls, and clipped to the scale.
        """
        constant, matrix = np.zeros(3), np.zeros((3, 3))
        for term, coefficients in zip(self.emotion_terms, self.emotion_coefficients, strict=True):
            moods = [i for i in term if i < 3]
            factor = np.prod([identity[i - 3] for i in term if i >= 3])
            if moods:
                matrix[:, moods[0]] += factor * coefficients
            else:
                constant += factor * coefficients
        wanted = matrix.T @ (impression - constant)
        return np.clip(np.linalg.solve(matrix.T @ matrix + ridge * np.eye(3), wanted), -SCALE, SCALE)


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
            rows.append(_row(path, f"{part}.'{term}'", value, width))
        parts[part] = (tuple(terms), np.array(rows))
    source = table_of(path, data, "source")
    return Equations(path, str(source.get("name", path.stem)), source, *parts["impression"], *parts["emotion"])


@dataclass(frozen=True)
class Event:
    """What an event means: *impression* (9,), *deflection*, and what actor and object feel, sentiment (3,) and word."""

    impression: Floats
    deflection: float
    actor_emotion: Floats
    actor_feels: str
    object_emotion: Floats
    object_feels: str


def _as_they_stand(lexicon: Path, equations: Path) -> tuple[Lexicon, Equations]:
    """Both files read, once for as long as they are not edited."""
    return _read_once(lexicon, equations, lexicon.stat().st_mtime_ns, equations.stat().st_mtime_ns)


@lru_cache
def _read_once(lexicon: Path, equations: Path, *_edited: int) -> tuple[Lexicon, Equations]:
    return load_lexicon(lexicon), load_equations(equations)


def event(actor: str, act: str, other: str, lexicon: str = "us2015", equations: str = "nc1978") -> Event:
    """What *actor* does *act* to *other* means, by words of a lexicon.

    >>> round(event("warden", "search", "prisoner").deflection, 2)
    1.8
    >>> event("warden", "comfort", "prisoner").deflection > event("nurse", "comfort", "patient").deflection
    True
    """
    words, formed = _as_they_stand(data_file("lexicons", lexicon), data_file("equations", equations))
    a, b = words.sentiment("identities", actor), words.sentiment("acts", act)
    o = words.sentiment("identities", other)
    impression = formed.impression(a, b, o)
    actor_emotion, object_emotion = formed.emotion(a, impression[:3]), formed.emotion(o, impression[6:])
    return Event(
        impression=impression,
        deflection=float(formed.deflection(a, b, o)),
        actor_emotion=actor_emotion,
        actor_feels=words.word(actor_emotion)[1],
        object_emotion=object_emotion,
        object_feels=words.word(object_emotion)[1],
    )

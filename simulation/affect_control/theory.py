"""Affect control theory by itself: events, carried impressions, optimal acts, relabelling, emotions and modifiers.

Nothing here needs the simulation: words, or sentiments of your own, go in; numbers, words or data frames come out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from twoway.simulation.affect_control.equations import Equations, load_equations
from twoway.simulation.affect_control.lexicon import COMPONENTS, SCALE, Lexicon, load_lexicon
from twoway.simulation.arrays import Floats
from twoway.simulation.data_files import data_file
from twoway.simulation.errors import InputError, nearest

if TYPE_CHECKING:
    import pandas as pd

Sentiment = str | Sequence[float] | Floats
"""A word, or three numbers: evaluation, potency and activity in EPA units."""
DIMENSIONS = ("evaluation", "potency", "activity")
PARTIES = ("actor", "other")
ACTOR, ACT, OTHER = slice(0, 3), slice(3, 6), slice(6, 9)
"""Places of the three parts of an event among its nine numbers."""


class Emotion(NamedTuple):
    """What someone feels.

    Attributes
    ----------
    sentiment
        Evaluation, potency and activity, shape (3,), EPA units.
    word
        The nearest word of the lexicon; only its family where two are about as near, "neutral" where nothing is.
    """

    sentiment: Floats
    word: str


@dataclass(frozen=True)
class Event:
    """What an event means.

    Attributes
    ----------
    fundamentals
        Lasting sentiments for actor, act and other, shape (9,), EPA units.
    transients
        Impressions of them that the event leaves, shape (9,), EPA units.
    actor_emotion, other_emotion
        What both feel after it.
    """

    fundamentals: Floats
    transients: Floats
    actor_emotion: Emotion
    other_emotion: Emotion

    @property
    def deflection(self) -> float:
        """How wrong the event feels: the squared distance of transients and fundamentals, unweighted."""
        return float(((self.fundamentals - self.transients) ** 2).sum())

    @property
    def actor_impression(self) -> Floats:
        """Impression of the actor after the event, shape (3,), EPA units."""
        return self.transients[ACTOR]

    @property
    def other_impression(self) -> Floats:
        """Impression of the other after the event, shape (3,), EPA units."""
        return self.transients[OTHER]


class AffectControl:
    """Affect control theory with the sentiments and equations of one culture (Heise 1979, 2007).

    Wherever a sentiment is asked for, a word of the lexicon may be given, an identity with a modifier such as "angry
    client", or three numbers.

    Parameters
    ----------
    lexicon, equations
        Names of data files that come with the package, or paths of your own (``.toml``).

    Raises
    ------
    InputError
        If there is no such file, or it cannot be read. Methods refuse a word that is not in the lexicon, and name the
        nearest.

    Examples
    --------
    >>> theory = AffectControl()
    >>> searched = theory.event("warden", "search", "prisoner")
    >>> round(searched.deflection, 2)
    1.8

    The reply that would set things right for the prisoner, after what both look like now:

    >>> reply = theory.optimal_act("prisoner", "warden", searched.other_impression, searched.actor_impression)
    >>> list(theory.nearest("acts", reply, 3))
    ['submit_to', 'complain_to', 'evade']
    """

    def __init__(self, lexicon: str | Path = "us2015", equations: str | Path = "nc1978") -> None:
        self.lexicon: Lexicon = load_lexicon(data_file("lexicons", str(lexicon)))
        self.equations: Equations = load_equations(data_file("equations", str(equations)))

    def sentiment(self, component: str, of: Sentiment) -> Floats:
        """Fundamental sentiment of a word.

        Parameters
        ----------
        component
            "acts", "identities" or "emotions".
        of
            A word; an identity may have an emotion before it. Three numbers are returned as they are.

        Returns
        -------
        Shape (3,), EPA units.

        Examples
        --------
        >>> AffectControl().sentiment("identities", "angry client").round(2)
        array([-1.45,  1.22,  1.49])
        """
        if not isinstance(of, str):
            given = np.asarray(of, np.float64)
            if given.shape != (3,) or not np.isfinite(given).all():
                raise InputError(f"a sentiment is a word or three numbers from {-SCALE} to {SCALE}, not {of!r}")
            return given
        if component not in COMPONENTS:
            raise InputError(f"there is no component '{component}'; {nearest(component, COMPONENTS)}")
        modifier, _, identity = of.partition(" ")
        if component == "identities" and of not in self.lexicon.identities and modifier in self.lexicon.emotions:
            return self.modified(modifier, identity)
        return self.lexicon.sentiment(component, of)

    def modified(self, modifier: Sentiment, identity: Sentiment) -> Floats:
        """Sentiment for someone of an identity who is seen to feel something, such as an angry client.

        Parameters
        ----------
        modifier
            An emotion.
        identity
            An identity.

        Returns
        -------
        Shape (3,), EPA units, by the amalgamation equation (Averett & Heise 1987).
        """
        return self.equations.amalgam(self.sentiment("emotions", modifier), self.sentiment("identities", identity))

    def event(
        self,
        actor: Sentiment,
        act: Sentiment,
        other: Sentiment,
        actor_impression: Sentiment | None = None,
        other_impression: Sentiment | None = None,
    ) -> Event:
        """What it means that an actor does something to another.

        Parameters
        ----------
        actor, other
            Identities.
        act
            An act.
        actor_impression, other_impression
            How both look before the event, because of the events before it; by default as their identities are.

        Examples
        --------
        Whoever has just been insulted looks small; comforting such a person feels different:

        >>> theory = AffectControl()
        >>> before = theory.event("inmate", "insult", "client").other_impression
        >>> alone = theory.event("nurse", "comfort", "client")
        >>> after = theory.event("nurse", "comfort", "client", other_impression=before)
        >>> bool(after.other_impression[0] < alone.other_impression[0])
        True
        """
        a, b, o = self._fundamentals(actor, act, other)
        before = self._before(a, o, actor_impression, other_impression)
        transients = self.equations.impression(before[0], b, before[1])
        return Event(
            np.concatenate([a, b, o]),
            transients,
            self.emotion(a, transients[ACTOR]),
            self.emotion(o, transients[OTHER]),
        )

    def events(self, frame: pd.DataFrame) -> pd.DataFrame:
        """What many events mean, each by itself: `event` for every row of a data frame.

        Parameters
        ----------
        frame
            Columns ``actor``, ``act`` and ``other``, which hold words; others are kept as they are.

        Returns
        -------
        The frame with the columns ``deflection``, ``actor_evaluation`` … ``other_activity`` (impressions after the
        event, EPA units), ``actor_emotion`` and ``other_emotion`` (words).

        Raises
        ------
        InputError
            If a column is missing, or a word is not in the lexicon; the message names the row.

        Examples
        --------
        >>> import pandas as pd
        >>> asked = pd.DataFrame({"actor": ["nurse", "warden"], "act": "search", "other": ["patient", "prisoner"]})
        >>> AffectControl().events(asked)["deflection"].round(1).tolist()
        [6.0, 1.8]
        """
        parts = {"actor": "identities", "act": "acts", "other": "identities"}
        missing = [column for column in parts if column not in frame]
        if missing:
            raise InputError(f"events need a column '{missing[0]}'; there are {', '.join(map(str, frame.columns))}")
        a, b, o = (self._of_words(frame[column], component) for column, component in parts.items())
        transients = self.equations.impression(a, b, o)
        told = frame.assign(deflection=((np.hstack([a, b, o]) - transients) ** 2).sum(axis=1))
        for party, identity, part in zip(PARTIES, (a, o), (ACTOR, OTHER), strict=True):
            impression = transients[:, part]
            for k, dimension in enumerate(DIMENSIONS):
                told[f"{party}_{dimension}"] = impression[:, k]
            felt = self.equations.emotion(identity, impression)
            told[f"{party}_emotion"] = [self.lexicon.word(sentiment)[1] for sentiment in felt]
        return told

    def optimal_act(
        self,
        actor: Sentiment,
        other: Sentiment,
        actor_impression: Sentiment | None = None,
        other_impression: Sentiment | None = None,
    ) -> Floats:
        """The act that would bring impressions nearest to the fundamentals: what the actor is to do now.

        Parameters
        ----------
        actor, other
            Identities.
        actor_impression, other_impression
            How both look before the act; by default as their identities are.

        Returns
        -------
        Shape (3,), EPA units; `nearest` gives words for it. Where the theory asks for more than the scale has, it is
        beyond the scale.
        """
        a, o = self.sentiment("identities", actor), self.sentiment("identities", other)
        before = self._before(a, o, actor_impression, other_impression)
        return self._least_deflecting(ACT, np.concatenate([before[0], np.zeros(3), before[1]]), np.concatenate([a, o]))

    def relabelled_actor(self, act: Sentiment, other: Sentiment, other_impression: Sentiment | None = None) -> Floats:
        """What the actor would have to be for the event to feel right: the identity of least deflection.

        The new identity is taken as its own impression, as for someone who has just come in.

        Parameters
        ----------
        act
            What was done.
        other
            Identity of the one to whom it was done.
        other_impression
            How that one looked before it; by default as the identity is.

        Returns
        -------
        Shape (3,), EPA units; `nearest` gives words for it.

        Examples
        --------
        >>> theory = AffectControl()
        >>> list(theory.nearest("identities", theory.relabelled_actor("insult", "client"), 1))
        ['offender']
        """
        b, o = self.sentiment("acts", act), self.sentiment("identities", other)
        _, before = self._before(o, o, None, other_impression)
        return self._least_deflecting(ACTOR, np.concatenate([np.zeros(3), b, before]), np.concatenate([b, o]))

    def relabelled_other(self, actor: Sentiment, act: Sentiment, actor_impression: Sentiment | None = None) -> Floats:
        """What the other would have to be for the event to feel right; see `relabelled_actor`.

        Parameters
        ----------
        actor
            Identity of the one who acted.
        act
            What was done.
        actor_impression
            How the actor looked before it; by default as the identity is.

        Returns
        -------
        Shape (3,), EPA units.
        """
        a, b = self.sentiment("identities", actor), self.sentiment("acts", act)
        before, _ = self._before(a, a, actor_impression, None)
        return self._least_deflecting(OTHER, np.concatenate([before, b, np.zeros(3)]), np.concatenate([a, b]))

    def emotion(self, identity: Sentiment, impression: Sentiment) -> Emotion:
        """What someone feels who is one thing and has come to look like another.

        Parameters
        ----------
        identity, impression
            Fundamental and transient sentiment of the person; words or shape (3,), EPA units.
        """
        felt = self.equations.emotion(self.sentiment("identities", identity), self.sentiment("identities", impression))
        return Emotion(felt, self.lexicon.word(felt)[1])

    def characteristic_emotion(self, identity: Sentiment) -> Emotion:
        """What someone of an identity feels where nothing disturbs it: the impression is the identity itself.

        Parameters
        ----------
        identity
            An identity.

        Examples
        --------
        >>> AffectControl().characteristic_emotion("friend").sentiment[0] > 0
        np.True_
        """
        return self.emotion(identity, identity)

    def nearest(self, component: str, sentiment: Sentiment, count: int = 5) -> dict[str, float]:
        """The words nearest to a sentiment.

        Parameters
        ----------
        component
            "acts", "identities" or "emotions".
        sentiment
            Shape (3,), EPA units, or a word.
        count
            Number of words.

        Returns
        -------
        Distances in EPA units by word, nearest first.
        """
        words, table = self._tables[component]
        distances = np.linalg.norm(table - self.sentiment(component, sentiment), axis=1)
        return {words[i]: float(distances[i]) for i in np.argsort(distances, kind="stable")[:count]}

    @cached_property
    def _tables(self) -> dict[str, tuple[list[str], Floats]]:
        """Words and their mean sentiments, shape (words, 3), by component."""
        tables: dict[str, dict[str, Floats]] = {component: getattr(self.lexicon, component) for component in COMPONENTS}
        return {name: (list(table), np.array([row[:3] for row in table.values()])) for name, table in tables.items()}

    def _fundamentals(self, actor: Sentiment, act: Sentiment, other: Sentiment) -> tuple[Floats, Floats, Floats]:
        return self.sentiment("identities", actor), self.sentiment("acts", act), self.sentiment("identities", other)

    def _before(
        self, actor: Floats, other: Floats, actor_impression: Sentiment | None, other_impression: Sentiment | None
    ) -> tuple[Floats, Floats]:
        """How both look before an event: as given, or as their identities are."""
        given = (actor, actor_impression), (other, other_impression)
        one, two = (identity if seen is None else self.sentiment("identities", seen) for identity, seen in given)
        return one, two

    def _of_words(self, words: pd.Series, component: str) -> Floats:
        """Sentiments of a column of words, shape (rows, 3)."""
        found: dict[str, Floats] = {}
        for row, word in zip(words.index, words, strict=True):
            if not isinstance(word, str):
                raise InputError(f"row {row}, column '{words.name}': {word!r} is no word")
            if word not in found:
                try:
                    found[word] = self.sentiment(component, word)
                except InputError as error:
                    raise InputError(f"row {row}, column '{words.name}': {error}") from None
        return np.array([found[word] for word in words]).reshape(-1, 3)

    def _least_deflecting(self, part: slice, before: Floats, known: Floats) -> Floats:
        """The sentiment of one part of an event that makes its deflection least, shape (3,).

        Deflection is |f - t|^2, and both the fundamentals f and the transients t are linear in the unknown part, so it
        is an ordinary problem of least squares.

        Parameters
        ----------
        part
            The unknown part.
        before
            Impressions that go into the event, shape (9,); 0 in the unknown part.
        known
            Fundamentals of the other two parts, shape (6,).
        """
        if self.equations.squares(range(9)[part]):
            raise InputError(f"{self.equations.path}: has products of a party with itself, so there is no one optimum")
        others = np.ones(9, bool)
        others[part] = False
        fundamentals = np.zeros((4, 9))
        fundamentals[:, others] = known
        inputs = np.tile(before, (4, 1))
        fundamentals[1:, part] = inputs[1:, part] = np.eye(3)
        gap = fundamentals - self.equations.impression(inputs[:, ACTOR], inputs[:, ACT], inputs[:, OTHER])
        slopes = gap[1:] - gap[0]
        solution: Floats = np.linalg.lstsq(slopes.T, -gap[0], rcond=None)[0]
        return solution

"""The printed equations of affect control theory, evaluated a second time: term by term, without numpy."""

import tomllib

from twoway.simulation.affect_control.equations import RIDGE
from twoway.simulation.affect_control.lexicon import SCALE
from twoway.simulation.data_files import DATA

TERMS = tomllib.loads((DATA / "equations" / "nc1978.toml").read_text(encoding="utf-8"))


def inputs(letters, *sentiments):
    """{"Ae": 1.2, ...} for sentiments of the parties named by *letters*."""
    return {
        letter + dimension: float(value)
        for letter, sentiment in zip(letters, sentiments, strict=True)
        for dimension, value in zip("epa", sentiment, strict=True)
    }


def amount(term, named):
    """The product of the inputs that a term of the file names."""
    product = 1.0
    for name in term.split("*"):
        product *= 1.0 if name == "1" else named[name]
    return product


def second_impression(actor, act, other):
    named = inputs("ABO", actor, act, other)
    total = [0.0] * 9
    for term, coefficients in TERMS["impression"].items():
        for k in range(9):
            total[k] += coefficients[k] * amount(term, named)
    return total


def second_deflection(actor, act, other, actor_looks=None, other_looks=None):
    """Deflection; *looks* are impressions before the event, where they are not the sentiments themselves."""
    before = [*actor, *act, *other]
    after = second_impression(actor_looks or actor, act, other_looks or other)
    return sum((x - y) ** 2 for x, y in zip(before, after, strict=True))


def amalgam(mood, identity):
    """What someone with this identity looks like who feels this way."""
    named = inputs("MI", mood, identity)
    return [sum(c[k] * amount(term, named) for term, c in TERMS["emotion"].items()) for k in range(3)]


def determinant(m):
    return (
        m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
        - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
        + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
    )


def second_emotion(identity, impression):
    """The mood that makes the identity look like the impression, nearly: minimises the miss plus RIDGE times mood²."""
    nothing = amalgam([0, 0, 0], identity)
    moods = [[float(i == j) for j in range(3)] for i in range(3)]
    by_mood = [[amalgam(m, identity)[k] - nothing[k] for m in moods] for k in range(3)]
    missing = [impression[k] - nothing[k] for k in range(3)]
    left = [
        [sum(by_mood[k][i] * by_mood[k][j] for k in range(3)) + (RIDGE if i == j else 0.0) for j in range(3)]
        for i in range(3)
    ]
    right = [sum(by_mood[k][i] * missing[k] for k in range(3)) for i in range(3)]
    mood = []
    for column in range(3):  # Cramer's rule
        swapped = [[right[i] if j == column else left[i][j] for j in range(3)] for i in range(3)]
        mood.append(determinant(swapped) / determinant(left))
    return [min(SCALE, max(-SCALE, m)) for m in mood]

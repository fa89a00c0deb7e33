"""The facts without each dimension: the whole model is that of the scoreboard, and what is lost is told."""

import math

import pandas as pd
import pytest

from twoway.experiments.validation.ablation_table import DIMENSIONS
from twoway.experiments.validation.fact_table import measurable_facts
from twoway.experiments.validation.facts import FACTS
from twoway.experiments.validation.facts_without_dimension import (
    HERE,
    WITH_ALL,
    facts_without,
    facts_without_sentences,
    facts_without_table,
)
from twoway.experiments.validation.scoreboard import parts_of_facts

HERE_ALONE = tuple(one.id for one in measurable_facts() if FACTS[one.id].conditions == (HERE,))


@pytest.fixture(scope="module")
def table():
    return facts_without(3, 2)


def test_with_everything_the_facts_are_those_of_the_scoreboard(table):
    whole = table[table["without"] == WITH_ALL].set_index(["fact", "part"])["estimate"]
    for fact, parts in parts_of_facts(HERE_ALONE, 3, 2).items():
        for name, part in parts.items():
            assert whole[fact, name] == pytest.approx(part.estimate, nan_ok=True)


def test_every_such_fact_is_looked_at_without_each_dimension_once(table):
    parts = sum(len(one.part) for one in measurable_facts() if one.id in HERE_ALONE)
    assert table.groupby("without").size().to_dict() == dict.fromkeys((WITH_ALL, *DIMENSIONS), parts)
    assert len(facts_without_table(table).rows) == parts
    assert len(HERE_ALONE) > 10


def by_hand(verdicts):
    rows = [
        (without, fact, "share", "share", math.nan if verdict == "missed" else 0.5, 0.1, 0.7, verdict)
        for fact, own in verdicts.items()
        for without, verdict in zip((WITH_ALL, *DIMENSIONS), own, strict=True)
    ]
    columns = ["without", "fact", "part", "unit", "estimate", "accept_low", "accept_high", "verdict"]
    return pd.DataFrame(rows, columns=columns)


def test_what_is_lost_and_what_is_met_only_without_something_is_told():
    table = by_hand(
        {
            "A": ("met", "met", "missed", "met", "met"),
            "B": ("between", "met", "between", "between", "between"),
            "C": ("met", "met", "between", "met", "met"),
        }
    )
    told = list(facts_without_sentences(table))
    assert told[0].startswith("Of the 3 facts that rest on an ordinary centre alone, 2 are met in every part with")
    assert "3 without expectation, 0 without meaning, 2 without context and 2 without handling" in told[0]
    assert told[1:] == ["Without expectation, met only then: B.", "Without meaning, lost: A and C."]
    assert facts_without_table(table).rows[0][3:] == (
        "0.50",
        "0.50",
        "nothing to compute it from, missed",
        "0.50",
        "0.50",
    )

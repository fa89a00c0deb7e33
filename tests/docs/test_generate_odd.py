"""The ODD text and the code say the same."""

from __future__ import annotations

import inspect
import math
import re
from importlib import import_module
from itertools import pairwise
from pkgutil import iter_modules

import numpy as np
import pytest
from docs import generate_odd as document

import twoway.simulation.rules
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import Resolved, Scenario, all_declarations
from twoway.simulation.rules import RULES
from twoway.simulation.tables import columns_of

for module in iter_modules(twoway.simulation.rules.__path__):
    import_module(f"twoway.simulation.rules.{module.name}")

TEXT = document.ODD.read_text(encoding="utf-8")
WRITTEN = document.BLOCK.sub("", TEXT)
"""The text without its generated tables: what somebody wrote and can forget to change."""
SUBMODELS = WRITTEN[WRITTEN.index("## 7 Submodels") : WRITTEN.index("## Departures")]
FORMULAS = dict(re.findall(r"`(\w+)\([^`]*?\) = ([^`]+)`", SUBMODELS))
ARGUMENTS = dict(re.findall(r"`(\w+)\(([^`]*?)\) = [^`]+`", SUBMODELS))
SECTIONS = (
    "1 Purpose and patterns",
    "2 Entities, state variables and scales",
    "3 Process overview and scheduling",
    "4 Design concepts",
    "5 Initialization",
    "6 Input data",
    "7 Submodels",
    "Departures from the specification the model was built from, and why",
)
CONCEPTS = (
    "basic principles", "theoretical and empirical background", "emergence", "adaptation",
    "individual decision making", "objectives", "learning", "individual prediction", "individual sensing",
    "interaction", "stochasticity", "collectives", "heterogeneity", "observation",
)  # fmt: skip
PUBLISHED = re.compile(r"\b(1[89]|20)\d\d\b|doi|web pages")


def test_the_odd_is_up_to_date_with_the_code():
    assert document.main(["--check"]) == 0


def test_a_number_changed_in_the_text_alone_is_noticed_and_put_right(tmp_path, monkeypatch, capsys):
    stale = tmp_path / "ODD.md"
    stale.write_text(TEXT.replace("| `context.everyday` |", "| `context.everyday` | most |"), encoding="utf-8")
    monkeypatch.setattr(document, "ODD", stale)
    assert document.main(["--check"]) == 1
    assert "out of date" in capsys.readouterr().err
    assert document.main([]) == 0
    assert stale.read_text(encoding="utf-8") == TEXT


def test_a_table_nobody_writes_is_refused_with_the_nearest_that_is_written():
    with pytest.raises(InputError, match="did you mean 'frames'"):
        document.renewed(TEXT.replace("<!-- generated: frames -->", "<!-- generated: framse -->"))


def test_a_table_that_was_lost_is_missed():
    with pytest.raises(InputError, match="'turns' must be there once, not 0 times"):
        document.renewed(TEXT.replace("<!-- generated: turns -->", ""))


@pytest.mark.parametrize("name", sorted(RULES))
def test_every_rule_is_described_with_its_formula(name):
    assert name in FORMULAS, f"`{name}(…) = …` stands nowhere in section 7"
    assert ARGUMENTS[name].split(", ") == list(inspect.signature(RULES[name]).parameters)


@pytest.mark.parametrize("name", sorted(FORMULAS))
def test_a_formula_in_the_text_gives_what_the_rule_gives(name):
    rule = RULES[name]
    known = {"__builtins__": {}, "exp": math.exp, "log": math.log, "ceil": math.ceil, "min": min, "max": max}
    draws, compared = np.random.default_rng(0), 0
    for low, high in ((0.05, 1.0), (0.05, 4.0), (-3.0, 3.0)):
        for values in draws.uniform(low, high, (200, len(inspect.signature(rule).parameters))).tolist():
            try:
                wanted = rule(*values)
            except (ValueError, ZeroDivisionError, OverflowError):
                continue
            named = dict(zip(ARGUMENTS[name].split(", "), values, strict=True))
            assert eval(FORMULAS[name], known | named) == pytest.approx(wanted, rel=1e-9, abs=1e-12)
            compared += 1
    assert compared >= 400


@pytest.mark.parametrize("number", all_declarations(), ids=lambda d: f"{d.section}.{d.name}")
def test_every_number_has_a_meaning_a_range_a_unit_and_a_source(number):
    assert number.low < number.high
    assert number.low <= number.default <= number.high
    assert number.meaning.endswith(".")
    assert number.unit
    swept = f"swept {number.low:g}..{number.high:g}"
    assert number.source in (f"assumed; {swept}", f"calibrated; {swept}") or PUBLISHED.search(number.source)


def test_no_number_is_described_that_the_model_does_not_have():
    declared = {f"{d.section}.{d.name}" for d in all_declarations()}
    told = set(re.findall(r"`((?:design|context|people|learning)\.\w+)`", WRITTEN))
    assert told <= declared


def test_every_number_is_described_where_it_is_used():
    told = set(re.findall(r"`(\w+\.\w+)`", WRITTEN))
    missing = [f"{d.section}.{d.name}" for d in all_declarations() if f"{d.section}.{d.name}" not in told]
    assert not missing


def test_no_column_is_recommended_that_is_not_recorded():
    resolved = Resolved(Scenario())
    recorded = {c.name for table in ("events", "days", "dyads") for c in columns_of(table, resolved)}
    advice = WRITTEN[WRITTEN.index("What later analyses need") : WRITTEN.index("### 7.15")]
    assert {name for name in re.findall(r"`([^`]+)`", advice) if "…" not in name} <= recorded


def test_the_sections_come_in_the_order_of_the_protocol():
    headings = re.findall(r"^## (.+)$", TEXT, re.MULTILINE)
    assert tuple(headings[: len(SECTIONS)]) == SECTIONS


def test_the_design_concepts_of_both_protocols_are_all_there():
    concepts = WRITTEN[WRITTEN.index("## 4 ") : WRITTEN.index("## 5 ")].lower()
    assert [c for c in CONCEPTS if c not in concepts] == []


def test_the_departures_are_lettered_without_a_gap():
    letters = re.findall(r"^\| ([a-z]) \|", WRITTEN[WRITTEN.index("## Departures") :], re.MULTILINE)
    assert letters[0] == "a"
    assert all(ord(later) - ord(earlier) == 1 for earlier, later in pairwise(letters))

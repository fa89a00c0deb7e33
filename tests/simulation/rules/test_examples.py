"""Every rule carries an example that holds and says on what scale it works."""

import doctest
import importlib
import pkgutil
from typing import get_type_hints

import pytest

from twoway.simulation import rules

for module in pkgutil.iter_modules(rules.__path__):
    importlib.import_module(f"twoway.simulation.rules.{module.name}")
RULES = sorted(rules.RULES)


def failures(name, meant):
    """How many examples of a rule there are, and how many fail if its name means *meant*."""
    written = rules.RULES[name]
    tests = doctest.DocTestFinder(recurse=False).find(written, name, globs={**written.__globals__, name: meant})
    runner = doctest.DocTestRunner()
    results = [runner.run(test) for test in tests]
    return sum(r.attempted for r in results), sum(r.failed for r in results)


def test_there_are_rules_in_every_module_of_the_package():
    homes = {rules.RULES[name].__module__ for name in RULES}
    assert homes == {f"twoway.simulation.rules.{module.name}" for module in pkgutil.iter_modules(rules.__path__)}


@pytest.mark.parametrize("name", RULES)
def test_a_rule_as_it_is_written_does_what_its_example_says(name):
    attempted, failed = failures(name, rules.RULES[name])
    assert attempted >= 1
    assert failed == 0


@pytest.mark.parametrize("name", RULES)
def test_a_rule_as_it_is_compiled_does_what_its_example_says(name):
    """Compiled, or plain Python with NUMBA_DISABLE_JIT=1."""
    home = importlib.import_module(rules.RULES[name].__module__)
    assert failures(name, getattr(home, name))[1] == 0


@pytest.mark.parametrize("name", RULES)
def test_a_rule_takes_plain_numbers_and_gives_one_and_says_so(name):
    written = rules.RULES[name]
    hints = get_type_hints(written)
    arguments = written.__code__.co_varnames[: written.__code__.co_argcount]
    assert arguments
    assert set(hints) == {*arguments, "return"}
    assert all(hints[argument] is float for argument in arguments)
    assert hints["return"] in (float, int, bool)


@pytest.mark.parametrize("name", list(RULES))
def test_a_rule_reads_no_module_but_math_and_calls_nothing_that_is_not_a_rule_or_built_in(name):
    written = rules.RULES[name]
    known = {"math", "min", "max", "exp", "log", "ceil", *RULES}
    assert set(written.__code__.co_names) <= known

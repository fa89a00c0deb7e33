"""Every coping way is one declaration in a file of its own, complete enough for all that reads it."""

from __future__ import annotations

import re
from importlib import import_module
from pkgutil import iter_modules

import pytest

from twoway.simulation import coping
from twoway.simulation.coping import COPING_WAYS, CopingWay
from twoway.simulation.parameters.declare import declarations

FILES = sorted(module.name for module in iter_modules(coping.__path__) if module.name != "registry")


@pytest.mark.parametrize("name", FILES)
def test_a_file_declares_one_way_of_its_own_name(name):
    module = import_module(f"twoway.simulation.coping.{name}")
    assert [entry.name for entry in vars(module).values() if isinstance(entry, CopingWay)] == [name]


def test_every_file_is_registered_and_nothing_else():
    assert sorted(COPING_WAYS) == FILES


@pytest.mark.parametrize("way", COPING_WAYS.values(), ids=list(COPING_WAYS))
def test_a_way_says_what_it_is_and_can_be_told(way):
    assert re.fullmatch("[a-z_]+", way.name)
    assert way.meaning[0].islower()
    assert not way.meaning.endswith(".")
    told = way.phrase.format(their="her", them="him")
    assert not re.search(r"[{}]", told)
    assert (way.log_odds.__doc__ or "").strip()
    assert (way.effect.__doc__ or "").strip()


@pytest.mark.parametrize("way", COPING_WAYS.values(), ids=list(COPING_WAYS))
def test_a_ways_tendency_is_a_number_of_its_own(way):
    declared = {d.name: d for d in declarations("coping", way.parameters)}
    assert declared[f"{way.name}_log_odds"].unit == "log-odds"
    assert all(d.meaning and d.source and d.low < d.high for d in declared.values())


def test_one_way_proposes_a_talk():
    assert [way.name for way in COPING_WAYS.values() if way.proposes_talk] == ["propose_talk"]

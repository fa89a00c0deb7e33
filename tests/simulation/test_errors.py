"""Refusals: one sentence that helps."""

import doctest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twoway.simulation import errors as refusal
from twoway.simulation.errors import InputError, listed, nearest

LAW = settings(deadline=None, max_examples=60)
words = st.text(alphabet="abcdefgh_", min_size=1, max_size=12)


def test_a_script_that_knows_nothing_of_refusals_can_catch_one_as_a_value_error():
    with pytest.raises(ValueError, match="said why"):
        raise InputError("said why")


@LAW
@given(words, st.lists(words, max_size=6))
def test_a_word_that_is_valid_is_always_its_own_nearest(word, others):
    assert nearest(word, [word, *others]) == f"did you mean '{word}'?"


@LAW
@given(st.text(alphabet="xyz", min_size=1, max_size=8), st.lists(words, min_size=1, max_size=6))
def test_to_a_word_like_no_other_all_valid_words_are_named(word, valid):
    hint = nearest(word, valid)
    assert hint.startswith("valid are ")
    assert all(repr(w) in hint for w in valid)


@pytest.mark.parametrize(
    ("word", "meant"),
    [("contrl", "control"), ("Control", "control"), ("formalty", "formality"), ("transparancy", "transparency")],
)
def test_a_slip_of_the_finger_is_recognised(word, meant):
    valid = ["control", "formality", "transparency", "clients", "days"]
    assert nearest(word, valid) == f"did you mean '{meant}'?"


def test_where_nothing_is_valid_that_is_said():
    assert nearest("anything", []) == "there is none to choose from"


def test_the_order_of_the_valid_words_does_not_matter():
    assert nearest("q", ["b", "a", "c"]) == nearest("q", ["c", "b", "a"]) == "valid are 'a', 'b' and 'c'"


@LAW
@given(st.lists(words, min_size=1, max_size=6))
def test_a_list_reads_as_a_sentence(items):
    sentence = listed(items)
    assert sentence.count(" and ") == (len(items) > 1)
    assert sentence.replace(" and ", ", ").split(", ") == items


def test_the_examples_in_the_docstrings_of_errors_hold():
    assert doctest.testmod(refusal).failed == 0

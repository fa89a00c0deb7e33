from __future__ import annotations

from urllib.parse import parse_qs, quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twoway.seminar.recipe import Change, Recipe, changeable_settings, parse_recipe
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import load, shipped_names

NAMES = st.sampled_from(shipped_names())


@st.composite
def changes(draw: st.DrawFn) -> Change:
    name = draw(st.sampled_from(sorted(changeable_settings())))
    value = draw(st.floats(changeable_settings()[name].low, changeable_settings()[name].high))
    return Change(draw(st.integers(1, 180)), name, value + 0.0)


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    name = draw(NAMES)
    day = draw(st.integers(0, 180))
    some = {(one.day, one.field): one for one in draw(st.lists(changes(), max_size=5))}
    return Recipe(
        scenario=name,
        seed=draw(st.integers(0, 2**63 - 1)),
        pair=draw(st.integers(0, load(name).design.clients - 1)),
        day=day,
        event=draw(st.none() | st.integers(1, 99)) if day else None,
        changes=tuple(sorted(some.values())),
        against=draw(st.none() | NAMES),
        lesson=draw(st.none() | st.from_regex(r"[a-z0-9]{1,9}(-[a-z0-9]{1,9})?", fullmatch=True)),
    )


@given(recipes())
def test_a_recipe_printed_and_typed_in_is_the_same_recipe(one: Recipe) -> None:
    assert parse_recipe(str(one)) == one


@given(recipes())
def test_a_recipe_goes_through_a_link_as_it_is(one: Recipe) -> None:
    assert quote(str(one), safe="/:=,.-_~") == str(one)
    assert parse_qs(f"recipe={one}", separator="&")["recipe"] == [str(one)]


@given(st.text(max_size=80) | st.from_regex(r"(ordinary|x)/[0-9a-z]{0,3}(/[pdvslesson0-9:.=,a-z-]{0,20}){0,4}"))
def test_whatever_is_typed_is_a_recipe_or_a_sentence(text: str) -> None:
    try:
        one = parse_recipe(text)
    except InputError as refusal:
        said = str(refusal)
    else:
        said = f"recipe: {parse_recipe(str(one)) == one}"
    assert said == "recipe: True" or (said.startswith("recipe: ") and "\n" not in said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is empty"),
        ("ordinry/1", "did you mean 'ordinary'?"),
        ("../../etc/passwd", "luck '..' must be a whole number"),
        ("ordinary/-1", "luck '-1' must be a whole number"),
        ("ordinary/1/p16", "the pairs 0 to 15"),
        ("ordinary/1/d181", "the days 1 to 180"),
        ("ordinary/1/d0.1", "counted from 1"),
        ("ordinary/1/d5/d6", "day stands there twice"),
        ("ordinary/1/d5:context.contrl=4", "did you mean 'context.control'?"),
        ("ordinary/1/d5:context.control=99", "it must be from 0 to 14"),
        ("ordinary/1/d5:context.control=nan", "it must be from 0 to 14"),
        ("ordinary/1/d5:context.control=1,context.control=2", "changed twice"),
        ("ordinary/1/d5:context.distress=0.1", "cannot change during a stay"),
        ("ordinary/1/d0:context.control=1", "from a day from 1 to 180"),
        ("ordinary/1/lesson:<script>", "small letters"),
        ("ordinary/1/hello", "'hello' cannot be read"),
        ("ordinary/1/" + "x" * 3000, "characters; it may have 2000"),
        ("x" * 1000, "there is no scenario"),
    ],
)
def test_a_bad_recipe_says_what_would_be_right(text: str, said: str) -> None:
    with pytest.raises(InputError, match="recipe: ") as refused:
        parse_recipe(text)
    assert said in str(refused.value)
    assert len(str(refused.value)) < 600


def test_what_is_left_out_is_as_at_the_beginning() -> None:
    assert parse_recipe("ordinary") == Recipe("ordinary")
    assert str(parse_recipe(" ordinary/1/d0 ")) == "ordinary/1"


def test_settings_count_from_their_day_on_and_add_up() -> None:
    one = parse_recipe("ordinary/1/d20:context.formality=0.6/d5:context.control=4")
    before = Recipe("ordinary").settings_on(1)
    assert one.settings_on(4) == before
    assert one.settings_on(19) == before | {"context.control": 4.0}
    assert one.settings_on(20) == before | {"context.control": 4.0, "context.formality": 0.6}
    assert [(r.day, r.scenario.context.control, r.scenario.context.formality) for r in one.schedule.policy_changes] == [
        (5, 4.0, before["context.formality"]),
        (20, 4.0, 0.6),
    ]


def test_pairs_are_counted_through_the_centres() -> None:
    assert parse_recipe("four-centres/1/p7").dyad == (0, 1, 3)

"""Lexicons and equation sets: what ships, other sets as files, and refusals that name file and field."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from twoway import AffectControl
from twoway.simulation.affect_control.equations import load_equations
from twoway.simulation.affect_control.lexicon import COMPONENTS, SCALE, load_lexicon
from twoway.simulation.data_files import data_file
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import Resolved, Scenario, changed, load
from twoway.simulation.random_streams import lexicon_resample_draws
from twoway.simulation.tables import run

LEXICON = load_lexicon(data_file("lexicons", "us2015"))
SIZE = sum(len(getattr(LEXICON, component)) for component in COMPONENTS)
LAW = settings(deadline=None, max_examples=40)

SMALL = """
[source]
name = "Two raters"

[acts]
greet = [2.0, 1.0, 0.5, 1.0, 1.0, 1.0, 2]
shove = [-2.0, 1.0, 1.5, 1.0, 1.0, 1.0, 2]

[identities]
host = [1.5, 1.0, 0.0, 1.0, 1.0, 1.0, 2]
guest = [1.0, 0.0, 0.0, 1.0, 1.0, 1.0, 2]

[emotions]
glad = [2.0, 1.0, 0.0, 1.0, 1.0, 1.0, 2]
merry = [2.0, 1.0, 0.8, 1.0, 1.0, 1.0, 2]
sad = [-2.0, -1.0, -1.0, 1.0, 1.0, 1.0, 2]

[families]
good = ["glad", "merry"]
bad = ["sad"]
"""

NOTHING_CHANGES = """
[impression]
"Ae" = [1, 0, 0, 0, 0, 0, 0, 0, 0]
"Ap" = [0, 1, 0, 0, 0, 0, 0, 0, 0]
"Aa" = [0, 0, 1, 0, 0, 0, 0, 0, 0]
"Be" = [0, 0, 0, 1, 0, 0, 0, 0, 0]
"Bp" = [0, 0, 0, 0, 1, 0, 0, 0, 0]
"Ba" = [0, 0, 0, 0, 0, 1, 0, 0, 0]
"Oe" = [0, 0, 0, 0, 0, 0, 1, 0, 0]
"Op" = [0, 0, 0, 0, 0, 0, 0, 1, 0]
"Oa" = [0, 0, 0, 0, 0, 0, 0, 0, 1]

[emotion]
"Me" = [1, 0, 0]
"Mp" = [0, 1, 0]
"Ma" = [0, 0, 1]
"""


@pytest.fixture
def written(tmp_path):
    """Write a text to a file of its own and return the path."""

    def write(text, name="mine.toml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def refusal_of(loader, path):
    with pytest.raises(InputError) as refused:
        loader(path)
    message = str(refused.value)
    assert str(path) in message, "a refusal names the file"
    assert "\n" not in message, "a refusal is one sentence"
    return message


def other(text, old, new):
    """*text* with one thing changed, which must be there to be changed."""
    assert old in text
    return text.replace(old, new, 1)


def test_the_shipped_lexicon_has_enough_words_to_tell_a_stay():
    assert len(LEXICON.acts) >= 60
    assert len(LEXICON.identities) >= 40
    assert len(LEXICON.emotions) >= 110


@pytest.mark.parametrize(
    ("component", "term", "row"),
    [
        ("acts", "help", (3.57, 3.23, 0.17, 0.88, 1.06, 2.18, 72)),
        ("acts", "refuse", (-0.87, 1.28, 0.64, 1.57, 1.69, 1.64, 70)),
        ("acts", "search", (-0.23, 0.74, 0.56, 1.44, 1.34, 1.41, 67)),
        ("acts", "negotiate_with", (2.15, 2.31, 1.11, 1.04, 1.3, 1.74, 26)),
        ("acts", "order", (-0.82, 1.83, 1.46, 1.46, 1.44, 1.39, 114)),
        ("acts", "explain_something_to", (2.41, 2.0, 0.01, 1.23, 1.22, 1.77, 75)),
        ("acts", "submit_to", (-1.23, -1.26, -1.19, 1.7, 2.25, 1.43, 68)),
        ("identities", "warden", (-0.18, 2.25, 0.84, 1.79, 1.62, 1.55, 69)),
        ("identities", "prisoner", (-1.81, -2.27, -0.43, 1.44, 1.9, 2.06, 71)),
        ("identities", "counselor", (2.54, 1.66, -0.78, 1.23, 1.55, 1.87, 69)),
        ("identities", "civil_servant", (1.18, -0.17, -0.54, 1.84, 2.0, 1.54, 76)),
        ("identities", "addict", (-2.23, -2.36, 0.19, 1.54, 1.94, 2.27, 72)),
        ("emotions", "angry", (-1.77, 0.57, 1.8, 1.62, 2.13, 1.62, 44)),
        ("emotions", "hopeful", (2.64, 2.15, -0.69, 1.33, 1.84, 1.96, 69)),
        ("emotions", "humiliated", (-3.1, -1.06, 0.54, 1.27, 2.83, 2.39, 74)),
    ],
)
def test_the_sentiment_typed_in_again_from_the_us_2015_collection_is_the_one_that_ships(component, term, row):
    """Mean, SD and number of raters, read a second time from the compilation (actdata 0.0.0.9006)."""
    assert tuple(getattr(LEXICON, component)[term]) == row


@pytest.mark.parametrize("component", COMPONENTS)
def test_every_rating_lies_on_the_scale_and_was_given_by_several_raters(component):
    for term, row in getattr(LEXICON, component).items():
        assert (np.abs(row[:3]) <= SCALE).all(), term
        assert (row[3:6] > 0).all(), term
        assert row[6] >= 20, term


def test_every_emotion_belongs_to_one_coarse_family():
    assert set(LEXICON.family) == set(LEXICON.emotions)
    assert len(set(LEXICON.family.values())) < len(LEXICON.emotions) / 5


def test_the_lexicon_says_where_its_figures_come_from():
    assert "2016" in LEXICON.source["collected"]
    assert "10.5281/zenodo.14652399" in LEXICON.source["compiled"]


def test_the_mean_of_two_identities_lies_halfway_between_them():
    friend, mentor = (LEXICON.sentiment("identities", w) for w in ("friend", "mentor"))
    assert LEXICON.mean("identities", ["friend", "mentor"]) == pytest.approx((friend + mentor) / 2)


def test_an_unknown_term_is_refused_with_file_table_and_nearest_word():
    with pytest.raises(InputError, match=r"us2015\.toml: acts has no 'hlep'; did you mean 'help'\?"):
        LEXICON.sentiment("acts", "hlep")


def test_the_same_raters_give_the_same_lexicon():
    again = LEXICON.resampled(np.zeros((SIZE, 3)))
    for component in COMPONENTS:
        before, after = getattr(LEXICON, component), getattr(again, component)
        assert list(before) == list(after)
        for term in before:
            assert (before[term] == after[term]).all(), term


@LAW
@given(arrays(float, (SIZE, 3), elements=st.floats(-6, 6)))
def test_other_raters_shift_each_mean_by_its_standard_error_and_stay_on_the_scale(draws):
    again = LEXICON.resampled(draws)
    row = 0
    for component in ("acts", "identities", "emotions"):
        for term, before in getattr(LEXICON, component).items():
            after = getattr(again, component)[term]
            for d in range(3):
                shifted = float(before[d]) + float(draws[row, d]) * float(before[3 + d]) / math.sqrt(float(before[6]))
                assert after[d] == pytest.approx(min(4.3, max(-4.3, shifted)), abs=1e-12)
            assert (after[3:] == before[3:]).all()
            row += 1
    assert row == SIZE


def test_raters_far_off_the_scale_are_kept_on_it():
    again = LEXICON.resampled(np.full((SIZE, 3), 1000.0))
    assert all((row[:3] == SCALE).all() for c in COMPONENTS for row in getattr(again, c).values())


def test_resampling_leaves_the_lexicon_it_began_with_alone():
    before = LEXICON.acts["help"].copy()
    LEXICON.resampled(np.ones((SIZE, 3)))
    assert (LEXICON.acts["help"] == before).all()


def test_draws_for_another_number_of_terms_are_refused():
    with pytest.raises(InputError, match=rf"needs draws of shape \({SIZE}, 3\)"):
        LEXICON.resampled(np.zeros((SIZE - 1, 3)))


def test_another_lexicon_and_another_set_of_equations_are_added_as_files_without_code(written):
    lexicon, equations = written(SMALL, "small.toml"), written(NOTHING_CHANGES, "still.toml")
    felt = AffectControl(lexicon, equations).event("host", "shove", "guest")
    assert felt.deflection == pytest.approx(0.0, abs=1e-12)
    assert felt.transients == pytest.approx([1.5, 1.0, 0.0, -2.0, 1.0, 1.5, 1.0, 0.0, 0.0])
    assert felt.actor_emotion.word == "good", "glad and merry are nearly as near"
    assert load_lexicon(lexicon).name == "Two raters"
    assert load_equations(equations).name == "still"


def test_a_lexicon_that_was_edited_is_read_as_it_stands_now(written):
    path = written(SMALL)
    assert load_lexicon(path).sentiment("acts", "greet")[0] == 2.0
    written(other(SMALL, "greet = [2.0,", "greet = [1.0,"))
    assert load_lexicon(path).sentiment("acts", "greet")[0] == 1.0


def test_a_lexicon_that_is_not_there_is_refused(tmp_path):
    assert "cannot be read" in refusal_of(load_lexicon, tmp_path / "none.toml")


MISTAKES = [
    ("greet = [2.0, 1.0,", "greet = [1.0,", "acts.greet", "list of 7 numbers"),
    ("greet = [2.0, 1.0,", "greet = [0.0, 2.0, 1.0,", "acts.greet", "list of 7 numbers"),
    ("greet = [2.0, 1.0, 0.5, 1.0, 1.0, 1.0, 2]", "greet = 2.0", "acts.greet", "list of 7 numbers"),
    ("guest = [1.0,", "guest = [nan,", "identities.guest", "not a finite number"),
    ("guest = [1.0,", "guest = [inf,", "identities.guest", "not a finite number"),
    ("guest = [1.0,", "guest = ['good',", "identities.guest", "not a finite number"),
    ("guest = [1.0,", "guest = [true,", "identities.guest", "not a finite number"),
    ("guest = [1.0,", "guest = [1" + "0" * 400 + ",", "identities.guest", "number"),
    ("glad = [2.0,", "glad = [4.4,", "emotions.glad", "from -4.3 to 4.3"),
    ("glad = [2.0,", "glad = [-4.4,", "emotions.glad", "from -4.3 to 4.3"),
    ("sad = [-2.0, -1.0, -1.0, 1.0, 1.0, 1.0, 2]", "sad = [0, 0, 0, -1, 1, 1, 2]", "emotions.sad", "SDs"),
    ("sad = [-2.0, -1.0, -1.0, 1.0, 1.0, 1.0, 2]", "sad = [0, 0, 0, 1, 1, 1, 0]", "emotions.sad", "rater"),
    ('bad = ["sad"]', "", "families", "'sad'"),
    ('bad = ["sad"]', 'bad = "sad"', "families.bad", "list"),
    ('bad = ["sad"]', "bad = 3", "families.bad", "list"),
    ('bad = ["sad"]', 'bad = ["sad", "sadd"]', "families.bad", "'sadd'"),
    ("[acts]", "[act]", "[acts]", "at least one term"),
    ("[identities]", "[identitys]", "[identities]", "at least one term"),
    ("[emotions]", "[emotion]", "[emotions]", "at least one term"),
]


@pytest.mark.parametrize(
    ("old", "new", "field", "reason"), MISTAKES, ids=[f"{i}: {m[2]}" for i, m in enumerate(MISTAKES)]
)
def test_a_mistake_in_a_lexicon_is_refused_with_file_and_field(written, old, new, field, reason):
    message = refusal_of(load_lexicon, written(other(SMALL, old, new)))
    assert field in message
    assert reason in message


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "[acts]"),
        ("# nothing but a remark\n", "[acts]"),
        ("[acts\n", "not valid TOML"),
        ("acts = 3\n", "[acts]"),
        (b"\xff\xfe\x00", "not a text file in UTF-8"),
        (SMALL.partition("[families]")[0], "families"),
        ("families = 3\n" + SMALL.partition("[families]")[0], "families"),
        ('source = "me"\n' + SMALL.partition('name = "Two raters"')[2], "source"),
        (SMALL.partition("merry =")[0].replace("sad", "sadder") + '[families]\ngood = ["glad"]\n', "two emotions"),
    ],
    ids=[
        "empty", "a remark only", "broken", "no table", "not text", "no families", "families are a number",
        "the source is a word", "one emotion",
    ],
)  # fmt: skip
def test_a_file_that_is_no_lexicon_is_refused_in_words(written, text, reason):
    assert reason in refusal_of(load_lexicon, written(text))


WRONG_EQUATIONS = [
    ('"Ae" =', '"Ax" =', "impression.'Ax'", "no input 'Ax'"),
    ('"Ae" =', '"Ae*Bee" =', "impression.'Ae*Bee'", "did you mean 'Be'?"),
    ('"Me" =', '"Ae" =', "emotion.'Ae'", "no input 'Ae'"),
    ('"Me" =', '"Me*Mp" =', "emotion.'Me*Mp'", "not linear in the emotion"),
    ('"Ae" = [1,', '"Ae" = [', "impression.'Ae'", "list of 9 numbers"),
    ('"Me" = [1,', '"Me" = [', "emotion.'Me'", "list of 3 numbers"),
    ('"Me" = [1,', '"Me" = [nan,', "emotion.'Me'", "not a finite number"),
    ('"Me" = [1,', '"Me" = ["1",', "emotion.'Me'", "not a finite number"),
    ("[impression]", "[impressions]", "[impression]", "needs a table"),
    ("[emotion]", "[emotions]", "[emotion]", "needs a table"),
]


@pytest.mark.parametrize(
    ("old", "new", "field", "reason"), WRONG_EQUATIONS, ids=[f"{i}: {m[2]}" for i, m in enumerate(WRONG_EQUATIONS)]
)
def test_a_mistake_in_a_set_of_equations_is_refused_with_file_and_field(written, old, new, field, reason):
    message = refusal_of(load_equations, written(other(NOTHING_CHANGES, old, new)))
    assert field in message
    assert reason in message


@pytest.mark.parametrize("text", ["", "source = 3\n" + NOTHING_CHANGES, "[impression\n", "impression = []\n"])
def test_a_file_that_is_no_set_of_equations_is_refused_in_words(written, text):
    refusal_of(load_equations, written(text))


def lexicon_of(resample):
    return Resolved(changed(Scenario(), {"meaning.resample": resample})).lexicon


def test_the_seventh_resample_is_the_same_lexicon_for_everyone():
    seventh = lexicon_of(7)
    assert seventh.acts["help"][:3] == pytest.approx([3.56314, 2.94173, 0.15554], abs=1e-5), "the draws moved"
    other = Resolved(load("voluntary", {"meaning.resample": 7, "design.days": 3})).lexicon
    for component in COMPONENTS:
        mine, theirs = getattr(seventh, component), getattr(other, component)
        assert all((mine[term] == theirs[term]).all() for term in mine)


def test_two_resamples_differ_and_neither_is_what_was_published():
    published, first, second = (lexicon_of(k).acts["help"][:3] for k in (0, 1, 2))
    assert (published == LEXICON.acts["help"][:3]).all()
    assert (published != first).all()
    assert (first != second).all()


def test_over_many_resamples_a_mean_scatters_by_its_standard_error():
    """With 400 draws the SD of a z-score is off by 1/sqrt(800) on average; four times that is allowed."""
    z = np.array([lexicon_resample_draws(k, LEXICON.terms) for k in range(1, 401)])
    assert abs(z.mean()) < 4 / math.sqrt(z.size)
    assert (np.abs(z[:, 0].std(axis=0) - 1) < 4 / math.sqrt(800)).all()


def test_one_act_more_shifts_no_other_sentiment():
    terms = {component: list(names) for component, names in LEXICON.terms.items()}
    before = lexicon_resample_draws(3, terms)
    terms["acts"].insert(5, "juggle_with")
    more = lexicon_resample_draws(3, terms)
    assert (np.delete(more, 5, axis=0) == before).all()
    assert not (more[5] == before).all(axis=1).any()


def test_other_raters_make_other_stays_but_admit_the_same_people():
    small = {"design.days": 10, "design.clients": 4}
    one, other = (run(changed(Scenario(), small | {"meaning.resample": k})).dyads for k in (0, 1))
    assert (one["client_reserve"] == other["client_reserve"]).all()
    assert (one["client_positivity"] != other["client_positivity"]).any()

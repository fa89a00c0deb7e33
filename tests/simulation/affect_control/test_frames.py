"""Frames: what ships, another repertoire as a file, and refusals that name file, frame and field."""

import numpy as np
import pytest

from twoway.simulation.affect_control.frames import CLIENT, KEYWORKER, KINDS, load_frames
from twoway.simulation.affect_control.lexicon import load_lexicon
from twoway.simulation.columns import SHARE_OF
from twoway.simulation.data_files import data_file
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import Scenario, changed
from twoway.simulation.run import frames_record
from twoway.simulation.tables import run

SIX = load_frames(data_file("frames", "six"))
LEXICON = load_lexicon(data_file("lexicons", "us2015"))

TWO = """
[source]
name = "two frames"

[help]
kind = "personal"
keyworker = ["helper"]
client = ["friend", "companion"]
benign = 1.0
expected_by_clients = 1.0
expected_by_keyworkers = 3.0

[fight]
kind = "adversarial"
keyworker = ["opponent"]
client = ["troublemaker"]
benign = -1
expected_by_clients = 2
expected_by_keyworkers = 0.5
"""


@pytest.fixture
def refused(tmp_path):
    """The message with which a text is refused as a repertoire."""

    def message(text):
        path = tmp_path / "mine.toml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError) as refusal:
            load_frames(path)
        assert str(path) in str(refusal.value), "a refusal names the file"
        assert "\n" not in str(refusal.value), "a refusal is one sentence"
        return str(refusal.value)

    return message


def other(text, old, new):
    """*text* with one thing changed, which must be there to be changed."""
    assert old in text
    return text.replace(old, new, 1)


def test_the_shipped_repertoire_has_the_six_frames_of_the_model():
    assert SIX.names == ("companionship", "care", "casework", "supervision", "custody", "struggle")
    assert [KINDS[k] for k in SIX.kind] == ["personal"] * 2 + ["formal"] + ["adversarial"] * 3
    assert SIX.identities[SIX.names.index("custody")] == (("prisoner",), ("warden",))


def test_adversarial_frames_are_malign_and_personal_ones_benign_and_the_file_lists_the_most_benign_first():
    assert list(SIX.benign) == sorted(SIX.benign, reverse=True)
    for kind, benign in zip(SIX.kind, SIX.benign, strict=True):
        assert (benign < 0) == (KINDS[kind] == "adversarial")


def test_someone_with_two_names_is_what_both_names_mean_on_average():
    companionship = SIX.sentiments(LEXICON)[0]
    friend, mentor, companion = (LEXICON.sentiment("identities", w) for w in ("friend", "mentor", "companion"))
    assert companionship[KEYWORKER] == pytest.approx((friend + mentor) / 2)
    assert companionship[CLIENT] == pytest.approx((friend + companion) / 2)
    assert SIX.sentiments(LEXICON).shape == (6, 2, 3)


def test_clients_expect_more_adversity_than_keyworkers_do():
    adversarial = SIX.kind == KINDS.index("adversarial")
    shares = SIX.expected[:, adversarial].sum(axis=1) / SIX.expected.sum(axis=1)
    assert shares[CLIENT] > shares[KEYWORKER]


def test_the_record_of_a_repertoire_holds_what_the_file_says():
    record = frames_record(SIX)
    assert (record.benign == SIX.benign).all()
    assert (record.expected == SIX.expected).all()
    assert [KINDS[kind] for kind in record.kind] == ["personal"] * 2 + ["formal"] + ["adversarial"] * 3


def test_another_repertoire_is_added_as_a_file_without_code(tmp_path):
    path = tmp_path / "two.toml"
    path.write_text(TWO, encoding="utf-8")
    two = load_frames(path)
    assert two.names == ("help", "fight")
    assert two.source == {"name": "two frames"}
    assert two.identities[0] == (("friend", "companion"), ("helper",))
    assert (two.expected == np.array([[1.0, 2.0], [3.0, 0.5]])).all()
    assert two.sentiments(LEXICON).shape == (2, 2, 3)
    assert [KINDS[kind] for kind in frames_record(two).kind] == ["personal", "adversarial"]


MISTAKES = [
    ('kind = "personal"', 'kind = "persnal"', "help.kind", "did you mean 'personal'?"),
    ('kind = "personal"', 'kind = ["personal"]', "help.kind", "personal"),
    ('kind = "personal"', "kind = 1", "help.kind", "valid are 'adversarial', 'formal' and 'personal'"),
    ('kind = "personal"\n', "", "help.kind", "missing"),
    ("benign = 1.0", "benighn = 1.0", "help.benighn", "did you mean 'benign'?"),
    ("benign = 1.0\n", "", "help.benign", "missing"),
    ("benign = 1.0", "benign = 1.5", "help.benign = 1.5", "from -1 to 1"),
    ("benign = 1.0", "benign = nan", "help.benign", "from -1 to 1"),
    ("benign = 1.0", "benign = true", "help.benign", "from -1 to 1"),
    ("benign = 1.0", 'benign = "1"', "help.benign", "from -1 to 1"),
    ("expected_by_clients = 2", "expected_by_clients = 0", "fight.expected_by_clients", "from 1e-06 to 1e+06"),
    ("expected_by_clients = 2", "expected_by_clients = -2", "fight.expected_by_clients", "from 1e-06 to 1e+06"),
    ("expected_by_keyworkers = 3.0", "expected_by_keyworkers = inf", "help.expected_by_keyworkers", "from 1e-06"),
    ("expected_by_keyworkers = 3.0\n", "", "help.expected_by_keyworkers", "missing"),
    ('["friend", "companion"]', "[]", "help.client", "list of at least one identity"),
    ('["friend", "companion"]', "[1]", "help.client", "list of at least one identity"),
    ('["friend", "companion"]', '"friend"', "help.client", "list of at least one identity"),
    ('keyworker = ["opponent"]\n', "", "fight.keyworker", "missing"),
    ("[source]", "neutral = 3\n[source]", "'neutral'", "must be a table [neutral]"),
    ('kind = "adversarial"', 'kind = "formal"', "'adversarial'", "at least one frame"),
]


@pytest.mark.parametrize(
    ("old", "new", "field", "reason"), MISTAKES, ids=[f"{i}: {m[2]}" for i, m in enumerate(MISTAKES)]
)
def test_a_mistake_in_a_repertoire_is_refused_with_file_frame_and_field(refused, old, new, field, reason):
    message = refused(other(TWO, old, new))
    assert field in message
    assert reason in message


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "at least two frames"),
        ("# nothing but a remark\n", "at least two frames"),
        (TWO.partition("[fight]")[0], "at least two frames"),
        ("[help\n", "not valid TOML"),
        (other(TWO, '[source]\nname = "two frames"\n', 'source = "me"\n'), "source"),
    ],
    ids=["empty", "a remark only", "one frame", "broken", "the source is a word"],
)
def test_a_file_that_is_no_repertoire_is_refused_in_words(refused, text, reason):
    assert reason in refused(text)


def test_an_identity_that_nobody_rated_is_refused_with_the_nearest_that_was(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(other(TWO, '"troublemaker"', '"troublemakr"'), encoding="utf-8")
    with pytest.raises(InputError, match=r"identities has no 'troublemakr'; did you mean 'troublemaker'\?"):
        load_frames(path).sentiments(LEXICON)


@pytest.mark.parametrize(("repertoire", "number"), [("five", 5), ("seven", 7)])
def test_the_other_repertoires_have_rated_identities_every_kind_and_the_weights_of_the_six(repertoire, number):
    frames = load_frames(data_file("frames", repertoire))
    assert len(frames.names) == number
    assert np.isfinite(frames.sentiments(LEXICON)).all()
    assert set(frames.kind) == set(range(len(KINDS)))
    assert list(frames.benign) == sorted(frames.benign, reverse=True)
    assert frames.expected.sum(axis=1) == pytest.approx(SIX.expected.sum(axis=1))


@pytest.mark.parametrize("repertoire", ["five", "seven"])
def test_the_other_repertoires_can_be_simulated_and_make_a_difference(repertoire):
    small = {"design.days": 20, "design.clients": 4}
    simulated, ordinary = (
        run(changed(Scenario(), small | {"meaning.frames": name}), detail="days") for name in (repertoire, "six")
    )
    weights = simulated.days[[column for column in simulated.days if column.startswith(SHARE_OF)]]
    assert np.allclose(weights.sum(axis=1), 1)
    assert not simulated.dyads.equals(ordinary.dyads)

"""Tables: what is documented is there, words are words, and the three tables tell the same story."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.people import NOTHING_COMES_UP

from twoway.simulation.affect_control.lexicon import NEUTRAL, SCALE
from twoway.simulation.affect_control.theory import AffectControl
from twoway.simulation.columns import BEFORE
from twoway.simulation.errors import InputError
from twoway.simulation.parameters.scenario import Resolved, Scenario, changed, load
from twoway.simulation.run import Detail, PreparedScenario, simulate
from twoway.simulation.tables import TableBuilder, Tables, check_seed, columns_of, detail_of, run, words_of

TINY = load("four-centres", {"design.days": 30, "context.turnover": 4})
DYAD = ["replicate", "centre", "dyad"]
ALWAYS = ["replicate", "centre", "dyad", "day", "event", "post", "actor"]
STATE = ["positivity", "negativity", "grievance", "tension", "felt_coercion", "distance", "known_rules"]
STATE += ["presumed_reserve"]
AT_TIMES = ["matter", "matter_state", "hardness", "stake", "explained", "shortfall", "manner", "manner_seen"]


@pytest.fixture(scope="module")
def resolved():
    return Resolved(TINY)


@pytest.fixture(scope="module")
def tables():
    """Three replicates of four centres, a month each."""
    return run(TINY, seed=1, replicates=3)


def assert_same(one, other):
    """All tables are equal in every value and type."""
    for table, another in zip(one, other, strict=True):
        pd.testing.assert_frame_equal(table.reset_index(drop=True), another.reset_index(drop=True), check_exact=True)


def of_replicates(tables, numbers):
    """The rows of some replicates."""
    return Tables(*(table[table["replicate"].isin(numbers)] for table in tables))


def per_dyad(tables, rows):
    """How many of the rows each dyad has, in the order of the dyads table."""
    dyads = pd.MultiIndex.from_frame(tables.dyads[DYAD])
    return rows.groupby(DYAD).size().reindex(dyads, fill_value=0).to_numpy()


# What is documented is there


@pytest.mark.parametrize("name", Tables._fields)
def test_the_columns_documented_are_the_columns_present_in_their_order(tables, resolved, name):
    assert [column.name for column in columns_of(name, resolved)] == list(getattr(tables, name))


@pytest.mark.parametrize("name", Tables._fields)
def test_every_column_has_a_name_of_its_own_a_unit_and_a_meaning(resolved, name):
    columns = columns_of(name, resolved)
    assert len({column.name for column in columns}) == len(columns)
    assert all(column.unit and column.meaning for column in columns)


@pytest.mark.parametrize("name", Tables._fields)
def test_every_column_is_of_the_kind_that_is_documented(tables, resolved, name):
    table = getattr(tables, name)
    for column in columns_of(name, resolved):
        kind = table[column.name].dtype
        if column.words:
            assert column.unit == "word"
            assert tuple(kind.categories) == words_of(column, resolved), column.name
        elif column.optional:
            assert kind == (pd.Int32Dtype() if column.type is not np.float64 else np.float64), column.name
        else:
            assert kind == np.dtype(column.type), column.name


@pytest.mark.parametrize("name", Tables._fields)
def test_numbers_lie_where_their_unit_says(tables, resolved, name):
    table = getattr(tables, name)
    for column in columns_of(name, resolved):
        if column.words:
            continue
        values = table[column.name].dropna().astype(float)
        assert np.isfinite(values).all(), column.name
        if column.unit in {"share", "probability"} or column.unit.startswith("share of"):
            assert values.between(0, 1).all(), column.name
        elif column.unit == "0 or 1":
            assert values.isin([0, 1]).all(), column.name
        elif column.unit.startswith("number, from 0") or column.name.endswith(("positivity", "negativity")):
            assert (values >= 0).all(), column.name


@pytest.mark.parametrize("name", ["events", "days"])
def test_the_weights_of_the_frames_sum_to_one(tables, resolved, name):
    weights = getattr(tables, name)[[f"share_of_{frame}" for frame in resolved.frames.names]]
    assert np.allclose(weights.sum(axis=1), 1)


@pytest.mark.parametrize("role", ["client", "keyworker"])
@pytest.mark.parametrize("when", ["", "_first"])
def test_the_weights_of_the_kinds_of_frame_sum_to_one(tables, role, when):
    kinds = [f"{role}_{kind}{when}" for kind in ("personal", "formal", "adversarial")]
    assert np.allclose(tables.dyads[kinds].sum(axis=1), 1)


def test_columns_of_frames_of_ones_own_are_named_after_them(tmp_path):
    path = tmp_path / "own.toml"
    text = Resolved(Scenario()).frames.path.read_text(encoding="utf-8")
    path.write_text(text.replace("[companionship]", "[friendship]"), encoding="utf-8")
    own = changed(TINY, {"meaning.frames": str(path), "design.days": 2})
    for name, table in run(own)._asdict().items():
        assert [column.name for column in columns_of(name, Resolved(own))] == list(table)
        assert ("share_of_friendship" in table) == (name != "dyads")
        assert "share_of_companionship" not in table


# What is missing is missing on purpose


def test_days_and_dyads_miss_nothing(tables):
    assert not tables.days.isna().any(axis=None)
    earlier = [name for name in tables.dyads if name.endswith(BEFORE)]
    assert not tables.dyads.drop(columns=earlier).isna().any(axis=None)
    assert tables.dyads[earlier].isna().all(axis=None), "the stay is too short"


def test_where_nothing_is_asked_for_an_exchange_tells_all_of_the_exchange_and_nothing_else_does():
    tables = run(changed(TINY, NOTHING_COMES_UP), seed=1, replicates=3)
    told = [column for column in tables.events if column not in {*ALWAYS, *STATE, *AT_TIMES, "way", "friend"}]
    told = [column for column in told if not column.startswith("share_of_")]
    exchange = tables.events["event"] == "exchange"
    assert tables.events.loc[exchange, told].notna().all(axis=None)
    assert tables.events.loc[~exchange, told].isna().all(axis=None)
    assert {"encounter", "act", "seen", "actor_frame", "source", "disturbance", "emotion", "emotion_named"} <= set(told)


def test_who_when_and_in_what_state_is_told_of_every_event(tables):
    assert tables.events[[*ALWAYS, *STATE]].notna().all(axis=None)


@pytest.mark.parametrize(("column", "event"), [("way", "handling"), ("friend", "peer_talk")])
def test_a_way_is_told_of_handling_alone_and_a_friend_of_peer_talk_alone(tables, column, event):
    rows = tables.events["event"] == event
    assert rows.any()
    assert (tables.events[column].notna() == rows).all()


def test_a_friend_is_another_client_of_the_same_centre(tables):
    talks = tables.events[tables.events["event"] == "peer_talk"]
    assert (talks["friend"] != talks["dyad"]).all()
    assert talks["friend"].between(0, TINY.design.clients - 1).all()
    assert (talks["actor"] == "client").all()


# Words


def test_emotions_are_words_of_the_lexicon(tables, resolved):
    emotions = tables.events["emotion"].dropna()
    assert len(emotions.unique()) > 3
    assert set(emotions) <= set(resolved.lexicon.emotions)


def test_an_emotion_is_told_of_every_act_that_was_read_in_a_frame_and_of_nothing_else(tables):
    events = tables.events
    read_in_a_frame = events["seen"].notna() & events["reader_frame"].notna()
    assert (events["emotion"].notna() == read_in_a_frame).all()
    assert (events["emotion_named"].notna() == read_in_a_frame).all()
    grievances = events[events["event"] == "grievance_opened"]
    assert len(grievances)
    assert grievances["emotion"].isna().all()


def test_a_named_emotion_is_the_word_itself_or_its_family_or_neutral(tables, resolved):
    told = tables.events[["emotion", "emotion_named"]].dropna().drop_duplicates()
    for emotion, named in told.itertuples(index=False):
        assert named in {emotion, resolved.lexicon.family[emotion], NEUTRAL}
    assert (told["emotion"].astype(str) == told["emotion_named"].astype(str)).any()
    assert (told["emotion_named"] == NEUTRAL).any()


@pytest.mark.parametrize(
    ("frame", "keyworker", "client"), [("custody", "warden", "prisoner"), ("struggle", "opponent", "troublemaker")]
)
def test_what_is_felt_is_what_affect_control_theory_makes_of_the_act_seen(tables, frame, keyworker, client):
    rows = tables.events[tables.events["reader_frame"] == frame]
    rows = rows[~rows["manner_seen"].isin(["considerately", "brusquely"])]
    rows = rows[["actor", "seen", "emotion_named"]].drop_duplicates()
    assert set(rows["actor"]) == {"client", "keyworker"}
    theory = AffectControl()
    for actor, seen, named in rows.itertuples(index=False):
        who, whom = (client, keyworker) if actor == "client" else (keyworker, client)
        assert theory.event(who, seen, whom).other_emotion.word == named


def test_acts_are_feasible_for_who_does_them(tables, resolved):
    feasible = {
        role: {act for t in resolved.situations.turns if t.role == role for act in t.feasible} for role in (0, 1)
    }
    for code, role in enumerate(("client", "keyworker")):
        rows = tables.events[(tables.events["actor"] == role) & (tables.events["event"] == "exchange")]
        assert set(rows["act"]) | set(rows["seen"]) <= feasible[code]


# The tables tell the same story


def test_every_party_has_a_row_for_every_day(tables):
    assert len(tables.dyads) == 3 * 4 * 4
    assert not tables.dyads.duplicated(DYAD).any()
    assert len(tables.days) == len(tables.dyads) * 2 * TINY.design.days
    assert not tables.days.duplicated([*DYAD, "day", "party"]).any()
    assert set(tables.days["day"]) == set(range(1, TINY.design.days + 1))


@pytest.mark.parametrize(
    ("column", "events"),
    [
        ("exchanges", {"exchange"}),
        ("talks", {"talk_repaired", "talk_failed"}),
        ("repairs", {"talk_repaired"}),
        ("changes", {"new_keyworker"}),
    ],
)
def test_dyads_count_what_the_events_tell(tables, column, events):
    assert tables.dyads[column].sum() > 0
    rows = tables.events[tables.events["event"].isin(events)]
    assert list(tables.dyads[column]) == list(per_dyad(tables, rows))


@pytest.mark.parametrize("role", ["client", "keyworker"])
def test_dyads_count_how_tension_was_handled(tables, role):
    handling = tables.events[(tables.events["event"] == "handling") & (tables.events["actor"] == role)]
    ways = list(handling["way"].cat.categories)
    assert tables.dyads[[f"{role}_{way}" for way in ways]].to_numpy().sum() == len(handling) > 0
    for way in ways:
        assert list(tables.dyads[f"{role}_{way}"]) == list(per_dyad(tables, handling[handling["way"] == way]))


@given(first=st.integers(1, 12), span=st.integers(1, 12))
@settings(max_examples=8)
def test_dyads_are_as_the_mean_of_the_days_of_the_interviews_or_as_on_the_last_day_of_a_shorter_stay(first, span):
    scenario = changed(TINY, {"design.days": 8, "design.interviews_from": first, "design.interviews_span": span})
    prepared = PreparedScenario(scenario)
    tables, frames = run(prepared, detail="days"), prepared.resolved.frames
    asked = tables.days[tables.days["day"].between(min(first, 8), first + span - 1)]
    for role in ("client", "keyworker"):
        told = asked[asked["party"] == role].groupby(DYAD).mean(numeric_only=True)
        assert list(told.index) == list(tables.dyads[DYAD].itertuples(index=False, name=None))
        for name in set(STATE) - {"grievance"}:
            assert np.allclose(told[name], tables.dyads[f"{role}_{name}"], atol=1e-12)
        for k, kind in enumerate(("personal", "formal", "adversarial")):
            its = [f"share_of_{f}" for f, kind_of in zip(frames.names, frames.kind, strict=True) if kind_of == k]
            assert np.allclose(told[its].sum(axis=1), tables.dyads[f"{role}_{kind}"], atol=1e-12)


@pytest.mark.parametrize("detail", ["days", "events"])
def test_how_dyads_are_does_not_hang_on_what_is_kept(detail):
    assert run(TINY, detail="dyads").dyads.equals(run(TINY, detail=detail).dyads)


def test_interviews_change_nothing_in_the_stay():
    later = changed(TINY, {"design.interviews_from": 2, "design.interviews_span": 1})
    assert run(later).events.equals(run(TINY).events)


def test_only_clients_feel_coerced(tables):
    assert (tables.dyads["keyworker_felt_coercion"] == 0).all()
    assert (tables.dyads["client_felt_coercion"] > 0).any()


# Luck and what is kept


@pytest.mark.parametrize(("detail", "empty"), [("dyads", ["events", "days"]), ("days", ["events"]), ("events", [])])
def test_what_is_not_kept_is_empty_but_has_its_columns(tables, detail, empty):
    less = run(TINY, seed=1, detail=detail)
    full = of_replicates(tables, [0])
    for name in Tables._fields:
        table, expected = getattr(less, name), getattr(full, name)
        assert list(table) == list(expected)
        assert list(table.dtypes) == list(expected.dtypes)
        assert (len(table) == 0) == (name in empty)
    assert_same([less.dyads], [full.dyads])


def test_replicates_do_not_depend_on_how_many_there_are(tables):
    assert_same(run(TINY, seed=1, replicates=1), of_replicates(tables, [0]))
    assert_same(run(TINY, seed=1, replicates=2), of_replicates(tables, [0, 1]))


def test_replicates_and_seeds_have_draws_of_their_own(tables):
    endings = [tuple(some["client_positivity"]) for _, some in tables.dyads.groupby("replicate")]
    endings.append(tuple(run(TINY, seed=2, detail="dyads").dyads["client_positivity"]))
    assert len(set(endings)) == 4


def test_the_same_seed_gives_the_same_tables_on_any_number_of_threads(tables):
    assert_same(run(TINY, seed=1, replicates=3, threads=3), tables)


def test_a_scenario_prepared_once_can_be_run_again_and_again(tables):
    prepared = PreparedScenario(TINY)
    for _ in range(2):
        assert_same(run(prepared, seed=1), of_replicates(tables, [0]))


def test_records_of_centres_built_one_by_one_are_the_same_tables(tables):
    prepared = PreparedScenario(TINY)
    translator = TableBuilder(prepared.resolved)
    pieces = [translator.tables([stay]) for stay in simulate(prepared, 1, range(3))]
    assert_same(Tables(*(pd.concat(some, ignore_index=True) for some in zip(*pieces, strict=True))), tables)


def test_a_change_of_a_table_changes_no_other_run():
    first = run(TINY, detail="days")
    kept = first.days.copy()
    first.dyads.loc[:, "client_positivity"] = SCALE
    pd.testing.assert_frame_equal(first.days, kept)
    assert (run(TINY, detail="days").dyads["client_positivity"] != SCALE).all()


# Refusals


@pytest.mark.parametrize(
    ("seed", "replicates", "words"),
    [
        (-1, 1, "seed = -1; it must be a whole number from 0 to"),
        (2**63, 1, "seed = .*; it must be a whole number from 0 to 9223372036854775807"),
        (1.0, 1, "seed = 1.0; it must be a whole number"),
        (True, 1, "seed = True; it must be a whole number"),
        ("1", 1, "seed = '1'; it must be a whole number"),
        (1, 0, "replicates = 0; it must be a whole number from 1 to 10000000"),
        (1, -2, "replicates = -2; it must be a whole number"),
        (1, 1.5, "replicates = 1.5; it must be a whole number"),
    ],
)
def test_a_seed_or_replicates_that_cannot_be_are_refused_with_their_range(seed, replicates, words):
    with pytest.raises(InputError, match=words):
        check_seed(seed, replicates)
    with pytest.raises(InputError, match=words):
        run(TINY, seed=seed, replicates=replicates)


@pytest.mark.parametrize("seed", [0, 2**63 - 1])
def test_the_least_and_the_greatest_seed_will_do(seed):
    assert len(run(changed(TINY, {"design.days": 1}), seed=seed, detail="dyads").dyads) == 16


def test_how_much_to_keep_is_a_word():
    assert [detail_of(word) for word in ("dyads", "days", "events")] == [Detail.DYADS, Detail.DAYS, Detail.EVENTS]
    with pytest.raises(InputError, match=r"detail = 'evnts'; did you mean 'events'\?"):
        detail_of("evnts")
    with pytest.raises(InputError, match="detail = 'all'"):
        run(TINY, detail="all")

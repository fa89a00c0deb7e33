"""Stories of matters, grievances and exits: nothing decisive untold, and nothing told that is not so."""

import re

import pytest
from tests.analysis.narrative.conftest import WORLDS, lived
from tests.support.people import NOTHING_COMES_UP

from twoway.analysis.accounts import dyad_tables
from twoway.analysis.matters import chains_of, with_chains
from twoway.analysis.narrative.decisive import LATE, decisive_points, end_of_stay
from twoway.analysis.narrative.story import first_days, interviews, story
from twoway.analysis.narrative.turning_points import KIND_TOLD, turning_points_of
from twoway.analysis.render.document import as_text
from twoway.simulation.parameters.scenario import Resolved, load
from twoway.simulation.tables import run

NEW_COLUMNS = ["matter", "matter_state", "stake", "hardness", "explained", "shortfall", "grievance"]
DAY = re.compile(r"\b[Dd]ay (\d+)")
ANSWER = re.compile(r"[Oo]n day (\d+) he asked [^.:]*: it (was granted|was refused|was left open|stayed open)")
STATE = {"was granted": "granted", "was refused": "refused", "was left open": "pending", "stayed open": "pending"}
WRONG = re.compile(r"[{}_]|  | [,.]|\.\.|\bnan\b|\b1 times\b|\b(\w+) \1\b|[Tt]he the")


@pytest.fixture(scope="module")
def stories(world):
    """Every dyad of a world: its own tables, its scenario, and the pieces of its story."""
    return stories_of(*world)


def stories_of(tables, resolved):
    keys = [tuple(map(int, key)) for key in tables.dyads[["replicate", "centre", "dyad"]].to_numpy()]
    return [(dyad_tables(tables, key), resolved, story(tables, resolved, key)) for key in keys]


def texts(pieces):
    """Headings and texts of the chapters, without verdict and interviews."""
    end = next(n for n, piece in enumerate(pieces) if getattr(piece, "text", "").startswith("What a researcher"))
    return [piece for piece in pieces[2:end] if piece.kind in ("text", "heading", "scene")]


def days_of(events, kind, **where):
    for column, value in where.items():
        events = events[events[column] == value]
    return set(events.loc[events["event"] == kind, "day"].tolist())


def test_nothing_decisive_goes_untold(stories):
    told_of = dict.fromkeys(("opened", "mended", "placed", "broken", "ended", "gone", "failed leave", "failed talk"), 0)
    for own, _, pieces in stories:
        text = " ".join(piece.text for piece in texts(pieces) if piece.kind == "text")
        events, last = own.events, end_of_stay(own)
        sentences = {
            "opened": (
                days_of(events, "grievance_opened"), r"On day {0} [^.]*(let that pass|behind h|stayed with|against h)",
            ),
            "mended": (days_of(events, "grievance_mended"), r"([Oo]n|[Bb]efore) day {0} [^.]*could let it go"),
            "placed": (days_of(events, "placed"), r"On day {0} he moved to a place outside"),
            "broken": (days_of(events, "placement_broken"), r"on day {0} he came back to the centre"),
            "ended": (days_of(events, "order_ended"), r"On day {0} his stay ended early"),
            "gone": (days_of(events, "gone"), r"On day {0} he ran away"),
            "failed leave": (days_of(events, "leave_ends", matter_state="failed"), r"On day {0}, when he was due back"),
            "failed talk": (
                {day for day in days_of(events, "talk_failed") if day > LATE * last},
                "On day {0} they talked it over, and it made things worse",
            ),
        }  # fmt: skip
        for kind, (days, pattern) in sentences.items():
            for day in days:
                assert re.search(pattern.format(day), text), (kind, day)
                told_of[kind] += 1
    assert told_of["opened"] > 0 < told_of["mended"], "nothing to see in this run"


def test_what_is_told_of_an_answer_is_what_became_of_it(stories):
    seen = 0
    for own, _, pieces in stories:
        for day, what in ANSWER.findall(" ".join(piece.text for piece in texts(pieces))):
            today = own.events[(own.events["day"] == int(day)) & (own.events["event"] == "exchange")]
            assert STATE[what] in set(today["matter_state"].dropna())
            seen += 1
    assert seen > 0


def test_every_step_of_what_counts_is_told_on_its_day(stories):
    for own, resolved, pieces in stories:
        told = {int(day) for piece in texts(pieces) for day in DAY.findall(piece.text)}
        told |= {
            int(d)
            for piece in texts(pieces)
            for d in re.findall(r"\d+", " ".join(re.findall(r"days [\d, and]+", piece.text)))
        }
        for chain in chains_of(with_chains(own.events), resolved):
            if chain.weighty:
                assert {step.day for step in chain.steps} <= told


def test_the_chapters_go_to_the_end_of_the_order(stories):
    for own, _, pieces in stories:
        spans = [re.match(r"Days? (\d+)(?: to (\d+))?:", p.text) for p in texts(pieces) if p.kind == "heading"]
        days = [(int(match[1]), int(match[2] or match[1])) for match in spans]
        assert [d for first, last in days for d in range(first, last + 1)] == list(range(1, end_of_stay(own) + 1))
        assert f"a stay of {end_of_stay(own)} days" in pieces[0].text


def test_a_tipping_is_told_with_an_act_of_its_day_or_without_one(stories):
    told = 0
    for own, _, pieces in stories:
        text = " ".join(piece.text for piece in texts(pieces))
        for day, role, decisive in re.findall(
            r"Around day (\d+) it tipped for the (\w+): [^.,]+(, above all when)?", text
        ):
            other = {"client": "keyworker", "keyworker": "client"}[role]
            acts = own.events[(own.events["event"] == "exchange") & (own.events["day"] == int(day))]
            assert not decisive or (acts["actor"] == other).any()
            told += bool(decisive)
    assert told > 0


def headings_of(stories):
    return " ".join(p.text for _, _, pieces in stories for p in texts(pieces) if p.kind == "heading")


def test_chapters_are_named_by_matters(stories):
    assert re.search(r": the (leave|visit)", headings_of(stories))


@pytest.mark.slow
def test_chapters_are_named_by_what_mends_too_and_by_what_someone_comes_to_see():
    headings = " ".join(headings_of(stories_of(*lived(name))) for name in WORLDS)
    assert re.search(r"it (mends|grows better) for the", headings)
    assert set(re.findall(r"it becomes (.+?) for the", headings)) <= set(KIND_TOLD.values())
    assert "it becomes" in headings


def test_no_sentence_of_a_story_stumbles_or_is_told_twice_in_a_chapter(stories):
    for _, _, pieces in stories:
        for piece in texts(pieces):
            assert not WRONG.search(piece.text), piece.text
            assert re.match(r"[A-Z]", piece.text)
            if piece.kind == "text":
                sentences = re.split(r"(?<=\.) ", piece.text)
                assert len(sentences) == len(set(sentences)), piece.text


def test_a_scene_about_a_request_asks_for_what_the_account_of_it_asks_for(stories):
    for _, resolved, pieces in stories:
        asks = {text for matter in resolved.matters.matters for text in matter.asks}
        for piece in texts(pieces):
            if piece.kind == "scene" and piece.text.startswith("A request. The client asked the keyworker for"):
                assert any(text in piece.text for text in asks), piece.text
    assert asks


def test_the_first_days_tell_nothing_of_later_ones(world):
    tables, resolved = world
    for piece in first_days(tables, resolved, (0, 0, 1), 40):
        assert all(int(day) <= 40 for day in DAY.findall(piece.text)), piece.text


@pytest.fixture(scope="module")
def plain():
    """A run without matters, grievances and exits, for three months, and its scenario."""
    scenario = load("four-centres", {"design.days": 90, "context.turnover": 1} | NOTHING_COMES_UP)
    return run(scenario, seed=2), Resolved(scenario)


def test_without_matters_grievances_and_exits_only_what_was_before_is_decisive(plain):
    tables, resolved = plain
    for dyad in range(3):
        own = dyad_tables(tables, (0, 0, dyad))
        assert decisive_points(own, resolved) == []
        points = turning_points_of(own, resolved)
        assert {turn.what for turn in points} <= {"tipped", "broke", "setback", "new_keyworker"}
        assert points == sorted(points)


@pytest.mark.parametrize("dyad", [(0, 0, 0), (0, 1, 2), (0, 3, 3)])
def test_without_matters_grievances_and_exits_their_columns_add_no_word(plain, dyad):
    tables, resolved = plain
    old = tables._replace(
        events=tables.events.drop(columns=NEW_COLUMNS), days=tables.days.drop(columns=["place", "grievance"])
    )
    for write in (lambda t: story(t, resolved, dyad), lambda t: interviews(t, resolved, dyad, 60)):
        text = as_text(write(tables), 100)
        assert text == as_text(write(old), 100)
        assert not re.search(
            r"still stands between|not at the centre|his stay ended early|Among smaller|could let it go", text
        )


def test_where_something_breaks_over_an_act_the_encounter_of_that_act_is_shown(stories):
    shown = 0
    for own, _, pieces in stories:
        scenes = " ".join(piece.text for piece in texts(pieces) if piece.kind == "scene")
        starts = [
            re.match(r"Days? (\d+)(?: to \d+)?: (something breaks|a setback|something comes)", piece.text)
            for piece in texts(pieces)
            if piece.kind == "heading"
        ]
        hurt = days_of(own.events, "grievance_opened")
        for match in filter(None, starts):
            if int(match[1]) in hurt:
                assert re.search(r"could not put it behind h", scenes)
                shown += 1
    assert shown > 0

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twoway.analysis.patterns import PATTERNS, at_day, shares
from twoway.analysis.render.document import as_text
from twoway.seminar.controls import QUESTION
from twoway.seminar.dyad_timeline import Position
from twoway.seminar.ensemble import PAIRS
from twoway.seminar.lessons import load_lesson
from twoway.seminar.panels import account, outcome_charts, outcomes, position_text
from twoway.seminar.recipe import Recipe, parse_recipe
from twoway.seminar.session import Session
from twoway.simulation.errors import InputError
from twoway.simulation.tables import run


def at(text: str) -> Session:
    return Session(parse_recipe(text))


def accounts(session: Session, steps: int) -> list[str]:
    told = []
    for _ in range(steps):
        session.step()
        told.append(session.timeline.narrate(session.position))
    return told


def test_the_same_luck_twice_tells_the_same() -> None:
    assert accounts(at("ordinary/8"), 60) == accounts(at("ordinary/8"), 60)
    assert accounts(at("ordinary/8"), 60) != accounts(at("ordinary/9"), 60)


MOVES = st.lists(
    st.sampled_from(["step", "back", "play", "go", "change", "restore"]).flatmap(
        lambda move: st.tuples(st.just(move), st.integers(0, 180))
    ),
    max_size=12,
)


@pytest.mark.slow
@settings(max_examples=25)
@given(MOVES)
def test_whatever_was_done_the_recipe_gives_it_back(moves: list[tuple[str, int]]) -> None:
    session = at("ordinary/5")
    for move, number in moves:
        try:
            if move == "go":
                session.go(number)
            elif move == "change":
                session.change({"context.control": number / 30})
            else:
                getattr(session, move)()
        except InputError:
            assert session.position.day == session.timeline.last
    again = Session(parse_recipe(str(session.recipe)))
    assert again.recipe == session.recipe
    assert again.position == session.position
    assert again.timeline.narrate(again.position) == session.timeline.narrate(session.position)
    assert again.next_settings() == session.next_settings()


def test_a_change_counts_from_the_next_day_and_leaves_the_past() -> None:
    session = at("ordinary/5/d20.1")
    past = [session.timeline.narrate(Position(day, 1)) for day in range(1, 21) if session.timeline.count_events(day)]
    before = session.position
    session.change({"context.control": 7.0})
    assert session.position == before
    assert str(session.recipe).endswith("/d21:context.control=7")
    assert [
        session.timeline.narrate(Position(day, 1)) for day in range(1, 21) if session.timeline.count_events(day)
    ] == past
    assert "from day 21" in session.message


def test_changing_a_setting_back_on_the_same_day_is_no_change() -> None:
    session = at("ordinary/5/d20")
    usual = session.next_settings()["context.control"]
    session.change({"context.control": 7.0})
    session.change({"context.control": usual})
    assert session.recipe == parse_recipe("ordinary/5/d20")


def test_looking_back_and_changing_gives_up_what_was_set_for_later_and_says_so() -> None:
    session = at("ordinary/5/d90/d60:context.control=6")
    session.go(30)
    session.change({"context.formality": 0.9})
    assert str(session.recipe) == "ordinary/5/d30/d31:context.formality=0.9"
    assert "later days is given up" in session.message


def test_back_to_the_scenario_leaves_what_has_been() -> None:
    session = at("ordinary/5/d30/d10:context.control=6")
    session.restore()
    usual = Recipe("ordinary").settings_on(1)
    assert session.next_settings() == usual
    assert (
        str(session.recipe) == f"ordinary/5/d30/d10:context.control=6/d31:context.control={usual['context.control']:g}"
    )


def test_on_the_last_day_nothing_can_be_changed_any_more() -> None:
    session = at("ordinary/5/d180")
    with pytest.raises(InputError, match="The stay is over"):
        session.change({"context.control": 6.0})


@pytest.mark.parametrize("wanted", [{"context.distress": 0.5}, {"people.insight": 0.5}, {"context.control": 99.0}])
def test_what_cannot_be_set_is_refused_and_nothing_has_changed(wanted: dict[str, float]) -> None:
    session = at("ordinary/5/d20")
    with pytest.raises(InputError):
        session.change(wanted)
    assert session.recipe == parse_recipe("ordinary/5/d20")


def test_play_goes_to_the_evening_of_each_day() -> None:
    session = at("ordinary/5")
    busy = next(day for day in range(1, 100) if session.timeline.count_events(day) > 1)
    session.go(busy, 1)
    days = []
    for _ in range(4):
        session.play()
        days.append(session.position)
    assert days == [session.timeline.end_of(day) for day in range(busy, busy + 4)]
    session.go(180)
    session.play()
    assert session.position.day == 180


def test_two_hundred_pairs_are_those_of_a_run() -> None:
    session = at("ordinary/5/d20/d21:context.control=6")
    while not session.ensemble.complete:
        session.simulate_pairs(again=False)
    assert sum(session.ensemble.counts()) == PAIRS
    days = run(session.timeline.prepared, seed=5, replicates=13, detail="days").days
    dyads = at_day(days, int(days["day"].max())).head(PAIRS)
    assert session.ensemble.counts() == shares(dyads).loc[list(PATTERNS), "dyads"].tolist()


def test_luck_alone_leaves_a_range_around_what_was_found() -> None:
    session = at("four-centres/5")
    for _ in range(4):
        session.simulate_pairs(again=False)
        low, high = session.ensemble.intervals()
        found = [count / session.ensemble.pairs for count in session.ensemble.counts()]
        assert all(0 <= a <= f <= b <= 1 and a < b for a, f, b in zip(low, found, high, strict=True))


def test_running_again_begins_from_the_first_pair() -> None:
    session = at("ordinary/5")
    session.simulate_pairs(again=True)
    first = session.ensemble.counts()
    session.simulate_pairs(again=False)
    session.simulate_pairs(again=True)
    assert session.ensemble.counts() == first


def test_compared_with_itself_everything_is_equal() -> None:
    session = at("ordinary/5/d40/vs:ordinary")
    assert session.divergence is None
    assert "same story to the last day" in session.divergence_sentence()
    session.simulate_pairs(again=False)
    moved = session.ensemble.transitions()
    assert moved.sum() == moved.trace() == session.ensemble.pairs


def test_stories_part_where_their_first_difference_is() -> None:
    session = at("strict-and-opaque/7/vs:strict-but-fair")
    assert session.divergence is not None
    session.go(*session.divergence.position)
    here, there = (timeline.latest_event(session.position_in(timeline)) for timeline in session.timelines)
    assert here != there
    session.back()
    visible = ("act", "seen", "actor", "encounter", "way", "event", "day")
    here, there = (timeline.latest_event(session.position_in(timeline)) or {} for timeline in session.timelines)
    assert [here.get(name) for name in visible] == [there.get(name) for name in visible]


@pytest.mark.parametrize(
    "text", ["strict-and-opaque/7/vs:strict-but-fair", "ordinary/5/vs:ordinary/d1:context.control=6"]
)
def test_stepping_through_two_stories_tells_everything_that_happens_in_either_once(text: str) -> None:
    session = at(text)
    told: list[list[int]] = [[], []]
    while True:
        before = session.position
        session.step()
        if session.position == before:
            break
        for number, timeline in enumerate(session.timelines):
            if 0 < session.position.events <= timeline.count_events(session.position.day):  # the end may be quiet
                told[number].append(timeline.exchanges_so_far(session.position_in(timeline)))
        assert session.day_is_over or session.recipe.event == session.position.events
    for number, timeline in enumerate(session.timelines):
        assert len(told[number]) == len(timeline.records)
        assert max(told[number]) == (timeline.tables.events["event"] == "exchange").sum()
    session.back()
    session.step()
    assert session.position == before


def test_a_story_whose_day_is_over_says_so_while_the_other_goes_on() -> None:
    session = at("strict-and-opaque/7/vs:strict-but-fair")
    here, there = session.timelines
    day = next(day for day in range(1, 181) if 0 < here.count_events(day) < there.count_events(day))
    session.go(day, here.count_events(day))
    assert "Last on this day" not in account(session)
    session.step()
    assert account(session).count("Last on this day") == 1
    assert f"exchanges {here.exchanges_so_far(here.end_of(day))} and " in position_text(session)


def test_what_cannot_be_compared_person_by_person_is_refused() -> None:
    session = at("ordinary/5/d10")
    with pytest.raises(InputError, match=r"design\.centres"):
        session.open(parse_recipe("ordinary/5/vs:four-centres"))
    assert session.recipe == parse_recipe("ordinary/5/d10")


def test_while_the_class_guesses_nothing_is_shown() -> None:
    session = at("ordinary/5")
    session.simulate_pairs(again=False)
    session.guess_first(True)
    assert session.ensemble.pairs == 0
    with pytest.raises(InputError, match="Guess first"):
        session.simulate_pairs(again=False)
    session.keep_hands((3, 10, 2))
    session.simulate_pairs(again=False)
    assert session.ensemble.pairs > 0
    assert session.hands_about(0) == (3, 10, 2)


@pytest.mark.parametrize("hands", [(1, 2), (0, 0, 0), (-1, 2, 3), (1, 2, 10**6)])
def test_a_show_of_hands_is_three_counts(hands: tuple[int, ...]) -> None:
    session = at("ordinary/5")
    session.guess_first(True)
    with pytest.raises(InputError):
        session.keep_hands(hands)
    assert session.guessing


def test_why_explains_an_exchange_and_says_so_where_there_is_none() -> None:
    session = at("ordinary/5")
    with pytest.raises(InputError, match="Step to one first"):
        session.why()
    while session.exchange_in(session.timeline) is None:
        session.step()
    assert session.why()[0][0].text.startswith("Why? Day ")  # type: ignore[union-attr]


def test_while_the_class_guesses_why_does_not_tell_how_the_pair_ends() -> None:
    session = at("four-centres/1/d180.1")
    while (
        session.exchange_in(session.timeline) is None
        or session.timeline.latest_event(session.position)["act"]
        == session.timeline.latest_event(session.position)["seen"]
    ):
        session.back()
    plainly = as_text(session.why()[0])
    session.guess_first(True)
    guessing = as_text(session.why()[0])
    for told in (*PATTERNS, "at the end of the stay", "in the end"):
        assert told not in guessing
    assert plainly.startswith(guessing.rstrip())
    assert "at the end of the stay" in plainly


def test_only_days_that_have_been_can_be_asked_about() -> None:
    session = at("ordinary/5")
    with pytest.raises(InputError, match="not met yet"):
        session.interview(1)
    session.go(10)
    session.go(3)
    assert session.interview(10)
    with pytest.raises(InputError, match="1 to 10"):
        session.interview(11)


def test_while_the_class_guesses_an_interview_comes_without_a_verdict() -> None:
    session = at("four-centres/1/d180")
    (told,) = session.interview(180)
    assert any(name in as_text(told).lower() for name in PATTERNS)
    session.guess_first(True)
    (bare,) = session.interview(180)
    assert bare == told[-len(bare) :]
    assert not any(name in as_text(bare).lower() for name in PATTERNS)
    session.guess_first(False)
    assert session.interview(180) == [told]


def lived(text: str) -> Session:
    session = at(text)
    while not session.ensemble.complete:
        session.simulate_pairs(again=False)
    return session


CHANGED = "ordinary/5/d30/d10:context.control=7/vs:ordinary"


def test_held_against_the_same_pairs_move_from_what_is_unchanged_to_what_is_changed() -> None:
    session = lived(CHANGED)
    counts = session.ensemble.transitions(session.order)
    plain, changed = lived("ordinary/5").ensemble.counts(), lived(CHANGED.partition("/vs")[0]).ensemble.counts()
    assert plain != changed
    assert counts.sum(axis=1).tolist() == plain
    assert counts.sum(axis=0).tolist() == changed
    html = outcomes(session)
    assert "↓ nothing changed → as changed" in html
    rows = re.findall(r"<tr>.*?</tr>", html.partition("<tbody>")[2])
    told = [[int(n) for n in re.findall(r"<td>(\d+)", row)] for row in rows]
    assert told[:3] == [[*row, sum(row)] for row in counts.tolist()]
    assert told[3] == [*changed, PAIRS]


def test_two_scenarios_are_read_in_the_order_in_which_they_stand() -> None:
    session = at("strict-and-opaque/7/vs:strict-but-fair")
    session.simulate_pairs(again=False)
    assert "↓ Strict and opaque → Strict but fair" in outcomes(session)


@pytest.mark.parametrize("text", [CHANGED, "ordinary/5/vs:ordinary", "strict-and-opaque/7/vs:strict-but-fair"])
def test_two_stories_never_have_one_name(text: str) -> None:
    session = at(text)
    session.simulate_pairs(again=False)
    assert len({timeline.schedule.name for timeline in session.timelines}) == 2
    assert len(set(session.short_names)) == 2
    assert len({chart.title for chart in outcome_charts(session)}) == 3


def test_in_a_comparison_luck_has_its_range_in_both_stories() -> None:
    session = at(CHANGED)
    session.simulate_pairs(again=False)
    shown = re.findall(r"<small>(\d+)\u2013(\d+)\u00a0%</small>", outcomes(session))
    assert len(shown) == 2 * len(PATTERNS)
    wanted = [end for which in session.order for end in zip(*session.ensemble.intervals(which), strict=True)]
    assert [(f"{100 * low:.0f}", f"{100 * high:.0f}") for low, high in wanted] == shown


def guessed_at(text: str) -> Session:
    session = at(text)
    session.guess_first(True)
    session.keep_hands((3, 10, 2))
    return session


def test_what_was_guessed_stands_beside_what_came_out_in_a_comparison() -> None:
    for text, about, called in ((CHANGED, 0, "as changed"), ("ordinary/3/vs:bureaucratic", 1, "A bureaucratic centre")):
        session = guessed_at(text)
        assert session.guessed_story == about
        session.simulate_pairs(again=False)
        assert f'<th scope="row">hands, {called}</th><td>3</td><td>10</td><td>2</td><td>of 15</td>' in outcomes(session)
    session = guessed_at("ordinary/3")
    session.open(parse_recipe("ordinary/3/vs:bureaucratic"))
    assert session.guessed_story == 0
    session.simulate_pairs(again=False)
    html = outcomes(session)
    assert '<th scope="col">hands, An ordinary centre</th>' in html
    assert [row.count("<td>") for row in re.findall(r"<tr>.*?</tr>", html.partition("<tbody>")[2])] == [5] * 4


def test_who_guesses_before_anything_is_changed_has_guessed_about_what_is_unchanged() -> None:
    session = at("ordinary/5/d20/vs:ordinary")
    session.guess_first(True)
    assert "An ordinary centre, nothing changed" in outcomes(session)
    session.keep_hands((3, 10, 2))
    session.change({"context.control": 7.0})
    assert session.short_names[session.guessed_story or 0] == "nothing changed"
    session.guess_first(True)
    assert "An ordinary centre, as changed" in outcomes(session)


@pytest.mark.parametrize("other", ["ordinary/6", "ordinary/5/p3/d20", "ordinary/5/vs:bureaucratic", "ordinary/5"])
def test_a_guess_about_a_setting_holds_whoever_the_pairs_are_and_whatever_it_is_compared_with(other: str) -> None:
    session = guessed_at("ordinary/5/d20")
    session.open(parse_recipe(other))
    assert session.hands_about(0) == (3, 10, 2)
    assert session.message == ""
    assert "3 friendly" in outcomes(session)


def test_a_guess_about_another_setting_is_put_away_with_a_sentence_and_returns_with_it() -> None:
    session = guessed_at("ordinary/5/d20")
    usual = session.next_settings()["context.control"]
    session.change({"context.control": 7.0})
    assert session.guessed_story is None
    assert "hands is put away: it was about another setting (An ordinary centre, nothing changed)" in session.message
    session.step()
    assert "put away" not in session.message
    session.go(20)
    session.change({"context.control": usual})
    assert session.hands_about(0) == (3, 10, 2)
    session.open(parse_recipe("bureaucratic/5"))
    assert "put away" in session.message
    assert "hands" not in outcomes(session)
    session.open(parse_recipe("strict-but-fair/5"))
    assert session.message == "", "it has been said"
    session.open(parse_recipe("ordinary/5"))
    assert session.hands_about(0) == (3, 10, 2)


def test_a_class_that_guesses_anew_gives_up_what_it_guessed_before_and_is_told() -> None:
    session = guessed_at("ordinary/5")
    session.guess_first(True)
    assert "given up" in session.message
    session.guess_first(False)
    assert session.guessed_story is None


def test_the_question_is_the_same_wherever_hands_are_raised() -> None:
    session = at("strict-and-opaque/7/vs:strict-but-fair")
    session.guess_first(True)
    assert f"<b>Strict but fair.</b> {QUESTION}" in outcomes(session)
    session.keep_hands((1, 2, 3))
    session.simulate_pairs(again=False)
    (sentence,) = (chart.sentence for chart in outcome_charts(session) if "hand" in chart.sentence)
    assert f"Strict but fair: of {session.ensemble.pairs} such pairs" in sentence
    assert f"Asked “{QUESTION}”, of 6 hands 1 for" in sentence
    assert QUESTION in load_lesson("the-same-refusal").guess.do


def test_why_and_interview_answer_for_both_stories() -> None:
    session = at("strict-and-opaque/7/vs:strict-but-fair")
    session.step()
    alone = [at(f"{name}/7") for name in ("strict-and-opaque", "strict-but-fair")]
    for one in alone:
        one.step()
    assert session.why() == [one.why()[0] for one in alone]
    session.go(60)
    for one in alone:
        one.go(60)
    assert session.interview(60) == [one.interview(60)[0] for one in alone]
    assert session.interview(60)[0] != session.interview(60)[1]


def test_where_one_story_has_come_to_an_exchange_and_the_other_has_not_why_says_so() -> None:
    session = at("strict-and-opaque/7/vs:strict-but-fair")
    seen = set()
    while session.position.day < session.timeline.last and len(seen) < 2:
        session.step()
        has = [session.exchange_in(timeline) is not None for timeline in session.timelines]
        if sum(has) == 1:
            told = session.why()
            assert "no exchange" in as_text(told[has.index(False)])
            assert as_text(told[has.index(True)]).startswith("Why? Day")
            seen.add(has.index(True))
    assert seen

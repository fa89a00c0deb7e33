"""What a client asked for, chapter by chapter: an answer is counted with the asking it belongs to."""

from twoway.analysis.matters import ASKED, GRANTED, PENDING, REFUSED, Chain, Step
from twoway.analysis.narrative.chains import chain_sentences
from twoway.simulation.parameters.scenario import Resolved, load

MATTERS = Resolved(load("ordinary")).matters.matters
SMALL = next(matter for matter in MATTERS if matter.stake < 1.5 and matter.lasts[1] == 0 and matter.name == "telephone")


def asked(*steps):
    """A chain about telephone calls; each step is a day, an event and a state."""
    return Chain(
        SMALL, 1, tuple(Step(day, event, state, True, 1, "request_something_from") for day, event, state in steps)
    )


def test_an_answer_is_counted_with_the_asking_of_the_same_chapter():
    chain = asked((3, ASKED, REFUSED), (9, ASKED, GRANTED))
    assert chain_sentences([chain], 1, 20, (0, 0, 0)).endswith("(once granted and once refused).")


def test_an_answer_to_what_was_asked_in_an_earlier_chapter_is_told_apart():
    chain = asked((3, ASKED, PENDING), (25, "matter_settled", REFUSED), (27, ASKED, GRANTED))
    first, second = (chain_sentences([chain], *days, (0, 0, 0)) for days in ((1, 20), (21, 40)))
    assert "refused" not in first
    assert "(granted)" in second
    assert second.endswith("He got an answer to what he had asked for earlier.")
    assert "refused" not in second


def test_a_chapter_in_which_nothing_was_asked_or_answered_has_no_sentence():
    assert chain_sentences([asked((3, ASKED, REFUSED))], 10, 20, (0, 0, 0)) == ""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.support.served import Client, Page, serving

from twoway.seminar.recipe import Recipe
from twoway.seminar.server import Visitors, application
from twoway.seminar.session import Session

ORDINARY = Recipe("ordinary", 42)


class Crowded(Visitors):
    """A room where at every moment somebody else comes, too."""

    def admit(self, recipe: Recipe) -> tuple[str, Session]:
        found = super().admit(recipe)
        super().admit(recipe)
        return found


def test_whoever_comes_is_shown_a_place_though_it_is_given_on_before_it_is_shown() -> None:
    with serving(application(Crowded(most=1))) as port:
        page = Page(Client(port), "ordinary/42/d9")
        assert page.view["day"] == 9
        assert "gone" in page.do("step")


def test_many_who_come_at_the_same_moment_all_get_a_place_of_their_own() -> None:
    visitors = Visitors(most=3)
    with ThreadPoolExecutor(16) as room:
        found = list(room.map(lambda _: visitors.admit(ORDINARY), range(64)))
    assert len({name for name, _ in found}) == len({id(session) for _, session in found}) == 64
    here = [(name, session) for name, session in found if visitors.find(name)]
    assert len(here) == len(visitors) == 3
    assert all(visitors.find(name) is session for name, session in here)


def test_a_visitor_who_loses_the_place_while_something_is_done_still_gets_the_answer_and_the_recipe_of_it() -> None:
    visitors = Visitors(most=1)
    name, session = visitors.admit(ORDINARY)
    assert visitors.find(name) is session
    visitors.admit(ORDINARY)
    session.change({"context.control": 6.0})
    assert visitors.find(name) is None
    _, anew = visitors.admit(session.recipe)
    assert anew.next_settings()["context.control"] == 6.0


def test_whoever_asks_has_been_seen_last() -> None:
    visitors = Visitors(most=2)
    (first, _), (second, _) = visitors.admit(ORDINARY), visitors.admit(ORDINARY)
    visitors.find(first)
    visitors.admit(ORDINARY)
    assert visitors.find(first)
    assert visitors.find(second) is None
    for nobody in (None, 7, "", [first]):
        assert visitors.find(nobody) is None

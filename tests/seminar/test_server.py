from __future__ import annotations

import gzip
import http.client
import json
import re
import socket
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import closing
from html.parser import HTMLParser
from io import StringIO
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.served import Client, Page, serving

from twoway.seminar.bind import listen
from twoway.seminar.ensemble import PAIRS
from twoway.seminar.server import LARGEST, MOST_SESSIONS, Visitors, application
from twoway.seminar.session import Session
from twoway.seminar.views import ACTIONS
from twoway.simulation.errors import InputError


def test_the_page_loads_nothing_from_elsewhere(client: Client) -> None:
    for path, kind in {"/": "text/html", "/page.css": "text/css", "/page.js": "text/javascript"}.items():
        answer = client.get(path)
        assert answer.status == 200
        assert answer.headers["content-type"].startswith(kind)
        assert "//" not in answer.text.replace("// ", "").replace("://", "")
        assert "http" not in answer.text


class Broken(Visitors):
    def find(self, name: object) -> Session | None:
        raise RuntimeError("broken on purpose")


def test_every_answer_says_what_a_browser_may_load(client: Client) -> None:
    as_json = {"Content-Type": "application/json"}
    with serving(application(Broken())) as port:
        broken = Client(port).post("/do", {})
    answers = {
        200: client.get("/"),
        404: client.get("/nothing"),
        405: client.get("/do"),
        413: client.send("POST", "/do", b"x" * (LARGEST + 1), as_json),
        415: client.send("POST", "/do", b"x"),
        421: client.get("/", "evil.example"),
        400: client.send("POST", "/do", b"{", as_json),
        500: broken,
    }
    for status, answer in answers.items():
        assert answer.status == status
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_whoever_can_unpack_is_sent_less(client: Client) -> None:
    packed = client.send("GET", "/page.js", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["x-content-type-options"] == "nosniff"
    assert gzip.decompress(packed.body).decode() == client.get("/page.js").text
    assert len(packed.body) < len(client.get("/page.js").body) / 2


def test_a_page_that_looks_again_changes_nothing_and_sees_everything(client: Client) -> None:
    page = Page(client, "ordinary/42/d12/d5:context.control=4")
    page.do("hands", hands=[1, 2, 3])
    page.do("pairs")
    seen = page.do("look")
    assert page.do("look") == seen
    assert seen["guess"] == {"hands": [1, 2, 3], "recipe": "ordinary/1/d5:context.control=4"}, "about any pair and luck"
    assert seen["pairs"] > 0
    assert set(seen) | {"session"} == set(page.view)


class Fields(HTMLParser):
    """The attributes of each element that has an id."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.by_id: dict[str, dict[str, str | None]] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if named.get("id"):
            self.by_id[str(named["id"])] = named


def test_what_may_be_typed_and_how_many_pairs_are_lived_is_as_the_server_has_it(client: Client) -> None:
    text, page = client.get("/").text, Page(client)
    fields = Fields(text).by_id
    assert fields["progress"]["max"] == str(PAIRS)
    assert f"Run {PAIRS}<" in text
    assert f"{PAIRS} such pairs" in page.do("help")["sheet"]
    longest = int(str(fields["recipe"]["maxlength"]))
    greatest = str(2**63 - 1)
    assert "characters" not in page.open("x" * longest)["refusal"]
    assert "characters" in page.open("x" * (longest + 1))["refusal"]
    assert fields["luck"]["maxlength"] == str(len(greatest))
    assert page.open(f"ordinary/{greatest}")["recipe"] == f"ordinary/{greatest}"
    assert "$" not in text + page.do("help")["sheet"]


def test_nothing_is_in_the_page_that_its_policy_forbids(client: Client) -> None:
    page = Page(client, "high-turnover/3/d90/d20:context.control=6")
    page.do("pairs")
    html = "".join(
        str(value)
        for word in ("why", "interview", "numbers", "lessons", "save", "meanings", "help")
        for value in page.do(word).values()
    )
    html += "".join(str(value) for value in page.open("strict-and-opaque/7/d40/vs:strict-but-fair").values())
    html += client.get("/").text + "".join(map(str, page.view.values()))
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.extend(name for name, _ in attrs if name == "style" or name.startswith("on"))
            found.extend([tag] if tag in ("style", "iframe", "object", "base") else [])

    Reader().feed(html)
    assert not found


@pytest.mark.parametrize("path", ["/open", "/do", "/save"])
def test_reading_changes_nothing(client: Client, path: str) -> None:
    assert client.get(path).status == 405


def test_a_page_elsewhere_cannot_send_what_counts(client: Client) -> None:
    body = json.dumps({"recipe": "ordinary"}).encode()
    assert client.send("POST", "/open", body, {"Content-Type": "text/plain"}).status == 415
    assert client.send("POST", "/open", body, {}).status == 415


@pytest.mark.parametrize("host", ["127.0.0.1", "LocalHost:8600", "[::1]", "[::1]:8600", "[0:0:0:0:0:0:0:1]:1"])
def test_this_machine_is_answered_by_each_of_its_own_names(client: Client, host: str) -> None:
    assert client.get("/", host).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "::1",
        "::1:8600",
        "[::1",
        "[::1]x",
        "[::1]:x",
        "[127.0.0.1].evil.example",
        "[[::1]]",
        "[localhost]",
        "localhost:80:80",
    ],
)
def test_what_is_no_host_is_not_taken_for_one(client: Client, host: str) -> None:
    assert client.get("/", host).status == 421


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_a_page_at_an_address_of_ipv6_is_opened_by_it() -> None:
    try:
        ours = listen("::1", 0)
    except InputError:
        pytest.skip("this machine has no address of IPv6")
    with (
        serving(application(Visitors(), ("::1",)), ours=ours) as port,
        closing(http.client.HTTPConnection("::1", port, timeout=60)) as line,
    ):
        line.request("GET", "/")  # it names itself [::1]:PORT
        assert line.getresponse().status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8600", "127.0.0.1.evil.example", "", "192.0.2.7:8600", "[::2]:1"]
)
def test_only_names_of_this_machine_are_answered(client: Client, host: str) -> None:
    answer = client.get("/", host)
    assert answer.status == 421
    assert "Luck" not in answer.text


def test_opened_to_the_network_numeric_addresses_are_answered_but_no_foreign_name() -> None:
    with serving(application(Visitors(), ("localhost", "lectern"), open_to_others=True)) as port:
        client = Client(port)
        known = {"192.0.2.7:8600": 200, "[2001:db8::7]:8600": 200, "lectern:8600": 200, "LECTERN": 200}
        for host, status in {**known, "evil.example": 421, "[evil.example]": 421, "2001:db8::7": 421}.items():
            assert client.get("/", host).status == status


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b"[" * 50_000, 400),
        (b"x" * (LARGEST + 1), 413),
        (b"\xff", 400),
        (b'{"do": "\\ud800"}', 400),
    ],
)
def test_what_cannot_be_read_is_turned_away(client: Client, body: bytes, status: int) -> None:
    assert client.send("POST", "/do", body, {"Content-Type": "application/json"}).status == status


def test_a_session_goes_on_where_it_was(client: Client) -> None:
    page = Page(client)
    assert page.view["where"] == "Before the first day"
    assert page.do("step")["day"] >= 1
    there = page.do("go", day=30)
    assert there["recipe"] == "ordinary/42/d30"
    assert page.do("back")["recipe"] != "ordinary/42/d30"


def test_two_pages_do_not_share_a_session(client: Client) -> None:
    one, other = Page(client), Page(client)
    one.do("go", day=50)
    assert other.do("charts")["charts"]
    assert other.do("step")["day"] < 50


def test_whoever_was_idle_longest_makes_room_and_is_told_kindly() -> None:
    with serving(application(Visitors(most=2))) as port:
        client = Client(port)
        first, second = Page(client), Page(client)
        first.do("step")
        Page(client)
        assert "gone" not in first.do("step")
        told = second.do("step")["gone"]
        assert "recipe has set everything up again" in told
        again = second.open("ordinary/42/d9")
        assert (again["day"], again["gone"]) == (9, told)
        assert "gone" not in second.open("ordinary/42/d8")
        assert "gone" not in Page(client).view


def test_a_bad_recipe_is_told_and_nothing_is_lost(client: Client) -> None:
    page = Page(client, "ordinary/42/d12")
    told = page.open("ordinry/42")
    assert "did you mean 'ordinary'?" in told["refusal"]
    assert page.do("charts")["charts"]
    assert page.do("go", day=12)["recipe"] == "ordinary/42/d12"
    assert "no lesson" in page.open("ordinary/42/lesson:nothing")["refusal"]


def test_everything_that_can_be_done_is_answered_at_any_moment(client: Client) -> None:
    for recipe in ("ordinary/42", "ordinary/42/d12.1", "strict-and-opaque/3/d180/vs:strict-but-fair/p15"):
        page = Page(client, recipe)
        for word in ACTIONS:
            told = page.do(word, day=1, field="context.control", value=3, hands=[1, 2, 3])
            assert set(told) & {"recipe", "sheet", "charts", "refusal"}, word


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def lasting() -> Iterator[Page]:
    with serving(application(Visitors())) as port:
        yield Page(Client(port), "ordinary/42/d12.1")


@settings(max_examples=150)
@given(
    word=st.sampled_from([*ACTIONS, "hurt"]) | JSON,
    day=JSON, field=st.sampled_from(["context.control", "context.nothing"]) | JSON, value=JSON, hands=JSON, lesson=JSON,
)  # fmt: skip
def test_whatever_is_sent_is_answered_in_words(lasting: Page, word: Any, **wanted: Any) -> None:
    told = lasting.do(word, **wanted)
    assert "refusal" not in told or "\n" not in told["refusal"]


@settings(max_examples=50)
@given(JSON, JSON)
def test_whatever_is_to_be_saved_is_a_file_or_a_sentence(lasting: Page, what: Any, title: Any) -> None:
    for answer in (lasting.save(what), lasting.save("note", lesson=title)):
        assert answer.status == 200


@pytest.mark.parametrize("number", [10**400, -(10**400), float("inf"), float("nan"), 1e308, "7", None, True, [7]])
def test_what_is_no_number_is_told_so(lasting: Page, number: Any) -> None:
    assert "refusal" in lasting.do("go", day=number)
    assert "refusal" in lasting.do("change", field="context.control", value=number)


TYPED = "<script>alert(1)</script>\"'&" + "x" * 100


def test_what_was_typed_is_never_a_part_of_the_page(client: Client) -> None:
    page = Page(client, "ordinary/42/d5")
    for told in (
        page.open(TYPED), page.open(f"ordinary/1/{TYPED}"), page.do("change", field=TYPED, value=1), page.do(TYPED),
        page.do("lessons", lesson=TYPED), page.do("interview", day=TYPED),
    ):  # fmt: skip
        assert list(told) == ["refusal"]  # the page shows it as text
        assert len(told["refusal"]) < 500
    text = page.save("handout", title=TYPED, question1=TYPED, outcomes=False).text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_far_too_much_is_refused_in_words(client: Client) -> None:
    page = Page(client, "ordinary/42/d5")
    assert "characters" in page.open("ordinary/1/" + "x" * 10_000)["refusal"]
    assert "characters" in page.save("handout", title="x" * 10_000).json()["refusal"]
    assert "characters" in page.save("handout", question1="x" * 10_000).json()["refusal"]


def test_at_the_first_exchange_of_a_comparison_the_one_who_has_read_is_told_of_and_the_other_has_read_nothing(
    client: Client,
) -> None:
    page = Page(client, "strict-and-opaque/7/vs:strict-but-fair")
    cards = page.do("step")["cards"]
    assert cards.count('<th scope="row">Saw</th>') == 2
    assert cards.count("<td>nothing yet</td>") == 2 * 3
    assert "Will likely" not in cards


@pytest.mark.parametrize("luck", [0, 42, 2**53 - 1, 2**53, 2**63 - 3])
def test_links_for_a_class_have_a_luck_each_and_lead_to_the_same_place(client: Client, luck: int) -> None:
    page = Page(client, f"ordinary/{luck}/d12/d3:context.control=4")
    told = page.do("links", students=3, page="http://192.0.2.7:8600/course/")
    begin, recipes = "http://192.0.2.7:8600/course/?recipe=", []
    for link in told["links"].split("\n"):
        assert link.startswith(begin)
        recipes.append(link.removeprefix(begin))
    assert recipes == [f"ordinary/{luck + place}/d12/d3:context.control=4" for place in range(3)]
    assert [page.open(one)["recipe"] for one in recipes] == recipes
    assert told["links_said"] == "3 links."


def test_links_that_no_luck_is_left_for_are_refused(client: Client) -> None:
    page = Page(client, f"ordinary/{2**63 - 3}")
    assert "luck" in page.do("links", students=4, page="http://192.0.2.7:8600/")["refusal"]
    for students in (0, 201, 1.5, None):
        assert "refusal" in page.do("links", students=students, page="http://192.0.2.7:8600/")
    for wrong in ("", None, 7, "http://[", "nowhere"):
        assert "refusal" in page.do("links", students=1, page=wrong)


@pytest.mark.parametrize("host", ["127.0.0.1:8600", "localhost:8600", "[::1]:8600"])
def test_links_that_nobody_else_can_open_are_said_to_be_such(client: Client, host: str) -> None:
    told = Page(client).do("links", students=2, page=f"http://{host}/")
    assert "--host 0.0.0.0" in told["links_said"]
    assert told["links"].count(host) == 2


def test_figures_and_numbers_can_be_read_again(client: Client) -> None:
    page = Page(client, "ordinary/42/d30")
    while page.do("pairs")["pairs"] < 200:
        pass
    for place in range(5):
        answer = page.save(f"figure-{place}")
        assert answer.headers["content-type"] == "image/svg+xml"
        assert ET.fromstring(answer.text).tag.endswith("svg")
    assert "refusal" in page.save("figure-5").json()
    days = pd.read_csv(StringIO(page.save("days").text))
    assert len(days) == 60
    assert days["day"].max() == 30
    assert pd.read_csv(StringIO(page.save("events").text))["day"].between(1, 30).all()
    assert pd.read_csv(StringIO(page.save("pairs").text))["pairs"].sum() == 200


def test_of_two_stories_each_figure_that_can_be_saved_has_a_name_of_its_own(client: Client) -> None:
    sheet = Page(client, "strict-and-opaque/7/d30/vs:strict-but-fair").do("save")["sheet"]
    called = re.findall(r'aria-label="([^"]*) as SVG"', sheet)
    assert len(called) == len(set(called)) == 8
    assert sum(name.startswith("Strict but fair: ") for name in called) == 4


def test_of_two_stories_the_hands_are_saved_with_the_one_they_were_raised_about(client: Client) -> None:
    page = Page(client, "ordinary/42/d30/d10:context.control=6/vs:ordinary")
    page.do("guess", wanted=True)
    page.do("hands", hands=[4, 11, 2])
    page.do("pairs")
    table = pd.read_csv(StringIO(page.save("pairs").text))
    assert table["scenario"].unique().tolist() == [
        "An ordinary centre, as changed",
        "An ordinary centre, nothing changed",
    ]
    assert table["hands"][:3].tolist() == [4, 11, 2]
    assert table["hands"][3:].isna().all()
    sheet = page.do("save")["sheet"]
    names = re.findall(r'data-name="([^"]*)\.svg"', sheet)
    assert len(names) == len(set(names)) == 8 + 3


def test_why_is_offered_where_either_story_has_come_to_an_exchange(client: Client) -> None:
    page = Page(client, "strict-and-opaque/7/vs:strict-but-fair")
    told = page.do("step")
    while told["exchange"] or not told["day"]:
        told = page.do("step")
    assert "refusal" in page.do("why")
    assert "refusal" not in page.do("back")
    assert page.do("back")["exchange"] is True
    assert page.do("why")["sheet"].count("<section") == 2


def test_while_the_class_guesses_no_outcome_can_be_saved(client: Client) -> None:
    page = Page(client)
    page.do("pairs")
    page.do("guess", wanted=True)
    assert "run the 200 pairs first" in page.save("pairs").json()["refusal"]


def test_a_double_click_steps_twice_and_breaks_nothing(client: Client) -> None:
    page, told = Page(client), []
    threads = [threading.Thread(target=lambda: told.append(page.do("step")["recipe"])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    again = Page(client)
    steps = [again.do("step")["recipe"] for _ in range(8)]
    assert sorted(told) == sorted(steps)


def test_a_port_that_is_taken_is_passed_over_or_refused_in_words() -> None:
    with listen("127.0.0.1", 0) as taken:
        number = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"port {number} of 127.0.0.1: .*leave --port out"):
            listen("127.0.0.1", number)
    with listen("127.0.0.1", None) as one, listen("127.0.0.1", None) as other:
        assert one.getsockname()[1] < other.getsockname()[1]
        assert one.getsockname()[0] == "127.0.0.1"
        assert isinstance(other, socket.socket)


def test_an_address_this_machine_has_not_is_refused_in_words() -> None:
    with pytest.raises(InputError, match=r"no such address|Cannot assign"):
        listen("203.0.113.5", 0)


@pytest.mark.slow
def test_a_session_is_small() -> None:
    import tracemalloc

    visitors = Visitors()
    with serving(application(visitors)) as port:
        client = Client(port)
        recipe = "strict-and-opaque/{}/d180/vs:strict-but-fair/d60:context.control=2"
        pages = [Page(client, recipe.format(luck)) for luck in range(3)]  # what is shared is there now
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        for luck in range(10, 15):
            page = Page(client, recipe.format(luck))
            page.do("step")
            page.do("pairs")
            pages.append(page)
        each = (tracemalloc.get_traced_memory()[0] - before) / 5
        tracemalloc.stop()
    assert each < 5_500_000
    assert len(visitors) == len(pages) <= MOST_SESSIONS

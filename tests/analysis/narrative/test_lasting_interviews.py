"""Interviews about matters, grievances and whereabouts: no sentence about a state that does not hold."""

import re

import pytest

from twoway.analysis.accounts import dyad_tables, pair_of_accounts
from twoway.analysis.narrative.interview import BESIDES, LONGEST, interview
from twoway.analysis.narrative.subjects import WORDS, by_himself
from twoway.analysis.narrative.words.grammar import words

DAYS = (20, 60, 100, 140, 180)
GROUP = re.compile(r"\\\{(\w+)\\\}")
COUNTED = {"once": 1, "twice": 2} | {f"{word} times": number for number, word in enumerate(WORDS, 3)}
TELLING = re.compile(
    r"friendly and trustful|polite and neutral|conflict|ambivalent|\btrust|mistrust|neutral|pattern|\bclass\b|EPA"
)
WRONG = re.compile(r"[{}_]|  | [,.]|\.\.|\ba [aeio]|\bnan\b|\b(\w+) \1\b|[Tt]he the")


def pattern(way):
    """A way of saying something as a regular expression with its placeholders as groups."""
    seen = set()

    def group(found):
        name = found[1]
        if name in seen:
            return f"(?P={name})"
        seen.add(name)
        known = {"day": r"(?P<day>\d+)", "first": r"(?P<first>\d+)", "times": r"(?P<times>once|twice|\w+ times)"}
        return known.get(name, rf"(?P<{name}>[^.;]+?)")

    return re.compile(GROUP.sub(group, re.escape(way)))


LINES = [
    (slot, entry, pattern(way)) for slot in ("said", "place", "stands") for entry in words("matters")[slot]
    for way in entry["say"]
]  # fmt: skip


@pytest.fixture(scope="module")
def spoken(world):
    """Interviews of every dyad of a world on some days: (own tables, resolved, account, text)."""
    tables, resolved = world
    found = []
    for key in tables.dyads[["replicate", "centre", "dyad"]].to_numpy()[:16]:
        dyad = tuple(map(int, key))
        own = dyad_tables(tables, dyad)
        for day in DAYS:
            for account in pair_of_accounts(own, resolved, dyad, day):
                text = interview(account, resolved.frames, "/".join(map(str, dyad)))
                found.append((own, resolved, account, text))
    return found


def history(events, matter, day):
    """What happened to a matter up to a day, replayed: its state, since when, whether told why, and when asked."""
    state, since, told, asked, answered = None, None, None, [], None
    for row in events[(events["day"] <= day) & (events["matter"] == matter)].to_dict("records"):
        if row["event"] == "exchange" and row["exchange"] == 0:
            asked = [*asked, row["day"]] if state in ("pending", "refused", "unanswered") else [row["day"]]
        if isinstance(row["matter_state"], str):
            if not row["matter_state"] == state == "pending":
                since, told = row["day"], row["explained"] == 1
            state, answered = row["matter_state"], row["day"]
    return {"state": state, "since": since, "told": told, "asked": asked, "answered": answered}


def matters_named(said, resolved, party):
    """Matters that someone may mean by what is asked for, or by a noun."""
    mine = by_himself if party == "client" else str
    found = []
    for matter in resolved.matters.matters:
        names = [said["asks"]] if said.get("asks") else [said["noun"]]
        known = [mine(text) for text in matter.asks] if said.get("asks") else [mine(matter.noun)]
        found += [matter.name] if set(names) & set(known) else []
    return found


def true_of_matter(entry, said, own, resolved, account):
    for name in matters_named(said, resolved, account.party):
        past = history(own.events, name, account.day)
        if past["state"] != entry["state"]:
            continue
        held = ["explained" not in entry or (entry["explained"] == "yes") == past["told"]]
        held.append(entry.get("explained") == "yes" or "nobody told me why" not in said[0] or not past["told"])
        held.append("no reason" not in said[0] or not past["told"])
        held.append("day" not in said or int(said["day"]) == past["since"])
        held.append("first" not in said or int(said["first"]) == past["asked"][0])
        held.append("times" not in said or COUNTED.get(said["times"], said["times"]) in (
            len(past["asked"]), f"{len(past['asked'])} times"))  # fmt: skip
        held.append("former" not in entry or entry["former"] != "no" or past["since"] > last_change(own, account.day))
        if all(held):
            return True
    return False


def last_change(own, day):
    changes = own.events.loc[(own.events["event"] == "new_keyworker") & (own.events["day"] <= day), "day"]
    return int(changes.max()) if len(changes) else 0


def true_of_place(entry, own, account):
    side = own.days[(own.days["party"] == "client") & (own.days["day"] == account.day)]
    place = side["place"].iloc[0]
    return place in ("centre", "leave") if entry["place"] in ("back", "broken") else place == entry["place"]


def true_of_grievance(said, own, account):
    side = own.days[(own.days["party"] == account.party) & (own.days["day"] == account.day)]
    opened = own.events[(own.events["event"] == "grievance_opened") & (own.events["actor"] == account.party)]
    return side["grievance"].iloc[0] > 0 and int(said["day"]) == opened.loc[opened["day"] <= account.day, "day"].max()


def test_no_sentence_is_said_about_a_state_that_does_not_hold(spoken):
    checked = {"said": 0, "place": 0, "stands": 0}
    for own, resolved, account, text in spoken:
        claims = {}
        for slot, entry, way in LINES:
            if entry.get("party", account.party) != account.party:
                continue
            for match in way.finditer(text):
                said = match.groupdict() | {0: match[0]}
                true = (
                    true_of_matter(entry, said, own, resolved, account) if slot == "said"
                    else true_of_place(entry, own, account) if slot == "place"
                    else true_of_grievance(said, own, account)
                )  # fmt: skip
                claims.setdefault((slot, match[0]), []).append(true)
        for (slot, sentence), true in claims.items():
            assert any(true), (account.party, account.day, sentence, text)
            checked[slot] += 1
    assert checked["said"] > 20, "nothing to see in these runs"
    assert checked["stands"] > 2


def test_an_open_grievance_and_a_client_elsewhere_are_always_spoken_of(spoken):
    for own, _, account, text in spoken:
        day = account.day
        client = own.days[(own.days["party"] == "client") & (own.days["day"] == day)]
        if client["place"].iloc[0] in ("placed", "gone", "ended"):
            assert any(slot == "place" and way.search(text) for slot, _, way in LINES), text
        mine = own.days[(own.days["party"] == account.party) & (own.days["day"] == day)]
        if mine["grievance"].iloc[0] > 0 and account.grievance is not None:
            assert re.search(rf"(stands between us|not over for me|got over)[^.]*|day {account.grievance.day}", text)


def test_a_grievance_is_open_in_the_account_exactly_while_it_is_in_the_table(spoken):
    for own, _, account, _ in spoken:
        mine = own.days[(own.days["party"] == account.party) & (own.days["day"] == account.day)]
        if account.party == "client" or last_change(own, account.day) == 0:
            assert (account.grievance is not None) == (mine["grievance"].iloc[0] > 0)


def test_a_keyworker_speaks_of_nothing_before_her_time(spoken):
    for own, _, account, text in spoken:
        if account.party == "keyworker":
            change = last_change(own, account.day)
            moved = own.events[
                own.events["event"].isin(["gone", "placed", "placement_broken", "returned", "order_ended"])
            ]
            days = {int(day) for day in re.findall(r"\bday (\d+)", text)} - set(moved["day"].tolist())
            failed = own.events[(own.events["event"] == "leave_ends")]
            assert all(day > change for day in days - set(failed["day"].tolist())), text


def test_nobody_is_waiting_and_at_peace_at_once(spoken):
    for _, _, account, text in spoken:
        if "still waiting" in text or "stands between us" in text or account.grievance is not None:
            assert not re.search(r"nothing between us that needs settling|things are calm|nothing on my mind", text)


def test_no_class_and_no_level_of_trust_can_be_read_off_a_word(spoken):
    bank = [way for slot in ("said", "place", "stands") for entry in words("matters")[slot] for way in entry["say"]]
    for text in bank:
        assert not TELLING.search(text), text


def test_an_interview_keeps_its_grammar_and_its_length(spoken):
    for _, _, _, text in spoken:
        assert not WRONG.search(text), text
        assert len(text.split()) <= LONGEST + BESIDES
        sentences = re.split(r"(?<=[.?!]) ", text)
        assert all(sentence[0].isupper() for sentence in sentences), text
        assert len(sentences) == len(set(sentences)), text


def test_client_speaks_of_what_is_his_own(spoken):
    for _, _, account, text in spoken:
        if account.party == "client":
            assert not re.search(r"\bhis (sister|brother|mother|daughter|landlord|telephone|cupboard)\b", text), text

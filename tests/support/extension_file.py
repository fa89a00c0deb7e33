"""A user's file that declares a sixth coping way and an event that happens by chance, as text to write somewhere."""

FILE = '''"""People may sleep over it, and families may visit."""

from twoway import Mark, ParameterGroup, coping_way, event_kind, parameter


class SleepOverIt(ParameterGroup):
    """Numbers of sleeping over it."""

    sleep_over_it_log_odds: float = parameter(1.5, -5, 5, "log-odds")
    """Tendency to sleep over it."""
    slept_off: float = parameter(0.6, 0, 1, "share")
    """How much of the tension is gone when one has slept over it."""


class FamilyVisit(ParameterGroup):
    """Numbers of visits of the family."""

    visit_chance: float = parameter(0.2, 0, 1, "probability per day")
    """Probability of a visit of the family on a day."""


def left(amount, share):
    """What is left of an amount when a share of it is gone."""
    return amount * (1.0 - share)


def sleep_over_it_log_odds(party, style, benign, parameters):
    """How inclined someone is to sleep over it."""
    return parameters.sleep_over_it_log_odds + style + 0.1 * benign


def sleep_over_it(party, day, parameters):
    """Tension is less in the morning."""
    party.tension = left(party.tension, parameters.slept_off)


def visit_chance(client, keyworker, day, parameters):
    """Families come as often as they do."""
    return parameters.visit_chance


def be_visited(client, keyworker, day, parameters):
    """The client comes out of himself."""
    client.distance = left(client.distance, 0.5)
    client.positivity += 0.125


coping_way(
    "sleep_over_it",
    "sleeps over it",
    "slept over it",
    SleepOverIt,
    sleep_over_it_log_odds,
    sleep_over_it,
)
event_kind(
    "family_visit",
    "the family came to visit",
    "{Who} had a visit from the family.",
    chance=visit_chance,
    effect=be_visited,
    parameters=FamilyVisit,
    mark=Mark("family", "*", "visit of the family"),
)
'''
WAY_ALONE = FILE.partition("event_kind(\n")[0]
"""The same without the event."""
SCENARIO = 'question = "What if people sleep over it?"\nextensions = ["mine.py"]\n'


def written(folder, text=FILE, numbers="", name="mine.py"):
    """Write the file and a scenario that names it to a folder; returns the scenario's path."""
    (folder / name).write_text(text, encoding="utf-8")
    path = folder / "mine.toml"
    path.write_text(SCENARIO.replace("mine.py", name) + numbers, encoding="utf-8")
    return path


OUTCOME_FILE = """import twoway


@twoway.outcome(unit="refusals per dyad", meaning="requests refused", needs="events")
def refusals(run):
    return float((run.tables.events["act"] == "refuse").sum() / run.n)
"""
"""A file that declares an outcome of every event."""

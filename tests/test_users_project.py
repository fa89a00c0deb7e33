"""One file of a user's own, named in a scenario, goes through everything, with no other file touched."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys

import pandas as pd
import pytest

from twoway.cli.main import main

OWN = '''
from twoway import Mark, ParameterGroup, coping_way, event_kind, figure, outcome, parameter


class SportParameters(ParameterGroup):
    """Numbers of doing sport."""

    sport_log_odds: float = parameter(2.0, -5, 5, "log-odds")
    """Tendency to do sport."""
    sport_relief: float = parameter(0.8, 0, 1, "share")
    """Share of the tension that sport takes away."""


def left_after(tension, share):
    return tension * (1.0 - share)


def log_odds(party, style, benign, parameters):
    """How inclined someone is to do sport."""
    return parameters.sport_log_odds + style - 0.5 * benign


def effect(party, day, parameters):
    """Tension falls."""
    party.tension = left_after(party.tension, parameters.sport_relief)


coping_way(
    "do_sport", "works it off in the gym", "worked it off in the gym", SportParameters, log_odds, effect,
    mark=Mark("sport", "s", "does sport"),
)


class VisitParameters(ParameterGroup):
    """Numbers of family visits."""

    visits: float = parameter(2.0, 0, 7, "visits per week")
    """How often the family comes to visit."""


def visit_chance(client, keyworker, day, parameters):
    return parameters.visits / 7.0


def visit_effect(client, keyworker, day, parameters):
    client.tension = 0.5 * client.tension


event_kind(
    "family_visit", "the client had a visit from the family", "{Who} had a visit from the family.",
    chance=visit_chance, effect=visit_effect, parameters=VisitParameters,
)


@outcome(unit="evenings per dyad", meaning="evenings on which either did sport, whole stay")
def sport(run):
    return float(run.dyads["handled"].sum(axis=1)[:, 5].mean())


@figure("sport-by-dyad", "Sport", "Sport, dyad by dyad.", needs=("dyads",))
def sport_by_dyad(dyads):
    from matplotlib.figure import Figure

    drawn = Figure()
    drawn.subplots().bar(range(len(dyads)), dyads["client_do_sport"])
    drawn.set_label(f"Sport of {len(dyads)} clients.")
    return drawn
'''
SCENARIO = """
title = "Sport"
question = "Does sport help?"
extensions = ["mine.py"]

[design]
clients = 4
days = 40

[coping]
sport_log_odds = 3.0
"""
STUDY = """
title = "How much sport"
question = "Does the tendency to do sport matter?"
scenario = "mine.toml"
extensions = ["mine.py"]
replicates = 3

[design]
kind = "grid"

[inputs]
coping.sport_log_odds = [-3.0, 3.0]
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A folder with the three files of a user's project, and a run of its scenario."""
    folder = tmp_path_factory.mktemp("project")
    for name, text in (("mine.py", OWN), ("mine.toml", SCENARIO), ("study.toml", STUDY)):
        (folder / name).write_text(text)
    said(folder, "run", "mine.toml", "--out", "run")
    return folder


def printed(folder, *arguments):
    """What the command prints, which must succeed."""
    text = io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(text):
        assert main(list(arguments)) == 0
    return text.getvalue()


def said(folder, *arguments):
    """What the command prints in a new process, which must succeed."""
    done = subprocess.run(
        [sys.executable, "-m", "twoway", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_schema_list_show_and_odd_know_it(project):
    assert '"sport_relief"' in printed(project, "schema", "--extension", "mine.py")
    assert "works it off in the gym" in printed(project, "list", "coping", "--extension", "mine.py")
    assert "had a visit" in printed(project, "list", "events", "--extension", "mine.py")
    assert "evenings on which either did sport" in printed(project, "list", "outcomes", "--extension", "mine.py")
    assert "Sport, dyad by dyad" in printed(project, "list", "figures", "--extension", "mine.py")
    assert "sport_log_odds" in printed(project, "show", "mine.toml", "--differences")
    odd = printed(project, "odd", "mine.toml")
    assert "| `do_sport` | works it off in the gym | How inclined someone is to do sport. | Tension falls. |" in odd
    assert "| `coping.sport_log_odds` | Tendency to do sport. | 3 |" in odd
    assert "| `family_visit` | the client had a visit from the family | yes |" in odd


def test_tables_story_interview_figures_and_report_tell_of_it(project):
    events = pd.read_parquet(project / "run" / "events.parquet")
    assert {"do_sport"} <= set(events["way"].dropna())
    assert {"family_visit"} <= set(events["event"])
    assert (project / "run" / "figures" / "sport-by-dyad.png").is_file()
    stories = [printed(project, "story", "run", "--dyad", str(dyad)) for dyad in range(4)]
    assert any("in the gym" in story for story in stories)
    assert "I " in printed(project, "interview", "run", "--dyad", "1", "--day", "30")
    printed(project, "report", "run", "--out", "report.html")
    assert "in the gym" in (project / "report.html").read_text(encoding="utf-8")


def test_a_study_with_worker_processes_has_the_outcome_and_verifies(project):
    said(project, "study", "run", "study.toml", "--out", "study", "--executor", "processes", "--workers", "2")
    said(project, "study", "export", "study", "--out", "study.csv")
    table = pd.read_csv(project / "study.csv", comment="#")
    means = table.groupby("coping.sport_log_odds")["sport"].mean()
    assert means.iloc[-1] > means.iloc[0]
    assert "equal" in said(project, "verify", "study")


def test_a_run_verifies_in_a_new_process_without_the_users_file(project):
    (project / "mine.py").rename(project / "away.py")
    try:
        assert "Every table is equal." in said(project, "verify", "run")
    finally:
        (project / "away.py").rename(project / "mine.py")


def test_other_content_is_another_model_and_is_not_compared_silently(project):
    copy = next((project / "run" / "inputs").glob("*mine.py"))
    own = copy.read_text()
    copy.write_text(own.replace("0.5 * benign", "5.0 * benign"))
    try:
        done = subprocess.run(
            [sys.executable, "-m", "twoway", "verify", "run"], cwd=project, capture_output=True, text=True, check=False
        )
        assert done.returncode != 0
    finally:
        copy.write_text(own)


def test_the_seminar_page_shows_it(project):
    from twoway.seminar.dyad_timeline import DyadTimeline
    from twoway.seminar.recipe import offer, offered_names, parse_recipe
    from twoway.seminar.session import Session

    assert offer(project / "mine.toml") == "mine"
    assert "mine" in offered_names()
    recipe = parse_recipe("mine/42")
    timeline = DyadTimeline(recipe.schedule, recipe.seed, recipe.dyad)
    assert "family visit" in {mark.kind for mark in timeline.marks}
    session = Session(recipe)
    assert session.timeline.tables.events["way"].eq("do_sport").any()

"""Data files and an extension of a user's own, written to a folder beside a scenario and a study that name them."""

from __future__ import annotations

from pathlib import Path

from twoway.simulation.data_files import DATA

CHANGES = {
    "lexicons/us2015": {"[acts]\n": "[acts]\nshrug_at = [-0.6, -0.2, -0.9, 1, 1, 1, 50]\n"},
    "frames/six": {"[companionship]": "[kinship]"},
    "situations/residential": {"keyworker_everyday = [\n": 'keyworker_everyday = [\n    "shrug_at",\n'},
    "matters/residential": {"[matters.telephone]": "[matters.dog]", "a call to his daughter": "a walk with his dog"},
}
"""By shipped file, what stands in it and what in the user's."""
EXTENSION = """
import twoway
from matplotlib.figure import Figure


@twoway.outcome(unit="requests per dyad", meaning="requests to have a dog", needs="events")
def dogs(run):
    return float((run.tables.events["matter"] == "dog").sum() / run.n)


@twoway.pattern_rule(meaning="what its keyworker's class is")
def keyworkers_alone(client, keyworker):
    return {
        "trustful": "friendly and trustful", "neutral": "polite and neutral", "conflicted": "ambivalent and conflicted"
    }[keyworker]


@twoway.figure("coercion", "Felt coercion", "Mean felt coercion by day.", needs=("days",))
def coercion(days):
    figure = Figure()
    figure.subplots().plot(days.groupby("day")["felt_coercion"].mean())
    return figure
"""
SCENARIO = """
question = "Does everything of one's own take part?"
extensions = ["mine.py"]
[analysis]
rule = "keyworkers_alone"
[design]
clients = 6
days = 40
[meaning]
"""
STUDY = """
title = "Mine"
question = "Who asks for a dog?"
scenario = "mine.toml"
outcomes = ["dogs", "conflicted"]
replicates = 2
[inputs]
"context.control" = [1.0, 4.0]
"""


def written(folder: Path) -> Path:
    """Write all of it; returns the scenario's path, beside which ``study.toml`` lies."""
    named = []
    for place, changes in CHANGES.items():
        text = (DATA / f"{place}.toml").read_text(encoding="utf-8")
        for old, new in changes.items():
            assert text.count(old) == 1, (place, old)
            text = text.replace(old, new)
        field = place.partition("/")[0].replace("lexicons", "lexicon")
        (folder / f"{field}.toml").write_text(text, encoding="utf-8")
        named.append(f'{field} = "{field}.toml"')
    (folder / "mine.py").write_text(EXTENSION, encoding="utf-8")
    (folder / "mine.toml").write_text(SCENARIO + "\n".join(named), encoding="utf-8")
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    return folder / "mine.toml"

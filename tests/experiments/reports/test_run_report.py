"""The report on a run of a scenario of the user's own, whose texts may be anything."""

from __future__ import annotations

from pathlib import Path

from tests.support.hostile import HOSTILE, check_only_text

from twoway.experiments.reports.run_report import report
from twoway.experiments.runs.run import run_and_save
from twoway.simulation.parameters.scenario import changed, load


def test_hostile_texts_of_a_scenario_are_text_in_its_report(tmp_path: Path) -> None:
    def report_on(text: str, folder: Path) -> str:
        texts = {"title": text, "question": text, "sources": (text,)}
        scenario = changed(load("ordinary"), {"design.days": 8}).model_copy(update=texts)
        return report(run_and_save(scenario, text, folder, detail="events"), 8)

    page, harmless = report_on(HOSTILE, tmp_path / "hostile"), report_on("harmless", tmp_path / "harmless")
    assert check_only_text(page, harmless) >= 4, "title of the window, title, question and source"

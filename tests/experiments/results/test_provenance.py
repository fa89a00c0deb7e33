"""The digest of all sources notices whatever a result may rest on."""

from twoway.experiments.results import provenance as sources
from twoway.experiments.results.provenance import ROOT, SOURCES, sources_digest


def test_a_digest_changes_with_any_code_or_data_and_with_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "ROOT", tmp_path)
    for package in SOURCES:
        (tmp_path / package / "deep").mkdir(parents=True)
    digests = [sources_digest.__wrapped__()]
    for file in (
        "analysis/measure.py",
        "scenarios/mine.toml",
        "experiments/deep/facts.toml",
        "simulation/deep/rule.py",
    ):
        (tmp_path / file).write_text("x = 1\n", encoding="utf-8")
        digests.append(sources_digest.__wrapped__())
    assert len(set(digests)) == 5
    (tmp_path / "analysis" / "notes.md").write_text("x = 1\n", encoding="utf-8")
    assert sources_digest.__wrapped__() == digests[-1]


def test_every_package_it_reads_is_there():
    assert all((ROOT / package).is_dir() for package in SOURCES)

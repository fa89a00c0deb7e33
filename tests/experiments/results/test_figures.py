"""Figures in files carry their provenance."""

from matplotlib.figure import Figure
from PIL import Image

from twoway.analysis.figures.layout import alt_text, set_alt_text
from twoway.experiments.results.figures import save_figure, saved_figure
from twoway.experiments.results.provenance import provenance
from twoway.simulation.compilation import source_digest

NOTE = provenance("mine", 5, 2)


def test_a_figure_is_saved_twice_and_both_carry_what_it_was_made_by(tmp_path):
    figure = Figure()
    figure.subplots().plot([1, 2])
    save_figure(tmp_path, "line", figure, NOTE)
    with Image.open(tmp_path / "figures" / "line.png") as image:
        texts = [image.info["Description"], image.info["Software"]]
    texts.append((tmp_path / "figures" / "line.svg").read_text(encoding="utf-8"))
    for text in (texts[0], texts[2]):
        for words in ("scenario: mine", "seed: 5", "replicates: 2", source_digest(), NOTE["model"]):
            assert words in text
    assert texts[1] == NOTE["model"]


def test_a_saved_picture_can_be_shown_again_with_its_sentence(tmp_path):
    figure = Figure()
    figure.subplots().plot([1, 2])
    set_alt_text(figure, "A line from 1 to 2.")
    save_figure(tmp_path, "line", figure, NOTE)
    assert alt_text(saved_figure(tmp_path / "figures" / "line.png")) == "A line from 1 to 2."

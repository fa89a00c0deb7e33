"""A scenario in words: every number with its unit and source, and what differs from the default."""

import re

import pytest

from twoway.cli._describe import described
from twoway.simulation.parameters.scenario import (
    OF_PEOPLE,
    Resolved,
    Scenario,
    all_declarations,
    changed,
    load,
    sections_of,
    shipped_names,
)

SECTIONS = ("design", "context", *OF_PEOPLE, "stay", "meaning", "analysis")


def parts(text):
    """The text by section; what stands above the first section goes by the name ""."""
    pieces = re.split(r"^\[(\w+)\]$", text, flags=re.MULTILINE)
    return {"": pieces[0], **dict(zip(pieces[1::2], pieces[2::2], strict=True))}


def joined(text):
    """The text without its line breaks."""
    return " ".join(text.split())


@pytest.mark.parametrize("declared", all_declarations(), ids=lambda d: f"{d.section}.{d.name}")
def test_every_number_is_shown_in_its_section_with_unit_meaning_range_and_source(declared):
    section = parts(described(Resolved(Scenario())))[declared.section]
    line = next(line for line in section.splitlines() if line.startswith(f"{declared.name} = "))
    assert line == f"{declared.name} = {declared.default:g}  {declared.unit}"
    below = joined(section.partition(f"{line}\n")[2])
    assert below.startswith(
        f"{joined(declared.meaning)} range {declared.low:g} to {declared.high:g}; {joined(declared.source)}"
    )


@pytest.mark.parametrize("name", shipped_names())
def test_what_differs_from_the_default_is_marked_and_nothing_else(name):
    scenario, default = load(name), Scenario()
    differing = {d.name for d in all_declarations() if getattr(getattr(scenario, d.section), d.name) != d.default}
    lines = described(Resolved(scenario)).splitlines()
    assert {line.split(" = ")[0] for line in lines if "* (default" in line} == differing
    assert scenario.meaning == default.meaning


@pytest.mark.parametrize("name", shipped_names())
def test_question_and_sources_stand_at_the_head(name):
    scenario = load(name)
    head = joined(parts(described(Resolved(scenario)))[""])
    assert head.startswith(f"{scenario.title} {scenario.question}")
    for source in scenario.sources:
        assert f"- {source}" in head


@pytest.mark.parametrize("name", shipped_names())
def test_only_the_differences_are_shown_when_only_they_are_asked_for(name):
    scenario = load(name)
    shown = parts(described(Resolved(scenario), only_differences=True))
    numbers = [line for section in SECTIONS for line in shown.get(section, "").splitlines() if line]
    assert all("* (default" in line for line in numbers)
    differing = [d for d in all_declarations() if getattr(getattr(scenario, d.section), d.name) != d.default]
    assert len(numbers) == len(differing)
    assert ("Nothing differs from the default." in shown[""]) == (not differing)


def test_a_number_is_shown_as_it_would_be_run():
    text = described(Resolved(changed(Scenario(), {"context.control": 1.23456789, "design.days": 1234})))
    assert "\ncontrol = 1.23456789  " in text
    assert "\ndays = 1234  days" in text


def test_frames_of_ones_own_are_shown_as_what_differs(tmp_path):
    shipped = Resolved(Scenario()).frames.path.read_text(encoding="utf-8")
    path = tmp_path / "own.toml"
    path.write_text(re.sub(r"\[source\][^\[]*", "", shipped), encoding="utf-8")
    resolved = Resolved(changed(Scenario(), {"meaning.frames": str(path)}))
    for only_differences in (False, True):
        meaning = joined(parts(described(resolved, only_differences))["meaning"])
        assert re.search(r'frames = "\S*own.toml" \* \(default six\) \(frames: no source given\)', meaning)
    assert "lexicon" not in parts(described(resolved, only_differences=True))["meaning"]


def test_every_section_stands_once_and_shows_every_field_of_a_scenario():
    shown = described(Resolved(Scenario()))
    groups = {
        section: set(group.model_fields) for section, group in sections_of(Scenario).items() if group.model_fields
    }
    assert re.findall(r"^\[(\w+)\]$", shown, flags=re.MULTILINE) == list(groups)
    for section, fields in groups.items():
        assert set(re.findall(r"^(\w+) = ", parts(shown)[section], flags=re.MULTILINE)) == fields


def test_it_is_said_how_many_frames_and_acts_there_are():
    resolved = Resolved(Scenario())
    last = described(resolved).splitlines()[-1]
    assert last == f"{len(resolved.frames.names)} frames, {len(resolved.situations.acts)} acts in use."


def test_no_line_is_too_long_to_read():
    for name in shipped_names():
        assert max(len(line) for line in described(Resolved(load(name))).splitlines()) <= 110
